// SPDX-License-Identifier: Apache-2.0
//
// The inbound path: kernels of hls/kernels joined by streams.
//
//   desc, pkt -> in_parse -> req -> in_sa -> strip, key, hp, rel
//                         -> raw -> in_strip -> icv ------------------> in_check
//                                            -> pt -> xesp_gcm -> ct, tag -> in_check
//   in_check -> chk -> in_replay -> verdict -> in_release -> out, cpl
//                                -> top -> in_sa
//            -> held ------------------------> in_release
//
// Every kernel brings an output FIFO of its own. A queue stands here where a stream must wait for another that takes
// longer; but for `held`, the depths are for full pace only.
module xesp_in_path
  import xesp_streams_pkg::*;
(
    input  logic                  ap_clk,
    input  logic                  ap_rst_n,  // synchronous, active low

    // From the shell
    input  logic [DESC_BITS-1:0]  desc_TDATA,
    input  logic                  desc_TVALID,
    output logic                  desc_TREADY,
    input  logic [PKT_BITS-1:0]   pkt_TDATA,
    input  logic                  pkt_TVALID,
    output logic                  pkt_TREADY,

    // To the shell
    output logic [OUT_BITS-1:0]   out_TDATA,
    output logic                  out_TVALID,
    input  logic                  out_TREADY,
    output logic [CPL_BITS-1:0]   cpl_TDATA,
    output logic                  cpl_TVALID,
    input  logic                  cpl_TREADY
);
  // ------------------------------------------------------------------------------------------------------------------
  // Streams; NAME_q is the same stream behind its queue
  logic [REQ_BITS-1:0]     req_TDATA;
  logic                    req_TVALID;
  logic                    req_TREADY;
  logic [RAW_BITS-1:0]     raw_TDATA;
  logic                    raw_TVALID;
  logic                    raw_TREADY;
  logic [RAW_BITS-1:0]     raw_q_TDATA;
  logic                    raw_q_TVALID;
  logic                    raw_q_TREADY;
  logic [STRIP_BITS-1:0]   strip_TDATA;
  logic                    strip_TVALID;
  logic                    strip_TREADY;
  logic [STRIP_BITS-1:0]   strip_q_TDATA;
  logic                    strip_q_TVALID;
  logic                    strip_q_TREADY;
  logic [KEY_BITS-1:0]     key_TDATA;
  logic                    key_TVALID;
  logic                    key_TREADY;
  logic [KEY_BITS-1:0]     key_q_TDATA;
  logic                    key_q_TVALID;
  logic                    key_q_TREADY;
  logic [HP_BITS-1:0]      hp_TDATA;
  logic                    hp_TVALID;
  logic                    hp_TREADY;
  logic [HP_BITS-1:0]      hp_q_TDATA;
  logic                    hp_q_TVALID;
  logic                    hp_q_TREADY;
  logic [REL_BITS-1:0]     rel_TDATA;
  logic                    rel_TVALID;
  logic                    rel_TREADY;
  logic [REL_BITS-1:0]     rel_q_TDATA;
  logic                    rel_q_TVALID;
  logic                    rel_q_TREADY;
  logic [PT_BITS-1:0]      pt_TDATA;
  logic                    pt_TVALID;
  logic                    pt_TREADY;
  logic [ICV_BITS-1:0]     icv_TDATA;
  logic                    icv_TVALID;
  logic                    icv_TREADY;
  logic [ICV_BITS-1:0]     icv_q_TDATA;
  logic                    icv_q_TVALID;
  logic                    icv_q_TREADY;
  logic [CT_BITS-1:0]      ct_TDATA;
  logic                    ct_TVALID;
  logic                    ct_TREADY;
  logic [CT_BITS-1:0]      ct_q_TDATA;
  logic                    ct_q_TVALID;
  logic                    ct_q_TREADY;
  logic [TAG_BITS-1:0]     tag_TDATA;
  logic                    tag_TVALID;
  logic                    tag_TREADY;
  logic [HELD_BITS-1:0]    held_TDATA;
  logic                    held_TVALID;
  logic                    held_TREADY;
  logic [HELD_BITS-1:0]    held_q_TDATA;
  logic                    held_q_TVALID;
  logic                    held_q_TREADY;
  logic [CHK_BITS-1:0]     chk_TDATA;
  logic                    chk_TVALID;
  logic                    chk_TREADY;
  logic [TOP_BITS-1:0]     top_TDATA;
  logic                    top_TVALID;
  logic                    top_TREADY;
  logic [TOP_BITS-1:0]     top_q_TDATA;
  logic                    top_q_TVALID;
  logic                    top_q_TREADY;
  logic [VERDICT_BITS-1:0] verdict_TDATA;
  logic                    verdict_TVALID;
  logic                    verdict_TREADY;

  // ------------------------------------------------------------------------------------------------------------------
  // Kernels
  in_parse parse (
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

  in_sa sa (
      .ap_clk,
      .ap_rst_n,
      .req_TDATA,
      .req_TVALID,
      .req_TREADY,
      .top_TDATA (top_q_TDATA),
      .top_TVALID(top_q_TVALID),
      .top_TREADY(top_q_TREADY),
      .strip_TDATA,
      .strip_TVALID,
      .strip_TREADY,
      .key_TDATA,
      .key_TVALID,
      .key_TREADY,
      .hp_TDATA,
      .hp_TVALID,
      .hp_TREADY,
      .rel_TDATA,
      .rel_TVALID,
      .rel_TREADY
  );

  in_strip strip_esp (
      .ap_clk,
      .ap_rst_n,
      .raw_TDATA   (raw_q_TDATA),
      .raw_TVALID  (raw_q_TVALID),
      .raw_TREADY  (raw_q_TREADY),
      .strip_TDATA (strip_q_TDATA),
      .strip_TVALID(strip_q_TVALID),
      .strip_TREADY(strip_q_TREADY),
      .pt_TDATA,
      .pt_TVALID,
      .pt_TREADY,
      .icv_TDATA,
      .icv_TVALID,
      .icv_TREADY
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

  in_check check (
      .ap_clk,
      .ap_rst_n,
      .ct_TDATA   (ct_q_TDATA),
      .ct_TVALID  (ct_q_TVALID),
      .ct_TREADY  (ct_q_TREADY),
      .tag_TDATA,
      .tag_TVALID,
      .tag_TREADY,
      .icv_TDATA  (icv_q_TDATA),
      .icv_TVALID (icv_q_TVALID),
      .icv_TREADY (icv_q_TREADY),
      .held_TDATA,
      .held_TVALID,
      .held_TREADY,
      .chk_TDATA,
      .chk_TVALID,
      .chk_TREADY
  );

  in_replay replay (
      .ap_clk,
      .ap_rst_n,
      .chk_TDATA,
      .chk_TVALID,
      .chk_TREADY,
      .rel_TDATA     (rel_q_TDATA),
      .rel_TVALID    (rel_q_TVALID),
      .rel_TREADY    (rel_q_TREADY),
      .verdict_TDATA,
      .verdict_TVALID,
      .verdict_TREADY,
      .top_TDATA,
      .top_TVALID,
      .top_TREADY
  );

  in_release release_packet (
      .ap_clk,
      .ap_rst_n,
      .held_TDATA    (held_q_TDATA),
      .held_TVALID   (held_q_TVALID),
      .held_TREADY   (held_q_TREADY),
      .verdict_TDATA,
      .verdict_TVALID,
      .verdict_TREADY,
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
      .DEPTH(64),
      .STYLE("distributed")
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

  // What the SA says waits for the text: up to the header's removal, the cipher, the hash, the replay check.
  xesp_fifo #(
      .WIDTH(STRIP_BITS),
      .DEPTH(64),
      .STYLE("distributed")
  ) strip_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (strip_TDATA),
      .s_TVALID(strip_TVALID),
      .s_TREADY(strip_TREADY),
      .m_TDATA (strip_q_TDATA),
      .m_TVALID(strip_q_TVALID),
      .m_TREADY(strip_q_TREADY),
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
      .WIDTH(REL_BITS),
      .DEPTH(128),
      .STYLE("block")
  ) rel_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (rel_TDATA),
      .s_TVALID(rel_TVALID),
      .s_TREADY(rel_TREADY),
      .m_TDATA (rel_q_TDATA),
      .m_TVALID(rel_q_TVALID),
      .m_TREADY(rel_q_TREADY),
      .count   ()
  );

  // The received ICV waits for the computed one, and so does the plaintext.
  xesp_fifo #(
      .WIDTH(ICV_BITS),
      .DEPTH(128),
      .STYLE("block")
  ) icv_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (icv_TDATA),
      .s_TVALID(icv_TVALID),
      .s_TREADY(icv_TREADY),
      .m_TDATA (icv_q_TDATA),
      .m_TVALID(icv_q_TVALID),
      .m_TREADY(icv_q_TREADY),
      .count   ()
  );

  xesp_fifo #(
      .WIDTH(CT_BITS),
      .DEPTH(64),
      .STYLE("distributed")
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

  // The way back. in_sa leaves as many words here as there may be descriptors in the path (hls/kernels/esn.h).
  xesp_fifo #(
      .WIDTH(TOP_BITS),
      .DEPTH(xesp_abi_pkg::MAX_IN_FLIGHT),
      .STYLE("block")
  ) top_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (top_TDATA),
      .s_TVALID(top_TVALID),
      .s_TREADY(top_TREADY),
      .m_TDATA (top_q_TDATA),
      .m_TVALID(top_q_TVALID),
      .m_TREADY(top_q_TREADY),
      .count   ()
  );

  // Store and forward: no byte leaves before its packet's verdict, so the longest packet must fit in whole (144 beats);
  // the rest is for the packets behind it to go on.
  xesp_fifo #(
      .WIDTH(HELD_BITS),
      .DEPTH(512),
      .STYLE("block")
  ) held_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (held_TDATA),
      .s_TVALID(held_TVALID),
      .s_TREADY(held_TREADY),
      .m_TDATA (held_q_TDATA),
      .m_TVALID(held_q_TVALID),
      .m_TREADY(held_q_TREADY),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

`ifndef SYNTHESIS
  initial begin
    if (xesp_abi_pkg::MAX_PACKET_BYTES > 256 * xesp_abi_pkg::BEAT_BYTES)
      $fatal(1, "%m: `held` must hold two of the longest packets");
  end
`endif
endmodule
