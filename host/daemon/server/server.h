// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_SERVER_H
#define XESP_DAEMON_SERVER_H

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "core/requests.h"
#include "server/connection.h"
#include "server/listener.h"

namespace xesp {

/// Serves the socket on the calling thread until told to end.
class Server {
 public:
  static constexpr size_t kMaxClients = 32;
  static constexpr size_t kMaxReaders = 16;  ///< of them, so that those who may change things find room

  /// `requests` must outlive this object. SIGTERM and SIGINT end run(), SIGHUP calls
  /// what on_hangup() was given; all must be blocked in every thread.
  /// `readers`: a group whose users may ask what is there, and change nothing. @throws as Listener does
  Server(const std::string& socket_path, Requests& requests, std::optional<gid_t> readers = std::nullopt);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// While run() is on, `call` is called on its thread whenever `fd` can be read. Both must stay until run() has
  /// returned.
  void watch(int fd, std::function<void()> call) { watched_.push_back({fd, std::move(call)}); }

  /// Gives what has happened to the clients that follow. On run()'s thread: watch(events.wake_fd(), ...) calls it.
  void tell(Events& events);

  /// What SIGHUP asks for, on run()'s thread.
  void on_hangup(std::function<void()> call) { hangup_ = std::move(call); }

  /// Returns after a signal that ends it. `fault` is asked twice a second. @throws Error(kIo) when it, or an answer,
  /// says that the engine is lost; clients have been told by then
  void run(const std::function<std::string()>& fault);

 private:
  void welcome();
  void serve(Connection& connection, short events);
  std::string answer(std::string& line, Connection& asker, const Peer& peer);

  /// Why this peer may not be served; nothing if it may.
  std::optional<Error> refusal(const Peer& peer) const;

  Requests& requests_;
  std::optional<gid_t> readers_;
  Listener listener_;
  int signals_ = -1;
  struct Watched {
    int fd;
    std::function<void()> call;
  };
  bool told_to_end();

  std::vector<Watched> watched_;
  std::function<void()> hangup_;
  std::list<Connection> clients_;
  std::string lost_;  // text of an Error(kIo) that a request met
};

}  // namespace xesp
#endif
