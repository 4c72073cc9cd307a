// SPDX-License-Identifier: Apache-2.0
#include "gcm/gf128.h"

namespace xesp::gcm {

namespace {

// A field element as two words; the coefficient of x^0 is the top bit of `high`.
struct Element {
  uint64_t high = 0;
  uint64_t low = 0;
};

Element load(const Block& b) {
  Element e;
  for (int i = 0; i < 8; ++i) e.high = e.high << 8 | b[i];
  for (int i = 8; i < 16; ++i) e.low = e.low << 8 | b[i];
  return e;
}

Block store(const Element& e) {
  Block b;
  for (int i = 0; i < 8; ++i) b[i] = static_cast<uint8_t>(e.high >> (56 - 8 * i));
  for (int i = 0; i < 8; ++i) b[8 + i] = static_cast<uint8_t>(e.low >> (56 - 8 * i));
  return b;
}

constexpr uint64_t kReduction = 0xe1ull << 56;  // x^128 = 1 + x + x^2 + x^7

}  // namespace

Block multiply(const Block& x, const Block& y) {
  const Element a = load(x);
  Element power = load(y);  // y * x^i
  Element product;
  for (int i = 0; i < 128; ++i) {
    const uint64_t word = i < 64 ? a.high : a.low;
    const uint64_t take = 0 - ((word >> (63 - i % 64)) & 1);
    product.high ^= power.high & take;
    product.low ^= power.low & take;
    const uint64_t overflow = 0 - (power.low & 1);
    power.low = power.low >> 1 | power.high << 63;
    power.high = power.high >> 1 ^ (kReduction & overflow);
  }
  return store(product);
}

}  // namespace xesp::gcm
