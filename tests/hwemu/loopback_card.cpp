// SPDX-License-Identifier: Apache-2.0
#include "loopback_card.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace xesp::test {
namespace {

uint32_t environment(const char* name, uint32_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? static_cast<uint32_t>(std::strtoul(text, nullptr, 0)) : otherwise;
}

constexpr uint32_t kClocksPerDescriptor = 100;

// Counts down to a run; 0: to none.
bool is_last(uint32_t& left) {
  if (left == 0) return false;
  --left;
  return left == 0;
}

uint32_t beats(uint32_t bytes) {
  return (bytes + abi::kBeatBytes - 1) / abi::kBeatBytes;
}

}  // namespace

LoopbackCard::LoopbackCard()
    : version_(environment("XESP_LOOPBACK_VERSION", abi::kVersion)),
      magic_(environment("XESP_LOOPBACK_MAGIC", abi::kMagic)),
      hang_(environment("XESP_LOOPBACK_HANG", 0) != 0),
      crash_in_(environment("XESP_LOOPBACK_CRASH", 0)),
      ones_in_(environment("XESP_LOOPBACK_ONES", 0)) {}

bool LoopbackCard::busy() const {
  return std::ranges::any_of(units_, [](const Unit& unit) { return unit.running; });
}

void LoopbackCard::step(uint32_t clocks) {
  clocks_ += clocks;
  for (Unit& unit : units_) {
    if (!unit.running) continue;
    unit.busy_cycles += clocks;
    unit.run_cycles += clocks;
    if (hang_) continue;
    unit.left -= std::min(unit.left, clocks);
    if (unit.left == 0) finish(unit);
  }
}

void LoopbackCard::write_register(sim::Cu cu, uint32_t offset, uint32_t value) {
  Unit& target = unit(cu);
  if (offset == abi::kRegCtrl) {
    if ((value & 1) != 0 && !target.running) start(target);
  } else if (offset / 4 < target.args.size()) {
    target.args[offset / 4] = value;
  }
}

uint32_t LoopbackCard::read_register(sim::Cu cu, uint32_t offset) {
  if (all_ones_) return ~0u;
  Unit& source = unit(cu);
  if (offset >= abi::kRegCounters && offset < abi::kRegCounters + 4 * source.counters.size()) {
    return source.counters[(offset - abi::kRegCounters) / 4];
  }
  switch (offset) {
    case abi::kRegCtrl: {
      const uint32_t value = (source.running ? 1u : 4u) | (source.done ? 2u | 8u : 0u);
      source.done = false;  // clear on read
      return value;
    }
    case abi::kRegMagic:
      return magic_;
    case abi::kRegVersion:
      return version_;
    case abi::kRegDirection:
      return static_cast<uint32_t>(cu);
    case abi::kRegSaCapacity:
      return environment("XESP_LOOPBACK_CAPACITY", abi::kSaCapacity);
    case abi::kRegError:
      return source.error;
    case abi::kRegRunCycles:
      return source.run_cycles;
    case abi::kRegBusyLo:
      return static_cast<uint32_t>(source.busy_cycles);
    case abi::kRegBusyHi:
      return static_cast<uint32_t>(source.busy_cycles >> 32);
    case abi::kRegCyclesLo:
      return static_cast<uint32_t>(clocks_);
    case abi::kRegCyclesHi:
      return static_cast<uint32_t>(clocks_ >> 32);
    case abi::kRegPackets:
      return source.packets;
    case abi::kRegInBeats:
      return source.in_beats;
    case abi::kRegOutBeats:
      return source.out_beats;
    default:
      return offset / 4 < source.args.size() ? source.args[offset / 4] : 0;
  }
}

void LoopbackCard::start(Unit& unit) {
  if (is_last(crash_in_)) std::abort();
  if (is_last(ones_in_)) all_ones_ = true;
  const uint32_t count = unit.args[abi::kRegArgCount / 4];
  const bool count_ok = count >= 1 && count <= abi::kMaxBatch;
  unit.error = count_ok ? 0u : static_cast<uint32_t>(abi::kErrCount);
  unit.run_cycles = 0;
  unit.left = count_ok ? count * kClocksPerDescriptor : 1;
  unit.running = true;
  unit.done = false;
}

void LoopbackCard::finish(Unit& unit) {
  const auto pointer = [&](uint32_t reg) { return unit.args[reg / 4] | uint64_t{unit.args[reg / 4 + 1]} << 32; };
  const uint32_t count = unit.error == 0 ? unit.args[abi::kRegArgCount / 4] : 0;
  for (uint32_t i = 0; i < count; ++i) {
    abi::Desc desc;
    memory_.read(pointer(abi::kRegArgDesc) + uint64_t{i} * sizeof(desc), &desc, sizeof(desc));
    const abi::Completion done = do_one(unit, desc, pointer(abi::kRegArgIn), pointer(abi::kRegArgOut));
    memory_.write(pointer(abi::kRegArgCpl) + uint64_t{i} * sizeof(done), &done, sizeof(done));
  }
  unit.running = false;
  unit.done = true;
}

abi::Completion LoopbackCard::do_one(Unit& unit, const abi::Desc& desc, uint64_t in, uint64_t out) {
  abi::Completion done{};
  done.cookie = desc.cookie;
  done.op = desc.op;
  done.sa_index = desc.sa_index;
  if (desc.op == abi::kOpPacket) {
    if (desc.in_len > abi::kMaxPacketBytes) {
      done.status = abi::kDropBadDescriptor;
    } else if (desc.in_len > desc.out_cap) {
      done.status = abi::kDropOutputTooBig;
    } else {
      std::vector<uint8_t> packet(desc.in_len);
      memory_.read(in + desc.in_off, packet.data(), packet.size());
      memory_.write(out + desc.out_off, packet.data(), packet.size());
      done.out_len = desc.in_len;
      done.seq = unit.packets + 1;
      unit.in_beats += beats(desc.in_len);
      unit.out_beats += beats(desc.in_len);
    }
  }
  ++unit.counters[done.status];
  ++unit.packets;
  return done;
}

}  // namespace xesp::test
