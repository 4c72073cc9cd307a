// SPDX-License-Identifier: Apache-2.0
//
// A stream of pair words (hls/kernels/pair.h), a word a descriptor, to N lanes: `order` names those of two descriptors
// that follow each other, whose words are in one pair word or, each alone, in two. Both leave in one clock where their
// lanes differ. A word that its lane has no place for holds up the pairs behind it.
module xesp_pair_split #(
    parameter int unsigned LANES   = 4,
    parameter int unsigned WIDTH   = 32,
    localparam int unsigned LANE_W = $clog2(LANES)
) (
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,  // synchronous, active low: drops the words in here

    // {together, there is an odd one, its lane, the even one's}
    input  logic [2*LANE_W+1:0]          order_TDATA,
    input  logic                         order_TVALID,
    output logic                         order_TREADY,

    // In
    input  logic [2*WIDTH+7:0]           s_TDATA,
    input  logic                         s_TVALID,
    output logic                         s_TREADY,

    // Out
    output logic [LANES-1:0][WIDTH-1:0]  m_TDATA,
    output logic [LANES-1:0]             m_TVALID,
    input  logic [LANES-1:0]             m_TREADY
);
  logic [LANE_W-1:0] even_lane;
  logic [LANE_W-1:0] odd_lane;
  logic              has_odd;
  logic              unused;
  assign {has_odd, odd_lane, even_lane} = order_TDATA[2*LANE_W:0];
  assign unused = &{1'b0, order_TDATA[2*LANE_W+1], s_TDATA[2*WIDTH+7:2*WIDTH+2]};

  logic [WIDTH-1:0] even_word;
  logic [WIDTH-1:0] odd_word;
  logic             even_in;   // the pair word has it
  logic             odd_in;
  logic             valid;
  logic             leave;

  xesp_skid #(
      .WIDTH(2 * WIDTH + 2)
  ) slice (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (s_TDATA[2*WIDTH+1:0]),
      .s_TVALID,
      .s_TREADY,
      .m_TDATA ({odd_in, even_in, odd_word, even_word}),
      .m_TVALID(valid),
      .m_TREADY(leave)
  );

  // What of the pair word is still to go. Two words of one lane go one after the other.
  logic even_done;
  logic odd_done;
  logic even_go;
  logic odd_go;
  logic even_gone;
  logic odd_gone;

  assign even_go   = valid && order_TVALID && even_in && !even_done;
  assign odd_go    = valid && order_TVALID && odd_in && !odd_done && !(even_go && even_lane == odd_lane);
  assign even_gone = !even_in || even_done || (even_go && m_TREADY[even_lane]);
  assign odd_gone  = !odd_in || odd_done || (odd_go && m_TREADY[odd_lane]);

  assign leave        = order_TVALID && even_gone && odd_gone;
  assign order_TREADY = valid && leave && (odd_in || !has_odd);

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      even_done <= 1'b0;
      odd_done  <= 1'b0;
    end else if (valid) begin
      even_done <= !leave && even_in && even_gone;
      odd_done  <= !leave && odd_in && odd_gone;
    end
  end

  for (genvar i = 0; i < LANES; ++i) begin : g_lane
    logic even_here;
    assign even_here   = even_go && even_lane == LANE_W'(i);
    assign m_TDATA[i]  = even_here ? even_word : odd_word;
    assign m_TVALID[i] = even_here || (odd_go && odd_lane == LANE_W'(i));
  end

`ifndef SYNTHESIS
  a_some :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) valid |-> even_in || odd_in);
  a_odd :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) valid && order_TVALID && odd_in |-> has_odd);
  for (genvar i = 0; i < LANES; ++i) begin : g_stable
    a_stable :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                     m_TVALID[i] && !m_TREADY[i] |=> m_TVALID[i] && $stable(m_TDATA[i]));
  end
`endif
endmodule
