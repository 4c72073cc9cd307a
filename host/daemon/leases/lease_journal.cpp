// SPDX-License-Identifier: Apache-2.0
#include "leases/lease_journal.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "leases/journal_file.h"
#include "xesp/error.h"

namespace xesp {

LeaseJournal::LeaseJournal(const std::string& path) : path_(path), fd_(journal_file::open_locked(path)) {
  try {
    journal_file::sync_folder(path_);
    journal_file::Replacement::remove_left_over(path_);
    load();
    compact();
  } catch (...) {
    close(fd_);
    throw;
  }
}

LeaseJournal::~LeaseJournal() {
  close(fd_);
}

void LeaseJournal::load() {
  const std::vector<uint8_t> bytes = journal_file::read_all(fd_, path_);
  const std::span<const uint8_t> all(bytes);
  for (size_t at = 0; at < all.size(); at += LeaseRecord::kBytes) {
    const auto piece = all.subspan(at, std::min(LeaseRecord::kBytes, all.size() - at));
    if (const auto record = LeaseRecord::decode(piece)) {
      uint64_t& limit = limits_[record->key];
      limit = std::max(limit, record->limit);
      size_ = at + LeaseRecord::kBytes;
    } else if (at + LeaseRecord::kBytes >= all.size()) {
      take_torn_end(piece);
    } else {
      broken_ = finding_ =
          "lease journal " + path_ + " is damaged at byte " + std::to_string(at) +
          ", so numbers that a key has used are not known: give every outbound SA a new key, then move "
          "the file away and restart xespd";
      return;
    }
  }
}

void LeaseJournal::take_torn_end(std::span<const uint8_t> torn) {
  finding_ = "lease journal " + path_ + ": the last record was torn by a crash; every known key skips " +
             std::to_string(kBlock) + " sequence numbers";
  if (ftruncate(fd_, static_cast<off_t>(size_)) != 0)
    throw Error(ErrorCode::kOs, "lease journal " + path_ + ": cut off a torn record: " + errno_text(errno));
  for (auto& [key, limit] : limits_) {
    limit += kBlock;
    append({key, limit});
  }
  const auto key = LeaseRecord::key_in(torn);
  if (key && !limits_.contains(*key)) refused_.insert(*key);
}

void LeaseJournal::must_be_whole(const KeyFingerprint& key) const {
  if (!broken_.empty()) throw Error(ErrorCode::kData, broken_);
  if (refused_.contains(key))
    throw Error(ErrorCode::kData, "aead key: the record of its sequence numbers in " + path_ +
                                      " was torn by a crash, so they can't be told: use a new key");
}

uint64_t LeaseJournal::used_up_to(const KeyFingerprint& key) const {
  must_be_whole(key);
  const auto found = limits_.find(key);
  return found == limits_.end() ? 0 : found->second;
}

void LeaseJournal::record(const KeyFingerprint& key, uint64_t limit) {
  if (limit <= used_up_to(key)) return;
  append({key, limit});
  limits_[key] = limit;
  compact();
}

void LeaseJournal::append(const LeaseRecord& record) {
  try {
    journal_file::write_all(fd_, record.encode(), size_, path_);
  } catch (const Error&) {
    // A part may stand at the end; the next record is written over it.
    (void)!ftruncate(fd_, static_cast<off_t>(size_));
    throw;
  }
  if (fdatasync(fd_) != 0) {
    // The kernel may drop the page and report success next time, so nothing of this file can be trusted any more.
    broken_ = "lease journal " + path_ + ": fsync failed (" + errno_text(errno) + "): repair the disk, restart xespd";
    throw Error(ErrorCode::kOs, broken_);
  }
  size_ += LeaseRecord::kBytes;
}

// All that the file says, in one record a key. What goes wrong before the new file has the name costs nothing: the old
// one goes on.
void LeaseJournal::compact() {
  const uint64_t live = limits_.size() * LeaseRecord::kBytes;
  if (!broken_.empty() || size_ <= compact_above_ || size_ / 4 <= live) return;
  std::vector<uint8_t> bytes;
  bytes.reserve(live);
  for (const auto& [key, limit] : limits_) {
    const auto record = LeaseRecord{key, limit}.encode();
    bytes.insert(bytes.end(), record.begin(), record.end());
  }
  try {
    journal_file::Replacement made(path_, bytes);
    const int fd = made.take_place();
    close(fd_);  // and with it goes the old file's lock, which by now guards nothing
    fd_ = fd;
    size_ = live;
  } catch (const Error&) {
    compact_above_ = 2 * size_;  // not at each record from now on
    return;
  }
  try {
    journal_file::sync_folder(path_);
    compact_above_ = kCompactAbove;
  } catch (const Error& e) {
    // A power cut may bring the old file back, which lacks what would be noted from now on.
    broken_ = std::string(e.what()) + ": repair the disk, restart xespd";
  }
}

}  // namespace xesp
