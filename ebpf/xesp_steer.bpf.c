// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
// The steering program of xesp: one object, an entry for each side of the gateway.
#include "inside.h"
#include "outside.h"

/* What both sides do with a frame that isn't a whole IP packet. */
static __always_inline __u32 not_ip(enum parsed what) {
  if (what == PARSED_OTHER) return verdict(XESP_STEER_PASS_NON_IP, XDP_PASS);
  if (what == PARSED_EXTENSIONS) return verdict(XESP_STEER_DROP_EXTENSIONS, XDP_DROP);
  return verdict(what == PARSED_VLAN_DEPTH ? XESP_STEER_DROP_VLAN_DEPTH : XESP_STEER_DROP_MALFORMED, XDP_DROP);
}

SEC("xdp")
int xesp_inside(struct xdp_md* ctx) {
  struct packet p = {};
  enum parsed what = parse(ctx, &p);
  return done(what == PARSED_IP ? steer_inside(ctx, &p) : not_ip(what));
}

SEC("xdp")
int xesp_outside(struct xdp_md* ctx) {
  struct packet p = {};
  enum parsed what = parse(ctx, &p);
  return done(what == PARSED_IP ? steer_outside(ctx, &p) : not_ip(what));
}

char _license[] SEC("license") = "Dual BSD/GPL";
