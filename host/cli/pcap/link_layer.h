// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_LINK_LAYER_H
#define XESP_CLI_LINK_LAYER_H

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace xesp::cli {

/// A captured frame, cut in two.
struct SplitFrame {
  std::span<const uint8_t> link;  ///< Ethernet with VLAN tags, Linux cooked, or nothing
  std::span<const uint8_t> ip;    ///< the IPv4 or IPv6 packet, without Ethernet's padding behind it
};

/// Whether frames of this pcap link type can be read: Ethernet, raw IP, Linux cooked (v1).
bool knows_link_type(int link_type);

/// None if the frame carries no IP.
std::optional<SplitFrame> split_frame(int link_type, std::span<const uint8_t> frame);

/// The link header, VLAN tags and all, for another packet: with its EtherType.
std::vector<uint8_t> link_for(std::span<const uint8_t> link, std::span<const uint8_t> ip);

}  // namespace xesp::cli
#endif
