// SPDX-License-Identifier: Apache-2.0
//
// The inbound path: kernels of hls/kernels joined by streams.
//
//   of each lane          shared         of each lane                   shared
//   desc, pkt -> parse -> req --> in_sa -> strip, key, hp -> ... -> chk -> in_replay -> verdict -> release -> out, cpl
//                                  ^   \-> rel ---------------------------^   |
//                                  \-- top ---------------------------------/
//
// All that knows an SA is in in_sa and in_replay, which the lanes share: their requests and the results of their checks
// are merged in the order of the descriptors, and what comes of them goes to the lanes in that order.
module xesp_in_path
  import xesp_streams_pkg::*;
#(
    parameter int unsigned LANES    = 1,  // engines: 1, 2, 4
    localparam int unsigned LANE_W  = LANES > 1 ? $clog2(LANES) : 1,
    localparam int unsigned ORDER_W = LANES > 2 ? 2 * LANE_W + 2 : LANE_W  // xesp_dispatch, xesp_pair_dispatch
) (
    input  logic                  ap_clk,
    input  logic                  ap_rst_n,  // synchronous, active low

    // From the shell
    input  logic [LANES-1:0][DESC_BITS-1:0] desc_TDATA,
    input  logic [LANES-1:0]                desc_TVALID,
    output logic [LANES-1:0]                desc_TREADY,
    input  logic [LANES-1:0][PKT_BITS-1:0]  pkt_TDATA,
    input  logic [LANES-1:0]                pkt_TVALID,
    output logic [LANES-1:0]                pkt_TREADY,
    input  logic [ORDER_W-1:0]              order_TDATA,  // the lane of each descriptor; nothing with one lane
    input  logic                            order_TVALID,
    output logic                            order_TREADY,

    // To the shell
    output logic [LANES-1:0][OUT_BITS-1:0] out_TDATA,
    output logic [LANES-1:0]               out_TVALID,
    input  logic [LANES-1:0]               out_TREADY,
    output logic [LANES-1:0][CPL_BITS-1:0] cpl_TDATA,
    output logic [LANES-1:0]               cpl_TVALID,
    input  logic [LANES-1:0]               cpl_TREADY
);
  // ------------------------------------------------------------------------------------------------------------------
  // Streams of the lanes
  logic [LANES-1:0][REQ_BITS-1:0]     req_TDATA;
  logic [LANES-1:0]                   req_TVALID;
  logic [LANES-1:0]                   req_TREADY;
  logic [LANES-1:0][STRIP_BITS-1:0]   strip_TDATA;
  logic [LANES-1:0]                   strip_TVALID;
  logic [LANES-1:0]                   strip_TREADY;
  logic [LANES-1:0][KEY_BITS-1:0]     key_TDATA;
  logic [LANES-1:0]                   key_TVALID;
  logic [LANES-1:0]                   key_TREADY;
  logic [LANES-1:0][HP_BITS-1:0]      hp_TDATA;
  logic [LANES-1:0]                   hp_TVALID;
  logic [LANES-1:0]                   hp_TREADY;
  logic [LANES-1:0][CHK_BITS-1:0]     chk_TDATA;
  logic [LANES-1:0]                   chk_TVALID;
  logic [LANES-1:0]                   chk_TREADY;
  logic [LANES-1:0][CHK_BITS-1:0]     chk_q_TDATA;
  logic [LANES-1:0]                   chk_q_TVALID;
  logic [LANES-1:0]                   chk_q_TREADY;
  logic [LANES-1:0][VERDICT_BITS-1:0] verdict_TDATA;
  logic [LANES-1:0]                   verdict_TVALID;
  logic [LANES-1:0]                   verdict_TREADY;
  logic [LANES-1:0][VERDICT_BITS-1:0] verdict_q_TDATA;
  logic [LANES-1:0]                   verdict_q_TVALID;
  logic [LANES-1:0]                   verdict_q_TREADY;

  // What they share takes two descriptors a clock where there are more than two lanes, in pair words
  // (hls/kernels/pair.h).
  localparam bit PAIR = LANES > 2;
  localparam int unsigned REQ_W     = PAIR ? 2 * REQ_BITS + 8 : REQ_BITS;
  localparam int unsigned STRIP_W   = PAIR ? 2 * STRIP_BITS + 8 : STRIP_BITS;
  localparam int unsigned KEY_W     = PAIR ? 2 * KEY_BITS + 8 : KEY_BITS;
  localparam int unsigned HP_W      = PAIR ? 2 * HP_BITS + 8 : HP_BITS;
  localparam int unsigned REL_W     = PAIR ? 2 * REL_BITS + 8 : REL_BITS;
  localparam int unsigned CHK_W     = PAIR ? 2 * CHK_BITS + 8 : CHK_BITS;
  localparam int unsigned VERDICT_W = PAIR ? 2 * VERDICT_BITS + 8 : VERDICT_BITS;
  localparam int unsigned TOP_W     = PAIR ? 2 * TOP_BITS + 8 : TOP_BITS;

  // Streams of what they share: NAME_m behind a merge, NAME_s before a split, NAME_q behind a queue
  logic [REQ_W-1:0]                   req_m_TDATA;
  logic                               req_m_TVALID;
  logic                               req_m_TREADY;
  logic [STRIP_W-1:0]                 strip_s_TDATA;
  logic                               strip_s_TVALID;
  logic                               strip_s_TREADY;
  logic [KEY_W-1:0]                   key_s_TDATA;
  logic                               key_s_TVALID;
  logic                               key_s_TREADY;
  logic [HP_W-1:0]                    hp_s_TDATA;
  logic                               hp_s_TVALID;
  logic                               hp_s_TREADY;
  logic [REL_W-1:0]                   rel_TDATA;
  logic                               rel_TVALID;
  logic                               rel_TREADY;
  logic [REL_W-1:0]                   rel_q_TDATA;
  logic                               rel_q_TVALID;
  logic                               rel_q_TREADY;
  logic [CHK_W-1:0]                   chk_m_TDATA;
  logic                               chk_m_TVALID;
  logic                               chk_m_TREADY;
  logic [VERDICT_W-1:0]               verdict_s_TDATA;
  logic                               verdict_s_TVALID;
  logic                               verdict_s_TREADY;
  logic [TOP_W-1:0]                   top_TDATA;
  logic                               top_TVALID;
  logic                               top_TREADY;
  logic [TOP_W-1:0]                   top_q_TDATA;
  logic                               top_q_TVALID;
  logic                               top_q_TREADY;

  // The order, once for each place where lanes join or part
  localparam int unsigned OF_REQ = 0;
  localparam int unsigned OF_STRIP = 1;
  localparam int unsigned OF_KEY = 2;
  localparam int unsigned OF_HP = 3;
  localparam int unsigned OF_CHK = 4;
  localparam int unsigned OF_VERDICT = 5;
  localparam int unsigned ORDERS = 6;
  logic [ORDERS-1:0][ORDER_W-1:0] of_TDATA;
  logic [ORDERS-1:0]              of_TVALID;
  logic [ORDERS-1:0]              of_TREADY;

  xesp_fork #(
      .COPIES(ORDERS),
      .WIDTH (ORDER_W),
      .DEPTH (xesp_abi_pkg::MAX_IN_FLIGHT)
  ) orders (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (order_TDATA),
      .s_TVALID(order_TVALID),
      .s_TREADY(order_TREADY),
      .m_TDATA (of_TDATA),
      .m_TVALID(of_TVALID),
      .m_TREADY(of_TREADY)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Lanes. With several, a lane may run ahead of another as far as its queues reach: hence the longer one.
  for (genvar i = 0; i < LANES; ++i) begin : g_lane
    xesp_in_lane #(
        .RAW_DEPTH(LANES == 1 ? 64 : 512),
        .RAW_STYLE(LANES == 1 ? "distributed" : "block")
    ) lane (
        .ap_clk,
        .ap_rst_n,
        .desc_TDATA    (desc_TDATA[i]),
        .desc_TVALID   (desc_TVALID[i]),
        .desc_TREADY   (desc_TREADY[i]),
        .pkt_TDATA     (pkt_TDATA[i]),
        .pkt_TVALID    (pkt_TVALID[i]),
        .pkt_TREADY    (pkt_TREADY[i]),
        .req_TDATA     (req_TDATA[i]),
        .req_TVALID    (req_TVALID[i]),
        .req_TREADY    (req_TREADY[i]),
        .strip_TDATA   (strip_TDATA[i]),
        .strip_TVALID  (strip_TVALID[i]),
        .strip_TREADY  (strip_TREADY[i]),
        .key_TDATA     (key_TDATA[i]),
        .key_TVALID    (key_TVALID[i]),
        .key_TREADY    (key_TREADY[i]),
        .hp_TDATA      (hp_TDATA[i]),
        .hp_TVALID     (hp_TVALID[i]),
        .hp_TREADY     (hp_TREADY[i]),
        .chk_TDATA     (chk_TDATA[i]),
        .chk_TVALID    (chk_TVALID[i]),
        .chk_TREADY    (chk_TREADY[i]),
        .verdict_TDATA (verdict_q_TDATA[i]),
        .verdict_TVALID(verdict_q_TVALID[i]),
        .verdict_TREADY(verdict_q_TREADY[i]),
        .out_TDATA     (out_TDATA[i]),
        .out_TVALID    (out_TVALID[i]),
        .out_TREADY    (out_TREADY[i]),
        .cpl_TDATA     (cpl_TDATA[i]),
        .cpl_TVALID    (cpl_TVALID[i]),
        .cpl_TREADY    (cpl_TREADY[i])
    );
  end

  // ------------------------------------------------------------------------------------------------------------------
  // What they share
  xesp_merge #(
      .LANES   (LANES),
      .WIDTH   (REQ_BITS),
      .LAST_BIT(REQ_BELOW_LAST_BITS)
  ) req_merge (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_REQ]),
      .order_TVALID(of_TVALID[OF_REQ]),
      .order_TREADY(of_TREADY[OF_REQ]),
      .s_TDATA     (req_TDATA),
      .s_TVALID    (req_TVALID),
      .s_TREADY    (req_TREADY),
      .m_TDATA     (req_m_TDATA),
      .m_TVALID    (req_m_TVALID),
      .m_TREADY    (req_m_TREADY)
  );

  if (PAIR) begin : g_sa
    in_sa_pair sa (
        .ap_clk,
        .ap_rst_n,
        .req_TDATA   (req_m_TDATA),
        .req_TVALID  (req_m_TVALID),
        .req_TREADY  (req_m_TREADY),
        .top_TDATA   (top_q_TDATA),
        .top_TVALID  (top_q_TVALID),
        .top_TREADY  (top_q_TREADY),
        .strip_TDATA (strip_s_TDATA),
        .strip_TVALID(strip_s_TVALID),
        .strip_TREADY(strip_s_TREADY),
        .key_TDATA   (key_s_TDATA),
        .key_TVALID  (key_s_TVALID),
        .key_TREADY  (key_s_TREADY),
        .hp_TDATA    (hp_s_TDATA),
        .hp_TVALID   (hp_s_TVALID),
        .hp_TREADY   (hp_s_TREADY),
        .rel_TDATA,
        .rel_TVALID,
        .rel_TREADY
    );
  end else begin : g_sa
    in_sa sa (
        .ap_clk,
        .ap_rst_n,
        .req_TDATA   (req_m_TDATA),
        .req_TVALID  (req_m_TVALID),
        .req_TREADY  (req_m_TREADY),
        .top_TDATA   (top_q_TDATA),
        .top_TVALID  (top_q_TVALID),
        .top_TREADY  (top_q_TREADY),
        .strip_TDATA (strip_s_TDATA),
        .strip_TVALID(strip_s_TVALID),
        .strip_TREADY(strip_s_TREADY),
        .key_TDATA   (key_s_TDATA),
        .key_TVALID  (key_s_TVALID),
        .key_TREADY  (key_s_TREADY),
        .hp_TDATA    (hp_s_TDATA),
        .hp_TVALID   (hp_s_TVALID),
        .hp_TREADY   (hp_s_TREADY),
        .rel_TDATA,
        .rel_TVALID,
        .rel_TREADY
    );
  end

  xesp_split #(
      .LANES(LANES),
      .WIDTH(STRIP_BITS)
  ) strip_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_STRIP]),
      .order_TVALID(of_TVALID[OF_STRIP]),
      .order_TREADY(of_TREADY[OF_STRIP]),
      .s_TDATA     (strip_s_TDATA),
      .s_TVALID    (strip_s_TVALID),
      .s_TREADY    (strip_s_TREADY),
      .m_TDATA     (strip_TDATA),
      .m_TVALID    (strip_TVALID),
      .m_TREADY    (strip_TREADY)
  );

  xesp_split #(
      .LANES(LANES),
      .WIDTH(KEY_BITS)
  ) key_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_KEY]),
      .order_TVALID(of_TVALID[OF_KEY]),
      .order_TREADY(of_TREADY[OF_KEY]),
      .s_TDATA     (key_s_TDATA),
      .s_TVALID    (key_s_TVALID),
      .s_TREADY    (key_s_TREADY),
      .m_TDATA     (key_TDATA),
      .m_TVALID    (key_TVALID),
      .m_TREADY    (key_TREADY)
  );

  xesp_split #(
      .LANES(LANES),
      .WIDTH(HP_BITS)
  ) hp_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_HP]),
      .order_TVALID(of_TVALID[OF_HP]),
      .order_TREADY(of_TREADY[OF_HP]),
      .s_TDATA     (hp_s_TDATA),
      .s_TVALID    (hp_s_TVALID),
      .s_TREADY    (hp_s_TREADY),
      .m_TDATA     (hp_TDATA),
      .m_TVALID    (hp_TVALID),
      .m_TREADY    (hp_TREADY)
  );

  xesp_merge #(
      .LANES(LANES),
      .WIDTH(CHK_BITS)
  ) chk_merge (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_CHK]),
      .order_TVALID(of_TVALID[OF_CHK]),
      .order_TREADY(of_TREADY[OF_CHK]),
      .s_TDATA     (chk_q_TDATA),
      .s_TVALID    (chk_q_TVALID),
      .s_TREADY    (chk_q_TREADY),
      .m_TDATA     (chk_m_TDATA),
      .m_TVALID    (chk_m_TVALID),
      .m_TREADY    (chk_m_TREADY)
  );

  if (PAIR) begin : g_replay
    in_replay_pair replay (
        .ap_clk,
        .ap_rst_n,
        .chk_TDATA     (chk_m_TDATA),
        .chk_TVALID    (chk_m_TVALID),
        .chk_TREADY    (chk_m_TREADY),
        .rel_TDATA     (rel_q_TDATA),
        .rel_TVALID    (rel_q_TVALID),
        .rel_TREADY    (rel_q_TREADY),
        .verdict_TDATA (verdict_s_TDATA),
        .verdict_TVALID(verdict_s_TVALID),
        .verdict_TREADY(verdict_s_TREADY),
        .top_TDATA,
        .top_TVALID,
        .top_TREADY
    );
  end else begin : g_replay
    in_replay replay (
        .ap_clk,
        .ap_rst_n,
        .chk_TDATA     (chk_m_TDATA),
        .chk_TVALID    (chk_m_TVALID),
        .chk_TREADY    (chk_m_TREADY),
        .rel_TDATA     (rel_q_TDATA),
        .rel_TVALID    (rel_q_TVALID),
        .rel_TREADY    (rel_q_TREADY),
        .verdict_TDATA (verdict_s_TDATA),
        .verdict_TVALID(verdict_s_TVALID),
        .verdict_TREADY(verdict_s_TREADY),
        .top_TDATA,
        .top_TVALID,
        .top_TREADY
    );
  end

  xesp_split #(
      .LANES(LANES),
      .WIDTH(VERDICT_BITS)
  ) verdict_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_VERDICT]),
      .order_TVALID(of_TVALID[OF_VERDICT]),
      .order_TREADY(of_TREADY[OF_VERDICT]),
      .s_TDATA     (verdict_s_TDATA),
      .s_TVALID    (verdict_s_TVALID),
      .s_TREADY    (verdict_s_TREADY),
      .m_TDATA     (verdict_TDATA),
      .m_TVALID    (verdict_TVALID),
      .m_TREADY    (verdict_TREADY)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Queues
  /* verilator lint_off PINCONNECTEMPTY */
  // What the SA says waits for the replay check; with several lanes, for that of all descriptors that they hold.
  xesp_fifo #(
      .WIDTH(REL_W),
      .DEPTH(LANES == 1 ? 128 : xesp_abi_pkg::MAX_IN_FLIGHT),
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

  // The way back. in_sa leaves as many words here as there may be descriptors in the path (hls/kernels/esn.h).
  xesp_fifo #(
      .WIDTH(TOP_W),
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

  // A lane that is ahead leaves its checks here ...
  for (genvar i = 0; i < LANES; ++i) begin : g_chk
    if (LANES == 1) begin : g_wire
      assign chk_q_TDATA[i]  = chk_TDATA[i];
      assign chk_q_TVALID[i] = chk_TVALID[i];
      assign chk_TREADY[i]   = chk_q_TREADY[i];
    end else begin : g_queue
      xesp_fifo #(
          .WIDTH(CHK_BITS),
          .DEPTH(xesp_abi_pkg::MAX_IN_FLIGHT / LANES),
          .STYLE("distributed")
      ) chk_fifo (
          .ap_clk,
          .ap_rst_n,
          .s_TDATA (chk_TDATA[i]),
          .s_TVALID(chk_TVALID[i]),
          .s_TREADY(chk_TREADY[i]),
          .m_TDATA (chk_q_TDATA[i]),
          .m_TVALID(chk_q_TVALID[i]),
          .m_TREADY(chk_q_TREADY[i]),
          .count   ()
      );
    end
  end

  // ... and finds its verdicts here, past those of a lane that is busy with a long packet.
  for (genvar i = 0; i < LANES; ++i) begin : g_verdict
    if (LANES == 1) begin : g_wire
      assign verdict_q_TDATA[i]  = verdict_TDATA[i];
      assign verdict_q_TVALID[i] = verdict_TVALID[i];
      assign verdict_TREADY[i]   = verdict_q_TREADY[i];
    end else begin : g_queue
      xesp_fifo #(
          .WIDTH(VERDICT_BITS),
          .DEPTH(64),
          .STYLE("distributed")
      ) verdict_fifo (
          .ap_clk,
          .ap_rst_n,
          .s_TDATA (verdict_TDATA[i]),
          .s_TVALID(verdict_TVALID[i]),
          .s_TREADY(verdict_TREADY[i]),
          .m_TDATA (verdict_q_TDATA[i]),
          .m_TVALID(verdict_q_TVALID[i]),
          .m_TREADY(verdict_q_TREADY[i]),
          .count   ()
      );
    end
  end
  /* verilator lint_on PINCONNECTEMPTY */
endmodule
