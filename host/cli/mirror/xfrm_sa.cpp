// SPDX-License-Identifier: Apache-2.0
#include "mirror/xfrm_sa.h"

#include <arpa/inet.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "mirror/xfrm_suite.h"
#include "xesp_abi.h"

namespace xesp::mirror {

namespace {

// Newer than the headers of Debian 12.
constexpr uint16_t kAttributeSaDirection = 33;   // Linux 6.10
constexpr uint16_t kAttributeNatKeepalive = 34;  // Linux 6.11: the kernel's own packets to a NAT

// What changes nothing of what xespd does: the kernel's own accounts and timers.
constexpr uint16_t kWithoutEffect[] = {
    XFRMA_PAD,           XFRMA_LTIME_VAL,     XFRMA_LASTUSED,         XFRMA_REPLAY_THRESH,
    XFRMA_ETIMER_THRESH, XFRMA_MTIMER_THRESH, kAttributeNatKeepalive, XFRMA_UNSPEC};
constexpr uint16_t kUnderstood[] = {XFRMA_ALG_AEAD,      XFRMA_ALG_AUTH,       XFRMA_ALG_AUTH_TRUNC, XFRMA_ALG_CRYPT,
                                    XFRMA_ALG_COMP,      XFRMA_REPLAY_ESN_VAL, XFRMA_REPLAY_VAL,     XFRMA_ENCAP,
                                    XFRMA_TFCPAD,        XFRMA_MARK,           XFRMA_IF_ID,          XFRMA_SET_MARK,
                                    XFRMA_SET_MARK_MASK, XFRMA_SA_EXTRA_FLAGS, kAttributeSaDirection};
struct Refusal {
  uint16_t attribute;
  const char* text;
};
constexpr Refusal kRefusals[] = {
    {XFRMA_SEC_CTX, "it has a security label, which xespd does not look at"},
    {XFRMA_COADDR, "it has a care-of address (Mobile IPv6), which xespd has not"},
    {XFRMA_OFFLOAD_DEV, "a network card has it (offload dev)"},
};

bool among(std::span<const uint16_t> list, uint16_t type) {
  return std::ranges::find(list, type) != list.end();
}

std::string refused_attribute(const Attributes& attributes) {
  for (const auto& [type, bytes] : attributes.all()) {
    if (among(kWithoutEffect, type) || among(kUnderstood, type)) continue;
    const auto* known = std::ranges::find(kRefusals, type, &Refusal::attribute);
    if (known != std::end(kRefusals)) return known->text;
    return "it has XFRM's attribute " + std::to_string(type) + ", which this xesp does not know";
  }
  return "";
}

std::string refused_marks(const Attributes& attributes) {
  const auto mark = attributes.value<xfrm_mark>(XFRMA_MARK, "a mark");
  if (mark && (mark->v != 0 || mark->m != 0)) return "it has a mark, which xespd does not look at";
  if (attributes.value<uint32_t>(XFRMA_IF_ID, "if_id").value_or(0) != 0)
    return "it belongs to an XFRM interface (if_id), which xespd has not";
  const uint32_t set = attributes.value<uint32_t>(XFRMA_SET_MARK, "an output mark").value_or(0);
  const uint32_t mask = attributes.value<uint32_t>(XFRMA_SET_MARK_MASK, "an output mark's mask").value_or(0);
  return set != 0 || mask != 0 ? "it sets a mark on what it has done (output-mark), which xespd does not" : "";
}

std::string read_mode(uint8_t mode, SaConfig& sa) {
  sa.mode = mode == XFRM_MODE_TUNNEL ? Mode::kTunnel : Mode::kTransport;
  return mode == XFRM_MODE_TUNNEL || mode == XFRM_MODE_TRANSPORT ? "" : "xespd has tunnel and transport mode only";
}

std::string read_flags(const xfrm_usersa_info& info, const Attributes& attributes, KernelSa& sa) {
  constexpr uint8_t kKnown = XFRM_STATE_NOECN | XFRM_STATE_DECAP_DSCP | XFRM_STATE_NOPMTUDISC | XFRM_STATE_AF_UNSPEC |
                             XFRM_STATE_ALIGN4 | XFRM_STATE_ESN;
  sa.config.ecn = (info.flags & XFRM_STATE_NOECN) == 0;
  sa.config.decap_dscp = (info.flags & XFRM_STATE_DECAP_DSCP) != 0;
  sa.config.df = (info.flags & XFRM_STATE_NOPMTUDISC) != 0 ? OuterDf::kClear : OuterDf::kCopy;
  sa.config.esn = (info.flags & XFRM_STATE_ESN) != 0;
  if ((info.flags & ~kKnown) != 0) return "it has the flag icmp or wildrecv, which xespd has not";
  if (sa.config.proto == kProtoAh && !sa.config.dst.v6 && (info.flags & XFRM_STATE_ALIGN4) == 0)
    return "its AH is of whole 8 bytes, and over IPv4 xespd's is of whole 4 (RFC 4302 2.2): give both ends 'flag "
           "align4'";
  const uint32_t extra = attributes.value<uint32_t>(XFRMA_SA_EXTRA_FLAGS, "extra flags").value_or(0);
  if ((extra & XFRM_SA_XFLAG_OSEQ_MAY_WRAP) != 0)
    return "its numbers may begin again (oseq-may-wrap), xespd's never do";
  if ((extra & ~uint32_t{XFRM_SA_XFLAG_DONT_ENCAP_DSCP}) != 0)
    return "it has an extra flag that this xesp does not know";
  if (extra != 0 && sa.config.mode == Mode::kTunnel) sa.config.tos = 0;
  return "";
}

std::string read_window(const xfrm_usersa_info& info, const Attributes& attributes, SaConfig& sa) {
  sa.replay_window = info.replay_window;
  if (const auto bytes = attributes.find(XFRMA_REPLAY_ESN_VAL))
    sa.replay_window = front_of<xfrm_replay_state_esn>(*bytes, "the replay state").replay_window;
  return sa.replay_window > abi::kMaxReplayWindow ? "its replay window has more than 4096 packets" : "";
}

std::string read_encap(const Attributes& attributes, SaConfig& sa) {
  const auto encap = attributes.value<xfrm_encap_tmpl>(XFRMA_ENCAP, "encap");
  if (!encap) return "";
  if (encap->encap_type != UDP_ENCAP_ESPINUDP) return "xespd has no other encapsulation than ESP in UDP (RFC 3948)";
  sa.encap = UdpEncap{ntohs(encap->encap_sport), ntohs(encap->encap_dport)};
  if (sa.mode == Mode::kTransport)
    return "transport mode through a NAT: TCP's checksum would want mending (RFC 3948 3.1.2), use tunnel mode";
  return "";
}

std::string read_padding(const Attributes& attributes, SaConfig& sa) {
  const uint32_t length = attributes.value<uint32_t>(XFRMA_TFCPAD, "tfcpad").value_or(0);
  if (length == 0) return "";
  if (length > abi::kMaxPacketBytes || sa.mode != Mode::kTunnel) return "its tfcpad is one that xespd has not";
  sa.tfc_pad = static_cast<uint16_t>(length);
  return "";
}

// What is left of a limit, at least 1: at 0 the kernel has ended the SA, or is about to.
uint64_t left_of(uint64_t limit, uint64_t used) {
  if (limit == XFRM_INF || limit == 0) return abi::kNoLimit;
  return limit > used ? limit - used : 1;
}

std::string read_limits(const xfrm_usersa_info& info, uint64_t now, SaConfig& sa) {
  const auto none = [](uint64_t limit) { return limit == 0 || limit == XFRM_INF; };
  if (!none(info.lft.soft_use_expires_seconds) || !none(info.lft.hard_use_expires_seconds))
    return "it has a limit in seconds from its first use, which xespd does not count";
  const uint64_t age = now > info.curlft.add_time ? now - info.curlft.add_time : 0;
  sa.lifetime.soft_bytes = left_of(info.lft.soft_byte_limit, info.curlft.bytes);
  sa.lifetime.hard_bytes = left_of(info.lft.hard_byte_limit, info.curlft.bytes);
  sa.lifetime.soft_packets = left_of(info.lft.soft_packet_limit, info.curlft.packets);
  sa.lifetime.hard_packets = left_of(info.lft.hard_packet_limit, info.curlft.packets);
  // The kernel itself tells of the soft one in seconds, and ends the SA at the hard one; this one holds if it can't.
  sa.lifetime.hard_seconds = left_of(info.lft.hard_add_expires_seconds, age);
  return "";
}

// A place at the end of the sequence is where a mirror has stopped an SA, and no number that was used.
bool read_used(const xfrm_usersa_info& info, const Attributes& attributes) {
  constexpr uint32_t kEnd = 0xffffffff;
  uint32_t low = 0, high = 0;
  bool esn = false;
  if (const auto bytes = attributes.find(XFRMA_REPLAY_ESN_VAL)) {
    const auto wide = front_of<xfrm_replay_state_esn>(*bytes, "the replay state");
    low = wide.oseq;
    high = wide.oseq_hi;
    esn = (info.flags & XFRM_STATE_ESN) != 0;
  } else if (const auto narrow = attributes.value<xfrm_replay_state>(XFRMA_REPLAY_VAL, "the replay state")) {
    low = narrow->oseq;
  }
  const bool at_end = low == kEnd && (!esn || high == kEnd);
  return info.curlft.packets != 0 || (!at_end && (low != 0 || high != 0));
}

std::optional<Direction> told_direction(const Attributes& attributes) {
  const auto told = attributes.value<uint8_t>(kAttributeSaDirection, "the direction");
  if (!told) return std::nullopt;
  if (*told != 1 && *told != 2) throw Error(ErrorCode::kData, "XFRM message: a direction is neither in nor out");
  return *told == 1 ? Direction::kIn : Direction::kOut;
}

bool protocol_of_ours(uint8_t proto) {
  return proto == kProtoEsp || proto == kProtoAh;
}

}  // namespace

std::string SaId::str() const {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", spi);
  const std::string name = proto == kProtoEsp ? "esp" : proto == kProtoAh ? "ah" : std::to_string(proto);
  return "dst " + dst.str() + " proto " + name + " spi " + text;
}

IpAddress read_address(const xfrm_address_t& address, uint16_t family) {
  if (family != AF_INET && family != AF_INET6)
    throw Error(ErrorCode::kData,
                "XFRM message: address family " + std::to_string(family) + " is neither IPv4 nor IPv6");
  IpAddress out;
  out.v6 = family == AF_INET6;
  std::memcpy(out.bytes.data(), &address, out.v6 ? 16 : 4);
  return out;
}

SaId read_sa_id(const xfrm_usersa_id& id) {
  return {read_address(id.daddr, id.family), id.proto, ntohl(id.spi)};
}

namespace {

Prefix read_prefix(const xfrm_address_t& address, uint16_t family, uint8_t length) {
  Prefix prefix{read_address(address, family), length};
  const unsigned most = prefix.address.v6 ? 128 : 32;
  if (length > most) throw Error(ErrorCode::kData, "XFRM message: a prefix is longer than an address");
  for (unsigned bit = length; bit < most; ++bit)
    prefix.address.bytes[bit / 8] &= static_cast<uint8_t>(~(0x80 >> bit % 8));
  return prefix;
}

// All of a port's bits count, or none.
bool one_port_or_all(uint16_t mask) {
  return mask == 0 || mask == 0xffff;
}

}  // namespace

std::optional<Selector> read_selector(const xfrm_selector& s, std::string& refused) {
  if (s.family == AF_UNSPEC) {
    const bool any = s.prefixlen_d == 0 && s.prefixlen_s == 0 && s.proto == 0 && s.ifindex == 0 && s.user == 0;
    if (!any) refused = "its selector is of no address family";
    return std::nullopt;
  }
  Selector out;
  out.src = read_prefix(s.saddr, s.family, s.prefixlen_s);
  out.dst = read_prefix(s.daddr, s.family, s.prefixlen_d);
  out.protocol = s.proto;
  if (!one_port_or_all(s.sport_mask) || !one_port_or_all(s.dport_mask))
    refused = "its selector has a range of ports: xespd has one port or all";
  out.src_port = s.sport_mask == 0 ? 0 : ntohs(s.sport);
  out.dst_port = s.dport_mask == 0 ? 0 : ntohs(s.dport);
  if ((s.sport_mask != 0 && out.src_port == 0) || (s.dport_mask != 0 && out.dst_port == 0))
    refused = "its selector has port 0, or an ICMP type 0: xespd has neither";
  if (s.ifindex != 0) refused = "its selector names an interface, which xespd does not look at";
  if (s.user != 0) refused = "its selector names a user, which xespd does not look at";
  try {
    out.check("its selector");
  } catch (const Error& e) {
    refused = e.what();
  }
  return out;
}

KernelSa read_sa(const xfrm_usersa_info& info, const Attributes& attributes, uint64_t now) {
  KernelSa sa;
  sa.id = {read_address(info.id.daddr, info.family), info.id.proto, ntohl(info.id.spi)};
  sa.told = told_direction(attributes);
  sa.used = read_used(info, attributes);
  sa.larval = protocol_of_ours(sa.id.proto) && !has_suite(attributes);
  SaConfig& config = sa.config;
  config.dst = sa.id.dst;
  config.src = read_address(info.saddr, info.family);
  config.proto = sa.id.proto;
  config.spi = sa.id.spi;
  config.reqid = info.reqid;
  const auto refuse = [&](std::string why) {
    if (sa.refused.empty()) sa.refused = std::move(why);
  };
  refuse(read_mode(info.mode, config));
  if (!protocol_of_ours(sa.id.proto)) refuse("xespd has ESP and AH only");
  refuse(refused_attribute(attributes));
  refuse(refused_marks(attributes));
  refuse(read_flags(info, attributes, sa));
  refuse(read_window(info, attributes, config));
  refuse(read_encap(attributes, config));
  refuse(read_padding(attributes, config));
  refuse(read_limits(info, now, config));
  std::string why;
  config.selector = read_selector(info.sel, why);
  if (config.selector && config.selector->src.length == 0 && config.selector->dst.length == 0 &&
      config.selector->protocol == 0)
    config.selector.reset();
  refuse(std::move(why));
  if (!sa.larval) refuse(read_suite(attributes, config));
  return sa;
}

KernelReplay read_replay(const xfrm_aevent_id& head, const Attributes& attributes) {
  KernelReplay replay;
  replay.id = read_sa_id(head.sa_id);
  if (const auto bytes = attributes.find(XFRMA_REPLAY_ESN_VAL)) {
    const auto wide = front_of<xfrm_replay_state_esn>(*bytes, "the replay state");
    if (wide.bmp_len > XFRMA_REPLAY_ESN_MAX / 32 || bytes->size() != sizeof wide + size_t{wide.bmp_len} * 4)
      throw Error(ErrorCode::kData, "XFRM message: a replay state is not as long as it says");
    replay.wide = true;
    replay.bitmap_words = wide.bmp_len;
    replay.window = wide.replay_window;
    replay.sent = static_cast<uint64_t>(wide.oseq_hi) << 32 | wide.oseq;
    replay.received = static_cast<uint64_t>(wide.seq_hi) << 32 | wide.seq;
  } else {
    const auto narrow = attributes.value<xfrm_replay_state>(XFRMA_REPLAY_VAL, "the replay state");
    if (!narrow) throw Error(ErrorCode::kData, "XFRM message: no replay state");
    replay.sent = narrow->oseq;
    replay.received = narrow->seq;
  }
  const auto counted = attributes.value<xfrm_lifetime_cur>(XFRMA_LTIME_VAL, "the counters");
  if (!counted) throw Error(ErrorCode::kData, "XFRM message: no counters");
  replay.packets = counted->packets;
  return replay;
}

}  // namespace xesp::mirror
