// SPDX-License-Identifier: Apache-2.0
//
// xesp_desc_fetch for two descriptors a clock: a beat of 128 bytes is a pair. Marks the last one of the run
// (xesp_abi.h: kDescFinal), and no other, whatever the host wrote.
//
// The last beat of an odd run is read whole: the 64 bytes behind its descriptor may lie behind the host's buffer, but are
// of the same aligned 128 bytes of card memory, so reading them does no harm. What stands there ends here: it is handed
// over as zeros, and as not there.
module xesp_pair_fetch (
    input  logic          ap_clk,
    input  logic          ap_rst_n,     // synchronous, active low: forgets the run

    // Start of a run; the caller keeps 1 <= count <= MAX_BATCH and one run at a time
    input  logic          start,
    input  logic [56:0]   start_addr,   // in beats
    input  logic [12:0]   start_count,

    // Read channels of m_axi_desc
    output logic [63:0]   ARADDR,
    output logic [7:0]    ARLEN,
    output logic          ARVALID,
    input  logic          ARREADY,
    input  logic [1023:0] RDATA,
    input  logic [1:0]    RRESP,
    input  logic          RVALID,
    output logic          RREADY,

    // Pair words of descriptors (hls/kernels/pair.h)
    output logic [1031:0] m_TDATA,
    output logic          m_TVALID,
    input  logic          m_TREADY,

    output logic          error         // event: RRESP other than OKAY
);
  logic          job_ready;
  logic [1023:0] beat;
  logic [12:0]   left;  // descriptors of the run, still to be handed over
  logic          has_odd;
  logic [511:0]  even;
  logic [511:0]  odd;

  assign has_odd = left != 13'd1;
  assign even    = {beat[511:9], left == 13'd1, beat[7:0]};
  assign odd     = has_odd ? {beat[1023:521], left == 13'd2, beat[519:512]} : '0;
  assign m_TDATA = {6'd0, has_odd, 1'b1, odd, even};

  always_ff @(posedge ap_clk) begin
    if (start) left <= start_count;
    else if (m_TVALID && m_TREADY) left <= left - (has_odd ? 13'd2 : 13'd1);
    if (!ap_rst_n) left <= '0;
  end

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_axi_read #(
      .BEATS_W(12),
      .DEPTH  (256),
      .BYTES  (128)
  ) read (
      .ap_clk,
      .ap_rst_n,
      .job_addr (start_addr),
      .job_beats(12'((start_count + 13'd1) >> 1)),
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
      .m_TDATA  (beat),
      .m_TVALID,
      .m_TREADY,
      .beat     (),
      .error
  );
  /* verilator lint_on PINCONNECTEMPTY */

  // The host's word on which is the last.
  logic unused_final;
  assign unused_final = &{1'b0, beat[8], beat[520]};

`ifndef SYNTHESIS
  // Between runs the splitter is empty, so a start pulse is always taken.
  a_start :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) start |-> job_ready);
  a_left :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) m_TVALID |-> left != 0);
`else
  logic unused;
  assign unused = job_ready;
`endif
endmodule
