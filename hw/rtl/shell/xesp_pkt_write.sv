// SPDX-License-Identifier: Apache-2.0
//
// Takes a lane's completions and results, writes the results to memory, and hands on the completions.
//
// The path is trusted with lengths only so far as the descriptor allows: a completion that claims more than out_cap or
// MAX_PACKET_BYTES is turned into a drop (output_too_big) and its beats are swallowed, so that no fault of a kernel
// writes outside the buffer that the host gave. Bytes that stand in the completion (CPL_TAIL) are not written again.
module xesp_pkt_write (
    input  logic         ap_clk,
    input  logic         ap_rst_n,  // synchronous, active low: forgets the run

    // From the reader, one a descriptor
    input  logic [57:0]  place_addr,
    input  logic [31:0]  place_cap,
    input  logic [63:0]  place_cookie,
    input  logic         place_valid,
    output logic         place_ready,

    // From the path: completions without their cookie, and {7'b0, last, data} for each beat of the results
    input  logic [511:0] cpl_TDATA,
    input  logic         cpl_TVALID,
    output logic         cpl_TREADY,
    input  logic [519:0] out_TDATA,
    input  logic         out_TVALID,
    output logic         out_TREADY,

    // Write channels of m_axi_data
    output logic [63:0]  data_AWADDR,
    output logic [7:0]   data_AWLEN,
    output logic         data_AWVALID,
    input  logic         data_AWREADY,
    output logic [511:0] data_WDATA,
    output logic [63:0]  data_WSTRB,
    output logic         data_WLAST,
    output logic         data_WVALID,
    input  logic         data_WREADY,
    input  logic [1:0]   data_BRESP,
    input  logic         data_BVALID,
    output logic         data_BREADY,

    // Completions as they go to memory
    output logic [511:0] m_TDATA,
    output logic         m_TVALID,
    input  logic         m_TREADY,

    // State
    output logic         idle,             // every result is in memory and acknowledged, but for completions not handed on

    // Events, one clock each
    output logic         beat,             // a packet beat was written
    output logic         error             // BRESP other than OKAY
);
  import xesp_abi_pkg::*;

  // ------------------------------------------------------------------------------------------------------------------
  // Join a completion with its descriptor's place: one register stage.
  logic [31:0] out_len;
  logic        join_ready;
  logic        join_take;
  logic        too_big;
  logic        tailed;
  logic [31:0] in_memory;  // bytes of the result that are beats

  assign out_len     = cpl_TDATA[COMPLETION_OUT_LEN_LSB+:COMPLETION_OUT_LEN_W];
  assign too_big     = out_len > place_cap || out_len > 32'(MAX_PACKET_BYTES);
  assign tailed      = (cpl_TDATA[COMPLETION_FLAGS_LSB+:COMPLETION_FLAGS_W] & CPL_TAIL) != 0 && out_len[31:6] != 0;
  assign in_memory   = tailed ? {out_len[31:6], 6'd0} : out_len;
  assign join_take   = cpl_TVALID && place_valid && join_ready;
  assign cpl_TREADY  = place_valid && join_ready;
  assign place_ready = cpl_TVALID && join_ready;

  logic         st_valid;
  logic [511:0] st_cpl;
  logic         st_has_job;
  logic         st_discard;
  logic [57:0]  st_addr;
  logic [7:0]   st_beats;
  logic [5:0]   st_tail;
  logic         st_leave;
  logic         job_s_ready;

  assign join_ready = !st_valid || st_leave;
  assign m_TDATA    = st_cpl;
  assign m_TVALID   = st_valid && job_s_ready;
  assign st_leave   = m_TVALID && m_TREADY;

  always_ff @(posedge ap_clk) begin
    if (join_ready) begin
      st_cpl <= cpl_TDATA;
      st_cpl[COMPLETION_COOKIE_LSB+:COMPLETION_COOKIE_W] <= place_cookie;
      if (too_big) begin
        st_cpl[COMPLETION_STATUS_LSB+:COMPLETION_STATUS_W]   <= DROP_OUTPUT_TOO_BIG;
        st_cpl[COMPLETION_OUT_LEN_LSB+:COMPLETION_OUT_LEN_W] <= '0;
        st_cpl[COMPLETION_FLAGS_LSB+:COMPLETION_FLAGS_W]     <= '0;
        st_cpl[COMPLETION_TAIL_LSB+:COMPLETION_TAIL_W]       <= '0;
      end
      st_has_job <= in_memory != 0;
      st_discard <= too_big;
      st_addr    <= place_addr;
      st_beats   <= too_big ? 8'd1 : 8'((in_memory + 32'd63) >> 6);  // a discard runs to the beat marked last
      st_tail    <= in_memory[5:0];
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) st_valid <= 1'b0;
    else if (join_ready) st_valid <= join_take;
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Results
  logic [57:0]  job_addr;
  logic [7:0]   job_beats;
  logic [5:0]   job_tail;
  logic         job_discard;
  logic         job_valid;
  logic         job_ready;
  logic [511:0] res_data;
  logic         res_last;
  logic         res_valid;
  logic         res_ready;
  logic [5:0]   jobs_held;
  logic         data_idle;

  xesp_fifo #(
      .WIDTH(58 + 8 + 6 + 1),
      .DEPTH(32),
      .STYLE("distributed")
  ) jobs (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({st_addr, st_beats, st_tail, st_discard}),
      .s_TVALID(st_leave && st_has_job),
      .s_TREADY(job_s_ready),
      .m_TDATA ({job_addr, job_beats, job_tail, job_discard}),
      .m_TVALID(job_valid),
      .m_TREADY(job_ready),
      .count   (jobs_held)
  );

  // A path may give a packet's completion with its last beat, and no beat can be written before the completion tells
  // how many there are: hence room for the longest packet, and for the next one behind it.
  /* verilator lint_off PINCONNECTEMPTY */
  xesp_fifo #(
      .WIDTH(513),
      .DEPTH(512),
      .STYLE("block")
  ) results (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (out_TDATA[512:0]),
      .s_TVALID(out_TVALID),
      .s_TREADY(out_TREADY),
      .m_TDATA ({res_last, res_data}),
      .m_TVALID(res_valid),
      .m_TREADY(res_ready),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

  xesp_axi_write #(
      .BEATS_W(8)
  ) data (
      .ap_clk,
      .ap_rst_n,
      .job_addr,
      .job_beats,
      .job_tail,
      .job_discard,
      .job_valid,
      .job_ready,
      .s_data (res_data),
      .s_last (res_last),
      .s_valid(res_valid),
      .s_ready(res_ready),
      .AWADDR (data_AWADDR),
      .AWLEN  (data_AWLEN),
      .AWVALID(data_AWVALID),
      .AWREADY(data_AWREADY),
      .WDATA  (data_WDATA),
      .WSTRB  (data_WSTRB),
      .WLAST  (data_WLAST),
      .WVALID (data_WVALID),
      .WREADY (data_WREADY),
      .BRESP  (data_BRESP),
      .BVALID (data_BVALID),
      .BREADY (data_BREADY),
      .idle   (data_idle),
      .beat,
      .error
  );

  assign idle = jobs_held == 0 && data_idle;

  logic unused;
  assign unused = &{1'b0, out_TDATA[519:513]};

`ifndef SYNTHESIS
  initial if (MAX_PACKET_BYTES > 256 * BEAT_BYTES) $fatal(1, "%m: `results` must hold two of the longest packets");
`endif
endmodule
