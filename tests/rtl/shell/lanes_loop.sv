// SPDX-License-Identifier: Apache-2.0
//
// Top of the lanes' tests: descriptors are dealt out, wait in their lane, and are merged; what comes of it is split by the
// same order and merged again. `loop` must give the words of `s`, `final` where the lane's last one is, and the lane.
module lanes_loop #(
    parameter int unsigned LANES   = 2,
    localparam int unsigned LANE_W = LANES > 1 ? $clog2(LANES) : 1
) (
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,

    input  logic                         start,
    input  logic [12:0]                  start_count,

    input  logic [511:0]                 s_TDATA,
    input  logic                         s_TVALID,
    output logic                         s_TREADY,

    // What the lanes got, to be given back as words
    output logic [LANES-1:0][511:0]      lane_TDATA,
    output logic [LANES-1:0]             lane_TVALID,
    input  logic [LANES-1:0]             lane_TREADY,

    // Words of the lanes, bit 63 on a descriptor's last one
    input  logic [LANES-1:0][63:0]       word_TDATA,
    input  logic [LANES-1:0]             word_TVALID,
    output logic [LANES-1:0]             word_TREADY,

    // These, in the order of the descriptors
    output logic [63:0]                  merged_TDATA,
    output logic                         merged_TVALID,
    input  logic                         merged_TREADY,

    // A word a descriptor, to the lanes
    input  logic [63:0]                  shared_TDATA,
    input  logic                         shared_TVALID,
    output logic                         shared_TREADY,
    output logic [LANES-1:0][63:0]       part_TDATA,
    output logic [LANES-1:0]             part_TVALID,
    input  logic [LANES-1:0]             part_TREADY
);
  logic [LANE_W-1:0]      order_TDATA;
  logic                   order_TVALID;
  logic                   order_TREADY;
  logic [1:0][LANE_W-1:0] of_TDATA;
  logic [1:0]             of_TVALID;
  logic [1:0]             of_TREADY;

  xesp_dispatch #(
      .LANES(LANES)
  ) dispatch (
      .m_TDATA (lane_TDATA),
      .m_TVALID(lane_TVALID),
      .m_TREADY(lane_TREADY),
      .*
  );

  xesp_fork #(
      .COPIES(2),
      .WIDTH (LANE_W),
      .DEPTH (256)
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

  xesp_merge #(
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

  xesp_split #(
      .LANES(LANES),
      .WIDTH(64)
  ) split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[1]),
      .order_TVALID(of_TVALID[1]),
      .order_TREADY(of_TREADY[1]),
      .s_TDATA     (shared_TDATA),
      .s_TVALID    (shared_TVALID),
      .s_TREADY    (shared_TREADY),
      .m_TDATA     (part_TDATA),
      .m_TVALID    (part_TVALID),
      .m_TREADY    (part_TREADY)
  );
endmodule
