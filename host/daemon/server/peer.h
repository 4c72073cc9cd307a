// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_PEER_H
#define XESP_DAEMON_PEER_H

#include <sys/types.h>

namespace xesp {

/// The process at the other end of a UNIX socket, as the kernel knows it (SO_PEERCRED).
struct Peer {
  uid_t uid;
  pid_t pid;

  /// @throws Error(kOs)
  static Peer of(int fd);
  bool root() const { return uid == 0; }
  /// Root, or the user that this process runs as.
  bool trusted() const;
};

}  // namespace xesp
#endif
