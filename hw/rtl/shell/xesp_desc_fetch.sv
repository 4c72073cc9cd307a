// SPDX-License-Identifier: Apache-2.0
//
// Fetches the descriptors of a run, 64 bytes each, in bursts of up to 4 KiB, as fast as the FIFO empties. Marks the last
// one (xesp_abi.h: kDescFinal), and no other, whatever the host wrote.
module xesp_desc_fetch (
    input  logic         ap_clk,
    input  logic         ap_rst_n,     // synchronous, active low: forgets the run

    // Start of a run; the caller keeps 1 <= count <= MAX_BATCH and one run at a time
    input  logic         start,
    input  logic [57:0]  start_addr,   // in beats
    input  logic [12:0]  start_count,

    // Read channels of m_axi_desc
    output logic [63:0]  ARADDR,
    output logic [7:0]   ARLEN,
    output logic         ARVALID,
    input  logic         ARREADY,
    input  logic [511:0] RDATA,
    input  logic [1:0]   RRESP,
    input  logic         RVALID,
    output logic         RREADY,

    // Descriptors
    output logic [511:0] m_TDATA,
    output logic         m_TVALID,
    input  logic         m_TREADY,

    output logic         error         // event: RRESP other than OKAY
);
  logic         job_ready;
  logic [511:0] word;
  logic [12:0]  left;  // of the run, still to be handed over

  // The host's word on which is the last ends here.
  logic unused_final;
  assign unused_final = word[8];
  assign m_TDATA = {word[511:9], left == 13'd1, word[7:0]};

  always_ff @(posedge ap_clk) begin
    if (start) left <= start_count;
    else if (m_TVALID && m_TREADY) left <= left - 13'd1;
    if (!ap_rst_n) left <= '0;
  end

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_axi_read #(
      .BEATS_W(13),
      .DEPTH  (512)
  ) read (
      .ap_clk,
      .ap_rst_n,
      .job_addr (start_addr),
      .job_beats(start_count),
      .job_valid(start),
      .job_ready,
      .ARADDR,
      .ARLEN,
      .ARVALID,
      .ARREADY,
      .RDATA,
      .RRESP,
      .RVALID,
      .RREADY,
      .m_TDATA  (word),
      .m_TVALID,
      .m_TREADY,
      .beat     (),
      .error
  );
  /* verilator lint_on PINCONNECTEMPTY */

`ifndef SYNTHESIS
  // Between runs the splitter is empty, so a start pulse is always taken.
  a_start :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) start |-> job_ready);
`else
  logic unused;
  assign unused = job_ready;
`endif
endmodule
