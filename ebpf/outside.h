/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_OUTSIDE_H
#define XESP_EBPF_OUTSIDE_H

#include "neighbour.h"
#include "redirect.h"
#include "spd.h"

/* Whether the port is one where ESP in UDP comes in; if so only an SPI or the lack of one tells what it is. */
static __always_inline int may_be_esp_in_udp(const struct packet* p) {
  if (p->flow.protocol != PROTO_UDP || p->l4_bytes < UDP_BYTES) return 0;
  __u16 port = bpf_ntohs(p->flow.dport);
  return port == PORT_IKE_NATT || bpf_map_lookup_elem(&encap_ports, &port) != 0;
}

static __always_inline struct xesp_datagram datagram_of(const struct packet* p) {
  struct xesp_datagram out = {.id = p->id, .family = p->flow.family};
  __builtin_memcpy(out.src, p->flow.src, sizeof(out.src));
  __builtin_memcpy(out.dst, p->flow.dst, sizeof(out.dst));
  return out;
}

/* A first fragment to a port where ESP in UDP comes in: the later ones go where it goes, for an IKE daemon's messages
 * come in fragments as well, and its datagrams have names of the same row. */
static __always_inline void note_datagram(const struct packet* p, int is_esp) {
  struct xesp_datagram datagram = datagram_of(p);
  __u64 now = bpf_ktime_get_ns();
  if (is_esp)
    bpf_map_update_elem(&udp_datagrams, &datagram, &now, BPF_ANY);
  else
    bpf_map_delete_elem(&udp_datagrams, &datagram);
}

/* Whether an inbound SA has had the packet's destination as its own. */
static __always_inline int is_for_us(const struct packet* p) {
  struct xesp_endpoint here = {.family = p->flow.family};
  __builtin_memcpy(here.address, p->flow.dst, sizeof(here.address));
  return bpf_map_lookup_elem(&endpoints, &here) != 0;
}

/* Whether a later fragment is of ESP or AH to an address of ours, as far as can be told. */
static __always_inline int belongs_to_ipsec(const struct packet* p) {
  if (p->flow.protocol == PROTO_ESP || p->flow.protocol == PROTO_AH) return is_for_us(p);
  if (p->flow.protocol != PROTO_UDP) return 0;
  struct xesp_datagram datagram = datagram_of(p);
  const __u64* came = bpf_map_lookup_elem(&udp_datagrams, &datagram);
  return came && bpf_ktime_get_ns() - *came < XESP_DATAGRAM_NANOSECONDS;
}

/* ESP, also in UDP, or AH on its way in: the SA by (destination, protocol, SPI), ports are not looked at. ESP begins
 * with its SPI, AH has it behind four other bytes (RFC 4302 2). Only what is for somebody else leaves `handled` at 0.
 */
static __always_inline __u32 steer_ipsec(struct xdp_md* ctx, const struct packet* p, int in_udp, int* handled) {
  int ah = p->flow.protocol == PROTO_AH;
  __be32 spi = in_udp ? p->behind_udp : ah ? p->second : p->first;
  int has_spi = p->l4_bytes >= (in_udp ? UDP_BYTES : ah ? AH_SPI : 0) + sizeof(spi);

  *handled = 1;
  if (has_spi) {
    struct xesp_sad_key key = {.spi = spi, .family = p->flow.family, .protocol = ah ? PROTO_AH : PROTO_ESP};
    __builtin_memcpy(key.dst, p->flow.dst, sizeof(key.dst));
    const struct xesp_sa_ref* sa = bpf_map_lookup_elem(&sad, &key);
    if (in_udp && p->fragment) note_datagram(p, sa != 0);
    if (sa) return redirect(ctx, &xsks_outside, p, *sa, XESP_STEER_RECOVER);
  }
  if (is_for_us(p)) {
    if (in_udp && has_spi && spi == 0) return verdict(XESP_STEER_PASS_IKE, XDP_PASS);
    if (in_udp && p->keepalive) return verdict(XESP_STEER_DROP_KEEPALIVE, XDP_DROP);
    return verdict(has_spi ? XESP_STEER_DROP_NO_SA_IN : XESP_STEER_DROP_MALFORMED, XDP_DROP);
  }
  *handled = 0;
  return 0;
}

/* A packet from the outside (RFC 4301 5.2): what a protect policy covers must not come in clear. */
static __always_inline __u32 steer_outside(struct xdp_md* ctx, const struct packet* p) {
  if (is_neighbour_discovery(ctx, p)) return verdict(XESP_STEER_PASS_NEIGHBOUR, XDP_PASS);
  if (p->later_fragment && belongs_to_ipsec(p)) {
    struct xesp_sa_ref none = {}; /* the first fragment has it */
    return redirect(ctx, &xsks_outside, p, none, XESP_STEER_RECOVER_FRAGMENT);
  }
  int in_udp = may_be_esp_in_udp(p);
  if (in_udp || p->flow.protocol == PROTO_ESP || p->flow.protocol == PROTO_AH) {
    int handled = 0;
    __u32 action = steer_ipsec(ctx, p, in_udp, &handled);
    if (handled) return action;
  }
  if (is_ike(p)) return verdict(XESP_STEER_PASS_IKE, XDP_PASS);
  const struct xesp_spd_entry* policy = find_policy(&spd_in, &p->flow);
  if (!policy) return verdict(XESP_STEER_PASS_NO_POLICY, XDP_PASS);
  if (policy->action == XESP_BYPASS) return verdict(XESP_STEER_PASS_BYPASS, XDP_PASS);
  if (policy->action == XESP_PROTECT) return verdict(XESP_STEER_DROP_CLEAR_IN, XDP_DROP);
  return verdict(XESP_STEER_DROP_DISCARD, XDP_DROP);
}

#endif
