// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_KEY_SOURCE_H
#define XESP_CLI_KEY_SOURCE_H

#include <string>

#include "xesp/secret.h"

namespace xesp::cli {

/// A key as a command line gives it: 0x..., @FILE (a file that only its owner may touch) or - (a line of standard
/// input). @throws Error(kData, kNoInput, kDenied) that never shows the key
Secret read_key(const std::string& source);

/// Reads a file that holds keys. @throws Error(kNoInput); Error(kDenied) if other users may read or change it
std::string read_private_file(const std::string& path);

/// Overwrites the hexadecimal keys in a program's arguments, which every user of the machine can see.
void hide_keys(int argc, char** argv) noexcept;

}  // namespace xesp::cli
#endif
