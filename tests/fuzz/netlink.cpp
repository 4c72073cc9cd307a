// SPDX-License-Identifier: Apache-2.0
// Answers of rtnetlink about routes, links and neighbours, as the data plane reads them.
#include <cstring>
#include <vector>

#include "dataplane/route_messages.h"
#include "input.h"

using namespace xesp;
using namespace xesp::dataplane;

namespace {

constexpr uint32_t kSequence = 7, kPort = 9;  // as in seeds.py

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  IpAddress dst;
  dst.v6 = (input.byte() & 1) != 0;
  const auto rest = input.rest();
  std::vector<char> bytes(rest.size());  // aligned, and a read past its end is seen
  if (!rest.empty()) std::memcpy(bytes.data(), rest.data(), rest.size());
  const RouteReply reply{bytes, kSequence, kPort};

  const auto route = read_route(reply, dst);
  const auto vlan = read_vlan(reply);
  const Neighbour neighbour = read_neighbour(reply);
  fuzz::require(neighbour.usable || !neighbour.fresh, "a neighbour that is fresh is usable");
  fuzz::require(!route || !route->unicast || !route->local, "a route leads one way");
  if (is_reply(reply)) return 0;
  // An answer to another question says nothing.
  fuzz::require(!vlan && !neighbour.usable, "no link or neighbour by another question's answer");
  fuzz::require(!route || (!route->unicast && !route->local && route->interface == 0), "no route by it either");
  return 0;
}
