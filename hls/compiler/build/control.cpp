// SPDX-License-Identifier: Apache-2.0
//
// Control flow: on which condition control comes to a block.
#include <llvm/IR/CFG.h>

#include <algorithm>

#include "builder.h"

namespace xhls {

using namespace llvm;

// Can control come from a to b? (The library's isPotentiallyReachable() gives up early.)
bool Builder::reaches(const Instruction& a, const Instruction& b) {
  if (a.getParent() == b.getParent()) return a.comesBefore(&b);
  const auto [it, fresh] = reachable_.try_emplace(a.getParent());
  if (fresh) {
    std::vector<const BasicBlock*> work{a.getParent()};
    while (!work.empty()) {
      const BasicBlock* x = work.back();
      work.pop_back();
      for (const BasicBlock* s : successors(x))
        if (it->second.insert(s).second) work.push_back(s);
    }
  }
  return it->second.count(b.getParent()) > 0;
}

Bits Builder::edge(const BasicBlock* from, const BasicBlock* to) {
  const Instruction* t = from->getTerminator();
  if (const auto* br = dyn_cast<BranchInst>(t)) {
    if (br->isUnconditional() || br->getSuccessor(0) == br->getSuccessor(1)) return net_.bit(true);
    const Bits c = value(br->getCondition());
    return br->getSuccessor(0) == to ? c : net_.inverted(c);
  }
  if (const auto* sw = dyn_cast<SwitchInst>(t)) {
    const Bits v = value(sw->getCondition());
    Bits hit = net_.bit(false), others = net_.bit(false);
    for (const auto& c : sw->cases()) {
      const Bits is = net_.eq(v, net_.constant(c.getCaseValue()->getValue()));
      Bits& sum = c.getCaseSuccessor() == to ? hit : others;
      sum = net_.bitwise(Op::Or, sum, is);
    }
    return sw->getDefaultDest() == to ? net_.inverted(others) : hit;
  }
  reject(*t, "a branch of a kind that is not supported");
}

// Does control reach `b`, given that it is in its dominator `d`?
Bits Builder::reach(const BasicBlock* b, const BasicBlock* d) {
  if (b == d || pdt_.dominates(b, d)) return net_.bit(true);
  if (const auto it = reach_.find({b, d}); it != reach_.end()) return it->second;
  const BasicBlock* idom = dt_.getNode(const_cast<BasicBlock*>(b))->getIDom()->getBlock();
  Bits r;
  if (idom != d) {
    r = net_.bitwise(Op::And, reach(b, idom), reach(idom, d));
  } else {
    r = net_.bit(false);
    std::vector<const BasicBlock*> done;
    for (const BasicBlock* p : predecessors(b)) {
      if (std::find(done.begin(), done.end(), p) != done.end()) continue;
      done.push_back(p);
      r = net_.bitwise(Op::Or, r, net_.bitwise(Op::And, reach(p, d), edge(p, b)));
    }
  }
  reach_[{b, d}] = r;
  return r;
}

Bits Builder::incoming(const PHINode& phi, unsigned i) {
  const BasicBlock* idom = dt_.getNode(const_cast<BasicBlock*>(phi.getParent()))->getIDom()->getBlock();
  return net_.bitwise(Op::And, reach(phi.getIncomingBlock(i), idom), edge(phi.getIncomingBlock(i), phi.getParent()));
}

}  // namespace xhls
