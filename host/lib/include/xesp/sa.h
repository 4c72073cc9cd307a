// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_SA_H
#define XESP_SA_H

#include <cstdint>
#include <optional>
#include <string>

#include "xesp/address.h"
#include "xesp/secret.h"
#include "xesp_abi.h"

namespace xesp {

// What an SA speaks, as IP's protocol number.
constexpr uint8_t kProtoEsp = 50;
constexpr uint8_t kProtoAh = 51;  // RFC 4302, with AES-GMAC or an HMAC

enum class Direction : uint8_t { kOut = 0, kIn = 1 };
enum class Mode : uint8_t { kTransport = 0, kTunnel = 1 };

/// What an outbound packet must match to take an SA, and what an inbound one must be after decryption (RFC 4301 4.4.1).
struct Selector {
  Prefix src;
  Prefix dst;
  uint8_t protocol = 0;   ///< 0: any
  uint16_t src_port = 0;  ///< 0: any; others only with TCP, UDP or SCTP
  uint16_t dst_port = 0;
  bool operator==(const Selector&) const = default;

  /// @throws Error(kData) that begins with `name`
  void check(const std::string& name) const;
};

/// DF of the outer IPv4 header in tunnel mode (RFC 4301 8.1).
enum class OuterDf : uint8_t { kSet = 0, kCopy = 1, kClear = 2 };

/// UDP encapsulation of ESP (RFC 3948). Ports in host byte order.
struct UdpEncap {
  uint16_t src_port = 4500;
  uint16_t dst_port = 4500;
  bool operator==(const UdpEncap&) const = default;
};

/// What encrypts. The card has the first one only; the others are for peers that have nothing better, in software.
enum class Cipher : uint8_t {
  kAesGcm = 0,            ///< RFC 4106, or AES-GMAC (RFC 4543) with SaConfig::auth_only
  kChaCha20Poly1305 = 1,  ///< RFC 7634
  kAesCbc = 2,            ///< RFC 3602, with an HMAC
  kNull = 3,              ///< RFC 2410: in clear, with an HMAC
};

/// What authenticates, where it is not the cipher itself: HMAC with SHA-2, cut to half (RFC 4868).
enum class Integrity : uint8_t { kOfCipher = 0, kHmacSha256 = 1, kHmacSha384 = 2, kHmacSha512 = 3 };

/// Which engine an SA may go through (xesp/offload_engine.h; an engine alone does not look at it).
enum class Offload : uint8_t {
  kAuto = 0,     ///< the card, and software where the card does not take it or is lost
  kOff = 1,      ///< software
  kRequire = 2,  ///< the card; without it packets drop
};

/// Limits of what an SA does, in packets and in bytes of the clear side (RFC 4301 4.4.2.1). A soft one makes an event;
/// once a hard one is reached, packets drop as kDropExpired. Those in seconds count from the install and are xespd's to
/// keep: it removes the SA at the hard one. An engine does not look at them.
struct Lifetime {
  uint64_t soft_packets = abi::kNoLimit;
  uint64_t hard_packets = abi::kNoLimit;
  uint64_t soft_bytes = abi::kNoLimit;
  uint64_t hard_bytes = abi::kNoLimit;
  uint64_t soft_seconds = abi::kNoLimit;
  uint64_t hard_seconds = abi::kNoLimit;
  bool operator==(const Lifetime&) const = default;
};

/// A security association as an operator or an IKE daemon gives it (RFC 4301 4.4.2, RFC 4302, RFC 4303, RFC 4106, RFC
/// 4543). Move-only, for it holds the key. Integers are in host byte order.
struct SaConfig {
  Direction direction = Direction::kOut;
  Mode mode = Mode::kTunnel;
  IpAddress src;  ///< outer source in tunnel mode; the SA's own source in transport mode
  IpAddress dst;
  uint32_t spi = 0;           ///< 256 .. 2^32-1 (RFC 4303 2.1 reserves 0..255)
  uint8_t proto = kProtoEsp;  ///< or kProtoAh: then auth_only, or Cipher::kNull with an HMAC; no encap, no tfc_pad
  uint32_t reqid = 0;
  Cipher cipher = Cipher::kAesGcm;
  Integrity integrity = Integrity::kOfCipher;
  Secret key;               ///< 16, 24 or 32 bytes: AES-128, -192, -256; 32: ChaCha20; none for Cipher::kNull
  Secret salt;              ///< 4 bytes (RFC 4106 4); `ip xfrm` gives key and salt as one string. None with an HMAC
  Secret auth_key;          ///< of the HMAC: as long as its digest (RFC 4868 2.1.1)
  bool auth_only = false;   ///< AES-GMAC: the payload is authenticated and stays in clear (RFC 4543)
  unsigned icv_bits = 128;  ///< 64, 96 or 128 (RFC 4106 6); 128 with auth_only; half the digest with an HMAC
  bool esn = false;         ///< extended sequence numbers, of 64 bits (RFC 4303 2.2.1)
  unsigned replay_window = abi::kReplayWindow;  ///< inbound: packets, up to abi::kMaxReplayWindow; 0: no replay check
  uint64_t seq = 0;  ///< outbound: last number sent; inbound: highest accepted, it and those below count as seen
  std::optional<uint64_t> seq_limit;  ///< outbound: highest number that may be sent (lease); none: last_seq()
  Lifetime lifetime;
  std::optional<uint8_t> tos;     ///< outbound tunnel: the outer TOS; without it the inner DSCP is copied
  bool ecn = true;                ///< tunnel: ECN is copied outside, and brought back inside (RFC 6040)
  bool decap_dscp = false;        ///< inbound tunnel: the outer DSCP replaces the inner one
  OuterDf df = OuterDf::kSet;     ///< outbound tunnel
  uint8_t ttl = 64;               ///< outer TTL or hop limit in tunnel mode
  std::optional<UdpEncap> encap;  ///< ESP in UDP; inbound the ports are not looked at
  bool implicit_iv = false;       ///< the IV is the sequence number and not sent (RFC 8750)
  uint16_t tfc_pad = 0;           ///< outbound tunnel: shorter inner packets are padded to this (RFC 4303 2.7); 0: none
  std::optional<Selector> selector;
  Offload offload = Offload::kAuto;

  SaConfig() = default;
  SaConfig(SaConfig&&) = default;
  SaConfig& operator=(SaConfig&&) = default;
  SaConfig clone() const;
  /// @throws Error(kData) naming the field and what it may be.
  void check() const;
  size_t icv_bytes() const { return icv_bits / 8; }
  bool has_hmac() const { return integrity != Integrity::kOfCipher; }
  /// The highest number that there is; numbers never cycle (RFC 4303 3.3.3).
  uint64_t last_seq() const { return esn ? ~uint64_t{0} : 0xffffffffu; }
  uint64_t send_limit() const { return seq_limit.value_or(last_seq()); }
};

/// Bits of an HMAC's digest, which its key has too; the ICV has half of them. 0 for kOfCipher.
unsigned digest_bits(Integrity integrity);

/// @throws Error(kData) if an outbound SA can't be allowed to send this number (beyond 32 bits without ESN)
void check_seq_limit(uint64_t seq_limit, bool esn);

/// Live state of an installed SA.
struct SaStats {
  uint64_t seq = 0;  ///< last sent (out), highest accepted (in)
  uint64_t packets = 0;
  uint64_t bytes = 0;  ///< whole IP packets on the clear side
  uint8_t events = 0;  ///< abi::CplEvents: the limits of its lifetime that were reached so far
};

}  // namespace xesp
#endif
