#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scripts/trace.sh: every kernel of a path stands in the account, in the order of the packet, and the waveforms are there.
#   trace_test.sh FOLDER    for its build
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export XESP_TRACE_BUILD=${1:?usage: trace_test.sh FOLDER}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check() {
  local expected=$1 account; shift
  account=$("$root/scripts/trace.sh" --fst "$work/t.fst" "$@")
  local kernels
  kernels=$(awk '/^kernel / {on = 1; next} on && NF {print $1} on && !NF {exit}' <<<"$account" | tr '\n' ' ')
  if [[ $kernels != "$expected " ]]; then echo "trace: kernels '$kernels', expected '$expected'" >&2; exit 1; fi
  if ! awk '/^kernel / {on = 1; next} on && NF {if ($6 < 1 || $7 < 1) exit 1} on && !NF {exit}' <<<"$account"; then
    echo "trace: a kernel without words" >&2; echo "$account" >&2; exit 1
  fi
  [[ -s $work/t.fst ]] || { echo "trace: no waveforms" >&2; exit 1; }
}
check "out_parse out_sa out_encap gcm_ctr out_build gcm_ghash"
check "in_parse in_sa in_strip gcm_ctr in_check gcm_ghash in_replay in_release" --in --payload 1400
if "$root/scripts/trace.sh" --payload 100000 --fst "$work/u.fst" 2>/dev/null; then echo "trace: took a payload beyond 9000" >&2; exit 1; fi
echo "trace: both ways told"
