// SPDX-License-Identifier: Apache-2.0
//
// What the files here share. Each holds functions that are modules of their own and one kernel that calls them all; the
// kernel is only there because xhls compiles kernels. Each argument is bits of the input that nothing is known of.
#ifndef XESP_TESTS_XHLS_PROOFS_H
#define XESP_TESTS_XHLS_PROOFS_H

#include <ap_int.h>
#include <hls_stream.h>

typedef hls::stream<ap_uint<1024> > In;
typedef hls::stream<ap_uint<512> > Out;

#endif
