// SPDX-License-Identifier: Apache-2.0
//
// Logic that stands outside of the gated blocks, because something other than a register at the end of its stage takes
// it: the issue condition's own, and that of the addresses of tables in block RAM.
#include "emitter.h"

namespace xhls {

void Emitter::find_open_logic() {
  std::vector<const Node*> work;
  const auto reach = [&](const Bits& b, int stage) {
    for (const Slice& s : b.parts())
      if (s.node->stage == stage && is_computed(s.node) && open_.insert(s.node).second) work.push_back(s.node);
  };
  for (const Stream& s : net_.streams)
    if (s.input) reach(s.when, 0);
  for (const Node* n : m_.order)
    if (is_block_rom(net_, *n)) reach(n->in[0], n->stage - 1);
  while (!work.empty()) {
    const Node* n = work.back();
    work.pop_back();
    for (const Bits& b : n->in) reach(b, n->stage);
  }
}

void Emitter::open_logic() {
  for (const Node* n : m_.order)
    if (is_open(n)) {
      os_ << "  assign " << name_.at(n) << " = " << expression(*n, n->stage) << ";";
      note(*n);
    }
}

}  // namespace xhls
