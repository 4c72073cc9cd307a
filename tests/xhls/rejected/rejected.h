// SPDX-License-Identifier: Apache-2.0
//
// Each source here leaves the subset. A line with "EXPECT: text" is where xhls must say so, in words with that text.
#include <ap_int.h>
#include <hls_stream.h>

template <int W>
using Stream = hls::stream<ap_uint<W>>;
