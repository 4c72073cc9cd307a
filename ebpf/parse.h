/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Ethernet, VLAN tags, the IP header with its extensions and the first bytes behind it, as far as steering needs them.
 */
#ifndef XESP_EBPF_PARSE_H
#define XESP_EBPF_PARSE_H

#include "kernel.h"
#include "xesp/steering.h"

enum {
  TYPE_IPV4 = 0x0800,
  TYPE_IPV6 = 0x86dd,
  TYPE_CTAG = 0x8100, /* IEEE 802.1Q */
  TYPE_STAG = 0x88a8, /* IEEE 802.1ad */
  MAX_VLAN_TAGS = 2,
  PROTO_HOP_BY_HOP = 0,
  PROTO_UDP = 17,
  PROTO_ROUTING = 43,
  PROTO_FRAGMENT = 44,
  PROTO_ESP = 50,
  PROTO_AH = 51,
  PROTO_ICMPV6 = 58,
  PROTO_OPTIONS = 60,
  PORT_IKE = 500,
  PORT_IKE_NATT = 4500,
  FRAGMENT_OFFSET = 0x1fff,
  MORE_FRAGMENTS = 0x2000,
  FRAGMENT_OFFSET_V6 = 0xfff8,
  IPV4_WORDS_MIN = 5,
  UDP_BYTES = 8,
  AH_SPI = 4, /* where it stands */
};

struct vlan_tag {
  __be16 tci;
  __be16 type;
};

/* How an IPv6 extension header begins (RFC 8200 4); `offset` and `id` are the fragment header's. */
struct extension {
  __u8 next;
  __u8 units; /* of 8 bytes, behind the first 8 */
  __be16 offset;
  __be32 id;
};

struct packet {
  struct xesp_flow flow;
  __u32 l3_offset;
  __u8 fragment;
  __u8 later_fragment; /* not the first one: nothing of the upper layer in it */
  __u8 hop_limit;
  /* The upper layer: how much of it this packet has, its first four bytes, the four behind them, and the four behind a
   * UDP header; 0 where it is shorter. */
  __u32 l4_bytes;
  __be32 first;
  __be32 second;
  __be32 behind_udp;
  __be32 id;      /* of the datagram that a fragment is of */
  __u8 keepalive; /* UDP with one byte 0xff (RFC 3948 2.3) */
};

enum parsed { PARSED_IP, PARSED_OTHER, PARSED_MALFORMED, PARSED_VLAN_DEPTH, PARSED_EXTENSIONS };

static __always_inline int is_vlan(__be16 type) {
  return type == bpf_htons(TYPE_CTAG) || type == bpf_htons(TYPE_STAG);
}

static __always_inline int is_extension(__u8 protocol) {
  return protocol == PROTO_HOP_BY_HOP || protocol == PROTO_ROUTING || protocol == PROTO_FRAGMENT ||
         protocol == PROTO_OPTIONS;
}

/* Bytes up to the frame's end. A length from the packet is held against this and not added to a pointer: the verifier
 * of Linux 6.1 has no bounds for what went through a change of byte order. */
static __always_inline __u64 room(const void* at, const void* end) {
  return end - at;
}

/* `l4_bytes` ends with the packet, `end` with the frame, which may be padded. */
static __always_inline void read_upper_layer(struct packet* p, void* l4, void* end) {
  if (p->l4_bytes >= 4 && l4 + 4 <= end) p->first = *(__be32*)l4;
  if (p->l4_bytes >= 8 && l4 + 8 <= end) p->second = *(__be32*)(l4 + 4);
  if (p->l4_bytes >= 4 && xesp_has_ports(p->flow.protocol)) {
    __u32 ports = bpf_ntohl(p->first);
    p->flow.sport = bpf_htons(ports >> 16);
    p->flow.dport = bpf_htons(ports & 0xffff);
    p->flow.shown |= XESP_SHOWS_PORTS;
  }
  if (p->l4_bytes >= UDP_BYTES + 4 && l4 + UDP_BYTES + 4 <= end) p->behind_udp = *(__be32*)(l4 + UDP_BYTES);
  if (p->l4_bytes == UDP_BYTES + 1 && l4 + UDP_BYTES + 1 <= end) p->keepalive = *(__u8*)(l4 + UDP_BYTES) == 0xff;
}

static __always_inline enum parsed parse_ipv4(struct packet* p, void* at, void* end) {
  struct iphdr* ip = at;
  if ((void*)(ip + 1) > end) return PARSED_MALFORMED;
  __u32 header = ip->ihl * 4;
  __u32 total = bpf_ntohs(ip->tot_len);
  if (ip->version != 4 || ip->ihl < IPV4_WORDS_MIN || total < header) return PARSED_MALFORMED;
  if (total > room(at, end)) return PARSED_MALFORMED;

  p->flow.src[0] = ip->saddr;
  p->flow.dst[0] = ip->daddr;
  p->flow.family = 4;
  p->flow.protocol = ip->protocol;
  p->flow.shown = XESP_SHOWS_PROTOCOL;
  p->hop_limit = ip->ttl;
  p->id = ip->id;
  p->fragment = (ip->frag_off & bpf_htons(MORE_FRAGMENTS | FRAGMENT_OFFSET)) != 0;
  p->later_fragment = (ip->frag_off & bpf_htons(FRAGMENT_OFFSET)) != 0;
  if (p->later_fragment) return PARSED_IP;
  p->l4_bytes = total - header;
  read_upper_layer(p, at + header, end);
  return PARSED_IP;
}

static __always_inline enum parsed parse_ipv6(struct packet* p, void* at, void* end) {
  struct ipv6hdr* ip = at;
  if ((void*)(ip + 1) > end) return PARSED_MALFORMED;
  __u32 left = bpf_ntohs(ip->payload_len);
  if (ip->version != 6) return PARSED_MALFORMED;
  at = ip + 1;
  if (left > room(at, end)) return PARSED_MALFORMED;

  __builtin_memcpy(p->flow.src, &ip->saddr, sizeof(p->flow.src));
  __builtin_memcpy(p->flow.dst, &ip->daddr, sizeof(p->flow.dst));
  p->flow.family = 6;
  p->hop_limit = ip->hop_limit;
  __u8 protocol = ip->nexthdr;
  for (int i = 0; i < XESP_MAX_EXTENSIONS && is_extension(protocol); ++i) {
    struct extension* header = at;
    if ((void*)(header + 1) > end || left < sizeof(*header)) return PARSED_MALFORMED;
    /* A fragment header's second byte is reserved. */
    __u32 bytes = protocol == PROTO_FRAGMENT ? sizeof(*header) : (header->units + 1) * sizeof(*header);
    if (left < bytes) return PARSED_MALFORMED; /* in a first fragment as well (RFC 7112) */
    if (protocol == PROTO_FRAGMENT) {
      p->fragment = 1;
      p->id = header->id;
    }
    p->later_fragment = protocol == PROTO_FRAGMENT && (header->offset & bpf_htons(FRAGMENT_OFFSET_V6)) != 0;
    protocol = header->next;
    if (p->later_fragment) break;
    at += bytes;
    left -= bytes;
  }
  p->flow.protocol = protocol;
  if (p->later_fragment) return PARSED_IP;
  if (is_extension(protocol)) return PARSED_EXTENSIONS;
  p->flow.shown = XESP_SHOWS_PROTOCOL;
  p->l4_bytes = left;
  read_upper_layer(p, at, end);
  return PARSED_IP;
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
  p->l3_offset = next - data;
  if (type == bpf_htons(TYPE_IPV4)) return parse_ipv4(p, next, end);
  if (type == bpf_htons(TYPE_IPV6)) return parse_ipv6(p, next, end);
  return PARSED_OTHER;
}

/* RFC 3948 2.2: on port 4500 four zero bytes stand where ESP has its SPI. Later fragments carry no ports and are not
 * told apart; they go by the policy of their addresses. */
static __always_inline int is_ike(const struct packet* p) {
  if (p->flow.protocol != PROTO_UDP || p->l4_bytes < UDP_BYTES) return 0;
  if (bpf_ntohs(p->flow.dport) == PORT_IKE) return 1;
  return bpf_ntohs(p->flow.dport) == PORT_IKE_NATT && p->l4_bytes >= UDP_BYTES + 4 && p->behind_udp == 0;
}

#endif
