// SPDX-License-Identifier: Apache-2.0
#include "bare_forwarder.h"

#include <bpf/bpf.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "dataplane/os_error.h"
#include "dataplane/umem.h"
#include "xesp_bare.skel.h"

namespace xesp::measure {
namespace {

using dataplane::os_error;
using dataplane::Umem;

constexpr uint32_t kFrames = 2048;  // as the packet side has on an interface
constexpr size_t kBytes = size_t{kFrames} * Umem::kFrameBytes;
constexpr int kIdleMilliseconds = 50, kMaxKicks = 256;  // as the packet side's

}  // namespace

void BareForwarder::Destroy::operator()(xesp_bare* s) const {
  xesp_bare::destroy(s);
}

BareForwarder::Memory::Memory()
    : at(mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)) {
  if (at == MAP_FAILED) throw os_error(errno, "no memory for packets");
}

BareForwarder::Memory::~Memory() {
  munmap(at, kBytes);
}

BareForwarder::BareForwarder(const dataplane::Interface& from, const dataplane::Interface& to, unsigned batch)
    : batch_(batch) {
  const xsk_umem_config memory{
      .fill_size = kFrames, .comp_size = kFrames, .frame_size = Umem::kFrameBytes, .frame_headroom = 0, .flags = 0};
  xsk_umem* umem = nullptr;
  if (int error = xsk_umem__create(&umem, memory_.at, kBytes, &fill_, &unused_completion_, &memory))
    throw os_error(error, "packet memory");
  umem_.reset(umem);
  xsk_socket_config config{};
  config.rx_size = kFrames;
  config.tx_size = kFrames;
  config.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD;
  config.bind_flags = XDP_COPY | XDP_USE_NEED_WAKEUP;
  xsk_socket* socket = nullptr;
  if (int error = xsk_socket__create(&socket, from.name.c_str(), 0, umem, &receive_, nullptr, &config))
    throw os_error(error, from.name + ": AF_XDP socket");
  in_.reset(socket);
  if (int error = xsk_socket__create_shared(&socket, to.name.c_str(), 0, umem, nullptr, &send_, &unused_fill_,
                                            &completion_, &config))
    throw os_error(error, to.name + ": AF_XDP socket");
  out_.reset(socket);
  uint32_t at = 0;
  xsk_ring_prod__reserve(&fill_, kFrames, &at);
  for (uint32_t i = 0; i < kFrames; ++i) *xsk_ring_prod__fill_addr(&fill_, at + i) = uint64_t{i} * Umem::kFrameBytes;
  xsk_ring_prod__submit(&fill_, kFrames);

  program_.reset(xesp_bare::open_and_load());
  if (!program_) throw Error(ErrorCode::kOs, "the bare forwarder's program does not load");
  const uint32_t queue = 0;
  const int fd = xsk_socket__fd(in_.get());
  if (bpf_map_update_elem(bpf_map__fd(program_->maps.bare_sockets), &queue, &fd, BPF_ANY) != 0)
    throw os_error(errno, "the bare forwarder's socket");
  attached_ =
      std::make_unique<dataplane::Attachment>(bpf_program__fd(program_->progs.redirect_all), from, true, std::string());
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

BareForwarder::~BareForwarder() {
  thread_ = {};
}

void BareForwarder::take_back() {
  uint32_t from = 0, to = 0;
  const uint32_t count = xsk_ring_cons__peek(&completion_, kFrames, &from);
  if (count == 0 || xsk_ring_prod__reserve(&fill_, count, &to) != count) return;
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t address = *xsk_ring_cons__comp_addr(&completion_, from + i);
    *xsk_ring_prod__fill_addr(&fill_, to + i) = address - address % Umem::kFrameBytes;
  }
  xsk_ring_cons__release(&completion_, count);
  xsk_ring_prod__submit(&fill_, count);
}

void BareForwarder::run(const std::stop_token& stop) {
  pollfd p{.fd = xsk_socket__fd(in_.get()), .events = POLLIN, .revents = 0};
  while (!stop.stop_requested()) {
    poll(&p, 1, kIdleMilliseconds);
    uint32_t from = 0, to = 0;
    const uint32_t count = xsk_ring_cons__peek(&receive_, batch_, &from);
    if (count == 0) continue;
    // The ring holds every frame there is.
    xsk_ring_prod__reserve(&send_, count, &to);
    for (uint32_t i = 0; i < count; ++i)
      *xsk_ring_prod__tx_desc(&send_, to + i) = *xsk_ring_cons__rx_desc(&receive_, from + i);
    xsk_ring_cons__release(&receive_, count);
    xsk_ring_prod__submit(&send_, count);
    for (int i = 0; i < kMaxKicks; ++i) {
      const bool more = sendto(xsk_socket__fd(out_.get()), nullptr, 0, MSG_DONTWAIT, nullptr, 0) < 0 &&
                        (errno == EAGAIN || errno == EBUSY || errno == ENOBUFS || errno == EINTR);
      take_back();
      if (!more) break;
    }
  }
}

}  // namespace xesp::measure
