// SPDX-License-Identifier: Apache-2.0
//
// Stream FIFO, first word falls through. Written word to valid output: two clocks; one word a clock in and out.
//
// The output register is the read register of the memory, so the same text makes a block RAM or LUT RAM: nothing reads
// the memory combinationally. It holds DEPTH words in all, the output register included.
module xesp_fifo #(
    parameter int unsigned WIDTH = 32,
    parameter int unsigned DEPTH = 16,  // a power of two
    /* verilator lint_off UNUSEDPARAM */  // read by synthesis only
    parameter STYLE = "auto",           // ram_style: "auto", "distributed", "block", "ultra"
    /* verilator lint_on UNUSEDPARAM */
    localparam int unsigned COUNT_W = $clog2(DEPTH + 1)
) (
    input  logic               ap_clk,
    input  logic               ap_rst_n,  // synchronous, active low: empties the FIFO, the memory keeps its words

    // In
    input  logic [WIDTH-1:0]   s_TDATA,
    input  logic               s_TVALID,
    output logic               s_TREADY,

    // Out
    output logic [WIDTH-1:0]   m_TDATA,
    output logic               m_TVALID,
    input  logic               m_TREADY,

    // Words held
    output logic [COUNT_W-1:0] count
);
  localparam int unsigned PTR_W = $clog2(DEPTH);

  (* ram_style = STYLE *) logic [WIDTH-1:0] mem[DEPTH];
  logic [PTR_W-1:0] wr_ptr;
  logic [PTR_W-1:0] rd_ptr;
  logic             push;
  logic             pop;
  logic             load;  // the output register takes the next word of the memory

  assign s_TREADY = count != COUNT_W'(DEPTH);
  assign push     = s_TVALID && s_TREADY;
  assign pop      = m_TVALID && m_TREADY;
  assign load     = count != COUNT_W'(m_TVALID) && (!m_TVALID || m_TREADY);

  // No reset on the memory and its read register: they must stay inside the RAM.
  always_ff @(posedge ap_clk) begin
    if (push) mem[wr_ptr] <= s_TDATA;
    if (load) m_TDATA <= mem[rd_ptr];
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      wr_ptr   <= '0;
      rd_ptr   <= '0;
      count    <= '0;
      m_TVALID <= 1'b0;
    end else begin
      if (push) wr_ptr <= wr_ptr + 1'b1;
      if (load) rd_ptr <= rd_ptr + 1'b1;
      if (load) m_TVALID <= 1'b1;
      else if (pop) m_TVALID <= 1'b0;
      if (push && !pop) count <= count + 1'b1;
      else if (pop && !push) count <= count - 1'b1;
    end
  end

`ifndef SYNTHESIS
  initial begin
    if (DEPTH < 2 || (DEPTH & (DEPTH - 1)) != 0) $fatal(1, "%m: DEPTH must be a power of two");
  end
  a_overflow :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) count <= COUNT_W'(DEPTH));
  a_underflow :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n) m_TVALID |-> count != 0);
  a_stable :
  assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                   m_TVALID && !m_TREADY |=> m_TVALID && $stable(m_TDATA));
`endif
endmodule
