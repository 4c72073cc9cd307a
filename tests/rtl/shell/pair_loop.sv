// SPDX-License-Identifier: Apache-2.0
//
// Top of the pairs' tests, as lanes_loop for two descriptors a clock: pairs are dealt out, wait in their lanes, and are
// merged, as words of the kernels and as completions; a pair word of each is split by the same order.
module pair_loop #(
    parameter int unsigned LANES    = 4,
    localparam int unsigned LANE_W  = $clog2(LANES),
    localparam int unsigned ORDER_W = 2 * LANE_W + 2
) (
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,

    input  logic                         start,
    input  logic [12:0]                  start_count,

    input  logic [1031:0]                s_TDATA,
    input  logic                         s_TVALID,
    output logic                         s_TREADY,

    // What the lanes got, to be given back as words and as completions
    output logic [LANES-1:0][511:0]      lane_TDATA,
    output logic [LANES-1:0]             lane_TVALID,
    input  logic [LANES-1:0]             lane_TREADY,

    // Words of the lanes, bit 63 on a descriptor's last one
    input  logic [LANES-1:0][63:0]       word_TDATA,
    input  logic [LANES-1:0]             word_TVALID,
    output logic [LANES-1:0]             word_TREADY,

    // These, as pair words
    output logic [135:0]                 merged_TDATA,
    output logic                         merged_TVALID,
    input  logic                         merged_TREADY,

    // One word a descriptor of the lanes
    input  logic [LANES-1:0][63:0]       done_TDATA,
    input  logic [LANES-1:0]             done_TVALID,
    output logic [LANES-1:0]             done_TREADY,

    // These, one pair word a pair
    output logic [135:0]                 cpl_TDATA,
    output logic                         cpl_TVALID,
    input  logic                         cpl_TREADY,

    // Pair words, a word a descriptor, to the lanes
    input  logic [135:0]                 shared_TDATA,
    input  logic                         shared_TVALID,
    output logic                         shared_TREADY,
    output logic [LANES-1:0][63:0]       part_TDATA,
    output logic [LANES-1:0]             part_TVALID,
    input  logic [LANES-1:0]             part_TREADY,

    // {together, there is an odd one, its lane, the even one's}, as a pair is dealt out
    output logic [ORDER_W-1:0]           order_TDATA,
    output logic                         order_TVALID,
    output logic                         order_TREADY
);
  logic [2:0][ORDER_W-1:0] of_TDATA;
  logic [2:0]              of_TVALID;
  logic [2:0]              of_TREADY;

  xesp_pair_dispatch #(
      .LANES(LANES)
  ) dispatch (
      .m_TDATA (lane_TDATA),
      .m_TVALID(lane_TVALID),
      .m_TREADY(lane_TREADY),
      .*
  );

  xesp_fork #(
      .COPIES(3),
      .WIDTH (ORDER_W),
      .DEPTH (128)
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

  xesp_pair_merge #(
      .LANES   (LANES),
      .WIDTH   (64),
      .LAST_BIT(63)
  ) merge (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[0]),
      .order_TVALID(of_TVALID[0]),
      .order_TREADY(of_TREADY[0]),
      .s_TDATA     (word_TDATA),
      .s_TVALID    (word_TVALID),
      .s_TREADY    (word_TREADY),
      .m_TDATA     (merged_TDATA),
      .m_TVALID    (merged_TVALID),
      .m_TREADY    (merged_TREADY)
  );

  // As xesp_shell has it: completions always go together.
  xesp_pair_merge #(
      .LANES(LANES),
      .WIDTH(64)
  ) completions (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA ({of_TDATA[1][ORDER_W-2], of_TDATA[1][ORDER_W-2:0]}),
      .order_TVALID(of_TVALID[1]),
      .order_TREADY(of_TREADY[1]),
      .s_TDATA     (done_TDATA),
      .s_TVALID    (done_TVALID),
      .s_TREADY    (done_TREADY),
      .m_TDATA     (cpl_TDATA),
      .m_TVALID    (cpl_TVALID),
      .m_TREADY    (cpl_TREADY)
  );

  xesp_pair_split #(
      .LANES(LANES),
      .WIDTH(64)
  ) split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[2]),
      .order_TVALID(of_TVALID[2]),
      .order_TREADY(of_TREADY[2]),
      .s_TDATA     (shared_TDATA),
      .s_TVALID    (shared_TVALID),
      .s_TREADY    (shared_TREADY),
      .m_TDATA     (part_TDATA),
      .m_TVALID    (part_TVALID),
      .m_TREADY    (part_TREADY)
  );

  logic unused;
  assign unused = of_TDATA[1][ORDER_W-1];
endmodule
