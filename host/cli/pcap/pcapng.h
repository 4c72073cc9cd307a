// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_PCAPNG_H
#define XESP_CLI_PCAPNG_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace xesp::cli::pcapng {

// Blocks of a pcapng file (draft-ietf-opsawg-pcapng) in the host's byte order: one section, interfaces of IP packets
// behind a Linux cooked head of 16 bytes, numbered from 0 in the order in which they are written, times in nanoseconds.
// What is returned is to be written as it is, one block behind the other.
using Block = std::vector<uint8_t>;

/// The section header, which comes first. `program`: who writes.
Block section(std::string_view program);
/// An interface; all come before the first packet.
Block interface(std::string_view name, std::string_view description, uint32_t snap_length);

struct Packet {
  uint32_t interface = 0;
  uint64_t time_ns = 0;   ///< since 1970
  uint32_t length = 0;    ///< of the whole IP packet
  bool outbound = false;  ///< leaves by the interface; false: came in by it
  std::string_view comment = {};
  std::span<const uint8_t> bytes = {};  ///< the IP packet or its beginning
};
Block packet(const Packet& packet);

/// At the end: what was captured at an interface and what was lost on the way here.
Block statistics(uint32_t interface, uint64_t time_ns, uint64_t captured, uint64_t lost);

}  // namespace xesp::cli::pcapng
#endif
