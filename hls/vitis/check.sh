#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What can be checked without the vendor's tools: each kernel has a configuration, it names what exists, and run.sh gives
# it to v++ as documented.
#   check.sh DIR KERNEL...     DIR: <build>/hls/vitis
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$1
shift
fail() { echo "vitis: $*" >&2; exit 1; }

# Every kernel source, and nothing else
sources=("$here"/../kernels/*.cpp)
sources=("${sources[@]##*/}")
diff <(printf '%s\n' "${sources[@]%.cpp}" | sort) <(printf '%s\n' "$@" | sort) ||
  fail "the lists of kernels are not what hls/kernels has"
for kernel in "$@"; do
  config=$dir/$kernel.cfg
  [[ -s $config ]] || fail "no $config"
  ! grep -n '@' "$config" || fail "$config: not filled in"
  value() { sed -n "s/^$1=//p" "$config"; }
  for key in part flow_target clock clock_uncertainty syn.top syn.file syn.cflags package.output.format; do
    [[ -n $(value "$key") ]] || fail "$config: no $key"
  done
  [[ $(grep -nx '\[hls\]' "$config" | cut -d: -f1) -gt $(grep -n '^part=' "$config" | cut -d: -f1) ]] ||
    fail "$config: part belongs before [hls]"
  source=$(value syn.file)
  [[ -f $source ]] || fail "$config: no $source"
  grep -q "^void $(value syn.top)(" "$source" || fail "$source: no function $(value syn.top)"
  grep -q '^#pragma HLS INTERFACE ap_ctrl_none port=return' "$source" || fail "$source: not free-running"
  for flag in $(value syn.cflags); do
    case $flag in
      -I*/hls/include) fail "$config: the stand-ins of the vendor's headers are on the include path" ;;
      -I*) [[ -d ${flag#-I} ]] || fail "$config: no ${flag#-I}" ;;
    esac
  done
done

# run.sh without the tools, and with stand-ins that write down their arguments
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/none" "$tmp/bin" "$tmp/build/hls/vitis"
cp "$dir"/*.cfg "$tmp/build/hls/vitis"
for tool in bash sed realpath dirname mkdir tail env; do ln -s "$(command -v $tool)" "$tmp/none/$tool"; done
status=0
PATH=$tmp/none BUILD=$tmp/build "$here/run.sh" 2>"$tmp/err" || status=$?
if [[ $status != 69 ]] || ! grep -q 'v++ is not in PATH' "$tmp/err"; then fail "run.sh without v++: status $status"; fi
status=0
BUILD=$tmp/build "$here/run.sh" no_such_kernel 2>/dev/null || status=$?
[[ $status == 64 ]] || fail "run.sh of an unknown kernel: status $status"
for tool in v++ vitis-run; do
  printf '#!/bin/sh\necho %s "$@" >>"%s"\n' "$tool" "$tmp/calls" >"$tmp/bin/$tool"
  chmod +x "$tmp/bin/$tool"
done
PATH=$tmp/bin:$PATH BUILD=$tmp/build "$here/run.sh" "$1" >"$tmp/out"
vitis=$tmp/build/hls/vitis
diff "$tmp/calls" - <<END || fail "run.sh calls the tools otherwise"
v++ -c --mode hls --config $vitis/$1.cfg --work_dir $vitis/work/$1
vitis-run --mode hls --package --config $vitis/$1.cfg --work_dir $vitis/work/$1
END
grep -q "$1.xo" "$tmp/out" || fail "run.sh does not say where the kernel is"
echo "vitis: $# configurations"
