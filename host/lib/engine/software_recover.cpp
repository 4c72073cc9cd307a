// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "engine/software_sa.h"
#include "esp/bytes.h"
#include "esp/esn.h"
#include "esp/header.h"
#include "esp/ip.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// The packet inside a tunnel, as far as the engine looks into it: its length, or nothing. What follows it is TFC padding
// (RFC 4303 2.7).
std::optional<size_t> inner_length(std::span<const uint8_t> inner, bool v6) {
  const size_t least = v6 ? abi::kIpv6HeaderBytes : abi::kIpv4HeaderBytes;
  if (inner.size() < least) return std::nullopt;
  const unsigned version = inner[0] >> 4, words = inner[0] & 0xf;
  const size_t length = esp::ip_total_length(inner.data(), v6);
  const bool good = version == (v6 ? 6 : 4) && (v6 || words >= 5) && length >= least && length <= inner.size();
  return good ? std::optional(length) : std::nullopt;
}

// What the inner packet's TOS becomes in tunnel mode; nothing if congestion was marked on the way and the inner packet
// can't say so (RFC 6040 4.2).
std::optional<uint8_t> inner_tos(const SaConfig& sa, uint8_t outer, uint8_t inner) {
  constexpr unsigned kNotEct = 0, kEct1 = 1, kEct0 = 2, kCe = 3;
  const unsigned dscp = (sa.decap_dscp ? outer : inner) & 0xfc;
  const unsigned marked = sa.ecn ? outer & 3 : kNotEct;
  unsigned ecn = inner & 3;
  if (marked == kCe && ecn == kNotEct) return std::nullopt;
  if (marked == kCe || (marked == kEct1 && ecn == kEct0)) ecn = marked;
  return static_cast<uint8_t>(dscp | ecn);
}

// What an authentic payload is, apart from the replay window.
struct Payload {
  DropReason status = abi::kOk;
  bool dummy = false;  // RFC 4303 2.6
  uint8_t next_header = 0;
  size_t bytes = 0;    // of the inner packet, or of what follows the IP header in transport mode
  uint8_t tos = 0;     // tunnel: what the inner packet's becomes
};

Payload read_payload(const SaConfig& sa, uint8_t outer_tos, std::span<const uint8_t> plain) {
  Payload p;
  const esp::Trailer trailer = esp::read_trailer(plain);
  p.next_header = trailer.next_header;
  p.bytes = trailer.payload_bytes;
  p.dummy = trailer.next_header == esp::kProtoNone;
  if (!trailer.valid) {
    p.status = abi::kDropPadding;
  } else if (!p.dummy && sa.mode == Mode::kTunnel) {
    const bool v6 = trailer.next_header == esp::kProtoIpv6;
    if (!v6 && trailer.next_header != esp::kProtoIpv4) {
      p.status = abi::kDropNextHeader;
      return p;
    }
    const std::optional<size_t> length = inner_length(plain.first(p.bytes), v6);
    if (!length) {
      p.status = abi::kDropInner;
      return p;
    }
    p.bytes = *length;
    const std::optional<uint8_t> tos = inner_tos(sa, outer_tos, esp::tos_of(plain.data()));
    if (tos)
      p.tos = *tos;
    else
      p.status = abi::kDropEcn;
  }
  return p;
}

}  // namespace

InboundFront read_inbound(std::span<const uint8_t> packet) {
  InboundFront f;
  if (packet.size() > abi::kMaxPacketBytes) {
    f.status = abi::kDropBadDescriptor;
    return f;
  }
  f.ip = esp::read_ip_header(packet, Direction::kIn);
  f.udp = f.ip.protocol == esp::kProtoUdp;
  f.esp_at = f.ip.bytes + (f.udp ? abi::kUdpHeaderBytes : 0);
  if (f.ip.status != abi::kOk)
    f.status = f.ip.status;
  else if (f.ip.reach != abi::kOk)
    f.status = f.ip.reach;
  else if (f.ip.protocol != esp::kProtoEsp && !f.udp)
    f.status = abi::kDropNotEsp;
  else if (packet.size() < f.esp_at + esp::kEspIv + abi::kMinIcvBytes)
    f.status = abi::kDropShort;
  else if (f.udp && esp::load_be16(&packet[f.ip.bytes + 4]) != packet.size() - f.ip.bytes)
    f.status = abi::kDropLength;
  else if (f.udp && esp::load_be32(&packet[f.esp_at]) == 0)
    f.status = abi::kDropNotEsp;  // RFC 3948 2.2: the non-ESP marker
  else if (packet.size() % 4 != 0)
    f.status = abi::kDropAlign;   // headers and ICV are whole words
  return f;
}

SoftwareResult recover(SoftwareSa& sa, std::span<const uint8_t> packet, const InboundFront& front,
                       std::span<uint8_t> out) {
  const SaConfig& config = sa.config;
  const uint8_t* esp_header = &packet[front.esp_at];
  const uint32_t low = esp::load_be32(esp_header + esp::kEspSeq);
  const uint64_t seq = config.esn ? esp::whole_number(low, sa.window.highest(), config.replay_window) : low;
  const size_t icv_bytes = config.icv_bytes();
  const size_t head = front.esp_at + esp::esp_bytes(config);
  if (config.encap.has_value() != front.udp) return {abi::kDropEncap, seq};
  if (packet.size() < head + icv_bytes) return {abi::kDropShort, seq};
  if (packet.size() == head + icv_bytes) return {abi::kDropAlign, seq};
  const auto body = packet.subspan(head, packet.size() - head - icv_bytes);
  const size_t kept = config.mode == Mode::kTunnel ? 0 : front.ip.bytes;
  const std::span<uint8_t> plain = out.subspan(kept, body.size());

  const auto nonce = esp::nonce(config, esp_header, seq);
  const esp::Aad aad = esp::aad(config, esp_header, seq);
  const auto icv = packet.last(icv_bytes);
  if (config.auth_only) {
    if (!sa.aead.verify(nonce, aad, body, icv)) return {abi::kDropIcv, seq};
    std::ranges::copy(body, plain.begin());
  } else if (!sa.aead.open(nonce, aad, body, icv, plain.data())) {
    return {abi::kDropIcv, seq};
  }
  const Payload payload = read_payload(config, esp::tos_of(packet.data()), plain);
  DropReason status = payload.status;
  if (status == abi::kOk && config.replay_window != 0) status = sa.window.check(seq);
  if (status == abi::kOk) {
    if (config.replay_window != 0)
      sa.window.accept(seq);
    else
      sa.window.note_highest(seq);
    // Behind the window, which tells a packet seen before from a new one all the same.
    if (sa.done.expired(config.lifetime)) status = abi::kDropExpired;
  }
  if (status != abi::kOk) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return {status, seq};
  }
  if (payload.dummy) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return {abi::kDropDummy, seq, 0, sa.done.count(config.lifetime, 0)};
  }

  const size_t total = kept + payload.bytes;
  if (kept == 0) {
    if (payload.tos != esp::tos_of(plain.data())) esp::change_tos(plain.data(), payload.tos);
  } else {
    esp::rewrite_header(out.data(), packet.data(), front.ip, total, payload.next_header);
  }
  return {abi::kOk, seq, total, sa.done.count(config.lifetime, total)};
}

}  // namespace xesp
