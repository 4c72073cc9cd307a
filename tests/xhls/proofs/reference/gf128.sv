// SPDX-License-Identifier: Apache-2.0
//
// Products of polynomials over GF(2) by their coefficients, and the field of SP 800-38D 6.3 by its algorithm: a block's
// bit 127 is its first bit, the coefficient of x^0.

module product_8 (input [7:0] a, input [7:0] b, output [15:0] result);
  logic [15:0] r;
  always_comb begin
    r = 0;
    for (int i = 0; i < 8; i = i + 1)
      for (int j = 0; j < 8; j = j + 1)
        r[i + j] = r[i + j] ^ (a[i] & b[j]);
  end
  assign result = r;
endmodule

module product_16 (input [15:0] a, input [15:0] b, output [31:0] result);
  logic [31:0] r;
  always_comb begin
    r = 0;
    for (int i = 0; i < 16; i = i + 1)
      for (int j = 0; j < 16; j = j + 1)
        r[i + j] = r[i + j] ^ (a[i] & b[j]);
  end
  assign result = r;
endmodule

// Horner's rule from the highest power down, each step one multiplication by x as in SP 800-38D algorithm 1: a shift right,
// and R = 11100001 || 0^120 when the last bit was 1. Bit 254 of p is x^0, bit 0 is x^254.
module reduce (input [255:0] p, output [127:0] result);
  logic [127:0] r;
  always_comb begin
    r = 0;
    for (int i = 0; i <= 254; i = i + 1)
      r = {1'b0, r[127:1]} ^ (r[0] ? {8'b11100001, 120'd0} : 128'd0) ^ {p[i], 127'd0};
  end
  assign result = r;
endmodule

module from_block (input [127:0] b, output [127:0] result);
  for (genvar i = 0; i < 16; i = i + 1) assign result[8*(15-i) +: 8] = b[8*i +: 8];
endmodule

// SP 800-38D algorithm 1 for a factor whose bits 4..127 are 0
module multiply_by_4 (input [127:0] a, input [3:0] b, output [127:0] result);
  logic [127:0] z;
  logic [127:0] v;
  always_comb begin
    z = 0;
    v = a;
    for (int i = 0; i < 4; i = i + 1) begin
      if (b[3 - i]) z = z ^ v;
      v = v[0] ? (v >> 1) ^ {8'b11100001, 120'd0} : v >> 1;
    end
  end
  assign result = z;
endmodule

// GHASH's length block [bits of AAD]64 || [bits of ciphertext]64 times h, not yet reduced. Here both are given as
// hls/kernels/gcm_ghash.cpp has them.
module multiply_lengths (input [13:0] aad_bytes, input [13:0] ct_bytes, input [127:0] h, output [255:0] result);
  wire [127:0] block = {47'd0, aad_bytes, 50'd0, ct_bytes, 3'd0};
  logic [255:0] r;
  always_comb begin
    r = 0;
    for (int i = 0; i < 81; i = i + 1) r = r ^ (block[i] ? {128'd0, h} << i : 256'd0);
  end
  assign result = r;
endmodule
