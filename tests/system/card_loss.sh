#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Gateway A's card is lost under traffic, comes back, and is lost again: SAs with offload auto go on in software and return to
# the card. Held: pings cross before, between and after; nothing is in clear; no (SPI, sequence number), which is the
# (key, IV), is on the wire twice.
#   tests/system/card_loss.sh BUILD
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

field() { xesp_at a -j card | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
await() {  # TEXT SECONDS COMMAND...
  local what=$1 until=$((SECONDS + $2))
  shift 2
  until "$@"; do
    ((SECONDS < until)) || fail "$what: not after $((until)) s, see $work/xespd-a.log"
    sleep 0.2
  done
}
on_card() { [[ $(field sas_on_card) == 2 ]]; }
in_software() { [[ $(field sas_in_software) == 2 ]]; }
pings() { in_node hostA ping -c 5 -i 0.1 -W 3 10.81.2.2 >>"$work/ping.log" || fail "$1: pings do not cross"; }

need_root
gateways_up "$1" xrt
tap_on
pings "with the card"
on_card || fail "the SAs are not on the card to begin with"

# A flow that goes on through it all; what is under way at the moment of a loss is sent again by software.
flow_on 0.05
for round in 1 2; do
  kill_card
  await "SAs in software" 10 in_software
  pings "round $round, without the card"
  say "round $round: the card is gone, pings go on"
  await "the card's return" 60 on_card
  pings "round $round, with the card again"
  say "round $round: the card is back"
done
flow_off
tap_off

((received * 10 >= sent * 8)) || fail "more than a fifth of the flow is lost"

none_in_clear
no_number_twice
say "$(wc -l <"$work/numbers.log") ESP packets, none in clear, no number twice"
grep -c 'the card is back' "$work/xespd-a.log" | grep -qx 2 || fail "the log does not tell of two returns"
say "passed"
rm -r "$work/"*.log "$capture"
