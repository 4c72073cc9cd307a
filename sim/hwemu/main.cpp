// SPDX-License-Identifier: Apache-2.0
//
// xesp-hwemu: the program in the xclbin that is the card.
#include "program.h"
#include "verilated_card.h"

int main() {
  using xesp::sim::VerilatedCard;
  using xesp::sim::VerilatedCardOptions;
  return xesp::hwemu::run_program(
      [] { return std::make_unique<VerilatedCard>(VerilatedCardOptions::from_environment()); });
}
