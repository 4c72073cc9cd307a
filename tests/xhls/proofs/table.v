// SPDX-License-Identifier: Apache-2.0
//
// What tables.v makes of a constant table: a tree of choices. Word 0 first, from bit 0 up.
module xesp_table #(
    parameter ADDRESS = 1,
    parameter WIDTH = 1,
    parameter [(WIDTH << ADDRESS)-1:0] WORDS = 0
) (
    input [ADDRESS-1:0] address,
    output [WIDTH-1:0] word
);
  \$bmux #(.WIDTH(WIDTH), .S_WIDTH(ADDRESS)) u (.A(WORDS), .S(address), .Y(word));
endmodule
