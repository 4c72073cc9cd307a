// SPDX-License-Identifier: Apache-2.0
//
// Bytes, and the IPv4 header by RFC 791 and RFC 1071. Byte i of a beat is bits 8i+7..8i; a header's numbers are big-endian.

module swap_bytes_16 (input [15:0] v, output [15:0] result);
  assign result = {v[7:0], v[15:8]};
endmodule

module swap_bytes_64 (input [63:0] v, output [63:0] result);
  assign result = {v[7:0], v[15:8], v[23:16], v[31:24], v[39:32], v[47:40], v[55:48], v[63:56]};
endmodule

module be_at_5 (input [511:0] v, output [31:0] result);
  assign result = {v[47:40], v[55:48], v[63:56], v[71:64]};
endmodule

module keep_bytes (input [511:0] v, input [6:0] n, output [511:0] result);
  for (genvar k = 0; k < 64; k = k + 1) assign result[8*k +: 8] = k < n ? v[8*k +: 8] : 8'd0;
endmodule

// The reasons are those of hls/abi/xesp_abi.h.
module check_ipv4 (input [511:0] beat, input [13:0] len, output [7:0] result);
  wire [3:0] version = beat[7:4];
  wire [3:0] ihl = beat[3:0];
  wire [15:0] total_length = {beat[23:16], beat[31:24]};
  wire more_fragments = beat[53];  // byte 6: 0, DF, MF, then the offset's upper five bits
  wire [12:0] fragment_offset = {beat[52:48], beat[63:56]};
  assign result = !(|len[13:5] || (len[4] && |len[3:2])) ? 8'd2                   // below 20 bytes
                : version != 4 || ihl == 0 || ihl == 1 || ihl == 2 || ihl == 3 || ihl == 4 ? 8'd3
                : ihl != 5 ? 8'd4
                : more_fragments || fragment_offset != 0 ? 8'd5
                : total_length != {2'd0, len} ? 8'd6
                : 8'd0;
endmodule

// RFC 1071: the ones' complement of the ones' complement sum of the words. By its section 2 the words may be taken in
// either byte order, and carries may be deferred and folded in later.
module rebuild_ipv4 (input [159:0] head, input [15:0] total, input [7:0] protocol, output [159:0] result);
  logic [159:0] h;
  logic [31:0] sum;
  always_comb begin
    h = head;
    h[23:16] = total[15:8];
    h[31:24] = total[7:0];
    h[79:72] = protocol;
    h[95:80] = 0;
    sum = 0;
    for (int i = 0; i < 10; i = i + 1) sum = sum + {16'd0, h[16*i +: 16]};
    sum = sum[31:16] + sum[15:0];
    sum = sum[31:16] + sum[15:0];
    h[95:80] = ~sum[15:0];
  end
  assign result = h;
endmodule

// The same in network order, each carry brought round at once, for a header of which three words vary.
module rebuild_few (input [15:0] total, input [7:0] ttl, input [7:0] protocol, input [15:0] id, output [159:0] result);
  function automatic logic [15:0] add(input logic [15:0] x, input logic [15:0] y);
    logic [16:0] sum;
    sum = {1'b0, x} + {1'b0, y};
    add = sum[15:0] + {15'd0, sum[16]};
  endfunction
  wire [15:0] others = add(add(16'h4500, 16'h4000), add(add(16'hc000, 16'h0201), add(16'hc633, 16'h6407)));
  wire [15:0] sum = add(add(add(total, id), {ttl, protocol}), others);
  // Bytes 192.0.2.1 and 198.51.100.7 last
  assign result = {8'd7, 8'd100, 8'd51, 8'd198, 8'd1, 8'd2, 8'd0, 8'd192, ~sum[7:0], ~sum[15:8], protocol, ttl, 8'd0, 8'h40,
                   id[7:0], id[15:8], total[7:0], total[15:8], 8'd0, 8'h45};
endmodule
