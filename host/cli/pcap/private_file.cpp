// SPDX-License-Identifier: Apache-2.0
#include "pcap/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "xesp/error.h"

namespace xesp::cli {

int open_private(const std::string& path, Holds holds) {
  const auto refuse = [&](const std::string& why) -> Error {
    return {ErrorCode::kOs, "can't write " + path + ": " + why};
  };
  // O_NONBLOCK: a FIFO that nobody reads is an error and not a wait.
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (fd < 0) throw refuse(errno_text(errno));
  std::string why;
  struct stat info {};
  if (fstat(fd, &info) != 0) {  // NOLINT(bugprone-branch-clone): what is asked first counts
    why = errno_text(errno);
  } else if (info.st_uid != geteuid()) {
    why = "it belongs to another user: choose another file";
  } else if (!S_ISREG(info.st_mode)) {
    if (holds == Holds::kKeys) why = "it is no regular file, and keys go to none else";
  } else if (info.st_nlink != 1) {
    why = "it has another name too (a hard link): choose another file";
  } else if (fchmod(fd, 0600) != 0 || ftruncate(fd, 0) != 0) {  // first the mode, then the old content goes
    why = errno_text(errno);
  }
  if (why.empty() && fcntl(fd, F_SETFL, O_WRONLY) != 0) why = errno_text(errno);
  if (why.empty()) return fd;
  close(fd);
  throw refuse(why);
}

}  // namespace xesp::cli
