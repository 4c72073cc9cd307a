/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_NEIGHBOUR_H
#define XESP_EBPF_NEIGHBOUR_H

#include "parse.h"

enum {
  FAMILY_INET6 = 10,
  ND_FIRST = 133, /* router solicitation ... */
  ND_LAST = 137,  /* ... redirect */
  ND_HOP_LIMIT = 255,
};

/* An address whose packets no router hands on: fe80::/10, ff02::/16. */
static __always_inline int stays_on_link(const __be32* address) {
  __u32 head = bpf_ntohl(address[0]);
  return (head & 0xffc00000) == 0xfe800000 || (head & 0xffff0000) == 0xff020000;
}

/* Whether this host's kernel may send the packet on to somebody else. That forwarding is off is said of the interface
 * asked for, which is not the one of a tagged frame's VLAN. */
static __always_inline int would_be_forwarded(struct xdp_md* ctx, const struct packet* p) {
  struct bpf_fib_lookup route = {.family = FAMILY_INET6, .ifindex = ctx->ingress_ifindex};
  __builtin_memcpy(route.ipv6_src, p->flow.src, sizeof(p->flow.src));
  __builtin_memcpy(route.ipv6_dst, p->flow.dst, sizeof(p->flow.dst));
  long answer = bpf_fib_lookup(ctx, &route, sizeof(route), 0);
  if (answer == BPF_FIB_LKUP_RET_FWD_DISABLED) return p->l3_offset != sizeof(struct ethhdr);
  return answer < BPF_FIB_LKUP_RET_BLACKHOLE || answer > BPF_FIB_LKUP_RET_NOT_FWDED;
}

/* What IPv6 has in the place of ARP (RFC 4861), for this host. What only looks like it and would leave by another
 * interface goes by policy. */
static __always_inline int is_neighbour_discovery(struct xdp_md* ctx, const struct packet* p) {
  __u32 type = bpf_ntohl(p->first) >> 24;
  if (p->flow.family != 6 || p->flow.protocol != PROTO_ICMPV6 || p->l4_bytes < 4) return 0;
  if (type < ND_FIRST || type > ND_LAST || p->hop_limit != ND_HOP_LIMIT) return 0;
  return stays_on_link(p->flow.dst) || !would_be_forwarded(ctx, p);
}

#endif
