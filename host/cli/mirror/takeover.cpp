// SPDX-License-Identifier: Apache-2.0
#include "mirror/takeover.h"

#include <algorithm>

#include "xesp/error.h"

namespace xesp::mirror {

namespace {

// With ESN the highest number is not put at the very end: a packet below the window counts as one of the next 2^32, and
// after the last ones there would be the first ones again (RFC 4303 A2.2).
constexpr uint64_t kEnd32 = 0xffffffff, kEnd64 = ~uint64_t{0}, kReceivedEnd64 = kEnd64 - (uint64_t{1} << 32);

KernelReplay at_the_end(KernelReplay replay, bool esn, Direction direction) {
  if (direction == Direction::kOut)
    replay.sent = esn ? kEnd64 : kEnd32;
  else
    replay.received = esn ? kReceivedEnd64 : kEnd32;
  return replay;
}

// What the kernel counts as one may have become as many on its way out (GSO), each with a number.
constexpr uint64_t kNumbersOfAPacket = 65535;

uint64_t place_of(const KernelReplay& replay, Direction direction) {
  return direction == Direction::kOut ? replay.sent : replay.received;
}

KernelReplay replay_of(Kernel& kernel, const SaId& id) {
  const auto replay = kernel.replay(id);
  if (!replay) throw Error(ErrorCode::kNotFound, "the kernel's SA has gone");
  return *replay;
}

}  // namespace

SentBefore::SentBefore()
    : Error(
          ErrorCode::kExists,
          "the kernel has sent with it, and its IVs may be ones that xespd would use again: a new SA (rekey) is taken "
          "before its first packet") {}

bool only_unsent(const KernelSa& sa, Direction direction) {
  return direction == Direction::kOut && !sa.config.has_hmac();
}

Takeover::Takeover(Kernel& kernel, const KernelSa& sa, Direction direction)
    : kernel_(kernel), direction_(direction), before_(replay_of(kernel, sa.id)) {
  const bool unsent = only_unsent(sa, direction);
  if (unsent && before_.packets != 0) throw SentBefore();
  const KernelReplay end = at_the_end(before_, sa.config.esn, direction);
  const uint64_t last = place_of(end, direction);
  if (place_of(before_, direction) == last) {
    // Stopped by an earlier mirror. What the kernel had sent until then it still counts; what xespd has sent since is
    // in xespd's journal.
    seq_ = direction == Direction::kOut ? std::min(before_.packets, last - 1) : 0;
    return;
  }
  if (unsent && before_.sent != 0) throw SentBefore();
  if (!kernel_.set_replay(end, direction)) throw Error(ErrorCode::kNotFound, "the kernel's SA has gone");
  stopped_here_ = true;
  const KernelReplay after = replay_of(kernel_, sa.id);
  if (place_of(after, direction) != last)
    throw Error(ErrorCode::kOs, "the kernel does not let its SA be stopped: a second sender would repeat numbers");
  // Packets that it did between the look and the stop. Inbound, some may have been lost on their way to it.
  const uint64_t since = after.packets - std::min(before_.packets, after.packets);
  const uint64_t passed =
      direction == Direction::kOut ? since * kNumbersOfAPacket : since + (since != 0 ? before_.window : 0);
  seq_ = std::min(place_of(before_, direction) + passed, last - 1);
  if (!unsent || since == 0) return;
  give_back();
  throw SentBefore();
}

bool stopped(Kernel& kernel, const KernelSa& sa, Direction direction) {
  const auto replay = kernel.replay(sa.id);
  return !replay || place_of(*replay, direction) == place_of(at_the_end(*replay, sa.config.esn, direction), direction);
}

void Takeover::give_back() {
  if (!stopped_here_) return;
  KernelReplay replay = before_;
  (direction_ == Direction::kOut ? replay.sent : replay.received) = seq_;
  kernel_.set_replay(replay, direction_);
}

}  // namespace xesp::mirror
