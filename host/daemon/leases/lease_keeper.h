// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LEASE_KEEPER_H
#define XESP_DAEMON_LEASE_KEEPER_H

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "leases/lease_journal.h"
#include "xesp/engine.h"

namespace xesp {

/// Gives outbound SAs their sequence numbers in leases of LeaseJournal::kBlock and extends a lease when three quarters
/// of it are sent, on a thread of its own (a disk write takes milliseconds, and a quarter of a lease is left for it).
/// If the journal fails, the lease ends and the SA's packets drop.
///
/// Thread safety: every call from any thread.
class LeaseKeeper {
 public:
  struct Lease {
    uint64_t seq;    ///< start after this one
    uint64_t limit;  ///< highest that may be sent now
  };

  /// Both must outlive this object.
  LeaseKeeper(LeaseJournal& journal, Engine& engine);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

  /// A first lease for an SA about to be installed: above what it asks for and above all that its key has used.
  /// @throws Error(kData) when the key has no number left or the journal can't tell; Error(kOs)
  Lease begin(const SaConfig& sa);
  /// The SA is installed with that lease: keep extending it, up to `ceiling`.
  void watch(SaHandle handle, const KeyFingerprint& key, uint64_t limit, uint64_t ceiling);
  void forget(SaHandle handle);

  /// A packet was sent with this number. Called for each packet: one comparison as a rule.
  void note(SaHandle handle, uint64_t seq) noexcept {
    if (handle.index < due_at_.size() && seq >= due_at_[handle.index].load(std::memory_order_relaxed)) raise(handle);
  }

  /// The text of an Error(kIo) that an extension met: the engine is lost. Empty while it is not.
  std::string fault() const;

 private:
  struct Watched {
    SaHandle handle;
    KeyFingerprint key{};
    uint64_t limit = 0;
    uint64_t ceiling = 0;
  };
  static constexpr uint64_t kNever = ~uint64_t{0};

  void raise(SaHandle handle) noexcept;
  void work();
  void extend(Watched& watched);
  void set_due(const Watched& watched);

  LeaseJournal& journal_;
  Engine& engine_;
  std::array<std::atomic<uint64_t>, kMaxSas> due_at_;  // by SA index: number at which to extend
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint16_t, Watched> watched_;  // by SA index
  std::deque<uint16_t> due_;
  std::string fault_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace xesp
#endif
