// SPDX-License-Identifier: Apache-2.0
//
// What in_replay reads of a packet beside its number, as random bits: most of such packets are dropped for their shape,
// and the others have lengths of any kind.
#ifndef XESP_TESTS_RTL_KERNELS_REPLAY_SCRAMBLE_H
#define XESP_TESTS_RTL_KERNELS_REPLAY_SCRAMBLE_H

#include <random>

#include "streams.h"

namespace xesp::test {

inline void scramble(streams::Chk& c, streams::Rel& r, std::mt19937_64& random) {
  const auto one_in = [&](uint64_t n) { return random() % n == 0; };
  const ap_uint<64> bits = random();
  c.held = bits[0];
  c.pad_ok = !one_in(8);
  c.pad_len = one_in(2) ? ap_uint<8>(random() % 4) : ap_uint<8>(random());
  if (one_in(3)) c.next_header = random();
  if (one_in(3)) c.next_header = one_in(2) ? 59 : 41;
  if (one_in(2)) c.inner.range(15, 0) = c.next_header == 41 ? 0x0060 | (random() & 0xff0f) : 0x45 | (random() & 0xff00);
  if (one_in(8)) c.inner = random();
  r.transport = bits[1];
  r.copy_dscp = bits[2];
  r.no_ecn = bits[3];
  r.ah = one_in(4);
  r.v6 = bits[4];
  r.ip_words = 5 + random() % 12;
  r.next_at = random();
  r.ct_len = one_in(4) ? ap_uint<14>(random()) : ap_uint<14>(64 + random() % 64);
  r.out_cap = one_in(8) ? ap_uint<14>(random()) : ap_uint<14>(16383);
  for (int i = 0; i < 8; ++i) r.head.range(64 * i + 63, 64 * i) = ap_uint<64>(random());
  if (!r.packet && !r.install) r.status = random();
}

}  // namespace xesp::test
#endif
