// SPDX-License-Identifier: Apache-2.0
//
// Gives each descriptor of a run to one of N lanes, and tells in `order` which one got it. With one lane it is a wire,
// and `order` stays empty.
//
// A descriptor goes to the lane to which the fewest beats went so far in this run, the lowest of equals: so packets of
// one length go round, and a long one's lane is passed over until the others have as much. It is a function of the
// descriptors alone, so no result depends on which lane is busy when.
//
// Every lane must see DescFlags' `final` on the last descriptor that it gets. Descriptors wait in a window until AHEAD of
// them are known or the run's rest is, and the last one of its lane in there leaves as `final`. One that is called so and
// has a successor after all, behind AHEAD descriptors of other lanes, costs its lane a clock (hls/kernels: only the look
// at the next packet's first beat is left out), and changes no result.
module xesp_dispatch #(
    parameter int unsigned LANES   = 2,
    parameter int unsigned EXTRA   = 0,  // bytes that a packet may grow by on its way through a lane
    localparam int unsigned LANE_W = LANES > 1 ? $clog2(LANES) : 1
) (
    /* verilator lint_off UNUSEDSIGNAL */
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,     // synchronous, active low: forgets the run

    // Start of a run
    input  logic                         start,
    input  logic [12:0]                  start_count,
    /* verilator lint_on UNUSEDSIGNAL */

    // Descriptors, `final` on the run's last one
    input  logic [511:0]                 s_TDATA,
    input  logic                         s_TVALID,
    output logic                         s_TREADY,

    // To the lanes, `final` on the last one of each
    output logic [LANES-1:0][511:0]      m_TDATA,
    output logic [LANES-1:0]             m_TVALID,
    input  logic [LANES-1:0]             m_TREADY,

    // The lane of each descriptor
    output logic [LANE_W-1:0]            order_TDATA,
    output logic                         order_TVALID,
    /* verilator lint_off UNUSEDSIGNAL */
    input  logic                         order_TREADY
    /* verilator lint_on UNUSEDSIGNAL */
);
  if (LANES == 1) begin : g_wire
    assign m_TDATA      = s_TDATA;
    assign m_TVALID     = s_TVALID;
    assign s_TREADY     = m_TREADY[0];
    assign order_TDATA  = '0;
    assign order_TVALID = 1'b0;
  end else begin : g_dispatch
    import xesp_abi_pkg::*;
    localparam int unsigned FINAL_BIT = 8;  // xesp_abi.h: kDescFinal
    localparam int unsigned AHEAD     = 8;
    localparam int unsigned WINDOW    = 2 * AHEAD;
    localparam int unsigned COUNT_W   = $clog2(WINDOW + 1);
    // Lanes are never further apart than the beats of one packet, so the difference of two sums modulo 2^LOAD_W tells
    // which is the larger.
    localparam int unsigned LOAD_W    = 10;

    // ----------------------------------------------------------------------------------------------------------------
    // In: what it takes of a lane, one register stage
    logic [8:0]        cost;
    logic              st_valid;
    logic              st_leave;
    logic [511:0]      st_desc;
    logic [8:0]        st_cost;
    logic              window_ready;

    assign s_TREADY = !st_valid || st_leave;
    assign st_leave = st_valid && window_ready;

    xesp_lane_cost #(
        .EXTRA(EXTRA)
    ) cost_of (
        .in_len(s_TDATA[DESC_IN_LEN_LSB+:DESC_IN_LEN_W]),
        .cost
    );

    always_ff @(posedge ap_clk) begin
      if (s_TREADY) begin
        st_desc <= s_TDATA;
        st_cost <= cost;
      end
    end

    // ----------------------------------------------------------------------------------------------------------------
    // The lane
    logic [LANES-1:0][LOAD_W-1:0] load;
    logic [LANE_W-1:0]            lane;
    logic [12:0]                  left;  // of the run, not in the window yet

    always_comb begin
      logic [LOAD_W-1:0] apart;
      lane = '0;
      for (int unsigned i = 1; i < LANES; ++i) begin
        apart = load[i] - load[lane];
        if (apart[LOAD_W-1]) lane = LANE_W'(i);
      end
    end

    always_ff @(posedge ap_clk) begin
      if (start) load <= '0;
      else if (st_leave) load[lane] <= load[lane] + LOAD_W'(st_cost);
    end

    always_ff @(posedge ap_clk) begin
      if (!ap_rst_n) begin
        st_valid <= 1'b0;
        left     <= '0;
      end else begin
        if (s_TREADY) st_valid <= s_TVALID;
        if (start) left <= start_count;
        else if (st_leave) left <= left - 13'd1;
      end
    end

    // ----------------------------------------------------------------------------------------------------------------
    // The window
    logic [511:0]                  head_desc;
    logic [LANE_W-1:0]             head_lane;
    logic                          head_valid;
    logic                          head_leave;
    logic [COUNT_W-1:0]            known;
    logic [LANES-1:0][COUNT_W-1:0] known_of;  // lane
    logic                          decided;
    logic                          last_of_lane;

    xesp_fifo #(
        .WIDTH(LANE_W + 512),
        .DEPTH(WINDOW),
        .STYLE("distributed")
    ) window (
        .ap_clk,
        .ap_rst_n,
        .s_TDATA ({lane, st_desc}),
        .s_TVALID(st_valid),
        .s_TREADY(window_ready),
        .m_TDATA ({head_lane, head_desc}),
        .m_TVALID(head_valid),
        .m_TREADY(head_leave),
        .count   (known)
    );

    always_ff @(posedge ap_clk) begin
      for (int unsigned i = 0; i < LANES; ++i)
        known_of[i] <= known_of[i] + COUNT_W'(st_leave && lane == LANE_W'(i)) -
            COUNT_W'(head_leave && head_lane == LANE_W'(i));
      if (!ap_rst_n) known_of <= '0;
    end

    assign decided      = left == 0 || known > COUNT_W'(AHEAD);
    assign last_of_lane = known_of[head_lane] == COUNT_W'(1);

    // ----------------------------------------------------------------------------------------------------------------
    // Out: to the lane and to `order` in one clock, by way of a register each, so that neither's ready joins the other's
    logic [LANES-1:0]      slot_ready;
    logic                  order_ready;
    logic [511:0]          marked;

    assign head_leave = head_valid && decided && slot_ready[head_lane] && order_ready;

    always_comb begin
      marked = head_desc;
      marked[FINAL_BIT] = last_of_lane;
    end

    for (genvar i = 0; i < LANES; ++i) begin : g_lane
      xesp_skid #(
          .WIDTH(512)
      ) slot (
          .ap_clk,
          .ap_rst_n,
          .s_TDATA (marked),
          .s_TVALID(head_leave && head_lane == LANE_W'(i)),
          .s_TREADY(slot_ready[i]),
          .m_TDATA (m_TDATA[i]),
          .m_TVALID(m_TVALID[i]),
          .m_TREADY(m_TREADY[i])
      );
    end

    xesp_skid #(
        .WIDTH(LANE_W)
    ) order (
        .ap_clk,
        .ap_rst_n,
        .s_TDATA (head_lane),
        .s_TVALID(head_leave),
        .s_TREADY(order_ready),
        .m_TDATA (order_TDATA),
        .m_TVALID(order_TVALID),
        .m_TREADY(order_TREADY)
    );

`ifndef SYNTHESIS
    initial if (MAX_PACKET_BYTES + EXTRA > 64 * ((1 << (LOAD_W - 1)) - 1)) $fatal(1, "%m: LOAD_W is too small");
    a_start :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) start |-> known == 0 && !st_valid);
    a_left :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) st_leave |-> left != 0);
    a_final :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                     head_leave && head_desc[FINAL_BIT] |-> last_of_lane && left == 0);
    a_known :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) head_valid |-> known_of[head_lane] != 0);
`endif
  end
endmodule
