// SPDX-License-Identifier: Apache-2.0
//
// xesp_dispatch for two descriptors a clock: gives both of each pair to their lanes, and tells in `order` which these
// are. The lanes, and what `final` means, are those of xesp_dispatch: the even one's is the lane with the fewest beats,
// the odd one's that with the fewest behind it. A pair of one lane leaves in two clocks, any other in one.
//
// Two descriptors are `together` where both are packets (OP_PACKET), whatever else they are: their words then travel as
// one through all that the lanes share (hls/kernels/pair.h).
module xesp_pair_dispatch #(
    parameter int unsigned LANES   = 4,
    parameter int unsigned EXTRA   = 0,  // bytes that a packet may grow by on its way through a lane
    localparam int unsigned LANE_W = $clog2(LANES)
) (
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,     // synchronous, active low: forgets the run

    // Start of a run
    input  logic                         start,
    input  logic [12:0]                  start_count,

    // Pair words of descriptors, `final` on the run's last one
    input  logic [1031:0]                s_TDATA,
    input  logic                         s_TVALID,
    output logic                         s_TREADY,

    // To the lanes, `final` on the last one of each
    output logic [LANES-1:0][511:0]      m_TDATA,
    output logic [LANES-1:0]             m_TVALID,
    input  logic [LANES-1:0]             m_TREADY,

    // Of each pair: {together, there is an odd one, its lane, the even one's}
    output logic [2*LANE_W+1:0]          order_TDATA,
    output logic                         order_TVALID,
    input  logic                         order_TREADY
);
  import xesp_abi_pkg::*;
  localparam int unsigned FINAL_BIT = 8;  // xesp_abi.h: kDescFinal
  localparam int unsigned AHEAD     = 4;  // pairs that are known behind one that leaves
  localparam int unsigned WINDOW    = 2 * AHEAD;
  localparam int unsigned PAIRS_W   = $clog2(WINDOW + 1);
  localparam int unsigned COUNT_W   = $clog2(2 * WINDOW + 1);
  // Lanes are never further apart than the beats of one packet, and of two with the even one on top, so the difference
  // of two sums modulo 2^LOAD_W tells which is the larger.
  localparam int unsigned LOAD_W    = 10;

  // ------------------------------------------------------------------------------------------------------------------
  // In: what both take of their lanes, one register stage
  logic         st_valid;
  logic         st_leave;
  logic [511:0] st_even;
  logic [511:0] st_odd;
  logic         st_has_odd;
  logic         st_together;
  logic [8:0]   st_even_cost;
  logic [8:0]   st_odd_cost;
  logic         window_ready;
  logic [511:0] even;
  logic [511:0] odd;
  logic         has_odd;
  logic [8:0]   even_cost;
  logic [8:0]   odd_cost;

  assign {has_odd, odd, even} = {s_TDATA[1025], s_TDATA[1023:0]};
  assign s_TREADY = !st_valid || st_leave;
  assign st_leave = st_valid && window_ready;

  xesp_lane_cost #(
      .EXTRA(EXTRA)
  ) cost_of_even (
      .in_len(even[DESC_IN_LEN_LSB+:DESC_IN_LEN_W]),
      .cost  (even_cost)
  );
  xesp_lane_cost #(
      .EXTRA(EXTRA)
  ) cost_of_odd (
      .in_len(odd[DESC_IN_LEN_LSB+:DESC_IN_LEN_W]),
      .cost  (odd_cost)
  );

  always_ff @(posedge ap_clk) begin
    if (s_TREADY) begin
      st_even      <= even;
      st_odd       <= odd;
      st_has_odd   <= has_odd;
      st_together  <= has_odd && even[DESC_OP_LSB+:DESC_OP_W] == OP_PACKET && odd[DESC_OP_LSB+:DESC_OP_W] == OP_PACKET;
      st_even_cost <= even_cost;
      st_odd_cost  <= odd_cost;
    end
  end

  logic [12:0] left;  // of the run, not in the window yet

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      st_valid <= 1'b0;
      left     <= '0;
    end else begin
      if (s_TREADY) st_valid <= s_TVALID;
      if (start) left <= start_count;
      else if (st_leave) left <= left - (st_has_odd ? 13'd2 : 13'd1);
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // The lanes. One clock from `load` to `load`: so all lanes are compared with each other side by side, without the
  // even one and with it, and which of the results count is chosen behind that. Lanes are sets of one here.
  logic [LANES-1:0][LOAD_W-1:0] load;
  logic [LANES-1:0][LANES-1:0]  less;      // [i][j]: i comes before j; fewer beats, or as many and the lower number
  logic [LANES-1:0][LANES-1:0]  still;     // the same, had the even one gone to i
  logic [LANES-1:0]             first;     // the lane before all others
  logic [LANES-1:0]             second;    // ... before all but that one
  logic                         same;      // with the even one, the first still is before the second
  logic [LANES-1:0]             odd_to;
  logic [LANE_W-1:0]            even_lane;
  logic [LANE_W-1:0]            odd_lane;

  always_comb begin
    logic [LOAD_W-1:0] apart;
    logic [LOAD_W-1:0] behind;
    for (int unsigned i = 0; i < LANES; ++i) begin
      for (int unsigned j = 0; j < LANES; ++j) begin
        apart = load[i] - load[j] - LOAD_W'(i < j);
        behind = load[i] + LOAD_W'(st_even_cost) - load[j] - LOAD_W'(i < j);
        less[i][j] = i == j || apart[LOAD_W-1];
        still[i][j] = behind[LOAD_W-1];
      end
    end
    for (int unsigned i = 0; i < LANES; ++i) begin
      first[i]  = $countones(less[i]) == LANES;
      second[i] = $countones(less[i]) == LANES - 1;
    end
    same = 1'b0;
    for (int unsigned i = 0; i < LANES; ++i)
      for (int unsigned j = 0; j < LANES; ++j) if (first[i] && second[j] && still[i][j]) same = 1'b1;
    odd_to = !st_has_odd ? '0 : same ? first : second;
    even_lane = '0;
    odd_lane = '0;
    for (int unsigned i = 0; i < LANES; ++i) begin
      if (first[i]) even_lane = LANE_W'(i);
      if (odd_to[i]) odd_lane = LANE_W'(i);
    end
  end

  always_ff @(posedge ap_clk) begin
    if (start) load <= '0;
    else if (st_leave) begin
      for (int unsigned i = 0; i < LANES; ++i) begin
        case ({odd_to[i], first[i]})
          2'b01:   load[i] <= load[i] + LOAD_W'(st_even_cost);
          2'b10:   load[i] <= load[i] + LOAD_W'(st_odd_cost);
          2'b11:   load[i] <= load[i] + LOAD_W'(st_even_cost) + LOAD_W'(st_odd_cost);
          default: ;
        endcase
      end
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // The window
  logic [511:0]                  head_even;
  logic [511:0]                  head_odd;
  logic [LANE_W-1:0]             head_even_lane;
  logic [LANE_W-1:0]             head_odd_lane;
  logic                          head_has_odd;
  logic                          head_together;
  logic                          head_valid;
  logic                          head_leave;
  logic                          even_leave;  // of the head
  logic                          odd_leave;
  logic [PAIRS_W-1:0]            known;
  logic [LANES-1:0][COUNT_W-1:0] known_of;    // lane: descriptors
  logic                          decided;

  xesp_fifo #(
      .WIDTH(2 * 512 + 2 * LANE_W + 2),
      .DEPTH(WINDOW),
      .STYLE("distributed")
  ) window (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({st_together, st_has_odd, odd_lane, even_lane, st_odd, st_even}),
      .s_TVALID(st_valid),
      .s_TREADY(window_ready),
      .m_TDATA ({head_together, head_has_odd, head_odd_lane, head_even_lane, head_odd, head_even}),
      .m_TVALID(head_valid),
      .m_TREADY(head_leave),
      .count   (known)
  );

  always_ff @(posedge ap_clk) begin
    for (int unsigned i = 0; i < LANES; ++i)
      known_of[i] <= known_of[i] + COUNT_W'(st_leave && first[i]) + COUNT_W'(st_leave && odd_to[i]) -
          COUNT_W'(even_leave && head_even_lane == LANE_W'(i)) - COUNT_W'(odd_leave && head_odd_lane == LANE_W'(i));
    if (!ap_rst_n) known_of <= '0;
  end

  assign decided = left == 0 || known > PAIRS_W'(AHEAD);

  // ------------------------------------------------------------------------------------------------------------------
  // Out: each to its lane as soon as that has a place, the odd one not before an even one of the same lane; the pair to
  // `order` with the later of them. By way of a register each, so that no ready joins another's.
  logic [LANES-1:0] slot_ready;
  logic             order_ready;
  logic             even_done;
  logic             odd_done;
  logic             head_go;
  logic             even_go;
  logic             odd_go;
  logic [511:0]     even_marked;
  logic [511:0]     odd_marked;

  assign head_go    = head_valid && decided;
  assign even_go    = head_go && !even_done;
  assign odd_go     = head_go && head_has_odd && !odd_done && (even_done || head_even_lane != head_odd_lane);
  assign even_leave = even_go && slot_ready[head_even_lane];
  assign odd_leave  = odd_go && slot_ready[head_odd_lane];
  assign head_leave = head_go && order_ready && (even_done || even_leave) && (!head_has_odd || odd_done || odd_leave);

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      even_done <= 1'b0;
      odd_done  <= 1'b0;
    end else begin
      even_done <= !head_leave && (even_done || even_leave);
      odd_done  <= !head_leave && (odd_done || odd_leave);
    end
  end

  always_comb begin
    even_marked = head_even;
    even_marked[FINAL_BIT] = known_of[head_even_lane] == COUNT_W'(1);
    odd_marked = head_odd;
    odd_marked[FINAL_BIT] = known_of[head_odd_lane] == COUNT_W'(1);
  end

  for (genvar i = 0; i < LANES; ++i) begin : g_lane
    logic even_here;
    logic odd_here;
    assign even_here = even_go && head_even_lane == LANE_W'(i);
    assign odd_here  = odd_go && head_odd_lane == LANE_W'(i);

    xesp_skid #(
        .WIDTH(512)
    ) slot (
        .ap_clk,
        .ap_rst_n,
        .s_TDATA (even_here ? even_marked : odd_marked),
        .s_TVALID(even_here || odd_here),
        .s_TREADY(slot_ready[i]),
        .m_TDATA (m_TDATA[i]),
        .m_TVALID(m_TVALID[i]),
        .m_TREADY(m_TREADY[i])
    );

`ifndef SYNTHESIS
    a_one :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) !(even_here && odd_here));
`endif
  end

  xesp_skid #(
      .WIDTH(2 * LANE_W + 2)
  ) order (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({head_together, head_has_odd, head_odd_lane, head_even_lane}),
      .s_TVALID(head_leave),
      .s_TREADY(order_ready),
      .m_TDATA (order_TDATA),
      .m_TVALID(order_TVALID),
      .m_TREADY(order_TREADY)
  );

  // The even one is always there.
  logic unused;
  assign unused = &{1'b0, s_TDATA[1031:1026], s_TDATA[1024]};

`ifndef SYNTHESIS
  initial begin
    if (2 * (MAX_PACKET_BYTES + EXTRA) > 64 * ((1 << (LOAD_W - 1)) - 1)) $fatal(1, "%m: LOAD_W is too small");
  end
  a_even :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) s_TVALID |-> s_TDATA[1024]);
  a_start :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) start |-> known == 0 && !st_valid);
  a_left :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) st_leave |-> left >= (st_has_odd ? 13'd2 : 13'd1));
  a_first :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) st_valid |-> $onehot(first) && $onehot(second));
  a_even_final :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   even_leave && head_even[FINAL_BIT] |-> even_marked[FINAL_BIT] && left == 0);
  a_odd_final :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   odd_leave && head_odd[FINAL_BIT] |-> odd_marked[FINAL_BIT] && left == 0);
  a_even_known :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) even_go |-> known_of[head_even_lane] != 0);
  a_odd_known :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) odd_go |-> known_of[head_odd_lane] != 0);
`endif
endmodule
