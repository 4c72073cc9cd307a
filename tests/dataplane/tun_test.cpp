// SPDX-License-Identifier: Apache-2.0
#include "dataplane/tun.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>

#include "xesp/error.h"

namespace xesp::test {
namespace {

class TunDevice : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "not root: making an interface needs it";
    if (unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "no network namespaces here";
  }
};

TEST_F(TunDevice, ARemovedOneIsToldAndNotWaitedFor) {
  dataplane::Tun tun("xesp0", 1400, false);
  EXPECT_TRUE(tun.read().empty());
  EXPECT_FALSE(tun.gone()) << "an interface without packets is there";
  EXPECT_GE(tun.fd(), 0);
  ASSERT_EQ(std::system("ip link del xesp0"), 0);
  EXPECT_TRUE(tun.read().empty());
  EXPECT_TRUE(tun.gone());
  pollfd wait{.fd = tun.fd(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(poll(&wait, 1, 10), 0) << "xespd would turn without end";
  const uint8_t packet[20] = {0x45};
  EXPECT_FALSE(tun.write(packet));

  dataplane::Tun another("xesp0", 1400, false);
  EXPECT_FALSE(another.gone());
}

}  // namespace
}  // namespace xesp::test
