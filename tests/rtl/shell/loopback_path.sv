// SPDX-License-Identifier: Apache-2.0
//
// Stand-in of a path for the shell's tests: returns each packet inverted, at one beat a clock; what of it stands in the
// descriptor, in the completion. The test tells it by
// Desc.reserved0 what to do:
//   orders[4:0]  status of the completion; other than 0: swallow the packet
//   orders[7]    claim an out_len one byte above out_cap
module loopback_path (
    input  logic         ap_clk,
    input  logic         ap_rst_n,

    // Random back-pressure of the test
    input  logic         stall,

    input  logic [511:0] desc_TDATA,
    input  logic         desc_TVALID,
    output logic         desc_TREADY,
    input  logic [519:0] pkt_TDATA,
    input  logic         pkt_TVALID,
    output logic         pkt_TREADY,
    input  logic [0:0]   order_TDATA,
    input  logic         order_TVALID,
    output logic         order_TREADY,
    output logic [519:0] out_TDATA,
    output logic         out_TVALID,
    input  logic         out_TREADY,
    output logic [511:0] cpl_TDATA,
    output logic         cpl_TVALID,
    input  logic         cpl_TREADY
);
  import xesp_abi_pkg::*;

  logic [7:0]  op;
  logic [7:0]  orders;
  logic [31:0] in_len;
  logic [31:0] out_cap;
  logic        has_beats;
  logic        last;
  logic        lie;
  logic [7:0]  status;
  logic        tailed;
  logic [31:0] in_beats;    // bytes of the packet that are beats
  logic        forward;
  logic        moves;       // a beat, or the whole of a descriptor without beats
  logic        finishes;    // the descriptor's last step

  assign op        = desc_TDATA[DESC_OP_LSB+:DESC_OP_W];
  assign orders    = desc_TDATA[DESC_RESERVED0_LSB+:8];
  assign in_len    = desc_TDATA[DESC_IN_LEN_LSB+:DESC_IN_LEN_W];
  assign out_cap   = desc_TDATA[DESC_OUT_CAP_LSB+:DESC_OUT_CAP_W];
  assign has_beats = in_len != 0 && in_len <= MAX_PACKET_BYTES;
  assign tailed    = (desc_TDATA[DESC_FLAGS_LSB+:DESC_FLAGS_W] & DESC_TAIL) != 0;
  assign in_beats  = tailed ? {in_len[31:6], 6'd0} : in_len;
  assign last      = pkt_TDATA[512];
  assign lie       = orders[7];

  always_comb begin
    if (in_len > MAX_PACKET_BYTES) status = DROP_BAD_DESCRIPTOR;
    else if (orders[4:0] != 0) status = {3'd0, orders[4:0]};
    else if (in_len > out_cap && !lie) status = DROP_OUTPUT_TOO_BIG;
    else status = OK;
  end

  assign forward  = has_beats && status == OK;
  assign moves    = desc_TVALID && !stall && (!has_beats || pkt_TVALID) && (!forward || out_TREADY) &&
      (!finishes || cpl_TREADY);
  assign finishes = !has_beats || last;

  assign desc_TREADY = moves && finishes;
  assign pkt_TREADY  = moves && has_beats;
  assign out_TVALID  = moves && forward;
  assign out_TDATA   = {7'd0, last, ~pkt_TDATA[511:0]};
  assign cpl_TVALID  = moves && finishes;

  always_comb begin
    cpl_TDATA = '0;
    cpl_TDATA[COMPLETION_COOKIE_LSB+:64]   = '1;  // the shell must replace it
    cpl_TDATA[COMPLETION_STATUS_LSB+:8]    = status;
    cpl_TDATA[COMPLETION_OP_LSB+:8]        = op;
    cpl_TDATA[COMPLETION_SA_INDEX_LSB+:16] = desc_TDATA[DESC_SA_INDEX_LSB+:16];
    cpl_TDATA[COMPLETION_OUT_LEN_LSB+:32]  = !forward ? 0 : lie ? out_cap + 1 : in_len;
    cpl_TDATA[COMPLETION_BYTES_LSB+:64]    = 64'(in_len);
    cpl_TDATA[COMPLETION_PACKETS_LSB+:64]  = 64'(desc_TDATA[DESC_FLAGS_LSB+:DESC_FLAGS_W]);
    if (forward && tailed) begin
      cpl_TDATA[COMPLETION_FLAGS_LSB+:COMPLETION_FLAGS_W] = CPL_TAIL;
      cpl_TDATA[COMPLETION_TAIL_LSB+:COMPLETION_TAIL_W]   = ~desc_TDATA[DESC_TAIL_LSB+:DESC_TAIL_W];
    end
  end

  // Beats of a packet: as many as in_len says (less what stands in the descriptor), nothing stale behind its end.
  logic [31:0] taken;
  logic [31:0] left;
  assign left = in_beats - taken;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) taken <= '0;
    else if (pkt_TREADY) taken <= last ? '0 : taken + 32'd64;
  end

  a_last :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) pkt_TREADY |-> last == (left <= 64));
  always_ff @(posedge ap_clk) begin
    if (ap_rst_n && pkt_TREADY && left < 64) begin
      for (int unsigned i = 0; i < 64; ++i)
        if (i >= left && pkt_TDATA[8*i+:8] != 0) $error("stale byte %0d behind the packet's end", i);
    end
  end

  logic unused;
  assign order_TREADY = 1'b1;  // one lane: nothing to put in order
  assign unused = &{1'b0, order_TDATA, order_TVALID, pkt_TDATA[519:513], desc_TDATA, orders};
endmodule
