// SPDX-License-Identifier: Apache-2.0
//
// Stand-in of a path, so that the real shells and VerilatedCard can be tested without the kernels: the shell tests'
// loopback_path, which returns each packet inverted.
module xesp_in_path #(
    parameter int unsigned LANES = 1  // no more here
) (
    input  logic         ap_clk,
    input  logic         ap_rst_n,
    input  logic [511:0] desc_TDATA,
    input  logic         desc_TVALID,
    output logic         desc_TREADY,
    input  logic [519:0] pkt_TDATA,
    input  logic         pkt_TVALID,
    output logic         pkt_TREADY,
    input  logic [0:0]   order_TDATA,
    input  logic         order_TVALID,
    output logic         order_TREADY,
    output logic [519:0] out_TDATA,
    output logic         out_TVALID,
    input  logic         out_TREADY,
    output logic [511:0] cpl_TDATA,
    output logic         cpl_TVALID,
    input  logic         cpl_TREADY
);
  initial if (LANES != 1) $fatal(1, "%m: one lane only");

  loopback_path loopback (.stall(1'b0), .*);
endmodule
