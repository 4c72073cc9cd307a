#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# DPDK's ipsec-secgw against xesp: gateway A has xespd, gateway B is ipsec-secgw on two TAP devices, with its own ESP and then
# with librte_ipsec, extended numbers and a window. A tunnel for each suite that both have; ping and TCP both ways through each;
# all that was on the wire opens in scapy.
#   tests/system/secgw.sh BUILD ENGINE
set -euo pipefail
# shellcheck source=tests/system/ike_checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/ike_checks.sh"

need_root
build=$1 engine=$2
if [[ ! -c /dev/net/tun ]]; then echo "$me: skipped: no /dev/net/tun here" >&2; exit 77; fi
if ! why=$("$root/tests/system/secgw_build.sh" "$build/secgw" 2>&1); then echo "$me: skipped: $why" >&2; exit 77; fi
pmds=$(compgen -G "/usr/lib/*/dpdk/pmds-*" | head -n 1)

# secgw's words | ours; K: the key, S: its salt or the HMAC's key, as each writes them
suites=(
  'aead_algo aes-128-gcm aead_key K:S|aead rfc4106(gcm(aes)) 0xKS 128|16 4'
  'aead_algo aes-192-gcm aead_key K:S|aead rfc4106(gcm(aes)) 0xKS 128|24 4'
  'aead_algo aes-256-gcm aead_key K:S|aead rfc4106(gcm(aes)) 0xKS 128|32 4'
  'cipher_algo aes-128-cbc cipher_key K auth_algo sha256-hmac auth_key S|enc cbc(aes) 0xK auth-trunc hmac(sha256) 0xS 128|16 32'
  'cipher_algo aes-256-cbc cipher_key K auth_algo sha256-hmac auth_key S|enc cbc(aes) 0xK auth-trunc hmac(sha256) 0xS 128|32 32'
)

colons() { sed 's/../&:/g; s/:$//' <<<"$1"; }

both_sas() {  # NUMBER SUITE ESN: to xespd, and lines of secgw's configuration
  local theirs ours sizes direction spi src dst key salt
  IFS='|' read -r theirs ours sizes <<<"$2"
  for direction in out in; do  # as A sees it
    if [[ $direction == out ]]; then spi=$((0x1000 + $1)) src=192.0.2.1 dst=192.0.2.2; else spi=$((0x2000 + $1)) src=192.0.2.2 dst=192.0.2.1; fi
    key=$(random_hex "${sizes% *}") salt=$(random_hex "${sizes#* }")
    sed "s/K/$key/; s/S/$salt/; s/^/state add src $src dst $dst proto esp spi $spi reqid $1 mode tunnel $3 dir $direction /" \
      <<<"$ours" >>"$work/keys/batch"
    printf 'sa %s %d %s mode ipv4-tunnel src %s dst %s\n' "$([[ $direction == out ]] && echo in || echo out)" "$spi" \
      "$(sed "s/K/$(colons "$key")/; s/S/$(colons "$salt")/" <<<"$theirs")" $src $dst >>"$work/keys/secgw.cfg"
  done
  cat >>"$work/keys/batch" <<<"policy add src 10.81.1.0/24 dst 10.81.2.$1/32 dir out tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid $1 mode tunnel
policy add src 10.81.2.$1/32 dst 10.81.1.0/24 dir in tmpl src 192.0.2.2 dst 192.0.2.1 proto esp reqid $1 mode tunnel"
  cat >>"$work/keys/secgw.cfg" <<<"sp ipv4 in esp protect $((0x1000 + $1)) pri 1 src 10.81.1.0/24 dst 10.81.2.$1/32 sport 0:65535 dport 0:65535
sp ipv4 out esp protect $((0x2000 + $1)) pri 1 src 10.81.2.$1/32 dst 10.81.1.0/24 sport 0:65535 dport 0:65535"
}

# Its MAC addresses are those of the TAP devices, which the bridges take for their own: who sends to it takes others, for it
# listens to all.
plug_in() {
  local place
  in_node gwB sh -c 'echo 0 >/proc/sys/net/ipv4/ip_forward'
  for place in in out; do
    ip -n "gwB$suffix" addr flush dev ${place}0
    ip -n "gwB$suffix" link add br$place type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip -n "gwB$suffix" link set ${place}0 master br$place
    ip -n "gwB$suffix" link set br$place up
  done
  ip -n "gwA$suffix" neigh replace 192.0.2.2 lladdr 02:00:00:00:5e:01 dev out0
  ip -n "hostB$suffix" neigh replace 10.81.2.1 lladdr 02:00:00:00:5e:02 dev eth0
}

start_secgw() {  # OPTIONS
  local place driver drivers=()
  for driver in bus_vdev mempool_ring net_tap crypto_openssl; do drivers+=(-d "$pmds/librte_$driver.so"); done
  setsid ip netns exec "gwB$suffix" "$build/secgw/ipsec-secgw" --no-huge -m 512 --no-pci --no-telemetry --no-shconf -l 0 \
    "${drivers[@]}" --vdev net_tap0,iface=sgin --vdev net_tap1,iface=sgout --vdev crypto_openssl -- -p 0x3 -P -u 0x2 \
    --config='(0,0,0),(1,0,0)' "$@" -f "$work/keys/secgw.cfg" </dev/null >"$work/secgw.log" 2>&1 &
  secgw=$!
  helpers+=("$secgw")
  disown
  for _ in {1..200}; do
    kill -0 "$secgw" 2>/dev/null || fail "ipsec-secgw ended: $(tail -n 1 "$work/secgw.log")"
    if grep -q 'entering main loop' "$work/secgw.log"; then break; fi
    sleep 0.1
  done
  grep -q 'entering main loop' "$work/secgw.log" || fail "ipsec-secgw is not ready after 20 s, see $work/secgw.log"
  for place in in out; do ip -n "gwB$suffix" link set sg$place master br$place; done
}

round() {  # ESN-FLAG SECGW-OPTIONS
  local number esn=$1 address
  shift
  rm -f "$work/keys/batch" "$work/keys/secgw.cfg"
  for number in "${!suites[@]}"; do
    (umask 077; both_sas "$((number + 2))" "${suites[number]}" "$esn")
    ip -n "hostB$suffix" addr replace "10.81.2.$((number + 2))/24" dev eth0
  done
  (umask 077; cat >>"$work/keys/secgw.cfg" <<<"rt ipv4 dst 10.81.2.0/24 port 0
rt ipv4 dst 192.0.2.1/32 port 1
neigh port 0 02:00:00:00:0b:02
neigh port 1 02:00:00:00:00:01")
  xesp_at a -b "$work/keys/batch" >>"$work/cli.log" 2>&1 || fail "xesp -b: $(tail -n 1 "$work/cli.log")"
  start_secgw "$@"
  tap_on
  keep_keys
  for number in "${!suites[@]}"; do
    say "${suites[number]%% *} $(cut -d' ' -f2 <<<"${suites[number]}")${esn:+, ESN}"
    address=10.81.2.$((number + 2))  # names the tunnel
    ip -n "hostB$suffix" route replace default via 10.81.2.1 src "$address"
    pings hostA "$address"
    pings hostB 10.81.1.2
    transfer hostA hostB "$address" 200000
    transfer hostB hostA 10.81.1.2 200000
  done
  wire_is_good $((40 * ${#suites[@]})) $((2 * ${#suites[@]}))
  xesp_at a state flush
  xesp_at a policy flush
  kill -INT "$secgw"
  for _ in {1..50}; do kill -0 "$secgw" 2>/dev/null || break; sleep 0.1; done
}

xesp_sides=(a)
lab_up "$build" "$engine" a
plug_in
round ''
round 'flag esn' -l -w 64 -e
say "passed in $SECONDS s"
rm -rf "$work"/*.log "$work"/*.out "$work"/*.ping "$work"/{sent,received}
