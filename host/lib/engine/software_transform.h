// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SOFTWARE_TRANSFORM_H
#define XESP_ENGINE_SOFTWARE_TRANSFORM_H

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/software_sa.h"
#include "esp/trailer.h"

namespace xesp {

// What ESP and AH each do in their own way. The rest, headers in front, numbers, windows and lifetimes, is in protect()
// and recover(). No function has more arguments than go in registers: spans among those that don't are copied 16 bytes
// at once just after they were written by halves, and that waits until all that was written before, the last packet, is
// through to the cache.

/// An outbound packet in the making.
struct Outgoing {
  std::span<const uint8_t> payload;  ///< what goes behind ESP's or AH's header
  std::span<uint8_t> tail;           ///< what may be overwritten right behind it
  uint8_t next_header = 0;           ///< what it is
  size_t ip_bytes = 0;               ///< of the IP header in front
  bool v6 = false;                   ///< that header's version
  // Of ESP:
  size_t padded_bytes = 0;  ///< the payload with its TFC padding, which tunnels alone have
  size_t text_bytes = 0;    ///< and with its trailer
};

/// Length of the whole packet, of whose ESP it works out the lengths.
inline size_t esp_size(const SoftwareSa& sa, Outgoing& packet) {
  packet.padded_bytes = std::max<size_t>(packet.payload.size(), sa.config.tfc_pad);
  packet.text_bytes = packet.padded_bytes + esp::trailer_bytes(packet.padded_bytes, sa.shape.text_unit);
  return packet.ip_bytes + sa.shape.udp_bytes + sa.shape.esp_bytes + packet.text_bytes + sa.shape.icv_bytes;
}
size_t ah_size(const SaConfig& sa, const Outgoing& packet);

/// Writes what is behind the IP header, which stands in `out` already. `out` is as long as the packet.
/// (ESP's: software_esp.h)
void protect_ah(SoftwareSa& sa, const Outgoing& packet, uint64_t seq, std::span<uint8_t> out);

/// What an inbound packet carried.
struct Carried {
  DropReason status = abi::kOk;  ///< any other one: not authentic, or (kDropPadding) not well formed
  std::span<uint8_t> text{};     ///< all that was written to the scratch
  size_t bytes = 0;              ///< of the text: the payload, and in a tunnel what may be behind the inner packet
  uint8_t next_header = 0;
  bool dummy = false;  ///< RFC 4303 2.6
};

/// Checks the ICV of a packet with this number, and writes what it carries to `scratch`, which has room for it.
Carried recover_esp(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, uint64_t seq, uint8_t* scratch);
Carried recover_ah(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, uint64_t seq, uint8_t* scratch);

}  // namespace xesp
#endif
