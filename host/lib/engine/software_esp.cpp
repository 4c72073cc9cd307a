// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/software_transform.h"
#include "esp/header.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// The payload with its TFC padding, which tunnels alone have.
size_t padded_bytes(const SaConfig& sa, const Outgoing& packet) {
  return std::max<size_t>(packet.payload.size(), sa.tfc_pad);
}

}  // namespace

size_t esp_size(const SaConfig& sa, const Outgoing& packet) {
  const size_t padded = padded_bytes(sa, packet);
  return packet.ip_bytes + esp::udp_bytes(sa) + esp::esp_bytes(sa) + padded + esp::trailer_bytes(padded) +
         sa.icv_bytes();
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
  std::ranges::copy(packet.payload, text);
  std::fill(text + packet.payload.size(), text + padded, uint8_t{0});
  esp::write_trailer(text + padded, padded, packet.next_header);
  const auto nonce = esp::nonce(config, esp_header, seq);
  const esp::Aad aad = esp::aad(config, esp_header, seq);
  if (config.auth_only)
    sa.aead.sign(nonce, {aad, body}, icv);
  else
    sa.aead.seal(nonce, aad, body, text, icv);
}

Carried recover_esp(SoftwareSa& sa, std::span<const uint8_t> packet, const InboundFront& front, uint64_t seq,
                    std::span<uint8_t> scratch) {
  const SaConfig& config = sa.config;
  const uint8_t* const esp_header = &packet[front.spi_at];
  const size_t icv_bytes = config.icv_bytes();
  const size_t head = front.spi_at + esp::esp_bytes(config);
  if (config.encap.has_value() != front.udp) return {abi::kDropEncap};
  if (packet.size() < head + icv_bytes) return {abi::kDropShort};
  if (packet.size() == head + icv_bytes) return {abi::kDropAlign};
  const auto body = packet.subspan(head, packet.size() - head - icv_bytes);
  const std::span<uint8_t> plain = scratch.first(body.size());

  const auto nonce = esp::nonce(config, esp_header, seq);
  const esp::Aad aad = esp::aad(config, esp_header, seq);
  const auto icv = packet.last(icv_bytes);
  if (config.auth_only) {
    if (!sa.aead.verify(nonce, {aad, body}, icv)) return {abi::kDropIcv};
    std::ranges::copy(body, plain.begin());
  } else if (!sa.aead.open(nonce, aad, body, icv, plain.data())) {
    return {abi::kDropIcv};
  }
  const esp::Trailer trailer = esp::read_trailer(plain);
  return {trailer.valid ? abi::kOk : abi::kDropPadding, plain, trailer.payload_bytes, trailer.next_header,
          trailer.next_header == esp::kProtoNone};
}

}  // namespace xesp
