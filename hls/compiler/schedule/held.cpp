// SPDX-License-Identifier: Apache-2.0
//
// Which bits of which nodes stand in registers, by stage.
#include <algorithm>
#include <utility>

#include "scheduler.h"

namespace xhls {

void Scheduler::find_held() {
  m_.held.assign(static_cast<size_t>(m_.stages) + 1, {});
  std::map<std::pair<unsigned, int>, std::pair<unsigned, unsigned>> range;  // (node, stage) -> bits
  std::map<unsigned, Node*> by_id;
  auto use = [&](const Bits& b, int stage) {
    for (const Slice& s : b.parts()) {
      if (s.node->op == Op::Const) continue;
      by_id[s.node->id] = s.node;
      for (int k = s.node->stage + 1; k <= stage; ++k) {
        auto [it, fresh] = range.try_emplace({s.node->id, k}, s.lo, s.lo + s.width);
        if (!fresh) {
          it->second.first = std::min(it->second.first, s.lo);
          it->second.second = std::max(it->second.second, s.lo + s.width);
        }
      }
    }
  };
  for (Node* n : m_.order) {
    switch (n->op) {
      case Op::Ram: {
        const Ram& ram = net_.rams[n->index];
        use(n->in[0], ram.forward ? n->stage : n->stage - 1);
        for (const Bits* b : {&ram.write_when, &ram.write_address, &ram.write_data}) use(*b, ram.write_stage);
        break;
      }
      case Op::Rom:
        use(n->in[0], is_block_rom(net_, *n) ? n->stage - 1 : n->stage);
        break;
      case Op::Call:
        for (const Bits& b : n->in) use(b, n->stage - net_.callees[n->index]->latency);
        break;
      case Op::State:
        use(net_.states[n->index].next, n->stage);
        break;
      default:
        for (const Bits& b : n->in) use(b, n->stage);
    }
  }
  for (const Stream& s : net_.streams)
    if (!s.input) {
      use(s.data, s.stage);
      use(s.when, s.stage);
    }
  use(net_.result, m_.latency);
  for (const auto& [key, bits] : range)
    m_.held[static_cast<size_t>(key.second)].push_back({by_id[key.first], bits.first, bits.second});
}

}  // namespace xhls
