// SPDX-License-Identifier: Apache-2.0
#include "verilated_card.h"

#include <verilated.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "Vxesp_card.h"
#include "axi_lite.h"
#include "axi_memory.h"
#include "axi_pins.h"
#include "model_trace.h"
#include "xesp_abi.h"

namespace xesp::sim {
namespace {

constexpr int kResetClocks = 16;
constexpr int kAccessClocks = 10'000;  // an access that isn't answered by then never is
constexpr uint32_t kApStart = 1;
constexpr uint32_t kApIdle = 4;

AxiTiming timing(uint64_t stall_seed) {
  if (stall_seed == 0) return {};
  AxiTiming t;
  t.read_latency_max = t.write_latency_max = 60;
  t.stall_ar = t.stall_r = t.stall_aw = t.stall_w = t.stall_b = 25;
  return t;
}

// What no reset sets starts at random, from a seed. With stalls, all streams inside the card have them too.
struct Context : VerilatedContext {
  explicit Context(uint64_t seed) {
    randReset(2);
    randSeed(static_cast<int>(seed % 0x7fff'fffe + 1));  // 0 would take the time
    const char* arguments[] = {"card", "+xesp_stream_stall=20"};
    commandArgs(seed == 0 ? 1 : 2, arguments);
  }
};

// A master of the card and the memory behind it.
struct MemoryPort {
  AxiMemory memory;
  AxiMaster master{};
  AxiSlave pins{};
  void clock() { memory.clock(master, pins); }
};

// A compute unit's register port.
struct RegisterPort {
  AxiLite access{};
  LiteSlave slave{};
  LiteMaster pins{};
  bool running = false;
  void clock() { access.clock(slave, pins); }
};

}  // namespace

class VerilatedCard::Model {
 public:
  explicit Model(const VerilatedCardOptions& options)
      : context_(options.stall_seed),
        card_(&context_),
        out_desc_(port("out_m_axi_desc", options, 0)),
        out_data_(port("out_m_axi_data", options, 1)),
        in_desc_(port("in_m_axi_desc", options, 2)),
        in_data_(port("in_m_axi_data", options, 3)),
        trace_(options.trace, context_, card_) {
    card_.ap_rst_n = 0;
    for (int i = 0; i < kResetClocks; ++i) clock();
    card_.ap_rst_n = 1;
  }
  ~Model() {
    card_.final();
    Verilated::threadContextp(&context_);  // the model's destructor uses the thread's, which may be another card's
  }

  void clock() {
    drive();
    card_.ap_clk = 0;
    card_.eval();
    trace_.dump(2 * clocks_);
    sample();
    card_.ap_clk = 1;
    card_.eval();
    trace_.dump(2 * clocks_ + 1);
    ++clocks_;
    if (card_.ap_rst_n == 0) return;
    for (MemoryPort* memory_port : {&out_desc_, &out_data_, &in_desc_, &in_data_}) memory_port->clock();
    for (RegisterPort& register_port : registers_) register_port.clock();
  }

  // Clocks until the access that has begun at `unit` is answered.
  uint32_t finish(RegisterPort& unit, uint32_t offset) {
    for (int i = 0; unit.access.busy(); ++i) {
      if (i == kAccessClocks) throw std::runtime_error("register " + std::to_string(offset) + " does not answer");
      clock();
    }
    if (unit.access.resp() != 0) throw std::runtime_error("register " + std::to_string(offset) + " answers an error");
    return unit.access.data();
  }

  RegisterPort& unit(Cu cu) { return registers_[static_cast<size_t>(cu)]; }
  bool running() const { return registers_[0].running || registers_[1].running; }
  uint64_t clocks() const { return clocks_; }
  DeviceMemory& memory() { return memory_; }

 private:
  MemoryPort port(const char* name, const VerilatedCardOptions& options, uint64_t number) {
    return {AxiMemory(name, memory_, timing(options.stall_seed), options.stall_seed + number)};
  }

  void drive() {
    XESP_AXI_DRIVE(card_, out_m_axi_desc, out_desc_.pins);
    XESP_AXI_DRIVE(card_, out_m_axi_data, out_data_.pins);
    XESP_AXI_DRIVE(card_, in_m_axi_desc, in_desc_.pins);
    XESP_AXI_DRIVE(card_, in_m_axi_data, in_data_.pins);
    XESP_LITE_DRIVE(card_, out_s_axi_control, registers_[0].pins);
    XESP_LITE_DRIVE(card_, in_s_axi_control, registers_[1].pins);
  }

  void sample() {
    XESP_AXI_SAMPLE(card_, out_m_axi_desc, out_desc_.master);
    XESP_AXI_SAMPLE(card_, out_m_axi_data, out_data_.master);
    XESP_AXI_SAMPLE(card_, in_m_axi_desc, in_desc_.master);
    XESP_AXI_SAMPLE(card_, in_m_axi_data, in_data_.master);
    XESP_LITE_SAMPLE(card_, out_s_axi_control, registers_[0].slave);
    XESP_LITE_SAMPLE(card_, in_s_axi_control, registers_[1].slave);
  }

  Context context_;
  Vxesp_card card_;
  DeviceMemory memory_;
  MemoryPort out_desc_, out_data_, in_desc_, in_data_;
  std::array<RegisterPort, kCuCount> registers_{};
  ModelTrace trace_;
  uint64_t clocks_ = 0;
};

VerilatedCardOptions VerilatedCardOptions::from_environment() {
  VerilatedCardOptions options;
  if (const char* seed = std::getenv("XESP_SIM_STALL_SEED")) {
    char* end = nullptr;
    options.stall_seed = std::strtoull(seed, &end, 0);
    if (end == seed || *end != '\0')
      throw std::runtime_error("XESP_SIM_STALL_SEED is not a number: " + std::string(seed));
  }
  if (const char* file = std::getenv("XESP_SIM_TRACE")) options.trace = file;
  return options;
}

VerilatedCard::VerilatedCard(const VerilatedCardOptions& options) : model_(std::make_unique<Model>(options)) {}
VerilatedCard::~VerilatedCard() = default;

void VerilatedCard::write_register(Cu cu, uint32_t offset, uint32_t value) {
  RegisterPort& unit = model_->unit(cu);
  unit.access.write(offset, value);
  model_->finish(unit, offset);
  if (offset == abi::kRegCtrl && (value & kApStart) != 0) unit.running = true;
}

uint32_t VerilatedCard::read_register(Cu cu, uint32_t offset) {
  RegisterPort& unit = model_->unit(cu);
  unit.access.read(offset);
  const uint32_t value = model_->finish(unit, offset);
  if (offset == abi::kRegCtrl && (value & kApIdle) != 0) unit.running = false;
  return value;
}

void VerilatedCard::step(uint32_t clocks) {
  for (uint32_t i = 0; i < clocks; ++i) model_->clock();
}

bool VerilatedCard::busy() const {
  return model_->running();
}
uint64_t VerilatedCard::clocks() const {
  return model_->clocks();
}
DeviceMemory& VerilatedCard::memory() {
  return model_->memory();
}

}  // namespace xesp::sim
