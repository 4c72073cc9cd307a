// SPDX-License-Identifier: Apache-2.0
//
// A CardModel for each number of engines: XESP_CARD_ENGINES, the Verilated class XESP_CARD_CLASS of XESP_CARD_HEADER.
#include "card_model.h"

#include <verilated.h>

#include XESP_CARD_HEADER
#include "axi_memory.h"
#include "axi_pins.h"
#include "model_trace.h"

namespace xesp::sim {
namespace {

constexpr int kResetClocks = 16;
constexpr unsigned kEngines = XESP_CARD_ENGINES;
constexpr unsigned kDescBytes = kEngines > 2 ? kAxiWideBytes : kAxiBytes;  // two descriptors a beat

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
using DataPorts = std::array<MemoryPort, kEngines>;

class Model final : public CardModel {
 public:
  explicit Model(const VerilatedCardOptions& options)
      : context_(options.stall_seed),
        card_(&context_),
        out_desc_(port("out_m_axi_desc", options, 0, kDescBytes)),
        in_desc_(port("in_m_axi_desc", options, 2, kDescBytes)),
        out_data_(data_ports("out_m_axi_data", options, 1, std::make_index_sequence<kEngines>())),
        in_data_(data_ports("in_m_axi_data", options, 3, std::make_index_sequence<kEngines>())),
        trace_(options.trace, context_, card_) {
    card_.ap_rst_n = 0;
    for (int i = 0; i < kResetClocks; ++i) clock();
    card_.ap_rst_n = 1;
  }
  ~Model() override {
    card_.final();
    Verilated::threadContextp(&context_);  // the model's destructor uses the thread's, which may be another card's
  }

  void clock() override {
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
    out_desc_.clock();
    in_desc_.clock();
    for (MemoryPort& memory_port : out_data_) memory_port.clock();
    for (MemoryPort& memory_port : in_data_) memory_port.clock();
    for (RegisterPort& register_port : registers_) register_port.clock();
  }

 private:
  MemoryPort port(const std::string& name, const VerilatedCardOptions& options, uint64_t number, unsigned bytes) {
    return {AxiMemory(name, memory_, timing(options.stall_seed), options.stall_seed + number, bytes)};
  }
  template <size_t... I>
  DataPorts data_ports(const std::string& name, const VerilatedCardOptions& options, uint64_t number,
                       std::index_sequence<I...>) {
    return {port(kEngines == 1 ? name : name + "_" + std::to_string(I), options, number + 4 * I, kAxiBytes)...};
  }

  void drive() {
    XESP_AXI_DRIVE(card_, out_m_axi_desc, out_desc_.pins, 0, kDescBytes);
    XESP_AXI_DRIVE(card_, in_m_axi_desc, in_desc_.pins, 0, kDescBytes);
    for (unsigned i = 0; i < kEngines; ++i) {
      XESP_AXI_DRIVE(card_, out_m_axi_data, out_data_[i].pins, i, kAxiBytes);
      XESP_AXI_DRIVE(card_, in_m_axi_data, in_data_[i].pins, i, kAxiBytes);
    }
    XESP_LITE_DRIVE(card_, out_s_axi_control, registers_[0].pins);
    XESP_LITE_DRIVE(card_, in_s_axi_control, registers_[1].pins);
  }

  void sample() {
    XESP_AXI_SAMPLE(card_, out_m_axi_desc, out_desc_.master, 0, kDescBytes);
    XESP_AXI_SAMPLE(card_, in_m_axi_desc, in_desc_.master, 0, kDescBytes);
    for (unsigned i = 0; i < kEngines; ++i) {
      XESP_AXI_SAMPLE(card_, out_m_axi_data, out_data_[i].master, i, kAxiBytes);
      XESP_AXI_SAMPLE(card_, in_m_axi_data, in_data_[i].master, i, kAxiBytes);
    }
    XESP_LITE_SAMPLE(card_, out_s_axi_control, registers_[0].slave);
    XESP_LITE_SAMPLE(card_, in_s_axi_control, registers_[1].slave);
  }

  Context context_;
  XESP_CARD_CLASS card_;
  MemoryPort out_desc_, in_desc_;
  DataPorts out_data_, in_data_;
  ModelTrace trace_;
};

}  // namespace

#if XESP_CARD_ENGINES == 1
std::unique_ptr<CardModel> make_card_model_1(const VerilatedCardOptions& options) {
  return std::make_unique<Model>(options);
}
#else
namespace {
std::unique_ptr<CardModel> make(const VerilatedCardOptions& options) {
  return std::make_unique<Model>(options);
}
[[maybe_unused]] const CardModelFactory kEntered = card_model_factory(kEngines) = make;
}  // namespace
#endif

}  // namespace xesp::sim
