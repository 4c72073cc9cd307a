// SPDX-License-Identifier: Apache-2.0
//
// Counts a run's completions and tells when all of it is in memory.
module xesp_run_end (
    input  logic         ap_clk,
    input  logic         ap_rst_n,  // synchronous, active low: forgets the run

    // Run
    input  logic         start,
    input  logic [12:0]  start_count,
    output logic         done,      // event: all of the run is in memory and acknowledged

    // Progress
    input  logic [1:0]   completed, // so many completions went to their writer
    input  logic         idle       // no writer has anything left
);
  logic        running;
  logic [12:0] left;  // descriptors not completed yet
  logic        empty; // nothing of the run is left

  assign empty = left == 0 && idle;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      running <= 1'b0;
      left    <= '0;
      done    <= 1'b0;
    end else begin
      done <= running && empty;
      if (start) running <= 1'b1;
      else if (empty) running <= 1'b0;
      if (start) left <= start_count;
      else left <= left - 13'(completed);
    end
  end

`ifndef SYNTHESIS
  a_left :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) completed != 0 |-> running && left >= 13'(completed));
`endif
endmodule
