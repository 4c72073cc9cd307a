// SPDX-License-Identifier: Apache-2.0
// In the place of xesp-card-worker: opens no card and answers wrongly, in the way that XESP_WRONG_ANSWER names.
#include <cstdlib>
#include <cstring>
#include <string>

#include "packet_socket.h"
#include "worker_protocol.h"

using namespace xesp;
using namespace xesp::worker;

int main() {
  const char* const named = std::getenv("XESP_WRONG_ANSWER");
  const std::string way = named == nullptr ? "" : named;
  PacketSocket control(kFdControl);
  Reply ready;
  ready.version = abi::kVersion;
  if (way == "first") {
    ready = Reply::failure(ErrorCode::kData, "");
    std::memset(ready.text, 'A', sizeof ready.text);
    ready.text[7] = '\n';
  }
  control.send(ready);
  Request request;
  while (control.receive(request, std::chrono::milliseconds(-1)) == PacketSocket::Got::kMessage &&
         request.ask != Ask::kClose) {
    Reply reply;
    reply.number = request.number;
    reply.registers.cycles = request.number;
    if (way == "late" && request.number == 2) reply.number = 1;
    if (way == "early" && request.number == 2) reply.number = 3;
    if (way == "none" && request.number == 2) reply.number = 0;
    if (way == "endless" && request.number == 2) {
      reply.error = static_cast<int32_t>(ErrorCode::kIo);
      std::memset(reply.text, 'B', sizeof reply.text);
    }
    if (way == "code" && request.number == 2) {
      reply.error = 12345;
      std::strcpy(reply.text, "no such code");
    }
    control.send(reply);
  }
  return 0;
}
