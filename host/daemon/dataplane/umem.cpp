// SPDX-License-Identifier: Apache-2.0
#include "umem.h"

#include <sys/mman.h>

#include "os_error.h"

namespace xesp::dataplane {

Umem::Umem() {
  void* p = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (p == MAP_FAILED) throw os_error(errno, "no memory for packets");
  memory_ = static_cast<uint8_t*>(p);
  const xsk_umem_config config{.fill_size = kFramesEachWay,
                               .comp_size = kFramesEachWay,
                               .frame_size = kFrameBytes,
                               .frame_headroom = 0,
                               .flags = 0};
  if (int error = xsk_umem__create(&umem_, memory_, kBytes, &fill, &completion, &config)) {
    munmap(memory_, kBytes);
    throw os_error(error, "can't register packet memory with AF_XDP");
  }
}

Umem::~Umem() {
  xsk_umem__delete(umem_);
  munmap(memory_, kBytes);
}

}  // namespace xesp::dataplane
