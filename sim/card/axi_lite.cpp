// SPDX-License-Identifier: Apache-2.0
#include "axi_lite.h"

namespace xesp::sim {

void AxiLite::write(uint32_t addr, uint32_t data, uint8_t strobe, Order order) {
  state_ = State::kWrite;
  order_ = order;
  addr_ = addr;
  data_ = data;
  strobe_ = strobe;
  address_done_ = data_done_ = false;
}

void AxiLite::read(uint32_t addr) {
  state_ = State::kRead;
  addr_ = addr;
  address_done_ = false;
}

void AxiLite::clock(const LiteSlave& slave, LiteMaster& pins) {
  // What this edge transfers.
  if (pins.awvalid && slave.awready) {
    pins.awvalid = false;
    address_done_ = true;
  }
  if (pins.wvalid && slave.wready) {
    pins.wvalid = false;
    data_done_ = true;
  }
  if (pins.arvalid && slave.arready) {
    pins.arvalid = false;
    address_done_ = true;
  }
  if (pins.bready && slave.bvalid) {
    pins.bready = false;
    resp_ = slave.bresp;
    state_ = State::kIdle;
  }
  if (pins.rready && slave.rvalid) {
    pins.rready = false;
    resp_ = slave.rresp;
    data_ = slave.rdata;
    state_ = State::kIdle;
  }

  // What is driven from here to the next edge.
  if (state_ == State::kWrite) {
    pins.awaddr = addr_;
    pins.wdata = data_;
    pins.wstrb = strobe_;
    if (!address_done_) pins.awvalid = pins.awvalid || order_ != Order::kDataFirst || data_done_;
    if (!data_done_) pins.wvalid = pins.wvalid || order_ != Order::kAddressFirst || address_done_;
    pins.bready = true;
  } else if (state_ == State::kRead) {
    pins.araddr = addr_;
    if (!address_done_) pins.arvalid = true;
    pins.rready = true;
  }
}

}  // namespace xesp::sim
