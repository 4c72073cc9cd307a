// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_HWEMU_RPC_SERVER_H
#define XESP_HWEMU_RPC_SERVER_H

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "card.h"

namespace xesp::hwemu {

/// hw_emu's calls, by number (facts: sim/README.md).
enum class Api : uint32_t {
  kClose = 1,
  kAllocDeviceBuffer = 4,
  kFreeDeviceBuffer = 5,
  kCopyToDevice = 6,
  kCopyFromDevice = 7,
  kWriteRegisters = 9,
  kReadRegisters = 11,
  kTimestamp = 17,
  kDebugMessages = 19,
  kSetEnvironment = 20,
};

/// Answers the host's calls by acting on a card. What the host sends is checked; a call that makes no sense is answered
/// (the host waits for a reply and has no way to take an error) and told on stderr.
class RpcServer {
 public:
  explicit RpcServer(sim::Card& card) : card_(card) {}
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  /// The reply's payload. @throws ProtocolError for a payload that is no message, as the stream is then lost.
  std::string handle(uint32_t api, std::span<const uint8_t> payload);
  bool closed() const { return closed_; }

 private:
  std::string alloc(std::span<const uint8_t> payload);
  std::string free(std::span<const uint8_t> payload);
  std::string copy_to_device(std::span<const uint8_t> payload);
  std::string copy_from_device(std::span<const uint8_t> payload);
  std::string write_registers(std::span<const uint8_t> payload);
  std::string read_registers(std::span<const uint8_t> payload);

  sim::Card& card_;
  std::map<uint64_t, uint64_t> buffers_;  // address -> size, to give a freed buffer's pages back
  bool closed_ = false;
};

}  // namespace xesp::hwemu
#endif
