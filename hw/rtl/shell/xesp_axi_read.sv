// SPDX-License-Identifier: Apache-2.0
//
// Reads jobs of contiguous beats over an AXI4 read channel and gives them as one stream, in order.
//
// A burst is issued only once its beats have a place in the FIFO, so RREADY never falls and a slow path never blocks
// the interconnect. A beat that comes with an error response enters as zeros: a descriptor of zeros has no valid op, a
// packet of zeros is not IPv4, so neither does harm; the run reports the error besides.
module xesp_axi_read #(
    parameter int unsigned BEATS_W = 8,   // bits of a job's length
    parameter int unsigned DEPTH   = 512, // beats of the FIFO, at least those of 4 KiB; bounds what is in flight
    parameter int unsigned BYTES   = 64,  // of a beat, a power of two and at least 64
    localparam int unsigned BYTE_W = $clog2(BYTES)
) (
    input  logic               ap_clk,
    input  logic               ap_rst_n,   // synchronous, active low: forgets jobs and beats

    // Job: at least one beat; addresses are in beats
    input  logic [63-BYTE_W:0] job_addr,
    input  logic [BEATS_W-1:0] job_beats,
    input  logic               job_valid,
    output logic               job_ready,

    // Read address channel (the constant signals are tied in xesp_shell)
    output logic [63:0]        ARADDR,
    output logic [7:0]         ARLEN,
    output logic               ARVALID,
    input  logic               ARREADY,

    // Read data channel; one ID, so the order is that of the addresses
    input  logic [8*BYTES-1:0] RDATA,
    input  logic [1:0]         RRESP,
    input  logic               RVALID,
    output logic               RREADY,

    // Beats
    output logic [8*BYTES-1:0] m_TDATA,
    output logic               m_TVALID,
    input  logic               m_TREADY,

    // Events, one clock each
    output logic               beat,       // a beat left the FIFO
    output logic               error       // RRESP other than OKAY
);
  localparam int unsigned FREE_W = $clog2(DEPTH + 1);

  logic [63-BYTE_W:0] burst_addr;
  logic [6:0]         burst_beats;
  logic               burst_valid;
  logic [FREE_W-1:0]  free;  // beats of the FIFO that nothing was promised to
  logic               room;
  logic               issue;
  logic               r_bad;

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_burst_split #(
      .BEATS_W(BEATS_W),
      .USER_W (1),
      .BYTES  (BYTES)
  ) split (
      .ap_clk,
      .ap_rst_n,
      .job_addr,
      .job_beats,
      .job_user   (1'b0),
      .job_valid,
      .job_ready,
      .burst_addr,
      .burst_beats,
      .burst_last (),
      .burst_user (),
      .burst_valid,
      .burst_ready(issue)
  );
  /* verilator lint_on PINCONNECTEMPTY */

  // `room` can only turn true while a burst waits, because nothing else takes from `free`: ARVALID is stable.
  assign room    = 32'(free) >= 32'(burst_beats);
  assign ARADDR  = {burst_addr, BYTE_W'(0)};
  assign ARLEN   = 8'(burst_beats - 7'd1);
  assign ARVALID = burst_valid && room;
  assign issue   = ARVALID && ARREADY;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) free <= FREE_W'(DEPTH);
    else free <= free - (issue ? FREE_W'(burst_beats) : '0) + FREE_W'(beat);
  end

  assign RREADY = 1'b1;
  assign r_bad  = RRESP != 2'b00;
  assign error  = RVALID && r_bad;
  assign beat   = m_TVALID && m_TREADY;

  logic fifo_ready;
  /* verilator lint_off PINCONNECTEMPTY */
  xesp_fifo #(
      .WIDTH(8 * BYTES),
      .DEPTH(DEPTH),
      .STYLE("block")
  ) fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (r_bad ? '0 : RDATA),
      .s_TVALID(RVALID),
      .s_TREADY(fifo_ready),
      .m_TDATA,
      .m_TVALID,
      .m_TREADY,
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

`ifndef SYNTHESIS
  initial if (DEPTH < 4096 / BYTES) $fatal(1, "%m: a burst of 4 KiB would never be issued");
  a_reserved :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) RVALID |-> fifo_ready);
  a_ar_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   ARVALID && !ARREADY |=> ARVALID && $stable(ARADDR) && $stable(ARLEN));
`else
  logic unused;
  assign unused = fifo_ready;
`endif
endmodule
