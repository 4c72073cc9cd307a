// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_HOST_LINK_H
#define XESP_HWEMU_HOST_LINK_H

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "socket.h"

namespace xesp::hwemu {

struct Request {
  uint32_t api = 0;
  std::vector<uint8_t> payload;
};

/// The two sockets to XRT's hw_emu driver. The host listens on both and calls on the main one; the other carries calls
/// of the card to host memory, which this card doesn't make, but the host's thread there ends only when told to.
class HostLink {
 public:
  /// The paths that XRT derives from USER and EMULATION_SOCKETID. @throws std::runtime_error when the latter is unset.
  static HostLink from_environment(std::chrono::milliseconds patience);
  HostLink(Socket main, Socket device_to_host);

  bool request_waiting(std::chrono::milliseconds patience) { return main_.readable(patience); }
  /// Blocks for the next request; nothing when the host has gone. @throws ProtocolError
  std::optional<Request> receive();
  void reply(const std::string& payload);
  /// Bytes that are a reply already, with its header.
  void send(std::span<const uint8_t> frame) { main_.write_all(frame); }
  /// Lets the host's second thread end; harmless when the host has gone.
  void close();

 private:
  Socket main_;
  Socket device_to_host_;
};

}  // namespace xesp::hwemu
#endif
