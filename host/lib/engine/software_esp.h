// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SOFTWARE_ESP_H
#define XESP_ENGINE_SOFTWARE_ESP_H

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/software_transform.h"
#include "esp/header.h"
#include "esp/trailer.h"

namespace xesp {

/// Where the parts of a packet in the making are.
struct Made {
  Made(const SoftwareSa& sa, const Outgoing& packet, uint8_t* out)
      : udp(out + packet.ip_bytes),
        esp_header(udp + sa.shape.udp_bytes),
        body(esp_header + sa.shape.esp_bytes, packet.text_bytes),
        icv(body.data() + body.size(), sa.shape.icv_bytes) {}
  uint8_t* udp;
  uint8_t* esp_header;
  std::span<uint8_t> body;
  std::span<uint8_t> icv;
};

/// What is no AEAD that encrypts, by itself, so that the way of nearly all packets stays short. `text` is the payload,
/// behind which all else stands in the body, or all of the text.
void seal_otherwise(SoftwareSa& sa, const Outgoing& packet, uint64_t seq, std::span<const uint8_t> text, uint8_t* out);

/// Writes what is behind the IP header, which stands in `out` already. `out` is as long as the packet.
[[gnu::always_inline]] inline void protect_esp(SoftwareSa& sa, const Outgoing& packet, uint64_t seq,
                                               std::span<uint8_t> out) {
  const Made made(sa, packet, out.data());
  if (sa.config.encap) esp::write_udp_header(made.udp, *sa.config.encap, out.size() - packet.ip_bytes);
  esp::write_esp_header(made.esp_header, sa.config, seq);
  // Behind the packet, if that may be, so that the cipher takes all of the text from there: a copy less.
  const size_t payload_bytes = packet.payload.size();
  const bool there = packet.tail.size() >= packet.text_bytes - payload_bytes;
  uint8_t* const padding = there ? packet.tail.data() : made.body.data() + payload_bytes;
  uint8_t* const trailer = padding + (packet.padded_bytes - payload_bytes);
  if (padding != trailer) std::fill(padding, trailer, uint8_t{0});
  esp::write_trailer(trailer, packet.text_bytes - packet.padded_bytes, packet.next_header);
  const std::span text(packet.payload.data(), there ? packet.text_bytes : payload_bytes);
  if (sa.shape.seals)
    sa.aead->seal_from(esp::nonce_to_send(sa.config, seq), esp::Aad(sa.config, made.esp_header, seq), text, made.body,
                       made.icv);
  else
    seal_otherwise(sa, packet, seq, text, out.data());
}

}  // namespace xesp
#endif
