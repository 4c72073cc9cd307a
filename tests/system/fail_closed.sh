#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Takes something away from gateway A while pings run, and holds that none crosses any more, in clear least of all.
#   tests/system/fail_closed.sh BUILD ENGINE sa|daemon|card
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

if [[ $3 == card ]]; then offload=require; fi

pings() { in_node hostA ping -c 5 -i 0.1 -W 1 10.81.2.2 >"$work/ping.log"; }

need_root
gateways_up "$1" "$2"
tap_on
pings || fail "no ping crosses to begin with"
where() { xesp_at a where 10.81.1.2 10.81.2.2 icmp; }
[[ $(where) == engine:*spi\ 0x00001001* ]] || fail "xesp where: $(where)"
case $3 in
  sa) xesp_at a state delete dst 192.0.2.2 proto esp spi 0x1001 ;;
  daemon) kill -KILL "${daemons[0]}" ;;
  card) kill_card ;;  # SAs that require it
esac
say "took the $3 away"
if [[ $3 == sa && $(where) != drop:* ]]; then fail "xesp where: $(where)"; fi
if pings; then fail "pings still cross"; fi
if [[ $3 == card ]]; then
  drops=$(xesp_at a -j stats | python3 -c 'import json, sys; print(json.load(sys.stdin)["out"]["by_reason"]["no_card"])')
  ((drops > 0)) || fail "no drop is counted as no_card"
fi
tap_off

none_in_clear
(($(tcpdump -nr "$capture" 'ip proto 50' 2>/dev/null | wc -l) > 0)) || fail "no ESP in the capture: the tap saw nothing"
say "passed"
rm -r "$work/"*.log "$capture"
