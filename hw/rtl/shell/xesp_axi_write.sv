// SPDX-License-Identifier: Apache-2.0
//
// Writes packets over an AXI4 write channel: each job takes its beats from the stream and places them at its address.
//
// Address and data phases overlap: an address goes out while the beats of earlier bursts still do, so packets of two
// beats cost two clocks. W never waits for AWREADY (AXI4 A3.3.1 forbids a master to wait for it).
module xesp_axi_write #(
    parameter int unsigned BEATS_W = 8  // bits of a job's length
) (
    input  logic               ap_clk,
    input  logic               ap_rst_n,      // synchronous, active low: forgets jobs and beats

    // Job: at least one beat; addresses are in beats
    input  logic [57:0]        job_addr,
    input  logic [BEATS_W-1:0] job_beats,
    input  logic [5:0]         job_tail,      // valid bytes of the last beat, 0 for all 64
    input  logic               job_discard,   // swallow beats up to the one marked last, write nothing
    input  logic               job_valid,
    output logic               job_ready,

    // Beats
    input  logic [511:0]       s_data,
    input  logic               s_last,
    input  logic               s_valid,
    output logic               s_ready,

    // Write address channel (the constant signals are tied in xesp_shell)
    output logic [63:0]        AWADDR,
    output logic [7:0]         AWLEN,
    output logic               AWVALID,
    input  logic               AWREADY,

    // Write data channel
    output logic [511:0]       WDATA,
    output logic [63:0]        WSTRB,
    output logic               WLAST,
    output logic               WVALID,
    input  logic               WREADY,

    // Write response channel; one ID
    input  logic [1:0]         BRESP,
    input  logic               BVALID,
    output logic               BREADY,

    // State
    output logic               idle,          // every job taken is in memory and acknowledged
    output logic               beat,          // event: a beat was written
    output logic               error          // event: BRESP other than OKAY
);
  // ------------------------------------------------------------------------------------------------------------------
  // Jobs to bursts
  logic [57:0] burst_addr;
  logic [6:0]  burst_beats;
  logic        burst_last;
  logic [5:0]  burst_tail;
  logic        burst_discard;
  logic        burst_valid;
  logic        burst_ready;

  xesp_burst_split #(
      .BEATS_W(BEATS_W),
      .USER_W (7)
  ) split (
      .ap_clk,
      .ap_rst_n,
      .job_addr,
      .job_beats,
      .job_user   ({job_discard, job_tail}),
      .job_valid,
      .job_ready,
      .burst_addr,
      .burst_beats,
      .burst_last,
      .burst_user ({burst_discard, burst_tail}),
      .burst_valid,
      .burst_ready
  );

  // ------------------------------------------------------------------------------------------------------------------
  // A burst goes to the address register and to the queue of the data phase in the same clock.
  localparam int unsigned PHASE_W = 7 + 1 + 6 + 1;

  logic               aw_free;
  logic               phase_s_ready;
  logic               issue;
  logic [6:0]         phase_beats;
  logic               phase_last;
  logic [5:0]         phase_tail;
  logic               phase_discard;
  logic               phase_valid;
  logic               phase_ready;

  assign aw_free     = !AWVALID || AWREADY;
  assign burst_ready = aw_free && phase_s_ready;
  assign issue       = burst_valid && burst_ready && !burst_discard;

  always_ff @(posedge ap_clk) begin
    if (issue) begin
      AWADDR <= {burst_addr, 6'd0};
      AWLEN  <= 8'(burst_beats - 7'd1);
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) AWVALID <= 1'b0;
    else if (issue) AWVALID <= 1'b1;
    else if (AWREADY) AWVALID <= 1'b0;
  end

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_fifo #(
      .WIDTH(PHASE_W),
      .DEPTH(32),
      .STYLE("distributed")
  ) phases (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({burst_beats, burst_last, burst_tail, burst_discard}),
      .s_TVALID(burst_valid && aw_free),
      .s_TREADY(phase_s_ready),
      .m_TDATA ({phase_beats, phase_last, phase_tail, phase_discard}),
      .m_TVALID(phase_valid),
      .m_TREADY(phase_ready),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

  // ------------------------------------------------------------------------------------------------------------------
  // Data phase
  logic [6:0] done_beats;  // of this burst
  logic       moved;       // a beat left the stream

  assign s_ready     = phase_valid && (phase_discard || WREADY);
  assign moved       = s_valid && s_ready;
  assign phase_ready = moved && (phase_discard ? s_last : WLAST);

  assign WVALID = phase_valid && !phase_discard && s_valid;
  assign WDATA  = s_data;
  assign WLAST  = done_beats == phase_beats - 7'd1;
  assign beat   = WVALID && WREADY;

  always_comb begin
    WSTRB = '1;
    if (WLAST && phase_last && phase_tail != 0) begin
      for (int unsigned i = 0; i < 64; ++i) WSTRB[i] = i < 32'(phase_tail);
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) done_beats <= '0;
    else if (phase_ready) done_beats <= '0;
    else if (moved && !phase_discard) done_beats <= done_beats + 1'b1;
  end

  // ------------------------------------------------------------------------------------------------------------------
  // What is open: jobs whose last beat is not out yet, and bursts that are not acknowledged. Neither count can wrap: a
  // run has at most kMaxBatch jobs, of at most four bursts each.
  logic [15:0] open_jobs;
  logic [15:0] open_bursts;
  logic        job_in;
  logic        job_out;

  assign BREADY  = 1'b1;
  assign error   = BVALID && BRESP != 2'b00;
  assign job_in  = job_valid && job_ready;
  assign job_out = phase_ready && phase_last;
  assign idle    = open_jobs == 0 && open_bursts == 0;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      open_jobs   <= '0;
      open_bursts <= '0;
    end else begin
      open_jobs   <= open_jobs + 16'(job_in) - 16'(job_out);
      open_bursts <= open_bursts + 16'(issue) - 16'(BVALID);
    end
  end

`ifndef SYNTHESIS
  // The path's own mark of a packet's end must agree with the length of its completion.
  a_last :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) beat |-> s_last == (WLAST && phase_last));
  a_b :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) BVALID |-> open_bursts != 0);
  a_aw_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   AWVALID && !AWREADY |=> AWVALID && $stable(AWADDR) && $stable(AWLEN));
  a_w_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   WVALID && !WREADY |=> WVALID && $stable(WDATA) && $stable(WSTRB) && $stable(WLAST));
`endif
endmodule
