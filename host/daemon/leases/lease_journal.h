// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LEASE_JOURNAL_H
#define XESP_DAEMON_LEASE_JOURNAL_H

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>

#include "leases/lease_record.h"

namespace xesp {

/// The file that remembers which sequence numbers, and so which IVs, each key may have used. A number is written here,
/// and on disk, before it is sent; nothing is ever forgotten, so a key that comes back after a crash or a delete goes
/// on above all that it may have sent.
///
/// A record that a power failure tore stands at the end and was never confirmed, so no number of it was used. It is cut
/// off, and still every known key skips one block and a key that only the torn record names is refused, in case the
/// disk lied about what it had stored. Damage before the end means that records of unknown keys may be lost: then every
/// key is refused until an operator decides. Mode 0600, locked against a second daemon. Not thread safe.
///
/// It grows by a record a block. When three quarters of it and more are records that later ones have overtaken, a new
/// file with one record a key takes its place (journal_file.h), at opening and while it is written.
class LeaseJournal {
 public:
  static constexpr uint64_t kBlock = 1 << 16;         ///< numbers that a lease reserves at once
  static constexpr uint64_t kCompactAbove = 1 << 20;  ///< bytes; a smaller file is not worth it

  /// Opens or makes the file. @throws Error(kOs) with cause and fix, Error(kUnavailable) if another process has it
  explicit LeaseJournal(const std::string& path);
  ~LeaseJournal();
  LeaseJournal(const LeaseJournal&) = delete;
  LeaseJournal& operator=(const LeaseJournal&) = delete;

  /// Highest number that may have been sent under this key, 0 for a new one.
  /// @throws Error(kData) if the journal can't tell, with what to do
  uint64_t used_up_to(const KeyFingerprint& key) const;

  /// Notes that numbers up to `limit` may be sent; on disk when it returns. A lower limit than noted changes nothing.
  /// @throws Error(kOs), and then nothing may be sent above the old limit; Error(kData) as used_up_to()
  void record(const KeyFingerprint& key, uint64_t limit);

  /// What was found wrong at opening, for the log; empty if nothing.
  const std::string& finding() const { return finding_; }
  size_t keys() const { return limits_.size(); }

 private:
  void load();
  void take_torn_end(std::span<const uint8_t> torn);
  void append(const LeaseRecord& record);
  void compact();
  void must_be_whole(const KeyFingerprint& key) const;

  std::string path_;
  int fd_ = -1;
  uint64_t size_ = 0;  // of the good records
  uint64_t compact_above_ = kCompactAbove;
  std::map<KeyFingerprint, uint64_t> limits_;
  std::set<KeyFingerprint> refused_;
  std::string finding_;
  std::string broken_;  // why nothing can be noted any more
};

}  // namespace xesp
#endif
