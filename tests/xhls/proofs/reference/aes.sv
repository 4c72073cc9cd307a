// SPDX-License-Identifier: Apache-2.0
//
// AES encryption by the definitions of FIPS 197. Byte i of the standard's input is bits 8i+7..8i, and
// byte (row r, column c) of the state is number 4c + r.

package gf256;
  // 4.2: product modulo x^8 + x^4 + x^3 + x + 1
  function automatic logic [7:0] mul(input logic [7:0] a, input logic [7:0] b);
    mul = 0;
    for (int i = 7; i >= 0; i = i - 1) mul = {mul[6:0], 1'b0} ^ (mul[7] ? 8'h1b : 8'h00) ^ (b[i] ? a : 8'h00);
  endfunction

  // x^254, which is the inverse, and 0 of 0: 254 = 2 + 4 + 8 + ... + 128
  function automatic logic [7:0] inverse(input logic [7:0] x);
    logic [7:0] power;
    inverse = 1;
    power = x;
    for (int i = 1; i < 8; i = i + 1) begin
      power = mul(power, power);
      inverse = mul(inverse, power);
    end
  endfunction

  // 5.1.1, equation 5.1
  function automatic logic [7:0] sub(input logic [7:0] x);
    logic [7:0] b;
    logic [7:0] c;
    b = inverse(x);
    c = 8'h63;
    for (int i = 0; i < 8; i = i + 1)
      sub[i] = b[i] ^ b[(i + 4) % 8] ^ b[(i + 5) % 8] ^ b[(i + 6) % 8] ^ b[(i + 7) % 8] ^ c[i];
  endfunction

  // The same for all bytes, worked out while yosys reads this: what the modules with many S-boxes have. sub_byte below
  // proves the function itself.
  function automatic logic [2047:0] sub_table(input logic dummy);
    for (int x = 0; x < 256; x = x + 1) sub_table[8*x +: 8] = sub(x);
  endfunction

  // 5.1.3, equation 5.6: the column times the matrix of 2, 3, 1, 1
  function automatic logic [31:0] mix(input logic [31:0] s);
    for (int r = 0; r < 4; r = r + 1)
      mix[8*r +: 8] = mul(8'd2, s[8*r +: 8]) ^ mul(8'd3, s[8*((r+1)%4) +: 8]) ^ s[8*((r+2)%4) +: 8] ^ s[8*((r+3)%4) +: 8];
  endfunction
endpackage

module sub_byte (input [7:0] x, output [7:0] result);
  assign result = gf256::sub(x);
endmodule

module times_x (input [7:0] x, output [7:0] result);
  assign result = gf256::mul(x, 8'd2);
endmodule

module mix_column (input [31:0] x, output [31:0] result);
  assign result = gf256::mix(x);
endmodule

// 5.1.1 and 5.1.2: row r moves left by r columns
module sub_shift (input [127:0] s, output [127:0] result);
  localparam [2047:0] SUB = gf256::sub_table(1'b0);
  for (genvar c = 0; c < 4; c = c + 1)
    for (genvar r = 0; r < 4; r = r + 1)
      assign result[8*(4*c + r) +: 8] = SUB[{s[8*(4*((c+r)%4) + r) +: 8], 3'd0} +: 8];
endmodule

module round (input [127:0] s, input [127:0] k, output [127:0] result);
  wire [127:0] t;
  sub_shift u (.s(s), .result(t));
  for (genvar c = 0; c < 4; c = c + 1) assign result[32*c +: 32] = gf256::mix(t[32*c +: 32]) ^ k[32*c +: 32];
endmodule

module last_round (input [127:0] s, input [127:0] k, output [127:0] result);
  wire [127:0] t;
  sub_shift u (.s(s), .result(t));
  assign result = t ^ k;
endmodule

// 5.2, figure 11.
module sub_word (input [31:0] w, output [31:0] result);
  localparam [2047:0] SUB = gf256::sub_table(1'b0);
  for (genvar i = 0; i < 4; i = i + 1) assign result[8*i +: 8] = SUB[{w[8*i +: 8], 3'd0} +: 8];
endmodule

// Four words from the eight before them: w[i] = w[i-Nk] ^ temp, where temp is w[i-1], or SubWord(RotWord(w[i-1])) ^ Rcon
// when i is a multiple of Nk. WORD is where that falls for Nk = 6. For Nk = 8 it is every second key, TURNS; the others
// have SubWord alone, and their rcon is 0.
module expand #(parameter TURNS = 0, WORD = 4)
    (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192, output [127:0] result);
  wire [255:0] w = {newer, older};
  function automatic [31:0] rot_word(input [31:0] x);
    rot_word = {x[7:0], x[31:8]};  // a1 a2 a3 a0, a0 in the low byte
  endfunction
  wire [31:0] rotated, straight, third;
  wire [31:0] w0, w1, w2, w3;
  sub_word u0 (.w(rot_word(w[255:224])), .result(rotated));
  sub_word u1 (.w(w[255:224]), .result(straight));
  sub_word u2 (.w(rot_word(w1)), .result(third));
  wire [31:0] c = {24'd0, rcon};
  assign w0 = k192 ? w[95:64] ^ (WORD == 0 ? rotated ^ c : w[255:224])
            : k128 ? w[159:128] ^ rotated ^ c : w[31:0] ^ (TURNS ? rotated : straight) ^ c;
  assign w1 = (k192 ? w[127:96] : k128 ? w[191:160] : w[63:32]) ^ w0;
  assign w2 = k192 ? w[159:128] ^ (WORD == 2 ? third ^ c : w1) : (k128 ? w[223:192] : w[95:64]) ^ w1;
  assign w3 = (k192 ? w[191:160] : k128 ? w[255:224] : w[127:96]) ^ w2;
  assign result = {w3, w2, w1, w0};
endmodule

module turned_word0 (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192,
    output [127:0] result);
  expand #(.TURNS(1), .WORD(0)) u (.older, .newer, .rcon, .k128, .k192, .result);
endmodule
module turned_word2 (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192,
    output [127:0] result);
  expand #(.TURNS(1), .WORD(2)) u (.older, .newer, .rcon, .k128, .k192, .result);
endmodule
module turned_none (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192,
    output [127:0] result);
  expand #(.TURNS(1), .WORD(4)) u (.older, .newer, .rcon, .k128, .k192, .result);
endmodule
module straight_word0 (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192,
    output [127:0] result);
  expand #(.TURNS(0), .WORD(0)) u (.older, .newer, .rcon, .k128, .k192, .result);
endmodule
module straight_word2 (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192,
    output [127:0] result);
  expand #(.TURNS(0), .WORD(2)) u (.older, .newer, .rcon, .k128, .k192, .result);
endmodule
module straight_none (input [127:0] older, input [127:0] newer, input [7:0] rcon, input k128, input k192,
    output [127:0] result);
  expand #(.TURNS(0), .WORD(4)) u (.older, .newer, .rcon, .k128, .k192, .result);
endmodule

module first_keys (input [127:0] older, input [127:0] newer, input [7:0] rcon, input short_key, input k192,
    output [127:0] result);
  wire [127:0] next;
  expand #(.TURNS(1), .WORD(4)) u (.older, .newer, .rcon, .k128(1'b0), .k192, .result(next));
  assign result = short_key ? older : next;
endmodule
