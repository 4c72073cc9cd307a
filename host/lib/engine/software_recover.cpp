// SPDX-License-Identifier: Apache-2.0
#include <openssl/crypto.h>

#include <algorithm>
#include <optional>

#include "engine/software_sa.h"
#include "engine/software_transform.h"
#include "esp/ah.h"
#include "esp/bytes.h"
#include "esp/esn.h"
#include "esp/header.h"
#include "esp/ip.h"

namespace xesp {

namespace {

// The packet inside a tunnel, as far as the engine looks into it: its length, or nothing. What follows it is TFC
// padding (RFC 4303 2.7).
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

// The packet that an authentic tunnel packet carries.
struct Inner {
  DropReason status = abi::kOk;
  size_t bytes = 0;
  uint8_t tos = 0;  // what it becomes
};

Inner read_inner(const SaConfig& sa, uint8_t outer_tos, const Carried& carried) {
  const bool v6 = carried.next_header == esp::kProtoIpv6;
  if (!v6 && carried.next_header != esp::kProtoIpv4) return {abi::kDropNextHeader};
  const std::optional<size_t> length = inner_length(carried.text.first(carried.bytes), v6);
  if (!length) return {abi::kDropInner};
  const std::optional<uint8_t> tos = inner_tos(sa, outer_tos, esp::tos_of(carried.text.data()));
  if (!tos) return {abi::kDropEcn};
  return {abi::kOk, *length, *tos};
}

// What can be read of an ESP packet without its SA.
DropReason check_esp(std::span<const uint8_t> packet, const InboundFront& f) {
  if (packet.size() < f.spi_at + esp::kEspIv + abi::kMinIcvBytes) return abi::kDropShort;
  if (f.udp && esp::load_be16(&packet[f.ip.bytes + 4]) != packet.size() - f.ip.bytes) return abi::kDropLength;
  if (f.udp && esp::load_be32(&packet[f.spi_at]) == 0) return abi::kDropNotEsp;  // RFC 3948 2.2: the non-ESP marker
  return packet.size() % 4 == 0 ? abi::kOk : abi::kDropAlign;                    // headers and ICV are whole words
}

}  // namespace

InboundFront read_inbound(std::span<const uint8_t> packet) {
  const bool too_long = packet.size() > abi::kMaxPacketBytes;
  // Read to where it stays: every packet passes here.
  InboundFront f{too_long ? abi::kDropBadDescriptor : abi::kOk,
                 too_long ? esp::IpHeader{} : esp::read_ip_header(packet, Direction::kIn)};
  if (too_long) return f;
  const bool ah = f.ip.protocol == kProtoAh;
  f.udp = f.ip.protocol == esp::kProtoUdp;
  f.proto = ah ? kProtoAh : kProtoEsp;
  f.spi_at = f.ip.bytes + (ah ? esp::kAhSpi : f.udp ? abi::kUdpHeaderBytes : 0);
  if (f.ip.status != abi::kOk)
    f.status = f.ip.status;
  else if (f.ip.reach != abi::kOk)
    f.status = f.ip.reach;
  else if (ah)
    f.status = esp::check_ah(packet, f.ip);
  else if (f.udp || f.ip.protocol == kProtoEsp)
    f.status = check_esp(packet, f);
  else
    f.status = abi::kDropNotEsp;
  if (ah && f.status == abi::kOk) f.as_gmac = esp::check_gmac_shape(packet, f.ip);
  return f;
}

SoftwareResult recover(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, std::span<uint8_t> out) {
  const std::span<const uint8_t> packet = in.data;
  const SaConfig& config = sa.config;
  const uint32_t low = esp::load_be32(&packet[front.spi_at + esp::kEspSeq]);
  const uint64_t seq = config.esn ? esp::whole_number(low, sa.window.highest(), config.replay_window) : low;
  const bool tunnel = config.mode == Mode::kTunnel;
  const size_t kept = tunnel ? 0 : front.ip.bytes;
  uint8_t* const scratch = out.data() + kept;
  const Carried carried =
      config.proto == kProtoAh ? recover_ah(sa, in, front, seq, scratch) : recover_esp(sa, in, front, seq, scratch);
  DropReason status = carried.status;
  Inner inner;
  if (status == abi::kOk && tunnel && !carried.dummy) {
    inner = read_inner(config, esp::tos_of(packet.data()), carried);
    status = inner.status;
  }
  if (status == abi::kOk && config.replay_window != 0) status = sa.window.check(seq);
  if (status == abi::kOk) {
    if (config.replay_window != 0)
      sa.window.accept(seq);
    else
      sa.window.note_highest(seq);
    // Behind the window, which tells a packet seen before from a new one all the same.
    if (sa.done.expired(config.lifetime)) status = abi::kDropExpired;
  }
  if (status != abi::kOk || carried.dummy) {
    if (!carried.text.empty()) OPENSSL_cleanse(carried.text.data(), carried.text.size());
    if (status != abi::kOk) return {status, seq};
    return {abi::kDropDummy, seq, 0, sa.done.count(config.lifetime, 0)};
  }

  const size_t total = tunnel ? inner.bytes : kept + carried.bytes;
  if (!tunnel)
    esp::rewrite_header(out.data(), packet.data(), front.ip, total, carried.next_header);
  else if (inner.tos != esp::tos_of(out.data()))
    esp::change_tos(out.data(), inner.tos);
  return {abi::kOk, seq, total, sa.done.count(config.lifetime, total)};
}

}  // namespace xesp
