// SPDX-License-Identifier: Apache-2.0
//
// Moves signals between a Verilated model and the AXI models. Verilator makes a member of each port, so that the port's
// prefix must be spelled into the code: hence macros.
#ifndef XESP_SIM_AXI_PINS_H
#define XESP_SIM_AXI_PINS_H

#include <cstring>

#include "axi_lite.h"
#include "axi_memory.h"

/// `master` (AxiMaster) takes what the model's port `prefix` drives.
#define XESP_AXI_SAMPLE(model, prefix, master)                                       \
  do {                                                                               \
    (master).awaddr = (model).prefix##_AWADDR;                                       \
    (master).awid = (model).prefix##_AWID;                                           \
    (master).awlen = (model).prefix##_AWLEN;                                         \
    (master).awsize = (model).prefix##_AWSIZE;                                       \
    (master).awburst = (model).prefix##_AWBURST;                                     \
    (master).awvalid = (model).prefix##_AWVALID;                                     \
    (master).wvalid = (model).prefix##_WVALID;                                       \
    if ((master).wvalid)                                                             \
      std::memcpy((master).wdata.data(), (model).prefix##_WDATA.data(), 64);         \
    (master).wstrb = (model).prefix##_WSTRB;                                         \
    (master).wlast = (model).prefix##_WLAST;                                         \
    (master).bready = (model).prefix##_BREADY;                                       \
    (master).araddr = (model).prefix##_ARADDR;                                       \
    (master).arid = (model).prefix##_ARID;                                           \
    (master).arlen = (model).prefix##_ARLEN;                                         \
    (master).arsize = (model).prefix##_ARSIZE;                                       \
    (master).arburst = (model).prefix##_ARBURST;                                     \
    (master).arvalid = (model).prefix##_ARVALID;                                     \
    (master).rready = (model).prefix##_RREADY;                                       \
  } while (false)

/// The model's port `prefix` takes what `slave` (AxiSlave) drives.
#define XESP_AXI_DRIVE(model, prefix, slave)                                         \
  do {                                                                               \
    (model).prefix##_AWREADY = (slave).awready;                                      \
    (model).prefix##_WREADY = (slave).wready;                                        \
    (model).prefix##_BID = (slave).bid;                                              \
    (model).prefix##_BRESP = (slave).bresp;                                          \
    (model).prefix##_BVALID = (slave).bvalid;                                        \
    (model).prefix##_ARREADY = (slave).arready;                                      \
    (model).prefix##_RID = (slave).rid;                                              \
    (model).prefix##_RRESP = (slave).rresp;                                          \
    if ((slave).rvalid)                                                              \
      std::memcpy((model).prefix##_RDATA.data(), (slave).rdata.data(), 64);          \
    (model).prefix##_RLAST = (slave).rlast;                                          \
    (model).prefix##_RVALID = (slave).rvalid;                                        \
  } while (false)

/// `slave` (LiteSlave) takes what the model's register port `prefix` drives.
#define XESP_LITE_SAMPLE(model, prefix, slave)                                       \
  do {                                                                               \
    (slave).awready = (model).prefix##_AWREADY;                                      \
    (slave).wready = (model).prefix##_WREADY;                                        \
    (slave).bresp = (model).prefix##_BRESP;                                          \
    (slave).bvalid = (model).prefix##_BVALID;                                        \
    (slave).arready = (model).prefix##_ARREADY;                                      \
    (slave).rdata = (model).prefix##_RDATA;                                          \
    (slave).rresp = (model).prefix##_RRESP;                                          \
    (slave).rvalid = (model).prefix##_RVALID;                                        \
  } while (false)

/// The model's register port `prefix` takes what `master` (LiteMaster) drives.
#define XESP_LITE_DRIVE(model, prefix, master)                                       \
  do {                                                                               \
    (model).prefix##_AWADDR = (master).awaddr;                                       \
    (model).prefix##_AWVALID = (master).awvalid;                                     \
    (model).prefix##_WDATA = (master).wdata;                                         \
    (model).prefix##_WSTRB = (master).wstrb;                                         \
    (model).prefix##_WVALID = (master).wvalid;                                       \
    (model).prefix##_BREADY = (master).bready;                                       \
    (model).prefix##_ARADDR = (master).araddr;                                       \
    (model).prefix##_ARVALID = (master).arvalid;                                     \
    (model).prefix##_RREADY = (master).rready;                                       \
  } while (false)

#endif
