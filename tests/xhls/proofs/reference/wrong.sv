// SPDX-License-Identifier: Apache-2.0
//
// References with one mistake each, which must be refuted: a proof that accepts these proves nothing.

// Takes b as unsigned
module add_signed (input signed [32:0] a, input signed [12:0] b, output signed [33:0] result);
  assign result = {a[32], a} + {21'd0, b};
endmodule

// Differs where a < b and the difference wraps
module compare_unsigned (input [32:0] a, input [32:0] b, output [5:0] result);
  wire [32:0] difference = a - b;
  assign result = {~difference[32], a > b, a <= b, difference[32], a != b, a == b};
endmodule

// Fills with zeros
module shift_right_signed (input signed [32:0] a, input [6:0] n, output signed [32:0] result);
  wire [32:0] bits = a;
  assign result = bits >> n;
endmodule

// Takes the last one for the first
module first_one (input [32:0] a, output [5:0] result);
  logic [5:0] r;
  always_comb begin
    r = 33;
    for (int i = 0; i < 33; i = i + 1) if (a[i]) r = i;
  end
  assign result = r;
endmodule

// Forgets that 0 has no inverse: wrong for that input alone
module sub_byte (input [7:0] x, output [7:0] result);
  wire [7:0] right;
  right_sub_byte u (.x(x), .result(right));
  assign result = right ^ (x == 0 ? 8'h01 : 8'h00);
endmodule

module right_sub_byte (input [7:0] x, output [7:0] result);
  function automatic logic [7:0] mul(input logic [7:0] a, input logic [7:0] b);
    mul = 0;
    for (int i = 7; i >= 0; i = i - 1) mul = {mul[6:0], 1'b0} ^ (mul[7] ? 8'h1b : 8'h00) ^ (b[i] ? a : 8'h00);
  endfunction
  logic [7:0] power, inverse;
  always_comb begin
    inverse = 1;
    power = x;
    for (int i = 1; i < 8; i = i + 1) begin
      power = mul(power, power);
      inverse = mul(inverse, power);
    end
  end
  assign result = inverse ^ {inverse[6:0], inverse[7]} ^ {inverse[5:0], inverse[7:6]} ^ {inverse[4:0], inverse[7:5]}
                ^ {inverse[3:0], inverse[7:4]} ^ 8'h63;
endmodule

// Without the fold of the fold: right for most of what it may get
module reduce (input [255:0] p, output [127:0] result);
  wire [133:0] high = {p[126:0], 7'd0};
  wire [133:0] fold = high ^ (high >> 1) ^ (high >> 2) ^ (high >> 7);
  assign result = p[254:127] ^ fold[133:6];
endmodule

// One product missing
module product_8 (input [7:0] a, input [7:0] b, output [15:0] result);
  logic [15:0] r;
  always_comb begin
    r = 0;
    for (int i = 0; i < 8; i = i + 1)
      for (int j = 0; j < 8; j = j + 1)
        if (i != 5 || j != 6) r[i + j] = r[i + j] ^ (a[i] & b[j]);
  end
  assign result = r;
endmodule

// Keeps 63 bytes of 64
module keep_bytes (input [511:0] v, input [6:0] n, output [511:0] result);
  for (genvar k = 0; k < 64; k = k + 1) assign result[8*k +: 8] = k < n && k != 63 ? v[8*k +: 8] : 8'd0;
endmodule

// Folds the carries once
module rebuild_ipv4 (input [159:0] head, input [15:0] total, input [7:0] protocol, output [159:0] result);
  logic [159:0] h;
  logic [31:0] sum;
  always_comb begin
    h = head;
    h[31:16] = {total[7:0], total[15:8]};
    h[79:72] = protocol;
    h[95:80] = 0;
    sum = 0;
    for (int i = 0; i < 10; i = i + 1) sum = sum + {16'd0, h[16*i +: 16]};
    h[95:80] = ~(sum[31:16] + sum[15:0]);
  end
  assign result = h;
endmodule
