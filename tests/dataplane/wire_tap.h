// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_DATAPLANE_WIRE_TAP_H
#define XESP_TESTS_DATAPLANE_WIRE_TAP_H

#include <cstdint>
#include <set>
#include <vector>

#include "link_socket.h"

namespace xesp::test {

/// Counts by kind what comes from the gateways onto the wire, from construction on.
class WireTap {
 public:
  explicit WireTap(const Lab& lab) : socket_(lab, "wire") {}

  struct Seen {
    uint64_t esp = 0;
    uint64_t esp_in_udp = 0;
    uint64_t ah = 0;
    uint64_t link = 0;    ///< ARP, and what IPv6 needs on the link: neighbour discovery, multicast ff02::/16
    uint64_t tagged = 0;  ///< of all these
    uint64_t pieces = 0;  ///< fragments, of all these
    uint64_t clear = 0;   ///< everything else
  };
  /// Everything seen up to now.
  Seen seen();

 private:
  uint64_t Seen::*kind_of(unsigned type, const uint8_t* ip);

  LinkSocket socket_;
  std::set<std::vector<uint8_t>> in_udp_;  ///< datagrams in fragments whose first one showed ESP in UDP
  Seen seen_;
};

}  // namespace xesp::test
#endif
