// SPDX-License-Identifier: Apache-2.0
//
// 32 counters of 32 bits, one for each drop reason, in LUT RAM. A RAM cannot be reset at once, so a sweep after reset
// clears it; until `ready` neither port may be used.
module xesp_drop_counters (
    input  logic        ap_clk,
    input  logic        ap_rst_n,  // synchronous, active low: starts the sweep

    output logic        ready,

    // Count one
    input  logic        bump,
    input  logic [4:0]  bump_index,

    // Read
    input  logic [4:0]  read_index,
    output logic [31:0] read_value
);
  (* ram_style = "distributed" *) logic [31:0] counters[32];
  logic [5:0]  sweep;  // bit 5: done
  logic [4:0]  index;

  assign ready      = sweep[5];
  assign index      = ready ? bump_index : sweep[4:0];
  assign read_value = counters[read_index];

  always_ff @(posedge ap_clk) begin
    if (!ready || bump) counters[index] <= ready ? counters[index] + 1'b1 : '0;
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) sweep <= '0;
    else if (!ready) sweep <= sweep + 1'b1;
  end

`ifndef SYNTHESIS
  a_ready :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) bump |-> ready);
`endif
endmodule
