// SPDX-License-Identifier: Apache-2.0
#include "shell_bench.h"

#include <stdexcept>
#include <string>

#include "Vshell_loopback.h"
#include "axi_pins.h"

namespace xesp::test {

ShellBench::ShellBench(uint64_t seed, const sim::AxiTiming& timing)
    : model_(std::make_unique<Vshell_loopback>()),
      desc_("m_axi_desc", memory_, timing, seed),
      data_("m_axi_data", memory_, timing, seed + 1),
      random_(seed + 2) {
  reset();
}

ShellBench::~ShellBench() {
  model_->final();
}

void ShellBench::reset() {
  desc_.reset();
  data_.reset();
  desc_pins_ = data_pins_ = {};
  lite_ = {};
  lite_pins_ = {};
  model_->ap_rst_n = 0;
  for (int i = 0; i < 5; ++i) step();
  model_->ap_rst_n = 1;
}

void ShellBench::step() {
  Vshell_loopback& m = *model_;
  // Settle with the inputs of this clock, look, and give the edge.
  m.stall = path_stall_ != 0 && random_() % 100 < path_stall_;
  XESP_AXI_DRIVE(m, m_axi_desc, desc_pins_, 0);
  XESP_AXI_DRIVE(m, m_axi_data, data_pins_, 0);
  XESP_LITE_DRIVE(m, s_axi_control, lite_pins_);
  m.ap_clk = 0;
  m.eval();
  const bool reset = m.ap_rst_n == 0;
  XESP_AXI_SAMPLE(m, m_axi_desc, desc_master_, 0);
  XESP_AXI_SAMPLE(m, m_axi_data, data_master_, 0);
  XESP_LITE_SAMPLE(m, s_axi_control, lite_slave_);
  m.ap_clk = 1;
  m.eval();
  if (!reset) {
    desc_.clock(desc_master_, desc_pins_);
    data_.clock(data_master_, data_pins_);
    lite_.clock(lite_slave_, lite_pins_);
  }
  ++clocks_;
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
