// SPDX-License-Identifier: Apache-2.0
//
// Delay in LUT6 levels. A node of n inputs a bit costs log6(n): small gates in a row share a LUT in synthesis, and the
// logarithm is what such packing comes to. Adders ride the carry chain.
#include <algorithm>
#include <cmath>

#include "schedule.h"

namespace xhls {

namespace {

int log6(unsigned inputs) {
  return inputs <= 1 ? 0 : static_cast<int>(100.0 * std::log(inputs) / std::log(6.0));
}

unsigned variable_operands(const Node& n) {
  unsigned k = 0;
  for (const Bits& b : n.in) k += is_constant(b) ? 0 : 1;
  return k;
}

// One LUT while it has the inputs for it, a carry chain beyond.
int carry(const Node& n) {
  const unsigned inputs = variable_bits(n.in[0]) + variable_bits(n.in[1]);
  return inputs <= 6 ? log6(inputs) : 100 + static_cast<int>(n.in[0].width()) * 2;
}

// A function of so many bits, none of them with a chain.
int table(unsigned address) {
  return address <= 6 ? 100 : 100 + 50 * (static_cast<int>(address) - 6);
}

}  // namespace

int delay_of(const Netlist& net, const Node& n) {
  switch (n.op) {
    case Op::Const:
    case Op::Arg:
    case Op::State:
    case Op::Call:
    case Op::Not:
      return 0;
    case Op::Input:
      return 100;
    case Op::Ram:
      if (net.rams[n.index].hit_ahead) return log6(3);
      return net.rams[n.index].forward ? log6(2 * n.in[0].width() + 1) + log6(3) : 100;
    case Op::And:
    case Op::Or:
    case Op::Xor:
      return log6(variable_operands(n));
    case Op::Mux:
      return log6(1 + variable_bits(n.in[1]) / std::max(1u, n.width) + variable_bits(n.in[2]) / std::max(1u, n.width));
    case Op::Eq:
      return log6(variable_bits(n.in[0]) + variable_bits(n.in[1]));
    case Op::Ult:
    case Op::Add:
    case Op::Sub:
      return carry(n);
    case Op::Mul:
      return 300;
    case Op::Shl:
    case Op::Lshr:
    case Op::Ashr:
      if (is_constant(n.in[0])) return table(variable_bits(n.in[1]));
      return 50 * static_cast<int>(variable_bits(n.in[1])) + 10;
    case Op::Popcount:
      return n.width == 1 ? log6(n.in[0].width()) : 60 * static_cast<int>(std::ceil(std::log2(n.in[0].width())));
    case Op::Rom: {
      if (is_block_rom(net, n)) return 100;
      return table(variable_bits(n.in[0]));
    }
  }
  return 0;
}

}  // namespace xhls
