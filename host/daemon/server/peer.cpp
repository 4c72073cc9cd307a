// SPDX-License-Identifier: Apache-2.0
#include "server/peer.h"

#include <grp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "xesp/error.h"

namespace xesp {

namespace {

/// The other groups of the process at the other end. A kernel that can't tell (before 4.13) leaves them out.
std::vector<gid_t> groups_of(int fd) {
  std::vector<gid_t> groups(64);
  for (;;) {
    auto length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const int error = getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length) == 0 ? 0 : errno;
    const size_t count = length / sizeof(gid_t);
    if (error == ERANGE && count > groups.size()) {
      groups.resize(count);
      continue;
    }
    groups.resize(error == 0 ? count : 0);
    return groups;
  }
}

}  // namespace

Peer Peer::of(int fd, std::optional<gid_t> readers) {
  ucred who{};
  socklen_t length = sizeof who;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0)
    throw Error(ErrorCode::kOs, std::string("SO_PEERCRED: ") + errno_text(errno));
  Peer peer{who.uid, who.pid};
  if (readers) peer.reader = who.gid == *readers || std::ranges::count(groups_of(fd), *readers) != 0;
  return peer;
}

bool Peer::trusted() const {
  return root() || uid == geteuid();
}

gid_t group_of(const std::string& name) {
  std::vector<char> room(16384);
  group entry{};
  group* found = nullptr;
  int error = 0;
  while ((error = getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found)) == ERANGE &&
         room.size() < size_t{1} << 24)
    room.resize(room.size() * 2);
  if (!found)
    throw Error(ErrorCode::kUsage, "--read-group: there is no group '" + name + "'" +
                                       (error == 0 ? std::string() : " (" + errno_text(error) + ")") +
                                       ": make it, or leave the option out");
  return entry.gr_gid;
}

}  // namespace xesp
