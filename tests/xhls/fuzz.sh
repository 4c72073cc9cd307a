#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# fuzz.sh [COUNT] [SEED]: random kernels, each compiled by xhls at a budget of its own and compared with its native form
# under random stalls. BUILD is the build directory (default: build beside the source), KEEP=1 leaves the work files.
set -euo pipefail
count=${1:-8}
seed=${2:-$RANDOM}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${BUILD:-$root/build}
dir=$(mktemp -d)
[ -n "${KEEP:-}" ] || trap 'rm -rf "$dir"' EXIT
echo "seed $seed, in $dir"

"$build/bin/xhls-make-kernels" "$count" "$seed" "$dir"
budgets=(1.5 2 3 5 8)
for ((i = 0; i < count; i++)); do
  "$build/bin/xhls" --top "fuzz$i" --budget "${budgets[$((i % 5))]}" -I "$dir" -o "$dir/rtl" "$dir/fuzz$i.cpp"
done
verilator --cc -O3 --assert --x-assign unique --x-initial unique -I"$root/hw/rtl/lib" -y "$root/hw/rtl/lib" \
  -y "$dir/rtl" --top-module all_kernels --prefix Vall_kernels --Mdir "$dir/model" "$dir/all_kernels.sv"
make -s -C "$dir/model" -f Vall_kernels.mk -j2 CXX=clang++-19 OPT_FAST=-O1 OPT_SLOW=-O1 Vall_kernels__ALL.a
include=$(dirname "$(find /usr/share/verilator/include /usr/local/share/verilator/include -name verilated.h 2>/dev/null | head -1)")
flags="-O1 -Wno-unknown-pragmas -Wno-unused-value -I$root/hls/include -I$root/sim/bench -I$here -I$dir -I$dir/model -I$include -I$include/vltstd"
# shellcheck disable=SC2086
for ((i = 0; i < count; i++)); do clang++-19 -std=c++14 $flags -c "$dir/fuzz$i.cpp" -o "$dir/fuzz$i.o"; done
# shellcheck disable=SC2086
clang++-19 -std=c++20 $flags "$here/fuzz/fuzz_test.cpp" "$root/sim/bench/bench.cpp" "$include/verilated.cpp" \
  "$include/verilated_threads.cpp" "$dir"/fuzz*.o "$dir/model/Vall_kernels__ALL.a" -lgtest -lgtest_main -lpthread -o "$dir/fuzz_test"
"$dir/fuzz_test" --gtest_brief=1
