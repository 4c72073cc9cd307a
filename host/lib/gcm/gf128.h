// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_GCM_GF128_H
#define XESP_GCM_GF128_H

#include <array>
#include <cstdint>

namespace xesp::gcm {

/// 16 bytes in GCM's order: bit 0 of the field element is the most significant bit of byte 0 (SP 800-38D 6.3).
using Block = std::array<uint8_t, 16>;

/// Product in GF(2^128) modulo x^128 + x^7 + x^2 + x + 1. No branch and no address depends on the operands. Slow; for
/// install time, not for packets.
Block multiply(const Block& x, const Block& y);

}  // namespace xesp::gcm
#endif
