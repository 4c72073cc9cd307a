// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "engine/software_sa.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/ip.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// RFC 4301 5.1.2.1, RFC 6040 4.1.
uint8_t outer_tos(const SaConfig& sa, uint8_t inner) {
  const unsigned fixed = sa.tos.value_or(0);
  const unsigned dscp = sa.tos ? fixed : inner;
  const unsigned ecn = sa.ecn ? inner : fixed;
  return static_cast<uint8_t>((dscp & 0xfc) | (ecn & 3));
}

// An IPv6 packet is never fragmented on its way: as if it had the bit.
bool outer_df(const SaConfig& sa, std::span<const uint8_t> packet, bool v6) {
  if (sa.df == OuterDf::kCopy) return v6 || (esp::load_be16(&packet[esp::kIpFragment]) & esp::kIpDontFragment) != 0;
  return sa.df == OuterDf::kSet;
}

}  // namespace

esp::IpHeader read_outbound(std::span<const uint8_t> packet) {
  if (packet.size() <= abi::kMaxPacketBytes) return esp::read_ip_header(packet, Direction::kOut);
  esp::IpHeader none;
  none.status = abi::kDropBadDescriptor;
  return none;
}

size_t protected_room(const SaConfig& sa, size_t packet_bytes) {
  return std::max<size_t>(packet_bytes, sa.tfc_pad) + esp::kFrameBytes + 8;
}

SoftwareResult protect(SoftwareSa& sa, std::span<const uint8_t> packet, const esp::IpHeader& header, bool dummy,
                       std::span<uint8_t> out) {
  const SaConfig& config = sa.config;
  const bool tunnel = config.mode == Mode::kTunnel;
  if (!tunnel && header.reach != abi::kOk) return {header.reach};
  if (sa.done.expired(config.lifetime)) return {abi::kDropExpired};
  if (sa.seq >= config.send_limit()) return {abi::kDropSeqExhausted};

  esp::TunnelHeader outer{config.src, config.dst};
  const size_t ip_bytes = tunnel ? outer.bytes() : header.bytes;
  const size_t head = ip_bytes + esp::udp_bytes(config) + esp::esp_bytes(config);
  const std::span<const uint8_t> payload = packet.subspan(tunnel ? 0 : header.bytes);
  const size_t padded = tunnel ? std::max<size_t>(payload.size(), config.tfc_pad) : payload.size();
  const size_t body_bytes = padded + esp::trailer_bytes(padded);
  const size_t total = head + body_bytes + config.icv_bytes();
  if (total > abi::kMaxPacketBytes || total > out.size()) return {abi::kDropOutputTooBig};

  const uint64_t seq = ++sa.seq;
  const uint8_t protocol = config.encap ? esp::kProtoUdp : esp::kProtoEsp;
  uint8_t* esp_header = out.data() + ip_bytes + esp::udp_bytes(config);
  uint8_t* body = out.data() + head;
  uint8_t next_header = header.protocol;
  if (tunnel) {
    outer.tos = outer_tos(config, esp::tos_of(packet.data()));
    outer.ttl = config.ttl;
    outer.protocol = protocol;
    outer.total_length = total;
    outer.df = outer_df(config, packet, header.v6);
    outer.identification = static_cast<uint16_t>(seq);
    outer.write(out.data());
    next_header = header.v6 ? esp::kProtoIpv6 : esp::kProtoIpv4;
  } else {
    esp::rewrite_header(out.data(), packet.data(), header, total, protocol);
  }
  if (config.encap) esp::write_udp_header(out.data() + ip_bytes, *config.encap, total - ip_bytes);
  esp::write_esp_header(esp_header, config, seq);
  std::ranges::copy(payload, body);
  std::fill(body + payload.size(), body + padded, uint8_t{0});
  esp::write_trailer(body + padded, padded, dummy ? esp::kProtoNone : next_header);
  const auto nonce = esp::nonce(config, esp_header, seq);
  const esp::Aad aad = esp::aad(config, esp_header, seq);
  const std::span<uint8_t> icv(body + body_bytes, config.icv_bytes());
  if (config.auth_only)
    sa.aead.sign(nonce, aad, {body, body_bytes}, icv);
  else
    sa.aead.seal(nonce, aad, {body, body_bytes}, body, icv);

  return {abi::kOk, seq, total, sa.done.count(config.lifetime, packet.size())};
}

}  // namespace xesp
