// SPDX-License-Identifier: Apache-2.0
//
// All little kernels side by side, so that one Verilated library serves every test.
`define IN(K, S, W) input logic [W-1:0] K``_``S``_TDATA, input logic K``_``S``_TVALID, output logic K``_``S``_TREADY
`define OUT(K, S, W) output logic [W-1:0] K``_``S``_TDATA, output logic K``_``S``_TVALID, input logic K``_``S``_TREADY
`define BIND(K, S) .S``_TDATA(K``_``S``_TDATA), .S``_TVALID(K``_``S``_TVALID), .S``_TREADY(K``_``S``_TREADY)

module all_kernels (
    input logic ap_clk,
    input logic ap_rst_n,
    `IN(arithmetic, a, 64), `IN(arithmetic, b, 64), `OUT(arithmetic, out, 512),
    `IN(shifts, in, 512), `IN(shifts, amount, 16), `OUT(shifts, out, 1536),
    `IN(record, in, 64), `OUT(record, out, 128),
    `IN(sometimes, in, 72), `IN(sometimes, meta, 32), `OUT(sometimes, even, 64), `OUT(sometimes, all, 72),
    `IN(flush, in, 72), `OUT(flush, out, 72),
    `IN(tables, in, 32), `OUT(tables, out, 320),
    `IN(counters, in, 64), `OUT(counters, out, 128),
    `IN(memory, in, 128), `OUT(memory, out, 256),
    `IN(modules, in, 128), `OUT(modules, out, 128),
    `IN(bitwork, in, 128), `OUT(bitwork, out, 320),
    `IN(clmul, in, 64), `OUT(clmul, out, 64),
    `IN(compares, a, 64), `IN(compares, b, 64), `OUT(compares, out, 256),
    `IN(delay_line, in, 32), `OUT(delay_line, out, 64)
);
  arithmetic u_arithmetic (.ap_clk, .ap_rst_n, `BIND(arithmetic, a), `BIND(arithmetic, b), `BIND(arithmetic, out));
  shifts u_shifts (.ap_clk, .ap_rst_n, `BIND(shifts, in), `BIND(shifts, amount), `BIND(shifts, out));
  record u_record (.ap_clk, .ap_rst_n, `BIND(record, in), `BIND(record, out));
  sometimes u_sometimes (.ap_clk, .ap_rst_n, `BIND(sometimes, in), `BIND(sometimes, meta), `BIND(sometimes, even),
                         `BIND(sometimes, all));
  flush u_flush (.ap_clk, .ap_rst_n, `BIND(flush, in), `BIND(flush, out));
  tables u_tables (.ap_clk, .ap_rst_n, `BIND(tables, in), `BIND(tables, out));
  counters u_counters (.ap_clk, .ap_rst_n, `BIND(counters, in), `BIND(counters, out));
  memory u_memory (.ap_clk, .ap_rst_n, `BIND(memory, in), `BIND(memory, out));
  modules u_modules (.ap_clk, .ap_rst_n, `BIND(modules, in), `BIND(modules, out));
  bitwork u_bitwork (.ap_clk, .ap_rst_n, `BIND(bitwork, in), `BIND(bitwork, out));
  clmul u_clmul (.ap_clk, .ap_rst_n, `BIND(clmul, in), `BIND(clmul, out));
  compares u_compares (.ap_clk, .ap_rst_n, `BIND(compares, a), `BIND(compares, b), `BIND(compares, out));
  delay_line u_delay_line (.ap_clk, .ap_rst_n, `BIND(delay_line, in), `BIND(delay_line, out));
endmodule
