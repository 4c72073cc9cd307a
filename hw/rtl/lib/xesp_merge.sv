// SPDX-License-Identifier: Apache-2.0
//
// One stream out of those of N lanes. `order` names the lane of each descriptor; its words are taken, up to the one that
// ends it, before the next descriptor's. Nothing is chosen by what happens to be there, so the order never depends on
// timing. With one lane it is a wire, and `order` is not looked at; with four, `order` and the stream are those of pairs
// (xesp_pair_merge).
module xesp_merge #(
    parameter int unsigned LANES    = 2,
    parameter int unsigned WIDTH    = 32,
    parameter int          LAST_BIT = -1,  // the bit of a word that ends its descriptor's; -1: a descriptor is one word
    localparam int unsigned LANE_W  = LANES > 1 ? $clog2(LANES) : 1,
    localparam int unsigned ORDER_W = LANES > 2 ? 2 * LANE_W + 2 : LANE_W,
    localparam int unsigned OUT_W   = LANES > 2 ? 2 * WIDTH + 8 : WIDTH
) (
    /* verilator lint_off UNUSEDSIGNAL */
    input  logic                         ap_clk,
    input  logic                         ap_rst_n,  // synchronous, active low: drops the words in here

    // The lane of each descriptor
    input  logic [ORDER_W-1:0]           order_TDATA,
    input  logic                         order_TVALID,
    /* verilator lint_on UNUSEDSIGNAL */
    output logic                         order_TREADY,

    // In
    input  logic [LANES-1:0][WIDTH-1:0]  s_TDATA,
    input  logic [LANES-1:0]             s_TVALID,
    output logic [LANES-1:0]             s_TREADY,

    // Out
    output logic [OUT_W-1:0]             m_TDATA,
    output logic                         m_TVALID,
    input  logic                         m_TREADY
);
  if (LANES == 1) begin : g_wire
    assign m_TDATA      = s_TDATA[0];
    assign m_TVALID     = s_TVALID[0];
    assign s_TREADY     = m_TREADY;
    assign order_TREADY = 1'b1;
  end else if (LANES > 2) begin : g_pairs
    xesp_pair_merge #(
        .LANES   (LANES),
        .WIDTH   (WIDTH),
        .LAST_BIT(LAST_BIT)
    ) pairs (
        .ap_clk,
        .ap_rst_n,
        .order_TDATA,
        .order_TVALID,
        .order_TREADY,
        .s_TDATA,
        .s_TVALID,
        .s_TREADY,
        .m_TDATA,
        .m_TVALID,
        .m_TREADY
    );
  end else begin : g_merge
    logic [WIDTH-1:0] word;
    logic             valid;
    logic             ready;
    logic             last;

    assign word  = s_TDATA[order_TDATA];
    assign valid = order_TVALID && s_TVALID[order_TDATA];
    if (LAST_BIT < 0) begin : g_one
      assign last = 1'b1;
    end else begin : g_last
      assign last = word[LAST_BIT];
    end
    assign order_TREADY = valid && ready && last;

    always_comb begin
      s_TREADY = '0;
      s_TREADY[order_TDATA] = order_TVALID && ready;
    end

    xesp_skid #(
        .WIDTH(WIDTH)
    ) slice (
        .ap_clk,
        .ap_rst_n,
        .s_TDATA (word),
        .s_TVALID(valid),
        .s_TREADY(ready),
        .m_TDATA,
        .m_TVALID,
        .m_TREADY
    );

`ifndef SYNTHESIS
    a_lane :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) order_TVALID |-> 32'(order_TDATA) < LANES);
    a_one :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) $onehot0(s_TREADY));
    a_order_stable :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                     order_TVALID && !order_TREADY |=> order_TVALID && $stable(order_TDATA));
`endif
  end
endmodule
