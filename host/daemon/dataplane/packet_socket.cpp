// SPDX-License-Identifier: Apache-2.0
#include "packet_socket.h"

#include <linux/if_xdp.h>
#include <sys/socket.h>

#include "os_error.h"

namespace xesp::dataplane {
namespace {

constexpr int kMaxKicks = 256;  // of flush(); the kernel sends up to 32 frames a kick in copy mode

}  // namespace

PacketSocket::PacketSocket(const Interface& interface, unsigned queue, const Room& room)
    : room_(room), umem_(room.receive, room.send) {
  xsk_socket_config config{};
  config.rx_size = room.receive;
  config.tx_size = room.send;
  config.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD;  // Attachment has its own
  config.bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP;
  if (int error = xsk_socket__create(&socket_, interface.name.c_str(), queue, umem_.get(), &receive_,
                                     room.send == 0 ? nullptr : &send_, &config))
    throw os_error(error, interface.name + ": can't open an AF_XDP socket on queue " + std::to_string(queue));
  for (uint32_t i = 0; i < room.receive; ++i) addresses_.push_back(Umem::receive_frame(i));
  for (uint32_t i = 0; i < room.send; ++i) free_.push_back(umem_.send_frame(i));
  refill(addresses_.data(), room.receive);
}

PacketSocket::~PacketSocket() {
  xsk_socket__delete(socket_);
}

PacketSocket::Lost PacketSocket::lost() const {
  xdp_statistics said{};
  socklen_t bytes = sizeof(said);
  if (getsockopt(fd(), SOL_XDP, XDP_STATISTICS, &said, &bytes) != 0) return {};
  return {said.rx_ring_full, said.rx_fill_ring_empty_descs};
}

void PacketSocket::receive(std::vector<Frame>& frames, size_t most) {
  frames.clear();
  uint32_t at = 0;
  const uint32_t count = xsk_ring_cons__peek(&receive_, static_cast<uint32_t>(most), &at);
  for (uint32_t i = 0; i < count; ++i) {
    const xdp_desc& d = *xsk_ring_cons__rx_desc(&receive_, at + i);
    uint8_t* const start = umem_.at(d.addr);
    frames.push_back({d.addr, {start, d.len}, {start, Umem::kFrameBytes - d.addr % Umem::kFrameBytes}});
  }
  xsk_ring_cons__release(&receive_, count);
}

void PacketSocket::release(const std::vector<Frame>& frames) {
  addresses_.clear();
  for (const Frame& f : frames) addresses_.push_back(f.address - f.address % Umem::kFrameBytes);
  refill(addresses_.data(), static_cast<uint32_t>(addresses_.size()));
}

void PacketSocket::refill(const uint64_t* addresses, uint32_t count) {
  // The ring has a place for every receive frame there is, so the reservation can't fail.
  uint32_t at = 0;
  if (count == 0 || xsk_ring_prod__reserve(&umem_.fill, count, &at) != count) return;
  for (uint32_t i = 0; i < count; ++i) *xsk_ring_prod__fill_addr(&umem_.fill, at + i) = addresses[i];
  xsk_ring_prod__submit(&umem_.fill, count);
}

std::span<uint8_t> PacketSocket::allocate(size_t bytes) {
  if (bytes > Umem::kFrameBytes) return {};
  if (free_.empty()) {
    flush();
    reclaim();
  }
  uint32_t at = 0;
  if (free_.empty() || xsk_ring_prod__reserve(&send_, 1, &at) != 1) return {};
  xdp_desc& d = *xsk_ring_prod__tx_desc(&send_, at);
  d.addr = free_.back();
  d.len = static_cast<uint32_t>(bytes);
  d.options = 0;
  free_.pop_back();
  ++queued_;
  return {umem_.at(d.addr), bytes};
}

void PacketSocket::flush() {
  if (queued_ == 0) return;
  xsk_ring_prod__submit(&send_, queued_);
  queued_ = 0;
  for (int i = 0; i < kMaxKicks; ++i) {
    const bool more = sendto(fd(), nullptr, 0, MSG_DONTWAIT, nullptr, 0) < 0 &&
                      (errno == EAGAIN || errno == EBUSY || errno == ENOBUFS || errno == EINTR);
    reclaim();
    if (!more) break;
  }
}

void PacketSocket::reclaim() {
  uint32_t at = 0;
  const uint32_t count = xsk_ring_cons__peek(&umem_.completion, room_.send, &at);
  for (uint32_t i = 0; i < count; ++i) free_.push_back(*xsk_ring_cons__comp_addr(&umem_.completion, at + i));
  xsk_ring_cons__release(&umem_.completion, count);
}

}  // namespace xesp::dataplane
