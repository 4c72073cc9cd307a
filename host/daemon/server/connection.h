// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_CONNECTION_H
#define XESP_DAEMON_CONNECTION_H

#include <functional>
#include <string>

#include "server/peer.h"

namespace xesp {

/// One client: lines in, lines out, both bounded. Input is wiped once it is answered, for it may hold keys.
class Connection {
 public:
  /// Answers one line (both without the newline).
  using Answer = std::function<std::string(std::string& line, const Peer& peer)>;

  /// Takes the descriptor over.
  Connection(int fd, const Peer& peer) : fd_(fd), peer_(peer) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }
  bool wants_write() const { return !output_.empty(); }
  /// Nothing more to read or write: to be closed.
  bool finished() const { return closing_ && output_.empty(); }

  void read(const Answer& answer);
  void write();
  /// Queues a last line; nothing is read after it.
  void say_last(const std::string& line);

 private:
  int fd_;
  Peer peer_;
  std::string input_;
  std::string output_;
  bool closing_ = false;
};

}  // namespace xesp
#endif
