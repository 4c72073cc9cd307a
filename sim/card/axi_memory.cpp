// SPDX-License-Identifier: Apache-2.0
#include "axi_memory.h"

#include <algorithm>
#include <utility>

namespace xesp::sim {
namespace {

constexpr uint8_t kOkay = 0, kSlvErr = 2;
constexpr unsigned kIncr = 1;
constexpr uint64_t kBoundary = 4096;
constexpr size_t kBeatsAhead = 64;  // write data taken before its address

}  // namespace

AxiMemory::AxiMemory(std::string name, DeviceMemory& memory, AxiTiming timing, uint64_t seed, unsigned bytes)
    : name_(std::move(name)), memory_(memory), timing_(timing), bytes_(bytes), random_(seed) {}

void AxiMemory::reset() {
  before_ = {};
  pins_before_ = {};
  reads_.clear();
  writes_.clear();
  beats_.clear();
  responses_.clear();
}

void AxiMemory::set_fault(uint64_t addr, uint64_t size) {
  fault_addr_ = addr;
  fault_size_ = size;
}

void AxiMemory::violation(const std::string& text) const {
  throw AxiViolation(name_ + ", clock " + std::to_string(now_) + ": " + text);
}

unsigned AxiMemory::latency(unsigned min, unsigned max) {
  return max <= min ? min : std::uniform_int_distribution<unsigned>(min, max)(random_);
}

// A3.2.1: once VALID is high, it and what it stands for stay until READY.
void AxiMemory::check_stable(const AxiMaster& now) const {
  const AxiMaster& was = before_;
  if (was.awvalid && !pins_before_.awready &&
      (!now.awvalid || now.awaddr != was.awaddr || now.awid != was.awid || now.awlen != was.awlen ||
       now.awsize != was.awsize || now.awburst != was.awburst))
    violation("AW changed before AWREADY");
  if (was.wvalid && !pins_before_.wready &&
      (!now.wvalid || now.wdata != was.wdata || now.wstrb != was.wstrb || now.wlast != was.wlast))
    violation("W changed before WREADY");
  if (was.arvalid && !pins_before_.arready &&
      (!now.arvalid || now.araddr != was.araddr || now.arid != was.arid || now.arlen != was.arlen ||
       now.arsize != was.arsize || now.arburst != was.arburst))
    violation("AR changed before ARREADY");
}

AxiMemory::Burst AxiMemory::take(const char* channel, uint64_t addr, unsigned id, unsigned len, unsigned size,
                                 unsigned burst) const {
  const std::string where = std::string(channel) + " at address " + std::to_string(addr) + ": ";
  const unsigned beats = len + 1;
  if (1u << size != bytes_) violation(where + "SIZE is not " + std::to_string(bytes_) + " bytes");
  if (burst != kIncr) violation(where + "BURST is not INCR");
  if (addr % bytes_ != 0) violation(where + "not aligned to a beat");
  if (addr / kBoundary != (addr + uint64_t{beats} * bytes_ - 1) / kBoundary) violation(where + "crosses 4 KiB");
  return {addr, id, beats, 0, 0, true};
}

void AxiMemory::put(Burst& burst, const Beat& beat) {
  const bool last = burst.done + 1 == burst.beats;
  if (beat.last != last) violation(last ? "WLAST missing" : "WLAST too early");
  const uint64_t addr = burst.addr + uint64_t{burst.done} * bytes_;
  if (faulty(addr)) {
    burst.ok = false;
  } else {
    for (unsigned i = 0; i < bytes_;) {  // runs of enabled bytes
      unsigned end = i;
      while (end < bytes_ && ((beat.strobe[end / 64] >> (end % 64)) & 1) != 0) ++end;
      if (end > i) memory_.write(addr + i, beat.data.data() + i, end - i);
      i = end + 1;
    }
  }
  ++burst.done;
}

void AxiMemory::clock(const AxiMaster& master, AxiSlave& pins) {
  check_stable(master);
  before_ = master;
  pins_before_ = pins;

  // What this edge transfers.
  if (master.arvalid && pins.arready) {
    Burst burst = take("AR", master.araddr, master.arid, master.arlen, master.arsize, master.arburst);
    burst.due = now_ + latency(timing_.read_latency_min, timing_.read_latency_max);
    reads_.push_back(burst);
    ++stats_.read_bursts;
    stats_.longest_read = std::max(stats_.longest_read, burst.beats);
  }
  if (master.awvalid && pins.awready) {
    writes_.push_back(take("AW", master.awaddr, master.awid, master.awlen, master.awsize, master.awburst));
    ++stats_.write_bursts;
    stats_.longest_write = std::max(stats_.longest_write, writes_.back().beats);
  }
  if (master.wvalid && pins.wready) {
    beats_.push_back({master.wdata, master.wstrb, master.wlast});
    ++stats_.write_beats;
  }
  if (pins.bvalid && master.bready) pins.bvalid = false;
  if (pins.rvalid && master.rready) pins.rvalid = false;

  // Data that has an address goes to memory.
  while (!writes_.empty() && !beats_.empty()) {
    put(writes_.front(), beats_.front());
    beats_.pop_front();
    const Burst& burst = writes_.front();
    if (burst.done == burst.beats) {
      responses_.push_back({burst.id, burst.ok, now_ + latency(timing_.write_latency_min, timing_.write_latency_max)});
      writes_.pop_front();
    }
  }

  // What is driven from here to the next edge.
  if (!pins.bvalid && !responses_.empty() && responses_.front().due <= now_ && !stall(timing_.stall_b)) {
    pins.bvalid = true;
    pins.bid = static_cast<uint8_t>(responses_.front().id);
    pins.bresp = responses_.front().ok ? kOkay : kSlvErr;
    responses_.pop_front();
  }
  if (!pins.rvalid && !reads_.empty() && reads_.front().due <= now_ && !stall(timing_.stall_r)) {
    Burst& burst = reads_.front();
    const uint64_t addr = burst.addr + uint64_t{burst.done} * bytes_;
    const bool ok = !faulty(addr);
    if (ok)
      memory_.read(addr, pins.rdata.data(), bytes_);
    else
      pins.rdata.fill(0xee);
    ++burst.done;
    pins.rvalid = true;
    pins.rid = static_cast<uint8_t>(burst.id);
    pins.rresp = ok ? kOkay : kSlvErr;
    pins.rlast = burst.done == burst.beats;
    ++stats_.read_beats;
    if (pins.rlast) reads_.pop_front();
  }
  pins.arready = reads_.size() < timing_.max_bursts && !stall(timing_.stall_ar);
  pins.awready = writes_.size() + responses_.size() < timing_.max_bursts && !stall(timing_.stall_aw);
  pins.wready = beats_.size() < kBeatsAhead && !stall(timing_.stall_w);
  ++now_;
}

}  // namespace xesp::sim
