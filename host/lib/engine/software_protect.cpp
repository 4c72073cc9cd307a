// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "engine/software_sa.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/ipv4.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// Bytes of the packet that stay in clear in front of ESP: none in tunnel mode, where a new header is made.
size_t kept_bytes(Mode mode) {
  return mode == Mode::kTunnel ? 0 : abi::kIpv4HeaderBytes;
}

// RFC 4301 5.1.2.1, RFC 6040 4.1.
uint8_t outer_tos(const SaConfig& sa, uint8_t inner) {
  const unsigned fixed = sa.tos.value_or(0);
  const unsigned dscp = sa.tos ? fixed : inner;
  const unsigned ecn = sa.ecn ? inner : fixed;
  return static_cast<uint8_t>((dscp & 0xfc) | (ecn & 3));
}

bool outer_df(const SaConfig& sa, std::span<const uint8_t> packet) {
  if (sa.df == OuterDf::kCopy) return (esp::load_be16(&packet[esp::kIpFragment]) & esp::kIpDontFragment) != 0;
  return sa.df == OuterDf::kSet;
}

}  // namespace

DropReason check_outbound(std::span<const uint8_t> packet) {
  if (packet.size() > abi::kMaxPacketBytes) return abi::kDropBadDescriptor;
  return esp::check_ipv4(packet);
}

size_t protected_bytes(const SaConfig& sa, size_t packet_bytes) {
  const size_t payload = packet_bytes - kept_bytes(sa.mode);
  return esp::kHeadBytes + payload + esp::trailer_bytes(payload) + sa.icv_bytes();
}

SoftwareResult protect(SoftwareSa& sa, std::span<const uint8_t> packet, std::span<uint8_t> out) {
  const SaConfig& config = sa.config;
  if (sa.seq + 1 > config.seq_limit) return {abi::kDropSeqExhausted};
  const size_t total = protected_bytes(config, packet.size());
  if (total > abi::kMaxPacketBytes || total > out.size()) return {abi::kDropOutputTooBig};

  const uint64_t seq = ++sa.seq;
  uint8_t* esp_header = out.data() + abi::kIpv4HeaderBytes;
  uint8_t* body = esp_header + abi::kEspHeaderBytes;
  const std::span<const uint8_t> payload = packet.subspan(kept_bytes(config.mode));
  const size_t body_bytes = total - esp::kHeadBytes - config.icv_bytes();
  uint8_t next_header;
  if (config.mode == Mode::kTunnel) {
    esp::write_tunnel_header(out.data(), config.src, config.dst, outer_tos(config, packet[esp::kIpTos]), config.ttl,
                             static_cast<uint16_t>(total), outer_df(config, packet), static_cast<uint16_t>(seq));
    next_header = esp::kProtoIpv4;
  } else {
    esp::rewrite_header(out.data(), packet.data(), static_cast<uint16_t>(total), esp::kProtoEsp);
    next_header = packet[esp::kIpProtocol];
  }
  esp::write_esp_header(esp_header, config.spi, seq);
  if (!payload.empty()) std::memcpy(body, payload.data(), payload.size());
  esp::write_trailer(body + payload.size(), payload.size(), next_header);
  const auto nonce = esp::nonce(config.salt.bytes(), esp_header);
  const esp::Aad aad = esp::aad(esp_header, config.auth_only);
  const std::span<uint8_t> icv(body + body_bytes, config.icv_bytes());
  if (config.auth_only)
    sa.aead.sign(nonce, aad, {body, body_bytes}, icv);
  else
    sa.aead.seal(nonce, aad, {body, body_bytes}, body, icv);

  ++sa.packets;
  sa.bytes += packet.size();
  return {abi::kOk, seq, total};
}

}  // namespace xesp
