// SPDX-License-Identifier: Apache-2.0
//
// One stream to COPIES queues, each read at its reader's own pace. A word enters all of them in one clock.
module xesp_fork #(
    parameter int unsigned COPIES = 2,
    parameter int unsigned WIDTH  = 1,
    parameter int unsigned DEPTH  = 256  // of each queue, a power of two
) (
    input  logic                          ap_clk,
    input  logic                          ap_rst_n,  // synchronous, active low: empties the queues

    // In
    input  logic [WIDTH-1:0]              s_TDATA,
    input  logic                          s_TVALID,
    output logic                          s_TREADY,

    // Out
    output logic [COPIES-1:0][WIDTH-1:0]  m_TDATA,
    output logic [COPIES-1:0]             m_TVALID,
    input  logic [COPIES-1:0]             m_TREADY
);
  logic [COPIES-1:0] ready;

  assign s_TREADY = &ready;

  for (genvar i = 0; i < COPIES; ++i) begin : g_copy
    /* verilator lint_off PINCONNECTEMPTY */
    xesp_fifo #(
        .WIDTH(WIDTH),
        .DEPTH(DEPTH),
        .STYLE("distributed")
    ) queue (
        .ap_clk,
        .ap_rst_n,
        .s_TDATA,
        .s_TVALID(s_TVALID && s_TREADY),
        .s_TREADY(ready[i]),
        .m_TDATA (m_TDATA[i]),
        .m_TVALID(m_TVALID[i]),
        .m_TREADY(m_TREADY[i]),
        .count   ()
    );
    /* verilator lint_on PINCONNECTEMPTY */
  end
endmodule
