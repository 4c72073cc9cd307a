/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_MAPS_H
#define XESP_EBPF_MAPS_H

#include "kernel.h"
#include "xesp/steering.h"

/* Policies by destination prefix. Pinned: they stay in force while xespd is away and when it comes back. */
struct {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __uint(max_entries, XESP_MAX_POLICIES);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct xesp_spd_key);
  __type(value, struct xesp_spd_bucket);
} spd_out SEC(".maps"), spd_in SEC(".maps");

/* The live SA of an outbound protect policy; a policy that isn't here has none. A rekey is one update. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_MAX_POLICIES);
  __type(key, __u32);
  __type(value, struct xesp_sa_ref);
} policy_sa SEC(".maps");

/* A packet of each outbound protect policy that had no SA, until xespd takes it out: an IKE daemon then makes one. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, XESP_MAX_MISSES);
  __type(key, __u32);
  __type(value, struct xesp_flow);
} misses SEC(".maps");

/* Inbound SAs. User space sets how many, before it loads the program; memory for all of them is taken then, so that no
 * SA is refused for want of it later. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_DEFAULT_SAS);
  __type(key, struct xesp_sad_key);
  __type(value, struct xesp_sa_ref);
} sad SEC(".maps");

/* Addresses of ours that ESP or AH is sent to: what inbound SAs have had as destination since xespd started. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_DEFAULT_SAS); /* as many as SAs; few in most gateways, so each takes memory when it comes */
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, struct xesp_endpoint);
  __type(value, __u8);
} endpoints SEC(".maps");

/* UDP ports of ours besides 4500 that ESP is sent to (RFC 3948), kept as endpoints are. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_MAX_ENCAP_PORTS);
  __type(key, __u16); /* host order */
  __type(value, __u8);
} encap_ports SEC(".maps");

/* Datagrams of ESP in UDP whose first fragment went to xespd, by when it came (ns): the later ones show no port. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, XESP_MAX_DATAGRAMS);
  __type(key, struct xesp_datagram);
  __type(value, __u64);
} udp_datagrams SEC(".maps");

/* xespd's AF_XDP sockets by receive queue. */
struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(max_entries, XESP_MAX_QUEUES);
  __type(key, __u32);
  __type(value, __u32);
} xsks_inside SEC(".maps"), xsks_outside SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct xesp_steer_counts);
} counters SEC(".maps");

/* An action and why, in one number, so that they stand in one line and counting stands in the program once. */
static __always_inline __u32 verdict(enum xesp_steer_counter reason, enum xdp_action action) {
  return (__u32)reason << 8 | action;
}

/* Counts the reason and gives the action. */
static __always_inline int done(__u32 verdict) {
  __u32 key = 0, reason = verdict >> 8;
  struct xesp_steer_counts* counts = bpf_map_lookup_elem(&counters, &key);
  if (counts && reason < XESP_STEER_COUNT) ++counts->of[reason];
  return (int)(verdict & 0xff);
}

#endif
