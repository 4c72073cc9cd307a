// SPDX-License-Identifier: Apache-2.0
#include "control/caps.h"

#include "control/protocol.h"
#include "control/sa_json.h"
#include "xesp/engine.h"

namespace xesp::control {

using nlohmann::json;

json build_caps() {
  constexpr unsigned kMinorBits = 16;
  const json keys = {128, 192, 256};
  json caps = {
      {"version", XESP_VERSION},
      {"protocol", kProtocolVersion},
      {"abi", std::to_string(abi::kVersion >> kMinorBits) + "." + std::to_string(abi::kVersion & 0xffff)},
      {"algorithms",
       {{{"name", kAeadName}, {"what", "AES-GCM"}, {"proto", {"esp"}}, {"key_bits", keys}, {"icv_bits", {64, 96, 128}}},
        {{"name", kGmacName}, {"what", "AES-GMAC"}, {"proto", {"esp", "ah"}}, {"key_bits", keys}, {"icv_bits", {128}}},
        {{"name", kChaChaName},
         {"what", "ChaCha20-Poly1305 in software"},
         {"proto", {"esp"}},
         {"key_bits", {256}},
         {"icv_bits", {128}}},
        {{"name", kCbcName},
         {"what", "AES-CBC with HMAC-SHA-2 in software"},
         {"proto", {"esp"}},
         {"key_bits", keys},
         {"icv_bits", {128, 192, 256}}},
        {{"name", kNullName},
         {"what", "HMAC-SHA-2 without encryption in software"},
         {"proto", {"esp"}},
         {"key_bits", {0}},
         {"icv_bits", {128, 192, 256}}}}},
      {"modes", {"tunnel", "transport"}},
      {"replay_window", {{"default", abi::kReplayWindow}, {"most", abi::kMaxReplayWindow}}},
      {"features", {"esn", "implicit-iv", "encap espinudp", "tfcpad", "limit"}},
      {"packet_bytes", abi::kMaxPacketBytes},
      {"sas_a_direction", {{"card", abi::kSaCapacity}, {"software", kMaxSas}}}};
  for (const HmacName& hmac : kHmacNames) {
    const unsigned bits = digest_bits(hmac.integrity);
    caps["algorithms"].push_back({{"name", hmac.name},
                                  {"what", "HMAC-SHA-2 of AH in software"},
                                  {"proto", {"ah"}},
                                  {"key_bits", {bits}},
                                  {"icv_bits", {bits / 2}}});
  }
  return caps;
}

}  // namespace xesp::control
