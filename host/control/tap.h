// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_TAP_H
#define XESP_CONTROL_TAP_H

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "xesp/address.h"
#include "xesp/sa.h"

namespace xesp::control {

// What xespd and `xesp tap` say to each other. The request `tap` carries a filter; the answer names the interfaces, and
// with its first byte comes a descriptor (SCM_RIGHTS), a SOCK_SEQPACKET socket that gives one record a message. The tap
// ends when either end closes it or the connection that asked.

constexpr uint32_t kMostSnapLength = 65535;

/// Which packets a tap is for; what is not given is anything.
struct TapFilter {
  std::optional<Direction> direction = {};
  std::optional<Prefix> src = {}, dst = {};  ///< of the clear packet or of the protected one
  std::optional<uint8_t> protocol = {};      ///< of that same packet
  std::optional<uint32_t> spi = {};
  bool drops = false;  ///< only what drops
  uint32_t snap_length = kMostSnapLength;
};
nlohmann::json to_json(const TapFilter& filter);
/// @throws Error(kData) naming the field
TapFilter tap_filter_from_json(const nlohmann::json& object);

/// An IP packet at one interface.
struct TapRecord {
  uint64_t time_ns = 0;   ///< since 1970
  uint64_t lost = 0;      ///< records that this reader was too slow for, since it began
  uint32_t length = 0;    ///< of the whole packet in bytes
  uint8_t interface = 0;  ///< its place in the answer's list
  bool leaves = false;    ///< by that interface; false: came in by it
  bool dropped = false;
  std::string_view comment = {};        ///< the drop's name and reason, or which SA
  std::span<const uint8_t> bytes = {};  ///< the packet, or its beginning
};

/// A record as one message, in the host's byte order: both ends are of one machine and one version.
void encode(const TapRecord& record, std::vector<uint8_t>& message);
/// The record in a message, whose bytes it refers to. @throws Error(kData) if it is none
TapRecord decode_tap_record(std::span<const uint8_t> message);

}  // namespace xesp::control
#endif
