// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_SA_JSON_H
#define XESP_CONTROL_SA_JSON_H

#include <nlohmann/json.hpp>
#include <optional>

#include "xesp/sa.h"

namespace xesp::control {

/// The algorithms, in the kernel's words: AES-GCM and AES-GMAC, and those that software alone does.
constexpr const char* kAeadName = "rfc4106(gcm(aes))";
constexpr const char* kGmacName = "rfc4543(gcm(aes))";
constexpr const char* kChaChaName = "rfc7539esp(chacha20,poly1305)";
constexpr const char* kCbcName = "cbc(aes)";
constexpr const char* kNullName = "ecb(cipher_null)";
struct HmacName {
  const char* name;
  Integrity integrity;
};
constexpr HmacName kHmacNames[] = {{"hmac(sha256)", Integrity::kHmacSha256},
                                   {"hmac(sha384)", Integrity::kHmacSha384},
                                   {"hmac(sha512)", Integrity::kHmacSha512}};

/// The limits of a lifetime: in JSON, and in the words of `ip xfrm`.
struct LimitName {
  const char* json;
  const char* word;
  uint64_t Lifetime::*limit;
};
constexpr LimitName kLimitNames[] = {
    {"soft_packets", "packet-soft", &Lifetime::soft_packets}, {"hard_packets", "packet-hard", &Lifetime::hard_packets},
    {"soft_bytes", "byte-soft", &Lifetime::soft_bytes},       {"hard_bytes", "byte-hard", &Lifetime::hard_bytes},
    {"soft_seconds", "time-soft", &Lifetime::soft_seconds},   {"hard_seconds", "time-hard", &Lifetime::hard_seconds}};

/// An SA as asked for: the direction may be left to the policies.
struct SaRequest {
  SaConfig sa;
  std::optional<Direction> direction;
};

/// What names an SA in a request; `src`, `direction` and `proto` narrow it down.
struct SaName {
  IpAddress dst;
  uint32_t spi = 0;
  std::optional<IpAddress> src;
  std::optional<Direction> direction;
  std::optional<uint8_t> proto;

  bool names(const SaConfig& sa) const;
};

enum class Keys { kHidden, kShown };

nlohmann::json to_json(const SaConfig& sa, Keys keys);
nlohmann::json to_json(const SaRequest& request);
nlohmann::json to_json(const SaName& name);
nlohmann::json to_json(const Selector& selector);

/// @throws Error(kData) naming the field
SaRequest sa_request_from_json(const nlohmann::json& object);
SaName sa_name_from_json(const nlohmann::json& object);
UdpEncap encap_from_json(const nlohmann::json& object);
Selector selector_from_json(const nlohmann::json& object, const std::string& where);

const char* aead_name(const SaConfig& sa);        ///< kAeadName, kGmacName, kChaChaName
const char* direction_name(Direction direction);  ///< "out", "in"
const char* proto_name(uint8_t proto);            ///< "esp", "ah"
const char* mode_name(Mode mode);                 ///< "transport", "tunnel"
const char* offload_name(Offload offload);        ///< "auto", "off", "require"

}  // namespace xesp::control
#endif
