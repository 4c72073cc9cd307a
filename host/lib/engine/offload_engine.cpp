// SPDX-License-Identifier: Apache-2.0
#include "xesp/offload_engine.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <mutex>

#include "engine/offload_side.h"
#include "xesp/error.h"

namespace xesp {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kFirstPause{250}, kLongestPause{30000};

class Offloading final : public OffloadEngine {
 public:
  Offloading(MakeCard make_card, Crypto crypto)
      : make_card_(std::move(make_card)), software_(make_software_engine(crypto)) {
    attach(make_card_());
  }

  std::string description() const override {
    const std::lock_guard lock(mutex_);
    return health_.present ? description_ : software_->description() + "; " + health_.reason;
  }
  SaHandle install(const SaConfig& sa) override { return install_all({&sa, 1}).front(); }
  std::vector<SaHandle> install_all(std::span<const SaConfig> sas) override {
    if (sas.empty()) return {};
    require_one_direction(sas);
    return side(sas.front().direction).install(sas);
  }
  void remove(Direction direction, SaHandle sa) override { side(direction).remove({&sa, 1}); }
  void remove_all(Direction direction, std::span<const SaHandle> sas) override {
    require_distinct(sas);
    side(direction).remove(sas);
  }
  void extend(SaHandle sa, uint64_t seq_limit) override { out_.extend(sa, seq_limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return side(direction).stats(sa); }
  Placement placement(Direction direction, SaHandle sa) override { return side(direction).placement(sa); }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    side(direction).process(in, out);
  }
  EngineCounters counters(Direction direction) const override {
    return (direction == Direction::kOut ? out_ : in_).counters();
  }
  std::vector<std::pair<std::string, uint64_t>> registers(Direction direction) override {
    return side(direction).registers();
  }

  void look_after_card() override {
    if (card_health().present)
      watch();
    else
      bring_back();
  }
  std::string software() const override { return software_->description(); }
  CardHealth card_health() const override {
    const std::lock_guard lock(mutex_);
    return health_;
  }

 private:
  OffloadSide& side(Direction direction) { return direction == Direction::kOut ? out_ : in_; }

  void attach(std::shared_ptr<Engine> card) {
    {
      const std::lock_guard lock(mutex_);
      description_ = card->description();
      health_.present = true;
      health_.reason.clear();
    }
    out_.attach(card);
    in_.attach(std::move(card));
  }

  void watch() {
    for (OffloadSide* s : {&out_, &in_}) (void)s->registers();  // finds a lost one
    const std::string of_out = out_.lost(), of_in = in_.lost();
    const std::string& reason = of_out.empty() ? of_in : of_out;
    if (reason.empty()) return;
    for (OffloadSide* s : {&out_, &in_}) s->lose(reason);
    const std::lock_guard lock(mutex_);
    health_.present = false;
    health_.reason = reason;
    ++health_.losses;
    pause_ = kFirstPause;
    next_try_ = Clock::now() + pause_;
  }

  void bring_back() {
    if (!coming_.valid()) {
      if (Clock::now() >= next_try_) coming_ = std::async(std::launch::async, make_card_);
      return;
    }
    if (coming_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    try {
      attach(coming_.get());
      const std::lock_guard lock(mutex_);
      ++health_.returns;
    } catch (const Error& e) {
      const std::lock_guard lock(mutex_);
      health_.reason = e.what();
      pause_ = std::min<Clock::duration>(2 * pause_, kLongestPause);
      next_try_ = Clock::now() + pause_;
    }
  }

  const MakeCard make_card_;
  const std::unique_ptr<Engine> software_;
  OffloadSide out_{Direction::kOut, *software_}, in_{Direction::kIn, *software_};
  mutable std::mutex mutex_;  // of what follows
  CardHealth health_;
  std::string description_;
  Clock::duration pause_ = kFirstPause;
  Clock::time_point next_try_{};
  std::future<std::unique_ptr<Engine>> coming_;  // look_after_card() only
};

}  // namespace

std::unique_ptr<OffloadEngine> make_offload_engine(OffloadEngine::MakeCard make_card, Crypto crypto) {
  return std::make_unique<Offloading>(std::move(make_card), crypto);
}

}  // namespace xesp
