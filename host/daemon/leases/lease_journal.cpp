// SPDX-License-Identifier: Apache-2.0
#include "leases/lease_journal.h"

#include <fcntl.h>
#include <libgen.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "xesp/error.h"

namespace xesp {

namespace {

[[noreturn]] void os_error(const std::string& what, const std::string& path) {
  throw Error(ErrorCode::kOs, "lease journal " + path + ": " + what + ": " + errno_text(errno));
}

void write_all(int fd, std::span<const uint8_t> bytes, uint64_t at, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) os_error("write", path);
    bytes = bytes.subspan(static_cast<size_t>(n));
    at += static_cast<uint64_t>(n);
  }
}

std::vector<uint8_t> read_all(int fd, const std::string& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0) os_error("fstat", path);
  std::vector<uint8_t> bytes(static_cast<size_t>(info.st_size));
  for (size_t done = 0; done < bytes.size();) {
    const ssize_t n = pread(fd, bytes.data() + done, bytes.size() - done, static_cast<off_t>(done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) os_error("read", path);
    done += static_cast<size_t>(n);
  }
  return bytes;
}

// Makes the directory entry of a new file last.
void sync_folder(const std::string& path) {
  std::string copy = path;
  const int fd = ::open(dirname(copy.data()), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) os_error("open its folder", path);
  const int result = fsync(fd);
  close(fd);
  if (result != 0) os_error("fsync of its folder", path);
}

}  // namespace

LeaseJournal::LeaseJournal(const std::string& path) : path_(path) {
  open();
  try {
    load();
  } catch (...) {
    close(fd_);
    throw;
  }
}

LeaseJournal::~LeaseJournal() {
  close(fd_);
}

void LeaseJournal::open() {
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd_ < 0) os_error("open", path_);
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    close(fd_);
    throw Error(ErrorCode::kUnavailable,
                "lease journal " + path_ + " is in use: stop the other xespd, or give this one its own --state-dir");
  }
  struct stat info {};
  if (fstat(fd_, &info) != 0 || (info.st_mode & 077) != 0) {
    close(fd_);
    throw Error(ErrorCode::kOs, "lease journal " + path_ + " may be touched by other users: chmod 600 it");
  }
  sync_folder(path_);
}

void LeaseJournal::load() {
  const std::vector<uint8_t> bytes = read_all(fd_, path_);
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
  if (ftruncate(fd_, static_cast<off_t>(size_)) != 0) os_error("cut off a torn record", path_);
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
}

void LeaseJournal::append(const LeaseRecord& record) {
  try {
    write_all(fd_, record.encode(), size_, path_);
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

}  // namespace xesp
