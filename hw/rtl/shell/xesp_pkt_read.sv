// SPDX-License-Identifier: Apache-2.0
//
// Takes descriptors and, for each: hands it to the path, reads its packet from memory into the path, and tells the
// writer where its result and its completion go.
//
// A descriptor with input longer than MAX_PACKET_BYTES is not read; the path drops it by its in_len. One with an
// unaligned offset, or with DESC_TAIL where it may not be, is not read either and reaches the path with in_len 0xffffffff,
// so that it is dropped the same way. Bytes that stand in the descriptor (DESC_TAIL) are the path's to find.
module xesp_pkt_read #(
    parameter int unsigned IN_FLIGHT = 256,  // descriptors that may wait for the path, a power of two
    parameter logic        TAILS     = 1'b0  // packets may have their end in the descriptor
) (
    input  logic         ap_clk,
    input  logic         ap_rst_n,  // synchronous, active low: forgets descriptors and beats

    // Buffers of the run, in beats; stable while descriptors arrive
    input  logic [57:0]  in_base,
    input  logic [57:0]  out_base,

    // Descriptors, as in memory
    input  logic [511:0] s_TDATA,
    input  logic         s_TVALID,
    output logic         s_TREADY,

    // Read channels of m_axi_data
    output logic [63:0]  ARADDR,
    output logic [7:0]   ARLEN,
    output logic         ARVALID,
    input  logic         ARREADY,
    input  logic [511:0] RDATA,
    input  logic [1:0]   RRESP,
    input  logic         RVALID,
    output logic         RREADY,

    // To the path: descriptors, and {7'b0, last, data} for each beat of the packets
    output logic [511:0] desc_TDATA,
    output logic         desc_TVALID,
    input  logic         desc_TREADY,
    output logic [519:0] pkt_TDATA,
    output logic         pkt_TVALID,
    input  logic         pkt_TREADY,

    // To the writer, one a descriptor
    output logic [57:0]  place_addr,    // of the result, in beats
    output logic [31:0]  place_cap,     // bytes free there
    output logic [63:0]  place_cookie,
    output logic         place_valid,
    input  logic         place_ready,

    // Events, one clock each
    output logic         beat,      // a packet beat was read
    output logic         error      // RRESP other than OKAY
);
  import xesp_abi_pkg::*;

  // ------------------------------------------------------------------------------------------------------------------
  // Look at a descriptor and compute its addresses: one register stage.
  logic [31:0] in_len;
  logic [31:0] out_cap;
  logic [63:0] in_off;
  logic [63:0] out_off;
  logic        unaligned;
  logic        tailed;
  logic        bad_tail;
  logic        refused;
  logic        has_beats;

  assign in_len    = s_TDATA[DESC_IN_LEN_LSB+:DESC_IN_LEN_W];
  assign out_cap   = s_TDATA[DESC_OUT_CAP_LSB+:DESC_OUT_CAP_W];
  assign in_off    = s_TDATA[DESC_IN_OFF_LSB+:DESC_IN_OFF_W];
  assign out_off   = s_TDATA[DESC_OUT_OFF_LSB+:DESC_OUT_OFF_W];
  assign unaligned = in_off[5:0] != 0 || out_off[5:0] != 0;
  assign tailed    = (s_TDATA[DESC_FLAGS_LSB+:DESC_FLAGS_W] & DESC_TAIL) != 0;
  assign bad_tail  = tailed && (!TAILS || in_len <= 32'(MIN_TAILED_BYTES) || in_len[5:0] == 0 || in_len[5:0] > 6'(TAIL_BYTES));
  assign refused   = unaligned || bad_tail;
  assign has_beats = in_len != 0 && in_len <= 32'(MAX_PACKET_BYTES) && !refused;

  logic         st_valid;
  logic [511:0] st_desc;
  logic         st_has_beats;
  logic [57:0]  st_in_addr;
  logic [7:0]   st_beats;
  logic [5:0]   st_tail;      // valid bytes of the last beat, 0 for all 64
  logic [57:0]  st_out_addr;
  logic [31:0]  st_out_cap;
  logic [63:0]  st_cookie;
  logic         st_leave;     // all takers are ready

  assign s_TREADY = !st_valid || st_leave;

  always_ff @(posedge ap_clk) begin
    if (s_TREADY) begin
      st_desc      <= s_TDATA;
      if (refused) st_desc[DESC_IN_LEN_LSB+:DESC_IN_LEN_W] <= '1;
      st_has_beats <= has_beats;
      st_in_addr   <= in_base + in_off[63:6];
      st_beats     <= 8'((in_len + (tailed ? 32'd0 : 32'd63)) >> 6);
      st_tail      <= tailed ? 6'd0 : in_len[5:0];
      st_out_addr  <= out_base + out_off[63:6];
      st_out_cap   <= out_cap;
      st_cookie    <= s_TDATA[DESC_COOKIE_LSB+:DESC_COOKIE_W];
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) st_valid <= 1'b0;
    else if (s_TREADY) st_valid <= s_TVALID;
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Hand it on to four takers in one clock. `place` bounds the descriptors in flight; the queues to the path and to the
  // reader are as deep, so that addresses run ahead of a path that is busy with earlier packets.
  logic desc_s_ready;
  logic job_s_ready;
  logic size_s_ready;

  assign st_leave    = st_valid && desc_s_ready && job_s_ready && size_s_ready && place_ready;
  assign place_addr   = st_out_addr;
  assign place_cap    = st_out_cap;
  assign place_cookie = st_cookie;
  assign place_valid  = st_leave;

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_fifo #(
      .WIDTH(512),
      .DEPTH(IN_FLIGHT),
      .STYLE("block")
  ) descs (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (st_desc),
      .s_TVALID(st_leave),
      .s_TREADY(desc_s_ready),
      .m_TDATA (desc_TDATA),
      .m_TVALID(desc_TVALID),
      .m_TREADY(desc_TREADY),
      .count   ()
  );

  // Where to read
  logic [57:0] job_addr;
  logic [7:0]  job_beats;
  logic        job_valid;
  logic        job_ready;

  xesp_fifo #(
      .WIDTH(58 + 8),
      .DEPTH(32),
      .STYLE("distributed")
  ) jobs (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({st_in_addr, st_beats}),
      .s_TVALID(st_leave && st_has_beats),
      .s_TREADY(job_s_ready),
      .m_TDATA ({job_addr, job_beats}),
      .m_TVALID(job_valid),
      .m_TREADY(job_ready),
      .count   ()
  );

  // How the beats that come back group into packets
  logic [7:0] size_beats;
  logic [5:0] size_tail;
  logic       size_valid;
  logic       size_ready;

  xesp_fifo #(
      .WIDTH(8 + 6),
      .DEPTH(IN_FLIGHT),
      .STYLE("distributed")
  ) sizes (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({st_beats, st_tail}),
      .s_TVALID(st_leave && st_has_beats),
      .s_TREADY(size_s_ready),
      .m_TDATA ({size_beats, size_tail}),
      .m_TVALID(size_valid),
      .m_TREADY(size_ready),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

  // ------------------------------------------------------------------------------------------------------------------
  // Read
  logic [511:0] raw_data;
  logic         raw_valid;
  logic         raw_ready;

  xesp_axi_read #(
      .BEATS_W(8),
      .DEPTH  (512)
  ) read (
      .ap_clk,
      .ap_rst_n,
      .job_addr,
      .job_beats,
      .job_valid,
      .job_ready,
      .ARADDR,
      .ARLEN,
      .ARVALID,
      .ARREADY,
      .RDATA,
      .RRESP,
      .RVALID,
      .RREADY,
      .m_TDATA (raw_data),
      .m_TVALID(raw_valid),
      .m_TREADY(raw_ready),
      .beat,
      .error
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Mark the end of each packet, and clear what the memory holds behind it: nothing stale may enter the path.
  logic [7:0]   done_beats;
  logic         last;
  logic [511:0] kept;
  logic         mark_ready;

  assign last       = done_beats == size_beats - 8'd1;
  assign raw_ready  = size_valid && mark_ready;
  assign size_ready = raw_valid && mark_ready && last;

  always_comb begin
    kept = raw_data;
    if (last && size_tail != 0) begin
      for (int unsigned i = 0; i < 64; ++i) if (i >= 32'(size_tail)) kept[8*i+:8] = 8'h00;
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) done_beats <= '0;
    else if (beat) done_beats <= last ? '0 : done_beats + 1'b1;
  end

  logic pkt_last;
  xesp_skid #(
      .WIDTH(513)
  ) mark (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({last, kept}),
      .s_TVALID(raw_valid && size_valid),
      .s_TREADY(mark_ready),
      .m_TDATA ({pkt_last, pkt_TDATA[511:0]}),
      .m_TVALID(pkt_TVALID),
      .m_TREADY(pkt_TREADY)
  );
  assign pkt_TDATA[519:512] = {7'd0, pkt_last};
endmodule
