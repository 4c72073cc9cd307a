/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_REDIRECT_H
#define XESP_EBPF_REDIRECT_H

#include "maps.h"
#include "parse.h"

/* Hands the frame to xespd's socket of this queue with its metadata in front. Without a socket it drops: what came as
 * far as here must not go on in clear. */
static __always_inline int redirect(struct xdp_md* ctx, void* xsks, const struct packet* p, struct xesp_sa_ref sa,
                                    enum xesp_steer_counter reason) {
  __u32 l3_offset = p->l3_offset; /* the packet's pointers end with the next call */
  if (bpf_xdp_adjust_meta(ctx, -(int)sizeof(struct xesp_meta))) return verdict(XESP_STEER_DROP_NO_METADATA, XDP_DROP);
  struct xesp_meta* meta = (void*)(long)ctx->data_meta;
  if ((void*)(meta + 1) > (void*)(long)ctx->data) return verdict(XESP_STEER_DROP_NO_METADATA, XDP_DROP);
  *meta = (struct xesp_meta){.magic = XESP_META_MAGIC, .sa = sa, .l3_offset = l3_offset};

  if (bpf_redirect_map(xsks, ctx->rx_queue_index, XDP_DROP) != XDP_REDIRECT)
    return verdict(XESP_STEER_DROP_NO_SOCKET, XDP_DROP);
  return verdict(reason, XDP_REDIRECT);
}

#endif
