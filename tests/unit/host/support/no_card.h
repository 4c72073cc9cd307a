// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SUPPORT_NO_CARD_H
#define XESP_TESTS_SUPPORT_NO_CARD_H

#include <string>
#include <vector>

#include "engine/card_port.h"
#include "support/packets.h"

namespace xesp::test {

/// The buffers of a card, the same for both directions, and no card: run() is the test's.
class NoCard : public CardPort {
 public:
  std::string description() const override { return "none"; }
  std::span<abi::Desc> desc(Direction) override { return desc_; }
  std::span<uint8_t> in(Direction) override { return in_; }
  std::span<const uint8_t> out(Direction) override { return out_; }
  std::span<const abi::Completion> completions(Direction) override { return completions_; }
  CardRegisters registers(Direction) override { return {}; }

 protected:
  std::vector<abi::Desc> desc_ = std::vector<abi::Desc>(16);
  Bytes in_ = Bytes(4096), out_ = Bytes(4096);
  std::vector<abi::Completion> completions_ = std::vector<abi::Completion>(16);
};

}  // namespace xesp::test
#endif
