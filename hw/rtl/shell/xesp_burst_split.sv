// SPDX-License-Identifier: Apache-2.0
//
// Cuts a job of contiguous beats into AXI4 bursts that do not cross a 4 KiB boundary (AXI4 A3.4.1). 4 KiB are 64 beats
// of 64 bytes, so this also bounds the burst length. One burst a clock, also from one job to the next.
module xesp_burst_split #(
    parameter int unsigned BEATS_W = 8,  // bits of a job's length
    parameter int unsigned USER_W  = 1,  // carried from the job to each of its bursts
    parameter int unsigned BYTES   = 64, // of a beat, a power of two and at least 64
    localparam int unsigned ADDR_W = 64 - $clog2(BYTES)
) (
    input  logic               ap_clk,
    input  logic               ap_rst_n,     // synchronous, active low: forgets the job

    // Job: at least one beat; addresses are in beats
    input  logic [ADDR_W-1:0]  job_addr,
    input  logic [BEATS_W-1:0] job_beats,
    input  logic [USER_W-1:0]  job_user,
    input  logic               job_valid,
    output logic               job_ready,

    // Burst
    output logic [ADDR_W-1:0]  burst_addr,
    output logic [6:0]         burst_beats,  // 1 .. 64
    output logic               burst_last,   // of its job
    output logic [USER_W-1:0]  burst_user,
    output logic               burst_valid,
    input  logic               burst_ready
);
  localparam int unsigned PAGE   = 4096 / BYTES;  // beats
  localparam int unsigned PAGE_W = $clog2(PAGE);

  // What is left of the job.
  logic [ADDR_W-1:0]  addr;
  logic [BEATS_W-1:0] beats;
  logic [USER_W-1:0]  user;
  logic               valid;

  logic [6:0] room;  // beats up to the next 4 KiB boundary
  logic       fits;  // the rest makes one burst
  logic       step;  // a burst moves into the output register

  assign room      = 7'(PAGE) - 7'(addr[PAGE_W-1:0]);
  assign fits      = 32'(beats) <= 32'(room);
  assign step      = valid && (!burst_valid || burst_ready);
  assign job_ready = !valid || (step && fits);

  always_ff @(posedge ap_clk) begin
    if (job_ready) begin
      addr  <= job_addr;
      beats <= job_beats;
      user  <= job_user;
    end else if (step) begin
      addr  <= {addr[ADDR_W-1:PAGE_W] + 1'b1, PAGE_W'(0)};
      beats <= beats - BEATS_W'(room);
    end
    if (step) begin
      burst_addr  <= addr;
      burst_beats <= fits ? 7'(beats) : room;
      burst_last  <= fits;
      burst_user  <= user;
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      valid       <= 1'b0;
      burst_valid <= 1'b0;
    end else begin
      if (job_ready) valid <= job_valid;
      if (step) burst_valid <= 1'b1;
      else if (burst_ready) burst_valid <= 1'b0;
    end
  end

`ifndef SYNTHESIS
  a_job :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) job_valid |-> job_beats != 0);
  a_4k :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   burst_valid |-> 8'(burst_addr[PAGE_W-1:0]) + 8'(burst_beats) <= 8'(PAGE));
`endif
endmodule
