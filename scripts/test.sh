#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs the tests by CTest. As root all of them run; else those that need network
# namespaces or BPF are skipped and say so.
#   sudo scripts/test.sh              every test but the nightly ones
#   scripts/test.sh --nightly         the nightly ones: thousands of random kernels, about an hour
#   sudo scripts/test.sh -R Steering  options go to ctest (-R, -L, -j, -V, ...)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1:-} == -h || ${1:-} == --help ]]; then sed -n '3,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0; fi
select=(-LE '^nightly$')
if [[ ${1:-} == --nightly ]]; then
  select=(-V -L '^nightly$')  # -V: the seed is in what they print
  shift
fi
scripts/build.sh

# A suite that the build lost would pass by running nothing.
for suite in unit native rtl engines2 xrt vectors xhls fuzz libfuzzer proofs nightly shell hwemu root system; do
  if ctest --test-dir build -N -L "^$suite\$" | grep -q '^Total Tests: 0$'; then
    echo "test: the suite '$suite' has no tests: is its CMakeLists.txt in the build?" >&2
    exit 1
  fi
done

# Two more than there are processors: the system tests, two of which run at a time, wait for most of theirs.
results=build/ctest.xml
rm -f "$results"
status=0
ctest --test-dir build --output-on-failure --no-tests=error --output-junit "$PWD/$results" -j "$(($(nproc) + 2))" \
  "${select[@]}" "$@" || status=$?
if [[ ! -s $results ]] || ! grep -q '<testcase .*status="\(run\|fail\)"' "$results"; then
  echo "test: no test ran" >&2
  exit 1
fi
exit "$status"
