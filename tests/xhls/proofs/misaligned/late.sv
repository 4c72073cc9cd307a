// SPDX-License-Identifier: Apache-2.0
//
// Not by xhls. A sum that takes a clock more than the module says: to be refused.
// Function of 1 stages, one iteration a clock.
module late (
    input logic ap_clk,
    input logic in_valid,
    input logic [12:0] a,
    input logic [12:0] b,
    output logic [13:0] result
);
  logic [13:0] sum_s1;
  always_ff @(posedge ap_clk) begin
    sum_s1 <= {1'b0, a} + {1'b0, b};
    result <= sum_s1;
  end
endmodule
