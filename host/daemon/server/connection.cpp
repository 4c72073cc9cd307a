// SPDX-License-Identifier: Apache-2.0
#include "server/connection.h"

#include <openssl/crypto.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "control/protocol.h"
#include "core/events.h"

namespace xesp {

namespace {

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace

Connection::~Connection() {
  wipe(input_);
  close(fd_);
}

void Connection::read(const Answer& answer) {
  if (closing_) return;
  input_.reserve(control::kMaxRequestBytes + 4096);  // never moved, so no copy of a key is left behind
  std::array<char, 4096> buffer{};
  const ssize_t n = recv(fd_, buffer.data(), buffer.size(), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    closing_ = true;
    if (n < 0) output_.clear();
    return;
  }
  input_.append(buffer.data(), static_cast<size_t>(n));
  OPENSSL_cleanse(buffer.data(), buffer.size());

  if (follows_) wipe(input_);
  for (size_t end; (end = input_.find('\n')) != std::string::npos && !closing_;) {
    std::string line = input_.substr(0, end);
    const std::string rest = input_.substr(end + 1);
    wipe(input_);
    input_.append(rest);
    output_ += answer(line, peer_) + "\n";
    wipe(line);
    if (output_.size() > control::kMaxAnswerBytes) closing_ = true;  // a client that asks and never reads
  }
  if (input_.size() > control::kMaxRequestBytes)
    say_last(control::answer_with(
                 Error(ErrorCode::kData, "request longer than " + std::to_string(control::kMaxRequestBytes) + " bytes"))
                 .dump());
}

// A descriptor goes with the bytes that are sent with it.
ssize_t Connection::send_output() {
  if (!tap_ || tap_->fd.get() < 0) return send(fd_, output_.data(), output_.size(), MSG_NOSIGNAL);
  const int passed = tap_->fd.get();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof passed)> room{};
  iovec bytes{output_.data(), output_.size()};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  cmsghdr* const head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof passed);
  std::memcpy(CMSG_DATA(head), &passed, sizeof passed);
  const ssize_t n = sendmsg(fd_, &message, MSG_NOSIGNAL);
  if (n > 0) tap_->fd = dataplane::UniqueFd();  // the client has it
  return n;
}

void Connection::carry(TapStream tap) {
  if (!output_.empty()) throw Error(ErrorCode::kUsage, "tap: read the answers to earlier requests first");
  tap_ = std::move(tap);
}

void Connection::write() {
  const ssize_t n = send_output();
  if (n >= 0) {
    output_.erase(0, static_cast<size_t>(n));
    if (lost_ != 0 && output_.size() < kMaxUnreadEvents / 2)
      output_ += lost_event(std::exchange(lost_, 0)).dump() + "\n";
  } else if (errno != EAGAIN && errno != EINTR) {
    closing_ = true;
    output_.clear();
  }
}

void Connection::tell(const std::string& line) {
  if (!follows_ || closing_) return;
  if (lost_ != 0 || output_.size() + line.size() > kMaxUnreadEvents)
    ++lost_;
  else
    output_ += line + "\n";
}

void Connection::say_last(const std::string& line) {
  output_ += line + "\n";
  closing_ = true;
}

}  // namespace xesp
