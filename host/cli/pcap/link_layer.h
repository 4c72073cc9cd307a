// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_LINK_LAYER_H
#define XESP_CLI_LINK_LAYER_H

#include <cstdint>
#include <optional>
#include <span>

namespace xesp::cli {

/// A captured frame, cut in two.
struct SplitFrame {
  std::span<const uint8_t> link;  ///< Ethernet with VLAN tags, Linux cooked, or nothing
  std::span<const uint8_t> ip;    ///< the IPv4 packet, without Ethernet's padding behind it
};

/// Whether frames of this pcap link type can be read: Ethernet, raw IP, Linux cooked (v1).
bool knows_link_type(int link_type);

/// None if the frame carries no IPv4.
std::optional<SplitFrame> split_frame(int link_type, std::span<const uint8_t> frame);

}  // namespace xesp::cli
#endif
