#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two charons agree, two xespds protect, with the configurations of host/strongswan/examples as they stand or with the
# changes that a case names. Held in each case: nothing but IKE, ESP and AH on the wire, every packet of these opens in scapy
# with the keys agreed on, all pings are answered.
#   [show=1] tests/system/ike.sh BUILD ENGINE CASE...       with show=1 the SAs are printed: scripts/demo.sh ike
#     servers        two servers, transport mode, shared secret: their own traffic, ping and TCP; and a rekey
#     tunnel         two networks, certificates; new CHILD_SAs again and again under a flow, none lost
#     ipv6           the tunnel in IPv6
#     software       AES-256-CBC with HMAC-SHA-256, and ChaCha20-Poly1305, which no card has
#     ah             AH with HMAC-SHA2: two servers, then the tunnel in IPv4 and IPv6, with a rekey and a limit in bytes
#     ikev1          two servers by IKEv1, ESP's proposal in the older guides' notation
#     nat            one gateway behind a router that masquerades, maps ports and forgets them
#     mobike         a gateway's address changes under way
#     lifetime       soft and hard limits make new SAs and end old ones, of ESP and of AH
#     acquire        an SA is made when a packet wants one
#     restart        xespd is killed and starts again
#     silence        the peer dies (the last case: its charon stays dead)
#     refused        what xespd has not, each with its line in charon's log
#     secret         secrets that differ: no SA, and the reason told
set -euo pipefail
# shellcheck source=tests/system/ike_checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/ike_checks.sh"

need_root
need_charon "$1"
build=$1 engine=$2
shift 2

to_ipv6='s/192\.0\.2\.([12])/2001:db8::\1/; s/10\.81\.([12])\.0\/24/2001:db8:81:\1::\/64/'

case_servers() {
  servers_up
  tap_on
  load transport
  await_any all
  on_card
  shown
  keep_keys
  pings gwA 192.168.1.20
  transfer gwA gwB 192.168.1.20 200000
  transfer gwB gwA 192.168.1.10 200000
  in_node gwA xesp --socket "$work/a/xespd.sock" doctor >"$work/doctor.log" || true
  if grep -E '^(error|warning) +(route|sa|policy|ike) ' "$work/doctor.log"; then fail "xesp doctor sees what is not"; fi
  swan_at a --rekey --child all >>"$work/swanctl.log" || fail "rekey: $(tail -n 1 "$work/swanctl.log")"
  sleep 0.5
  keep_keys
  pings gwB 192.168.1.10
  wire_is_good 40 4
  end_all
  gateways_again
}

case_tunnel() {
  local i
  make_certificates
  load tunnel
  await_any nets
  on_card
  shown
  tap_on
  keep_keys
  flow_on 0.01
  for ((i = 1; i <= 5; ++i)); do
    swan_at a --rekey --child nets >>"$work/swanctl.log" || fail "rekey: $(tail -n 1 "$work/swanctl.log")"
    sleep 0.4
    keep_keys
    swan_at b --rekey --child nets >>"$work/swanctl.log" || fail "rekey: $(tail -n 1 "$work/swanctl.log")"
    sleep 0.4
    keep_keys
  done
  swan_at a --rekey --ike peer >>"$work/swanctl.log" || fail "rekey: $(tail -n 1 "$work/swanctl.log")"
  sleep 0.4
  flow_off
  say "10 rekeys of the CHILD_SA, from both sides, and one of the IKE_SA: $((sent - received)) lost"
  # The last request may still be on its way when ping is told to end.
  ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost in 10 rekeys"
  transfer hostA hostB 10.81.2.2 200000
  pings gwA 10.81.2.1
  wire_is_good $((2 * received + 20)) 22
  end_all
}

case_ipv6() {
  local node
  "$root/scripts/lab.sh" ipv6 "$suffix"
  make_certificates
  load tunnel "$to_ipv6"
  await_any nets
  tap_on
  keep_keys
  pings hostA 2001:db8:81:2::2
  pings gwA 2001:db8:81:2::1
  wire_is_good 40 2
  end_all
  for node in hostA gwA gwB hostB; do in_node $node sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'; done
}

case_software() {
  local suite
  make_certificates
  for suite in aes256-sha256-x25519 chacha20poly1305-x25519-esn; do
    load tunnel "s/aes256gcm16-x25519-esn/$suite/"
    await_any nets
    tap_on
    keep_keys
    placed False
    pings hostA 10.81.2.2
    wire_is_good 20 2
    end_all
  done
}

case_ah() {
  local node before
  servers_up
  load transport 's/esp_proposals = .*/ah_proposals = sha256-x25519-esn/'
  await_any all
  tap_on
  placed False
  keep_keys
  pings gwA 192.168.1.20
  transfer gwB gwA 192.168.1.10 200000
  swan_at a --rekey --child all >>"$work/swanctl.log" || fail "rekey: $(tail -n 1 "$work/swanctl.log")"
  sleep 0.5
  keep_keys
  pings gwB 192.168.1.10
  wire_is_good 40 4
  end_all
  gateways_again
  make_certificates
  load tunnel 's/esp_proposals = .*/ah_proposals = sha384-x25519/; s/rekey_time = 1h/rekey_bytes = 8000\n        life_bytes = 80000\n        rand_bytes = 0/'
  await_any nets
  tap_on
  keep_keys
  before=$(spis_of_a)
  flow_on 0.02
  for _ in {1..20}; do
    sleep 0.2
    keep_keys
  done
  flow_off
  ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost"
  [[ $(spis_of_a) != "$before" ]] || fail "the SA has not been renewed after $((84 * sent)) bytes"
  wire_is_good $((2 * received)) 4
  end_all
  "$root/scripts/lab.sh" ipv6 "$suffix"
  load tunnel "$to_ipv6; s/esp_proposals = .*/ah_proposals = sha512-x25519-esn/"
  await_any nets
  tap_on
  keep_keys
  pings hostA 2001:db8:81:2::2
  pings gwA 2001:db8:81:2::1
  wire_is_good 40 2
  end_all
  for node in hostA gwA gwB hostB; do in_node $node sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'; done
}

case_ikev1() {
  servers_up
  load transport 's/version = 2/version = 1/; s/( proposals = ).*/\1aes256-sha256-modp2048/; s/aes256gcm16-x25519-esn/aes256gcm16-sha2_512/'
  await_any all
  tap_on
  keep_keys
  pings gwA 192.168.1.20
  wire_is_good 20 2
  end_all
  gateways_again
}

port_to_a() {  # where b sends ESP in UDP to
  xesp_at b -j state list | python3 -c 'import json, sys
print(next((sa["encap"]["dst_port"] for sa in json.load(sys.stdin) if sa["dir"] == "out"), 0))'
}

forget_flows() {  # the router's: the next packet gets another port
  local seconds
  for seconds in 1 120; do
    in_node wire sh -c "cd /proc/sys/net/netfilter && echo $seconds >nf_conntrack_udp_timeout &&
      echo $seconds >nf_conntrack_udp_timeout_stream"
    in_node hostA ping -c 1 -W 1 10.81.2.2 >>"$work/ping.log" || true  # the flow takes the new timeout
    sleep 3
  done
}

# A to B through a router that masquerades and gives every flow another port.
case_nat() {
  local port
  ip -n "wire$suffix" link set toA nomaster
  ip -n "wire$suffix" addr add 198.51.100.254/24 dev toA
  ip -n "wire$suffix" addr add 192.0.2.254/24 dev br0
  in_node wire sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
  in_node wire ethtool -K toA tx off >/dev/null
  in_node wire nft 'add table ip nat; add chain ip nat out { type nat hook postrouting priority 100; }; add rule ip nat out oifname "br0" ip protocol udp masquerade to :20000-20999 random'
  ip -n "gwA$suffix" addr flush dev out0
  ip -n "gwA$suffix" addr add 198.51.100.1/24 dev out0
  ip -n "gwA$suffix" route add default via 198.51.100.254
  ip -n "gwA$suffix" route replace 10.81.2.0/24 via 198.51.100.254
  ip -n "gwB$suffix" route replace 10.81.1.0/24 via 192.0.2.254
  make_certificates
  # B can't know where A comes from, so A alone starts; and A alone asks whether the peer is there, for its own questions tell
  # it how the router maps it.
  load tunnel '/local_addrs = 192.0.2.2/,/dpd_delay/ s/30s/0s/; s/dpd_delay = 30s/dpd_delay = 2s/
    s/local_addrs = 192.0.2.1/local_addrs = 198.51.100.1/; s/remote_addrs = 192.0.2.1/remote_addrs = %any/'
  await_any nets
  tap_on
  keep_keys
  pings hostA 10.81.2.2
  pings gwB 10.81.1.1
  transfer hostB hostA 10.81.1.2 200000
  wire_is_good 40 2
  port=$(port_to_a)
  [[ $port == 20??? ]] || fail "b sends to port $port, not to one that the router gave"
  sleep 5  # one DPD at least, which tells charon how it is seen from outside
  forget_flows
  for _ in {1..40}; do
    if in_node hostA ping -c 1 -W 1 10.81.2.2 >>"$work/ping.log" && [[ $(port_to_a) != "$port" ]]; then break; fi
  done
  [[ $(port_to_a) != "$port" ]] || fail "b still sends to port $port, which the router has forgotten"
  pings hostA 10.81.2.2
  say "the router has forgotten port $port, b sends to $(port_to_a) now"
  end_all
}

# A host that moves: its gateway gets another address, and the SAs go with it.
case_mobike() {
  make_certificates
  load tunnel 's/(local|remote)_addrs = 192.0.2.1/\1_addrs = %any/'
  await_any nets
  pings hostA 10.81.2.2
  tap_on
  keep_keys
  ip -n "gwA$suffix" addr add 192.0.2.11/24 dev out0
  ip -n "gwA$suffix" addr del 192.0.2.1/24 dev out0
  ip -n "gwA$suffix" addr add 192.0.2.11/24 dev out0 2>/dev/null || true
  ip -n "gwA$suffix" route replace 10.81.2.0/24 via 192.0.2.2
  for _ in {1..100}; do
    if xesp_at b -j state list | grep -q '"dst": "192.0.2.11"'; then break; fi
    sleep 0.1
  done
  xesp_at b -j state list | grep -q '"dst": "192.0.2.11"' || fail "b still sends to the old address after 10 s"
  keep_keys
  sleep 1.2
  pings hostA 10.81.2.2
  wire_is_good 20 2
  end_all
  gateways_again
}

spis_of_a() { xesp_at a -j state list | grep '"spi"'; }

case_lifetime() {
  local before protocol
  make_certificates
  for protocol in esp ah; do
    load tunnel "$(if [[ $protocol == ah ]]; then echo 's/esp_proposals = .*/ah_proposals = sha256-x25519/;'; fi)
      s/rekey_time = 1h/rekey_time = 4s\n        life_time = 8s\n        rand_time = 0/"
    await_any nets
    before=$(xesp_at a -j state list)
    flow_on 0.05
    sleep 10
    flow_off
    ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost"
    python3 -c 'import json, sys
old, new = ({(sa["proto"], sa["spi"]) for sa in json.loads(text)} for text in sys.argv[2:])
sys.exit(not new or bool(old & new) or any(proto != sys.argv[1] for proto, _ in new))' \
      $protocol "$before" "$(xesp_at a -j state list)" || fail "the SAs of 10 s ago are still there, or are not $protocol"
    end_all
  done
  load tunnel 's/rekey_time = 1h/rekey_bytes = 8000\n        life_bytes = 80000\n        rand_bytes = 0/'
  await_any nets
  before=$(spis_of_a)
  flow_on 0.02
  sleep 4
  flow_off
  ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost"
  [[ $(spis_of_a) != "$before" ]] || fail "the SA has not been renewed after $((84 * sent)) bytes"
  end_all
}

refusal() {  # WHAT SED-SCRIPT TEXT: no SA, and the text in a log of both sides
  sed 's/start_action = start/start_action = none/' "$examples/transport/b.conf" | sed -E -e "$2" >"$work/b.conf"
  sed 's/start_action = start/start_action = none/' "$examples/transport/a.conf" | sed -E -e "$2" >"$work/a.conf"
  swan_conf b "$work/b.conf"
  swan_conf a "$work/a.conf"
  if swan_at a --initiate --child all >>"$work/swanctl.log" 2>&1; then fail "$1 is taken"; fi
  grep -qh "kernel-xesp: .*$3" "$work/charon-a.log" "$work/charon-b.log" || fail "$1: no charon says '$3'"
  xesp_at a doctor >"$work/doctor.log" || true
  grep -qE 'ike +192.168.1.20, ' "$work/doctor.log" || fail "$1: xesp doctor says nothing about it, see $work/doctor.log"
  say "$1: $(grep -ohm 1 "kernel-xesp: .*$3.*" "$work/charon-a.log" "$work/charon-b.log" | head -n 1)"
  end_all
}

case_refused() {
  servers_up
  refusal 'transport mode through a NAT' 's/dpd_delay = 30s/encap = yes/' 'set mode = tunnel'
  refusal 'AH with SHA-1' 's/esp_proposals = .*/ah_proposals = sha1/' 'put sha256, sha384 or sha512 into ah_proposals'
  refusal 'a range of ports' 's/mode = transport/&\n        local_ts = dynamic[tcp\/1000-2000]\n        remote_ts = dynamic[tcp\/1000-2000]/' 'one port or all'
  refusal 'a suite' 's/esp_proposals = .*/esp_proposals = aes128ctr-sha256/' 'put one of them into esp_proposals'
  gateways_again
}

case_secret() {
  servers_up
  sed 's/replace me/another secret/; s/start_action = start/start_action = none/' "$examples/transport/b.conf" >"$work/b.conf"
  swan_conf b "$work/b.conf"
  swan_conf a "$examples/transport/a.conf"
  for _ in {1..50}; do
    if grep -q AUTHENTICATION_FAILED "$work/charon-a.log"; then break; fi
    sleep 0.1
  done
  grep -q AUTHENTICATION_FAILED "$work/charon-a.log" || fail "a was not told that its secret is wrong"
  xesp_at a doctor >"$work/doctor.log" || true
  grep -qE 'ike +192.168.1.20, the peer does not accept this host.s identity or secret' "$work/doctor.log" ||
    fail "xesp doctor does not explain it: see $work/doctor.log"
  say "xesp doctor: $(grep -E '^error +ike ' "$work/doctor.log")"
  (($(children_of a all) == 0)) || fail "there is an SA though the secrets differ"
  end_all
  gateways_again
}

# A packet that has a policy and no SA makes charon agree on one: this host's own, and one that is forwarded.
case_acquire() {
  servers_up
  load transport 's/start_action = start/start_action = trap/'
  tap_on
  (($(children_of a all) == 0)) || fail "there is an SA before the first packet"
  in_node gwA ping -c 1 -W 1 192.168.1.20 >>"$work/ping.log" || true
  await_child all
  keep_keys
  pings gwA 192.168.1.20
  wire_is_good 20 2
  end_all
  gateways_again
  make_certificates
  load tunnel 's/start_action = start/start_action = trap/'
  tap_on
  in_node hostB ping -c 1 -W 1 10.81.1.2 >>"$work/ping.log" || true
  await_child nets
  keep_keys
  pings hostB 10.81.1.2
  wire_is_good 20 2
  end_all
}

# xespd is killed and starts again: charon ends the SAs that are lost, and agrees on new ones.
case_restart() {
  make_certificates
  load tunnel
  await_any nets
  pings hostA 10.81.2.2
  tap_on
  kill -KILL "${daemons[0]}"
  in_node hostA ping -c 3 -i 0.2 -W 1 10.81.2.2 >>"$work/ping.log" && fail "pings are answered without xespd"
  start_gateway "$build" "$engine" a
  await_gateway a "${daemons[-1]}"
  for _ in {1..50}; do
    if in_node hostA ping -c 1 -W 1 10.81.2.2 >>"$work/ping.log"; then break; fi
  done
  keep_keys
  pings hostA 10.81.2.2
  tap_off
  (($(tcpdump -nr "$capture" icmp 2>/dev/null | wc -l) == 0)) || fail "packets in clear on the wire, see $capture"
  rm "$work"/keys/states-* "$capture"
  end_all
}

# A peer that dies: dead peer detection ends its SAs.
case_silence() {
  make_certificates
  load tunnel 's/dpd_delay = 30s/dpd_delay = 1s/; s/dpd_action = restart/dpd_action = clear/; s/start_action = start/start_action = none/'
  swan_at a --initiate --child nets >>"$work/swanctl.log" || fail "initiate: $(tail -n 1 "$work/swanctl.log")"
  pings hostA 10.81.2.2
  kill -KILL "${charons[b]}"
  for _ in {1..300}; do
    if [[ $(xesp_at a -j state list) == '[]' ]]; then break; fi
    sleep 0.1
  done
  [[ $(xesp_at a -j state list) == '[]' ]] || fail "the SAs with a dead peer are still there after 30 s"
  xesp_at a doctor >"$work/doctor.log" || true
  grep -qE 'ike +192.0.2.2, the peer does not answer IKE' "$work/doctor.log" || fail "xesp doctor does not say so: $work/doctor.log"
}

run() {
  local one
  # A peer that is silent for 7 s, not for 165 s, is dead.
  if [[ " $* " == *" silence "* ]]; then charon_more=$'retransmit_timeout = 1.0\n retransmit_tries = 2\n'; fi
  ike_up "$build" "$engine"
  for one in "$@"; do
    say "---- $one"
    "case_$one"
  done
  say "passed: $* in $SECONDS s"
  rm -rf "$work"/*.log "$work"/*.out "$work"/*.conf "$work"/*.ping "$work"/{sent,received}
}
run "$@"
