// SPDX-License-Identifier: Apache-2.0
//
// Beats that a descriptor takes of its lane, by the length of its input: wires only. A short end stands in the descriptor
// or the completion and is no beat.
module xesp_lane_cost
  import xesp_abi_pkg::*;
#(
    parameter int unsigned EXTRA = 0  // bytes that a packet may grow by on its way through a lane
) (
    input  logic [DESC_IN_LEN_W-1:0] in_len,
    output logic [8:0]               cost
);
  always_comb begin
    cost = 9'((in_len + 32'(EXTRA) + 32'd63 - 32'(TAIL_BYTES)) >> 6);
    if (cost == 0 || in_len == 0 || in_len > 32'(MAX_PACKET_BYTES)) cost = 9'd1;
  end
endmodule
