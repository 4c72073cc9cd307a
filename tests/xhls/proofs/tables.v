// SPDX-License-Identifier: Apache-2.0
//
// Map for yosys' techmap: a constant table, read at a multiple of its word's width, as a module of its own (table.v), so
// that the S-boxes of a round are one. As shifters of the whole table, which is what techmap has by itself, they take
// minutes.
(* techmap_celltype = "$shiftx" *)
module xesp_shiftx (A, B, Y);
  parameter A_SIGNED = 0, B_SIGNED = 0, A_WIDTH = 1, B_WIDTH = 1, Y_WIDTH = 1;
  parameter [A_WIDTH-1:0] _TECHMAP_CONSTMSK_A_ = 0;
  parameter [A_WIDTH-1:0] _TECHMAP_CONSTVAL_A_ = 0;
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTMSK_B_ = 0;
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTVAL_B_ = 0;
  input [A_WIDTH-1:0] A;
  input [B_WIDTH-1:0] B;
  output [Y_WIDTH-1:0] Y;
  localparam LOW = $clog2(Y_WIDTH);
  localparam TOP = $clog2(A_WIDTH);
  localparam [B_WIDTH-1:0] OTHERS = ~(((1 << TOP) - 1) >> LOW << LOW);  // of B: constant 0
  wire _TECHMAP_FAIL_ = Y_WIDTH != 1 << LOW || A_WIDTH != 1 << TOP || !(&_TECHMAP_CONSTMSK_A_)
                        || (_TECHMAP_CONSTMSK_B_ & OTHERS) != OTHERS || (_TECHMAP_CONSTVAL_B_ & OTHERS) !== 0;
  xesp_table #(.ADDRESS(TOP - LOW), .WIDTH(Y_WIDTH), .WORDS(_TECHMAP_CONSTVAL_A_)) _TECHMAP_REPLACE_
      (.address(B[TOP-1:LOW]), .word(Y));
endmodule
