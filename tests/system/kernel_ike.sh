#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# charon with our plugin on gateway A against charon with kernel-netlink in the guest (guest.sh), with the tunnel of
# host/strongswan/examples. Held: nothing but IKE and ESP on the wire, every ESP packet opens in scapy with the keys agreed on, no
# ping is lost in a rekey.
#   tests/system/kernel_ike.sh BUILD CASE...
#     kernel         the guest's kernel protects
#     mirror         xesp mirror takes the SAs over for an xespd in the guest, and follows rekeys
set -euo pipefail
# shellcheck source=scripts/ike.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/ike.sh"
# shellcheck source=tests/system/guest.sh
source "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
# shellcheck source=tests/system/guest_mirror.sh
source "$(dirname "${BASH_SOURCE[0]}")/guest_mirror.sh"

need_root
need_charon "$1"
need_guest "$1"
xespd_more=(--tun xesp0 --mark 0x42)
guest_lab "$1"
shift

states=0
keep_keys() {
  states=$((states + 1))
  (umask 077; xesp_at a -j state list --show-keys >"$work/keys/states-$states")
}
installed() { grep -cE '^  nets: .*, INSTALLED,' || true; }  # in what swanctl --list-sas prints
await_nets() {  # both sides have one
  for _ in {1..100}; do
    if (($(swan_at a --list-sas 2>/dev/null | installed) == 1 && $(guest swanctl --list-sas 2>/dev/null | installed) == 1)); then return 0; fi
    sleep 0.2
  done
  fail "no CHILD_SA after 20 s: $(guest tail -n 3 /run/charon.log)"
}

charons_up() {
  mkdir -p "$work/a/plugins" "$work/b"
  cp "$ipsec_dir"/plugins/*.so "$build"/charon-plugins/*.so "$work/a/plugins/"
  cat "$examples/strongswan.conf" - >"$work/a/strongswan.conf" <<<"charon { filelog { here {
    path = $work/charon-a.log
    default = 1
    flush_line = yes } } }"
  start_charon a
  await_charon a
  mkdir -p "$work/b/swanctl"/{conf.d,x509,x509ca,private}
  make_certificates
  sed 's/start_action = start/start_action = none/' "$examples/tunnel/b.conf" >"$work/b/swanctl/conf.d/xesp.conf"
  echo 'include conf.d/*.conf' >"$work/b/swanctl/swanctl.conf"
  guest "set -e
    base64 -d <<<'$(tar -C "$work/b/swanctl" -c . | base64 -w 0)' | tar -C /etc/swanctl -x
    echo 'charon { load = $(sed -n 's/^  load = \(.*\) kernel-xesp \(.*\) updown$/\1 \2/p' "$examples/strongswan.conf") }' >/etc/strongswan.conf
    (setsid $ipsec_dir/charon >/run/charon.log 2>&1 & echo \$! >/run/charon.pid)
    for i in {1..200}; do if swanctl --stats >/dev/null 2>&1; then break; fi; sleep 0.1; done
    swanctl --load-all" >"$work/guest-charon.log" 2>&1 || fail "charon in the guest: $(tail -n 2 "$work/guest-charon.log")"
  sed 's/start_action = start/start_action = none/' "$examples/tunnel/a.conf" >"$work/a.conf"
  swan_conf a "$work/a.conf"
}

initiate() {
  swan_at a --initiate --child nets >>"$work/swanctl.log" 2>&1 || fail "no SA: $(tail -n 2 "$work/swanctl.log")"
  await_nets
  keep_keys
}
rekeys() {  # by both sides, under a flow of pings
  local i
  flow_on 0.05
  for i in 1 2; do
    swan_at a --rekey --child nets >>"$work/swanctl.log" || fail "rekey $i: $(tail -n 1 "$work/swanctl.log")"
    sleep 1.5
    keep_keys
    guest swanctl --rekey --child nets >>"$work/swanctl.log" || fail "rekey $i by the guest: $(tail -n 1 "$work/swanctl.log")"
    sleep 1.5
    keep_keys
  done
  flow_off
  ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost in 4 rekeys"
  await_nets
}
end_connection() {
  swan_at a --terminate --ike peer >>"$work/swanctl.log" 2>&1 || true
  for _ in {1..50}; do
    if [[ -z $(guest ip xfrm state) ]]; then return 0; fi
    sleep 0.2
  done
  fail "the guest's kernel still has SAs"
}

case_kernel() {
  initiate
  both_ping "SAs by IKE"
  rekeys
  both_ping "after the rekeys"
  end_connection
}

case_mirror() {
  start_guest_xespd
  start_mirror
  initiate
  told "policy.set: policy dir out"
  told "policy.set: policy dir in"
  all_by_xespd "SAs by IKE"
  rekeys
  all_by_xespd "after the rekeys"
  end_connection
  has_just
  end_of mirror
  end_of xespd
}

run() {
  local one start file args=() found
  charons_up
  tap_on
  for one in "$@"; do
    start=$SECONDS
    "case_$one"
    say "$one: $((SECONDS - start)) s"
  done
  tap_off
  for file in "$work"/keys/states-*; do args+=(--states "$file"); done
  found=$("$root/tests/system/ike_wire.py" "${args[@]}" "$capture") || fail "the wire: ${found:-no account}, see $capture"
  say "the wire: $found"
  guest_down
  say "passed: $* in $SECONDS s"
  rm -r "$work"/*.log "$work"/*.out "$work/a.conf" "$capture"
}
run "$@"
