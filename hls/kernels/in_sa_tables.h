// SPDX-License-Identifier: Apache-2.0
//
// The tables of in_sa and in_sa_pair that only commands write. SIDE is one copy of them: in_sa_pair has one for the even
// descriptor and one for the odd one, in_sa just one. Each kernel's are its own (the templates are static).
#ifndef XESP_KERNELS_IN_SA_TABLES_H
#define XESP_KERNELS_IN_SA_TABLES_H

#include "in_sa.h"

namespace xesp {
namespace in_sa_parts {

typedef ap_uint<card::kSaIndexBits> Index;

// One way: its row for this key, and the write of a slot.
template <int SIDE, int WAY>
static ap_uint<kSlotBits> probe(const ap_uint<card::kLookupKeyBits>& key, const SlotWrite& w) {
#pragma HLS INLINE
  static ap_uint<kSlotBits> t_slots[card::kLookupRows];
#pragma HLS BIND_STORAGE variable=t_slots type=ram_2p impl=bram
  const ap_uint<card::kLookupRowBits> row = row_of<WAY>(key);
  const ap_uint<kSlotBits> found = t_slots[row];
  if (w.write && w.way == WAY) t_slots[w.row] = w.slot;
  return found;
}

template <int SIDE>
static Found lookup(const ap_uint<card::kLookupKeyBits>& want, const SlotWrite& w) {
#pragma HLS INLINE
  const ap_uint<kSlotBits> s0 = probe<SIDE, 0>(want, w);
  const ap_uint<kSlotBits> s1 = probe<SIDE, 1>(want, w);
  const ap_uint<kSlotBits> s2 = probe<SIDE, 2>(want, w);
  const ap_uint<kSlotBits> s3 = probe<SIDE, 3>(want, w);
  return found_in(s0, s1, s2, s3, want);
}

// The entry at `idx`, and a command's change of it.
template <int SIDE>
static Entry entry_at(const Index& idx, const Change& change, const ap_uint<512>& data) {
#pragma HLS INLINE
  static ap_uint<416> t_key[card::kSaCapacity];
  static ap_uint<512> t_powers[card::kSaCapacity];
  static ap_uint<128> t_h6[card::kSaCapacity];
  static ap_uint<kControlBits> t_flags[card::kSaCapacity];
#pragma HLS BIND_STORAGE variable=t_key type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_powers type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_h6 type=ram_2p impl=bram
#pragma HLS BIND_STORAGE variable=t_flags type=ram_2p impl=bram
  Entry e;
  e.key = t_key[idx];
  if (change.key) {
    ap_uint<416> v = field<0, 416>(data);
    t_key[idx] = v;
  }
  e.powers = t_powers[idx];
  if (change.powers) t_powers[idx] = data;
  e.h6 = t_h6[idx];
  if (change.more) {
    ap_uint<128> v = field<256, 128>(data);
    t_h6[idx] = v;
  }
  e.control = t_flags[idx];
  if (change.control) t_flags[idx] = change.new_control;
  e.edge = 0;
  return e;
}

}  // namespace in_sa_parts
}  // namespace xesp
#endif
