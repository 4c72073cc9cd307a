// SPDX-License-Identifier: Apache-2.0
//
// Output FIFO of a free-running pipeline. An iteration reserves a place when it is issued, so the pipeline never stops;
// the place is given back when the word leaves, or at once when the iteration turns out to write nothing.
//
// First word falls through; the head stands in registers, so m_tvalid does not depend on m_tready. A word pushed in one
// clock is at the head in the next at the earliest.
//
// In simulation +xesp_stream_stall=N holds the head back in about N of 100 clocks, on every stream of the design at once:
// results must not depend on when a word comes.
module xesp_credit_fifo #(
    parameter int WIDTH = 64,
    parameter int DEPTH = 16   // places; a power of two
) (
    input  logic             clk,
    input  logic             rst_n,

    input  logic             reserve,    // an iteration is issued; only with credit
    output logic             credit,     // a place is free
    input  logic             push,       // the iteration writes push_data ...
    input  logic             cancel,     // ... or nothing
    input  logic [WIDTH-1:0] push_data,

    output logic [WIDTH-1:0] m_tdata,
    output logic             m_tvalid,
    input  logic             m_tready
);
  localparam int A = $clog2(DEPTH);

  logic [WIDTH-1:0] words [DEPTH];
  logic [A-1:0] head, tail;
  logic [A:0] stored;   // in `words`
  logic [A:0] credits;

  wire pop = m_tvalid && m_tready;
  wire advance = pop || !m_tvalid;        // the head register takes a new word
  logic stall;                            // simulation only
  wire fetch = advance && !stall && stored != 0;
  wire pass = advance && !stall && stored == 0 && push;
  wire store = push && !pass;

  assign credit = credits != 0;

  always_ff @(posedge clk) begin
    if (store) words[tail] <= push_data;
    if (fetch) m_tdata <= words[head];
    else if (pass) m_tdata <= push_data;
    if (advance) m_tvalid <= fetch || pass;
    if (store) tail <= tail + 1'b1;
    if (fetch) head <= head + 1'b1;
    stored <= stored + (A+1)'(store) - (A+1)'(fetch);
    credits <= credits - (A+1)'(reserve) + (A+1)'(pop) + (A+1)'(cancel);
    if (!rst_n) begin
      m_tvalid <= 1'b0;
      head <= '0;
      tail <= '0;
      stored <= '0;
      credits <= (A+1)'(DEPTH);
    end
  end

`ifdef VERILATOR
  int unsigned stall_percent;
  initial if ($value$plusargs("xesp_stream_stall=%d", stall_percent) == 0) stall_percent = 0;
  always_ff @(posedge clk) stall <= stall_percent != 0 && $urandom_range(99) < stall_percent;
`else
  assign stall = 1'b0;
`endif

`ifdef VERILATOR
  logic [A:0] in_flight;   // reserved, neither written nor given back yet
  always_ff @(posedge clk)
    if (!rst_n) in_flight <= '0;
    else in_flight <= in_flight + (A+1)'(reserve) - (A+1)'(push || cancel);

  always_ff @(posedge clk)
    if (rst_n) begin
      assert (!(reserve && credits == 0)) else $error("%m: issue without credit");
      assert ($onehot0({push, cancel})) else $error("%m: push and cancel at once");
      assert (!((push || cancel) && in_flight == 0)) else $error("%m: a word that no iteration reserved");
      assert (!(store && stored == (A+1)'(DEPTH))) else $error("%m: overflow");
      assert (32'(credits) + 32'(in_flight) + 32'(stored) + 32'(m_tvalid) == DEPTH)
        else $error("%m: a place was lost or given back twice");
    end
  a_held: assert property (@(posedge clk) disable iff (!rst_n) m_tvalid && !m_tready |=> m_tvalid);
`endif
endmodule
