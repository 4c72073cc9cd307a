// SPDX-License-Identifier: Apache-2.0
//
// Cuts two operands where either changes its slice, so that an operation can be wiring in one place and logic in
// another.
#ifndef XHLS_NETLIST_SEGMENTS_H
#define XHLS_NETLIST_SEGMENTS_H

#include <functional>
#include <vector>

#include "netlist.h"

namespace xhls {

// One stretch of two operands in which neither changes its slice.
struct Segment {
  unsigned lo = 0, width = 0;
  Bits a, b;
};

std::vector<Segment> segments(const Bits& a, const Bits& b);

// Splits an operation into stretches that are wiring and stretches that need logic. Many short stretches of logic stay
// one wide operation over all of them: better to read and to simulate, and the same in LUTs. A sum (Or, Xor) of shifted
// rows stays whole too, where most of it is logic: then a chain of them can be balanced.
Bits stretchwise(const Bits& a, const Bits& b, bool sum, const std::function<bool(const Segment&, Bits&)>& wiring,
                 const std::function<Bits(const Bits&, const Bits&)>& logic);

}  // namespace xhls

#endif
