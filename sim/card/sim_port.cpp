// SPDX-License-Identifier: Apache-2.0
#include "sim_port.h"

#include <algorithm>

#include "xesp/error.h"

namespace xesp::sim {
namespace {

constexpr size_t kDescriptors = 512;
constexpr size_t kBufferBytes = 4u << 20;

// Where a unit's buffers stand in card memory: 4 GiB a unit, 256 MiB a buffer, and not at the start of anything.
struct Buffers {
  uint64_t desc, in, out, cpl;
};
Buffers buffers(Cu cu) {
  const uint64_t base = (uint64_t{1} + static_cast<uint64_t>(cu)) << 32;
  return {base + 0x0'1000, base + 0x1000'2000, base + 0x2000'3000, base + 0x3000'4000};
}

}  // namespace

SimPort::SimPort(std::unique_ptr<Card> card) : card_(std::move(card)) {
  for (Unit& u : units_) {
    u.desc.resize(kDescriptors);
    u.completions.resize(kDescriptors);
    u.in.resize(kBufferBytes);
    u.out.resize(kBufferBytes);
  }
}

uint32_t SimPort::run(Direction direction, size_t count, size_t in_bytes, size_t out_bytes) {
  Unit& u = unit(direction);
  const Cu cu = static_cast<Cu>(direction);
  const Buffers at = buffers(cu);
  DeviceMemory& memory = card_->memory();
  memory.write(at.desc, u.desc.data(), count * sizeof(abi::Desc));
  memory.write(at.in, u.in.data(), in_bytes);

  const auto set64 = [&](uint32_t reg, uint64_t value) {
    card_->write_register(cu, reg, static_cast<uint32_t>(value));
    card_->write_register(cu, reg + 4, static_cast<uint32_t>(value >> 32));
  };
  set64(abi::kRegArgDesc, at.desc);
  set64(abi::kRegArgIn, at.in);
  set64(abi::kRegArgOut, at.out);
  set64(abi::kRegArgCpl, at.cpl);
  card_->write_register(cu, abi::kRegArgCount, static_cast<uint32_t>(count));
  card_->write_register(cu, abi::kRegCtrl, 1);

  // Generous: stalls may hold every beat up many times.
  const uint64_t limit = card_->clocks() + 100'000 + 200 * (4 * count + in_bytes / 64 + out_bytes / 64);
  constexpr uint32_t kDone = 2;
  while ((card_->read_register(cu, abi::kRegCtrl) & kDone) == 0) {
    if (card_->clocks() > limit)
      throw Error(ErrorCode::kIo, "simulated card: a run of " + std::to_string(count) + " descriptors has not ended");
    card_->step(64);
  }
  memory.read(at.cpl, u.completions.data(), count * sizeof(abi::Completion));
  memory.read(at.out, u.out.data(), out_bytes);
  return card_->read_register(cu, abi::kRegRunCycles);
}

uint64_t SimPort::in_address(Direction direction) { return buffers(static_cast<Cu>(direction)).in; }

CardRegisters SimPort::registers(Direction direction) {
  const Cu cu = static_cast<Cu>(direction);
  const auto get = [&](uint32_t reg) { return card_->read_register(cu, reg); };
  const auto get64 = [&](uint32_t low, uint32_t high) { return uint64_t{get(low)} | uint64_t{get(high)} << 32; };
  CardRegisters r;
  r.error = get(abi::kRegError);
  r.run_cycles = get(abi::kRegRunCycles);
  r.busy_cycles = get64(abi::kRegBusyLo, abi::kRegBusyHi);
  r.cycles = get64(abi::kRegCyclesLo, abi::kRegCyclesHi);
  r.packets = get(abi::kRegPackets);
  r.in_beats = get(abi::kRegInBeats);
  r.out_beats = get(abi::kRegOutBeats);
  for (uint32_t i = 0; i < r.by_reason.size(); ++i) r.by_reason[i] = get(abi::kRegCounters + 4 * i);
  return r;
}

}  // namespace xesp::sim
