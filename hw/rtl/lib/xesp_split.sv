// SPDX-License-Identifier: Apache-2.0
//
// One stream, a word a descriptor, to N lanes: `order` names the lane of each. A word that its lane has no place for
// holds up those behind it. With one lane it is a wire, and `order` is not looked at; with four, `order` and the stream
// are those of pairs (xesp_pair_split).
module xesp_split #(
    parameter int unsigned LANES    = 2,
    parameter int unsigned WIDTH    = 32,
    localparam int unsigned LANE_W  = LANES > 1 ? $clog2(LANES) : 1,
    localparam int unsigned ORDER_W = LANES > 2 ? 2 * LANE_W + 2 : LANE_W,
    localparam int unsigned IN_W    = LANES > 2 ? 2 * WIDTH + 8 : WIDTH
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
    input  logic [IN_W-1:0]              s_TDATA,
    input  logic                         s_TVALID,
    output logic                         s_TREADY,

    // Out
    output logic [LANES-1:0][WIDTH-1:0]  m_TDATA,
    output logic [LANES-1:0]             m_TVALID,
    input  logic [LANES-1:0]             m_TREADY
);
  if (LANES == 1) begin : g_wire
    assign m_TDATA      = s_TDATA;
    assign m_TVALID     = s_TVALID;
    assign s_TREADY     = m_TREADY[0];
    assign order_TREADY = 1'b1;
  end else if (LANES > 2) begin : g_pairs
    xesp_pair_split #(
        .LANES(LANES),
        .WIDTH(WIDTH)
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
  end else begin : g_split
    logic [WIDTH-1:0] word;
    logic             valid;
    logic             leave;

    xesp_skid #(
        .WIDTH(WIDTH)
    ) slice (
        .ap_clk,
        .ap_rst_n,
        .s_TDATA,
        .s_TVALID,
        .s_TREADY,
        .m_TDATA (word),
        .m_TVALID(valid),
        .m_TREADY(leave)
    );

    assign m_TDATA      = {LANES{word}};
    assign leave        = order_TVALID && m_TREADY[order_TDATA];
    assign order_TREADY = valid && m_TREADY[order_TDATA];

    always_comb begin
      m_TVALID = '0;
      m_TVALID[order_TDATA] = valid && order_TVALID;
    end

`ifndef SYNTHESIS
    a_lane :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) order_TVALID |-> 32'(order_TDATA) < LANES);
    a_one :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n) $onehot0(m_TVALID));
    a_stable :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                     (m_TVALID & ~m_TREADY) != 0 |=> $stable(m_TVALID));  // the data: the slice's
`endif
  end
endmodule
