// SPDX-License-Identifier: Apache-2.0
// What the data plane does to a packet in clear: reading, TTL, fragments, MSS, ICMP errors about it.
#include "dataplane/ip_packet.h"

#include <vector>

#include "dataplane/fragments.h"
#include "dataplane/icmp_error.h"
#include "dataplane/mss_clamp.h"
#include "input.h"

using namespace xesp;
using namespace xesp::dataplane;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  fuzz::Input input(data, size);
  const size_t mtu = input.word();
  const auto given = input.rest();
  const std::optional<IpFields> fields = read_ip(given);
  if (!fields) return 0;
  require(fields->total_length <= given.size(), "a packet that is read is whole");
  const std::vector<uint8_t> packet(given.begin(), given.begin() + static_cast<ptrdiff_t>(fields->total_length));

  std::vector<uint8_t> changed = packet;
  if (decrement_ttl(changed)) require(read_ip(changed).has_value(), "a lower TTL leaves a packet readable");
  changed = packet;
  clamp_mss(changed, mtu);
  require(front_bytes(packet) <= packet.size(), "what is in front of ESP is in the packet");

  if (may_be_fragmented(packet)) {
    size_t head = 0, carried = 0;
    for (const auto& fragment : fragments_of(packet, mtu)) {
      require(fragment.size() <= mtu, "a fragment fits the MTU");
      const auto part = read_ip(fragment);
      require(part && part->total_length == fragment.size(), "a fragment is a packet");
      head = (fragment[0] & 15) * 4u;
      carried += fragment.size() - head;
    }
    require(carried == 0 || carried == packet.size() - (packet[0] & 15) * 4u, "fragments carry all of the payload");
  }

  const bool v6 = packet[0] >> 4 == 6;
  const IpAddress source = IpAddress::parse(v6 ? "2001:db8::9" : "192.0.2.9");
  for (const IcmpCause cause : {IcmpCause::kTooBig, IcmpCause::kTimeExceeded}) {
    const auto error = icmp_error(cause, packet, source, mtu);
    if (error.empty()) continue;
    require(read_ip(error).has_value(), "an ICMP error is a packet");
    require(icmp_error(cause, error, source, mtu).empty(), "no ICMP error about an ICMP error");
  }
  return 0;
}
