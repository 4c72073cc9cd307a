// SPDX-License-Identifier: Apache-2.0
//
// A clocked AXI4-Lite master, one access at a time: how benches and the simulated card reach the registers.
#ifndef XESP_SIM_AXI_LITE_H
#define XESP_SIM_AXI_LITE_H

#include <cstdint>

namespace xesp::sim {

/// What an AXI4-Lite master drives.
struct LiteMaster {
  uint32_t awaddr = 0, wdata = 0, araddr = 0;
  uint8_t wstrb = 0xf;
  bool awvalid = false, wvalid = false, bready = false, arvalid = false, rready = false;
};

/// What an AXI4-Lite slave drives.
struct LiteSlave {
  bool awready = false, wready = false, bvalid = false, arready = false, rvalid = false;
  uint8_t bresp = 0, rresp = 0;
  uint32_t rdata = 0;
};

class AxiLite {
 public:
  /// The order in which a write's address and data are offered.
  enum class Order : uint8_t { kTogether, kAddressFirst, kDataFirst };

  /// Begin an access; busy() until it has its response.
  void write(uint32_t addr, uint32_t data, uint8_t strobe = 0xf, Order order = Order::kTogether);
  void read(uint32_t addr);
  bool busy() const { return state_ != State::kIdle; }
  /// Of the last access.
  uint32_t data() const { return data_; }
  uint8_t resp() const { return resp_; }

  /// One rising edge: `slave` and `pins` are the values before it; `pins` is left with those after it.
  void clock(const LiteSlave& slave, LiteMaster& pins);

 private:
  enum class State : uint8_t { kIdle, kWrite, kRead };
  State state_ = State::kIdle;
  Order order_ = Order::kTogether;
  uint32_t addr_ = 0, data_ = 0;
  uint8_t strobe_ = 0xf, resp_ = 0;
  bool address_done_ = false, data_done_ = false;
};

}  // namespace xesp::sim
#endif
