// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_DATAPLANE_FRAGMENT_PIECE_H
#define XESP_DAEMON_DATAPLANE_FRAGMENT_PIECE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "xesp/address.h"

namespace xesp::dataplane {

/// The place of a fragment in its datagram.
struct FragmentPiece {
  IpAddress src;
  IpAddress dst;
  uint32_t id = 0;
  uint8_t protocol = 0;  ///< part of a datagram's name in IPv4 (RFC 791 2.3), 0 in IPv6 (RFC 8200 4.5)
  size_t offset = 0;     ///< of its data in the datagram's
  bool more = false;
  size_t front = 0;       ///< bytes that stand before the data in a whole datagram
  size_t data_at = 0;     ///< in IPv6 behind the fragment header
  size_t next_field = 0;  ///< IPv6: where the byte is that announces the fragment header
  size_t data_bytes = 0;
  /// Whether it may take part: lengths that can be (RFC 791 3.1, RFC 8200 4.5), a right checksum of an IPv4 header, and
  /// a first one with all headers up to the upper layer's own (RFC 7112, RFC 3128).
  bool sound = false;

  bool first() const { return offset == 0; }
  size_t end() const { return offset + data_bytes; }
};

/// Nothing if the packet, which read_ip() took and which ends with its last byte, is no fragment. An IPv6 packet with a
/// fragment header is one, even if nothing else belongs to it (RFC 6946).
std::optional<FragmentPiece> read_fragment(std::span<const uint8_t> packet);

}  // namespace xesp::dataplane
#endif
