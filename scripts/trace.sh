#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One packet through the simulated card: waveforms, and an account of its way, clock by clock.
#   scripts/trace.sh                       a 64 B packet outbound, tunnel mode; writes build/trace/trace.fst
#   scripts/trace.sh --in --payload 1400   inbound; all options: scripts/trace.sh --help
# Makes a build of its own with waveforms in build/trace (minutes the first time; afterwards what changed).
# See the waveforms with gtkwave or surfer.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${XESP_TRACE_BUILD:-$root/build/trace}
mkdir -p "$build"
log=$build/trace-build.log
if [[ ! -f $build/build.ninja ]]; then
  echo "trace: configuring $build" >&2
  cmake -S "$root" --preset trace -B "$build" >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
fi
echo "trace: building the card with waveforms (minutes the first time), log in $log" >&2
cmake --build "$build" --target xesp-trace >"$log" 2>&1 || { tail -n 30 "$log" >&2; exit 1; }
given=" $* "
[[ $given == *" --fst"* ]] || set -- --fst "$build/trace.fst" "$@"
exec "$build/bin/xesp-trace" "$@"
