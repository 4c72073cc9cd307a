// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ENGINE_SOFTWARE_SA_H
#define XESP_ENGINE_SOFTWARE_SA_H

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "engine/lifetime.h"
#include "esp/hmac_suite.h"
#include "esp/ip.h"
#include "esp/replay_window.h"
#include "gcm/aead.h"
#include "xesp/engine.h"

namespace xesp {

/// An SA as the software engine keeps it: how to treat a packet, and the state that packets change.
struct SoftwareSa {
  explicit SoftwareSa(const SaConfig& sa, Crypto crypto = Crypto::kOpenssl)
      : config(sa.clone()),
        outer(sa.src, sa.dst, sa.ttl, sa.encap ? esp::kProtoUdp : sa.proto),
        seq(sa.seq),
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
  esp::TunnelHeader outer;             ///< of what is sent in tunnel mode
  std::unique_ptr<gcm::Aead> aead;     ///< this ...
  std::optional<esp::HmacSuite> hmac;  ///< ... or that
  uint64_t seq;                        ///< outbound: last number sent
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
esp::IpHeader read_outbound(std::span<const uint8_t> packet);
/// Outbound, after read_outbound() and with the SA found.
SoftwareResult protect(SoftwareSa& sa, const PacketIn& in, const esp::IpHeader& header, std::span<uint8_t> out);
/// Room that the ESP or AH packet made from a packet of this length needs at most.
size_t protected_room(const SaConfig& sa, size_t packet_bytes);

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
