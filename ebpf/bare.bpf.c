// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* Every frame to the AF_XDP socket of its queue, unread: what xespd's packet side is measured beside (host/measure). */
#include "kernel.h"

struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u32);
} bare_sockets SEC(".maps");

SEC("xdp")
int redirect_all(struct xdp_md* ctx) {
  return bpf_redirect_map(&bare_sockets, ctx->rx_queue_index, XDP_DROP);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
