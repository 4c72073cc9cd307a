// SPDX-License-Identifier: Apache-2.0
#include "own_packets.h"

#include <sys/eventfd.h>

#include "os_error.h"

namespace xesp::dataplane {

OwnPackets::OwnPackets() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_.get() < 0) throw os_error(errno, "can't make an eventfd");
}

bool OwnPackets::push(OwnPacket packet) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() == kMost) return false;
  waiting_.push_back(std::move(packet));
  eventfd_write(wake_.get(), 1);
  return true;
}

std::vector<OwnPacket> OwnPackets::take() {
  const std::lock_guard lock(mutex_);
  eventfd_t count = 0;
  if (!waiting_.empty()) eventfd_read(wake_.get(), &count);
  return std::exchange(waiting_, {});
}

}  // namespace xesp::dataplane
