// SPDX-License-Identifier: Apache-2.0
//
// Writes completions, 64 bytes each, to consecutive addresses over an AXI4 write channel, one or two a beat. The second
// half of a beat is not written where an odd run ends.
//
// Each address takes all beats that wait at that moment: single beats while the memory keeps up, longer bursts as
// soon as it does not, and no completion ever waits for another.
module xesp_cpl_write #(
    parameter int unsigned WORDS   = 1,  // completions a beat, 1 or 2
    localparam int unsigned ADDR_W = 59 - WORDS,
    localparam int unsigned IN_W   = WORDS == 1 ? 512 : 2 * 512 + 1
) (
    input  logic                 ap_clk,
    input  logic                 ap_rst_n,  // synchronous, active low: forgets completions

    // Start of a run: where the first completion goes, in beats
    input  logic                 start,
    input  logic [ADDR_W-1:0]    start_addr,

    // Completions; where a beat has two, {the second is there, the second, the first}
    input  logic [IN_W-1:0]      s_TDATA,
    input  logic                 s_TVALID,
    output logic                 s_TREADY,

    // Write address channel (the constant signals are tied in xesp_shell)
    output logic [63:0]          AWADDR,
    output logic [7:0]           AWLEN,
    output logic                 AWVALID,
    input  logic                 AWREADY,

    // Write data channel
    output logic [512*WORDS-1:0] WDATA,
    output logic [64*WORDS-1:0]  WSTRB,
    output logic                 WLAST,
    output logic                 WVALID,
    input  logic                 WREADY,

    // Write response channel; one ID
    input  logic [1:0]           BRESP,
    input  logic                 BVALID,
    output logic                 BREADY,

    // State
    output logic                 idle,      // every completion taken is in memory and acknowledged
    output logic                 error      // event: BRESP other than OKAY
);
  localparam int unsigned DEPTH  = 64;
  localparam int unsigned PAGE   = 64 / WORDS;  // beats of 4 KiB
  localparam int unsigned PAGE_W = $clog2(PAGE);

  // ------------------------------------------------------------------------------------------------------------------
  // Completions that wait
  logic [6:0]      held;
  logic            push;
  logic [IN_W-1:0] cpl;
  logic            cpl_valid;
  logic            cpl_ready;

  assign push = s_TVALID && s_TREADY;

  xesp_fifo #(
      .WIDTH(IN_W),
      .DEPTH(DEPTH),
      .STYLE("distributed")
  ) fifo (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA,
      .s_TVALID,
      .s_TREADY,
      .m_TDATA (cpl),
      .m_TVALID(cpl_valid),
      .m_TREADY(cpl_ready),
      .count   (held)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Address phase
  logic [ADDR_W-1:0] addr;    // of the next beat without an address phase
  logic [6:0]        unsent;  // beats held that have none
  logic [6:0]        room;    // beats up to the next 4 KiB boundary (AXI4 A3.4.1)
  logic [6:0]        take;
  logic              issue;
  logic              len_ready;

  assign room  = 7'(PAGE) - 7'(addr[PAGE_W-1:0]);
  assign take  = unsent < room ? unsent : room;
  assign issue = unsent != 0 && (!AWVALID || AWREADY) && len_ready;

  always_ff @(posedge ap_clk) begin
    if (start) addr <= start_addr;
    else if (issue) addr <= addr + ADDR_W'(take);
    if (issue) begin
      AWADDR <= {addr, (64 - ADDR_W)'(0)};
      AWLEN  <= 8'(take - 7'd1);
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      AWVALID <= 1'b0;
      unsent  <= '0;
    end else begin
      if (issue) AWVALID <= 1'b1;
      else if (AWREADY) AWVALID <= 1'b0;
      unsent <= unsent - (issue ? take : '0) + 7'(push);
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Data phase
  logic [6:0] len;
  logic       len_valid;
  logic [6:0] done_beats;

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_fifo #(
      .WIDTH(7),
      .DEPTH(32),
      .STYLE("distributed")
  ) lens (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (take),
      .s_TVALID(issue),
      .s_TREADY(len_ready),
      .m_TDATA (len),
      .m_TVALID(len_valid),
      .m_TREADY(cpl_ready && cpl_valid && WLAST),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

  assign WVALID    = len_valid && cpl_valid;
  assign cpl_ready = len_valid && WREADY;
  assign WDATA     = cpl[512*WORDS-1:0];
  assign WLAST     = done_beats == len - 7'd1;

  if (WORDS == 1) begin : g_one
    assign WSTRB = '1;
  end else begin : g_two
    assign WSTRB = {{64{cpl[IN_W-1]}}, {64{1'b1}}};
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) done_beats <= '0;
    else if (WVALID && WREADY) done_beats <= WLAST ? '0 : done_beats + 1'b1;
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Bursts that are not acknowledged, at most kMaxBatch
  logic [15:0] open_bursts;

  assign BREADY = 1'b1;
  assign error  = BVALID && BRESP != 2'b00;
  assign idle   = held == 0 && open_bursts == 0;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) open_bursts <= '0;
    else open_bursts <= open_bursts + 16'(issue) - 16'(BVALID);
  end

`ifndef SYNTHESIS
  a_start :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) start |-> idle);
  a_b :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) BVALID |-> open_bursts != 0);
  a_aw_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   AWVALID && !AWREADY |=> AWVALID && $stable(AWADDR) && $stable(AWLEN));
`endif
endmodule
