// SPDX-License-Identifier: Apache-2.0
#include "shell_bench.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include XESP_SHELL_HEADER
#include "axi_pins.h"

namespace xesp::test {

ShellBench::ShellBench(uint64_t seed, const sim::AxiTiming& timing)
    : model_(std::make_unique<XESP_SHELL_CLASS>()),
      desc_("m_axi_desc", memory_, timing, seed, kDescBytes),
      random_(seed + 1) {
  for (unsigned i = 0; i < kLanes; ++i)
    data_.push_back({sim::AxiMemory("m_axi_data_" + std::to_string(i), memory_, timing, seed + 2 + i)});
  reset();
}

ShellBench::~ShellBench() {
  model_->final();
}

void ShellBench::reset() {
  desc_.reset();
  desc_pins_ = {};
  for (DataPort& port : data_) {
    port.memory.reset();
    port.pins = {};
  }
  lite_ = {};
  lite_pins_ = {};
  model_->ap_rst_n = 0;
  for (int i = 0; i < 5; ++i) step();
  model_->ap_rst_n = 1;
}

void ShellBench::step() {
  XESP_SHELL_CLASS& m = *model_;
  // Settle with the inputs of this clock, look, and give the edge.
  m.stall = 0;
  for (unsigned i = 0; i < kLanes; ++i) {
    if (path_stall_ != 0 && random_() % 100 < path_stall_) m.stall |= 1u << i;
    XESP_AXI_DRIVE(m, m_axi_data, data_[i].pins, i, sim::kAxiBytes);
  }
  XESP_AXI_DRIVE(m, m_axi_desc, desc_pins_, 0, kDescBytes);
  XESP_LITE_DRIVE(m, s_axi_control, lite_pins_);
  m.ap_clk = 0;
  m.eval();
  const bool reset = m.ap_rst_n == 0;
  XESP_AXI_SAMPLE(m, m_axi_desc, desc_master_, 0, kDescBytes);
  for (unsigned i = 0; i < kLanes; ++i) XESP_AXI_SAMPLE(m, m_axi_data, data_[i].master, i, sim::kAxiBytes);
  XESP_LITE_SAMPLE(m, s_axi_control, lite_slave_);
  m.ap_clk = 1;
  m.eval();
  if (!reset) {
    desc_.clock(desc_master_, desc_pins_);
    for (DataPort& port : data_) port.memory.clock(port.master, port.pins);
    lite_.clock(lite_slave_, lite_pins_);
  }
  ++clocks_;
}

void ShellBench::set_data_timing(const sim::AxiTiming& timing) {
  for (DataPort& port : data_) port.memory.set_timing(timing);
}

void ShellBench::set_data_fault(uint64_t addr, uint64_t size) {
  for (DataPort& port : data_) port.memory.set_fault(addr, size);
}

bool ShellBench::idle() const {
  return desc_.idle() && std::all_of(data_.begin(), data_.end(), [](const DataPort& p) { return p.memory.idle(); });
}

void ShellBench::finish_access() {
  for (int i = 0; lite_.busy(); ++i) {
    if (i > 1000) throw std::runtime_error("no answer on s_axi_control");
    step();
  }
  if (lite_.resp() != 0) throw std::runtime_error("s_axi_control answered other than OKAY");
}

void ShellBench::write(uint32_t offset, uint32_t value, uint8_t strobe, sim::AxiLite::Order order) {
  lite_.write(offset, value, strobe, order);
  finish_access();
}

uint32_t ShellBench::read(uint32_t offset) {
  lite_.read(offset);
  finish_access();
  return lite_.data();
}

void ShellBench::write_args(const Buffers& b, uint32_t count) {
  const uint64_t pointers[] = {b.desc, b.in, b.out, b.cpl};
  const uint32_t offsets[] = {abi::kRegArgDesc, abi::kRegArgIn, abi::kRegArgOut, abi::kRegArgCpl};
  for (int i = 0; i < 4; ++i) {
    write(offsets[i], static_cast<uint32_t>(pointers[i]));
    write(offsets[i] + 4, static_cast<uint32_t>(pointers[i] >> 32));
  }
  write(abi::kRegArgCount, count);
}

void ShellBench::wait_done(uint64_t clocks) {
  const uint64_t limit = clocks_ + clocks;
  while ((read(abi::kRegCtrl) & 2) == 0) {
    if (clocks_ > limit) throw std::runtime_error("the run does not end");
    for (int i = 0; i < 20; ++i) step();
  }
}

}  // namespace xesp::test
