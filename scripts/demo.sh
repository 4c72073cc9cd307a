#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job, tried end to end on one machine: hostA - gwA - gwB - hostB, each gateway with its own xespd and its own
# simulated card. Pings and TCP cross; what was on the wire between the gateways is checked by a decoder not our own.
#
#   sudo scripts/demo.sh               build what is missing, run, check
#   sudo scripts/demo.sh ike           instead: strongSwan on both gateways makes the SAs (tests/system/ike.sh): two servers with
#                                      a shared secret, two networks with certificates and rekeys under way, a wrong secret
#     --payload SIZE                   bytes of each TCP transfer (default 200000; a simulated card is slow)
#     --engine xrt|software            the card in hw_emu (default), or OpenSSL, to tell a fault's side
#     --build-dir DIR                  take xespd, xesp and the card from a build that is there, and build nothing
#     --keep                           leave the namespaces and daemons up, and say how to reach and remove them
#
# Exit status: 0 all checks passed, 1 one failed, 64 usage, 77 no root or no network namespaces here.
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/gateways.sh"

usage() { sed -n '3,14s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

payload=200000 engine=xrt build='' ike=''
while (($#)); do
  case $1 in
    ike) ike=1 ;;
    --payload) payload=${2:-}; shift ;;
    --engine) engine=${2:-}; shift ;;
    --build-dir) build=${2:-}; shift ;;
    --keep) keep=1 ;;
    -h | --help) usage; exit 0 ;;
    *) echo "demo: unknown option $1" >&2; usage >&2; exit 64 ;;
  esac
  shift || { usage >&2; exit 64; }
done
[[ $payload =~ ^[1-9][0-9]{0,8}$ ]] || { echo "demo: --payload takes a number of bytes, 1 to 999999999" >&2; exit 64; }
[[ $engine == xrt || $engine == software ]] || { echo "demo: --engine takes xrt or software" >&2; exit 64; }

need_root
if [[ -z $build ]]; then
  targets=(xespd xesp_cli)
  if [[ $engine == xrt ]]; then targets+=(xesp-card-worker xesp_hwemu_xclbin); fi
  if [[ -n $ike ]]; then targets+=(kernel-xesp); fi
  "$root/scripts/build.sh" "${targets[@]}"
  build=$root/build
fi
if [[ -n $ike ]]; then keep=$keep show=1 exec "$root/tests/system/ike.sh" "$build" "$engine" servers tunnel secret; fi
gateways_up "$build" "$engine"

# ---- Traffic, with a tap on the wire ---------------------------------------------------------------------------------
tap_on

say "10 pings, hostA to hostB"
in_node hostA ping -c 10 -i 0.2 -W 5 10.81.2.2 >"$work/ping.log" || fail "ping: $(tail -n 2 "$work/ping.log" | head -n 1)"

transfer() {  # FROM TO ADDRESS
  local what="TCP $1 to $2" listener
  in_node "$2" timeout 120 nc -l "$3" 5001 >"$work/received" &
  listener=$!
  for _ in {1..100}; do
    if [[ -n $(in_node "$2" ss -Hltn 'sport = :5001') ]]; then break; fi
    sleep 0.05
  done
  in_node "$1" timeout 120 nc -N "$3" 5001 <"$work/sent" || fail "$what: the sender gave up"
  wait "$listener" || fail "$what: the receiver gave up"
  cmp -s "$work/sent" "$work/received" || fail "$what: what came is not what was sent"
}
head -c "$payload" /dev/urandom >"$work/sent"
say "TCP, $payload bytes each way"
transfer hostA hostB 10.81.2.2
transfer hostB hostA 10.81.1.2
sha256=$(sha256sum <"$work/received" | cut -c1-16)
tap_off

# ---- Checks ----------------------------------------------------------------------------------------------------------
"$root/tests/system/decode_esp.py" --keys "$work/keys/all" "$capture" >"$work/wire.json" || fail "the capture can't be read"
xesp_at a -j stats >"$work/stats-a.json"
xesp_at b -j stats >"$work/stats-b.json"
say "checks and account"
"$root/tests/system/account.py" --wire "$work/wire.json" --stats "$work/stats-a.json" "$work/stats-b.json" \
  --engine "$engine" --pings 10 --payload "$payload" || fail "a check above"
rm -f "$work"/{sent,received}
say "TCP sha256 ${sha256}... the same on both sides, both ways; capture: $capture"
say "passed in $SECONDS s"
