/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Ethernet, VLAN tags and the IPv4 header, as far as steering needs them. */
#ifndef XESP_EBPF_PARSE_H
#define XESP_EBPF_PARSE_H

#include "kernel.h"

enum {
  TYPE_IPV4 = 0x0800,
  TYPE_CTAG = 0x8100, /* IEEE 802.1Q */
  TYPE_STAG = 0x88a8, /* IEEE 802.1ad */
  MAX_VLAN_TAGS = 2,
  PROTO_UDP = 17,
  PROTO_ESP = 50,
  PORT_IKE = 500,
  PORT_IKE_NATT = 4500,
  FRAGMENT_OFFSET = 0x1fff,
  IPV4_WORDS_MIN = 5,
};

struct vlan_tag {
  __be16 tci;
  __be16 type;
};

struct packet {
  __be32 src;
  __be32 dst;
  __u32 l3_offset;
  __u8 protocol;
  __u8 later_fragment; /* not the first one: nothing of the upper layer in it */
  void* l4;
  void* end;
};

enum parsed { PARSED_IPV4, PARSED_OTHER, PARSED_MALFORMED, PARSED_VLAN_DEPTH };

static __always_inline int is_vlan(__be16 type) {
  return type == bpf_htons(TYPE_CTAG) || type == bpf_htons(TYPE_STAG);
}

static __always_inline enum parsed parse(const struct xdp_md* ctx, struct packet* p) {
  void* data = (void*)(long)ctx->data;
  void* end = (void*)(long)ctx->data_end;
  struct ethhdr* eth = data;
  if ((void*)(eth + 1) > end) return PARSED_MALFORMED;

  __be16 type = eth->h_proto;
  void* next = eth + 1;
  for (int i = 0; i < MAX_VLAN_TAGS && is_vlan(type); ++i) {
    struct vlan_tag* tag = next;
    if ((void*)(tag + 1) > end) return PARSED_MALFORMED;
    type = tag->type;
    next = tag + 1;
  }
  if (is_vlan(type)) return PARSED_VLAN_DEPTH;
  if (type != bpf_htons(TYPE_IPV4)) return PARSED_OTHER;

  struct iphdr* ip = next;
  if ((void*)(ip + 1) > end) return PARSED_MALFORMED;
  __u32 header = ip->ihl * 4;
  __u32 total = bpf_ntohs(ip->tot_len);
  if (ip->version != 4 || ip->ihl < IPV4_WORDS_MIN || total < header) return PARSED_MALFORMED;
  if (next + total > end) return PARSED_MALFORMED;

  p->src = ip->saddr;
  p->dst = ip->daddr;
  p->protocol = ip->protocol;
  p->later_fragment = (ip->frag_off & bpf_htons(FRAGMENT_OFFSET)) != 0;
  p->l3_offset = next - data;
  p->l4 = next + header;
  p->end = end;
  return PARSED_IPV4;
}

/* RFC 3948 2.2: on port 4500 four zero bytes stand where ESP has its SPI. Later fragments carry no ports and are not
 * told apart; they go by the policy of their addresses. */
static __always_inline int is_ike(const struct packet* p) {
  if (p->protocol != PROTO_UDP || p->later_fragment) return 0;
  struct udphdr* udp = p->l4;
  if ((void*)(udp + 1) > p->end) return 0;
  if (udp->dest == bpf_htons(PORT_IKE)) return 1;
  if (udp->dest != bpf_htons(PORT_IKE_NATT)) return 0;
  __u32* marker = (void*)(udp + 1);
  return (void*)(marker + 1) <= p->end && *marker == 0;
}

#endif
