// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_INTERFACE_H
#define XESP_DAEMON_DATAPLANE_INTERFACE_H

#include <array>
#include <cstdint>
#include <string>

namespace xesp::dataplane {

using MacAddress = std::array<uint8_t, 6>;

/// A VLAN tag as it stands in a frame behind the addresses: type (802.1Q, 802.1ad), then priority and number.
using VlanTag = std::array<uint8_t, 4>;

/// What the packet side knows of a network interface.
struct Interface {
  std::string name;
  unsigned index = 0;
  unsigned mtu = 0;
  MacAddress mac{};
  unsigned receive_queues = 1;

  /// @throws Error(kData) when there is no such interface, Error(kOs)
  static Interface find(const std::string& name);
};

}  // namespace xesp::dataplane
#endif
