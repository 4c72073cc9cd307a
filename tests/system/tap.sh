#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What xesp tap shows, read back with capinfos and tshark: packets in clear and in ESP at their interfaces, what drops with
# its reason, keys on demand only; and that a reader which does not read costs records, no packets.
#   tests/system/tap.sh BUILD
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

need_root
gateways_up "$1" software
socket=$work/a/xespd.sock
reader=''

# Not by xesp_at: $! is to be xesp itself. The tap is on once xespd's log says so, as often as given.
tap() {  # NTH ARGS...
  local nth=$1
  shift
  xesp --socket "$socket" tap "$@" >"$work/tap.out" 2>"$work/tap.log" &
  reader=$!
  for _ in {1..100}; do
    if (($(grep -c 'taps packets' "$work/xespd-a.log") == nth)); then return 0; fi
    sleep 0.05
  done
  fail "no tap: $(tail -n 1 "$work/tap.log")"
}
end_tap() {  # as Ctrl-C does
  kill -INT "$reader"
  wait "$reader" || fail "xesp tap ends with $? and: $(tail -n 1 "$work/tap.log")"
}
same() { [[ $2 == "$3" ]] || fail "$1: '$2', expected '$3'"; }
read_back() { tshark -r "$1" -T fields -e frame.interface_name -e frame.comment "${@:2}" 2>/dev/null; }
pings() { in_node hostA ping -i 0.01 -c "$@" 10.81.2.2 >"$work/ping.log" || fail "ping: $(tail -n 2 "$work/ping.log")"; }

say "a file"
tap 1 -w "$work/all.pcapng"
pings 5
sleep 0.2
end_tap
same mode "$(stat -c %a "$work/all.pcapng")" 600
capinfos -M "$work/all.pcapng" >"$work/capinfos" || fail "capinfos can't read it"
grep -q 'Number of packets: *20$' "$work/capinfos" || fail "not 20 packets: $(grep packets: "$work/capinfos")"
grep -q 'Name = in0$' "$work/capinfos" || fail "no interface in0"
same "clear packets inside" "$(read_back "$work/all.pcapng" -Y 'icmp && frame.interface_name == "in0"' | wc -l)" 10
same "ESP outside" "$(read_back "$work/all.pcapng" -Y 'esp && frame.interface_name == "out0"' | wc -l)" 10
same "what is known of the SA out" "$(read_back "$work/all.pcapng" -Y 'esp.spi == 0x1001' | cut -f2 | tr '\n' ',')" \
  "$(printf 'spi 0x00001001 seq %d,' 1 2 3 4 5)"

say "standard output, chosen by words"
tap 2 -w - --count 4 --snaplen 60 dir out spi 0x1001
pings 5
wait "$reader" || fail "xesp tap --count ends with $?"
same "packets" "$(tshark -r - <"$work/tap.out" -T fields -e frame.number 2>/dev/null | wc -l)" 4
same "their bytes" "$(tshark -r - <"$work/tap.out" -T fields -e frame.cap_len 2>/dev/null | sort -u)" 76  # with a cooked head

say "drops"
tap 3 -w "$work/drops.pcapng" --drops
in_node hostA ping -t 1 -c 1 -W 1 10.81.2.2 >"$work/ping.log" || true
pings 5
end_tap
same "what drops" "$(read_back "$work/drops.pcapng" | cut -c1-22)" $'in0\tdropped, drop_ttl:'
grep -q 'dataplane warning: dir out: 1 dropped, drop_ttl' "$work/xespd-a.log" || fail "the log does not tell of the drop"

say "keys"
mkdir -m 700 "$work/keys/wireshark"
table=$work/keys/wireshark/esp_sa
if xesp_at a tap --export-esp-sa "$table" 2>"$work/tap.log"; then fail "keys are written without --show-keys"; fi
[[ ! -e $table ]] || fail "keys are written without --show-keys"
xesp_at a tap --export-esp-sa "$table" --show-keys 2>"$work/tap.log" || fail "no keys: $(<"$work/tap.log")"
same mode "$(stat -c %a "$table")" 600
opened=$(XDG_CONFIG_HOME=$work/keys tshark -o esp.enable_encryption_decode:TRUE -r "$work/all.pcapng" \
  -Y 'esp && icmp' 2>/dev/null | wc -l)
same "ESP packets that tshark opens" "$opened" 10
if setpriv --reuid 65534 --clear-groups "$(command -v xesp)" --socket "$socket" tap 2>/dev/null; then fail "not root, and it taps"; fi

say "a reader that does not read"
tap 4 -w /dev/null
kill -STOP "$reader"
pings 3000 -f -s 1300
kill -CONT "$reader"
sleep 0.3
pings 1
sleep 0.3
end_tap
grep -qE ', [1-9][0-9]* lost' "$work/tap.log" || fail "nothing was lost: $(<"$work/tap.log")"
lost=$(xesp_at a -j stats | python3 -c 'import json, sys; print(json.load(sys.stdin)["dataplane"]["tap"]["lost"])')
((lost > 0)) || fail "xespd has lost no record"
say "passed: $lost records lost, no packet"
rm -r "$work/"*.log "$work/"*.pcapng "$work/tap.out" "$work/capinfos"
