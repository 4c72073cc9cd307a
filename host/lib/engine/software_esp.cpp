// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/software_transform.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// The payload with its TFC padding, which tunnels alone have.
size_t padded_bytes(const SaConfig& sa, const Outgoing& packet) {
  return std::max<size_t>(packet.payload.size(), sa.tfc_pad);
}

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

// Each way to do it has the text and its ICV made from, or compared with, what is in front of them. In `body` there is
// all but the payload.
void seal(SoftwareSa& sa, uint8_t* esp_header, uint64_t seq, std::span<const uint8_t> payload, std::span<uint8_t> body,
          std::span<uint8_t> icv) {
  if (!sa.hmac && !sa.config.auth_only) {
    sa.aead->seal_from(esp::nonce_to_send(sa.config, seq), esp::Aad(sa.config, esp_header, seq), payload, body, icv);
    return;
  }
  std::ranges::copy(payload, body.begin());
  if (sa.hmac) {
    sa.hmac->encrypt({esp_header + esp::kEspIv, esp::iv_bytes(sa.config)}, body);
    sa.hmac->sign({std::span(esp_header, body.data() + body.size()), HighHalf(sa.config, seq)}, icv);
    return;
  }
  sa.aead->sign(esp::nonce_to_send(sa.config, seq), {esp::Aad(sa.config, esp_header, seq), body}, icv);
}

bool open(SoftwareSa& sa, const uint8_t* esp_header, uint64_t seq, std::span<const uint8_t> body,
          std::span<const uint8_t> icv, uint8_t* plain) {
  if (sa.hmac) {
    if (!sa.hmac->verify({std::span(esp_header, body.data() + body.size()), HighHalf(sa.config, seq)}, icv))
      return false;
    sa.hmac->decrypt({esp_header + esp::kEspIv, esp::iv_bytes(sa.config)}, body, plain);
    return true;
  }
  const esp::Nonce nonce = esp::nonce_received(sa.config, esp_header, seq);
  const esp::Aad aad(sa.config, esp_header, seq);
  if (!sa.config.auth_only) return sa.aead->open(nonce, aad, body, icv, plain);
  if (!sa.aead->verify(nonce, {aad, body}, icv)) return false;
  std::ranges::copy(body, plain);
  return true;
}

}  // namespace

size_t esp_size(const SaConfig& sa, const Outgoing& packet) {
  const size_t padded = padded_bytes(sa, packet);
  return packet.ip_bytes + esp::udp_bytes(sa) + esp::esp_bytes(sa) + padded +
         esp::trailer_bytes(padded, esp::text_unit(sa)) + sa.icv_bytes();
}

void protect_esp(SoftwareSa& sa, const Outgoing& packet, uint64_t seq, std::span<uint8_t> out) {
  const SaConfig& config = sa.config;
  const size_t padded = padded_bytes(config, packet);
  uint8_t* const udp = out.data() + packet.ip_bytes;
  uint8_t* const esp_header = udp + esp::udp_bytes(config);
  uint8_t* const text = esp_header + esp::esp_bytes(config);
  const std::span<uint8_t> icv = out.last(config.icv_bytes());
  const std::span<uint8_t> body(text, icv.data());

  if (config.encap) esp::write_udp_header(udp, *config.encap, out.size() - packet.ip_bytes);
  esp::write_esp_header(esp_header, config, seq);
  // Behind the packet, if that may be, so that the cipher takes all of the text from there: a copy less.
  const size_t behind = body.size() - packet.payload.size();
  const bool there = packet.tail.size() >= behind;
  uint8_t* const padding = there ? packet.tail.data() : text + packet.payload.size();
  uint8_t* const trailer = padding + (padded - packet.payload.size());
  if (padding != trailer) std::fill(padding, trailer, uint8_t{0});
  esp::write_trailer(trailer, padded, packet.next_header, esp::text_unit(config));
  seal(sa, esp_header, seq, there ? std::span(packet.payload.data(), body.size()) : packet.payload, body, icv);
}

Carried recover_esp(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, uint64_t seq, uint8_t* scratch) {
  const std::span<const uint8_t> packet = in.data;
  const SaConfig& config = sa.config;
  const uint8_t* const esp_header = &packet[front.spi_at];
  const size_t icv_bytes = config.icv_bytes();
  const size_t head = front.spi_at + esp::esp_bytes(config);
  if (config.encap.has_value() != front.udp) return {abi::kDropEncap};
  if (packet.size() < head + icv_bytes) return {abi::kDropShort};
  const size_t text_bytes = packet.size() - head - icv_bytes;
  if (text_bytes == 0 || text_bytes % esp::text_unit(config) != 0) return {abi::kDropAlign};
  const auto body = packet.subspan(head, text_bytes);
  const std::span<uint8_t> plain(scratch, body.size());

  if (!open(sa, esp_header, seq, body, packet.last(icv_bytes), plain.data())) return {abi::kDropIcv};
  const esp::Trailer trailer = esp::read_trailer(plain);
  return {trailer.valid ? abi::kOk : abi::kDropPadding, plain, trailer.payload_bytes, trailer.next_header,
          trailer.next_header == esp::kProtoNone};
}

}  // namespace xesp
