// SPDX-License-Identifier: Apache-2.0
#include "leases/journal_file.h"

#include <fcntl.h>
#include <libgen.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "xesp/error.h"

namespace xesp::journal_file {

namespace {

[[noreturn]] void os_error(const std::string& what, const std::string& path) {
  throw Error(ErrorCode::kOs, "lease journal " + path + ": " + what + ": " + errno_text(errno));
}

// Does this name still lead to this file? Another process that compacts gives the name to a new one.
bool is_named(int fd, const std::string& path) {
  struct stat ours {
  }, named{};
  return fstat(fd, &ours) == 0 && lstat(path.c_str(), &named) == 0 && ours.st_dev == named.st_dev &&
         ours.st_ino == named.st_ino;
}

// One try; -1 if the file lost its name before it was locked.
int try_open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) os_error("open", path);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    close(fd);
    throw Error(ErrorCode::kUnavailable,
                "lease journal " + path + " is in use: stop the other xespd, or give this one its own --state-dir");
  }
  if (!is_named(fd, path)) {
    close(fd);
    return -1;
  }
  struct stat info {};
  if (fstat(fd, &info) != 0 || (info.st_mode & 077) != 0) {
    close(fd);
    throw Error(ErrorCode::kOs, "lease journal " + path + " may be touched by other users: chmod 600 it");
  }
  return fd;
}

}  // namespace

int open_locked(const std::string& path) {
  for (int tries = 0; tries < 100; ++tries)
    if (const int fd = try_open(path); fd >= 0) return fd;
  throw Error(ErrorCode::kUnavailable, "lease journal " + path + " is replaced again and again: stop the other xespd");
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

void write_all(int fd, std::span<const uint8_t> bytes, uint64_t at, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) os_error("write", path);
    bytes = bytes.subspan(static_cast<size_t>(n));
    at += static_cast<uint64_t>(n);
  }
}

void sync_folder(const std::string& path) {
  std::string copy = path;
  const int fd = ::open(dirname(copy.data()), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) os_error("open its folder", path);
  const int result = fsync(fd);
  const int why = errno;
  close(fd);
  errno = why;
  if (result != 0) os_error("fsync of its folder", path);
}

Replacement::Replacement(const std::string& path, std::span<const uint8_t> bytes) : path_(path) {
  remove_left_over(path_);
  const std::string name = name_beside(path_);
  fd_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd_ < 0) os_error("make " + name, path_);
  try {
    // Before it has the name: nobody can have it between the two.
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) os_error("lock " + name, path_);
    write_all(fd_, bytes, 0, path_);
    if (fsync(fd_) != 0) os_error("fsync of " + name, path_);
  } catch (...) {
    undo();
    throw;
  }
}

Replacement::~Replacement() {
  undo();
}

void Replacement::undo() noexcept {
  if (fd_ < 0) return;
  close(std::exchange(fd_, -1));
  remove_left_over(path_);
}

int Replacement::take_place() {
  if (std::rename(name_beside(path_).c_str(), path_.c_str()) != 0) os_error("rename", path_);
  return std::exchange(fd_, -1);
}

void Replacement::remove_left_over(const std::string& path) noexcept {
  (void)unlink(name_beside(path).c_str());
}

}  // namespace xesp::journal_file
