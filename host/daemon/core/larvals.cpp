// SPDX-License-Identifier: Apache-2.0
#include "core/larvals.h"

#include <openssl/rand.h>

#include <algorithm>

#include "xesp/error.h"

namespace xesp {

namespace {

// Those that people give by hand are small numbers.
constexpr uint32_t kFirst = 0xc0000000u;

uint32_t random_spi() {
  uint32_t spi = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&spi), sizeof spi) != 1)
    throw Error(ErrorCode::kOs, "spi: OpenSSL has no random numbers");
  return spi | kFirst;
}

}  // namespace

const Larvals::Larval& Larvals::reserve(const IpAddress& src, const IpAddress& dst, uint8_t proto,
                                        std::chrono::seconds hold, const std::function<bool(uint32_t)>& taken,
                                        Clock::time_point now) {
  expire(now);
  if (all_.size() >= kMost)
    throw Error(ErrorCode::kUnavailable, "spi: " + std::to_string(kMost) +
                                             " are reserved and have no SA yet: let the key exchanges end, or flush");
  for (;;) {
    const uint32_t spi = random_spi();
    const bool reserved =
        std::ranges::any_of(all_, [&](const Larval& l) { return l.spi == spi && l.dst == dst && l.proto == proto; });
    if (reserved || taken(spi)) continue;
    return all_.emplace_back(Larval{src, dst, proto, spi, now + hold});
  }
}

bool Larvals::release(const IpAddress& dst, uint8_t proto, uint32_t spi) {
  return std::erase_if(all_, [&](const Larval& l) { return l.spi == spi && l.dst == dst && l.proto == proto; }) != 0;
}

bool Larvals::release(const control::SaName& name) {
  return std::erase_if(all_, [&](const Larval& l) {
           return l.spi == name.spi && l.dst == name.dst && (!name.proto || l.proto == *name.proto) &&
                  (!name.direction || *name.direction == Direction::kIn);
         }) != 0;
}

void Larvals::expire(Clock::time_point now) {
  std::erase_if(all_, [&](const Larval& l) { return l.until <= now; });
}

}  // namespace xesp
