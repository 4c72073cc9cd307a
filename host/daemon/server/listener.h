// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_LISTENER_H
#define XESP_DAEMON_LISTENER_H

#include <sys/types.h>

#include <optional>
#include <string>

namespace xesp {

/// The daemon's UNIX socket, mode 0600; its file goes with it. A file that a dead daemon left is replaced. With a group
/// of readers it is that group's, mode 0660, and so is its folder (0750) if it had to be made.
class Listener {
 public:
  /// @throws Error(kUnavailable) if a daemon answers there already, Error(kOs) with cause and fix, Error(kUsage)
  explicit Listener(const std::string& path, std::optional<gid_t> readers = std::nullopt);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return fd_; }
  /// A new connection, non-blocking and close-on-exec, or -1 if none is there.
  int accept();

 private:
  std::string path_;
  int fd_ = -1;
};

}  // namespace xesp
#endif
