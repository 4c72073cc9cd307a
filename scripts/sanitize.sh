#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds xespd and xesp with a sanitizer, and runs them under load on the two gateways of scripts/lab.sh, engine software:
# traffic of all lengths both ways, and beside it rekeys, policies, questions, taps, scrapes, reloads, changed MTUs, an end and
# a new start of gateway A.
#   sudo scripts/sanitize.sh thread                  data races, locks in a wrong order (clang's ThreadSanitizer)
#   sudo scripts/sanitize.sh address                 memory errors, leaks, undefined behaviour
#   sudo scripts/sanitize.sh thread --seconds 600    longer than 60 s of load
#   sudo scripts/sanitize.sh thread --build-only     for a debugger: build-tsan/bin, build-asan/bin
# Exit status: 0 nothing found; 1 a sanitizer's report, an xespd that died or did not end, or traffic that did not cross;
# 64 wrong usage; 77 not root, or no network namespaces.
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/gateways.sh"
usage() { sed -n '3,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

which='' seconds=60 build_only='' patience=600
while (($#)); do
  case $1 in
    -h|--help) usage; exit 0 ;;
    thread|address) which=$1; shift ;;
    --seconds) seconds=${2:?sanitize: --seconds needs a number}; shift 2 ;;
    --build-only) build_only=1; shift ;;
    *) echo "sanitize: no such argument: '$1'" >&2; usage >&2; exit 64 ;;
  esac
done
case $which in
  thread) preset=tsan provoked=(race) ;;
  address) preset=asan provoked=(overflow leak) ;;
  *) echo "sanitize: which sanitizer?" >&2; usage >&2; exit 64 ;;
esac
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "sanitize: --seconds $seconds is no number" >&2; exit 64; }
[[ -n $build_only ]] || need_root

build=$root/build-$preset
mkdir -p "$build"
say "building in build-$preset"
if [[ ! -f $build/build.ninja ]]; then
  (cd "$root" && cmake --preset "$preset") >"$build/configure.log" 2>&1 || { tail -n 20 "$build/configure.log" >&2; exit 1; }
fi
cmake --build "$build" --target xespd xesp_cli sanitize_proof >"$build/build.log" 2>&1 ||
  { tail -n 20 "$build/build.log" >&2; exit 1; }
if [[ -n $build_only ]]; then exit 0; fi

# Reports go to files, one a process, whichever process of ours it is: xespd, or an xesp whose output nobody reads.
# xespd needs nothing else: it locks only the pages of keys, has no seccomp filter of its own, and LeakSanitizer opens a process
# that is not dumpable itself, without any capability.
reports=$(mktemp -d "/tmp/xesp-$me-$which.XXXXXX")
common="log_path=$reports/report:handle_abort=1:symbolize=1:external_symbolizer_path=$(command -v llvm-symbolizer-19 || true)"
export TSAN_OPTIONS=$common:second_deadlock_stack=1:history_size=4
export ASAN_OPTIONS=$common:detect_leaks=1:check_initialization_order=1
export UBSAN_OPTIONS=$common:print_stacktrace=1
found() { compgen -G "$reports/report.*" >/dev/null; }
no_reports() {
  found || return 0
  grep -hE '^(SUMMARY: |.*: runtime error: )' "$reports"/report.* | sort | uniq -c | sort -rn >&2 || true
  cat "$(compgen -G "$reports/report.*" | head -n 1)" >&2
  fail "the sanitizer has found something, see $reports"
}

# Before a run without reports may mean something.
for what in "${provoked[@]}"; do
  "$build/bin/sanitize_proof" "$what" >/dev/null 2>&1 || true
  found || fail "a $what of the program that is there to make one was not reported"
  rm "$reports"/report.*
done

config=$reports/xesp.toml
echo 'log_level = "info"' >"$config"
xespd_more=(--config "$config" --metrics 127.0.0.1:9464 --mss-clamp)
if [[ -c /dev/net/tun ]]; then xespd_more+=(--tun xesp0); else say "no /dev/net/tun here: without xespd's --tun"; fi
gateways_bare "$build" software
"$root/scripts/lab.sh" ipv6 "$suffix"
# Neighbours are told of the address that changes below.
in_node gwA sh -c 'echo 1 >/proc/sys/net/ipv4/conf/out0/arp_notify; echo 1 >/proc/sys/net/ipv6/conf/out0/ndisc_notify'

ends=([4]='192.0.2.1 192.0.2.2 10.81.1.0/24 10.81.2.0/24' [6]='2001:db8::1 2001:db8::2 2001:db8:81:1::/64 2001:db8:81:2::/64')
new_keys() {  # SPI: for any of the suites
  new_key "$1"
  new_key "$1-32" 32
}
# SPI NUMBER: the words of a suite
suite() {
  local k=$work/keys/$1
  case $(($2 % 5)) in
    0) echo "aead rfc4106(gcm(aes)) @$k 128" ;;
    1) echo "aead rfc4106(gcm(aes)) @$k 128 flag esn replay-window 1024" ;;
    2) echo "enc cbc(aes) @$k-32 auth-trunc hmac(sha256) @$k-32 128" ;;
    3) echo "aead rfc7539esp(chacha20,poly1305) @$k 128" ;;
    4) echo "aead rfc4543(gcm(aes)) @$k 128 tfcpad 200" ;;
  esac
}
# FAMILY SPI-OF-A-TO-B SPI-OF-B-TO-A NUMBER a|b: an SA each way, in lines for xesp -b, the inbound one first
pair() {
  local a b net_a net_b
  read -r a b net_a net_b <<<"${ends[$1]}"
  local kind="proto esp reqid $1 mode tunnel"
  local there="src $a dst $b $kind spi $2" back="src $b dst $a $kind spi $3"
  local sel_there="sel src $net_a dst $net_b" sel_back="sel src $net_b dst $net_a"
  if [[ $5 == a ]]; then
    echo "state add $back dir in $(suite "$3" "$4") $sel_back"
    echo "state add $there dir out $(suite "$2" "$4") $sel_there limit packet-soft 200 limit time-hard 120"
  else
    echo "state add $there dir in $(suite "$2" "$4") $sel_there"
    echo "state add $back dir out $(suite "$3" "$4") $sel_back limit packet-soft 200 limit time-hard 120"
  fi
}
policies() {  # FAMILY a|b
  local a b net_a net_b there=out back=in
  read -r a b net_a net_b <<<"${ends[$1]}"
  if [[ $2 == b ]]; then there=in back=out; fi
  echo "policy add src $net_a dst $net_b dir $there tmpl src $a dst $b proto esp reqid $1 mode tunnel"
  echo "policy add src $net_b dst $net_a dir $back tmpl src $b dst $a proto esp reqid $1 mode tunnel"
}
batch() {  # a|b, lines on standard input
  xesp_at "$1" --force -b - >/dev/null
}

# --- what runs beside the traffic ---
declare -A stop_of
# NAME FUNCTION...: again and again, with a count from 1, until $work/stop.NAME is there; $work/done.NAME: how often it succeeded
again() {
  local name=$1
  shift
  rm -f "$work/stop.$name"
  (
    trap - EXIT INT TERM
    set +e
    # The traffic is to be most of the load, and questions not to keep changes away.
    if [[ ! $name =~ ^(rekey|policies) ]]; then renice -n 5 $BASHPID >/dev/null; fi
    times=$(cat "$work/done.$name" 2>/dev/null || echo 0)
    turn=0
    while [[ -d $work/keys && ! -e $work/stop.$name ]]; do
      if "$@" $((++turn)) >>"$work/$name.log" 2>&1; then echo $((++times)) >"$work/done.$name"; fi
      sleep 0.2
    done
  ) &
  stop_of[$name]=$!
  helpers+=("$!")
}
no_more() {  # NAME...
  local name
  for name in "$@"; do touch "$work/stop.$name"; done
  for name in "$@"; do wait "${stop_of[$name]}" || true; done
}

# FAMILY TURN: new SAs as an IKE daemon makes them; with FAMILY's own range of SPIs
rekey() {
  local n=$((turn_base + $2)) spi_ab spi_ba old_ab old_ba a b
  read -r a b _ <<<"${ends[$1]}"
  printf -v spi_ab '0x%x' $(($1 * 0x100000 + 2 * n))
  printf -v spi_ba '0x%x' $(($1 * 0x100000 + 2 * n + 1))
  printf -v old_ab '0x%x' $(($1 * 0x100000 + 2 * n - 2))
  printf -v old_ba '0x%x' $(($1 * 0x100000 + 2 * n - 1))
  new_keys "$spi_ab"
  new_keys "$spi_ba"
  pair "$1" "$spi_ab" "$spi_ba" $n b | batch b || return 1
  pair "$1" "$spi_ab" "$spi_ba" $n a | batch a || return 1
  if (($2 == 0)); then return 0; fi
  { echo "state delete dst $b proto esp spi $old_ab dir out"; echo "state delete dst $a proto esp spi $old_ba dir in"; } | batch a
  { echo "state delete dst $a proto esp spi $old_ba dir out"; echo "state delete dst $b proto esp spi $old_ab dir in"; } | batch b
  rm -f "$work/keys/$old_ab"* "$work/keys/$old_ba"*
}
# Others than the traffic's, forty of them, and one of the traffic's once more.
many_policies() {
  local i
  {
    for ((i = 0; i < 20; ++i)); do
      echo "policy add src 10.99.$i.0/24 dst 10.98.$i.0/24 proto udp dport $((1000 + i)) dir out action block"
      echo "policy add src 2001:db8:99:$i::/64 dst 2001:db8:98:$i::/64 dir in action allow"
    done
    for ((i = 0; i < 20; ++i)); do
      echo "policy delete src 10.99.$i.0/24 dst 10.98.$i.0/24 proto udp dport $((1000 + i)) dir out"
      echo "policy delete src 2001:db8:99:$i::/64 dst 2001:db8:98:$i::/64 dir in"
    done
    policies 4 "$1" | sed -n '1 { h; s/policy add \(.*\) tmpl.*/policy delete \1/p; x; p }'
  } | batch "$1"
}
questions() {
  local ask=('state list' '-j stats' 'policy list' 'count' 'caps' 'card' 'where 10.81.1.2 10.81.2.2 udp 1 7000' '-j state list' stats)
  local words
  read -ra words <<<"${ask[$2 % ${#ask[@]}]}"
  xesp_at "$1" "${words[@]}"
}
taps() {  # a|b; the third one reads nothing for a while
  timeout -k 10 60 xesp --socket "$work/$1/xespd.sock" tap -w /dev/null --count 100 || return 1
  timeout -k 10 20 xesp --socket "$work/$1/xespd.sock" tap --drops --count 5 || true
  timeout -k 10 20 xesp --socket "$work/$1/xespd.sock" tap -w - | { sleep 2; head -c 1 >/dev/null; }
  return 0
}
monitors() { timeout -k 10 60 xesp --socket "$work/$1/xespd.sock" monitor --count 20; }
scrape() { in_node "gw${1^^}" curl -sf -m 10 http://127.0.0.1:9464/metrics | grep -c '^xesp_'; }
reload() {
  printf 'log_level = "%s"\n' "$( (($1 % 2)) && echo info || echo debug)" >"$config.new"
  mv "$config.new" "$config"
  kill -HUP "${daemons[0]}" "${daemons[1]}"
  sleep 0.5
}
mtus() {
  ip -n "gwA$suffix" link set out0 mtu $((1400 + $1 % 3 * 50)) && ip -n "gwB$suffix" link set in0 mtu $((1400 + $1 % 2 * 100)) || return 1
  if (($1 % 8 == 5)); then ip -n "gwA$suffix" link set out0 address "02:00:00:00:00:0$((1 + $1 / 8 % 2 * 2))" || return 1; fi
  sleep 0.7
}
own_pings() { in_node gwA timeout 30 ping -q -i 0.02 -c 50 -W 2 -s 300 -I 10.81.1.1 10.81.2.2; }
host_pings() { in_node hostB timeout 30 ping -q -f -c 200 -W 2 -s $(($1 * 97 % 3000)) 10.81.1.2; }

traffic=()
traffic_on() {
  ip netns exec "hostA$suffix" "$root/tests/system/sanitize_load.py" 10.81.2.2 2001:db8:81:2::2 >"$work/load-a.json" 2>"$work/load-a.log" &
  traffic+=("$!")
  ip netns exec "hostB$suffix" "$root/tests/system/sanitize_load.py" 10.81.1.2 2001:db8:81:1::2 >"$work/load-b.json" 2>"$work/load-b.log" &
  traffic+=("$!")
  helpers+=("${traffic[@]}")
}
crossed() {  # a|b COUNTER: what a host tells of its traffic
  python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/load-$1.json" "$2"
}
rekeyed=(rekey4 rekey6 policies_a policies_b)
others=(questions_a questions_b taps_a monitors_a monitors_b scrape_a scrape_b reload mtus host_pings)
turn_base=1
rekeys_on() {
  local side
  for side in a b; do
    { echo 'state flush'; policies 4 $side; policies 6 $side; } | batch $side 2>/dev/null || true  # what is there already
  done
  rekey 4 0 >>"$work/rekey4.log" 2>&1 || { no_reports; fail "no SAs: $(tail -n 1 "$work/rekey4.log")"; }
  rekey 6 0 >>"$work/rekey6.log" 2>&1 || { no_reports; fail "no SAs: $(tail -n 1 "$work/rekey6.log")"; }
  again rekey4 rekey 4
  again rekey6 rekey 6
  again policies_a many_policies a
  again policies_b many_policies b
}
alive() {
  local pid
  for pid in "${daemons[@]}"; do kill -0 "$pid" 2>/dev/null || { no_reports; fail "an xespd has died: $(tail -n 3 "$work"/xespd-[ab].log)"; }; done
}
under_load() {  # SECONDS
  local end=$((SECONDS + $1))
  while ((SECONDS < end)); do
    sleep 1
    alive
    no_reports
  done
}
stop_gateway() {  # a|b PID: in good order, however long a sanitizer takes
  kill -TERM "$2"
  for _ in {1..600}; do kill -0 "$2" 2>/dev/null || break; sleep 0.1; done
  ! kill -0 "$2" 2>/dev/null || fail "xespd $1 does not end by SIGTERM in 60 s"
  no_reports
  if grep -E 'ThreadSanitizer|AddressSanitizer|LeakSanitizer|runtime error:' "$work/xespd-$1.log" >&2; then fail "see $work"; fi
  grep -q 'info: stopping' "$work/xespd-$1.log" || fail "xespd $1 did not end in good order: $(tail -n 1 "$work/xespd-$1.log")"
}

say "$seconds s of load"
if [[ -c /dev/net/tun ]]; then ip -n "gwA$suffix" route replace 10.81.2.0/24 dev xesp0 src 10.81.1.1; fi
rekeys_on
traffic_on
for side in a b; do
  again questions_$side questions $side
  again monitors_$side monitors $side
  again scrape_$side scrape $side
done
again taps_a taps a
again reload reload
again mtus mtus
if [[ -c /dev/net/tun ]]; then
  again own_pings own_pings
  others+=(own_pings)
fi
again host_pings host_pings
under_load $((seconds / 2))

say "an end and a new start of gateway A under this load"
no_more reload
stop_gateway a "${daemons[0]}"
kept=("${daemons[1]}")
daemons=()
start_gateway "$build" software a
daemons+=("${kept[@]}")
await_gateway a "${daemons[0]}"
no_more "${rekeyed[@]}"
turn_base=100000
rekeys_on
again reload reload
under_load $((seconds - seconds / 2))
# Each must have come through, however slow this machine is.
work_of_all=("${rekeyed[@]}" "${others[@]}")
for ((i = 0; i < patience; ++i)); do
  missing=''
  for name in "${work_of_all[@]}"; do [[ -s $work/done.$name ]] || missing+=" $name"; done
  [[ -n $missing ]] || break
  under_load 1
done

no_more reload  # by the daemons' ids
stop_gateway a "${daemons[0]}"
stop_gateway b "${daemons[1]}"
no_more "${work_of_all[@]}"
kill -TERM "${traffic[@]}"
wait "${traffic[@]}" || fail "no account of the traffic: $(cat "$work"/load-?.log)"
helpers=()
no_reports

for name in "${work_of_all[@]}"; do
  [[ -s $work/done.$name ]] || fail "$name never succeeded: $(tail -n 3 "$work/$name.log")"
done
for side in a b; do
  for counter in udp4_received udp6_received tcp_whole; do
    (($(crossed $side $counter) > 0)) || fail "host ${side^^}: nothing crossed, $counter is 0: $(<"$work/load-$side.json")"
  done
  (($(crossed $side tcp_wrong) == 0)) || fail "host ${side^^}: TCP brought other bytes: $(<"$work/load-$side.json")"
done
say "host A $(<"$work/load-a.json"), host B $(<"$work/load-b.json")"
say "times: $(for name in "${work_of_all[@]}"; do printf '%s %s, ' "$name" "$(cat "$work/done.$name" 2>/dev/null)"; done)"
say "passed: no report of the $which sanitizer"
rm -r "$work"/*.log "$work"/{done,stop}.* "$work"/load-?.json "$reports"
