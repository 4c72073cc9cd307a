// SPDX-License-Identifier: Apache-2.0
//
// Random kernels natively against their RTL; fuzz.sh builds this.
#include "Vall_kernels.h"
#include "kernels.h"
#include "pair.h"

#define FUZZ_PORTS(IN, OUT) IN(a, 64) IN(b, 72) OUT(x, 136) OUT(y, 64)
#include "tests.inc"
