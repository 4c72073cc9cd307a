// SPDX-License-Identifier: Apache-2.0
//
// Maps for yosys' techmap that prove.py uses.

// A constant table, read at a multiple of its word's width: a tree of choices. As a shifter of the whole table, which is
// what techmap has by itself, an S-box takes ten seconds.
(* techmap_celltype = "$shiftx" *)
module xesp_table (A, B, Y);
  parameter A_SIGNED = 0, B_SIGNED = 0, A_WIDTH = 1, B_WIDTH = 1, Y_WIDTH = 1;
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTMSK_B_ = 0;
  parameter [B_WIDTH-1:0] _TECHMAP_CONSTVAL_B_ = 0;
  input [A_WIDTH-1:0] A;
  input [B_WIDTH-1:0] B;
  output [Y_WIDTH-1:0] Y;
  localparam LOW = $clog2(Y_WIDTH);
  localparam TOP = $clog2(A_WIDTH);
  localparam [B_WIDTH-1:0] OTHERS = ~(((1 << TOP) - 1) >> LOW << LOW);  // of B: constant 0
  wire _TECHMAP_FAIL_ = Y_WIDTH != 1 << LOW || A_WIDTH != 1 << TOP
                        || (_TECHMAP_CONSTMSK_B_ & OTHERS) != OTHERS || (_TECHMAP_CONSTVAL_B_ & OTHERS) !== 0;
  \$bmux #(.WIDTH(Y_WIDTH), .S_WIDTH(TOP - LOW)) _TECHMAP_REPLACE_ (.A(A), .S(B[TOP-1:LOW]), .Y(Y));
endmodule
