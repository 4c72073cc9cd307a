// SPDX-License-Identifier: Apache-2.0
#include "receive_queues.h"

#include <nlohmann/json.hpp>
#include <string>

#include "xesp/error.h"
#include "xesp/steering.h"

namespace xesp::dataplane {
namespace {

// The first socket sends as well, and is the only one where there is one queue. The others share the traffic.
constexpr PacketSocket::Room kFirst{.receive = 2048, .send = 2048}, kOther{.receive = 1024, .send = 0};

}  // namespace

ReceiveQueues::ReceiveQueues(const Interface& interface, std::optional<unsigned> only) {
  if (only) {
    queues_.push_back(std::make_unique<One>(interface, *only, kFirst));
    return;
  }
  const unsigned count = interface.receive_queues;
  if (count > XESP_MAX_QUEUES) {
    const std::string most = std::to_string(XESP_MAX_QUEUES);
    throw Error(ErrorCode::kData, interface.name + " has " + std::to_string(count) +
                                      " receive queues, and xespd serves " + most + ": ethtool -L " + interface.name +
                                      " combined " + most);
  }
  for (unsigned i = 0; i < count; ++i) queues_.push_back(std::make_unique<One>(interface, i, i == 0 ? kFirst : kOther));
}

std::vector<ReceiveQueues::Queue> ReceiveQueues::queues() const {
  std::vector<Queue> out;
  out.reserve(queues_.size());
  for (const auto& one : queues_) out.push_back({one->number, one->socket.fd()});
  return out;
}

void ReceiveQueues::add_to(std::vector<pollfd>& fds) const {
  for (const auto& one : queues_) fds.push_back({.fd = one->socket.fd(), .events = POLLIN, .revents = 0});
}

void ReceiveQueues::receive(std::vector<Frame>& frames, size_t most) {
  frames.clear();
  for (size_t i = 0; i < queues_.size(); ++i) {
    One& one = *queues_[(first_ + i) % queues_.size()];
    one.socket.receive(one.taken, most - frames.size());
    one.received.fetch_add(one.taken.size(), std::memory_order_relaxed);
    frames.insert(frames.end(), one.taken.begin(), one.taken.end());
  }
  first_ = (first_ + 1) % queues_.size();
}

void ReceiveQueues::release() {
  for (const auto& one : queues_) one->socket.release(one->taken);
}

nlohmann::json ReceiveQueues::counters() const {
  nlohmann::json out = nlohmann::json::object();
  for (const auto& one : queues_) {
    const PacketSocket::Lost lost = one->socket.lost();
    out[std::to_string(one->number)] = {{"received", one->received.load(std::memory_order_relaxed)},
                                        {"drop_receive_full", lost.receive_full},
                                        {"fill_empty", lost.fill_empty}};
  }
  return out;
}

}  // namespace xesp::dataplane
