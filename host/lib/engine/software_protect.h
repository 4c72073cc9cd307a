// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/software_sa.h"
#include "engine/software_transform.h"
#include "esp/ah.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/ip.h"

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
  return std::max<size_t>(packet_bytes, sa.tfc_pad) + esp::kFrameBytes;
}

SoftwareResult protect(SoftwareSa& sa, const PacketIn& in, const esp::IpHeader& header, std::span<uint8_t> out) {
  const std::span<const uint8_t> packet = in.data;
  const SaConfig& config = sa.config;
  const bool tunnel = config.mode == Mode::kTunnel;
  const bool ah = config.proto == kProtoAh;
  if (ah && in.dummy) return {abi::kDropBadDescriptor};
  if (!tunnel) {
    if (header.reach != abi::kOk) return {header.reach};
    const DropReason options = ah ? esp::check_ah_options(packet, header) : abi::kOk;
    if (options != abi::kOk) return {options};
  }
  if (sa.done.expired(config.lifetime)) return {abi::kDropExpired};
  if (sa.seq >= config.send_limit()) return {abi::kDropSeqExhausted};

  Outgoing made;
  made.payload = packet.subspan(tunnel ? 0 : header.bytes);
  if (in.tail.data() == packet.data() + packet.size()) made.tail = in.tail;
  made.ip_bytes = tunnel ? sa.outer.bytes() : header.bytes;
  made.v6 = tunnel ? config.dst.v6 : header.v6;
  if (in.dummy)
    made.next_header = esp::kProtoNone;
  else if (tunnel)
    made.next_header = header.v6 ? esp::kProtoIpv6 : esp::kProtoIpv4;
  else
    made.next_header = header.protocol;
  const size_t total = ah ? ah_size(config, made) : esp_size(config, made);
  if (total > abi::kMaxPacketBytes || total > out.size()) return {abi::kDropOutputTooBig};

  const uint64_t seq = ++sa.seq;
  if (tunnel)
    sa.outer.write(out.data(), {.total_length = total,
                                .tos = outer_tos(config, esp::tos_of(packet.data())),
                                .df = outer_df(config, packet, header.v6),
                                .identification = static_cast<uint16_t>(seq)});
  else
    esp::rewrite_header(out.data(), packet.data(), header, total, config.encap ? esp::kProtoUdp : config.proto);
  if (ah)
    protect_ah(sa, made, seq, out.first(total));
  else
    protect_esp(sa, made, seq, out.first(total));
  return {abi::kOk, seq, total, sa.done.count(config.lifetime, packet.size())};
}

}  // namespace xesp
