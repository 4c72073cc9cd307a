# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For scripts that try xesp as a user would, to be sourced: the lab of scripts/lab.sh with an xespd on each gateway, SAs
# and policies between them, a tap on the wire. All of it goes when the script ends, however it ends.
#
#   need_root                     exit 77 with the reason if this is not root
#   gateways_up BUILD ENGINE      BUILD: folder of a build; ENGINE: xrt (a card each, in hw_emu) or software. Exits 77
#                                 where there are no network namespaces
#   gateways_bare BUILD ENGINE    the same without SAs and policies
#   lab_up BUILD ENGINE [a|b...]  the same with an xespd on these gateways only
#   in_node NODE CMD...           run CMD in hostA, gwA, wire, gwB or hostB
#   xesp_at a|b ARGS...           the xesp CLI on a gateway's daemon
#   random_hex BYTES              so many random bytes
#   new_key NAME [BYTES]          a key in $work/keys/NAME; 36 bytes if not said, AES-256-GCM's with its salt
#   tap_on, tap_off               capture the wire into $capture
#   fail TEXT                     end the script with TEXT and status 1
#
#   flow_on SECONDS, flow_off     pings from hostA to hostB so far apart, into $work/flow.log; flow_off sets $sent and $received
#   kill_card                     end the simulator under gateway A's daemon, as a card that is gone
#
# Sets $work (logs and capture, which stay), ${daemons[0]} and [1]; takes keep=1 to leave everything up, and
# offload=auto|off|require for the SAs, xespd_more=(...) for more options of both xespds. Pids in helpers=(...) end first.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=$(basename "$0" .sh)
suffix=-xesp$$
daemons=() helpers=() xespd_more=() tap_pid='' flow_pid='' keep=${keep:-} offload=${offload:-auto}

say() { printf '%s: %s\n' "$me" "$*"; }
fail() { printf '%s: FAILED: %s\n' "$me" "$*" >&2; exit 1; }
in_node() { local node=$1; shift; ip netns exec "$node$suffix" "$@"; }
xesp_at() { local side=$1; shift; xesp --socket "$work/$side/xespd.sock" "$@"; }

need_root() {
  if ((EUID == 0)); then return 0; fi
  echo "$me: skipped: network namespaces and XDP need root: sudo $0" >&2
  exit 77
}

need_namespaces() {
  if ! ip netns add "probe$suffix" 2>/dev/null; then echo "$me: skipped: no network namespaces here" >&2; exit 77; fi
  ip netns del "probe$suffix"
}

end_daemon() {  # PID: in good order, else by force with what it started
  kill -TERM "$1" 2>/dev/null || return 0
  for _ in {1..100}; do kill -0 "$1" 2>/dev/null || return 0; sleep 0.1; done
  kill -KILL -- "-$1" 2>/dev/null || true
}

gateways_down() {
  local status=$? pid
  trap - EXIT INT TERM
  if [[ -n $keep ]]; then
    say "kept: ip netns exec {hostA,gwA,wire,gwB,hostB}$suffix ...; xesp --socket $work/{a,b}/xespd.sock ..."
    say "remove: kill ${helpers[*]} ${daemons[*]}; $root/scripts/lab.sh down $suffix; umount $work/bpf; rm -r $work"
    exit "$status"
  fi
  for pid in $tap_pid $flow_pid; do kill "$pid" 2>/dev/null || true; done
  for pid in "${helpers[@]}" "${daemons[@]}"; do end_daemon "$pid"; done
  "$root/scripts/lab.sh" down "$suffix"
  umount "$work/bpf" 2>/dev/null || true
  rm -rf "$work"/{a,b,bpf,keys}
  if ((status != 0)); then say "logs: $work" >&2; else rmdir "$work" 2>/dev/null || true; fi
  exit "$status"
}

start_gateway() {  # BUILD ENGINE a|b
  local side=$3 card=(--engine software)
  if [[ $2 == xrt ]]; then card=(--engine xrt --xclbin "$1/xesp_hwemu.xclbin" --hwemu-dir "$1/hwemu"); fi
  setsid ip netns exec "gw${side^^}$suffix" xespd "${card[@]}" --inside in0 --outside out0 \
    --socket "$work/$side/xespd.sock" --state-dir "$work/$side/state" --pin-dir "$work/bpf/$side" "${xespd_more[@]}" \
    </dev/null >"$work/xespd-$side.log" 2>&1 &
  daemons+=("$!")
  disown  # its end is told by who ends it, not by the shell
}

await_gateway() {  # a|b PID
  for _ in {1..300}; do
    if xesp_at "$1" stats >/dev/null 2>&1; then return 0; fi
    if ! kill -0 "$2" 2>/dev/null; then fail "xespd $1 ended: $(tail -n 1 "$work/xespd-$1.log")"; fi
    sleep 0.1
  done
  fail "xespd $1 does not answer after 30 s"
}

# Fresh every time; by file, never on a command line. keys/all is for the decoder.
random_hex() { od -An -v -tx1 -N"$1" /dev/urandom | tr -d ' \n'; }
new_key() { (umask 077; echo "0x$(random_hex "${2:-36}")" >"$work/keys/$1"); }
make_keys() (
  umask 077
  for spi in 1001 1002; do
    new_key $spi
    sed "s/^0x/0x$spi /" "$work/keys/$spi" >>"$work/keys/all"
  done
)

add_tunnel() {  # a|b DIRECTION-OF-A-TO-B DIRECTION-OF-B-TO-A
  local esp=(proto esp reqid 1 mode tunnel) how=(offload "$offload") aead='rfc4106(gcm(aes))'
  local a=192.0.2.1 b=192.0.2.2 net_a=10.81.1.0/24 net_b=10.81.2.0/24
  add() { xesp_at "$@" >>"$work/cli.log" 2>&1 || fail "xesp ${*:2:2}: $(tail -n 1 "$work/cli.log")"; }
  add "$1" state add src $a dst $b "${esp[@]}" spi 0x1001 dir "$2" aead "$aead" "@$work/keys/1001" 128 \
    "${how[@]}" sel src $net_a dst $net_b
  add "$1" state add src $b dst $a "${esp[@]}" spi 0x1002 dir "$3" aead "$aead" "@$work/keys/1002" 128 \
    "${how[@]}" sel src $net_b dst $net_a
  add "$1" policy add src $net_a dst $net_b dir "$2" tmpl src $a dst $b "${esp[@]}"
  add "$1" policy add src $net_b dst $net_a dir "$3" tmpl src $b dst $a "${esp[@]}"
}

lab_up() {  # BUILD ENGINE [a|b...]
  local build side
  need_namespaces
  build=$(cd "$1" && pwd)
  export PATH=$build/bin:$PATH
  work=$(mktemp -d "/tmp/xesp-$me.XXXXXX")
  capture=$work/wire.pcap
  trap gateways_down EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mkdir -m 700 "$work"/{a,b,bpf,keys}
  mount -t bpf bpf "$work/bpf"

  "$root/scripts/lab.sh" up "$suffix"
  for side in "${@:3}"; do start_gateway "$build" "$2" "$side"; done
  for ((side = 3; side <= $#; ++side)); do await_gateway "${!side}" "${daemons[side - 3]}"; done
}

gateways_bare() {  # BUILD ENGINE
  say "namespaces hostA - gwA - wire - gwB - hostB; an xespd on each gateway, engine: $2"
  lab_up "$1" "$2" a b
}

gateways_up() {  # BUILD ENGINE
  gateways_bare "$@"
  say "SAs with fresh keys and policies, by the xesp CLI"
  make_keys
  add_tunnel a out in
  add_tunnel b in out
}

flow_on() {  # not by in_node: $! is to be ping itself
  ip netns exec "hostA$suffix" ping -i "$1" 10.81.2.2 >"$work/flow.log" 2>&1 &
  flow_pid=$!
}

flow_off() {
  kill -INT "$flow_pid"
  wait "$flow_pid" || true
  flow_pid=''
  say "the flow: $(grep 'packets transmitted' "$work/flow.log")"
  # Not sent: what ping did not wait for any more, as many as it had on their way at a time. A card in simulation is slow.
  # shellcheck disable=SC2034  # for who called
  read -r sent received < <(python3 - "$work/flow.log" <<'END'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
sent = int(re.search(r"(\d+) packets transmitted", text)[1])
pipe = int(re.search(r"pipe (\d+)|$", text)[1] or 1)
answered = {int(n) for n in re.findall(r"bytes from .* icmp_seq=(\d+)", text)}
print(sent - min(sent - max(answered, default=0), pipe), len(answered))
END
)
  [[ -n $received ]] || fail "no account of the flow in $work/flow.log"
}

descendants() {
  local child
  for child in $(pgrep -P "$1"); do
    echo "$child"
    descendants "$child"
  done
}

# Each gateway has a simulator of its own.
kill_card() {
  local pid
  for pid in $(descendants "${daemons[0]}"); do
    if [[ $(<"/proc/$pid/comm") == xesp-hwemu ]]; then kill -KILL "$pid"; return; fi
  done
  fail "no simulator of gateway A to kill"
}

# Short slots, so that the buffer has room for many.
tap_on() {
  ip netns exec "wire$suffix" tcpdump -Z root -i toA -s 2048 -w "$capture" -U --immediate-mode -B 32768 2>"$work/tcpdump.log" &
  tap_pid=$!
  for _ in {1..100}; do [[ -s $capture ]] && return 0; sleep 0.05; done
  fail "tcpdump does not start: $(<"$work/tcpdump.log")"
}

tap_off() {
  sleep 0.3  # what is on its way to the tap
  kill -TERM "$tap_pid"
  wait "$tap_pid" || true
  tap_pid=''
  grep -q '^0 packets dropped by kernel' "$work/tcpdump.log" || fail "the tap lost packets: $(tail -n 1 "$work/tcpdump.log")"
}

# What a capture must not have: a packet in clear, and an SPI with a number, which is a (key, IV), a second time. The latter
# leaves all of them in numbers.log.
none_in_clear() {
  local clear
  clear=$(tcpdump -nr "$capture" 'not arp and not ip proto 50' 2>/dev/null | wc -l)
  ((clear == 0)) || fail "$clear packets in clear on the wire, see $capture"
}
no_number_twice() {
  local twice
  tshark -r "$capture" -T fields -e esp.spi -e esp.sequence -Y esp 2>/dev/null | sort >"$work/numbers.log"
  twice=$(uniq -d "$work/numbers.log" | wc -l)
  ((twice == 0)) || fail "$twice numbers came twice on the wire, see $capture"
}
