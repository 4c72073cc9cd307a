#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# New SAs again and again under a flow of pings, as an IKE daemon rekeys: both sides can receive before either sends, the old
# ones go last. Held: no ping is lost, nothing is in clear, each new SA carried packets.
#   tests/system/rekey.sh BUILD ENGINE TIMES
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

need_root
gateways_up "$1" "$2"
times=$3
tap_on

# a|b DIRECTION SPI SRC DST SRC-NET DST-NET
add_sa() {
  xesp_at "$1" state add src "$4" dst "$5" proto esp reqid 1 mode tunnel spi "$3" dir "$2" \
    aead 'rfc4106(gcm(aes))' "@$work/keys/$3" 128 sel src "$6" dst "$7" >>"$work/cli.log" 2>&1 ||
    fail "state add $3: $(tail -n 1 "$work/cli.log")"
}
delete_sa() {  # a|b DIRECTION SPI DST
  xesp_at "$1" state delete dst "$4" proto esp spi "$3" dir "$2" >>"$work/cli.log" 2>&1 ||
    fail "state delete $3: $(tail -n 1 "$work/cli.log")"
}
a=192.0.2.1 b=192.0.2.2 net_a=10.81.1.0/24 net_b=10.81.2.0/24

flow_on 0.02
old_ab=0x1001 old_ba=0x1002
for ((i = 1; i <= times; ++i)); do
  printf -v ab '0x%x' $((0x2000 + 2 * i))
  printf -v ba '0x%x' $((0x2001 + 2 * i))
  new_key "$ab"
  new_key "$ba"
  add_sa b in "$ab" $a $b $net_a $net_b
  add_sa a in "$ba" $b $a $net_b $net_a
  add_sa a out "$ab" $a $b $net_a $net_b
  add_sa b out "$ba" $b $a $net_b $net_a
  delete_sa a out "$old_ab" $b
  delete_sa b out "$old_ba" $a
  sleep 0.05  # what is on its way
  delete_sa b in "$old_ab" $b
  delete_sa a in "$old_ba" $a
  rm "$work/keys/$ab" "$work/keys/$ba"
  old_ab=$ab old_ba=$ba
  if ((i % 50 == 0)); then say "$i of $times"; fi
done
sleep 0.3
flow_off
tap_off

# The last request may still be on its way when ping is told to end.
((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost"
((sent > times)) || fail "only $sent pings in $times rekeys: the flow proves nothing"
none_in_clear
spis=$(tshark -r "$capture" -T fields -e esp.spi -Y esp 2>/dev/null | sort -u | wc -l)
((spis > times)) || fail "only $spis SPIs on the wire after $times rekeys"
say "passed: $times rekeys, $spis SPIs on the wire"
rm -r "$work/"*.log "$capture"
