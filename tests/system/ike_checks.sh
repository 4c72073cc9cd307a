# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# What the cases of ike.sh and ike_libipsec.sh do and check, to be sourced: scripts/ike.sh with it.
#
#   load EXAMPLE [SED-SCRIPT]        both sides' configuration, from host/strongswan/examples
#   await_any NAME                   until both have such a CHILD_SA
#   keep_keys                        what the SAs are now, for the wire's account; as often as they have changed
#   pings NODE ADDRESS               10, all answered
#   transfer FROM TO ADDRESS BYTES   by TCP, the same on both sides
#   wire_is_good PINGS SPIS          since tap_on: nothing else than IKE, ESP and AH, all of it opens in scapy with the keys
#                                    kept, at least so many ICMP packets and SPIs, and no log has a key
#   end_all                          SAs, policies and connections
#   placed True|False, on_card       whether all SAs of both are on a card
#   shown                            with show=1, what both daemons have
#
# xesp_sides=(a b): where xespd is.

# shellcheck source=scripts/ike.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/ike.sh"

xesp_sides=(a b)
states=0
# For who looks on (show=1): what both daemons have.
shown() {
  if [[ -z ${show:-} ]]; then return 0; fi
  say "swanctl --list-sas, of gateway A:"
  swan_at a --list-sas | sed 's/^/    /'
  say "xesp state list, of gateway A:"
  xesp_at a state list | sed 's/^/    /'
}

keep_keys() {  # what the SAs are now, for the wire's account
  states=$((states + 1))
  (umask 077; xesp_at a -j state list --show-keys >"$work/keys/states-$states")
}

wire_is_good() {  # LEAST-PINGS LEAST-SPIS
  local file args=() found
  for file in "$work"/keys/states-*; do args+=(--states "$file"); done
  tap_off
  found=$("$root/tests/system/ike_wire.py" "${args[@]}" "$capture") || fail "the wire: ${found:-no account}, see $capture"
  say "the wire: $found"
  python3 -c 'import json, sys
found = json.loads(sys.argv[1])
sys.exit(found["icmp"] < int(sys.argv[2]) or found["spis"] < int(sys.argv[3]))' "$found" "$1" "$2" ||
    fail "expected $1 ICMP packets and $2 SAs on the wire"
  no_key_in_logs
  rm "$work"/keys/states-* "$capture"
}

no_key_in_logs() {
  (umask 077; grep -ohE '"key": "0x[0-9a-f]+"' "$work"/keys/states-* | sed -E 's/.*0x([0-9a-f]+)"/\1/' >"$work/keys/hex")
  [[ -s $work/keys/hex ]] || fail "there is no key to look for"
  if grep -lqsiFf "$work/keys/hex" "$work"/*.log "$work"/*.out; then fail "a log in $work has a key"; fi
  rm "$work/keys/hex"
}

pings() {  # NODE ADDRESS: 10, each answered and twice on the wire
  in_node "$1" ping -c 10 -i 0.1 -W 3 "$2" >"$work/ping.log" || fail "ping: $(tail -n 2 "$work/ping.log" | head -n 1)"
  say "ping $1 to $2: $(grep transmitted "$work/ping.log")"
}

transfer() {  # FROM TO ADDRESS BYTES
  local listener
  head -c "$4" /dev/urandom >"$work/sent"
  in_node "$2" timeout 60 nc -l "$3" 5001 >"$work/received" &
  listener=$!
  for _ in {1..100}; do
    if [[ -n $(in_node "$2" ss -Hltn 'sport = :5001') ]]; then break; fi
    sleep 0.05
  done
  in_node "$1" timeout 60 nc -N "$3" 5001 <"$work/sent" || fail "TCP $1 to $2: the sender gave up"
  wait "$listener" || fail "TCP $1 to $2: the receiver gave up"
  cmp -s "$work/sent" "$work/received" || fail "TCP $1 to $2: what came is not what was sent"
  say "TCP $1 to $2: $4 bytes, the same on both sides"
}

load() {  # EXAMPLE [SED-SCRIPT]: on both sides
  local side
  for side in b a; do  # a starts last, when b knows it
    sed -E -e "${2:-}" "$examples/$1/$side.conf" >"$work/$side.conf"
    if [[ ${2:-} ]] && cmp -s "$work/$side.conf" "$examples/$1/$side.conf"; then fail "the change '$2' changes nothing"; fi
    swan_conf "$side" "$work/$side.conf"
  done
}

# Both sides start, so there may be two for a moment.
await_any() {  # NAME
  local side
  for side in a b; do
    for _ in {1..100}; do
      if (($(children_of "$side" "$1") >= 1)); then continue 2; fi
      sleep 0.1
    done
    fail "$side has no CHILD_SA '$1' after 10 s, see $work/charon-$side.log"
  done
  sleep 0.3
}

end_all() {  # SAs, policies and connections of both sides
  local side left
  for side in a b; do
    echo >"$work/$side/swanctl/conf.d/xesp.conf"
    swan_at "$side" --load-all --clear >>"$work/swanctl.log" 2>&1 || true
  done
  swan_at a --terminate --ike peer --force >>"$work/swanctl.log" 2>&1 || true
  swan_at b --terminate --ike peer --force >>"$work/swanctl.log" 2>&1 || true
  for side in "${xesp_sides[@]}"; do
    left=$(xesp_at "$side" -j state list | tr -d ' \n')$(xesp_at "$side" -j policy list | tr -d ' \n')
    [[ $left == '[][]' ]] || fail "$side: after the end there is still: $left"
  done
}

placed() {  # True|False
  local side
  for side in "${xesp_sides[@]}"; do
    xesp_at "$side" -j state list | python3 -c 'import json, sys
sas = json.load(sys.stdin)
sys.exit(not sas or any(sa["on_card"] != (sys.argv[1] == "True") for sa in sas))' "$1" ||
      fail "an SA of $side is not where it should be: see xesp state list"
  done
}

on_card() { if [[ $engine == xrt ]]; then placed True; fi; }

gateways_again() {
  local last=1 node
  for node in gwA gwB; do
    ip -n "$node$suffix" addr flush dev out0
    ip -n "$node$suffix" addr add "192.0.2.$last/24" dev out0
    last=2
  done
  ip -n "gwA$suffix" route replace 10.81.2.0/24 via 192.0.2.2
  ip -n "gwB$suffix" route replace 10.81.1.0/24 via 192.0.2.1
}
