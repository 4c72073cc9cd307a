// SPDX-License-Identifier: Apache-2.0
//
// Little kernels, each about one thing that the compiler must get right.
#ifndef XESP_TESTS_XHLS_KERNELS_H
#define XESP_TESTS_XHLS_KERNELS_H

#include <ap_int.h>
#include <hls_stream.h>

template <int W>
using Stream = hls::stream<ap_uint<W>>;

void arithmetic(Stream<64>& a, Stream<64>& b, Stream<512>& out);
void shifts(Stream<512>& in, Stream<16>& amount, Stream<1536>& out);
void record(Stream<64>& in, Stream<128>& out);
void sometimes(Stream<72>& in, Stream<32>& meta, Stream<64>& even, Stream<72>& all);
void flush(Stream<72>& in, Stream<72>& out);
void tables(Stream<32>& in, Stream<320>& out);
void counters(Stream<64>& in, Stream<128>& out);
void memory(Stream<128>& in, Stream<256>& out);
void modules(Stream<128>& in, Stream<128>& out);
void bitwork(Stream<128>& in, Stream<320>& out);
void clmul(Stream<64>& in, Stream<64>& out);
void compares(Stream<64>& a, Stream<64>& b, Stream<256>& out);
void delay_line(Stream<32>& in, Stream<64>& out);

#endif
