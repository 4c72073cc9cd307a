// SPDX-License-Identifier: Apache-2.0
// hw_emu's calls: frames of a header and a payload, one behind the other, to the simulator's side.
#include <algorithm>

#include "frame.h"
#include "input.h"
#include "loopback_card.h"
#include "rpc_server.h"

using namespace xesp::hwemu;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  xesp::test::LoopbackCard card;
  RpcServer server(card);
  xesp::fuzz::Input input(data, size);
  try {
    while (!input.empty() && !server.closed()) {
      const auto head = input.bytes(kRequestHeaderBytes);
      if (head.size() < kRequestHeaderBytes) break;
      const RequestHeader header = decode_request_header(std::span<const uint8_t, kRequestHeaderBytes>(head));
      xesp::fuzz::require(header.size <= kMaxPayloadBytes, "no payload without bounds");
      server.handle(header.api, input.bytes(header.size));
      card.step(64);
    }
  } catch (const ProtocolError& e) {
    xesp::fuzz::require(*e.what() != 0, "an error says something");
  }
  return 0;
}
