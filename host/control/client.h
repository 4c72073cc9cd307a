// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CONTROL_CLIENT_H
#define XESP_CONTROL_CLIENT_H

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>

#include "control/protocol.h"

namespace xesp::control {

/// A connection to xespd. Not for two threads at once.
class Client {
 public:
  /// @throws Error(kUnavailable) when nobody listens there, Error(kDenied) when the socket may not be opened
  explicit Client(const std::string& socket_path);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends one request ("do" and its arguments) and waits for the answer, up to 30 s. The request's strings are wiped.
  /// @throws the Error that xespd answered, or Error(kIo) when it went away
  nlohmann::json call(const std::string& what, nlohmann::json arguments = nlohmann::json::object());

  /// After call("monitor"): waits for the next event, as long as it takes. @throws Error(kIo) when xespd went away
  nlohmann::json next_event();

  /// The descriptor that came with the last answer; the caller's to close. @throws Error(kData) if none came
  int take_descriptor();
  /// Readable when xespd says more, or is gone.
  int fd() const { return fd_; }
  /// After call("monitor"): false if there is no event within this time. @throws Error(kOs)
  bool await_event(int milliseconds);

  /// The process at the other end.
  pid_t peer() const;

 private:
  std::string read_line();
  ssize_t receive(char* to, size_t most);

  int fd_ = -1;
  int passed_ = -1;
  std::string path_;
  std::string pending_;
};

}  // namespace xesp::control
#endif
