// SPDX-License-Identifier: Apache-2.0
//
// Little kernels, each about one thing that the compiler must get right, in a file of its name.
#ifndef XESP_TESTS_XHLS_KERNELS_H
#define XESP_TESTS_XHLS_KERNELS_H

#include <ap_int.h>
#include <hls_stream.h>

template <int W>
using Stream = hls::stream<ap_uint<W>>;

#endif
