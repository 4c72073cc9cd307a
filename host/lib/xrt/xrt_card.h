// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_XRT_CARD_H
#define XESP_XRT_XRT_CARD_H

#include <array>
#include <memory>
#include <string>

#include "batch_memory.h"
#include "worker_protocol.h"

namespace xesp::worker {

/// The card through XRT: the one place that includes XRT's headers (xrt_card.cpp). It may block for ever and may end
/// the process: whoever uses it lives in xesp-card-worker. Thread safety: one thread a direction in run(); registers()
/// from any thread.
class XrtCard {
 public:
  /// `memory` must outlive this object; XRT moves batches right from and to it. @throws Error
  XrtCard(const std::string& xclbin, unsigned device, std::array<BatchMemory, kDirections>& memory);
  ~XrtCard();

  /// What kRegVersion of the outbound unit reads; both units have the major version of this program.
  uint32_t version() const { return version_; }
  /// Runs the first `count` descriptors and brings completions and results back. @throws Error(kIo)
  CardRun run(Direction direction, uint32_t count);
  /// @throws Error(kIo) when the card doesn't answer with its magic any more.
  CardRegisters registers(Direction direction);

 private:
  class Unit;
  std::array<std::unique_ptr<Unit>, kDirections> units_;
  uint32_t version_ = 0;
};

}  // namespace xesp::worker
#endif
