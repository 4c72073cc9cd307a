// SPDX-License-Identifier: Apache-2.0
// What CardDevice says when it can't have a card: the right class, and words that name the cause.
#include <xclbin.h>

#include <fstream>
#include <iterator>

#include "loopback_fixture.h"

namespace xesp::test {
namespace {

class OpenErrors : public Loopback {
 protected:
  static std::string loopback_bytes() {
    std::ifstream in(XESP_LOOPBACK_XCLBIN, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  CardOptions with_xclbin(const std::string& bytes) {
    CardOptions o = options();
    o.xclbin = file("test.xclbin");
    std::ofstream(o.xclbin, std::ios::binary) << bytes;
    return o;
  }
  static void expect_error(const CardOptions& o, ErrorCode code, const std::string& words) {
    const Error error = error_of([&] { CardDevice card(o); });
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
};

TEST_F(OpenErrors, NoXclbin) {
  CardOptions o = options();
  o.xclbin = file("none.xclbin");
  expect_error(o, ErrorCode::kNoInput, "can't read xclbin " + o.xclbin);
}

TEST_F(OpenErrors, Garbage) {
  expect_error(with_xclbin(""), ErrorCode::kData, "not an xclbin");
  expect_error(with_xclbin("#!/bin/sh\nexit 0\n"), ErrorCode::kData, "not an xclbin");
  expect_error(with_xclbin(std::string("xclbin2\0", 8) + std::string(4096, '\xff')), ErrorCode::kData, "test.xclbin");
}

TEST_F(OpenErrors, Truncated) {
  const std::string whole = loopback_bytes();
  for (const size_t size : {size_t{100}, size_t{460}, size_t{600}, whole.size() / 2, whole.size() - 1}) {
    expect_error(with_xclbin(whole.substr(0, size)), ErrorCode::kData, "truncated");
  }
}

TEST_F(OpenErrors, AnotherKernel) {
  std::string bytes = loopback_bytes();
  for (size_t at = bytes.find("xesp_in"); at != std::string::npos; at = bytes.find("xesp_in", at)) {
    bytes.replace(at, 7, "vadd_in");
  }
  expect_error(with_xclbin(bytes), ErrorCode::kData, "no compute unit of kernel xesp_in");
}

TEST_F(OpenErrors, EmulationNotSetUp) {
  CardOptions o = options();
  o.hwemu_dir.clear();
  expect_error(o, ErrorCode::kUnavailable, "for hw_emu");
}

TEST_F(OpenErrors, CardXclbinUnderEmulation) {
  std::string bytes = loopback_bytes();
  auto* top = reinterpret_cast<axlf*>(bytes.data());
  ASSERT_EQ(top->m_header.m_mode, XCLBIN_HW_EMU);
  top->m_header.m_mode = XCLBIN_PR;
  expect_error(with_xclbin(bytes), ErrorCode::kData, "for a card");
}

TEST_F(OpenErrors, NotAnEmulationFolder) {
  CardOptions o = options();
  o.hwemu_dir = file("");
  expect_error(o, ErrorCode::kNoInput, "emconfig.json");
}

TEST_F(OpenErrors, NoWorker) {
  CardOptions o = options();
  o.worker = file("no-worker");
  expect_error(o, ErrorCode::kOs, "no-worker");
}

// Without emulation XRT looks for real cards; hw_emu itself takes any index.
TEST_F(OpenErrors, NoCardInTheMachine) {
  if (std::filesystem::exists("/sys/bus/pci/drivers/xocl")) GTEST_SKIP() << "this machine has a card's driver";
  std::string bytes = loopback_bytes();
  reinterpret_cast<axlf*>(bytes.data())->m_header.m_mode = XCLBIN_PR;
  CardOptions o = with_xclbin(bytes);
  o.hwemu_dir.clear();
  expect_error(o, ErrorCode::kUnavailable, "no XRT device 0");
}

TEST_F(OpenErrors, CapacityOutOfRange) {
  CardOptions o = options();
  o.descriptors = abi::kMaxBatch + 1;
  expect_error(o, ErrorCode::kUsage, "4096");
}

TEST_F(OpenErrors, AnotherAbi) {
  constexpr uint32_t kNextMajor = (abi::kVersion >> 16) + 1;
  const Variable version("XESP_LOOPBACK_VERSION", std::to_string(kNextMajor << 16).c_str());
  expect_error(options(), ErrorCode::kData, "ABI " + std::to_string(kNextMajor) + ".0");
}

TEST_F(OpenErrors, ANewerMinorIsTaken) {
  constexpr uint32_t kMajor = abi::kVersion >> 16, kNewer = (abi::kVersion & 0xffff) + 7;
  const Variable version("XESP_LOOPBACK_VERSION", std::to_string(kMajor << 16 | kNewer).c_str());
  const std::string wanted = "ABI " + std::to_string(kMajor) + "." + std::to_string(kNewer);
  EXPECT_NE(CardDevice(options()).description().find(wanted), std::string::npos);
}

TEST_F(OpenErrors, AnotherCapacity) {
  const Variable capacity("XESP_LOOPBACK_CAPACITY", "65");
  expect_error(options(), ErrorCode::kData, "XESP_SA_INDEX_BITS");
}

TEST_F(OpenErrors, AnotherMagic) {
  const Variable magic("XESP_LOOPBACK_MAGIC", "0x12345678");
  expect_error(options(), ErrorCode::kData, "0x12345678");
}

TEST_F(OpenErrors, OffTheBus) {
  const Variable magic("XESP_LOOPBACK_MAGIC", "0xffffffff");
  expect_error(options(), ErrorCode::kIo, "all ones");
}

}  // namespace
}  // namespace xesp::test
