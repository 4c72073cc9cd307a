// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_SHELL_BENCH_H
#define XESP_TESTS_SHELL_BENCH_H

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "axi_lite.h"
#include "axi_memory.h"
#include "device_memory.h"
#include "xesp_abi.h"

class XESP_SHELL_CLASS;

namespace xesp::test {

/// This program's shell: its lanes, and the bytes of a beat of m_axi_desc.
constexpr unsigned kLanes = XESP_SHELL_LANES;
constexpr unsigned kDescBytes = kLanes > 2 ? sim::kAxiWideBytes : sim::kAxiBytes;

/// The four buffers of a run.
struct Buffers {
  uint64_t desc = 0, in = 0, out = 0, cpl = 0;
};

/// The Verilated shell with its loopback paths, the memory behind each master and the registers' master, clocked
/// together.
class ShellBench {
 public:
  explicit ShellBench(uint64_t seed, const sim::AxiTiming& timing = {});
  ~ShellBench();

  void reset();
  void step();
  /// Per cent of the clocks in which the path stands still.
  void set_path_stall(unsigned percent) { path_stall_ = percent; }

  void write(uint32_t offset, uint32_t value, uint8_t strobe = 0xf,
             sim::AxiLite::Order order = sim::AxiLite::Order::kTogether);
  uint32_t read(uint32_t offset);
  void write_args(const Buffers& buffers, uint32_t count);
  void start() { write(abi::kRegCtrl, 1); }
  /// Polls CTRL as a driver does. @throws std::runtime_error after `clocks`.
  void wait_done(uint64_t clocks = 1'000'000);
  void run(const Buffers& buffers, uint32_t count) {
    write_args(buffers, count);
    start();
    wait_done();
  }

  sim::DeviceMemory& memory() { return memory_; }
  sim::AxiMemory& desc_port() { return desc_; }
  sim::AxiMemory& data_port(unsigned lane) { return data_.at(lane).memory; }
  void set_data_timing(const sim::AxiTiming& timing);
  /// AxiMemory::set_fault() of all lanes.
  void set_data_fault(uint64_t addr, uint64_t size);
  /// Nothing that any master has asked for is unanswered.
  bool idle() const;
  uint64_t clocks() const { return clocks_; }

 private:
  struct DataPort {
    sim::AxiMemory memory;
    sim::AxiMaster master{};
    sim::AxiSlave pins{};
  };
  void finish_access();

  std::unique_ptr<XESP_SHELL_CLASS> model_;
  sim::DeviceMemory memory_;
  sim::AxiMemory desc_;
  std::vector<DataPort> data_;  // of the lanes
  sim::AxiLite lite_;
  sim::AxiMaster desc_master_;
  sim::AxiSlave desc_pins_;
  sim::LiteSlave lite_slave_;
  sim::LiteMaster lite_pins_;
  std::mt19937_64 random_;
  unsigned path_stall_ = 0;
  uint64_t clocks_ = 0;
};

}  // namespace xesp::test
#endif
