/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_REDIRECT_H
#define XESP_EBPF_REDIRECT_H

#include "maps.h"
#include "parse.h"

/* Hands the frame to xespd's socket of this queue with what xespd has to know in the place of the frame's addresses,
 * which are of no more use: every frame that xespd sends gets its own. Without a socket it drops: what came as far as
 * here must not go on in clear. */
static __always_inline __u32 redirect(struct xdp_md* ctx, void* xsks, const struct packet* p, struct xesp_sa_ref sa,
                                      enum xesp_steer_counter reason) {
  __u8* frame = (__u8*)(long)ctx->data;
  if (frame + sizeof(struct ethhdr) > (__u8*)(long)ctx->data_end) return verdict(XESP_STEER_DROP_MALFORMED, XDP_DROP);
  if (bpf_redirect_map(xsks, ctx->rx_queue_index, XDP_DROP) != XDP_REDIRECT)
    return verdict(XESP_STEER_DROP_NO_SOCKET, XDP_DROP);
  __u16 flags = frame[0] & 1 ? XESP_META_GROUP : 0;
  struct xesp_meta meta = {.magic = XESP_META_MAGIC, .sa = sa, .l3_offset = p->l3_offset, .flags = flags};
  __builtin_memcpy(frame, &meta, sizeof(meta));
  return verdict(reason, XDP_REDIRECT);
}

#endif
