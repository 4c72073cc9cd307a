// SPDX-License-Identifier: Apache-2.0
#include "umem.h"

#include <sys/mman.h>

#include <algorithm>

#include "os_error.h"

namespace xesp::dataplane {

Umem::Umem(uint32_t receive, uint32_t send) : receive_(receive), bytes_(size_t{receive + send} * kFrameBytes) {
  constexpr uint32_t kLeastRing = 64;  // one is there, also for nothing to send
  void* p = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (p == MAP_FAILED) throw os_error(errno, "no memory for packets");
  memory_ = static_cast<uint8_t*>(p);
  const xsk_umem_config config{.fill_size = receive,
                               .comp_size = std::max(send, kLeastRing),
                               .frame_size = kFrameBytes,
                               .frame_headroom = 0,
                               .flags = 0};
  if (int error = xsk_umem__create(&umem_, memory_, bytes_, &fill, &completion, &config)) {
    munmap(memory_, bytes_);
    throw os_error(error, "can't register packet memory with AF_XDP");
  }
}

Umem::~Umem() {
  xsk_umem__delete(umem_);
  munmap(memory_, bytes_);
}

}  // namespace xesp::dataplane
