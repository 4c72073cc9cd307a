// SPDX-License-Identifier: Apache-2.0
//
// One stream of pair words out of those of N lanes (hls/kernels/pair.h). `order` names the lanes of two descriptors that
// follow each other. Together, their words leave in one clock, or the second clock where both are of one lane; else those
// of the even one come first, each alone, and then those of the odd one. A pair waits for both of its words, so what
// travels together is a function of the descriptors and never of timing.
module xesp_pair_merge #(
    parameter int unsigned LANES    = 4,
    parameter int unsigned WIDTH    = 32,
    parameter int          LAST_BIT = -1,  // the bit of a word that ends its descriptor's; -1: a descriptor is one word
    localparam int unsigned LANE_W  = $clog2(LANES)
) (
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,  // synchronous, active low: drops the words in here

    // {together, there is an odd one, its lane, the even one's}
    input  logic [2*LANE_W+1:0]          order_TDATA,
    input  logic                         order_TVALID,
    output logic                         order_TREADY,

    // In
    input  logic [LANES-1:0][WIDTH-1:0]  s_TDATA,
    input  logic [LANES-1:0]             s_TVALID,
    output logic [LANES-1:0]             s_TREADY,

    // Out
    output logic [2*WIDTH+7:0]           m_TDATA,
    output logic                         m_TVALID,
    input  logic                         m_TREADY
);
  logic [LANE_W-1:0] even_lane;
  logic [LANE_W-1:0] odd_lane;
  logic              has_odd;
  logic              together;
  assign {together, has_odd, odd_lane, even_lane} = order_TDATA;

  // What is next of this pair. An even word that waits for an odd one of its own lane is in `held`.
  logic             odd_turn;
  logic             one_lane;
  logic [WIDTH-1:0] held;

  logic [WIDTH-1:0] even_word;
  logic [WIDTH-1:0] odd_word;
  logic             even_there;
  logic             odd_there;
  logic             even_last;
  logic             odd_last;

  assign one_lane   = even_lane == odd_lane;
  assign even_word  = s_TDATA[even_lane];
  assign odd_word   = s_TDATA[odd_lane];
  assign even_there = order_TVALID && s_TVALID[even_lane];
  assign odd_there  = order_TVALID && s_TVALID[odd_lane];
  if (LAST_BIT < 0) begin : g_one
    assign even_last = 1'b1;
    assign odd_last  = 1'b1;
  end else begin : g_last
    assign even_last = even_word[LAST_BIT];
    assign odd_last  = odd_word[LAST_BIT];
  end

  // ------------------------------------------------------------------------------------------------------------------
  // This clock's pair word
  logic             ready;
  logic             valid;
  logic             has[2];
  logic [WIDTH-1:0] word[2];
  logic             take_even;  // from its lane
  logic             take_odd;
  logic             hold;       // ... to wait for the odd one

  always_comb begin
    valid     = 1'b0;
    take_even = 1'b0;
    take_odd  = 1'b0;
    hold      = 1'b0;
    has       = '{1'b0, 1'b0};
    if (together && !one_lane) begin
      valid     = even_there && odd_there;
      take_even = valid && ready;
      take_odd  = valid && ready;
      has       = '{1'b1, 1'b1};
    end else if (together && !odd_turn) begin
      hold      = even_there;
      take_even = even_there;
    end else if (together) begin
      valid    = odd_there;
      take_odd = valid && ready;
      has      = '{1'b1, 1'b1};
    end else if (!odd_turn) begin
      valid     = even_there;
      take_even = valid && ready;
      has[0]    = 1'b1;
    end else begin
      valid    = odd_there;
      take_odd = valid && ready;
      has[1]   = 1'b1;
    end
    word[0] = together && odd_turn ? held : even_word;
    word[1] = odd_word;
    if (!has[0]) word[0] = '0;
    if (!has[1]) word[1] = '0;
  end

  always_comb begin
    s_TREADY = '0;
    if (take_even) s_TREADY[even_lane] = 1'b1;
    if (take_odd) s_TREADY[odd_lane] = 1'b1;
  end

  // The pair is done with its last word.
  assign order_TREADY = has_odd ? take_odd && odd_last : take_even && even_last;

  always_ff @(posedge ap_clk) begin
    if (hold) held <= even_word;
  end
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) odd_turn <= 1'b0;
    else if (order_TREADY) odd_turn <= 1'b0;
    else if (take_even && even_last) odd_turn <= 1'b1;
  end

  xesp_skid #(
      .WIDTH(2 * WIDTH + 2)
  ) slice (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({has[1], has[0], word[1], word[0]}),
      .s_TVALID(valid),
      .s_TREADY(ready),
      .m_TDATA (m_TDATA[2*WIDTH+1:0]),
      .m_TVALID,
      .m_TREADY
  );
  assign m_TDATA[2*WIDTH+7:2*WIDTH+2] = '0;

`ifndef SYNTHESIS
  a_together :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) order_TVALID && together |-> has_odd);
  a_one_word :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   together |-> !(take_even && !even_last) && !(take_odd && !odd_last));
  a_taken :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) (s_TREADY & ~s_TVALID) == 0);
  a_order_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   order_TVALID && !order_TREADY |=> order_TVALID && $stable(order_TDATA));
`endif
endmodule
