// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_WIRESHARK_KEYS_H
#define XESP_CLI_WIRESHARK_KEYS_H

#include <nlohmann/json.hpp>
#include <string>

namespace xesp::cli {

/// Wireshark's table esp_sa of these SAs (rows of state.list with keys), for the file esp_sa in its configuration
/// folder. AH, ChaCha20-Poly1305 and implicit IVs are not in Wireshark 4.0: a comment names each SA that is left out.
/// Holds keys: the caller wipes it.
std::string wireshark_esp_sa(const nlohmann::json& sas);

}  // namespace xesp::cli
#endif
