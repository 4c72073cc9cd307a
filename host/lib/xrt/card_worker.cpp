// SPDX-License-Identifier: Apache-2.0
//
// xesp-card-worker: the process in which XRT lives. Started by CardDevice, never by hand; worker_protocol.h says how
// the two speak.
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "lifeline.h"
#include "xesp/error.h"
#include "xrt_card.h"

namespace {

using namespace xesp;
using namespace xesp::worker;

constexpr std::chrono::milliseconds kForEver{-1};

struct Arguments {
  std::string xclbin;
  unsigned device = 0;
  CardOptions sizes;
  std::string folder;  // PrivateFolder of the owner
};

template <typename Int>
bool number(std::string_view text, Int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Arguments> parse(int argc, char** argv) {
  Arguments a;
  if (argc != 7 || !number(argv[2], a.device) || !number(argv[3], a.sizes.descriptors) ||
      !number(argv[4], a.sizes.in_bytes) || !number(argv[5], a.sizes.out_bytes)) {
    return std::nullopt;
  }
  a.xclbin = argv[1];
  a.folder = argv[6];
  return a;
}

// `work` fills a reply; what it throws becomes one. XRT's own exceptions mean that the card can't be reached any more.
template <typename Work>
Reply answer(uint64_t number, Work&& work) {
  Reply reply;
  try {
    work(reply);
  } catch (const Error& error) {
    reply = Reply::failure(error.code(), error.what());
  } catch (const std::exception& error) {
    reply = Reply::failure(ErrorCode::kIo, error.what());
  }
  reply.number = number;
  return reply;
}

void serve_runs(XrtCard& card, PacketSocket& socket, Direction direction) {
  Request request;
  while (socket.receive(request, kForEver) == PacketSocket::Got::kMessage) {
    socket.send(answer(request.number, [&](Reply& reply) { reply.run = card.run(direction, request.count); }));
  }
}

// Until the owner says close.
void serve_control(XrtCard& card, PacketSocket& socket) {
  Request request;
  while (socket.receive(request, kForEver) == PacketSocket::Got::kMessage && request.ask != Ask::kClose) {
    socket.send(answer(request.number, [&](Reply& reply) { reply.registers = card.registers(request.direction); }));
  }
}

void serve(XrtCard& card, PacketSocket& control) {
  std::array sockets{PacketSocket(kFdRuns), PacketSocket(kFdRuns + 1)};
  std::array threads{std::thread([&] { serve_runs(card, sockets[0], Direction::kOut); }),
                     std::thread([&] { serve_runs(card, sockets[1], Direction::kIn); })};
  serve_control(card, control);
  for (PacketSocket& socket : sockets) socket.shut_down();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

int main(int argc, char** argv) try {
  const auto arguments = parse(argc, argv);
  if (!arguments) {
    std::fputs(
        "xesp-card-worker: xesp's programs start it to hold the card. These arguments are none of theirs, or it is of\n"
        "another release than the program: install both from one.\n",
        stderr);
    return 64;
  }
  PacketSocket control(kFdControl);
  Lifeline lifeline(control, arguments->folder);
  std::unique_ptr<std::array<BatchMemory, kDirections>> memory;
  std::optional<XrtCard> card;
  const Reply ready = answer(0, [&](Reply& reply) {
    const Capacity capacity = Capacity::of(arguments->sizes);
    // NOLINTNEXTLINE(modernize-make-unique): it can't fill an array of what can't be moved.
    memory.reset(new std::array<BatchMemory, kDirections>{BatchMemory(capacity, kFdMemory),
                                                          BatchMemory(capacity, kFdMemory + 1)});
    card.emplace(arguments->xclbin, arguments->device, *memory);
    reply.version = card->version();
  });
  if (card && std::getenv("XCL_EMULATION_MODE") != nullptr) lifeline.simulator_started();
  control.send(ready);
  if (card && ready.error == 0) serve(*card, control);
  lifeline.closing();
  card.reset();
  control.send(Reply{});
  // Not exit(): what XRT's libraries do at the end is of no use here and has hung before.
  std::_Exit(ready.error == 0 ? 0 : 1);
} catch (const std::exception& e) {
  std::fprintf(stderr, "xesp-card-worker: %s\n", e.what());
  std::_Exit(static_cast<int>(ErrorCode::kSoftware));
}
