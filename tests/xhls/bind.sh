#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# bind.sh DIR PORTS_H...: from what xhls says of each kernel's streams, DIR/all_kernels.sv with all of them side by
# side, so that one Verilated model serves every test, and DIR/all_kernels.inc with a test of each (see pair.h).
set -euo pipefail
dir=$1
shift
awk -v sv="$dir/all_kernels.sv" -v inc="$dir/all_kernels.inc" '
  /^\/\/ Made by xhls/ {
    kernel = $8
    sub(/:$/, "", kernel)
    order[++kernels] = kernel
  }
  /^ *(IN|OUT)\(/ {
    split($0, f, /[(), ]+/)
    name = f[3]; width = f[4]; input = f[2] == "IN"
    from = input ? "input" : "output"; to = input ? "output" : "input"
    port = kernel "_" name
    ports = ports sprintf(",\n    %s logic [%d:0] %s_TDATA", from, width - 1, port)
    ports = ports sprintf(", %s logic %s_TVALID, %s logic %s_TREADY", from, port, to, port)
    for (i = 1; i <= split("TDATA TVALID TREADY", s, " "); ++i)
      bound[kernel] = bound[kernel] sprintf(",\n    .%s_%s(%s_%s)", name, s[i], port, s[i])
    arguments[kernel] = arguments[kernel] (arguments[kernel] ? ", " : "") "hls::stream<ap_uint<" width ">>& " name
  }
  END {
    print "// Made by bind.sh.\nmodule all_kernels (\n    input logic ap_clk,\n    input logic ap_rst_n" ports "\n);" > sv
    for (k = 1; k <= kernels; ++k) {
      n = order[k]
      print "  " n " u_" n " (.ap_clk, .ap_rst_n" bound[n] ");" > sv
      print "#include \"" n "_ports.h\"\nvoid " n "(" arguments[n] ");" > inc
      print "#define " n "_IN(name, width) XHLS_RTL_IN(" n ", name, width)" > inc
      print "#define " n "_OUT(name, width) XHLS_RTL_OUT(" n ", name, width)" > inc
      print "XHLS_KERNEL_TEST(Vall_kernels, " n ", " toupper(n) "_PORTS)" > inc
    }
    print "endmodule" > sv
  }' "$@"
