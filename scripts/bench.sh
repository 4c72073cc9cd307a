#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Figures, each with how it was obtained. Benchmarks report; they fail where a measurement could not be made, and `area`
# above a recorded ceiling.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${XESP_BUILD:-$here/build}

usage() {
  cat <<TEXT
usage: scripts/bench.sh [cycles] [host] [area] [report] [--out DIR]

  cycles   clocks per packet at the RTL for 64 ... 9000 B payloads, both modes and directions, and the simulation's speed;
           then the same traffic through cards with 1, 2 and 4 engines
  host     the software engine beside OpenSSL itself in the same run, SA installs, and (as root) the steering program beside
           one that parses and looks up once, and packets a second through the packet side beside a bare forwarder
  area     LUT, FF, BRAM and LUT levels of each kernel by yosys (synth_xilinx), against scripts/area/ceilings.csv; takes
           a quarter of an hour on two cores; fails above a ceiling

  report   docs/benchmarks.md and its plots from what DIR holds of the others

Without a name all of them run. Tables go to the terminal, JSON to DIR (default build/bench). XESP_BUILD names another
build folder than build/.
TEXT
}

out=$build/bench
what=()
while (($#)); do
  case $1 in
    -h | --help) usage; exit 0 ;;
    --out) [[ $# -ge 2 ]] || { usage >&2; exit 64; }; out=$2; shift 2 ;;
    cycles | host | area | report) what+=("$1"); shift ;;
    *) echo "bench.sh: no benchmark '$1'" >&2; usage >&2; exit 64 ;;
  esac
done
((${#what[@]})) || what=(cycles host area report)

[[ -f $build/CMakeCache.txt ]] || cmake -S "$here" --preset release >/dev/null
mkdir -p "$out"
for name in "${what[@]}"; do
  case $name in
    cycles)
      echo "bench: building the card (minutes the first time)"
      cmake --build "$build" --target xesp-cycles >"$out/build.log" 2>&1 || { tail -n 30 "$out/build.log" >&2; exit 1; }
      "$build/bin/xesp-cycles" --json "$out/cycles.json"
      "$build/bin/xesp-cycles" --engines 1,2,4 --json "$out/engines.json"
      echo "bench: $out/cycles.json $out/engines.json"
      ;;
    host)
      cmake --build "$build" --target xesp-host-bench xesp-steering-bench xesp-forwarding-bench >"$out/build.log" 2>&1 || { tail -n 30 "$out/build.log" >&2; exit 1; }
      "$build/bin/xesp-host-bench" --json "$out/host.json"
      echo "bench: $out/host.json"
      if ((EUID == 0)); then
        "$build/bin/xesp-steering-bench" --json "$out/steering.json"
        "$build/bin/xesp-forwarding-bench" --json "$out/forwarding.json"
        echo "bench: $out/steering.json $out/forwarding.json"
      else
        echo "bench: steering and forwarding are not measured: only root may load BPF programs" >&2
      fi
      ;;
    area)
      cmake --build "$build" --target xesp_kernel_rtl >"$out/build.log" 2>&1 || { tail -n 30 "$out/build.log" >&2; exit 1; }
      "$here/scripts/area/area.py" "$build" "$out/area"
      echo "bench: $out/area/area.json"
      ;;
    report) "$here/scripts/report/report.py" "$out" "$here/docs" ;;
  esac
done
