// SPDX-License-Identifier: Apache-2.0
#include "rejected.h"
void top(Stream<64>& in, Stream<64>& out, Stream<8>& never) {  // EXPECT: stream 'never' is never read and never written
  (void)never;
  out.write(in.read());
}
