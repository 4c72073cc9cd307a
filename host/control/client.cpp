// SPDX-License-Identifier: Apache-2.0
#include "control/client.h"

#include <openssl/crypto.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace xesp::control {

using nlohmann::json;

namespace {

constexpr timeval kPatience = {30, 0};

[[noreturn]] void refuse_connect(const std::string& path, int error) {
  if (error == EACCES || error == EPERM)
    throw Error(ErrorCode::kDenied, "may not open " + path + ": run as root or as the user that xespd runs as");
  throw Error(ErrorCode::kUnavailable,
              "no xespd at " + path + " (" + errno_text(error) + "): start it, or name its socket with --socket");
}

}  // namespace

Client::Client(const std::string& socket_path) : path_(socket_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path)
    throw Error(ErrorCode::kUsage, "socket path of " + std::to_string(path_.size()) + " bytes: at most 107 fit");
  std::memcpy(address.sun_path, path_.data(), path_.size());
  fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) throw Error(ErrorCode::kOs, std::string("socket: ") + errno_text(errno));
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(fd_);
    refuse_connect(path_, error);
  }
}

Client::~Client() {
  if (passed_ >= 0) close(passed_);
  close(fd_);
}

json Client::call(const std::string& what, json arguments) {
  arguments["v"] = kProtocolVersion;
  arguments["do"] = what;
  std::string line = arguments.dump() + "\n";
  wipe_strings(arguments);
  size_t sent = 0;
  int error = 0;
  while (sent < line.size() && error == 0) {
    const ssize_t n = send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n > 0)
      sent += static_cast<size_t>(n);
    else if (errno != EINTR)
      error = errno;
  }
  OPENSSL_cleanse(line.data(), line.size());
  // A server that refuses this peer or request closes early, but says why first: so read in any case.
  if (error != 0 && error != EPIPE) throw Error(ErrorCode::kIo, "xespd at " + path_ + ": " + errno_text(error));
  return result_of(json::parse(read_line(), nullptr, false));
}

pid_t Client::peer() const {
  ucred who{};
  socklen_t length = sizeof who;
  if (getsockopt(fd_, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0)
    throw Error(ErrorCode::kOs, std::string("SO_PEERCRED: ") + errno_text(errno));
  return who.pid;
}

json Client::next_event() {
  constexpr timeval kForEver = {0, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &kForEver, sizeof kForEver);
  json event = json::parse(read_line(), nullptr, false);
  if (!event.is_object() || !event.contains("event"))
    throw Error(ErrorCode::kData, "xespd sent something that is no event: install xesp and xespd of one version");
  return event;
}

ssize_t Client::receive(char* to, size_t most) {
  alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))];
  iovec bytes{to, most};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = room;
  message.msg_controllen = sizeof room;
  const ssize_t n = recvmsg(fd_, &message, MSG_CMSG_CLOEXEC);
  const cmsghdr* const head = n > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
      head->cmsg_len == CMSG_LEN(sizeof(int))) {
    if (passed_ >= 0) close(passed_);
    std::memcpy(&passed_, CMSG_DATA(head), sizeof passed_);
  }
  return n;
}

int Client::take_descriptor() {
  if (passed_ < 0) throw Error(ErrorCode::kData, "xespd sent no descriptor: install xesp and xespd of one version");
  return std::exchange(passed_, -1);
}

bool Client::await_event(int milliseconds) {
  if (pending_.find('\n') != std::string::npos) return true;
  pollfd waiting{fd_, POLLIN, 0};
  const int ready = poll(&waiting, 1, milliseconds);
  if (ready < 0 && errno != EINTR) throw Error(ErrorCode::kOs, std::string("poll: ") + errno_text(errno));
  return ready > 0;
}

std::string Client::read_line() {
  for (;;) {
    const size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    if (pending_.size() > kMaxAnswerBytes)
      throw Error(ErrorCode::kData,
                  "xespd sends an answer without end: is another program listening at " + path_ + "?");
    char buffer[16384];
    const ssize_t n = receive(buffer, sizeof buffer);
    if (n > 0) {
      pending_.append(buffer, static_cast<size_t>(n));
    } else if (n == 0) {
      throw Error(ErrorCode::kIo, "xespd closed the connection: see its log");
    } else if (errno == EAGAIN) {
      throw Error(ErrorCode::kIo, "xespd at " + path_ + " gave no answer for 30 s: see its log");
    } else if (errno != EINTR) {
      throw Error(ErrorCode::kIo, "xespd at " + path_ + ": " + errno_text(errno));
    }
  }
}

}  // namespace xesp::control
