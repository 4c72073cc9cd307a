// SPDX-License-Identifier: Apache-2.0
#include "server/server.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "control/protocol.h"
#include "log.h"
#include "xesp/error.h"

namespace xesp {

using nlohmann::json;

namespace {

constexpr int kLookAroundMs = 500;

}  // namespace

Server::Server(const std::string& socket_path, Requests& requests, std::optional<gid_t> readers)
    : requests_(requests), readers_(readers), listener_(socket_path, readers) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  signals_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals_ < 0) throw Error(ErrorCode::kOs, std::string("signalfd: ") + errno_text(errno));
}

Server::~Server() {
  close(signals_);
}

void Server::run(const std::function<std::string()>& fault) {
  for (;;) {
    std::vector<pollfd> fds = {{signals_, POLLIN, 0}, {listener_.fd(), POLLIN, 0}};
    for (const Connection& c : clients_)
      fds.push_back({c.fd(), static_cast<short>(POLLIN | (c.wants_write() ? POLLOUT : 0)), 0});
    for (const Watched& w : watched_) fds.push_back({w.fd, POLLIN, 0});
    if (poll(fds.data(), fds.size(), kLookAroundMs) < 0 && errno != EINTR)
      throw Error(ErrorCode::kOs, std::string("poll: ") + errno_text(errno));
    if (fds[0].revents != 0 && told_to_end()) return;
    size_t i = 2;
    for (Connection& c : clients_) serve(c, fds[i++].revents);
    for (const Watched& w : watched_)
      if (fds[i++].revents != 0) w.call();
    std::erase_if(clients_, [](const Connection& c) { return c.finished(); });
    if (fds[1].revents != 0) welcome();
    if (lost_.empty()) lost_ = fault();
    if (!lost_.empty()) throw Error(ErrorCode::kIo, lost_);
  }
}

bool Server::told_to_end() {
  signalfd_siginfo which{};
  while (read(signals_, &which, sizeof which) == static_cast<ssize_t>(sizeof which)) {
    if (which.ssi_signo != SIGHUP) return true;
    if (hangup_) hangup_();
  }
  return false;
}

void Server::welcome() {
  const int fd = listener_.accept();
  if (fd < 0) return;
  Peer peer;
  try {
    peer = Peer::of(fd, readers_);
  } catch (const Error& e) {
    log_of("control")->warn("a client is turned away: {}", e.what());
    close(fd);
    return;
  }
  const std::optional<Error> why = refusal(peer);
  Connection& client = clients_.emplace_back(fd, peer);
  if (!why) return;
  if (why->code() == ErrorCode::kDenied)
    log_of("control")->warn("a client of uid {} (pid {}) is turned away", peer.uid, peer.pid);
  client.say_last(control::answer_with(*why).dump());
}

std::optional<Error> Server::refusal(const Peer& peer) const {
  if (!peer.trusted() && !peer.reader)
    return Error(ErrorCode::kDenied, readers_ ? "only root, xespd's own user and its read_group may ask"
                                              : "only root and xespd's own user may ask");
  const auto readers = std::ranges::count_if(clients_, [](const Connection& c) { return !c.peer().trusted(); });
  if (clients_.size() >= kMaxClients || (!peer.trusted() && static_cast<size_t>(readers) >= kMaxReaders))
    return Error(ErrorCode::kUnavailable, "too many clients at once: try again later");
  return std::nullopt;
}

void Server::tell(Events& events) {
  for (json& event : events.take()) {
    requests_.complete(event);
    const std::string line = event.dump(-1, ' ', false, json::error_handler_t::replace);
    for (Connection& client : clients_) client.tell(line);
  }
}

void Server::serve(Connection& connection, short events) {
  if (events & (POLLIN | POLLHUP | POLLERR))
    connection.read([&](std::string& line, const Peer& peer) { return answer(line, connection, peer); });
  if (connection.wants_write()) connection.write();
}

std::string Server::answer(std::string& line, Connection& asker, const Peer& peer) {
  json request, reply;
  try {
    request = control::request_of(line);
    reply = control::answer_with(requests_.handle(request, {.root = peer.root(), .may_change = peer.trusted()}));
    if (request["do"] == "monitor") asker.follow();
    if (std::optional<TapStream> tap = requests_.take_tap()) {
      log_of("control")->info("pid {} taps packets: {}", peer.pid, request["filter"].dump());
      asker.carry(std::move(*tap));
    }
    log_of("control")->debug("{} of pid {} is done", request["do"].get<std::string>(), peer.pid);
  } catch (const Error& e) {
    reply = control::answer_with(e);
    log_of("control")->debug("a request of pid {} is refused: {}", peer.pid, e.what());
    if (e.code() == ErrorCode::kIo) lost_ = e.what();
  } catch (const std::exception& e) {
    log_of("control")->error("a request failed in a way that it should not: {}", e.what());
    reply = control::answer_with(Error(ErrorCode::kSoftware, std::string("internal error: ") + e.what()));
  }
  control::wipe_strings(request);
  return reply.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace xesp
