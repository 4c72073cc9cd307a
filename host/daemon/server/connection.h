// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_CONNECTION_H
#define XESP_DAEMON_CONNECTION_H

#include <functional>
#include <optional>
#include <string>

#include "server/peer.h"
#include "tap_stream.h"

namespace xesp {

/// One client: lines in, lines out, both bounded. Input is wiped once it is answered, for it may hold keys.
class Connection {
 public:
  /// Answers one line (both without the newline).
  using Answer = std::function<std::string(std::string& line, const Peer& peer)>;
  /// What a client that follows the events may leave unread before it loses some.
  static constexpr size_t kMaxUnreadEvents = size_t{256} * 1024;

  /// Takes the descriptor over.
  Connection(int fd, const Peer& peer) : fd_(fd), peer_(peer) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  const Peer& peer() const { return peer_; }
  bool wants_write() const { return !output_.empty(); }
  /// Nothing more to read or write: to be closed.
  bool finished() const { return closing_ && output_.empty(); }

  void read(const Answer& answer);
  void write();
  /// From now on this client gets events, and asks nothing more.
  void follow() { follows_ = true; }
  /// Sends the tap's descriptor with the answer's first byte, and keeps the tap while this connection is there.
  void carry(TapStream tap);
  /// Queues an event if this client follows them. A slow one loses it, and is told how many once it reads again.
  void tell(const std::string& line);
  /// Queues a last line; nothing is read after it.
  void say_last(const std::string& line);

 private:
  ssize_t send_output();

  int fd_;
  Peer peer_;
  std::string input_;
  std::string output_;
  bool closing_ = false;
  bool follows_ = false;
  std::optional<TapStream> tap_;
  size_t lost_ = 0;
};

}  // namespace xesp
#endif
