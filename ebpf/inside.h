/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_INSIDE_H
#define XESP_EBPF_INSIDE_H

#include "neighbour.h"
#include "redirect.h"
#include "spd.h"

/* A clear packet on its way out (RFC 4301 5.1). */
static __always_inline __u32 steer_inside(struct xdp_md* ctx, const struct packet* p) {
  if (is_neighbour_discovery(ctx, p)) return verdict(XESP_STEER_PASS_NEIGHBOUR, XDP_PASS);
  if (is_ike(p)) return verdict(XESP_STEER_PASS_IKE, XDP_PASS);
  const struct xesp_spd_entry* policy = find_policy(&spd_out, &p->flow);
  if (!policy) return verdict(XESP_STEER_PASS_NO_POLICY, XDP_PASS);
  if (policy->action == XESP_BYPASS) return verdict(XESP_STEER_PASS_BYPASS, XDP_PASS);
  if (policy->action != XESP_PROTECT) return verdict(XESP_STEER_DROP_DISCARD, XDP_DROP);

  __u32 id = policy->policy;
  const struct xesp_sa_ref* sa = bpf_map_lookup_elem(&policy_sa, &id);
  if (!sa) {
    if (!bpf_map_lookup_elem(&misses, &id)) bpf_map_update_elem(&misses, &id, &p->flow, BPF_NOEXIST);
    return verdict(XESP_STEER_DROP_NO_SA_OUT, XDP_DROP);
  }
  return redirect(ctx, &xsks_inside, p, *sa, XESP_STEER_PROTECT);
}

#endif
