// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_CARD_DEVICE_H
#define XESP_XRT_CARD_DEVICE_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/card_port.h"
#include "xesp/error.h"

namespace xesp {

/// The card, its driver or its simulator stopped answering. The CardDevice is of no use any more; a new one may work.
class CardLost : public Error {
 public:
  explicit CardLost(const std::string& reason) : Error(ErrorCode::kIo, "card lost: " + reason) {}
};

struct CardOptions {
  std::string xclbin;     ///< path
  unsigned device = 0;    ///< XRT's index
  std::string hwemu_dir;  ///< folder with emconfig.json, xrt.ini and prefix/; empty: a card, or XRT's own environment
  uint32_t descriptors = 512;  ///< a batch's capacity, 1 .. abi::kMaxBatch
  size_t in_bytes = 1 << 20;   ///< capacity of a batch's input
  size_t out_bytes = 1 << 20;  ///< capacity of a batch's output
  std::chrono::milliseconds open_timeout{60'000};
  std::chrono::milliseconds run_timeout{60'000};  ///< of run(): longer than the slowest batch of a simulated card
  std::string worker{};  ///< xesp-card-worker; empty: $XESP_CARD_WORKER, then beside the program, then libexec
};

struct CardRun {
  uint32_t error = 0;   ///< abi::RunError bits; 0 when the run was good
  uint32_t cycles = 0;  ///< clocks from start to done
};

/// A card with its two compute units, opened for this process alone. Batches go through memory that is shared with the
/// card's driver: fill desc() and in(), run() (or submit() and wait()), then read completions() and out().
///
/// XRT lives in a process of its own, xesp-card-worker, started and ended by this class (reasons:
/// host/lib/xrt/README.md), so a driver that hangs, aborts or spins is seen here as CardLost and nothing worse.
///
/// Thread safety: one thread a direction at a time; registers() and description() from any thread. The spans live as
/// long as the object.
class CardDevice final : public CardPort {
 public:
  /// @throws Error: kNoInput (no xclbin, no hwemu folder), kData (not an xclbin, not xesp's, another ABI), kUnavailable
  /// (no card, no XRT, card in use); CardLost when it stops answering while it is opened.
  explicit CardDevice(const CardOptions& options);
  ~CardDevice() override;
  CardDevice(const CardDevice&) = delete;
  CardDevice& operator=(const CardDevice&) = delete;

  /// One line: hw_emu or card, xclbin and ABI version.
  std::string description() const override;

  std::span<abi::Desc> desc(Direction direction) override;
  std::span<uint8_t> in(Direction direction) override;
  std::span<const uint8_t> out(Direction direction) override;
  std::span<const abi::Completion> completions(Direction direction) override;

  /// submit() and wait(run_timeout). What is copied follows from descriptors and completions, so the byte counts are
  /// only checked. @throws as submit() and wait() do; CardLost as well when the run ended with an error, for then
  /// nothing is known of its results.
  uint32_t run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) override;

  /// Starts the first `count` descriptors and returns at once. Leave the batch's spans alone until wait() has returned.
  /// @throws Error(kData) for a count or descriptor that doesn't fit the capacities (nothing is started),
  /// Error(kSoftware) when a batch of this direction is in flight, CardLost.
  void submit(Direction direction, size_t count);
  /// Blocks until the batch is done and its results are readable. @throws CardLost, also when `timeout` passes first.
  CardRun wait(Direction direction, std::chrono::milliseconds timeout);

  /// A snapshot, while a batch runs or not. @throws CardLost
  CardRegisters registers(Direction direction) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace xesp
#endif
