#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Takes something away from gateway A while pings run, and holds that none crosses any more, in clear least of all.
#   tests/system/fail_closed.sh BUILD ENGINE sa|daemon|card
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

pings() { in_node hostA ping -c 5 -i 0.1 -W 1 10.81.2.2 >"$work/ping.log"; }

descendants() {
  local child
  for child in $(pgrep -P "$1"); do
    echo "$child"
    descendants "$child"
  done
}

# The simulator under gateway A's daemon; each gateway has its own.
kill_card() {
  local pid
  for pid in $(descendants "${daemons[0]}"); do
    if [[ $(<"/proc/$pid/comm") == xesp-hwemu ]]; then kill -KILL "$pid"; return; fi
  done
  fail "no simulator of gateway A to kill"
}

need_root
gateways_up "$1" "$2"
tap_on
pings || fail "no ping crosses to begin with"
where() { xesp_at a where 10.81.1.2 10.81.2.2 icmp; }
[[ $(where) == engine:*spi\ 0x00001001* ]] || fail "xesp where: $(where)"
case $3 in
  sa) xesp_at a state delete dst 192.0.2.2 proto esp spi 0x1001 ;;
  daemon) kill -KILL "${daemons[0]}" ;;
  card) kill_card ;;
esac
say "took the $3 away"
if [[ $3 == sa && $(where) != drop:* ]]; then fail "xesp where: $(where)"; fi
if pings; then fail "pings still cross"; fi
if [[ $3 == card ]]; then
  for _ in {1..100}; do kill -0 "${daemons[0]}" 2>/dev/null || break; sleep 0.1; done
  if kill -0 "${daemons[0]}" 2>/dev/null; then fail "xespd goes on 10 s after its card died"; fi
  say "xespd said: $(tail -n 1 "$work/xespd-a.log")"
fi
tap_off

clear=$(tcpdump -nr "$capture" 'not arp and not ip proto 50' 2>/dev/null | wc -l)
((clear == 0)) || fail "$clear packets in clear on the wire, see $capture"
(($(tcpdump -nr "$capture" 'ip proto 50' 2>/dev/null | wc -l) > 0)) || fail "no ESP in the capture: the tap saw nothing"
say "passed"
rm -r "$work/"*.log "$capture"
