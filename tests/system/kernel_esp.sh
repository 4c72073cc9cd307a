#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# xespd against the ESP of a Linux kernel, which runs in QEMU (guest.sh). Both get the same SAs and policies in the same words,
# with fresh keys. Held for each suite: pings from both sides are answered, TCP and UDP bring what was sent, there is nothing
# but ESP on the wire, and every packet of it is one that the other side counts as good.
#   tests/system/kernel_esp.sh BUILD CASE...
#     tunnel         IPv4: every suite that both have
#     ipv6           IPv6 in IPv6
#     mixed          IPv4 in IPv6, and IPv6 in IPv4
#     transport      hostA and the guest itself, IPv4 and IPv6
#     encap          ESP in UDP, tunnel mode
#     esn            numbers that pass 2^32 on their way, both directions
#     key            keys that differ: nothing comes through, and both count it
#     replay         packets that come again: both drop them
#     few            of tunnel, ipv6, mixed and transport one suite each
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"
# shellcheck source=tests/system/guest.sh
source "$(dirname "${BASH_SOURCE[0]}")/guest.sh"

need_root
need_guest "$1"
guest_lab "$1"
shift

suites=(
  "gcm128|aead rfc4106(gcm(aes)) K20 128"
  "gcm192|aead rfc4106(gcm(aes)) K28 128"
  "gcm256|aead rfc4106(gcm(aes)) K36 128"
  "gcm128-12|aead rfc4106(gcm(aes)) K20 96"
  "gcm256-12|aead rfc4106(gcm(aes)) K36 96"
  "gcm128-8|aead rfc4106(gcm(aes)) K20 64"
  "gcm256-8|aead rfc4106(gcm(aes)) K36 64"
  "gmac128|aead rfc4543(gcm(aes)) K20 128"
  "gmac256|aead rfc4543(gcm(aes)) K36 128"
  "chacha|aead rfc7539esp(chacha20,poly1305) K36 128"
  "cbc128-sha256|auth-trunc hmac(sha256) K32 128 enc cbc(aes) K16"
  "cbc192-sha384|auth-trunc hmac(sha384) K48 192 enc cbc(aes) K24"
  "cbc256-sha512|auth-trunc hmac(sha512) K64 256 enc cbc(aes) K32"
  "null-sha256|auth-trunc hmac(sha256) K32 128 enc ecb(cipher_null) ''"
  "null-sha512|auth-trunc hmac(sha512) K64 256 enc ecb(cipher_null) ''"
)
esn='flag esn replay-window 128' plain='replay-window 32'
# A kernel's SA has inner packets of its outer family only, if it is not told otherwise.
esn_mixed="flag esn af-unspec replay-window 128" plain_mixed="flag af-unspec replay-window 32"
spi=0x1000 done_suites=0

with_keys() {  # WORDS: each K<bytes> becomes a fresh key
  local words i
  read -ra words <<<"$1"
  for i in "${!words[@]}"; do
    if [[ ${words[i]} =~ ^K([0-9]+)$ ]]; then words[i]=0x$(random_hex "${BASH_REMATCH[1]}"); fi
  done
  echo "${words[*]}"
}
suite_words() {  # NAME
  local suite
  for suite in "${suites[@]}"; do
    if [[ ${suite%%|*} == "$1" ]]; then echo "${suite#*|}"; return 0; fi
  done
  fail "no suite $1"
}


clear_all() {
  printf 'policy flush\nstate flush\n' | xesp_at a -b - >>"$work/cli.log" 2>&1 || fail "flush: $(tail -n 1 "$work/cli.log")"
  guest 'ip xfrm policy flush; ip xfrm state flush'
  rm -f "$work"/keys/*
}

# Where packets go: the SAs' ends, and the two that talk.
ways() {  # tunnel|transport OUTER-FAMILY INNER-FAMILY
  mode=$1 far=(ip netns exec hostB)
  if [[ $2 == 4 ]]; then a=192.0.2.1 b=192.0.2.2; else a=2001:db8::1 b=2001:db8::2; fi
  if [[ $3 == 4 ]]; then
    here=10.81.1.2 there=10.81.2.2 net_a=10.81.1.0/24 net_b=10.81.2.0/24
  else
    here=2001:db8:81:1::2 there=2001:db8:81:2::2 net_a=2001:db8:81:1::/64 net_b=2001:db8:81:2::/64
  fi
  if [[ $1 == transport ]]; then a=$here there=$b net_a=$here net_b=$b far=(); fi
}

# Two SAs and their policies, to both sides in the same words; xespd wants the direction and no rule for what is handed on.
protect() {  # SUITE MORE
  local id="reqid 1 mode $mode" words_ab words_ba
  words_ab="$(with_keys "$(suite_words "$1")") $2" words_ba="$(with_keys "$(suite_words "$1")") $2"
  printf -v ab '0x%x' $((spi += 2))
  printf -v ba '0x%x' $((spi + 1))
  printf '%s xespd %s\n%s kernel %s\n' "$ab" "${1%%[0-9-]*}" "$ba" "${1%%[0-9-]*}" >>"$work/spis"
  (umask 077
    cat >"$work/keys/xespd" <<END
state add src $a dst $b proto esp spi $ab $id $words_ab dir out ${x_out:-}
state add src $b dst $a proto esp spi $ba $id $words_ba dir in ${x_in:-}
policy add src $net_a dst $net_b dir out tmpl src $a dst $b proto esp $id
policy add src $net_b dst $net_a dir in tmpl src $b dst $a proto esp $id
END
    cat >"$work/keys/kernel" <<END
xfrm state add src $a dst $b proto esp spi $ab $id ${k_words:-$words_ab} ${k_in:-}
xfrm state add src $b dst $a proto esp spi $ba $id ${k_words:-$words_ba} ${k_out:-}
xfrm policy add src $net_b dst $net_a dir out tmpl src $b dst $a proto esp $id
xfrm policy add src $net_a dst $net_b dir in tmpl src $a dst $b proto esp $id
xfrm policy add src $net_a dst $net_b dir fwd tmpl src $a dst $b proto esp $id
END
  )
  xesp_at a -b "$work/keys/xespd" >>"$work/cli.log" 2>&1 || fail "$name: xesp -b: $(tail -n 1 "$work/cli.log")"
  guest "ip -batch - <<'END'
$(<"$work/keys/kernel")
END" >"$work/ip.log" 2>&1 || fail "$name: ip xfrm in the guest: $(<"$work/ip.log")"
}

ping_here() { in_node hostA ping -c "${2:-3}" -i "${4:-0.05}" -W "${3:-3}" -s "$1" "$there" >"$work/ping.log" 2>&1; }
ping_there() { guest "${far[@]}" ping -c "${2:-3}" -i "${4:-0.05}" -W "${3:-3}" -s "$1" -I "$there" "$here" >"$work/ping.log" 2>&1; }
pings() {
  local size
  for size in 0 57 1200; do
    ping_here "$size" || fail "$name: no answer to pings of $size bytes from hostA, see $work/ping.log"
    ping_there "$size" || fail "$name: no answer to pings of $size bytes from the guest, see $work/ping.log"
  done
}

# What listens in the guest stays behind when its command ends.
transfers() {
  local want got pid
  head -c 100000 /dev/urandom >"$work/sent"
  guest "${far[*]} timeout 30 nc -l $there 5001 >/run/received & for i in {1..100}; do
    if [[ -n \$(${far[*]} ss -Hltn 'sport = :5001') ]]; then exit 0; fi; sleep 0.05; done; exit 1" || fail "$name: no listener in the guest"
  in_node hostA timeout 30 nc -N "$there" 5001 <"$work/sent" || fail "$name: TCP to the guest: the sender gave up"
  want=$(sha256sum <"$work/sent")
  got=$(guest 'for i in {1..100}; do if ! pidof nc >/dev/null; then break; fi; sleep 0.05; done; sha256sum </run/received')
  [[ $got == "$want" ]] || fail "$name: TCP to the guest: what came is not what was sent"
  in_node hostA timeout 30 nc -l "$here" 5001 >"$work/received" &
  pid=$!
  for _ in {1..100}; do if [[ -n $(in_node hostA ss -Hltn 'sport = :5001') ]]; then break; fi; sleep 0.05; done
  guest "${far[*]} timeout 30 nc -N -s $there $here 5001 </run/received" || fail "$name: TCP from the guest: the sender gave up"
  wait "$pid" || fail "$name: TCP from the guest: the receiver gave up"
  cmp -s "$work/sent" "$work/received" || fail "$name: TCP from the guest: what came is not what was sent"
}

datagrams() {
  local pid
  head -c 900 /dev/urandom >"$work/sent"
  in_node hostA timeout 10 nc -u -l -W 1 "$here" 5002 >"$work/received" &
  pid=$!
  for _ in {1..100}; do if [[ -n $(in_node hostA ss -Hlun 'sport = :5002') ]]; then break; fi; sleep 0.05; done
  guest "base64 -d <<<'$(base64 -w 0 "$work/sent")' | ${far[*]} nc -u -q 0 -s $there $here 5002" || fail "$name: UDP: the sender gave up"
  wait "$pid" || fail "$name: UDP from the guest: nothing came"
  cmp -s "$work/sent" "$work/received" || fail "$name: UDP from the guest: what came is not what was sent"
}

# One number of xespd's, one of the kernel's.
counted() {  # in|out NAME
  xesp_at a -j stats | python3 -c 'import json, sys
counters = json.load(sys.stdin)[sys.argv[1]]
print(counters["by_reason"].get(sys.argv[2], counters.get(sys.argv[2], 0)))' "$@"
}
guest_counted() { guest "sed -n 's/^$1[[:space:]]*//p' /proc/net/xfrm_stat"; }
guest_errors() { guest "sed 's/[[:space:]].*[[:space:]]/ /; s/[[:space:]][[:space:]]*/ /; / 0\$/d' /proc/net/xfrm_stat"; }

try_suite() {  # SUITE MORE
  local before after
  name="$mode $1 in $a"
  before=$(guest_errors)
  protect "$1" "$2"
  pings
  datagrams
  if [[ ${long:-} ]]; then transfers; fi
  after=$(guest_errors)
  [[ $after == "$before" ]] || fail "$name: the guest's kernel counts errors: $after"
  clear_all
  done_suites=$((done_suites + 1))
}

all_suites() { local suite; for suite in "${suites[@]}"; do try_suite "${suite%%|*}" "$1"; done; }

case_tunnel() {
  ways tunnel 4 4
  all_suites "$esn"
  long=1 try_suite gcm256 "$plain"
  long=1 try_suite cbc256-sha512 "$plain"
}
case_ipv6() {
  ways tunnel 6 6
  all_suites "$esn"
  long=1 try_suite gcm256 "$plain"
}
case_mixed() {
  local suite
  for suite in gcm256 gmac128 chacha cbc256-sha512; do
    ways tunnel 6 4
    try_suite "$suite" "$esn_mixed"
    ways tunnel 4 6
    try_suite "$suite" "$plain_mixed"
  done
}
case_transport() {
  local family
  for family in 4 6; do
    ways transport $family $family
    all_suites "$esn"
    long=1 try_suite gcm256 "$plain"
    long=1 try_suite chacha "$plain"
  done
}
case_encap() {
  local family
  # Who asks the kernel to take ESP out of UDP, as an IKE daemon does (UDP_ENCAP is 100,
  # UDP_ENCAP_ESPINUDP 2); in IPv6 also where it has no checksum, as xespd's has none (UDP_NO_CHECK6_RX, 102).
  guest "python3 -c 'import socket, time
for family, address in ((socket.AF_INET, \"192.0.2.2\"), (socket.AF_INET6, \"2001:db8::2\")):
    port = socket.socket(family, socket.SOCK_DGRAM)
    port.setsockopt(socket.IPPROTO_UDP, 100, 2)
    if family == socket.AF_INET6: port.setsockopt(socket.IPPROTO_UDP, 102, 1)
    port.bind((address, 4500))
    globals()[address] = port
print(\"bound\", flush=True)
time.sleep(3600)' >/run/encap & for i in {1..100}; do if grep -q bound /run/encap; then exit 0; fi; sleep 0.1; done; exit 1" ||
    fail "no socket in the guest that takes ESP out of UDP"
  for family in 4 6; do
    ways tunnel $family $family
    try_suite gcm256 "$esn encap espinudp 4500 4500 0.0.0.0"
    long=1 try_suite cbc256-sha512 "$plain encap espinudp 4500 4500 0.0.0.0"
  done
}

case_esn() {
  local near=4294967290 suite
  for suite in gcm256 cbc128-sha256; do
    ways tunnel 4 4
    x_out="replay-oseq $near" x_in="replay-seq $near" k_out="replay-oseq $near" k_in="replay-seq $near" \
      try_suite $suite "$esn"
  done
}

case_key() {
  local suite in_kernel in_xespd
  ways tunnel 4 4
  for suite in gcm256 cbc128-sha256; do
    name="other keys, $suite"
    in_kernel=$(guest_counted XfrmInStateProtoError) in_xespd=$(counted in icv_failed)
    k_words="$(with_keys "$(suite_words $suite)") $plain" protect "$suite" "$plain"
    if ping_here 56 3 1; then fail "$name: pings from hostA are answered"; fi
    if ping_there 56 3 1; then fail "$name: pings from the guest are answered"; fi
    in_kernel=$(($(guest_counted XfrmInStateProtoError) - in_kernel)) in_xespd=$(($(counted in icv_failed) - in_xespd))
    ((in_kernel == 3 && in_xespd == 3)) || fail "$name: of 3 packets the kernel counts $in_kernel as bad, xespd $in_xespd"
    clear_all
    done_suites=$((done_suites + 1))
  done
}

# Seen and forged, as both count them.
both_count() {
  echo "$(guest_counted XfrmInStateSeqError) $(guest_counted XfrmInStateProtoError)" \
    "$(($(counted in replay) + $(counted in replay_old))) $(counted in icv_failed)"
}

# With ESN a number far below the window is one of the next 2^32 (RFC 4303 A2.2), for which its ICV is wrong.
case_replay() {
  local suite want before after
  ways tunnel 4 4
  for suite in "gcm256 $esn" "cbc128-sha256 $plain"; do
    name="packets again, $suite"
    protect "${suite%% *}" "${suite#* }"
    ping_here 56 150 3 0.01 || fail "$name: no answer to pings"
    read -ra before < <(both_count)
    in_node wire "$root/tests/system/resend.py" "$capture" "$ab" toG 5 || fail "$name: nothing sent again"
    in_node wire "$root/tests/system/resend.py" "$capture" "$ba" toA 5 || fail "$name: nothing sent again"
    sleep 0.3
    read -ra after < <(both_count)
    if [[ $suite == *esn* ]]; then want='5 5 5 5'; else want='10 0 10 0'; fi
    after=("$((after[0] - before[0])) $((after[1] - before[1])) $((after[2] - before[2])) $((after[3] - before[3]))")
    [[ ${after[0]} == "$want" ]] ||
      fail "$name: 10 packets to each; seen and forged are, for the kernel and for xespd, ${after[0]}, not $want"
    ping_here 56 || fail "$name: no answer to pings afterwards"
    clear_all
    done_suites=$((done_suites + 1))
  done
}

case_few() {
  ways tunnel 4 4
  long=1 try_suite gcm256 "$esn"
  try_suite gcm128-12 "$plain"
  try_suite gmac128 "$esn"
  ways tunnel 6 6
  try_suite cbc256-sha512 "$esn"
  ways tunnel 6 4
  try_suite chacha "$esn_mixed"
  ways transport 4 4
  long=1 try_suite gcm256-8 "$esn"
  ways transport 6 6
  try_suite gcm192 "$esn"
}

run() {
  local one start
  tap_on
  for one in "$@"; do
    start=$SECONDS
    done_suites=0
    "case_$one"
    say "$one: $done_suites suites in $((SECONDS - start)) s"
  done
  tap_off
  "$root/tests/system/kernel_wire.py" "$work/spis" "$capture" || fail "the wire, see $capture"
  guest_down
  say "passed: $* in $SECONDS s"
  rm -r "$work"/*.log "$work"/{spis,sent,received} "$capture"
}
run "$@"
