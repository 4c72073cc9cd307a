// SPDX-License-Identifier: Apache-2.0
//
// What each function of operators.cpp must compute, bit by bit where an operator would say it: sums as ripples of full
// adders, comparisons as borrows, shifts by each constant amount and a choice of them. Signed ports are sign-extended where the other side
// is wider, the others zero-extended.

// Sums and differences

package ripple;
  // x + y + carry modulo 2^64
  function automatic logic [63:0] sum(input logic [63:0] x, input logic [63:0] y, input logic carry);
    logic c;
    c = carry;
    for (int i = 0; i < 64; i = i + 1) begin
      sum[i] = x[i] ^ y[i] ^ c;
      c = (x[i] & y[i]) | (x[i] & c) | (y[i] & c);
    end
  endfunction

  // x < y: the borrow of x - y
  function automatic logic less(input logic [63:0] x, input logic [63:0] y);
    less = 0;
    for (int i = 0; i < 64; i = i + 1) less = x[i] == y[i] ? less : y[i];
  endfunction

  // The six of them: == != < <= > >=
  function automatic logic [5:0] compare(input logic [63:0] x, input logic [63:0] y);
    compare = {!less(x, y), less(y, x), !less(y, x), less(x, y), |(x ^ y), ~|(x ^ y)};
  endfunction
endpackage

module add_unsigned (input [12:0] a, input [12:0] b, output [13:0] result);
  assign result = ripple::sum({51'd0, a}, {51'd0, b}, 1'b0);
endmodule

module add_signed (input signed [32:0] a, input signed [12:0] b, output signed [33:0] result);
  assign result = ripple::sum({{31{a[32]}}, a}, {{51{b[12]}}, b}, 1'b0);
endmodule

module add_mixed (input [32:0] a, input signed [12:0] b, output signed [34:0] result);
  assign result = ripple::sum({31'd0, a}, {{51{b[12]}}, b}, 1'b0);
endmodule

module subtract_unsigned (input [12:0] a, input [12:0] b, output signed [13:0] result);
  assign result = ripple::sum({51'd0, a}, ~{51'd0, b}, 1'b1);
endmodule

module subtract_signed (input signed [12:0] a, input signed [32:0] b, output signed [33:0] result);
  assign result = ripple::sum({{51{a[12]}}, a}, ~{{31{b[32]}}, b}, 1'b1);
endmodule

module add_many (input [12:0] a, input [12:0] b, input [12:0] c, input [12:0] d, output [12:0] result);
  wire [63:0] ab = ripple::sum({51'd0, a}, {51'd0, b}, 1'b0);
  wire [63:0] abc = ripple::sum(ab, {51'd0, c}, 1'b1);
  assign result = ripple::sum(abc, ~{51'd0, d}, 1'b1);
endmodule

module negate (input signed [32:0] a, output signed [33:0] result);
  assign result = ripple::sum(64'd0, ~{{31{a[32]}}, a}, 1'b1);
endmodule

module multiply_unsigned (input [5:0] a, input [5:0] b, output [11:0] result);
  logic [63:0] sum;
  always_comb begin
    sum = 0;
    for (int i = 0; i < 6; i = i + 1) if (b[i]) sum = ripple::sum(sum, {58'd0, a} << i, 1'b0);
  end
  assign result = sum[11:0];
endmodule

module multiply_signed (input signed [5:0] a, input signed [5:0] b, output signed [11:0] result);
  wire [63:0] x = {{58{a[5]}}, a};
  logic [63:0] sum;
  always_comb begin
    sum = 0;
    for (int i = 0; i < 5; i = i + 1) if (b[i]) sum = ripple::sum(sum, x << i, 1'b0);
    if (b[5]) sum = ripple::sum(sum, ~(x << 5), 1'b1);  // the sign's weight is -32
  end
  assign result = sum[11:0];
endmodule

// Comparisons. With the sign bit inverted, signed numbers compare as unsigned ones.

module compare_unsigned (input [32:0] a, input [32:0] b, output [5:0] result);
  assign result = ripple::compare({31'd0, a}, {31'd0, b});
endmodule

module compare_signed (input signed [32:0] a, input signed [32:0] b, output [5:0] result);
  assign result = ripple::compare({31'd0, ~a[32], a[31:0]}, {31'd0, ~b[32], b[31:0]});
endmodule

module compare_mixed (input signed [12:0] a, input [32:0] b, output [5:0] result);
  wire [33:0] wide = {{21{a[12]}}, a};
  assign result = ripple::compare({30'd0, ~wide[33], wide[32:0]}, {30'd0, 1'b1, b});
endmodule

module compare_constant (input [12:0] a, input signed [12:0] b, output [5:0] result);
  assign result[0] = ~a[12];
  assign result[1] = &a;
  assign result[2] = ~ripple::less(64'd1000, {51'd0, a});
  assign result[3] = b[12];
  assign result[4] = b != 13'h1000;
  assign result[5] = b == 13'h0fff;
endmodule

module largest (input signed [32:0] a, input signed [32:0] b, input signed [32:0] c, output signed [32:0] result);
  wire [32:0] x = a ^ (33'd1 << 32), y = b ^ (33'd1 << 32), z = c ^ (33'd1 << 32);
  wire xy = ripple::less(x, y), xz = ripple::less(x, z), yz = ripple::less(y, z);
  assign result = !xy && !xz ? a : !yz ? b : c;
endmodule

// Shifts

module shift_left (input [32:0] a, input [6:0] n, output [32:0] result);
  logic [32:0] r;
  always_comb begin
    r = 0;
    for (int k = 0; k < 33; k = k + 1) if (n == k) r = a << k;
  end
  assign result = r;
endmodule

module shift_right (input [32:0] a, input [6:0] n, output [32:0] result);
  logic [32:0] r;
  always_comb begin
    r = 0;
    for (int k = 0; k < 33; k = k + 1) if (n == k) r = a >> k;
  end
  assign result = r;
endmodule

module shift_right_signed (input signed [32:0] a, input [6:0] n, output signed [32:0] result);
  logic [32:0] r;
  always_comb begin
    r = {33{a[32]}};
    for (int k = 0; k < 33; k = k + 1) if (n == k) r = {{33{a[32]}}, a} >> k;
  end
  assign result = r;
endmodule

module shift_either (input [39:0] a, input [5:0] n, input left, output [39:0] result);
  logic [39:0] r;
  always_comb begin
    r = 0;
    for (int k = 0; k < 40; k = k + 1) if (n == k) r = left ? a << k : a >> k;
  end
  assign result = r;
endmodule

module rotate_left (input [31:0] a, input [4:0] n, output [31:0] result);
  logic [31:0] r;
  always_comb begin
    r = 0;
    for (int k = 0; k < 32; k = k + 1) if (n == k) r = {a, a} >> (32 - k);
  end
  assign result = r;
endmodule

// Bits

module popcount (input [32:0] a, output [5:0] result);
  logic [63:0] n;
  always_comb begin
    n = 0;
    for (int i = 0; i < 33; i = i + 1) n = ripple::sum(n, 64'd0, a[i]);
  end
  assign result = n[5:0];
endmodule

module reduce_bits (input [32:0] a, output [2:0] result);
  logic any, all, odd;
  always_comb begin
    any = 0;
    all = 1;
    odd = 0;
    for (int i = 0; i < 33; i = i + 1) begin
      if (a[i]) any = 1;
      if (!a[i]) all = 0;
      if (a[i]) odd = !odd;
    end
  end
  assign result = {odd, all, any};
endmodule

module reverse_bits (input [32:0] a, output [32:0] result);
  for (genvar i = 0; i < 33; i = i + 1) assign result[i] = a[32 - i];
endmodule

module write_range (input [32:0] a, input [8:0] v, output [32:0] result);
  assign result = {a[32:21], v, a[11:0]};
endmodule

module write_bit (input [32:0] a, input [5:0] i, input v, output [32:0] result);
  for (genvar k = 0; k < 33; k = k + 1) assign result[k] = i == k ? v : a[k];
endmodule

module read_byte (input [63:0] a, input [2:0] i, output [7:0] result);
  for (genvar k = 0; k < 8; k = k + 1)
    assign result[k] = i[2] ? (i[1] ? (i[0] ? a[56 + k] : a[48 + k]) : (i[0] ? a[40 + k] : a[32 + k]))
                            : (i[1] ? (i[0] ? a[24 + k] : a[16 + k]) : (i[0] ? a[8 + k] : a[k]));
endmodule

module write_byte (input [63:0] a, input [2:0] i, input [7:0] v, output [63:0] result);
  for (genvar k = 0; k < 64; k = k + 1) assign result[k] = i == k / 8 ? v[k % 8] : a[k];
endmodule

module concatenate (input signed [12:0] a, input [32:0] b, output [45:0] result);
  assign result = {a, b};
endmodule

// Widths

module extend_sign (input signed [12:0] a, output [45:0] result);
  assign result = {{33{a[12]}}, a};
endmodule

module extend_zero (input [12:0] a, output signed [32:0] result);
  assign result = {20'd0, a};
endmodule

module cut_and_extend (input [32:0] a, output signed [39:0] result);
  assign result = {{27{a[12]}}, a[12:0]};
endmodule

module saturate_unsigned (input [12:0] a, input [12:0] b, output [12:0] result);
  wire [63:0] sum = ripple::sum({51'd0, a}, {51'd0, b}, 1'b0);
  assign result = sum[12:0] | {13{sum[13]}};
endmodule

module saturate_signed (input signed [32:0] a, output signed [12:0] result);
  // It fits when the bits from 12 up are all the sign.
  wire fits = a[32:12] == {21{a[32]}};
  assign result = fits ? a[12:0] : {a[32], {12{~a[32]}}};
endmodule

// Choices

module first_one (input [32:0] a, output [5:0] result);
  logic [5:0] r;
  logic found;
  always_comb begin
    r = 33;
    found = 0;
    for (int i = 0; i < 33; i = i + 1)
      if (!found && a[i]) begin
        found = 1;
        r = i;
      end
  end
  assign result = r;
endmodule

module choose (input [3:0] when, input [12:0] a, input [12:0] b, input [12:0] c, input [12:0] d, output [12:0] result);
  logic [12:0] r;
  always_comb
    casez (when)
      4'b1???: r = a;
      4'b01?1: r = b;
      4'b01?0: r = c;
      4'b0010: r = d;
      default: r = ~|(a ^ b) ? c ^ d : 0;
    endcase
  assign result = r;
endmodule

module switch_on (input [3:0] op, input [12:0] a, input [12:0] b, output [12:0] result);
  wire [63:0] sum = ripple::sum({51'd0, a}, {51'd0, b}, 1'b0);
  wire [63:0] difference = ripple::sum({51'd0, a}, ~{51'd0, b}, 1'b1);
  assign result = op == 0 ? sum[12:0] : op == 1 ? difference[12:0] : op == 2 || op == 5 ? a & b : op == 3 ? a | b
                : op == 6 ? ~a : op == 9 ? {a[9:0], 3'd0} : op == 12 ? b : op == 15 ? 13'h155 : a;
endmodule

module squares (input [3:0] i, output [7:0] result);
  logic [63:0] sum;
  always_comb begin
    sum = 0;
    for (int k = 0; k < 4; k = k + 1) if (i[k]) sum = ripple::sum(sum, {60'd0, i} << k, 1'b0);
  end
  assign result = sum[7:0];
endmodule
