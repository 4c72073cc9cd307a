// SPDX-License-Identifier: Apache-2.0
#include "socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

#include "frame.h"

namespace xesp::hwemu {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

}  // namespace

Socket Socket::connect(const std::string& path, std::chrono::milliseconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) fail(ENAMETOOLONG, path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Clock::time_point end = Clock::now() + patience;
  for (;;) {
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (socket.fd_ < 0) fail(errno, "socket");
    if (::connect(socket.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return socket;
    const int error = errno;
    const bool may_come = error == ENOENT || error == ECONNREFUSED || error == EINTR || error == EAGAIN;
    if (!may_come || Clock::now() >= end) fail(error, "connect to " + path);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

bool Socket::read_exact(std::span<uint8_t> to) {
  size_t done = 0;
  while (done < to.size()) {
    const ssize_t got = ::read(fd_, to.data() + done, to.size() - done);
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (got == 0) {
      if (done == 0) return false;
      throw ProtocolError("the host closed the socket inside a message");
    } else if (errno == ECONNRESET && done == 0) {
      return false;
    } else if (errno != EINTR) {
      fail(errno, "read");
    }
  }
  return true;
}

void Socket::write_all(std::span<const uint8_t> from) {
  size_t done = 0;
  while (done < from.size()) {
    const ssize_t put = ::send(fd_, from.data() + done, from.size() - done, MSG_NOSIGNAL);
    if (put >= 0) {
      done += static_cast<size_t>(put);
    } else if (errno != EINTR) {
      fail(errno, "write");
    }
  }
}

bool Socket::readable(std::chrono::milliseconds patience) {
  pollfd entry{fd_, POLLIN, 0};
  const int count = ::poll(&entry, 1, patience.count() < 0 ? -1 : static_cast<int>(patience.count()));
  if (count < 0 && errno != EINTR) fail(errno, "poll");
  return count > 0;
}

}  // namespace xesp::hwemu
