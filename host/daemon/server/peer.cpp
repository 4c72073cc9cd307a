// SPDX-License-Identifier: Apache-2.0
#include "server/peer.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "xesp/error.h"

namespace xesp {

Peer Peer::of(int fd) {
  ucred who{};
  socklen_t length = sizeof who;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0)
    throw Error(ErrorCode::kOs, std::string("SO_PEERCRED: ") + std::strerror(errno));
  return {who.uid, who.pid};
}

bool Peer::trusted() const {
  return root() || uid == geteuid();
}

}  // namespace xesp
