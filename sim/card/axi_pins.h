// SPDX-License-Identifier: Apache-2.0
//
// Moves signals between a Verilated model and the AXI models. Verilator makes a member of each port, so that the port's
// prefix must be spelled into the code: hence macros. A port may have several masters side by side: `n` is one of them,
// slice n of each signal. `bytes`: of its beat.
#ifndef XESP_SIM_AXI_PINS_H
#define XESP_SIM_AXI_PINS_H

#include <cstring>
#include <type_traits>

#include "axi_lite.h"
#include "axi_memory.h"

namespace xesp::sim {

/// `bits` bits of a model's signal from `bits * n` up. Those of more than 64 bits are arrays of 32-bit words, and no
/// field crosses two of these unless it has a multiple of 32 bits.
template <class Signal>
uint64_t get_slice(const Signal& signal, unsigned bits, unsigned n) {
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  if constexpr (std::is_integral_v<Signal>) {
    return n == 0 ? signal & mask : static_cast<uint64_t>(signal) >> (bits * n) & mask;
  } else {
    const unsigned at = bits * n / 32, shift = bits * n % 32;
    const uint64_t low = signal[at] >> shift;
    return (bits > 32 ? low | static_cast<uint64_t>(signal[at + 1]) << 32 : low) & mask;
  }
}

template <class Signal>
void set_slice(Signal& signal, unsigned bits, unsigned n, uint64_t value) {
  static_assert(std::is_integral_v<Signal>);
  const uint64_t mask = ((uint64_t{1} << bits) - 1) << (bits * n);
  signal = static_cast<Signal>((signal & ~mask) | (value << (bits * n) & mask));
}

}  // namespace xesp::sim

/// `master` (AxiMaster) takes what the model's port `prefix` drives.
#define XESP_AXI_SAMPLE(model, prefix, master, n, bytes)                                             \
  do {                                                                                               \
    using ::xesp::sim::get_slice;                                                                    \
    (master).awaddr = get_slice((model).prefix##_AWADDR, 64, n);                                     \
    (master).awid = static_cast<uint8_t>(get_slice((model).prefix##_AWID, 1, n));                    \
    (master).awlen = static_cast<uint8_t>(get_slice((model).prefix##_AWLEN, 8, n));                  \
    (master).awsize = static_cast<uint8_t>(get_slice((model).prefix##_AWSIZE, 3, n));                \
    (master).awburst = static_cast<uint8_t>(get_slice((model).prefix##_AWBURST, 2, n));              \
    (master).awvalid = get_slice((model).prefix##_AWVALID, 1, n) != 0;                               \
    (master).wvalid = get_slice((model).prefix##_WVALID, 1, n) != 0;                                 \
    if ((master).wvalid)                                                                             \
      std::memcpy((master).wdata.data(), &(model).prefix##_WDATA[size_t{(bytes) / 4} * (n)], bytes); \
    for (unsigned half = 0; half < (bytes) / 64; ++half)                                             \
      (master).wstrb[half] = get_slice((model).prefix##_WSTRB, 64, (bytes) / 64 * (n) + half);       \
    (master).wlast = get_slice((model).prefix##_WLAST, 1, n) != 0;                                   \
    (master).bready = get_slice((model).prefix##_BREADY, 1, n) != 0;                                 \
    (master).araddr = get_slice((model).prefix##_ARADDR, 64, n);                                     \
    (master).arid = static_cast<uint8_t>(get_slice((model).prefix##_ARID, 1, n));                    \
    (master).arlen = static_cast<uint8_t>(get_slice((model).prefix##_ARLEN, 8, n));                  \
    (master).arsize = static_cast<uint8_t>(get_slice((model).prefix##_ARSIZE, 3, n));                \
    (master).arburst = static_cast<uint8_t>(get_slice((model).prefix##_ARBURST, 2, n));              \
    (master).arvalid = get_slice((model).prefix##_ARVALID, 1, n) != 0;                               \
    (master).rready = get_slice((model).prefix##_RREADY, 1, n) != 0;                                 \
  } while (false)

/// The model's port `prefix` takes what `slave` (AxiSlave) drives.
#define XESP_AXI_DRIVE(model, prefix, slave, n, bytes)                                                                \
  do {                                                                                                                \
    using ::xesp::sim::set_slice;                                                                                     \
    set_slice((model).prefix##_AWREADY, 1, n, (slave).awready);                                                       \
    set_slice((model).prefix##_WREADY, 1, n, (slave).wready);                                                         \
    set_slice((model).prefix##_BID, 1, n, (slave).bid);                                                               \
    set_slice((model).prefix##_BRESP, 2, n, (slave).bresp);                                                           \
    set_slice((model).prefix##_BVALID, 1, n, (slave).bvalid);                                                         \
    set_slice((model).prefix##_ARREADY, 1, n, (slave).arready);                                                       \
    set_slice((model).prefix##_RID, 1, n, (slave).rid);                                                               \
    set_slice((model).prefix##_RRESP, 2, n, (slave).rresp);                                                           \
    if ((slave).rvalid) std::memcpy(&(model).prefix##_RDATA[size_t{(bytes) / 4} * (n)], (slave).rdata.data(), bytes); \
    set_slice((model).prefix##_RLAST, 1, n, (slave).rlast);                                                           \
    set_slice((model).prefix##_RVALID, 1, n, (slave).rvalid);                                                         \
  } while (false)

/// `slave` (LiteSlave) takes what the model's register port `prefix` drives.
#define XESP_LITE_SAMPLE(model, prefix, slave)  \
  do {                                          \
    (slave).awready = (model).prefix##_AWREADY; \
    (slave).wready = (model).prefix##_WREADY;   \
    (slave).bresp = (model).prefix##_BRESP;     \
    (slave).bvalid = (model).prefix##_BVALID;   \
    (slave).arready = (model).prefix##_ARREADY; \
    (slave).rdata = (model).prefix##_RDATA;     \
    (slave).rresp = (model).prefix##_RRESP;     \
    (slave).rvalid = (model).prefix##_RVALID;   \
  } while (false)

/// The model's register port `prefix` takes what `master` (LiteMaster) drives.
#define XESP_LITE_DRIVE(model, prefix, master)   \
  do {                                           \
    (model).prefix##_AWADDR = (master).awaddr;   \
    (model).prefix##_AWVALID = (master).awvalid; \
    (model).prefix##_WDATA = (master).wdata;     \
    (model).prefix##_WSTRB = (master).wstrb;     \
    (model).prefix##_WVALID = (master).wvalid;   \
    (model).prefix##_BREADY = (master).bready;   \
    (model).prefix##_ARADDR = (master).araddr;   \
    (model).prefix##_ARVALID = (master).arvalid; \
    (model).prefix##_RREADY = (master).rready;   \
  } while (false)

#endif
