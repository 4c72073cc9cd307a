/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/*
 * What any program that steers by a table must do at least, to measure the steering program beside it: Ethernet, IPv4
 * and the SPI read with their bounds, one lookup in a hash of as many SAs, one counter.
 */
#include "kernel.h"
#include "xesp/steering.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, XESP_DEFAULT_SAS);
  __type(key, struct xesp_sad_key);
  __type(value, struct xesp_sa_ref);
} table SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 2);
  __type(key, __u32);
  __type(value, __u64);
} found SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u32);
} sockets SEC(".maps");

static __always_inline const void* look_up(struct xdp_md* ctx) {
  const unsigned char* data = (const unsigned char*)(long)ctx->data;
  const unsigned char* end = (const unsigned char*)(long)ctx->data_end;
  if (data + 14 + 20 + 8 > end) return 0;
  if (data[12] != 8 || data[13] != 0 || data[14] != 0x45) return 0;
  struct xesp_sad_key key = {};
  __builtin_memcpy(&key.dst[0], data + 30, 4);
  __builtin_memcpy(&key.spi, data + 34, 4);
  key.family = 4;
  key.protocol = data[23];
  const void* sa = bpf_map_lookup_elem(&table, &key);
  __u32 which = sa ? 1 : 0;
  __u64* count = bpf_map_lookup_elem(&found, &which);
  if (count) ++*count;
  return sa;
}

SEC("xdp")
int parse_and_look_up(struct xdp_md* ctx) {
  return look_up(ctx) ? XDP_TX : XDP_PASS;
}

/* The same, and what it found goes to an AF_XDP socket, as from every program that hands packets to a process. */
SEC("xdp")
int look_up_and_redirect(struct xdp_md* ctx) {
  return look_up(ctx) ? bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_DROP) : XDP_PASS;
}

SEC("xdp")
int nothing(struct xdp_md* ctx) {
  (void)ctx;
  return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
