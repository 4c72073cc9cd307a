# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For scripts with xespd and xesp mirror in the guest, to be sourced behind guest.sh.
#
#   start_guest_xespd, start_mirror   in the guest, between its in0 and eth0
#   end_of xespd|mirror               in good order; signal NAME xespd|mirror
#   told TEXT                         until the mirror has said so
#   has_just SPIS                     until the guest's xespd has these SAs and no other
#   both_ping WHEN, all_by_xespd WHEN pings between hostA and hostB; and that the guest's xespd did all of it and its kernel none

: "${build:=}" "${work:=}"

start_guest_xespd() {
  guest "mkdir -p -m 700 /run/xesp/state && (setsid $build/bin/xespd --engine software --kernel-esp --inside in0 --outside eth0 \
      --socket /run/xesp/s --state-dir /run/xesp/state --pin-dir /sys/fs/bpf/xesp >>/run/xespd.log 2>&1 &
      echo \$! >/run/xespd.pid)
    for i in {1..200}; do if $build/bin/xesp --socket /run/xesp/s stats >/dev/null 2>&1; then exit 0; fi; sleep 0.1; done
    tail -n 3 /run/xespd.log; exit 1" >"$work/guest-xespd.log" || fail "xespd in the guest: $(<"$work/guest-xespd.log")"
}
start_mirror() {  # its steps are in the guest's /run/mirror
  guest "(setsid $build/bin/xesp --socket /run/xesp/s mirror >/run/mirror 2>&1 & echo \$! >/run/mirror.pid)"
}
signal() { guest "kill -$1 \$(cat /run/$2.pid)"; }
end_of() { guest "kill -TERM \$(cat /run/$1.pid); for i in {1..100}; do if ! kill -0 \$(cat /run/$1.pid) 2>/dev/null; then exit 0; fi
  sleep 0.1; done; exit 1" || fail "$1 in the guest does not end"; }
told() {  # TEXT: a step of the mirror, within 10 s
  guest "for i in {1..100}; do if grep -qF -- '$1' /run/mirror; then exit 0; fi; sleep 0.1; done; cat /run/mirror; exit 1" \
    >"$work/mirror.log" || fail "the mirror does not say '$1' but: $(tail -n 5 "$work/mirror.log")"
}
guest_xesp() { guest "$build/bin/xesp --socket /run/xesp/s $*"; }
has_just() {  # SPIS: the guest's xespd has these SAs, within 10 s
  local found
  for _ in {1..50}; do
    found=$(guest_xesp -j state list | python3 -c 'import json, sys
print(*sorted(hex(sa["spi"]) for sa in json.load(sys.stdin)))')
    if [[ $found == "$*" ]]; then return 0; fi
    sleep 0.2
  done
  fail "the guest's xespd has the SAs '$found', not '$*'"
}
by_xespd() { guest_xesp -j stats | python3 -c 'import json, sys; s = json.load(sys.stdin); print(*(s[way]["by_reason"]["ok"] for way in ("out", "in")))'; }
by_kernel() {  # packets of all the kernel's SAs
  guest ip -s xfrm state | sed -n 's/.*, \([0-9]*\)(packets)$/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'
}

ping_here() { in_node hostA ping -c "${1:-5}" -i 0.05 -W "${2:-3}" 10.81.2.2 >"$work/ping.log" 2>&1; }
ping_there() { guest ip netns exec hostB ping -c "${1:-5}" -i 0.05 -W "${2:-3}" 10.81.1.2 >"$work/ping.log" 2>&1; }
both_ping() {
  ping_here || fail "$1: no answer to pings of hostA, see $work/ping.log"
  ping_there || fail "$1: no answer to pings of hostB, see $work/ping.log"
}
all_by_xespd() {  # WHEN: 10 packets a direction, none by the kernel
  local xespd kernel
  read -ra xespd < <(by_xespd)
  kernel=$(by_kernel)
  both_ping "$1"
  read -ra xespd < <(echo "${xespd[@]}" "$(by_xespd)")
  kernel=$(($(by_kernel) - kernel))
  ((xespd[2] - xespd[0] == 10 && xespd[3] - xespd[1] == 10 && kernel == 0)) ||
    fail "$1: of 10 packets each way xespd sent $((xespd[2] - xespd[0])) and received $((xespd[3] - xespd[1])), the kernel did $kernel"
}
