#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every action of a policy, in each direction, IPv4 and IPv6: what is on the wire, what arrives at the other host, what gateway A
# counts. A datagram's port says which case it is; all policies are in force at once.
#   tests/system/policies.sh BUILD ENGINE
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

each=5  # datagrams of a case
need_root
gateways_bare "$1" "$2"
"$root/scripts/lab.sh" ipv6 "$suffix"

x() (umask 077; echo "${*:2}" >>"$work/keys/batch-$1")  # a line for xesp -b
tap_host() {  # NODE: what comes to its eth0 by UDP, in lines "4|6 PORT"
  ip netns exec "$1$suffix" tcpdump -Z root -i eth0 -Q in -U --immediate-mode -w "$work/$1.pcap" 'udp or ip6 proto 17' \
    2>"$work/$1.log" &
  helpers+=("$!")
  for _ in {1..100}; do [[ -s $work/$1.pcap ]] && return 0; sleep 0.05; done
  fail "tcpdump does not start: $(<"$work/$1.log")"
}
# family, then: outer addresses of A and B, networks of A and B, hosts of A and B
ends=([4]='192.0.2.1 192.0.2.2 10.81.1.0/24 10.81.2.0/24 10.81.1.2 10.81.2.2'
  [6]='2001:db8::1 2001:db8::2 2001:db8:81:1::/64 2001:db8:81:2::/64 2001:db8:81:1::2 2001:db8:81:2::2')

tunnel() {  # a|b DIRECTION-OF-A-TO-B DIRECTION-OF-B-TO-A FAMILY
  local a b net_a net_b esp=(proto esp reqid 1 mode tunnel) aead=(aead 'rfc4106(gcm(aes))')
  read -r a b net_a net_b _ <<<"${ends[$4]}"
  x "$1" state add src "$a" dst "$b" "${esp[@]}" spi "0x${4}001" dir "$2" "${aead[@]}" "@$work/keys/${4}001" 128 \
    sel src "$net_a" dst "$net_b"
  x "$1" state add src "$b" dst "$a" "${esp[@]}" spi "0x${4}002" dir "$3" "${aead[@]}" "@$work/keys/${4}002" 128 \
    sel src "$net_b" dst "$net_a"
}
policy() {  # a|b a>b|b>a DIRECTION PORT FAMILY protect|bypass|discard [REQID]
  local a b net_a net_b how
  read -r a b net_a net_b _ <<<"${ends[$5]}"
  if [[ $2 == 'b>a' ]]; then read -r a b net_a net_b <<<"$b $a $net_b $net_a"; fi
  case $6 in
    protect) how=(tmpl src "$a" dst "$b" proto esp reqid "${7:-1}" mode tunnel) ;;
    bypass) how=(action allow) ;;
    discard) how=(action block) ;;
  esac
  x "$1" policy add src "$net_a" dst "$net_b" proto udp dport "$4" dir "$3" "${how[@]}"
}

for family in 4 6; do
  for spi in "${family}001" "${family}002"; do
    new_key "$spi"
  done
  tunnel a out in $family
  tunnel b in out $family
  policy a 'a>b' out 7001 $family protect
  policy b 'a>b' in 7001 $family protect
  policy a 'a>b' out 7002 $family bypass
  policy a 'a>b' out 7003 $family discard
  policy a 'a>b' out 7005 $family protect 2  # no SA has this reqid
  policy a 'b>a' in 7011 $family protect
  policy b 'b>a' out 7011 $family protect
  policy a 'b>a' in 7012 $family protect  # and B sends it in clear
  policy a 'b>a' in 7013 $family discard
  policy a 'b>a' in 7014 $family bypass
  policy a 'b>a' in 7016 $family bypass  # and B protects it
  policy b 'b>a' out 7016 $family protect
  policy a 'b>a' in 7017 $family discard  # and B protects it
  policy b 'b>a' out 7017 $family protect
done
for side in a b; do
  xesp_at $side -b "$work/keys/batch-$side" >>"$work/cli.log" 2>&1 || fail "xesp -b: $(tail -n 1 "$work/cli.log")"
done

send() {  # NODE ADDRESS PORTS...: by turns, so that no case has a time of its own
  in_node "$1" python3 - "$2" $each "${@:3}" <<'END'
import socket, sys, time
to, each, ports = sys.argv[1], int(sys.argv[2]), [int(p) for p in sys.argv[3:]]
s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(each):
    for port in ports:
        s.sendto(b"xesp policy case %d" % port, (to, port))
        time.sleep(0.02)
END
}

tap_on
tap_host hostA
tap_host hostB
for family in 4 6; do
  read -r _ _ _ _ host_a host_b <<<"${ends[$family]}"
  send hostA "$host_b" 7001 7002 7003 7004 7005
  send hostB "$host_a" 7011 7012 7013 7014 7015 7016 7017
done
sleep 0.5
tap_off
for pid in "${helpers[@]}"; do end_daemon "$pid"; done
helpers=()

wrong=0
count() { tcpdump -nr "$1" "$2" 2>/dev/null | wc -l; }
expect() {  # WHAT FOUND EXPECTED
  if (($2 != $3)); then
    say "CHECK FAILED: $1: $2, not $3" >&2
    wrong=1
  fi
}
check() {  # FAMILY NODE PORT CLEAR-ON-WIRE ARRIVED WHAT
  local here="ip and udp dst port $3"
  if (($1 == 6)); then here="ip6 and udp dst port $3"; fi
  expect "IPv$1, $6: in clear on the wire" "$(count "$capture" "$here")" "$4"
  expect "IPv$1, $6: arrived at $2" "$(count "$work/$2.pcap" "$here")" "$5"
}
for family in 4 6; do
  check $family hostB 7001 0 $each 'out, protect'
  check $family hostB 7002 $each $each 'out, bypass'
  check $family hostB 7003 0 0 'out, discard'
  check $family hostB 7004 $each $each 'out, no policy'
  check $family hostB 7005 0 0 'out, protect without an SA'
  check $family hostA 7011 0 $each 'in, protect'
  check $family hostA 7012 $each 0 'in, protect, but came in clear'
  check $family hostA 7013 $each 0 'in, discard'
  check $family hostA 7014 $each $each 'in, bypass'
  check $family hostA 7015 $each $each 'in, no policy'
  check $family hostA 7016 0 0 'in, bypass, but came protected'
  check $family hostA 7017 0 0 'in, discard, but came protected'
  spi='ip proto 50 and ip[20:4]'
  if ((family == 6)); then spi='ip6 proto 50 and ip6[40:4]'; fi
  expect "IPv$family: ESP from A" "$(count "$capture" "$spi = 0x${family}001")" $each
  expect "IPv$family: ESP from B" "$(count "$capture" "$spi = 0x${family}002")" $((3 * each))
done

xesp_at a -j stats >"$work/stats-a.json"
counter() { python3 -c 'import json, sys, functools
d = json.load(open(sys.argv[1]))["dataplane"]
print(functools.reduce(dict.__getitem__, sys.argv[2].split("."), d))' "$work/stats-a.json" "$1"; }
expect 'counter protect' "$(counter steering.protect)" $((2 * each))
expect 'counter recover' "$(counter steering.recover)" $((6 * each))
expect 'counter pass_bypass' "$(counter steering.pass_bypass)" $((4 * each))
expect 'counter drop_discard' "$(counter steering.drop_discard)" $((4 * each))
expect 'counter drop_no_sa_out' "$(counter steering.drop_no_sa_out)" $((2 * each))
expect 'counter drop_clear_in' "$(counter steering.drop_clear_in)" $((2 * each))
expect 'counter drop_selector' "$(counter in.drop_selector)" $((4 * each))
((wrong == 0)) || fail "see above, and $capture"
say "passed: 24 cases, $each datagrams each"
rm -r "$work/"*.log "$work/"*.pcap "$work/stats-a.json"
