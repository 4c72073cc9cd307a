// SPDX-License-Identifier: Apache-2.0
#include "leases/lease_keeper.h"

#include "log.h"

#include <algorithm>

#include "xesp/error.h"

namespace xesp {

namespace {

constexpr uint64_t kQuarter = LeaseJournal::kBlock / 4;

// A block from here on, up to the ceiling; numbers have 64 bits with ESN, so their sum may not be formed first.
uint64_t next_limit(uint64_t from, uint64_t ceiling) {
  return from >= ceiling || ceiling - from < LeaseJournal::kBlock ? ceiling : from + LeaseJournal::kBlock;
}

}  // namespace

LeaseKeeper::LeaseKeeper(LeaseJournal& journal, Engine& engine) : journal_(journal), engine_(engine) {
  for (auto& due : due_at_) due = kNever;
  thread_ = std::thread([this] { work(); });
}

LeaseKeeper::~LeaseKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

LeaseKeeper::Lease LeaseKeeper::begin(const SaConfig& sa) {
  const std::lock_guard lock(mutex_);
  const KeyFingerprint key = fingerprint_of(sa);
  const uint64_t start = std::max(sa.seq, journal_.used_up_to(key));
  const uint64_t ceiling = std::min(sa.send_limit(), sa.last_seq());
  if (start >= ceiling)
    throw Error(ErrorCode::kData, "aead key: all sequence numbers up to " + std::to_string(ceiling) +
                                      " are used or reserved under it, give a new key");
  const uint64_t limit = next_limit(start, ceiling);
  journal_.record(key, limit);
  return {start, limit};
}

void LeaseKeeper::watch(SaHandle handle, const KeyFingerprint& key, uint64_t limit, uint64_t ceiling) {
  const std::lock_guard lock(mutex_);
  const Watched& watched = watched_[handle.index] = {handle, key, limit, ceiling};
  set_due(watched);
}

void LeaseKeeper::forget(SaHandle handle) {
  const std::lock_guard lock(mutex_);
  due_at_[handle.index] = kNever;
  watched_.erase(handle.index);
}

std::string LeaseKeeper::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

void LeaseKeeper::set_due(const Watched& watched) {
  due_at_[watched.handle.index] =
      watched.limit < watched.ceiling ? watched.limit - std::min(watched.limit, kQuarter) : kNever;
}

void LeaseKeeper::raise(SaHandle handle) noexcept {
  due_at_[handle.index] = kNever;  // once a lease
  {
    const std::lock_guard lock(mutex_);
    due_.push_back(handle.index);
  }
  wake_.notify_one();
}

void LeaseKeeper::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !due_.empty(); });
    if (ending_) return;
    const uint16_t index = due_.front();
    due_.pop_front();
    const auto found = watched_.find(index);
    if (found != watched_.end()) extend(found->second);
  }
}

void LeaseKeeper::extend(Watched& watched) {
  const uint64_t limit = next_limit(watched.limit, watched.ceiling);
  try {
    journal_.record(watched.key, limit);
    engine_.extend(watched.handle, limit);
    watched.limit = limit;
    set_due(watched);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::kIo) fault_ = e.what();
    log_of("leases")->error("a sequence lease can't be extended, the SA stops at {}: {}", watched.limit, e.what());
  }
}

}  // namespace xesp
