// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_PEER_H
#define XESP_DAEMON_PEER_H

#include <sys/types.h>

#include <optional>
#include <string>

namespace xesp {

/// The process at the other end of a UNIX socket, as the kernel knows it (SO_PEERCRED).
struct Peer {
  uid_t uid = static_cast<uid_t>(-1);
  pid_t pid = 0;
  bool reader = false;  ///< of the group that may ask what is there

  /// `readers`: that group, if there is one. @throws Error(kOs)
  static Peer of(int fd, std::optional<gid_t> readers = std::nullopt);
  bool root() const { return uid == 0; }
  /// Root, or the user that this process runs as.
  bool trusted() const;
};

/// The number of a group. @throws Error(kUsage) if there is none of this name
gid_t group_of(const std::string& name);

}  // namespace xesp
#endif
