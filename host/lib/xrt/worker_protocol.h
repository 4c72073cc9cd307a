// SPDX-License-Identifier: Apache-2.0
//
// Between CardDevice and xesp-card-worker, two programs of one build: SOCK_SEQPACKET sockets that carry Request one way
// and Reply the other, and a shared memory for each direction. The worker finds them at fixed descriptors.
#ifndef XESP_XRT_WORKER_PROTOCOL_H
#define XESP_XRT_WORKER_PROTOCOL_H

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "card_device.h"

namespace xesp::worker {

constexpr unsigned kDirections = 2;

enum Fd : int {
  kFdControl = 3,  // kRegisters, kClose; the worker's first Reply says whether the card is open
  kFdRuns = 4,     // one for each direction: kRun
  kFdMemory = kFdRuns + kDirections,
  kFdEnd = kFdMemory + kDirections
};

enum class Ask : uint32_t { kRun, kRegisters, kClose };

struct Request {
  uint64_t number = 0;  // from 1, by socket
  Ask ask = Ask::kRun;
  Direction direction = Direction::kOut;
  uint32_t count = 0;  // kRun: descriptors
};

struct Reply {
  uint64_t number = 0;      // of the request that it answers; 0: of none (the first one, and a worker's last words)
  int32_t error = 0;        // an ErrorCode, or 0; then `text` says what went wrong
  uint32_t version = 0;     // of the ABI; in the first reply
  CardRun run;              // kRun
  CardRegisters registers;  // kRegisters
  char text[512] = {};      // ends with a zero; ask what(), which does not count on it

  static Reply failure(ErrorCode code, const std::string& what) {
    Reply reply;
    reply.error = static_cast<int32_t>(code);
    std::strncpy(reply.text, what.c_str(), sizeof(reply.text) - 1);
    return reply;
  }

  // The text as far as there is one. It comes from another process, and goes to logs.
  std::string what() const {
    std::string said(text, ::strnlen(text, sizeof(text)));
    std::ranges::replace_if(
        said, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
    return said;
  }
  // What went wrong; a number that no error has is the worker's own trouble.
  ErrorCode code() const {
    switch (const auto said = static_cast<ErrorCode>(error)) {
      case ErrorCode::kUsage:
      case ErrorCode::kData:
      case ErrorCode::kNoInput:
      case ErrorCode::kUnavailable:
      case ErrorCode::kSoftware:
      case ErrorCode::kOs:
      case ErrorCode::kExists:
      case ErrorCode::kNotFound:
      case ErrorCode::kDenied:
        return said;
      case ErrorCode::kIo:
        break;
    }
    return ErrorCode::kIo;
  }
};
static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);

}  // namespace xesp::worker
#endif
