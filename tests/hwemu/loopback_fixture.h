// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_TESTS_LOOPBACK_FIXTURE_H
#define XESP_TESTS_LOOPBACK_FIXTURE_H

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "card_device.h"

namespace xesp::test {

/// Sets a variable for the scope; simulators started in it see it.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

/// Tests against the loopback card through real XRT, and a folder for their files.
class Loopback : public ::testing::Test {
 protected:
  Loopback() : folder_(::testing::TempDir() + "xesp-hwemu-" + std::to_string(::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Loopback() override { std::filesystem::remove_all(folder_); }

  static CardOptions options() {
    CardOptions o;
    o.xclbin = XESP_LOOPBACK_XCLBIN;
    o.hwemu_dir = XESP_HWEMU_DIR;
    return o;
  }

  std::string file(const std::string& name) const { return folder_ + "/" + name; }

  /// Descriptors and inputs of packets of these sizes, filled with bytes that depend on `seed`.
  static void fill(CardDevice& card, Direction direction, const std::vector<uint32_t>& sizes, uint32_t seed) {
    uint64_t at = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
      abi::Desc& d = card.desc(direction)[i];
      d = {};
      d.op = abi::kOpPacket;
      d.in_len = sizes[i];
      d.in_off = d.out_off = at;
      d.out_cap = (sizes[i] + 63) / 64 * 64;
      d.cookie = uint64_t{seed} << 32 | i;
      for (uint32_t byte = 0; byte < sizes[i]; ++byte) {
        card.in(direction)[at + byte] = static_cast<uint8_t>(seed * 31 + i * 7 + byte);
      }
      at += d.out_cap;
    }
  }

  /// Every packet came back, whole and in its place.
  static void expect_echo(CardDevice& card, Direction direction, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const abi::Desc& d = card.desc(direction)[i];
      const abi::Completion& done = card.completions(direction)[i];
      ASSERT_EQ(done.cookie, d.cookie) << i;
      ASSERT_EQ(done.status, abi::kOk) << i;
      ASSERT_EQ(done.out_len, d.in_len) << i;
      ASSERT_EQ(std::memcmp(card.in(direction).data() + d.in_off, card.out(direction).data() + d.out_off, d.in_len), 0)
          << i;
    }
  }

  /// The Error that `action` throws; the test fails when it throws none.
  template <typename Action>
  static Error error_of(Action&& action) {
    try {
      action();
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return {ErrorCode::kSoftware, ""};
  }

 private:
  std::string folder_;
};

constexpr std::chrono::seconds kLong{20};

}  // namespace xesp::test
#endif
