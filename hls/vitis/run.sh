#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Synthesises the kernels with the vendor's compiler, Vitis HLS 2023.2 or later. Not run here: no vendor tools at hand.
#   hls/vitis/run.sh                 all kernels
#   hls/vitis/run.sh KERNEL...       these
# BUILD names the build folder, whose CMake run has made hls/vitis/KERNEL.cfg (default: build). An earlier result is
# overwritten. Exit status: 0 done, 1 a kernel failed, 64 wrong usage, 66 no configurations, 69 no v++ or vitis-run.
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; fi
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dir=$(realpath -m "${BUILD:-$root/build}")/hls/vitis

shopt -s nullglob
configs=("$dir"/*.cfg)
if ((${#configs[@]} == 0)); then
  echo "vitis: no configurations in $dir: run cmake first, or set BUILD" >&2
  exit 66
fi
all=("${configs[@]##*/}")
all=("${all[@]%.cfg}")
kernels=("$@")
if (($# == 0)); then kernels=("${all[@]}"); fi
for kernel in "${kernels[@]}"; do
  if [[ ! -f $dir/$kernel.cfg ]]; then
    echo "vitis: no kernel '$kernel'; there are: ${all[*]}" >&2
    exit 64
  fi
done
for tool in v++ vitis-run; do
  if ! command -v "$tool" >/dev/null; then
    echo "vitis: $tool is not in PATH: source the settings64.sh of Vitis 2023.2 or later" >&2
    exit 69
  fi
done

failed=()
for kernel in "${kernels[@]}"; do
  work=$dir/work/$kernel
  mkdir -p "$work"
  echo "vitis: $kernel, log in $work.log"
  if ! (cd "$dir" &&
        v++ -c --mode hls --config "$dir/$kernel.cfg" --work_dir "$work" &&
        vitis-run --mode hls --package --config "$dir/$kernel.cfg" --work_dir "$work") >"$work.log" 2>&1; then
    failed+=("$kernel")
    tail -n 5 "$work.log" >&2
    continue
  fi
  echo "vitis:   kernel $work/$kernel.xo"
  echo "vitis:   report $work/hls/syn/report/${kernel}_csynth.rpt, RTL $work/hls/syn/verilog"
done
if ((${#failed[@]} > 0)); then
  echo "vitis: failed: ${failed[*]}" >&2
  exit 1
fi
