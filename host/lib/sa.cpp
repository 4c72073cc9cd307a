// SPDX-License-Identifier: Apache-2.0
#include "xesp/sa.h"

#include "xesp/error.h"
#include "xesp_abi.h"

namespace xesp {

namespace {

constexpr uint32_t kFirstSpi = 256;  // RFC 4303 2.1: 1..255 reserved, 0 local use

void require(bool good, const char* text) {
  if (!good) throw Error(ErrorCode::kData, text);
}

// What ESP has and AH has not.
void check_ah(const SaConfig& sa) {
  require(sa.has_hmac() || sa.auth_only,
          "aead: AH does not encrypt, give 'rfc4543(gcm(aes))' (AES-GMAC) or auth-trunc alone, or use proto esp");
  require(!sa.has_hmac() || sa.cipher == Cipher::kNull, "enc: AH does not encrypt, remove it or use proto esp");
  require(!sa.encap, "encap: UDP carries ESP only (RFC 3948), remove it or use proto esp");
  require(sa.tfc_pad == 0, "tfcpad: AH hides nothing, remove it or use proto esp");
}

void check_aead(const SaConfig& sa) {
  require(sa.cipher == Cipher::kAesGcm || sa.cipher == Cipher::kChaCha20Poly1305,
          "auth: cbc(aes) and ecb(cipher_null) need one, add \"auth-trunc 'hmac(sha256)' KEY 128\"");
  const bool chacha = sa.cipher == Cipher::kChaCha20Poly1305;
  const size_t key = sa.key.size();
  require(
      chacha || key == 16 || key == 24 || key == 32,
      "aead key: AES takes 16, 24 or 32 bytes of key, and 4 of salt follow: 40, 56 or 72 hexadecimal digits after 0x");
  require(!chacha || key == 32,
          "aead key: ChaCha20-Poly1305 takes 32 bytes of key, and 4 of salt follow: 72 hexadecimal digits after 0x");
  require(sa.salt.size() == 4,
          "aead salt: RFC 4106, RFC 4543 and RFC 7634 take 4 bytes, the last ones of the key string");
  require(sa.icv_bits == 64 || sa.icv_bits == 96 || sa.icv_bits == 128,
          "aead ICV length: AES-GCM in ESP has 64, 96 or 128 bits (RFC 4106 6)");
  require(!chacha || sa.icv_bits == 128, "aead ICV length: ChaCha20-Poly1305 has 128 bits (RFC 7634 2)");
  require(!chacha || !sa.auth_only, "aead: ChaCha20-Poly1305 encrypts; without encryption give 'rfc4543(gcm(aes))'");
  require(!sa.auth_only || sa.icv_bits == 128, "aead ICV length: AES-GMAC has 128 bits in ESP and AH (RFC 4543 3.4)");
  require(sa.auth_key.empty(), "auth: an AEAD authenticates by itself, remove it");
}

void check_hmac(const SaConfig& sa) {
  const size_t key = sa.key.size();
  require(sa.cipher == Cipher::kAesCbc || sa.cipher == Cipher::kNull,
          "auth: an AEAD authenticates by itself, remove it");
  require(sa.cipher == Cipher::kNull ? key == 0 : key == 16 || key == 24 || key == 32,
          "enc key: cbc(aes) takes 16, 24 or 32 bytes, ecb(cipher_null) none");
  require(sa.salt.empty() && !sa.auth_only && !sa.implicit_iv, "enc: salt, AES-GMAC and implicit IV are for AEADs");
  require(sa.auth_key.size() == digest_bits(sa.integrity) / 8,
          "auth key: as long as the digest, 32 bytes for hmac(sha256), 48 for hmac(sha384), 64 for hmac(sha512) (RFC "
          "4868)");
  require(
      sa.icv_bits == digest_bits(sa.integrity) / 2,
      "auth ICV length: half the digest, 128 for hmac(sha256), 192 for hmac(sha384), 256 for hmac(sha512) (RFC 4868)");
}

}  // namespace

unsigned digest_bits(Integrity integrity) {
  switch (integrity) {
    case Integrity::kOfCipher:
      return 0;
    case Integrity::kHmacSha256:
      return 256;
    case Integrity::kHmacSha384:
      return 384;
    case Integrity::kHmacSha512:
      return 512;
  }
  return 0;
}

void Selector::check(const std::string& name) const {
  if (src.address.v6 != dst.address.v6)
    throw Error(ErrorCode::kData,
                name + ": both prefixes are IPv4 or both are IPv6, give two of one family (0.0.0.0/0, ::/0 for any)");
  constexpr uint8_t kTcp = 6, kUdp = 17, kSctp = 132;
  const bool has_ports = protocol == kTcp || protocol == kUdp || protocol == kSctp;
  if ((src_port != 0 || dst_port != 0) && !has_ports)
    throw Error(ErrorCode::kData, name + ": only tcp, udp and sctp have ports, say which with proto");
}

SaConfig SaConfig::clone() const {
  SaConfig c;
  c.direction = direction;
  c.mode = mode;
  c.src = src;
  c.dst = dst;
  c.spi = spi;
  c.proto = proto;
  c.reqid = reqid;
  c.cipher = cipher;
  c.integrity = integrity;
  c.auth_key = auth_key.clone();
  c.key = key.clone();
  c.salt = salt.clone();
  c.auth_only = auth_only;
  c.icv_bits = icv_bits;
  c.esn = esn;
  c.replay_window = replay_window;
  c.seq = seq;
  c.seq_limit = seq_limit;
  c.lifetime = lifetime;
  c.tos = tos;
  c.ecn = ecn;
  c.decap_dscp = decap_dscp;
  c.df = df;
  c.ttl = ttl;
  c.encap = encap;
  c.implicit_iv = implicit_iv;
  c.tfc_pad = tfc_pad;
  c.selector = selector;
  c.offload = offload;
  return c;
}

void check_seq_limit(uint64_t seq_limit, bool esn) {
  require(esn || seq_limit <= 0xffffffffu, "seq_limit: beyond 32 bits, give at most 4294967295 or use flag esn");
}

void SaConfig::check() const {
  const IpAddress any{};
  require(dst.bytes != any.bytes, "dst: an SA needs its destination address, 0.0.0.0 and :: are none");
  require(mode == Mode::kTransport || src.bytes != any.bytes,
          "src: a tunnel needs its outer source address, 0.0.0.0 and :: are none");
  require(src.v6 == dst.v6 || (mode == Mode::kTransport && src.bytes == any.bytes),
          "src, dst: both ends of an SA are IPv4 or both are IPv6");
  require(spi >= kFirstSpi, "spi: 0 to 255 are reserved (RFC 4303 2.1), give 0x100 or more");
  require(proto == kProtoEsp || proto == kProtoAh, "proto: only esp (50) and ah (51) are supported");
  if (has_hmac())
    check_hmac(*this);
  else
    check_aead(*this);
  require(!auth_only || !implicit_iv,
          "implicit IV: RFC 8750 has none for AES-GMAC, which sends its own, remove the flag");
  if (proto == kProtoAh) check_ah(*this);
  require(seq <= last_seq(), "seq: beyond 32 bits, give at most 4294967295 or use flag esn");
  check_seq_limit(send_limit(), esn);
  require(direction == Direction::kIn || seq <= send_limit(), "seq_limit: below the last number sent, raise it");
  require(replay_window <= abi::kMaxReplayWindow, "replay-window: the largest has 4096 packets");
  require(
      !esn || direction == Direction::kOut || replay_window != 0,
      "replay-window: with flag esn the high half of a number is told from the window (RFC 4303 A2), give 1 or more");
  require(lifetime.soft_packets != 0 && lifetime.hard_packets != 0 && lifetime.soft_bytes != 0 &&
              lifetime.hard_bytes != 0 && lifetime.soft_seconds != 0 && lifetime.hard_seconds != 0,
          "limit: 0 packets, bytes or seconds are reached before the first one, give more");
  require(ttl != 0, "ttl: the outer packet would die at once, give 1 to 255");
  require(!encap || (encap->src_port != 0 && encap->dst_port != 0),
          "encap: port 0 is none, give 1 to 65535 (4500 for IKE's)");
  require(tfc_pad <= abi::kMaxPacketBytes, "tfcpad: longer than the longest packet, give at most 9216");
  require(tfc_pad == 0 || mode == Mode::kTunnel,
          "tfcpad: only a tunnel's receiver can tell the padding from the packet");
  if (selector) selector->check("sel");
}

}  // namespace xesp
