// SPDX-License-Identifier: Apache-2.0
#include "pcap/pcapng.h"

#include <algorithm>
#include <concepts>
#include <cstring>

namespace xesp::cli::pcapng {

namespace {

constexpr uint32_t kSection = 0x0a0d0d0a, kInterface = 1, kStatistics = 5, kPacket = 6;
constexpr uint32_t kByteOrder = 0x1a2b3c4d;
// Linux cooked: a head that says the direction and IPv4 or IPv6, and has no addresses. Raw IP would do, but
// libpcap 1.10 refuses a second interface of it.
constexpr uint16_t kLinkTypeCooked = 113;
constexpr size_t kCookedBytes = 16;
constexpr size_t kMostOption = 0xffff;

enum Option : uint16_t {
  kEnd = 0,
  kComment = 1,
  kProgram = 4,      // of a section
  kName = 2,         // of an interface
  kDescription = 3,  // of an interface
  kResolution = 9,   // of an interface
  kFlags = 2,        // of a packet
  kCaptured = 4,     // of statistics: isb_ifrecv
  kLost = 7,         // of statistics: isb_osdrop
};

class Maker {
 public:
  explicit Maker(uint32_t type) {
    put(type);
    put(uint32_t{0});  // the length, once it is known
  }
  template <std::unsigned_integral T>
  Maker& put(T value) {
    const size_t at = block_.size();
    block_.resize(at + sizeof value);
    std::memcpy(&block_[at], &value, sizeof value);
    return *this;
  }
  // Filled up to a multiple of four.
  Maker& put(std::span<const uint8_t> bytes) {
    block_.insert(block_.end(), bytes.begin(), bytes.end());
    block_.resize((block_.size() + 3) / 4 * 4);
    return *this;
  }
  Maker& time(uint64_t ns) { return put(static_cast<uint32_t>(ns >> 32)).put(static_cast<uint32_t>(ns)); }
  Maker& option(Option code, std::span<const uint8_t> value) {
    value = value.first(std::min(value.size(), kMostOption));
    put(static_cast<uint16_t>(code)).put(static_cast<uint16_t>(value.size()));
    return put(value);
  }
  Maker& option(Option code, std::string_view text) {
    return text.empty() ? *this : option(code, {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  template <std::unsigned_integral T>
  Maker& option(Option code, T value) {
    return option(code, {reinterpret_cast<const uint8_t*>(&value), sizeof value});
  }
  Block done() {
    put(uint32_t{kEnd});
    const auto length = static_cast<uint32_t>(block_.size() + sizeof(uint32_t));
    put(length);
    std::memcpy(&block_[4], &length, sizeof length);
    return std::move(block_);
  }

 private:
  Block block_;
};

}  // namespace

Block section(std::string_view program) {
  Maker block(kSection);
  block.put(kByteOrder).put(uint16_t{1}).put(uint16_t{0}).put(~uint64_t{0});  // version 1.0, of unknown length
  return block.option(kProgram, program).done();
}

Block interface(std::string_view name, std::string_view description, uint32_t snap_length) {
  Maker block(kInterface);
  block.put(kLinkTypeCooked).put(uint16_t{0}).put(static_cast<uint32_t>(snap_length + kCookedBytes));
  block.option(kName, name).option(kDescription, description);
  return block.option(kResolution, uint8_t{9}).done();
}

Block packet(const Packet& p) {
  constexpr uint32_t kInbound = 1, kOutbound = 2;
  constexpr uint8_t kSentByUs = 4;
  std::vector<uint8_t> frame = {0, p.outbound ? kSentByUs : uint8_t{0}, 0xff, 0xfe};  // no link type of its own
  frame.resize(kCookedBytes);
  const bool v6 = !p.bytes.empty() && p.bytes[0] >> 4 == 6;
  frame[kCookedBytes - 2] = v6 ? 0x86 : 0x08;
  frame[kCookedBytes - 1] = v6 ? 0xdd : 0x00;
  frame.insert(frame.end(), p.bytes.begin(), p.bytes.end());
  Maker block(kPacket);
  block.put(p.interface).time(p.time_ns).put(static_cast<uint32_t>(frame.size()));
  block.put(static_cast<uint32_t>(p.length + kCookedBytes)).put(std::span<const uint8_t>(frame));
  return block.option(kComment, p.comment).option(kFlags, p.outbound ? kOutbound : kInbound).done();
}

Block statistics(uint32_t interface, uint64_t time_ns, uint64_t captured, uint64_t lost) {
  Maker block(kStatistics);
  block.put(interface).time(time_ns);
  return block.option(kCaptured, captured).option(kLost, lost).done();
}

}  // namespace xesp::cli::pcapng
