// SPDX-License-Identifier: Apache-2.0
//
// Register slice of a stream: data, valid and ready all leave from registers, one word a clock. Use it where a stream's
// combinational logic would otherwise join that of its neighbour.
module xesp_skid #(
    parameter int unsigned WIDTH = 32
) (
    input  logic             ap_clk,
    input  logic             ap_rst_n,  // synchronous, active low: drops both words

    // In
    input  logic [WIDTH-1:0] s_TDATA,
    input  logic             s_TVALID,
    output logic             s_TREADY,

    // Out
    output logic [WIDTH-1:0] m_TDATA,
    output logic             m_TVALID,
    input  logic             m_TREADY
);
  // The word that arrived in the clock in which the output stalled: the source could not know yet.
  logic [WIDTH-1:0] spare;
  logic             spare_valid;

  assign s_TREADY = !spare_valid;

  always_ff @(posedge ap_clk) begin
    if (s_TREADY) spare <= s_TDATA;
    if (!m_TVALID || m_TREADY) m_TDATA <= spare_valid ? spare : s_TDATA;
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      m_TVALID    <= 1'b0;
      spare_valid <= 1'b0;
    end else if (!m_TVALID || m_TREADY) begin
      m_TVALID    <= spare_valid || s_TVALID;
      spare_valid <= 1'b0;
    end else if (s_TVALID) begin
      spare_valid <= 1'b1;
    end
  end

`ifndef SYNTHESIS
  a_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   m_TVALID && !m_TREADY |=> m_TVALID && $stable(m_TDATA));
`endif
endmodule
