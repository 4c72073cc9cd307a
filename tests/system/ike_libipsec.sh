#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# strongSwan's own ESP against ours: gateway A has xespd and charon with our plugin, gateway B has neither, but a charon as
# Debian ships it with kernel-libipsec, which does ESP in charon's own process: in tunnels, in UDP, without ESN. For each suite
# ping and TCP both ways, rekeys from both sides under a flow with none lost; all that was on the wire opens in scapy.
#   tests/system/ike_libipsec.sh BUILD ENGINE
set -euo pipefail
# shellcheck source=tests/system/ike_checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/ike_checks.sh"

need_root
need_charon "$1"
if [[ ! -f $ipsec_dir/plugins/libstrongswan-kernel-libipsec.so ]]; then
  echo "$me: skipped: no kernel-libipsec here, scripts/setup.sh installs it" >&2
  exit 77
fi
if [[ ! -c /dev/net/tun ]]; then echo "$me: skipped: no /dev/net/tun here" >&2; exit 77; fi
build=$1 engine=$2

xesp_sides=(a)
xespd_more=(--tun xesp0 --mark 0x42)
lab_up "$build" "$engine" a
prepare_charon a "$examples/strongswan.conf" "$build"/charon-plugins/*.so
# The same but for who does ESP. It sends by charon's socket, whose mark keeps it out of the tunnel.
sed 's/kernel-xesp/kernel-libipsec/' "$examples/strongswan.conf" >"$work/b.strongswan.conf"
prepare_charon b "$work/b.strongswan.conf"
start_charon a
start_charon b
await_charon a
await_charon b
grep -q 'loaded plugins:.* kernel-libipsec ' "$work/charon-b.log" || fail "charon b has no kernel-libipsec"
grep -q 'loaded plugins:.* kernel-libipsec ' "$work/charon-a.log" && fail "charon a has kernel-libipsec"
make_certificates

for suite in aes256gcm16 aes128gcm8 aes256-sha256 aes128-sha512; do
  say "---- $suite"
  load tunnel "s/aes256gcm16-x25519-esn/$suite-x25519/"
  await_any nets
  [[ $(swan_at b --list-sas 2>/dev/null) == *'TUNNEL-in-UDP'* ]] || fail "b has no ESP in UDP"
  tap_on
  keep_keys
  flow_on 0.02
  for side in a b a b; do
    swan_at $side --rekey --child nets >>"$work/swanctl.log" || fail "rekey: $(tail -n 1 "$work/swanctl.log")"
    sleep 0.5
    keep_keys
  done
  flow_off
  ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost in 4 rekeys"
  pings hostB 10.81.1.2
  transfer hostA hostB 10.81.2.2 200000
  transfer hostB hostA 10.81.1.2 200000
  wire_is_good $((2 * received + 20)) 10
  end_all
done
say "passed in $SECONDS s"
rm -rf "$work"/*.log "$work"/*.out "$work"/*.conf "$work"/*.ping "$work"/{sent,received}
