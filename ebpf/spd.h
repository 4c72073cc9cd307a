/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
#ifndef XESP_EBPF_SPD_H
#define XESP_EBPF_SPD_H

#include "maps.h"
#include "parse.h"

/* The policy of a packet, or 0: the longest destination prefix, then the first selector of its bucket that fits. */
static __always_inline const struct xesp_spd_entry* find_policy(void* trie, const struct xesp_flow* flow) {
  struct xesp_spd_key key = {.prefix_length = XESP_FAMILY_BITS + 128, .family = flow->family};
  __builtin_memcpy(key.dst, flow->dst, sizeof(key.dst));
  const struct xesp_spd_bucket* bucket = bpf_map_lookup_elem(trie, &key);
  if (!bucket) return 0;
  for (__u32 i = 0; i < XESP_BUCKET_ENTRIES && i < bucket->count; ++i)
    if (xesp_entry_fits(&bucket->entry[i], flow)) return &bucket->entry[i];
  return 0;
}

#endif
