#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Calls of the system fail in gateway A's xespd, one planned fault after the other (tests/faults), under a flow of pings.
# Held of each: it fires; xespd goes on and answers, or ends by itself with an error that it logs, never by a signal; pings
# cross afterwards, with xespd started again if it ended. And of all: nothing in clear, no (key, IV) on the wire twice.
#   tests/system/faults.sh BUILD quick|all
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

# WHAT FUNCTION FIRST ERRNO TIMES: WHAT is what xespd is made to do meanwhile: start, flow (pings), ask (requests), sa (an
# SA deleted and added), tap (packets told).
quick='
flow poll 1 EINTR 3
flow sendto 1 ENOBUFS 5
flow recvmsg 1 EINTR 1
ask accept4 1 EMFILE 3
ask recv 1 ECONNRESET 1
ask send 1 EAGAIN 3
sa pwrite 1 ENOSPC 1
sa fdatasync 1 EIO 1
sa bpf 2 E2BIG 1
tap sendmsg 1 EPIPE 1
start open 1 EMFILE 1
start fsync 1 EIO 1
start pread 1 EIO 1
start socket 3 EMFILE 1
start bind 1 EADDRINUSE 1
start mmap 1 ENOMEM 1
start setsockopt 1 ENOMEM 1
start ioctl 1 EPERM 1
start bpf 1 EPERM 1
start bpf 30 ENOMEM 1
'
more='
flow poll 3 ENOMEM 1
flow sendto 1 ENETDOWN 5
flow recvmsg 1 ENOBUFS 20
ask accept4 1 ECONNABORTED 1
ask recv 1 EINTR 2
ask send 1 EPIPE 1
ask getsockopt 1 ENOMEM 1
sa pwrite 1 EINTR 2
sa bpf 1 ENOMEM 1
sa bpf 2 EPERM 1
start flock 1 ENOLCK 1
start socket 1 EMFILE 1
start listen 1 ENOMEM 1
start eventfd 1 EMFILE 1
start getsockopt 1 ENOMEM 1
start sendto 1 ENOBUFS 1
start bpf 12 ENOMEM 1
'
# Each call of these, one after the other.
swept='start open
start socket
start mmap
start setsockopt
start getsockopt
start ioctl
start sendto
start bpf
start bind
start eventfd
start pread
sa bpf
sa pwrite'

need_root
gateways_bare "$1" software
build=$(cd "$1" && pwd)
errno_of() { python3 -c 'import errno, sys; print(getattr(errno, sys.argv[1]))' "$1"; }
plan=$work/plan
arm() {  # FUNCTION FIRST ERRNO TIMES
  rm -f "$plan.fired"
  echo "$1 $2 $(errno_of "$3") $4" >"$plan.new"
  mv "$plan.new" "$plan"
}
disarm() { rm -f "$plan"; }

# Not in a session of its own, so that its end is told to this script.
start_faulty() {
  ip netns exec "gwA$suffix" env LD_PRELOAD="$build/lib/xesp-faults.so" XESP_FAULTS="$plan" xespd --engine software \
    --inside in0 --outside out0 --socket "$work/a/xespd.sock" --state-dir "$work/a/state" --pin-dir "$work/bpf/a" \
    </dev/null >"$work/xespd-a.log" 2>&1 &
  daemons[0]=$!
}
runs() { kill -0 "${daemons[0]}" 2>/dev/null; }
answers() { timeout 3 xesp --socket "$work/a/xespd.sock" stats >/dev/null 2>&1; }
ended_well() {  # it has ended, or does within 10 s: by itself and with words
  local status=0 i
  for ((i = 0; i < 200; ++i)); do runs || break; sleep 0.05; done
  if runs; then fail "$fault: xespd hangs, see $work/xespd-a.log"; fi
  wait "${daemons[0]}" || status=$?
  ((status > 0 && status < 128)) || fail "$fault: xespd ended with status $status: $(tail -n 1 "$work/xespd-a.log")"
  grep -q ' critical: .' "$work/xespd-a.log" || fail "$fault: xespd ended without a word"
  if grep -q ' critical: internal error' "$work/xespd-a.log"; then fail "$fault: $(tail -n 1 "$work/xespd-a.log")"; fi
}
up_or_ended() {  # after a start
  local i
  for ((i = 0; i < 200; ++i)); do
    if ! runs; then return; fi
    if answers; then return; fi
    sleep 0.05
  done
  fail "$fault: xespd neither answers nor ends after 10 s, see $work/xespd-a.log"
}
stop_a() {
  runs || return 0
  kill -TERM "${daemons[0]}"
  local status=0 i
  for ((i = 0; i < 200; ++i)); do runs || break; sleep 0.05; done
  if runs; then fail "$fault: xespd does not end when told to"; fi
  wait "${daemons[0]}" || status=$?
  ((status < 128)) || fail "$fault: xespd, told to end, ended with status $status"
}
restart_a() {
  stop_a
  start_faulty
  await_gateway a "${daemons[0]}"
  add_tunnel a out in
}
crosses() { in_node hostA ping -c 2 -i 0.05 -W 1 10.81.2.2 >"$work/ping.log"; }

# With the same key again, so that its numbers go on.
add_sa() {
  xesp_at a state add src 192.0.2.1 dst 192.0.2.2 proto esp reqid 1 mode tunnel spi 0x1001 dir out \
    aead 'rfc4106(gcm(aes))' "@$work/keys/1001" 128 sel src 10.81.1.0/24 dst 10.81.2.0/24 >"$work/add.log" 2>&1
}
has_sa() { xesp_at a state list | grep -q 'spi 0x00001001'; }
provoke() {
  case $1 in
    start) start_faulty; up_or_ended ;;
    flow) sleep 1.3 ;;  # next hops are asked for once a second
    ask) for _ in 1 2 3 4; do timeout 3 xesp --socket "$work/a/xespd.sock" stats || true; done ;;
    sa) xesp_at a state delete dst 192.0.2.2 proto esp spi 0x1001 dir out || true; add_sa || true ;;
    tap) timeout -s INT 1 xesp --socket "$work/a/xespd.sock" tap || true ;;
  esac >>"$work/cli.log" 2>&1
}

# What the fault took is given back by who runs xespd: SAs once more, a restart where xespd says so or has ended.
mend() {  # WHAT
  if [[ $1 == start ]] || ! runs; then restart_a; return; fi
  if [[ $1 != sa ]] || has_sa || add_sa; then return; fi
  if ! grep -q 'restart xespd' "$work/add.log"; then fail "$fault: no SA can be added: $(<"$work/add.log")"; fi
  restart_a
}

went_on=0 ended=0
one() {  # WHAT FUNCTION FIRST ERRNO TIMES: false if it never fired
  local fired='' i
  fault="$*"
  if [[ $1 == start ]]; then stop_a; fi
  arm "${@:2}"
  provoke "$1"
  if [[ -s $plan.fired ]]; then fired=yes; fi
  disarm
  if runs; then sleep 0.1; fi
  for ((i = 0; i < 3; ++i)); do if ! runs || answers; then break; fi; done
  if runs; then
    ((i < 3)) || fail "$fault: xespd runs and does not answer"
    went_on=$((went_on + 1))
  else
    ended_well
    ended=$((ended + 1))
  fi
  mend "$1"
  for ((i = 0; i < 4; ++i)); do if crosses; then break; fi; done
  ((i < 4)) || fail "$fault: pings do not cross afterwards"
  [[ -n $fired ]]
}

make_keys
fault='none yet'
end_daemon "${daemons[0]}"  # in its place one with the faults preloaded
restart_a
add_tunnel b in out
tap_on
flow_on 0.02
crosses || fail "no ping crosses to begin with"

planned=$quick
if [[ $2 == all ]]; then planned+=$more; fi
while read -r what; do
  [[ -n $what ]] || continue
  # shellcheck disable=SC2086  # its words
  one $what || fail "$what: nothing of it fired"
done <<<"$planned"
if [[ $2 == all ]]; then
  while read -r what; do
    for ((n = 1; n <= 300; ++n)); do
      # shellcheck disable=SC2086
      one $what "$n" EIO 1 || break
    done
    ((n > 1)) || fail "$what: nothing of it fired"
    say "$what: $((n - 1)) calls"
  done <<<"$swept"
fi

stop_a
daemons=("${daemons[1]}")
flow_off
tap_off
none_in_clear
no_number_twice
(($(wc -l <"$work/numbers.log") > 100)) || fail "hardly any ESP on the wire: the flow proves nothing"
say "passed: xespd went on after $went_on faults and ended by itself after $ended; $(wc -l <"$work/numbers.log") ESP" \
  "packets, none in clear, no number twice"
rm -r "$work/"*.log "$capture"
