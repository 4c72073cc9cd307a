// SPDX-License-Identifier: Apache-2.0
//
// AES-256's encryption by the definitions of FIPS 197. Byte i of the standard's input is bits 8i+7..8i, and
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

// 5.2, figure 11, for Nk = 8: w[i] = w[i-8] ^ temp, where temp is w[i-1], through SubWord when i is a multiple of 4, and
// through RotWord before it and Rcon after it when i is a multiple of 8.
module sub_word (input [31:0] w, output [31:0] result);
  localparam [2047:0] SUB = gf256::sub_table(1'b0);
  for (genvar i = 0; i < 4; i = i + 1) assign result[8*i +: 8] = SUB[{w[8*i +: 8], 3'd0} +: 8];
endmodule

module even_key (input [127:0] older, input [127:0] newer, input [7:0] rcon, output [127:0] result);
  wire [31:0] temp;
  sub_word u (.w({newer[103:96], newer[127:104]}), .result(temp));  // RotWord: a1 a2 a3 a0
  assign result[31:0] = older[31:0] ^ temp ^ {24'd0, rcon};
  for (genvar i = 1; i < 4; i = i + 1) assign result[32*i +: 32] = older[32*i +: 32] ^ result[32*(i-1) +: 32];
endmodule

module odd_key (input [127:0] older, input [127:0] newer, output [127:0] result);
  wire [31:0] temp;
  sub_word u (.w(newer[127:96]), .result(temp));
  assign result[31:0] = older[31:0] ^ temp;
  for (genvar i = 1; i < 4; i = i + 1) assign result[32*i +: 32] = older[32*i +: 32] ^ result[32*(i-1) +: 32];
endmodule
