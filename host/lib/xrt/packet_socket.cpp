// SPDX-License-Identifier: Apache-2.0
#include "packet_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "xesp/error.h"

namespace xesp::worker {

std::pair<PacketSocket, PacketSocket> PacketSocket::pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
    throw Error(ErrorCode::kOs, std::string("socketpair: ") + errno_text(errno));
  }
  return {PacketSocket(fds[0]), PacketSocket(fds[1])};
}

PacketSocket::~PacketSocket() {
  if (fd_ >= 0) ::close(fd_);
}

bool PacketSocket::send_bytes(const void* from, size_t size) {
  for (;;) {
    const ssize_t put = ::send(fd_, from, size, MSG_NOSIGNAL);
    if (put >= 0 || errno != EINTR) return put == static_cast<ssize_t>(size);
  }
}

PacketSocket::Got PacketSocket::receive_bytes(void* to, size_t size, std::chrono::milliseconds timeout) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + timeout;
  for (;;) {
    int patience = -1;
    if (timeout.count() >= 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
      patience = static_cast<int>(std::clamp<int64_t>(left, 0, 1 << 30));
    }
    pollfd entry{fd_, POLLIN, 0};
    const int ready = ::poll(&entry, 1, patience);
    if (ready == 0) return Got::kNothing;
    const ssize_t got = ready > 0 ? ::recv(fd_, to, size, MSG_DONTWAIT | MSG_TRUNC) : -1;
    if (got == static_cast<ssize_t>(size)) return Got::kMessage;
    if (got >= 0 || (errno != EINTR && errno != EAGAIN)) return Got::kEnd;
  }
}

void PacketSocket::shut_down() {
  ::shutdown(fd_, SHUT_RDWR);
}

}  // namespace xesp::worker
