#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# How much of host/ the unit tests reach: builds them with clang's source coverage, runs them, and tells lines by folder.
#   scripts/coverage.sh            the table, and the pages build-coverage/html/index.html
# The system tests reach more (the data plane, xespd's main loop); they are not counted.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${XESP_COVERAGE_BUILD:-$root/build-coverage}
if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; fi
for tool in llvm-cov-19 llvm-profdata-19; do
  command -v "$tool" >/dev/null || { echo "coverage: no $tool: scripts/setup.sh installs llvm-19" >&2; exit 69; }
done
mkdir -p "$build"
cmake -S "$root" --preset coverage -B "$build" >"$build/configure.log" 2>&1 || { tail -n 20 "$build/configure.log" >&2; exit 1; }
programs=()
for source in "$root"/tests/unit/host/*_test.cpp; do programs+=("test_host_$(basename "$source" _test.cpp)"); done
targets=$(ninja -C "$build" -t targets all | sed -n 's/^\(test_host_[a-z_]*\): phony$/\1/p')
built=()
for p in "${programs[@]}"; do if grep -qx "$p" <<<"$targets"; then built+=("$p"); fi; done
echo "coverage: building ${#built[@]} test programs" >&2
cmake --build "$build" --target "${built[@]}" xespd xesp_cli dataplane_test >"$build/build.log" 2>&1 || { tail -n 20 "$build/build.log" >&2; exit 1; }
rm -rf "$build/profiles"; mkdir "$build/profiles"
export LLVM_PROFILE_FILE=$build/profiles/%p-%m.profraw
ctest --test-dir "$build" -j "$(nproc)" -R '^(host|dataplane)\.' -LE 'system|root|nightly' --no-tests=error >"$build/ctest.log" 2>&1 ||
  { echo "coverage: some tests failed, see $build/ctest.log" >&2; }
llvm-profdata-19 merge -sparse "$build"/profiles/*.profraw -o "$build/all.profdata"
objects=()
for p in "${built[@]}" xespd xesp dataplane_test; do [[ -x $build/bin/$p ]] && objects+=(-object "$build/bin/$p"); done
llvm-cov-19 show "${objects[@]:1}" -instr-profile "$build/all.profdata" -format html -output-dir "$build/html" \
  -ignore-filename-regex 'tests/|/usr/|build' >/dev/null 2>&1 || true
llvm-cov-19 export "${objects[@]:1}" -instr-profile "$build/all.profdata" -summary-only -ignore-filename-regex 'tests/|/usr/|build' 2>/dev/null |
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
