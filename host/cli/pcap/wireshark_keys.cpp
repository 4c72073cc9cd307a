// SPDX-License-Identifier: Apache-2.0
#include "pcap/wireshark_keys.h"

#include <fmt/core.h>

#include <optional>

#include "control/sa_json.h"

namespace xesp::cli {

using nlohmann::json;

namespace {

// Four columns: cipher, its key, integrity, its key; nothing where Wireshark has no name for it.
std::optional<std::string> suite(const json& sa) {
  if (sa.value("proto", "") != "esp" || sa.value("implicit_iv", false)) return std::nullopt;
  if (sa.contains("aead")) {
    const json& aead = sa["aead"];
    const int octets = aead["icv_bits"].get<int>() / 8;
    const std::string name = aead["name"];
    if (name == control::kGmacName)
      return fmt::format(R"("NULL","","ANY {} bit authentication [no checking]","")", aead["icv_bits"].get<int>());
    if (name != control::kAeadName) return std::nullopt;
    return fmt::format(R"("AES-GCM with {} octet ICV [RFC4106]","{}","NULL","")", octets,
                       aead["key"].get<std::string>());
  }
  const bool cbc = sa["enc"]["name"] == control::kCbcName;
  const int icv = sa["auth"]["icv_bits"];
  return fmt::format(R"("{}","{}","HMAC-SHA-{}-{} [RFC4868]","{}")", cbc ? "AES-CBC [RFC3602]" : "NULL",
                     cbc ? sa["enc"]["key"].get<std::string>() : "", 2 * icv, icv,
                     sa["auth"]["key"].get<std::string>());
}

}  // namespace

std::string wireshark_esp_sa(const json& sas) {
  std::string text =
      "# Keys of live SAs, by xesp: put it as esp_sa into Wireshark's configuration folder, then delete it.\n";
  for (const json& sa : sas) {
    const std::string src = sa["src"], dst = sa["dst"];
    const uint32_t spi = sa["spi"];
    const auto columns = suite(sa);
    if (columns)
      text += fmt::format("\"{}\",\"{}\",\"{}\",\"{:#010x}\",{},\"{}\"\n",
                          src.find(':') != std::string::npos ? "IPv6" : "IPv4", src, dst, spi, *columns,
                          sa.value("esn", false) ? "64-bit" : "32-bit");
    else
      text += fmt::format("# left out, Wireshark has no name for it: dst {} spi {:#010x}\n", dst, spi);
  }
  return text;
}

}  // namespace xesp::cli
