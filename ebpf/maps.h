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

/* Inbound SAs. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_MAX_SAS);
  __type(key, struct xesp_sad_key);
  __type(value, struct xesp_sa_ref);
} sad SEC(".maps");

/* Addresses of ours that ESP or AH is sent to: what inbound SAs have had as destination since xespd started. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_MAX_SAS);
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
  __uint(max_entries, XESP_STEER_COUNT);
  __type(key, __u32);
  __type(value, __u64);
} counters SEC(".maps");

/* Counts `reason` and gives `verdict` back, so that a verdict and its reason stand in one line. */
static __always_inline int verdict(enum xesp_steer_counter reason, enum xdp_action action) {
  __u32 key = reason;
  __u64* count = bpf_map_lookup_elem(&counters, &key);
  if (count) ++*count;
  return action;
}

#endif
