// SPDX-License-Identifier: Apache-2.0
//
// One outbound engine: all of the path but the SA table, which the lanes share (xesp_out_path).
//
//   desc, pkt -> out_parse -> req ---------------------------------------------> to the table
//                          -> raw ---> out_encap -> pt -> xesp_gcm -> ct, tag -> out_build -> out, cpl
//   from the table: enc, key, hp, hdr
//
// Every kernel brings an output FIFO of its own. A queue stands here where a stream must wait for another that takes
// longer; but for `ct`, the depths are for full pace, and none is needed for the path to move on (one word a packet on each
// stream).
module xesp_out_lane
  import xesp_streams_pkg::*;
#(
    parameter int unsigned RAW_DEPTH = 64,         // beats that wait for their SA's entry: how far a lane may be ahead
    parameter              RAW_STYLE = "distributed"
) (
    input  logic                  ap_clk,
    input  logic                  ap_rst_n,  // synchronous, active low

    // From the shell
    input  logic [DESC_BITS-1:0] desc_TDATA,
    input  logic                 desc_TVALID,
    output logic                 desc_TREADY,
    input  logic [PKT_BITS-1:0]  pkt_TDATA,
    input  logic                 pkt_TVALID,
    output logic                 pkt_TREADY,

    // To and from the table
    output logic [REQ_BITS-1:0]  req_TDATA,
    output logic                 req_TVALID,
    input  logic                 req_TREADY,
    input  logic [ENC_BITS-1:0]  enc_TDATA,
    input  logic                 enc_TVALID,
    output logic                 enc_TREADY,
    input  logic [KEY_BITS-1:0]  key_TDATA,
    input  logic                 key_TVALID,
    output logic                 key_TREADY,
    input  logic [HP_BITS-1:0]   hp_TDATA,
    input  logic                 hp_TVALID,
    output logic                 hp_TREADY,
    input  logic [HDR_BITS-1:0]  hdr_TDATA,
    input  logic                 hdr_TVALID,
    output logic                 hdr_TREADY,

    // To the shell
    output logic [OUT_BITS-1:0]  out_TDATA,
    output logic                 out_TVALID,
    input  logic                 out_TREADY,
    output logic [CPL_BITS-1:0]  cpl_TDATA,
    output logic                 cpl_TVALID,
    input  logic                 cpl_TREADY
);
  // ------------------------------------------------------------------------------------------------------------------
  // Streams; NAME_q is the same stream behind its queue
  logic [RAW_BITS-1:0] raw_TDATA;
  logic                raw_TVALID;
  logic                raw_TREADY;
  logic [RAW_BITS-1:0] raw_q_TDATA;
  logic                raw_q_TVALID;
  logic                raw_q_TREADY;
  logic [ENC_BITS-1:0] enc_q_TDATA;
  logic                enc_q_TVALID;
  logic                enc_q_TREADY;
  logic [KEY_BITS-1:0] key_q_TDATA;
  logic                key_q_TVALID;
  logic                key_q_TREADY;
  logic [HP_BITS-1:0]  hp_q_TDATA;
  logic                hp_q_TVALID;
  logic                hp_q_TREADY;
  logic [HDR_BITS-1:0] hdr_q_TDATA;
  logic                hdr_q_TVALID;
  logic                hdr_q_TREADY;
  logic [PT_BITS-1:0]  pt_TDATA;
  logic                pt_TVALID;
  logic                pt_TREADY;
  logic [CT_BITS-1:0]  ct_TDATA;
  logic                ct_TVALID;
  logic                ct_TREADY;
  logic [CT_BITS-1:0]  ct_q_TDATA;
  logic                ct_q_TVALID;
  logic                ct_q_TREADY;
  logic [TAG_BITS-1:0] tag_TDATA;
  logic                tag_TVALID;
  logic                tag_TREADY;

  // ------------------------------------------------------------------------------------------------------------------
  // Kernels
  out_parse parse (
      .ap_clk,
      .ap_rst_n,
      .desc_TDATA,
      .desc_TVALID,
      .desc_TREADY,
      .pkt_TDATA,
      .pkt_TVALID,
      .pkt_TREADY,
      .req_TDATA,
      .req_TVALID,
      .req_TREADY,
      .raw_TDATA,
      .raw_TVALID,
      .raw_TREADY
  );

  out_encap encap (
      .ap_clk,
      .ap_rst_n,
      .raw_TDATA (raw_q_TDATA),
      .raw_TVALID(raw_q_TVALID),
      .raw_TREADY(raw_q_TREADY),
      .enc_TDATA (enc_q_TDATA),
      .enc_TVALID(enc_q_TVALID),
      .enc_TREADY(enc_q_TREADY),
      .pt_TDATA,
      .pt_TVALID,
      .pt_TREADY
  );

  xesp_gcm gcm (
      .ap_clk,
      .ap_rst_n,
      .pt_TDATA,
      .pt_TVALID,
      .pt_TREADY,
      .key_TDATA (key_q_TDATA),
      .key_TVALID(key_q_TVALID),
      .key_TREADY(key_q_TREADY),
      .hp_TDATA  (hp_q_TDATA),
      .hp_TVALID (hp_q_TVALID),
      .hp_TREADY (hp_q_TREADY),
      .ct_TDATA,
      .ct_TVALID,
      .ct_TREADY,
      .tag_TDATA,
      .tag_TVALID,
      .tag_TREADY
  );

  out_build build (
      .ap_clk,
      .ap_rst_n,
      .ct_TDATA  (ct_q_TDATA),
      .ct_TVALID (ct_q_TVALID),
      .ct_TREADY (ct_q_TREADY),
      .tag_TDATA,
      .tag_TVALID,
      .tag_TREADY,
      .hdr_TDATA (hdr_q_TDATA),
      .hdr_TVALID(hdr_q_TVALID),
      .hdr_TREADY(hdr_q_TREADY),
      .out_TDATA,
      .out_TVALID,
      .out_TREADY,
      .cpl_TDATA,
      .cpl_TVALID,
      .cpl_TREADY
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Queues
  /* verilator lint_off PINCONNECTEMPTY */
  // The packet waits for its SA's entry.
  xesp_fifo #(
      .WIDTH(RAW_BITS),
      .DEPTH(RAW_DEPTH),
      .STYLE(RAW_STYLE)
  ) raw_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (raw_TDATA),
      .s_TVALID(raw_TVALID),
      .s_TREADY(raw_TREADY),
      .m_TDATA (raw_q_TDATA),
      .m_TVALID(raw_q_TVALID),
      .m_TREADY(raw_q_TREADY),
      .count   ()
  );

  // What the SA says waits for the text: up to the encapsulation, the cipher, the hash, the end.
  xesp_fifo #(
      .WIDTH(ENC_BITS),
      .DEPTH(64),
      .STYLE("distributed")
  ) enc_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (enc_TDATA),
      .s_TVALID(enc_TVALID),
      .s_TREADY(enc_TREADY),
      .m_TDATA (enc_q_TDATA),
      .m_TVALID(enc_q_TVALID),
      .m_TREADY(enc_q_TREADY),
      .count   ()
  );

  xesp_fifo #(
      .WIDTH(KEY_BITS),
      .DEPTH(64),
      .STYLE("distributed")
  ) key_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (key_TDATA),
      .s_TVALID(key_TVALID),
      .s_TREADY(key_TREADY),
      .m_TDATA (key_q_TDATA),
      .m_TVALID(key_q_TVALID),
      .m_TREADY(key_q_TREADY),
      .count   ()
  );

  xesp_fifo #(
      .WIDTH(HP_BITS),
      .DEPTH(64),
      .STYLE("distributed")
  ) hp_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (hp_TDATA),
      .s_TVALID(hp_TVALID),
      .s_TREADY(hp_TREADY),
      .m_TDATA (hp_q_TDATA),
      .m_TVALID(hp_q_TVALID),
      .m_TREADY(hp_q_TREADY),
      .count   ()
  );

  xesp_fifo #(
      .WIDTH(HDR_BITS),
      .DEPTH(128),
      .STYLE("block")
  ) hdr_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (hdr_TDATA),
      .s_TVALID(hdr_TVALID),
      .s_TREADY(hdr_TREADY),
      .m_TDATA (hdr_q_TDATA),
      .m_TVALID(hdr_q_TVALID),
      .m_TREADY(hdr_q_TREADY),
      .count   ()
  );

  // The text waits for its tag. AH has it in front, so the longest packet must fit in whole (144 beats).
  xesp_fifo #(
      .WIDTH(CT_BITS),
      .DEPTH(256),
      .STYLE("block")
  ) ct_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (ct_TDATA),
      .s_TVALID(ct_TVALID),
      .s_TREADY(ct_TREADY),
      .m_TDATA (ct_q_TDATA),
      .m_TVALID(ct_q_TVALID),
      .m_TREADY(ct_q_TREADY),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

`ifndef SYNTHESIS
  initial begin
    if (xesp_abi_pkg::MAX_PACKET_BYTES > 192 * xesp_abi_pkg::BEAT_BYTES)
      $fatal(1, "%m: `ct` must hold one of the longest packets and what follows it on its way");
  end
`endif
endmodule
