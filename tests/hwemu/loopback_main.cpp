// SPDX-License-Identifier: Apache-2.0
#include "loopback_card.h"
#include "program.h"

int main() {
  return xesp::hwemu::run_program([] { return std::make_unique<xesp::test::LoopbackCard>(); });
}
