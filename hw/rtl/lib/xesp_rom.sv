// SPDX-License-Identifier: Apache-2.0
//
// Constant table in block RAM: two ports, each reading one word a clock. Without reset, as block RAM is.
module xesp_rom #(
    parameter int WIDTH = 8,
    parameter int DEPTH = 256,
    parameter logic [DEPTH*WIDTH-1:0] INIT = '0   // word i in bits i*WIDTH + WIDTH-1 : i*WIDTH
) (
    input  logic                     clk,
    input  logic                     en,

    input  logic [$clog2(DEPTH)-1:0] address0,
    output logic [WIDTH-1:0]         data0,
    input  logic [$clog2(DEPTH)-1:0] address1,
    output logic [WIDTH-1:0]         data1
);
  (* rom_style = "block" *)
  logic [WIDTH-1:0] words [DEPTH];
  initial for (int i = 0; i < DEPTH; i = i + 1) words[i] = INIT[i*WIDTH +: WIDTH];

  always_ff @(posedge clk)
    if (en) begin
      data0 <= words[address0];
      data1 <= words[address1];
    end
endmodule
