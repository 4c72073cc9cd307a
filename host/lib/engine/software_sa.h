// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SOFTWARE_SA_H
#define XESP_ENGINE_SOFTWARE_SA_H

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/lifetime.h"
#include "esp/header.h"
#include "esp/hmac_suite.h"
#include "esp/ip.h"
#include "esp/replay_window.h"
#include "gcm/aead.h"
#include "xesp/engine.h"

namespace xesp {

/// What all packets of an SA have alike, worked out once.
struct Shape {
  explicit Shape(const SaConfig& sa)
      : tunnel(sa.mode == Mode::kTunnel),
        ah(sa.proto == kProtoAh),
        protocol(sa.encap ? esp::kProtoUdp : sa.proto),
        seals(!sa.has_hmac() && !sa.auth_only),
        tos_copied(static_cast<uint8_t>((sa.tos ? 0 : 0xfc) | (sa.ecn ? 3 : 0))),
        tos_fixed(static_cast<uint8_t>(sa.tos.value_or(0) & ~tos_copied)),
        udp_bytes(esp::udp_bytes(sa)),
        esp_bytes(esp::esp_bytes(sa)),
        text_unit(esp::text_unit(sa)),
        icv_bytes(sa.icv_bytes()) {}

  bool tunnel;
  bool ah;
  uint8_t protocol;    ///< what the outer IP header says
  bool seals;          ///< by an AEAD that encrypts
  uint8_t tos_copied;  ///< outbound tunnel: these bits of the inner TOS (RFC 4301 5.1.2.1, RFC 6040 4.1) ...
  uint8_t tos_fixed;   ///< ... and these of the SA's own
  // Of ESP:
  size_t udp_bytes;
  size_t esp_bytes;  ///< with the IV
  size_t text_unit;
  size_t icv_bytes;
};

/// An SA as the software engine keeps it: how to treat a packet, and the state that packets change.
struct SoftwareSa {
  explicit SoftwareSa(const SaConfig& sa, Crypto crypto = Crypto::kOpenssl)
      : config(sa.clone()),
        shape(sa),
        outer(sa.src, sa.dst, sa.ttl, shape.protocol),
        seq(sa.seq),
        send_limit(sa.send_limit()),
        window(sa.replay_window, sa.seq) {
    if (sa.has_hmac())
      hmac.emplace(sa);
    else
      aead = gcm::Aead::make(
          crypto, sa.direction == Direction::kOut ? gcm::Aead::Use::kSeal : gcm::Aead::Use::kOpen, sa.key.bytes(),
          sa.cipher == Cipher::kAesGcm ? gcm::Aead::Kind::kAesGcm : gcm::Aead::Kind::kChaCha20Poly1305);
    config.key = Secret();  // the expanded keys are enough
    config.auth_key = Secret();
  }

  SaConfig config;
  const Shape shape;
  esp::TunnelHeader outer;             ///< of what is sent in tunnel mode
  std::unique_ptr<gcm::Aead> aead;     ///< this ...
  std::optional<esp::HmacSuite> hmac;  ///< ... or that
  uint64_t seq;                        ///< outbound: last number sent
  uint64_t send_limit;                 ///< outbound: the highest that may be
  esp::ReplayWindow window;            ///< inbound
  Done done;
};

/// What one packet came to.
struct SoftwareResult {
  DropReason status = abi::kDropBadDescriptor;  ///< until it is known to be fine
  uint64_t seq = 0;
  size_t bytes = 0;    ///< written to the output
  uint8_t events = 0;  ///< abi::CplEvents
};

/// Outbound: what can be read without an SA; its `status` says whether to go on.
inline esp::IpHeader read_outbound(std::span<const uint8_t> packet) {
  if (packet.size() <= abi::kMaxPacketBytes) return esp::read_ip_header(packet, Direction::kOut);
  esp::IpHeader none;
  none.status = abi::kDropBadDescriptor;
  return none;
}

/// Inbound: what can be read without an SA.
struct InboundFront {
  DropReason status = abi::kOk;  ///< whether to go on
  esp::IpHeader ip;
  bool udp = false;   ///< ESP in UDP
  uint8_t proto = 0;  ///< kProtoEsp or kProtoAh
  size_t spi_at = 0;  ///< where the SPI is, and behind it the sequence number
  /// AH: whether it is as long as one with AES-GMAC. It drops for this, before it does for want of an SA as on the
  /// card, unless there is an SA with an HMAC.
  DropReason as_gmac = abi::kOk;

  /// After the SA was looked for; null: there is none.
  DropReason status_with(const SaConfig* sa) const {
    if (as_gmac != abi::kOk && !(sa && sa->has_hmac())) return as_gmac;
    return sa ? abi::kOk : abi::kDropNoSa;
  }
};
InboundFront read_inbound(std::span<const uint8_t> packet);
/// Inbound, after read_inbound() and with the SA found. `out` has room for the packet's bytes; it is scratch, and
/// holds nothing of a packet that is dropped.
SoftwareResult recover(SoftwareSa& sa, const PacketIn& in, const InboundFront& front, std::span<uint8_t> out);

}  // namespace xesp
#endif
