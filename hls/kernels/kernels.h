// SPDX-License-Identifier: Apache-2.0
//
// The kernels. Each is one top function: called once a clock (II = 1), it takes and gives at most one word a stream.
#ifndef XESP_KERNELS_H
#define XESP_KERNELS_H

#include <ap_int.h>
#include <hls_stream.h>

#include "streams.h"
#include "xesp_abi.h"

// The card's ABI by the name that the kernels use: `abi` at global scope is the C++ runtime's (<cxxabi.h>).
namespace card = xesp::abi;

namespace xesp {
namespace streams {
typedef hls::stream<ap_uint<kDescBits> > DescStream;
typedef hls::stream<ap_uint<kPktBits> > PktStream;
typedef hls::stream<ap_uint<kReqBits> > ReqStream;
typedef hls::stream<ap_uint<kRawBits> > RawStream;
typedef hls::stream<ap_uint<kTailBits> > TailStream;
typedef hls::stream<ap_uint<kEncBits> > EncStream;
typedef hls::stream<ap_uint<kStripBits> > StripStream;
typedef hls::stream<ap_uint<kKeyBits> > KeyStream;
typedef hls::stream<ap_uint<kHpBits> > HpStream;
typedef hls::stream<ap_uint<kHdrBits> > HdrStream;
typedef hls::stream<ap_uint<kRelBits> > RelStream;
typedef hls::stream<ap_uint<kPtBits> > PtStream;
typedef hls::stream<ap_uint<kCtBits> > CtStream;
typedef hls::stream<ap_uint<kGhBits> > GhStream;
typedef hls::stream<ap_uint<kEkBits> > EkStream;
typedef hls::stream<ap_uint<kTagBits> > TagStream;
typedef hls::stream<ap_uint<kIcvBits> > IcvStream;
typedef hls::stream<ap_uint<kHeldBits> > HeldStream;
typedef hls::stream<ap_uint<kChkBits> > ChkStream;
typedef hls::stream<ap_uint<kTopBits> > TopStream;
typedef hls::stream<ap_uint<kVerdictBits> > VerdictStream;
typedef hls::stream<ap_uint<kOutBits> > OutStream;
typedef hls::stream<ap_uint<kCplBits> > CplStream;
// Pair words (pair.h)
typedef hls::stream<ap_uint<pair_bits(kReqBits)> > ReqPairStream;
typedef hls::stream<ap_uint<pair_bits(kEncBits)> > EncPairStream;
typedef hls::stream<ap_uint<pair_bits(kStripBits)> > StripPairStream;
typedef hls::stream<ap_uint<pair_bits(kKeyBits)> > KeyPairStream;
typedef hls::stream<ap_uint<pair_bits(kHpBits)> > HpPairStream;
typedef hls::stream<ap_uint<pair_bits(kHdrBits)> > HdrPairStream;
typedef hls::stream<ap_uint<pair_bits(kRelBits)> > RelPairStream;
typedef hls::stream<ap_uint<pair_bits(kChkBits)> > ChkPairStream;
typedef hls::stream<ap_uint<pair_bits(kTopBits)> > TopPairStream;
typedef hls::stream<ap_uint<pair_bits(kVerdictBits)> > VerdictPairStream;
}  // namespace streams
}  // namespace xesp

// Outbound: out_parse -> out_sa -> out_encap -> gcm_ctr -> gcm_ghash -> out_build
void out_parse(xesp::streams::DescStream& desc, xesp::streams::PktStream& pkt, xesp::streams::ReqStream& req,
               xesp::streams::RawStream& raw);
void out_sa(xesp::streams::ReqStream& req, xesp::streams::EncStream& enc, xesp::streams::KeyStream& key,
            xesp::streams::HpStream& hp, xesp::streams::HdrStream& hdr);
void out_sa_pair(xesp::streams::ReqPairStream& req, xesp::streams::EncPairStream& enc, xesp::streams::KeyPairStream& key,
                 xesp::streams::HpPairStream& hp, xesp::streams::HdrPairStream& hdr);  // out_sa, two descriptors a clock
void out_encap(xesp::streams::RawStream& raw, xesp::streams::EncStream& enc, xesp::streams::PtStream& pt);
void out_build(xesp::streams::CtStream& ct, xesp::streams::TagStream& tag, xesp::streams::HdrStream& hdr,
               xesp::streams::OutStream& out, xesp::streams::CplStream& cpl);

// Both directions
void gcm_ctr(xesp::streams::PtStream& pt, xesp::streams::KeyStream& key, xesp::streams::CtStream& ct,
             xesp::streams::GhStream& gh, xesp::streams::EkStream& ek);
void gcm_ghash(xesp::streams::GhStream& gh, xesp::streams::HpStream& hp, xesp::streams::EkStream& ek,
               xesp::streams::TagStream& tag);

// Inbound: in_parse -> in_sa -> in_strip -> gcm_ctr -> gcm_ghash -> in_check -> in_replay -> in_release, and back
// in_replay -> in_sa
void in_parse(xesp::streams::DescStream& desc, xesp::streams::PktStream& pkt, xesp::streams::ReqStream& req,
              xesp::streams::RawStream& raw, xesp::streams::TailStream& tail);
void in_sa(xesp::streams::ReqStream& req, xesp::streams::TopStream& top, xesp::streams::StripStream& strip,
           xesp::streams::KeyStream& key, xesp::streams::HpStream& hp, xesp::streams::RelStream& rel);
void in_sa_pair(xesp::streams::ReqPairStream& req, xesp::streams::TopPairStream& top,
                xesp::streams::StripPairStream& strip, xesp::streams::KeyPairStream& key,
                xesp::streams::HpPairStream& hp, xesp::streams::RelPairStream& rel);  // in_sa, two descriptors a clock
void in_strip(xesp::streams::RawStream& raw, xesp::streams::TailStream& tail, xesp::streams::StripStream& strip,
              xesp::streams::PtStream& pt, xesp::streams::IcvStream& icv);
void in_check(xesp::streams::CtStream& ct, xesp::streams::TagStream& tag, xesp::streams::IcvStream& icv,
              xesp::streams::HeldStream& held, xesp::streams::ChkStream& chk);
void in_replay(xesp::streams::ChkStream& chk, xesp::streams::RelStream& rel, xesp::streams::VerdictStream& verdict,
               xesp::streams::TopStream& top);
void in_replay_pair(xesp::streams::ChkPairStream& chk, xesp::streams::RelPairStream& rel,
                    xesp::streams::VerdictPairStream& verdict,
                    xesp::streams::TopPairStream& top);  // in_replay, two descriptors a clock
void in_release(xesp::streams::HeldStream& held, xesp::streams::VerdictStream& verdict, xesp::streams::OutStream& out,
                xesp::streams::CplStream& cpl);

#endif
