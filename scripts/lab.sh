#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two hosts, each behind a gateway, in network namespaces on veth; the wire between the gateways is a bridge in a
# namespace of its own, so that a tap on it sees what really left a gateway (AF_XDP sends past the taps of the sender).
#
#   hostA 10.81.1.2 -- 10.81.1.1 gwA 192.0.2.1 -- wire -- 192.0.2.2 gwB 10.81.2.1 -- 10.81.2.2 hostB
#         eth0                in0     out0     toA    toB     out0     in0                eth0
#
#   scripts/lab.sh up SUFFIX      make the namespaces, each name with SUFFIX behind it
#   scripts/lab.sh ipv6 SUFFIX    give them IPv6 as well: 2001:db8:81:1::2 and so on, 2001:db8::1 and ::2 on the wire
#   scripts/lab.sh vlan SUFFIX    move the IPv4 addresses to VLANs: 100 between hostA and gwA, 200 on the wire, and between
#                                 gwB and hostB 5 within the service VLAN 300 (802.1ad)
#   scripts/lab.sh queues SUFFIX  four queues each way on each cable, not one; by their flows the frames spread over them
#   scripts/lab.sh down SUFFIX    remove them and all in them
set -euo pipefail

nodes=(hostA gwA wire gwB hostB)

cable() {  # NODE DEV MAC, twice
  ip -n "$1" link add "$2" address "$3" numtxqueues 4 numrxqueues 4 type veth \
    peer name "$5" address "$6" numtxqueues 4 numrxqueues 4 netns "$4"
  channels 1 "$1" "$2" "$4" "$5"
}

channels() {  # COUNT NODE DEV, twice: queues in use, of four
  ip netns exec "$2" ethtool -L "$3" rx "$1" tx "$1"
  ip netns exec "$4" ethtool -L "$5" rx "$1" tx "$1"
}

address() {  # NODE DEV ADDRESS
  ip -n "$1" addr add "$3" dev "$2"
  ip -n "$1" link set "$2" up
}

tags_in_frames() {  # NODE DEV: where XDP sees them, and not beside the frame
  ip netns exec "$1" ethtool -K "$2" txvlan off tx-vlan-stag-hw-insert off >/dev/null
}

setting() {  # NODE PATH VALUE: a sysctl of a namespace
  # shellcheck disable=SC2016  # for the inner shell
  ip netns exec "$1" sh -c 'echo "$2" >"/proc/sys/net/$1"' setting "$2" "$3"
}

ipv4_routes() {
  ip -n "hostA$1" route add default via 10.81.1.1
  ip -n "hostB$1" route add default via 10.81.2.1
  ip -n "gwA$1" route add 10.81.2.0/24 via 192.0.2.2
  ip -n "gwB$1" route add 10.81.1.0/24 via 192.0.2.1
}

up() {
  local s=$1 node port
  for node in "${nodes[@]}"; do
    ip netns add "$node$s"
    ip -n "$node$s" link set lo up
    if [[ -d /proc/sys/net/ipv6 ]]; then
      setting "$node$s" ipv6/conf/all/disable_ipv6 1
      setting "$node$s" ipv6/conf/default/disable_ipv6 1
      setting "$node$s" ipv6/conf/default/accept_dad 0  # for ipv6 below: duplicate address detection takes seconds
    fi
  done
  cable "hostA$s" eth0 02:00:00:00:0a:02 "gwA$s" in0 02:00:00:00:0a:01
  cable "hostB$s" eth0 02:00:00:00:0b:02 "gwB$s" in0 02:00:00:00:0b:01
  cable "gwA$s" out0 02:00:00:00:00:01 "wire$s" toA 02:00:00:00:00:0a
  cable "gwB$s" out0 02:00:00:00:00:02 "wire$s" toB 02:00:00:00:00:0b
  ip -n "wire$s" link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0
  for port in toA toB; do
    ip -n "wire$s" link set "$port" master br0 up
    tags_in_frames "wire$s" "$port"
  done
  ip -n "wire$s" link set br0 up

  address "hostA$s" eth0 10.81.1.2/24
  address "hostB$s" eth0 10.81.2.2/24
  address "gwA$s" in0 10.81.1.1/24
  address "gwB$s" in0 10.81.2.1/24
  address "gwA$s" out0 192.0.2.1/24
  address "gwB$s" out0 192.0.2.2/24
  ipv4_routes "$s"

  # Room for the tunnel's headers on the wire's 1500. No checksum or segmentation offload: a veth would hand on packets
  # that have no checksum yet, which are as good as corrupt once they are in a tunnel.
  for node in hostA hostB; do
    ip -n "$node$s" link set eth0 mtu 1400
    ip netns exec "$node$s" ethtool -K eth0 tx off tso off gso off >/dev/null
    tags_in_frames "$node$s" eth0
  done
  # The gateways' kernels route as well: what steering lets through by mistake leaves in clear, and shows.
  for node in gwA gwB; do setting "$node$s" ipv4/ip_forward 1; done
}

tag() {  # NODE DEV ADDRESS VLAN [SERVICE-VLAN]: the address moves to a VLAN on DEV
  local parent=$2
  ip -n "$1" addr flush dev "$2"
  if (($# == 5)); then
    parent=$2.$5
    ip -n "$1" link add link "$2" name "$parent" type vlan proto 802.1ad id "$5"
    ip -n "$1" link set "$parent" up
  fi
  ip -n "$1" link add link "$parent" name "$parent.$4" type vlan id "$4"
  address "$1" "$parent.$4" "$3"
}

vlan() {
  local s=$1 node
  for node in hostA hostB; do ip -n "$node$s" link set eth0 mtu 1408; done  # the tags besides the packet
  tag "hostA$s" eth0 10.81.1.2/24 100
  tag "gwA$s" in0 10.81.1.1/24 100
  tag "gwA$s" out0 192.0.2.1/24 200
  tag "gwB$s" out0 192.0.2.2/24 200
  tag "gwB$s" in0 10.81.2.1/24 5 300
  tag "hostB$s" eth0 10.81.2.2/24 5 300
  ip -n "hostA$s" link set eth0.100 mtu 1400
  ip -n "hostB$s" link set eth0.300.5 mtu 1400
  ipv4_routes "$s"
}

ipv6() {
  local s=$1 node
  for node in hostA gwA gwB hostB; do
    setting "$node$s" ipv6/conf/all/accept_ra 0
    setting "$node$s" ipv6/conf/all/disable_ipv6 0
  done
  ip -n "hostA$s" addr add 2001:db8:81:1::2/64 dev eth0 nodad
  ip -n "hostB$s" addr add 2001:db8:81:2::2/64 dev eth0 nodad
  ip -n "gwA$s" addr add 2001:db8:81:1::1/64 dev in0 nodad
  ip -n "gwB$s" addr add 2001:db8:81:2::1/64 dev in0 nodad
  ip -n "gwA$s" addr add 2001:db8::1/64 dev out0 nodad
  ip -n "gwB$s" addr add 2001:db8::2/64 dev out0 nodad
  ip -n "hostA$s" route add default via 2001:db8:81:1::1
  ip -n "hostB$s" route add default via 2001:db8:81:2::1
  ip -n "gwA$s" route add 2001:db8:81:2::/64 via 2001:db8::2
  ip -n "gwB$s" route add 2001:db8:81:1::/64 via 2001:db8::1
  for node in gwA gwB; do setting "$node$s" ipv6/conf/all/forwarding 1; done
}

queues() {
  channels 4 "hostA$1" eth0 "gwA$1" in0
  channels 4 "hostB$1" eth0 "gwB$1" in0
  channels 4 "gwA$1" out0 "wire$1" toA
  channels 4 "gwB$1" out0 "wire$1" toB
}

down() {
  local node
  for node in "${nodes[@]}"; do ip netns del "$node$1" 2>/dev/null || true; done
}

if (($# != 2)) || [[ ! $1 =~ ^(up|ipv6|vlan|queues|down)$ ]]; then echo "usage: scripts/lab.sh up|ipv6|vlan|queues|down SUFFIX" >&2; exit 64; fi
"$1" "$2"
