// SPDX-License-Identifier: Apache-2.0
#include "xesp/sa.h"

#include "xesp/error.h"
#include "xesp_abi.h"

namespace xesp {

namespace {

constexpr uint32_t kFirstSpi = 256;         // RFC 4303 2.1: 1..255 reserved, 0 local use
constexpr uint64_t kLastSeq = 0xffffffffu;  // without ESN

void require(bool good, const char* text) {
  if (!good) throw Error(ErrorCode::kData, text);
}

}  // namespace

SaConfig SaConfig::clone() const {
  SaConfig c;
  c.direction = direction;
  c.mode = mode;
  c.src = src;
  c.dst = dst;
  c.spi = spi;
  c.proto = proto;
  c.reqid = reqid;
  c.key = key.clone();
  c.salt = salt.clone();
  c.auth_only = auth_only;
  c.icv_bits = icv_bits;
  c.replay_check = replay_check;
  c.seq = seq;
  c.seq_limit = seq_limit;
  c.tos = tos;
  c.ecn = ecn;
  c.decap_dscp = decap_dscp;
  c.df = df;
  c.ttl = ttl;
  c.selector = selector;
  return c;
}

void check_seq_limit(uint64_t seq_limit) {
  require(seq_limit <= kLastSeq, "seq_limit: beyond 32 bits, give at most 4294967295");
}

void SaConfig::check() const {
  const IpAddress any{};
  require(!src.v6, "src: IPv6 is not supported at this stage, give an IPv4 address");
  require(!dst.v6, "dst: IPv6 is not supported at this stage, give an IPv4 address");
  require(dst != any, "dst: an SA needs its destination address, 0.0.0.0 is none");
  require(mode == Mode::kTransport || src != any, "src: a tunnel needs its outer source address, 0.0.0.0 is none");
  require(spi >= kFirstSpi, "spi: 0 to 255 are reserved (RFC 4303 2.1), give 0x100 or more");
  require(proto == 50, "proto: only esp (50) is supported");
  require(key.size() == 16 || key.size() == 24 || key.size() == 32,
          "aead key: AES takes 16, 24 or 32 bytes of key, and 4 of salt follow: 40, 56 or 72 hexadecimal digits after 0x");
  require(salt.size() == 4, "aead salt: RFC 4106 and RFC 4543 take 4 bytes, the last ones of the key string");
  require(icv_bits == 64 || icv_bits == 96 || icv_bits == 128,
          "aead ICV length: AES-GCM in ESP has 64, 96 or 128 bits (RFC 4106 6)");
  require(!auth_only || icv_bits == 128, "aead ICV length: AES-GMAC in ESP has 128 bits (RFC 4543 3.4)");
  require(seq <= kLastSeq, "seq: beyond 32 bits, and extended sequence numbers are not supported at this stage");
  check_seq_limit(seq_limit);
  require(direction == Direction::kIn || seq <= seq_limit, "seq_limit: below the last number sent, raise it");
  require(ttl != 0, "ttl: the outer packet would die at once, give 1 to 255");
  require(!selector || (!selector->src.address.v6 && !selector->dst.address.v6),
          "sel: IPv6 is not supported at this stage, give IPv4 prefixes");
}

}  // namespace xesp
