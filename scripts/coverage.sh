#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How much of host/ the tests reach: builds it with clang's source coverage, runs the unit tests and, as root, those of the data
# plane, of the steering program and of the whole daemon in network namespaces, and tells lines by folder.
#   sudo scripts/coverage.sh            the table, and the pages build-coverage/html/index.html
#   scripts/coverage.sh --unit          the unit tests alone; so it is without root
# No simulated card is built for it: host/lib/xrt and what needs a card counts as unreached. Nor does what a process did that was
# killed. Exit status: 0, 1 where a test failed (the table is printed all the same), 69 without llvm-19.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${XESP_COVERAGE_BUILD:-$root/build-coverage}
whole=1
case ${1:-} in
  -h|--help) sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  --unit) whole='' ;;
  '') ;;
  *) echo "coverage: no option '$1'; see --help" >&2; exit 64 ;;
esac
if ((EUID != 0)); then whole=''; fi
for tool in llvm-cov-19 llvm-profdata-19; do
  command -v "$tool" >/dev/null || { echo "coverage: no $tool: scripts/setup.sh installs llvm-19" >&2; exit 69; }
done
mkdir -p "$build"
cmake -S "$root" --preset coverage -B "$build" >"$build/configure.log" 2>&1 || { tail -n 20 "$build/configure.log" >&2; exit 1; }
mapfile -t programs < <(ninja -C "$build" -t targets all | sed -n 's/^\(test_host_[a-z0-9_]*\): phony$/\1/p')
programs+=(dataplane_test)
others=(xespd xesp_cli)
if [[ -n $whole ]]; then programs+=(dataplane_live_test steering_test); others+=(xesp_faults kernel-xesp); fi
echo "coverage: building ${#programs[@]} test programs, xespd and xesp" >&2
cmake --build "$build" --target "${programs[@]}" "${others[@]}" >"$build/build.log" 2>&1 || { tail -n 20 "$build/build.log" >&2; exit 1; }

rm -rf "$build/profiles"; mkdir "$build/profiles"
export LLVM_PROFILE_FILE=$build/profiles/%4m.profraw  # four files a program, into which its processes add
status=0
run() {
  ctest --test-dir "$build" -E '^(card|docs|vivado)\.|_card$|_NOT_BUILT' --no-tests=error "$@" >>"$build/ctest.log" 2>&1 || status=1
}
: >"$build/ctest.log"
labels='^unit$'
if [[ -n $whole ]]; then labels='^(unit|root)$'; fi
run -j "$(nproc)" -L "$labels" -LE '^(system|nightly)$'
if [[ -n $whole ]]; then
  echo "coverage: unit tests done; the system tests" >&2
  run -R '^system\.(demo_software|sa_deleted|daemon_killed|rekey|policies|restart|reload|tap|faults|ike)$'
fi

llvm-profdata-19 merge -sparse "$build"/profiles/*.profraw -o "$build/all.profdata"
objects=()
for p in "${programs[@]}" xespd xesp; do [[ -x $build/bin/$p ]] && objects+=(-object "$build/bin/$p"); done
ignored=(-ignore-filename-regex 'tests/|/usr/|build')
llvm-cov-19 show "${objects[@]:1}" -instr-profile "$build/all.profdata" -format html -output-dir "$build/html" "${ignored[@]}" \
  >/dev/null 2>"$build/show.log" || { tail -n 5 "$build/show.log" >&2; exit 1; }
llvm-cov-19 export "${objects[@]:1}" -instr-profile "$build/all.profdata" -summary-only "${ignored[@]}" 2>/dev/null |
  python3 -c '
import collections, json, os, sys
root = sys.argv[1]
folders = collections.defaultdict(lambda: [0, 0])
for f in json.load(sys.stdin)["data"][0]["files"]:
    name = os.path.relpath(f["filename"], root)
    if not name.startswith("host/"): continue
    lines = f["summary"]["lines"]
    for key in (os.path.dirname(name), "host (all)"):
        folders[key][0] += lines["covered"]
        folders[key][1] += lines["count"]
for name, (covered, count) in sorted(folders.items()):
    print(f"{name:<34} {covered:>6} of {count:>6} lines {covered / count:>7.1%}")
' "$root"
echo "coverage: pages in $build/html/index.html"
if ((status)); then
  echo "coverage: some tests failed, see $build/ctest.log" >&2
  grep -E '^[[:space:]]*[0-9]+ - .*\((Failed|Timeout|SEGFAULT|Not Run)' "$build/ctest.log" >&2 || true
fi
exit "$status"
