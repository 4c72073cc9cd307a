// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/software_esp.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// The high half of an extended number, which an HMAC covers behind all that is sent (RFC 4303 2.2.1).
struct HighHalf {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written below, on every packet's way.
  HighHalf(const SaConfig& sa, uint64_t seq) : size(sa.esn ? sizeof bytes : 0) {
    esp::store_be32(bytes, static_cast<uint32_t>(seq >> 32));
  }
  operator std::span<const uint8_t>() const { return {bytes, size}; }
  uint8_t bytes[4];
  size_t size;
};

// The ICV follows the body.
[[gnu::noinline]] bool open_otherwise(SoftwareSa& sa, const uint8_t* esp_header, uint64_t seq,
                                      std::span<const uint8_t> body, uint8_t* plain) {
  const std::span icv(body.data() + body.size(), sa.shape.icv_bytes);
  if (sa.hmac) {
    if (!sa.hmac->verify({std::span(esp_header, icv.data()), HighHalf(sa.config, seq)}, icv)) return false;
    sa.hmac->decrypt({esp_header + esp::kEspIv, esp::iv_bytes(sa.config)}, body, plain);
    return true;
  }
  if (!sa.aead->verify(esp::nonce_received(sa.config, esp_header, seq), {esp::Aad(sa.config, esp_header, seq), body},
                       icv))
    return false;
  std::ranges::copy(body, plain);
  return true;
}

bool open(SoftwareSa& sa, const uint8_t* esp_header, uint64_t seq, std::span<const uint8_t> body, uint8_t* plain) {
  if (!sa.shape.seals) return open_otherwise(sa, esp_header, seq, body, plain);
  return sa.aead->open(esp::nonce_received(sa.config, esp_header, seq), esp::Aad(sa.config, esp_header, seq), body,
                       {body.data() + body.size(), sa.shape.icv_bytes}, plain);
}

}  // namespace

void seal_otherwise(SoftwareSa& sa, const Outgoing& packet, uint64_t seq, std::span<const uint8_t> text, uint8_t* out) {
  const Made made(sa, packet, out);
  std::ranges::copy(text, made.body.begin());
  if (sa.hmac) {
    sa.hmac->encrypt({made.esp_header + esp::kEspIv, esp::iv_bytes(sa.config)}, made.body);
    sa.hmac->sign({std::span(made.esp_header, made.icv.data()), HighHalf(sa.config, seq)}, made.icv);
    return;
  }
  sa.aead->sign(esp::nonce_to_send(sa.config, seq), {esp::Aad(sa.config, made.esp_header, seq), made.body}, made.icv);
}

Carried recover_esp(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, uint64_t seq, uint8_t* scratch) {
  const std::span<const uint8_t> packet = in.data;
  const SaConfig& config = sa.config;
  const uint8_t* const esp_header = &packet[front.spi_at];
  const size_t icv_bytes = sa.shape.icv_bytes;
  const size_t head = front.spi_at + sa.shape.esp_bytes;
  if (config.encap.has_value() != front.udp) return {abi::kDropEncap};
  if (packet.size() < head + icv_bytes) return {abi::kDropShort};
  const size_t text_bytes = packet.size() - head - icv_bytes;
  if (text_bytes == 0 || (text_bytes & (sa.shape.text_unit - 1)) != 0) return {abi::kDropAlign};
  const auto body = packet.subspan(head, text_bytes);
  const std::span<uint8_t> plain(scratch, body.size());

  if (!open(sa, esp_header, seq, body, plain.data())) return {abi::kDropIcv};
  const esp::Trailer trailer = esp::read_trailer(plain);
  return {trailer.valid ? abi::kOk : abi::kDropPadding, plain, trailer.payload_bytes, trailer.next_header,
          trailer.next_header == esp::kProtoNone};
}

}  // namespace xesp
