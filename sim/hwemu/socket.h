// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_SOCKET_H
#define XESP_HWEMU_SOCKET_H

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace xesp::hwemu {

/// A connected UNIX stream socket, owned. Failures of the system throw std::system_error.
class Socket {
 public:
  /// Tries until the other side listens. @throws std::system_error when it still doesn't after `patience`.
  static Socket connect(const std::string& path, std::chrono::milliseconds patience);
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  /// Fills `to`; false when the other side closed before its first byte.
  /// @throws ProtocolError when it closed in between.
  bool read_exact(std::span<uint8_t> to);
  void write_all(std::span<const uint8_t> from);
  /// True when a byte or the end can be read. A negative patience waits for ever.
  bool readable(std::chrono::milliseconds patience);

 private:
  int fd_;
};

}  // namespace xesp::hwemu
#endif
