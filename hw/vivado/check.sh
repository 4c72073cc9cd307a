#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What can be checked without the vendor's tools: each card's link configuration names kernels and arguments that there
# are, every one of them once, and xclbin.sh calls the tools as documented.
#   check.sh GENERATED    <build>/generated/hw
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
generated=$1
fail() { echo "vivado: $*" >&2; exit 1; }

configs=("$here"/link/*.cfg)
((${#configs[@]} >= 3)) || fail "fewer link configurations than cards"
for config in "${configs[@]}"; do
  expected=0
  for kernel in xesp_out xesp_in; do
    grep -qx "nk=$kernel:1:${kernel}_1" "$config" || fail "$config: no unit ${kernel}_1"
    for argument in $(grep -o '<arg name="[a-z]*" addressQualifier="1"' "$generated/$kernel.kernel.xml" | cut -d'"' -f2); do
      [[ $(grep -c "^sp=${kernel}_1\.$argument:" "$config") == 1 ]] || fail "$config: argument $argument of $kernel"
      expected=$((expected + 1))
    done
    grep -q "^slr=${kernel}_1:SLR[0-3]$" "$config" || fail "$config: no SLR of $kernel"
  done
  [[ $(grep -c '^sp=' "$config") == "$expected" ]] || fail "$config: memory for an argument that is none"
  grep -q '^platform=xilinx_' "$config" || fail "$config: no platform"
done

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/bin" "$tmp/none" "$tmp/build/generated/hw" "$tmp/build/hls/kernels/rtl/kernel_out_sa"
status=0
BUILD=$tmp/build "$here/xclbin.sh" nocard 2>/dev/null || status=$?
[[ $status == 64 ]] || fail "xclbin.sh of an unknown card: status $status"
status=0
BUILD=$tmp/build "$here/xclbin.sh" u250 2>/dev/null || status=$?
[[ $status == 66 ]] || fail "xclbin.sh without RTL: status $status"
cp "$generated"/*.kernel.xml "$tmp/build/generated/hw"
for tool in bash sed realpath dirname mkdir tail env; do ln -s "$(command -v $tool)" "$tmp/none/$tool"; done
status=0
PATH=$tmp/none BUILD=$tmp/build "$here/xclbin.sh" u250 2>/dev/null || status=$?
[[ $status == 69 ]] || fail "xclbin.sh without the tools: status $status"
for tool in vivado v++; do
  printf '#!/bin/sh\necho %s "$@" >>"%s"\n' "$tool" "$tmp/calls" >"$tmp/bin/$tool"
  chmod +x "$tmp/bin/$tool"
done
PATH=$tmp/bin:$PATH BUILD=$tmp/build "$here/xclbin.sh" u250 >"$tmp/out"
work=$tmp/build/xclbin/u250
arguments="$tmp/build/generated/hw $tmp/build/hls/kernels/rtl $work"
diff "$tmp/calls" - <<END || fail "xclbin.sh calls the tools otherwise"
vivado -mode batch -nojournal -source $here/package_xo.tcl -tclargs xesp_out $arguments
vivado -mode batch -nojournal -source $here/package_xo.tcl -tclargs xesp_in $arguments
v++ -l -t hw --config $here/link/u250.cfg --temp_dir $work/link -o $work/xesp.xclbin $work/xesp_out.xo $work/xesp_in.xo
END
grep -q "$work/xesp.xclbin" "$tmp/out" || fail "xclbin.sh does not say where the xclbin is"
echo "vivado: ${#configs[@]} link configurations"
