// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <sstream>

#include "emit.h"

namespace xhls {

std::string emit_report(const std::vector<const Module*>& modules, double budget) {
  std::ostringstream os;
  char line[256];
  std::snprintf(line, sizeof line, "%-40s %7s %14s %10s %8s\n", "module", "stages", "register bits", "RAM bits",
                "levels");
  os << line;
  for (const Module* m : modules) {
    unsigned long registers = 0, ram = 0;
    for (const auto& stage : m->held)
      for (const Held& h : stage) registers += h.hi - h.lo;
    for (const Node* n : m->order) {
      if (n->op == Op::State) registers += n->width;
      if (n->op == Op::Ram)
        ram += static_cast<unsigned long>(m->net.rams[n->index].depth) * m->net.rams[n->index].width;
    }
    std::snprintf(line, sizeof line, "%-40s %7d %14lu %10lu %8.1f  latest: %s\n", m->name.c_str(), m->stages, registers,
                  ram, m->critical / 100.0, m->critical_loc.str().c_str());
    os << line;
  }
  std::snprintf(line, sizeof line, "budget: %.1f levels of LUT6 a stage (a model, not a timing report)\n", budget);
  os << line;
  for (const Module* m : modules)
    for (const std::string& w : m->warnings) os << "warning: " << m->name << ": " << w << '\n';
  return os.str();
}

}  // namespace xhls
