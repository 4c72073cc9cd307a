// SPDX-License-Identifier: Apache-2.0
//
// Outbound: descriptors and packet beats in; one request a packet (or command beat) and the packet's beats out.
#include "kernels.h"
#include "parse.h"

using namespace xesp::streams;

void out_parse(DescStream& desc, PktStream& pkt, ReqStream& req, RawStream& raw) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=desc
#pragma HLS INTERFACE axis port=pkt
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=raw
#pragma HLS PIPELINE II=1 style=flp
  xesp::parse::step<false>(desc, pkt, req, raw);
}
