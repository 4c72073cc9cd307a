#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Gateway A's xespd is killed (-9) at random moments under a flow of pings and started again with the same keys. Held: nothing
# is ever in clear, no (SPI, sequence number), which is the (key, IV), is on the wire twice, and pings cross in the end.
#   tests/system/crash.sh BUILD ENGINE TIMES [SEED]
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

need_root
times=$3
seed=${4:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$seed
say "seed $seed"
gateways_up "$1" "$2"
build=$(cd "$1" && pwd)
tap_on
flow_on 0.01

for ((i = 1; i <= times; ++i)); do
  sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
  kill -KILL "${daemons[0]}"
  while kill -0 "${daemons[0]}" 2>/dev/null; do sleep 0.02; done  # its lock on the journal goes with it
  kept=("${daemons[1]}")
  daemons=()
  start_gateway "$build" "$2" a
  daemons+=("${kept[@]}")
  await_gateway a "${daemons[0]}"
  # Policies first: until the SAs are there again, their packets drop.
  add_tunnel a out in
done
in_node hostA ping -c 5 -i 0.1 -W 3 10.81.2.2 >"$work/ping.log" || fail "pings do not cross in the end"
flow_off
tap_off

none_in_clear
no_number_twice
leases=$(awk '$1 == "0x00001001" { print int($2 / 65536) }' "$work/numbers.log" | sort -un | wc -l)
((leases > times / 2)) || fail "the numbers of gateway A lie in $leases leases only: was it ever killed?"
say "passed: $times kills, $(wc -l <"$work/numbers.log") ESP packets, none in clear, no number twice"
rm -r "$work/"*.log "$capture"
