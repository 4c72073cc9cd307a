#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs fuzzers, each from the seeds in tests/fuzz/corpus and from what earlier runs found.
#   scripts/fuzz.sh                          every fuzzer, a minute each
#   scripts/fuzz.sh --seconds 3600 esp_in    one, for an hour
#   scripts/fuzz.sh --list                   their names
# An input that fails is left in BUILD/fuzz/NAME/; give it to the program BUILD/bin/fuzz_NAME to see it again, and
# commit it to tests/fuzz/corpus/NAME once it is mended. Exit status: 0 all passed, 1 one failed, 64 wrong usage.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
seconds=60
names=()
all=()
for f in "$root"/tests/fuzz/*.cpp; do all+=("$(basename "$f" .cpp)"); done

usage() { sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }
while (($#)); do
  case $1 in
    -h|--help) usage; exit 0 ;;
    --list) printf '%s\n' "${all[@]}"; exit 0 ;;
    --build) build=${2:?fuzz: --build needs a folder}; shift 2 ;;
    --seconds) seconds=${2:?fuzz: --seconds needs a number}; shift 2 ;;
    -*) echo "fuzz: no option '$1'" >&2; usage >&2; exit 64 ;;
    *) names+=("$1"); shift ;;
  esac
done
((${#names[@]})) || names=("${all[@]}")

status=0
for name in "${names[@]}"; do
  program=$build/bin/fuzz_$name
  if [[ ! -x $program ]]; then echo "fuzz: no $program; build target fuzz_$name" >&2; exit 64; fi
  work=$build/fuzz/$name
  mkdir -p "$work/found"
  seed=${XESP_FUZZ_SEED:-$((RANDOM * 32768 + RANDOM + 1))}
  corpus=("$work/found")
  [[ -d $root/tests/fuzz/corpus/$name ]] && corpus+=("$root/tests/fuzz/corpus/$name")
  echo "fuzz: $name for $seconds s, seed $seed (repeat with XESP_FUZZ_SEED)"
  # The program says a lot on stderr (hwemu_rpc tells of each bad call), so it goes to a file.
  if ! "$program" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=8192 -seed="$seed" \
      -print_final_stats=1 -artifact_prefix="$work/" "${corpus[@]}" >"$work/log" 2>&1; then
    echo "fuzz: $name failed; the end of $work/log:" >&2
    tail -n 40 "$work/log" >&2
    status=1
    continue
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log" | tail -n 1)
  if [[ -z $runs || $runs -lt 100 ]]; then echo "fuzz: $name ran ${runs:-0} inputs: too few to tell anything" >&2; status=1; fi
  echo "fuzz: $name passed, $runs inputs"
done
exit "$status"
