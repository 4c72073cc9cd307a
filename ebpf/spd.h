/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_SPD_H
#define XESP_EBPF_SPD_H

#include "maps.h"
#include "parse.h"

/* The policy of a packet, or 0: the longest destination prefix, then the first selector of its bucket that fits. */
static __always_inline const struct xesp_spd_entry* find_policy(void* trie, const struct packet* p) {
  struct xesp_spd_key key = {.prefix_length = 32, .dst = p->dst};
  const struct xesp_spd_bucket* bucket = bpf_map_lookup_elem(trie, &key);
  if (!bucket) return 0;
  for (__u32 i = 0; i < XESP_BUCKET_ENTRIES && i < bucket->count; ++i) {
    const struct xesp_spd_entry* e = &bucket->entry[i];
    if ((p->src & e->src_mask) == e->src && (e->protocol == 0 || e->protocol == p->protocol)) return e;
  }
  return 0;
}

#endif
