// SPDX-License-Identifier: Apache-2.0
//
// Each little kernel natively against its RTL, under random stalls. bind.sh makes the tests.
#include "Vall_kernels.h"
#include "pair.h"

#include "all_kernels.inc"
