// SPDX-License-Identifier: Apache-2.0
#include <iomanip>
#include <sstream>

#include "emit.h"

namespace xhls {

namespace {

struct Totals {
  unsigned long registers = 0, ram = 0, rom = 0;  // bits
};

Totals totals(const Module& m) {
  Totals t;
  for (const auto& stage : m.held)
    for (const Held& h : stage) t.registers += h.hi - h.lo;
  for (const Node* n : m.order) {
    if (n->op == Op::State) t.registers += n->width;
    if (n->op == Op::Ram) t.ram += static_cast<unsigned long>(m.net.rams[n->index].depth) * m.net.rams[n->index].width;
    if (is_block_rom(m.net, *n)) t.rom += m.net.roms[n->index].values.size() * m.net.roms[n->index].width;
  }
  return t;
}

}  // namespace

std::string emit_report(const std::vector<const Module*>& modules, double budget) {
  std::ostringstream os;
  os << std::fixed << std::setprecision(1);
  os << "Levels of LUT6 are a model, not a timing report. Budget of a stage: " << budget << ".\n\n"
     << std::left << std::setw(40) << "module" << std::right << std::setw(7) << "stages" << std::setw(4) << "II"
     << std::setw(15) << "register bits" << std::setw(10) << "RAM bits" << std::setw(10) << "ROM bits" << std::setw(8)
     << "levels" << '\n';
  for (const Module* m : modules) {
    const Totals t = totals(*m);
    os << std::left << std::setw(40) << m->name << std::right << std::setw(7) << m->stages << std::setw(4) << 1
       << std::setw(15) << t.registers << std::setw(10) << t.ram << std::setw(10) << t.rom << std::setw(8)
       << m->critical / 100.0 << '\n';
  }
  for (const Module* m : modules) {
    os << '\n'
       << m->name << ": critical path, " << m->critical / 100.0 << " levels in stage " << m->critical_stage
       << (m->critical > static_cast<int>(budget * 100) ? ", over the budget" : "") << "; end first\n";
    for (const Loc& l : m->critical_path) os << "    " << l.str() << '\n';
  }
  return os.str();
}

}  // namespace xhls
