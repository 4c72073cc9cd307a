#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# fuzz.sh [COUNT] [SEED]: random kernels, one for each of the seeds SEED, SEED+1, ..., compiled by xhls at a budget of
# its own and compared with its native form under random stalls. That of seed N is named fuzz_N: `fuzz.sh 1 N` does it
# again. One that xhls rejects by a rule of fuzz/rules.txt is counted and made anew, up to a few of a hundred.
#   BUILD  build directory (default: build beside the source)    JOBS  batches at a time (default 2)
#   BATCH  kernels in one Verilated model (default 20)            KEEP  1 leaves the work files
# Those of a run with a failure are always left.
# fuzz.sh --file KERNEL.cpp: the same for a kernel at hand; reduce.py makes it small.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${BUILD:-$root/build}
most_rejected=5 most_dull=3  # of a hundred
kernels=()
include=/usr/share/verilator/include
flags=(-Wno-unknown-pragmas -Wno-unused-value "-I$root/hls/include" "-I$root/sim/bench" "-I$here" "-I$include"
       "-I$include/vltstd")

# compile DIR KERNEL: exit status of xhls; what it says is in DIR/KERNEL.err. The budget follows from the seed.
compile() {
  local budgets=(1.5 2 3 5 8) number=${2##*[!0-9]}
  timeout 120 "$build/bin/xhls" --top "$2" --budget "${budgets[$((10#0$number % 5))]}" --loop-levels 100 -o "$1/rtl" \
    "$1/$2.cpp" 2> "$1/$2.err"
}

# make_kernel DIR SEED: a kernel that xhls takes, with its RTL. What happened to it goes to DIR/log.
make_kernel() {
  local dir=$1 name=fuzz_$2 attempt status rule
  for attempt in 0 1 2 3 4; do
    "$build/bin/xhls-make-kernel" "$name" "$2" "$attempt" > "$dir/$name.cpp"
    status=0
    compile "$dir" "$name" || status=$?
    ((status != 0)) || return 0
    rule=$(grep error: "$dir/$name.err" | grep -oFf "$here/fuzz/rules.txt" | head -1) || true
    if ((status != 1)) || [[ -z $rule ]]; then
      echo "failed $name: xhls: exit status $status: $(grep -v warning: "$dir/$name.err" | head -1)" >> "$dir/log"
      return 1
    fi
    echo "rejected $name: $rule" >> "$dir/log"
  done
  echo "failed $name: rejected at every attempt" >> "$dir/log"
  return 1
}

# verilate DIR [FLAG...]: DIR/model
verilate() {
  local dir=$1
  verilator --cc -O3 "${@:2}" --assert --x-assign unique --x-initial unique --output-split 100000 \
    "-I$root/hw/rtl/lib" -y "$root/hw/rtl/lib" -y "$dir/rtl" --top-module all_kernels --prefix Vall_kernels \
    --Mdir "$dir/model" "$dir/all_kernels.sv"
}

# build_test DIR KERNEL...: DIR/fuzz_test, from one model of all.
build_test() {
  local dir=$1
  shift
  local headers=("${@/#/$dir/rtl/}")
  "$here/bind.sh" "$dir" "${headers[@]/%/_ports.h}"
  printf '#include "%s.cpp"\n' "$@" > "$dir/natives.inc"
  # Without const-bit-op-tree, as cmake/verilator.cmake says; but then Verilator 5.006 gives up on a reduction that constants
  # leave one bit of, and such a batch has it on.
  verilate "$dir" -fno-const-bit-op-tree || { rm -rf "$dir/model"; verilate "$dir"; }
  make -s -C "$dir/model" -f Vall_kernels.mk CXX=clang++-19 OPT_FAST=-O0 OPT_SLOW=-O0 VM_PARALLEL_BUILDS=0 \
    Vall_kernels__ALL.a
  clang++-19 -std=c++20 -O0 "${flags[@]}" "-I$dir" "-I$dir/rtl" "-I$dir/model" "$here/fuzz/fuzz_test.cpp" "$root/sim/bench/bench.cpp" \
    "$dir/model/Vall_kernels__ALL.a" "$build/libxesp_verilated_runtime.a" -lgtest -lgtest_main -lpthread \
    -o "$dir/fuzz_test"
}

# batch DIR SEED...: makes the kernels and runs their tests. A line of DIR/log for each.
batch() {
  local dir=$1 seed kernel
  shift
  for seed; do
    if make_kernel "$dir" "$seed"; then kernels+=("fuzz_$seed"); fi
  done
  build_test "$dir" "${kernels[@]}"
  for kernel in "${kernels[@]}"; do
    if XHLS_SEED=${kernel#fuzz_} timeout 300 "$dir/fuzz_test" --gtest_filter="*.$kernel" --gtest_brief=1 \
      > "$dir/$kernel.out" 2>&1; then
      echo "passed $kernel" >> "$dir/log"
      if grep -q '^dull' "$dir/$kernel.out"; then echo "dull $kernel" >> "$dir/log"; fi
    else
      echo "failed $kernel: $(grep -v '^\[\|^Running\|^Note' "$dir/$kernel.out" | head -12)" >> "$dir/log"
    fi
  done
}

if [[ ${1:-} == --batch ]]; then  # by xargs, below
  dir=$2/batch_$3
  mkdir "$dir"
  exec > "$dir/out" 2>&1
  trap 'status=$?; ((status == 0)) || echo "failed batch of $kernels: see $dir/out" >> "$dir/log"; exit 0' EXIT
  batch "$dir" "${@:3}"
  exit
fi
if [[ ${1:-} == --file ]]; then
  kernel=$(basename "$2" .cpp)
  dir=$(mktemp -d "${TMPDIR:-/tmp}/xhls-fuzz.XXXXXX")
  trap 'rm -rf "$dir"' EXIT
  cp "$2" "$dir"
  compile "$dir" "$kernel" || { cat "$dir/$kernel.err"; exit 1; }
  build_test "$dir" "$kernel" > "$dir/out" 2>&1 || { cat "$dir/out"; exit 1; }
  seed=${kernel##*[!0-9]}
  XHLS_SEED=${seed:-1} timeout 300 "$dir/fuzz_test" --gtest_brief=1
  exit
fi

count=${1:-20}
seed=${2:-$((RANDOM * 32768 + RANDOM))}
dir=$(mktemp -d "${TMPDIR:-/tmp}/xhls-fuzz.XXXXXX")
echo "xhls-fuzz: $count kernels from seed $seed, in $dir"
start=$SECONDS
seq "$seed" "$((seed + count - 1))" | xargs -n "${BATCH:-20}" -P "${JOBS:-2}" "$0" --batch "$dir" || true  # what is missing counts as failed

cat "$dir"/batch_*/log > "$dir/log"
passed=$(grep -c '^passed' "$dir/log") || true
rejected=$(grep -c '^rejected' "$dir/log") || true
dull=$(grep -c '^dull' "$dir/log") || true
sed -n '/^failed/,/^passed\|^rejected\|^dull/{/^passed\|^rejected\|^dull/!p}' "$dir/log"
grep '^rejected' "$dir/log" | cut -d: -f2- | sort | uniq -c | sort -rn || true
echo "xhls-fuzz: $passed of $count passed, $dull with an output that says little, $rejected rejected and made anew, $((SECONDS - start)) s, seed $seed"
if ((passed != count)); then
  echo "xhls-fuzz: the failed are in $dir" >&2
  exit 1
fi
[[ -n ${KEEP:-} ]] || rm -rf "$dir"
if ((rejected * 100 > most_rejected * count + 200 || dull * 100 > most_dull * count + 200)); then
  echo "xhls-fuzz: too many are rejected or dull: mend the generator" >&2
  exit 1
fi
