#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An xclbin for a card by the vendor's tools: both kernels packaged, linked and built. Not run here: no vendor tools at hand.
#   hw/vivado/xclbin.sh u250|u55c|u280
# BUILD names the build folder, whose targets xesp_generated and xesp_kernel_rtl have been built (default: build). Takes
# hours. Exit status: 0 done, 1 a tool failed, 64 wrong usage, 66 no RTL, 69 no tools.
set -euo pipefail

if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath -m "${BUILD:-$here/../../build}")
config=$here/link/${1:-}.cfg
if (($# != 1)) || [[ ! -f $config ]]; then
  cards=("$here"/link/*.cfg)
  cards=("${cards[@]##*/}")
  echo "vivado: which card? There are: ${cards[*]%.cfg}" >&2
  exit 64
fi
generated=$build/generated/hw rtl=$build/hls/kernels/rtl work=$build/xclbin/$1
for kernel in xesp_out xesp_in; do
  if [[ ! -f $generated/$kernel.kernel.xml || ! -d $rtl/kernel_out_sa ]]; then
    echo "vivado: no RTL in $build: cmake --build $build --target xesp_generated xesp_kernel_rtl, or set BUILD" >&2
    exit 66
  fi
done
for tool in vivado v++; do
  if ! command -v "$tool" >/dev/null; then
    echo "vivado: $tool is not in PATH: source the settings64.sh of Vitis 2022.2 or later" >&2
    exit 69
  fi
done

mkdir -p "$work"
step() {
  echo "vivado: $1, log in $work/$1.log"
  local name=$1
  shift
  (cd "$work" && "$@") >"$work/$name.log" 2>&1 || {
    tail -n 20 "$work/$name.log" >&2
    echo "vivado: $name failed" >&2
    exit 1
  }
}
for kernel in xesp_out xesp_in; do
  step "$kernel" vivado -mode batch -nojournal -source "$here/package_xo.tcl" -tclargs "$kernel" "$generated" "$rtl" "$work"
done
step link v++ -l -t hw --config "$config" --temp_dir "$work/link" -o "$work/xesp.xclbin" "$work/xesp_out.xo" "$work/xesp_in.xo"
echo "vivado: $work/xesp.xclbin"
echo "vivado: is it ours? $build/bin/xesp-mkxclbin --info $work/xesp.xclbin"
