#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# xesp mirror on a Linux kernel that has ESP, in QEMU (guest.sh): the guest's kernel gets SAs and policies as an IKE daemon sets
# them, xesp mirror takes them over for the guest's own xespd, and gateway A's xespd is the peer. Held: what is mirrored is
# protected by the guest's xespd and not by its kernel, as both count and as the IVs on the wire show; what is deleted is
# honoured; nothing is in clear.
#   tests/system/kernel_mirror.sh BUILD CASE...
#     follow         what is there at the start, then a rekey under a flow of pings, an update, a delete
#     sent           SAs that the kernel has sent with stay its own; their successors do not
#     lost           more events than the socket holds while the mirror sleeps
#     restart        the guest's xespd ends and starts again; the mirror ends and starts again
#     limit          a limit that xespd reaches is told by the kernel
set -euo pipefail
# shellcheck source=scripts/gateways.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/gateways.sh"
# shellcheck source=tests/system/guest.sh
source "$(dirname "${BASH_SOURCE[0]}")/guest.sh"
# shellcheck source=tests/system/guest_mirror.sh
source "$(dirname "${BASH_SOURCE[0]}")/guest_mirror.sh"

need_root
need_guest "$1"
guest_lab "$1"
shift

gcm='rfc4106(gcm(aes))' tunnel='reqid 1 mode tunnel' more='flag esn replay-window 128'
a=192.0.2.1 b=192.0.2.2 net_a=10.81.1.0/24 net_b=10.81.2.0/24
spi=0x2000

guest_kernel_does() {  # LINES of ip -batch
  guest "ip -batch - <<'END'
$1
END" >"$work/ip.log" 2>&1 || fail "ip xfrm in the guest: $(<"$work/ip.log")"
}
peer_does() { xesp_at a -b - <<<"$1" >>"$work/cli.log" 2>&1 || fail "xesp -b: $(tail -n 1 "$work/cli.log")"; }

# Sets $ab and $ba. Both sides can receive before either sends.
new_pair() {  # WHO-SENDS-FROM-THE-GUEST [MORE-FOR-THE-GUEST'S-OUTBOUND-SA]
  local key_ab key_ba out_ab out_ba
  printf -v ab '0x%x' $((spi += 2))
  printf -v ba '0x%x' $((spi + 1))
  key_ab=0x$(random_hex 36) key_ba=0x$(random_hex 36)
  out_ab="state add src $a dst $b proto esp spi $ab $tunnel aead $gcm $key_ab 128 $more"
  out_ba="state add src $b dst $a proto esp spi $ba $tunnel aead $gcm $key_ba 128 $more"
  peer_does "$out_ba dir in"
  guest_kernel_does "xfrm $out_ab"
  peer_does "$out_ab dir out"
  guest_kernel_does "xfrm $out_ba ${2:-}"
  printf '%s xespd gcm\n%s %s gcm\n' "$ab" "$ba" "$1" >>"$work/spis"
}
delete_pair() {  # AB BA
  peer_does "state delete dst $b proto esp spi $1"
  guest_kernel_does "xfrm state delete src $b dst $a proto esp spi $2"
  sleep 0.1  # what is on its way
  peer_does "state delete dst $a proto esp spi $2"
  guest_kernel_does "xfrm state delete src $a dst $b proto esp spi $1"
}
new_policies() {
  local dir
  peer_does "policy add src $net_a dst $net_b dir out tmpl src $a dst $b proto esp $tunnel
policy add src $net_b dst $net_a dir in tmpl src $b dst $a proto esp $tunnel"
  guest_kernel_does "$(echo "xfrm policy add src $net_b dst $net_a dir out tmpl src $b dst $a proto esp $tunnel"
    for dir in in fwd; do echo "xfrm policy add src $net_a dst $net_b dir $dir tmpl src $a dst $b proto esp $tunnel"; done)"
}

# Nothing anywhere, the guest's xespd included.
finish() {
  printf 'policy flush\nstate flush\n' | xesp_at a -b - >>"$work/cli.log" 2>&1 || fail "flush: $(tail -n 1 "$work/cli.log")"
  guest 'ip xfrm policy flush; ip xfrm state flush'
  has_just
  end_of mirror
}

case_follow() {
  local old_ab old_ba errors i
  new_pair xespd
  new_policies
  start_mirror
  told "policy.set: policy dir in"
  told "policy.set: policy dir out"
  has_just "$ab" "$ba"
  all_by_xespd "what was there"

  # The kernel has been stopped: what the guest itself sends there gets no number.
  errors=$(guest "sed -n 's/^XfrmOutStateSeqError[[:space:]]*//p' /proc/net/xfrm_stat")
  if guest ping -c 3 -i 0.05 -W 1 -I 10.81.2.1 10.81.1.2 >"$work/ping.log" 2>&1; then fail "the kernel still sends"; fi
  errors=$(($(guest "sed -n 's/^XfrmOutStateSeqError[[:space:]]*//p' /proc/net/xfrm_stat") - errors))
  ((errors == 3)) || fail "of 3 packets the kernel counts $errors as those for which it has no number"

  flow_on 0.05
  for ((i = 1; i <= 3; ++i)); do
    old_ab=$ab old_ba=$ba
    new_pair xespd
    told "state.add: dst $a proto esp spi 0x0000${ba#0x} dir out"
    delete_pair "$old_ab" "$old_ba"
    has_just "$ab" "$ba"
  done
  flow_off
  ((sent - received <= 1)) || fail "$((sent - received)) of $sent pings are lost in 3 rekeys"
  all_by_xespd "after 3 rekeys"

  guest_kernel_does "xfrm policy update src $net_b dst $net_a dir out action block"
  told "policy dir out src $net_b dst $net_a"
  for _ in {1..20}; do if ! ping_here 1 1; then break; fi; done
  if ping_here 2 1; then fail "pings are answered though the policy blocks"; fi
  guest_kernel_does "xfrm policy update src $net_b dst $net_a dir out tmpl src $b dst $a proto esp $tunnel"
  for _ in {1..20}; do if ping_here 1 1; then break; fi; done
  all_by_xespd "after a policy that blocked"

  delete_pair "$ab" "$ba"
  has_just
  told "policy.delete: policy dir out"
  if ping_here 2 1 || ping_there 2 1; then fail "pings are answered without an SA"; fi
  finish
}

case_sent() {
  local old_ab old_ba xespd
  new_pair kernel
  new_policies
  both_ping "the kernel alone"
  start_mirror
  told "left: dst $a proto esp spi 0x0000${ba#0x}: the kernel has sent with it"
  told "left: policy dir out"
  told "policy.set: policy dir in"
  has_just "$ab"
  read -ra xespd < <(by_xespd)
  both_ping "the kernel out, xespd in"
  read -ra xespd < <(echo "${xespd[@]}" "$(by_xespd)")
  ((xespd[2] == xespd[0] && xespd[3] - xespd[1] == 10)) || fail "xespd has sent, or not received: ${xespd[*]}"
  old_ab=$ab old_ba=$ba
  new_pair xespd
  told "policy.set: policy dir out"
  all_by_xespd "after the rekey, with the old SA there"
  delete_pair "$old_ab" "$old_ba"
  has_just "$ab" "$ba"
  all_by_xespd "after the rekey"
  finish
}

case_lost() {
  local old_ab old_ba
  new_pair xespd
  new_policies
  start_mirror
  told "policy.set: policy dir out"
  told "policy.set: policy dir in"
  all_by_xespd "to begin with"
  old_ab=$ab old_ba=$ba
  signal STOP mirror
  new_pair xespd
  delete_pair "$old_ab" "$old_ba"
  guest "for i in {1..20000}; do echo xfrm policy update src 10.99.0.0/24 dst 10.98.0.0/24 dir out priority \$i action block
    done | ip -batch -" || fail "20,000 updates of a policy"
  signal CONT mirror
  told 'tables are read anew'
  has_just "$ab" "$ba"
  all_by_xespd "after events were lost"
  finish
}

case_restart() {
  new_pair xespd
  new_policies
  start_mirror
  told "policy.set: policy dir out"
  all_by_xespd "to begin with"
  signal KILL xespd
  told "waiting for it"
  start_guest_xespd
  told "xespd is back"
  has_just "$ab" "$ba"
  all_by_xespd "with an xespd that started again"
  end_of mirror
  start_mirror
  new_pair xespd
  told "state.add: dst $a proto esp spi 0x0000${ba#0x} dir out"
  all_by_xespd "with a mirror that started again"
  finish
}

case_limit() {
  local events
  new_pair xespd "limit packet-soft 10 limit packet-hard 20"
  new_policies
  guest "(setsid ip xfrm monitor expire >/run/expire 2>&1 & echo \$! >/run/monitor.pid)"
  start_mirror
  told "policy.set: policy dir out"
  told "policy.set: policy dir in"
  ping_here 25 1 || true
  has_just "$ab"
  if guest "ip xfrm state get src $b dst $a proto esp spi $ba" >/dev/null 2>&1; then fail "the kernel has the SA beyond its hard limit"; fi
  grep -qE ' (19|20) received' "$work/ping.log" || fail "not 20 packets: $(grep transmitted "$work/ping.log")"
  signal TERM monitor
  events=$(guest cat /run/expire)
  [[ $events == *"${ba#0x}"*'hard 0'*"${ba#0x}"*'hard 1'* ]] || fail "the kernel tells of: $events"
  finish
}

run() {
  local one start
  tap_on
  start_guest_xespd
  for one in "$@"; do
    start=$SECONDS
    "case_$one"
    say "$one: $((SECONDS - start)) s"
  done
  end_of xespd
  tap_off
  "$root/tests/system/kernel_wire.py" "$work/spis" "$capture" || fail "the wire, see $capture"
  guest_down
  say "passed: $* in $SECONDS s"
  rm -r "$work"/*.log "$work/spis" "$capture"
}
run "$@"
