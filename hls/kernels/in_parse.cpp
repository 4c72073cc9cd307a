// SPDX-License-Identifier: Apache-2.0
//
// Inbound: descriptors and packet beats in; one request a packet (or command beat), the packet's beats out,
// and one word a descriptor with what of the packet stands in there.
#include "kernels.h"
#include "parse.h"

using namespace xesp::streams;

void in_parse(DescStream& desc, PktStream& pkt, ReqStream& req, RawStream& raw, TailStream& tail) {
#pragma HLS INTERFACE ap_ctrl_none port=return
#pragma HLS INTERFACE axis port=desc
#pragma HLS INTERFACE axis port=pkt
#pragma HLS INTERFACE axis port=req
#pragma HLS INTERFACE axis port=raw
#pragma HLS INTERFACE axis port=tail
#pragma HLS PIPELINE II=1 style=flp
  const xesp::parse::Begun begun = xesp::parse::step<true>(desc, pkt, req, raw);
  if (begun.first) tail.write(begun.tail);
}
