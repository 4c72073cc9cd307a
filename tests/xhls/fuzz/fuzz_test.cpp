// SPDX-License-Identifier: Apache-2.0
//
// Random kernels natively against their RTL; fuzz.sh builds this, with all_kernels.inc of its own.
#define XHLS_WORDS 2500
#define XHLS_RANDOM
#include "Vall_kernels.h"
#include "pair.h"

#include "natives.inc"

#include "all_kernels.inc"
