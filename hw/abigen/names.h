// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_ABIGEN_NAMES_H
#define XESP_ABIGEN_NAMES_H

#include <cstdint>
#include <string>

namespace xesp::abigen {

/// kRegArgDesc -> REG_ARG_DESC: the C++ constant's name as SystemVerilog writes constants.
std::string sv_name(const std::string& constant);
/// in_off -> IN_OFF.
std::string upper(const std::string& text);
/// 0x10 as "010": `digits` hexadecimal digits.
std::string hex(uint64_t value, int digits);

}  // namespace xesp::abigen
#endif
