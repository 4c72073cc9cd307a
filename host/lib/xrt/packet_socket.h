// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_XRT_PACKET_SOCKET_H
#define XESP_XRT_PACKET_SOCKET_H

#include <chrono>
#include <type_traits>
#include <utility>

namespace xesp::worker {

/// One end of a SOCK_SEQPACKET pair, owned; moves whole structs.
class PacketSocket {
 public:
  enum class Got { kMessage, kNothing, kEnd };

  /// Both ends, close-on-exec. @throws Error(kOs)
  static std::pair<PacketSocket, PacketSocket> pair();
  explicit PacketSocket(int fd) : fd_(fd) {}
  ~PacketSocket();
  PacketSocket(PacketSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PacketSocket& operator=(PacketSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int fd() const { return fd_; }

  /// False when the other end has gone.
  template <typename T>
  bool send(const T& message) {
    static_assert(std::is_trivially_copyable_v<T>);
    return send_bytes(&message, sizeof(T));
  }
  /// Waits for a message; a negative timeout waits for ever. A message of another size counts as the end.
  template <typename T>
  Got receive(T& message, std::chrono::milliseconds timeout) {
    static_assert(std::is_trivially_copyable_v<T>);
    return receive_bytes(&message, sizeof(T), timeout);
  }
  /// Wakes a receive() in another thread with kEnd.
  void shut_down();

 private:
  bool send_bytes(const void* from, size_t size);
  Got receive_bytes(void* to, size_t size, std::chrono::milliseconds timeout);

  int fd_;
};

}  // namespace xesp::worker
#endif
