// SPDX-License-Identifier: Apache-2.0
#include "mirror/kernel_socket.h"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <openssl/crypto.h>
#include <sys/time.h>

#include <cerrno>
#include <ctime>

#include "xesp/error.h"

namespace xesp::mirror {

namespace {

constexpr size_t kDatagram = size_t{64} * 1024;  // the kernel fills dumps by 32 KiB at most
constexpr int kEventsHeld = 8 * 1024 * 1024;     // until they are read
constexpr timeval kPatience = {10, 0};
constexpr int kDumps = 5;  // until one is whole

[[noreturn]] void refuse(const char* what, int error) {
  const bool denied = error == EPERM || error == EACCES;
  throw Error(denied ? ErrorCode::kDenied : ErrorCode::kOs,
              std::string(what) + ": " + errno_text(error) + (denied ? ": run as root" : ""));
}

uint64_t time_of_day() {
  return static_cast<uint64_t>(std::time(nullptr));
}

}  // namespace

void XfrmSocket::Close::operator()(mnl_socket* socket) const {
  mnl_socket_close(socket);
}

XfrmSocket::XfrmSocket(unsigned groups) : socket_(mnl_socket_open2(NETLINK_XFRM, SOCK_CLOEXEC)), buffer_(kDatagram) {
  if (!socket_) refuse("NETLINK_XFRM: does this kernel have XFRM_USER?", errno);
  if (mnl_socket_bind(socket_.get(), groups, MNL_SOCKET_AUTOPID) != 0) refuse("NETLINK_XFRM: bind", errno);
  setsockopt(fd(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  int held = kEventsHeld;
  setsockopt(fd(), SOL_SOCKET, SO_RCVBUFFORCE, &held, sizeof held);  // without it more events are lost, and dumped anew
}

int XfrmSocket::fd() const {
  return mnl_socket_get_fd(socket_.get());
}

void XfrmSocket::send(const Request& request) {
  if (mnl_socket_sendto(socket_.get(), request.data(), request.size()) < 0) refuse("NETLINK_XFRM: send", errno);
}

std::vector<Message> XfrmSocket::receive(bool wait) {
  sockaddr_nl from{};
  iovec bytes{buffer_.data(), buffer_.size()};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  ssize_t n;
  do n = recvmsg(fd(), &message, wait ? 0 : MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN && !wait) return {};
  if (n < 0 && errno == EAGAIN) throw Error(ErrorCode::kOs, "NETLINK_XFRM: the kernel gives no answer");
  if (n < 0 && errno == ENOBUFS)
    throw Error(ErrorCode::kIo, "XFRM messages were lost: they came faster than they were read");
  if (n < 0) refuse("NETLINK_XFRM: receive", errno);
  const std::span<uint8_t> whole(buffer_.data(), static_cast<size_t>(n));
  struct Wipe {
    std::span<uint8_t> bytes;
    ~Wipe() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  } wipe{whole};
  if (message.msg_namelen != sizeof from || from.nl_pid != 0) return {};  // another process's
  if ((message.msg_flags & MSG_TRUNC) != 0) throw Error(ErrorCode::kIo, "an XFRM message is longer than 64 KiB");
  return read_messages(whole, time_of_day());
}

namespace {

// Waits for what answers this request. `take` returns true when it was the last.
void answers(XfrmSocket& socket, uint32_t sequence, const std::function<bool(Message&)>& take) {
  for (;;)
    for (Message& message : socket.receive(true))
      if (message.sequence == sequence && take(message)) return;
}

}  // namespace

void LinuxKernel::dump_into(const Request& request, KernelTables& tables) {
  socket_.send(request);
  bool torn = false;
  answers(socket_, sequence_, [&](Message& message) {
    torn |= message.torn;
    if (const auto* answer = std::get_if<Answer>(&message.what)) refuse("NETLINK_XFRM: dump", answer->error);
    if (auto* sa = std::get_if<KernelSa>(&message.what)) tables.sas.insert_or_assign(sa->id, std::move(*sa));
    if (auto* policy = std::get_if<KernelPolicy>(&message.what))
      tables.policies.insert_or_assign(policy->index, std::move(*policy));
    return std::holds_alternative<Done>(message.what);
  });
  if (torn) throw Error(ErrorCode::kIo, "the kernel's tables changed while they were read");
}

KernelTables LinuxKernel::dump() {
  for (int tries = 1;; ++tries) {
    try {
      KernelTables tables;
      dump_into(dump_policies_request(++sequence_), tables);
      dump_into(dump_sas_request(++sequence_), tables);
      return tables;
    } catch (const Error& e) {
      if (e.code() != ErrorCode::kIo || tries == kDumps) throw;
    }
  }
}

std::optional<KernelReplay> LinuxKernel::replay(const SaId& id) {
  socket_.send(replay_request(id, ++sequence_));
  std::optional<KernelReplay> found;
  answers(socket_, sequence_, [&](Message& message) {
    if (auto* replay = std::get_if<KernelReplay>(&message.what)) found = *replay;
    const auto* answer = std::get_if<Answer>(&message.what);
    if (answer != nullptr && answer->error != ESRCH) refuse("NETLINK_XFRM: GETAE", answer->error);
    return found || answer != nullptr;
  });
  return found;
}

bool LinuxKernel::acknowledged(const Request& request) {
  socket_.send(request);
  int error = 0;
  answers(socket_, sequence_, [&](Message& message) {
    const auto* answer = std::get_if<Answer>(&message.what);
    if (answer != nullptr) error = answer->error;
    return answer != nullptr;
  });
  if (error != 0 && error != ESRCH && error != ENOENT) refuse("NETLINK_XFRM", error);
  return error == 0;
}

bool LinuxKernel::set_replay(const KernelReplay& replay, Direction direction) {
  return acknowledged(set_replay_request(replay, direction, ++sequence_));
}

bool LinuxKernel::expire(const SaId& id, bool hard) {
  return acknowledged(expire_request(id, hard, ++sequence_));
}

}  // namespace xesp::mirror
