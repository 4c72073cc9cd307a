// SPDX-License-Identifier: Apache-2.0
//
// A clocked AXI4 slave of 512 or 1024 bits in front of a DeviceMemory: for benches with random stalls and latencies,
// and for the simulated card with none. It checks the master's protocol all the time and throws AxiViolation.
#ifndef XESP_SIM_AXI_MEMORY_H
#define XESP_SIM_AXI_MEMORY_H

#include <array>
#include <cstdint>
#include <deque>
#include <random>
#include <stdexcept>
#include <string>

#include "device_memory.h"

namespace xesp::sim {

constexpr unsigned kAxiBytes = 64;  ///< of a beat
constexpr unsigned kAxiWideBytes = 128;

/// What an AXI4 master drives. Names are the channels' signals. A port of 64 bytes has the first half of data and
/// strobes.
struct AxiMaster {
  uint64_t awaddr = 0;
  uint8_t awid = 0, awlen = 0, awsize = 0, awburst = 0;
  bool awvalid = false;
  std::array<uint8_t, kAxiWideBytes> wdata{};
  std::array<uint64_t, kAxiWideBytes / 64> wstrb{};
  bool wlast = false, wvalid = false;
  bool bready = false;
  uint64_t araddr = 0;
  uint8_t arid = 0, arlen = 0, arsize = 0, arburst = 0;
  bool arvalid = false;
  bool rready = false;
};

/// What an AXI4 slave drives.
struct AxiSlave {
  bool awready = false;
  bool wready = false;
  uint8_t bid = 0, bresp = 0;
  bool bvalid = false;
  bool arready = false;
  uint8_t rid = 0, rresp = 0;
  std::array<uint8_t, kAxiWideBytes> rdata{};
  bool rlast = false, rvalid = false;
};

/// The master broke a rule of the AXI4 specification (IHI 0022) or of this model; the text says which and where.
struct AxiViolation : std::logic_error {
  using std::logic_error::logic_error;
};

/// How a slave behaves. Latencies are clocks, drawn evenly from [min, max]; stalls are per cent of the clocks.
struct AxiTiming {
  unsigned read_latency_min = 0, read_latency_max = 0;    ///< address taken to first data
  unsigned write_latency_min = 0, write_latency_max = 0;  ///< last data taken to response
  unsigned stall_ar = 0, stall_r = 0, stall_aw = 0, stall_w = 0, stall_b = 0;
  unsigned max_bursts = 64;                               ///< addresses taken and not answered, each direction
};

struct AxiStats {
  uint64_t read_bursts = 0, read_beats = 0, write_bursts = 0, write_beats = 0;
  unsigned longest_read = 0, longest_write = 0;           ///< beats of a burst
};

class AxiMemory {
 public:
  /// `memory` must outlive this. `name` stands in violations. `bytes`: of a beat, kAxiBytes or kAxiWideBytes.
  AxiMemory(std::string name, DeviceMemory& memory, AxiTiming timing = {}, uint64_t seed = 1,
            unsigned bytes = kAxiBytes);

  /// One rising edge. `master` and `pins` are the values before it; `pins` is left with those after it.
  void clock(const AxiMaster& master, AxiSlave& pins);

  /// As ap_rst_n: forgets all bursts under way and the master's last signals. Memory and figures stay.
  void reset();
  void set_timing(const AxiTiming& timing) { timing_ = timing; }
  /// From here on beats that touch [addr, addr + size) are answered SLVERR and not written. Size 0: none are.
  void set_fault(uint64_t addr, uint64_t size);
  /// Nothing taken is unanswered.
  bool idle() const { return reads_.empty() && writes_.empty() && beats_.empty() && responses_.empty(); }
  const AxiStats& stats() const { return stats_; }

 private:
  struct Burst {
    uint64_t addr;
    unsigned id, beats, done;
    uint64_t due;  // reads: clock of the first data
    bool ok;       // writes: no beat has failed
  };
  struct Beat {
    std::array<uint8_t, kAxiWideBytes> data;
    std::array<uint64_t, kAxiWideBytes / 64> strobe;
    bool last;
  };
  struct Response {
    unsigned id;
    bool ok;
    uint64_t due;
  };

  void check_stable(const AxiMaster& now) const;
  Burst take(const char* channel, uint64_t addr, unsigned id, unsigned len, unsigned size, unsigned burst) const;
  void put(Burst& burst, const Beat& beat);
  bool faulty(uint64_t addr) const { return addr + bytes_ > fault_addr_ && addr < fault_addr_ + fault_size_; }
  bool stall(unsigned percent) { return percent != 0 && percent_(random_) < percent; }
  unsigned latency(unsigned min, unsigned max);
  [[noreturn]] void violation(const std::string& text) const;

  std::string name_;
  DeviceMemory& memory_;
  AxiTiming timing_;
  unsigned bytes_;
  uint64_t fault_addr_ = 0, fault_size_ = 0;
  std::mt19937_64 random_;
  std::uniform_int_distribution<unsigned> percent_{0, 99};
  uint64_t now_ = 0;
  AxiMaster before_;       // signals of the clock before, for the rule that VALID waits for READY
  AxiSlave pins_before_;
  std::deque<Burst> reads_;
  std::deque<Burst> writes_;
  std::deque<Beat> beats_;  // taken ahead of their address
  std::deque<Response> responses_;
  AxiStats stats_;
};

}  // namespace xesp::sim
#endif
