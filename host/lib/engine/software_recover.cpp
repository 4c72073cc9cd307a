// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "engine/software_sa.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/ipv4.h"
#include "esp/trailer.h"

namespace xesp {

namespace {

// The packet inside a tunnel, as far as the engine looks into it.
bool inner_is_good(std::span<const uint8_t> inner) {
  if (inner.size() < abi::kIpv4HeaderBytes) return false;
  const unsigned version = inner[0] >> 4;
  const unsigned words = inner[0] & 0xf;
  return version == 4 && words >= 5 && esp::load_be16(&inner[esp::kIpTotalLength]) == inner.size();
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

// Verdict on a decrypted and authenticated payload; with kOk `trailer` is set, and in tunnel mode `tos`, what
// the inner packet's becomes.
DropReason judge(const SoftwareSa& sa, std::span<const uint8_t> packet, std::span<const uint8_t> plain, uint64_t seq,
                 esp::Trailer& trailer, uint8_t& tos) {
  trailer = esp::read_trailer(plain);
  if (!trailer.valid) return abi::kDropPadding;
  if (sa.config.mode == Mode::kTunnel) {
    if (trailer.next_header != esp::kProtoIpv4) return abi::kDropNextHeader;
    if (!inner_is_good(plain.first(trailer.payload_bytes))) return abi::kDropInner;
    const std::optional<uint8_t> becomes = inner_tos(sa.config, packet[esp::kIpTos], plain[esp::kIpTos]);
    if (!becomes) return abi::kDropEcn;
    tos = *becomes;
  } else if (trailer.next_header == esp::kProtoNone) {
    return abi::kDropNextHeader;
  }
  return sa.config.replay_check ? sa.window.check(seq) : abi::kOk;
}

}  // namespace

DropReason check_inbound(std::span<const uint8_t> packet) {
  if (packet.size() > abi::kMaxPacketBytes) return abi::kDropBadDescriptor;
  if (const DropReason reason = esp::check_ipv4(packet); reason != abi::kOk) return reason;
  if (packet[esp::kIpProtocol] != esp::kProtoEsp) return abi::kDropNotEsp;
  constexpr size_t kLeast = esp::kHeadBytes + abi::kMinIcvBytes;
  if (packet.size() < kLeast) return abi::kDropShort;
  if (packet.size() == kLeast || packet.size() % 4 != 0) return abi::kDropAlign;  // headers and ICV are whole words
  return abi::kOk;
}

SoftwareResult recover(SoftwareSa& sa, std::span<const uint8_t> packet, std::span<uint8_t> out) {
  const uint8_t* esp_header = packet.data() + abi::kIpv4HeaderBytes;
  const uint64_t seq = esp::load_be32(esp_header + esp::kEspSeq);
  const size_t icv_bytes = sa.config.icv_bytes();
  if (packet.size() < esp::kHeadBytes + icv_bytes) return {abi::kDropShort, seq};
  if (packet.size() == esp::kHeadBytes + icv_bytes) return {abi::kDropAlign, seq};
  const auto body = packet.subspan(esp::kHeadBytes, packet.size() - esp::kHeadBytes - icv_bytes);
  const size_t head = sa.config.mode == Mode::kTunnel ? 0 : abi::kIpv4HeaderBytes;
  const std::span<uint8_t> plain = out.subspan(head, body.size());

  const auto nonce = esp::nonce(sa.config.salt.bytes(), esp_header);
  const esp::Aad aad = esp::aad(esp_header, sa.config.auth_only);
  const auto icv = packet.last(icv_bytes);
  if (sa.config.auth_only) {
    if (!sa.aead.verify(nonce, aad, body, icv)) return {abi::kDropIcv, seq};
    std::ranges::copy(body, plain.begin());
  } else if (!sa.aead.open(nonce, aad, body, icv, plain.data())) {
    return {abi::kDropIcv, seq};
  }
  esp::Trailer trailer;
  uint8_t tos = 0;
  if (const DropReason reason = judge(sa, packet, plain, seq, trailer, tos); reason != abi::kOk) {
    OPENSSL_cleanse(plain.data(), plain.size());
    return {reason, seq};
  }
  if (sa.config.replay_check)
    sa.window.accept(seq);
  else
    sa.window.note_highest(seq);

  const size_t total = head + trailer.payload_bytes;
  if (head == 0) {
    if (tos != plain[esp::kIpTos]) esp::change_tos(plain.data(), tos);
  } else {
    esp::rewrite_header(out.data(), packet.data(), static_cast<uint16_t>(total), trailer.next_header);
  }
  ++sa.packets;
  sa.bytes += total;
  return {abi::kOk, seq, total};
}

}  // namespace xesp
