// SPDX-License-Identifier: Apache-2.0
`ifndef XHLS_SVH
`define XHLS_SVH

// Data registers of a pipeline stage need no enable: what an empty stage holds is never looked at. Simulation uses the
// stage's valid bit as one all the same, so that empty stages cost no time.
`ifdef VERILATOR
`define XHLS_GATE(valid) valid
`else
`define XHLS_GATE(valid) 1'b1
`endif

`endif
