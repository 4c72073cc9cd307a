// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SOFTWARE_PROTECT_H
#define XESP_ENGINE_SOFTWARE_PROTECT_H

#include <utility>

#include "engine/software_esp.h"
#include "engine/software_sa.h"
#include "engine/software_transform.h"
#include "esp/ah.h"
#include "esp/bytes.h"
#include "esp/header.h"
#include "esp/ip.h"

namespace xesp {

/// An IPv6 packet is never fragmented on its way: as if it had the bit.
inline bool outer_df(const SaConfig& sa, std::span<const uint8_t> packet, bool v6) {
  if (sa.df == OuterDf::kCopy) return v6 || (esp::load_be16(&packet[esp::kIpFragment]) & esp::kIpDontFragment) != 0;
  return sa.df == OuterDf::kSet;
}

/// Outbound, after read_outbound() and with the SA found. Here, and not compiled by itself, for with intel-ipsec-mb the
/// cipher takes so little that what goes to and fro between functions counts.
[[gnu::always_inline]] inline SoftwareResult protect(SoftwareSa& sa, const PacketIn& in, const esp::IpHeader& header,
                                                     std::span<uint8_t> out) {
  const std::span<const uint8_t> packet = in.data;
  const SaConfig& config = sa.config;
  const auto [tunnel, ah] = std::pair(sa.shape.tunnel, sa.shape.ah);
  if (ah && in.dummy) return {abi::kDropBadDescriptor};
  if (!tunnel) {
    if (header.reach != abi::kOk) return {header.reach};
    const DropReason options = ah ? esp::check_ah_options(packet, header) : abi::kOk;
    if (options != abi::kOk) return {options};
  }
  if (sa.done.expired(config.lifetime)) return {abi::kDropExpired};
  if (sa.seq >= sa.send_limit) return {abi::kDropSeqExhausted};

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
  const size_t total = ah ? ah_size(config, made) : esp_size(sa, made);
  if (total > abi::kMaxPacketBytes || total > out.size()) return {abi::kDropOutputTooBig};

  const uint64_t seq = ++sa.seq;
  if (tunnel)
    sa.outer.write(out.data(), {.total_length = total,
                                .tos = static_cast<uint8_t>((esp::tos_of(packet.data()) & sa.shape.tos_copied) |
                                                            sa.shape.tos_fixed),
                                .df = outer_df(config, packet, header.v6),
                                .identification = static_cast<uint16_t>(seq)});
  else
    esp::rewrite_header(out.data(), packet.data(), header, total, sa.shape.protocol);
  if (ah)
    protect_ah(sa, made, seq, out.first(total));
  else
    protect_esp(sa, made, seq, out.first(total));
  return {abi::kOk, seq, total, sa.done.count(config.lifetime, packet.size())};
}

}  // namespace xesp
#endif
