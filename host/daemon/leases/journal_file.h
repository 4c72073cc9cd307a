// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_JOURNAL_FILE_H
#define XESP_DAEMON_JOURNAL_FILE_H

#include <cstdint>
#include <span>
#include <string>
#include <vector>

// What the lease journal asks of the file system. Everything throws Error(kOs) with the cause unless it says more.
namespace xesp::journal_file {

/// Opens or makes the file of that name, of mode 0600 and locked against another process; the file itself and not one
/// whose name it took meanwhile. @throws Error(kUnavailable) if another process has it
int open_locked(const std::string& path);

std::vector<uint8_t> read_all(int fd, const std::string& path);
void write_all(int fd, std::span<const uint8_t> bytes, uint64_t at, const std::string& path);
/// Makes the directory entry of a new file last.
void sync_folder(const std::string& path);

/// A file that is to take another one's place: beside it, whole and on disk, locked, and removed again unless
/// take_place() was called. So whenever the power goes, there is the old file or the new one.
class Replacement {
 public:
  Replacement(const std::string& path, std::span<const uint8_t> bytes);
  ~Replacement();
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  /// Takes the name over; the descriptor is the caller's. Until sync_folder() a power cut may bring the old file back.
  int take_place();

  /// What one that was interrupted leaves behind goes. Only under open_locked()'s lock.
  static void remove_left_over(const std::string& path) noexcept;

 private:
  static std::string name_beside(const std::string& path) { return path + ".new"; }
  void undo() noexcept;

  std::string path_;
  int fd_ = -1;
};

}  // namespace xesp::journal_file
#endif
