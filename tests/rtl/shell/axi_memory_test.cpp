// SPDX-License-Identifier: Apache-2.0
//
// The AXI memory model must refuse what a master may not do: a checker that never fails proves nothing.
#include "axi_memory.h"

#include <gtest/gtest.h>

namespace xesp::sim {
namespace {

class AxiMemoryTest : public testing::Test {
 protected:
  AxiMemoryTest() : axi_("port", memory_) {
    axi_.clock(master_, pins_);  // READY comes up
  }
  void address(uint64_t addr, unsigned beats) {
    master_.awaddr = addr;
    master_.awlen = static_cast<uint8_t>(beats - 1);
    master_.awsize = 6;
    master_.awburst = 1;
    master_.awvalid = true;
  }
  void data(uint64_t strobe, bool last) {
    master_.wdata.fill(0x5a);
    master_.wstrb = {strobe};
    master_.wlast = last;
    master_.wvalid = true;
  }
  void clock() { axi_.clock(master_, pins_); }

  DeviceMemory memory_;
  AxiMemory axi_;
  AxiMaster master_;
  AxiSlave pins_;
};

TEST_F(AxiMemoryTest, WritesEnabledBytesOnly) {
  address(0x1000, 1);
  data(0xf0, true);
  clock();
  uint8_t bytes[8];
  memory_.read(0x1000, bytes, 8);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(bytes[i], i < 4 ? 0 : 0x5a);
  EXPECT_TRUE(pins_.bvalid);
  EXPECT_EQ(pins_.bresp, 0);
}

TEST_F(AxiMemoryTest, ABeatMayHave128Bytes) {
  AxiMemory wide("wide", memory_, {}, 1, kAxiWideBytes);
  wide.clock(master_, pins_);
  address(0x1f80, 1);
  EXPECT_THROW(wide.clock(master_, pins_), AxiViolation) << "a narrow burst";
  wide.reset();
  address(0x1f80, 1);
  master_.awsize = 7;
  data(1, true);
  master_.wstrb[1] = uint64_t{1} << 63;
  wide.clock(master_, pins_);
  uint8_t bytes[128];
  memory_.read(0x1f80, bytes, 128);
  for (int i = 0; i < 128; ++i) EXPECT_EQ(bytes[i], i == 0 || i == 127 ? 0x5a : 0) << i;
  address(0x1f80, 2);
  master_.awsize = 7;
  EXPECT_THROW(wide.clock(master_, pins_), AxiViolation) << "across 4 KiB";
}

TEST_F(AxiMemoryTest, RefusesABurstAcross4KiB) {
  address(0x1fc0, 2);
  EXPECT_THROW(clock(), AxiViolation);
}

TEST_F(AxiMemoryTest, RefusesEarlyAndMissingLast) {
  address(0x1000, 2);
  data(~0ull, true);
  EXPECT_THROW(clock(), AxiViolation);

  axi_.reset();
  pins_ = {};
  master_ = {};
  clock();
  address(0x1000, 1);
  data(~0ull, false);
  EXPECT_THROW(clock(), AxiViolation);
}

TEST_F(AxiMemoryTest, RefusesNarrowUnalignedAndWrappingBursts) {
  address(0x1000, 1);
  master_.awsize = 5;
  EXPECT_THROW(clock(), AxiViolation);
  axi_.reset();
  address(0x1020, 1);
  EXPECT_THROW(clock(), AxiViolation);
  axi_.reset();
  address(0x1000, 1);
  master_.awburst = 2;
  EXPECT_THROW(clock(), AxiViolation);
}

TEST_F(AxiMemoryTest, RefusesAValidThatDoesNotWait) {
  axi_.set_timing({.stall_aw = 100, .stall_w = 100});
  clock();
  address(0x1000, 1);
  clock();
  master_.awvalid = false;
  EXPECT_THROW(clock(), AxiViolation);

  axi_.reset();
  master_ = {};
  data(~0ull, true);
  clock();
  master_.wdata[3] ^= 1;
  EXPECT_THROW(clock(), AxiViolation);
}

}  // namespace
}  // namespace xesp::sim
