// SPDX-License-Identifier: Apache-2.0
//
// Which bits matter: liveness from the outputs back, and every node trimmed to it.
#include <algorithm>

#include "netlist.h"

namespace xhls {

namespace {

// Bits [0, upto) of b matter. True if that was news to some node.
bool need(const Bits& b, unsigned upto) {
  bool news = false;
  unsigned at = 0;
  for (const Slice& s : b.parts()) {
    if (at >= upto) break;
    const unsigned top = s.lo + std::min(s.width, upto - at);
    if (s.node->demand < top) {
      s.node->demand = top;
      news = true;
    }
    at += s.width;
  }
  return news;
}
bool need(const Bits& b) {
  return need(b, b.width());
}

void cut(Bits& b, unsigned width) {
  if (b.width() > width) b = b.slice(0, width);
}

}  // namespace

void Netlist::compute_demand() {
  for (Node& n : nodes) n.demand = 0;
  for_each_root([](const Bits& b) { need(b); });
  for (bool changed = true; changed;) {
    changed = false;
    for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
      Node& n = *it;
      if (n.demand == 0) continue;
      switch (n.op) {
        case Op::Not:
        case Op::And:
        case Op::Or:
        case Op::Xor:
        case Op::Add:
        case Op::Sub:
        case Op::Mul:
          for (const Bits& b : n.in) changed |= need(b, n.demand);
          break;
        case Op::Shl:
          changed |= need(n.in[0], n.demand);
          changed |= need(n.in[1]);
          break;
        case Op::Mux:
          changed |= need(n.in[0]);
          changed |= need(n.in[1], n.demand);
          changed |= need(n.in[2], n.demand);
          break;
        default:
          for (const Bits& b : n.in) changed |= need(b);
      }
    }
    for (State& s : states)
      if (s.node->demand > 0) changed |= need(s.next, s.node->demand);
    for (Ram& r : rams)
      if (r.read && r.read->demand > 0) {
        changed |= need(r.write_when);
        changed |= need(r.write_address);
        changed |= need(r.write_data, r.read->demand);
      }
  }
  // Trim. Sources with a fixed width keep it.
  for (Node& n : nodes) {
    if (n.demand == 0 || n.demand >= n.width) continue;
    switch (n.op) {
      case Op::Not:
      case Op::And:
      case Op::Or:
      case Op::Xor:
      case Op::Add:
      case Op::Sub:
      case Op::Mul:
        for (Bits& b : n.in) cut(b, n.demand);
        n.width = n.demand;
        break;
      case Op::Shl:
        cut(n.in[0], n.demand);
        n.width = n.demand;
        break;
      case Op::Mux:
        cut(n.in[1], n.demand);
        cut(n.in[2], n.demand);
        n.width = n.demand;
        break;
      case Op::Arg:
      case Op::State:
      case Op::Ram:
      case Op::Lshr:
      case Op::Popcount:
        n.width = n.demand;
        break;
      default:
        break;
    }
  }
  for (State& s : states)
    if (s.node->demand > 0) {
      s.width = s.node->width;
      cut(s.next, s.width);
      s.init = s.init.trunc(s.width);
    }
  for (Ram& r : rams)
    if (r.read && r.read->demand > 0) {
      r.width = r.read->width;
      cut(r.write_data, r.width);
    }
  for (Arg& a : args) a.width = a.node->demand > 0 ? a.node->width : 0;
}

}  // namespace xhls
