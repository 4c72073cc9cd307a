#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Gateway A's xespd is stopped in good order (SIGTERM) under a flow of pings and started again, and gets its policies and SAs
# back from a batch file, as an upgrade would. SAs are not stored, so packets are lost: how many is counted and told. Held:
# none is lost outside of these gaps, nothing is ever in clear, no (SPI, sequence number), which is the (key, IV), comes
# twice, and pings cross in the end.
#   tests/system/restart.sh BUILD ENGINE TIMES [SEED]
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"

need_root
times=$3
seed=${4:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$seed
say "seed $seed"
gateways_up "$1" "$2"
build=$(cd "$1" && pwd)

# What add_tunnel says, as a file: policies first, so that nothing is decided without them, then what receives: an address
# counts as xespd's from its first inbound SA on, and the kernel answers ESP to another one by ICMP.
batch=$work/keys/batch
(
  umask 077
  tmpl='proto esp reqid 1 mode tunnel' aead='aead rfc4106(gcm(aes))'
  cat >"$batch" <<END
policy add src 10.81.1.0/24 dst 10.81.2.0/24 dir out tmpl src 192.0.2.1 dst 192.0.2.2 $tmpl
policy add src 10.81.2.0/24 dst 10.81.1.0/24 dir in tmpl src 192.0.2.2 dst 192.0.2.1 $tmpl
state add src 192.0.2.2 dst 192.0.2.1 $tmpl spi 0x1002 dir in $aead @$work/keys/1002 128 offload $offload sel src 10.81.2.0/24 dst 10.81.1.0/24
state add src 192.0.2.1 dst 192.0.2.2 $tmpl spi 0x1001 dir out $aead @$work/keys/1001 128 offload $offload sel src 10.81.1.0/24 dst 10.81.2.0/24
END
)

milliseconds() { echo $((${EPOCHREALTIME/./} / 1000)); }

tap_on
flow_on 0.01
away=0 longest=0
for side in 'inside: in0' 'outside: out0'; do
  grep -q "dataplane info: $side, XDP native, MTU 1500" "$work/xespd-a.log" || fail "the log does not tell of the $side"
done
for ((i = 1; i <= times; ++i)); do
  sleep "0.$((RANDOM % 10))$((RANDOM % 10))"
  begin=$(milliseconds)
  kill -TERM "${daemons[0]}"
  for _ in {1..500}; do kill -0 "${daemons[0]}" 2>/dev/null || break; sleep 0.02; done
  ! kill -0 "${daemons[0]}" 2>/dev/null || fail "xespd does not end by SIGTERM in 10 s"
  grep -q 'info: stopping' "$work/xespd-a.log" || fail "xespd did not end in good order: $(tail -n 1 "$work/xespd-a.log")"
  kept=("${daemons[1]}")
  daemons=()
  start_gateway "$build" "$2" a
  daemons+=("${kept[@]}")
  await_gateway a "${daemons[0]}"
  xesp_at a -b "$batch" >>"$work/cli.log" 2>&1 || fail "xesp -b: $(tail -n 1 "$work/cli.log")"
  grep -q 'dataplane info: outside: out0, XDP taken over' "$work/xespd-a.log" || fail "the steering was not taken over"
  grep -q 'dataplane warning: 2 policies of an earlier xespd hold' "$work/xespd-a.log" || fail "no word of the old policies"
  gap=$(($(milliseconds) - begin))
  away=$((away + gap))
  if ((gap > longest)); then longest=$gap; fi
done
in_node hostA ping -c 5 -i 0.1 -W 3 10.81.2.2 >"$work/ping.log" || fail "pings do not cross in the end"
flow_off
tap_off

lost=$((sent - received))
((received > 10 * times)) || fail "only $received of $sent pings crossed: the flow proves nothing"
((lost > 0)) || fail "no ping is lost: was xespd ever away?"
# One ping each 10 ms at most; one on its way at each edge of a gap, and at the end.
((lost <= away / 10 + 2 * times + 1)) || fail "$lost pings are lost, more than the $away ms without SAs explain"
none_in_clear
no_number_twice
leases=$(awk '$1 == "0x00001001" { print int($2 / 65536) }' "$work/numbers.log" | sort -un | wc -l)
((leases > times)) || fail "the numbers of gateway A lie in $leases leases only: was it ever restarted?"
say "passed: $times restarts, $lost of $sent pings lost, ${away} ms without SAs in all, the longest gap $longest ms;" \
  "$(wc -l <"$work/numbers.log") ESP packets, none in clear, no number twice"
rm -r "$work/"*.log "$capture"
