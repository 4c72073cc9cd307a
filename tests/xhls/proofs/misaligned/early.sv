// SPDX-License-Identifier: Apache-2.0
//
// Not by xhls. With the flip-flops as wires this is a sum, but b arrives one clock before a: to be refused.
// Function of 2 stages, one iteration a clock.
module early (
    input logic ap_clk,
    input logic in_valid,
    input logic [12:0] a,
    input logic [12:0] b,
    output logic [13:0] result
);
  logic [12:0] a_s1;
  always_ff @(posedge ap_clk) begin
    a_s1 <= a;
    result <= {1'b0, a_s1} + {1'b0, b};
  end
endmodule
