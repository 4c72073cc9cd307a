// SPDX-License-Identifier: Apache-2.0
//
// One inbound engine: all of the path but the SA table and the replay windows, which the lanes share (xesp_in_path).
//
//   desc, pkt -> in_parse -> req -----------------------------------------> to the table
//                         -> raw, tail -> in_strip -> icv ----------------> in_check
//                                                  -> pt -> xesp_gcm -> ct, tag -> in_check -> chk -> to the windows
//                                                                                     -> held -> in_release -> out, cpl
//   from the table: strip, key, hp; from the windows: verdict
//
// Every kernel brings an output FIFO of its own. A queue stands here where a stream must wait for another that takes
// longer; but for `held`, the depths are for full pace only.
module xesp_in_lane
  import xesp_streams_pkg::*;
#(
    parameter int unsigned RAW_DEPTH = 64,         // beats that wait for their SA's entry: how far a lane may be ahead
    parameter              RAW_STYLE = "distributed"
) (
    input  logic                  ap_clk,
    input  logic                  ap_rst_n,  // synchronous, active low

    // From the shell
    input  logic [DESC_BITS-1:0]    desc_TDATA,
    input  logic                    desc_TVALID,
    output logic                    desc_TREADY,
    input  logic [PKT_BITS-1:0]     pkt_TDATA,
    input  logic                    pkt_TVALID,
    output logic                    pkt_TREADY,

    // To and from the table
    output logic [REQ_BITS-1:0]     req_TDATA,
    output logic                    req_TVALID,
    input  logic                    req_TREADY,
    input  logic [STRIP_BITS-1:0]   strip_TDATA,
    input  logic                    strip_TVALID,
    output logic                    strip_TREADY,
    input  logic [KEY_BITS-1:0]     key_TDATA,
    input  logic                    key_TVALID,
    output logic                    key_TREADY,
    input  logic [HP_BITS-1:0]      hp_TDATA,
    input  logic                    hp_TVALID,
    output logic                    hp_TREADY,

    // To and from the windows
    output logic [CHK_BITS-1:0]     chk_TDATA,
    output logic                    chk_TVALID,
    input  logic                    chk_TREADY,
    input  logic [VERDICT_BITS-1:0] verdict_TDATA,
    input  logic                    verdict_TVALID,
    output logic                    verdict_TREADY,

    // To the shell
    output logic [OUT_BITS-1:0]     out_TDATA,
    output logic                    out_TVALID,
    input  logic                    out_TREADY,
    output logic [CPL_BITS-1:0]     cpl_TDATA,
    output logic                    cpl_TVALID,
    input  logic                    cpl_TREADY
);
  // ------------------------------------------------------------------------------------------------------------------
  // Streams; NAME_q is the same stream behind its queue
  logic [RAW_BITS-1:0]   raw_TDATA;
  logic                  raw_TVALID;
  logic                  raw_TREADY;
  logic [RAW_BITS-1:0]   raw_q_TDATA;
  logic                  raw_q_TVALID;
  logic                  raw_q_TREADY;
  logic [TAIL_BITS-1:0]  tail_TDATA;
  logic                  tail_TVALID;
  logic                  tail_TREADY;
  logic [TAIL_BITS-1:0]  tail_q_TDATA;
  logic                  tail_q_TVALID;
  logic                  tail_q_TREADY;
  logic [STRIP_BITS-1:0] strip_q_TDATA;
  logic                  strip_q_TVALID;
  logic                  strip_q_TREADY;
  logic [KEY_BITS-1:0]   key_q_TDATA;
  logic                  key_q_TVALID;
  logic                  key_q_TREADY;
  logic [HP_BITS-1:0]    hp_q_TDATA;
  logic                  hp_q_TVALID;
  logic                  hp_q_TREADY;
  logic [PT_BITS-1:0]    pt_TDATA;
  logic                  pt_TVALID;
  logic                  pt_TREADY;
  logic [ICV_BITS-1:0]   icv_TDATA;
  logic                  icv_TVALID;
  logic                  icv_TREADY;
  logic [ICV_BITS-1:0]   icv_q_TDATA;
  logic                  icv_q_TVALID;
  logic                  icv_q_TREADY;
  logic [CT_BITS-1:0]    ct_TDATA;
  logic                  ct_TVALID;
  logic                  ct_TREADY;
  logic [CT_BITS-1:0]    ct_q_TDATA;
  logic                  ct_q_TVALID;
  logic                  ct_q_TREADY;
  logic [TAG_BITS-1:0]   tag_TDATA;
  logic                  tag_TVALID;
  logic                  tag_TREADY;
  logic [HELD_BITS-1:0]  held_TDATA;
  logic                  held_TVALID;
  logic                  held_TREADY;
  logic [HELD_BITS-1:0]  held_q_TDATA;
  logic                  held_q_TVALID;
  logic                  held_q_TREADY;

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
      .raw_TREADY,
      .tail_TDATA,
      .tail_TVALID,
      .tail_TREADY
  );

  in_strip strip_esp (
      .ap_clk,
      .ap_rst_n,
      .raw_TDATA   (raw_q_TDATA),
      .raw_TVALID  (raw_q_TVALID),
      .raw_TREADY  (raw_q_TREADY),
      .tail_TDATA  (tail_q_TDATA),
      .tail_TVALID (tail_q_TVALID),
      .tail_TREADY (tail_q_TREADY),
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
      .ct_TDATA  (ct_q_TDATA),
      .ct_TVALID (ct_q_TVALID),
      .ct_TREADY (ct_q_TREADY),
      .tag_TDATA,
      .tag_TVALID,
      .tag_TREADY,
      .icv_TDATA (icv_q_TDATA),
      .icv_TVALID(icv_q_TVALID),
      .icv_TREADY(icv_q_TREADY),
      .held_TDATA,
      .held_TVALID,
      .held_TREADY,
      .chk_TDATA,
      .chk_TVALID,
      .chk_TREADY
  );

  in_release release_packet (
      .ap_clk,
      .ap_rst_n,
      .held_TDATA (held_q_TDATA),
      .held_TVALID(held_q_TVALID),
      .held_TREADY(held_q_TREADY),
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

  xesp_fifo #(
      .WIDTH(TAIL_BITS),
      .DEPTH(RAW_DEPTH),
      .STYLE(RAW_STYLE)
  ) tail_fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (tail_TDATA),
      .s_TVALID(tail_TVALID),
      .s_TREADY(tail_TREADY),
      .m_TDATA (tail_q_TDATA),
      .m_TVALID(tail_q_TVALID),
      .m_TREADY(tail_q_TREADY),
      .count   ()
  );

  // What the SA says waits for the text: up to the header's removal, the cipher, the hash.
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
