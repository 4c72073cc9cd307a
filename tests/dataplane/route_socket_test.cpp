// SPDX-License-Identifier: Apache-2.0
// Questions to the running kernel whose answers can't be read.
#include "dataplane/route_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace {

int failures_left = 0, failure = 0;

}  // namespace

// In place of the C library's, also for libmnl: the answer stays in the socket, as after a signal.
extern "C" ssize_t recvmsg(int fd, msghdr* message, int flags) {
  if (failures_left > 0) {
    --failures_left;
    errno = failure;
    return -1;
  }
  return syscall(SYS_recvmsg, fd, message, flags);
}

namespace xesp::dataplane {
namespace {

constexpr int kForAQuestion = 100;  // more than a question is tried

const IpAddress kHere = IpAddress::parse("127.0.0.1");
const IpAddress kNowhere = IpAddress::parse("240.0.0.1");

class RouteSocketTest : public testing::Test {
 protected:
  void TearDown() override { failures_left = 0; }

  static void fail(int times, int error) {
    failures_left = times;
    failure = error;
  }
  static bool is_local(const std::optional<Route>& route) { return route && route->local; }

  RouteSocket socket_;
};

TEST_F(RouteSocketTest, LateAnswerIsNotTheNextOnes) {
  ASSERT_TRUE(is_local(socket_.route(kHere)));
  ASSERT_FALSE(is_local(socket_.route(kNowhere)));
  for (const int error : {EINTR, ENOBUFS, EIO}) {
    fail(kForAQuestion, error);
    EXPECT_FALSE(socket_.route(kNowhere));
    EXPECT_LT(failures_left, kForAQuestion);
    failures_left = 0;
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(is_local(socket_.route(kHere))) << error;
      EXPECT_FALSE(is_local(socket_.route(kNowhere))) << error;
    }
  }
}

TEST_F(RouteSocketTest, OneFailureIsMadeUpFor) {
  for (const int error : {EINTR, ENOBUFS, EIO}) {
    fail(1, error);
    EXPECT_TRUE(is_local(socket_.route(kHere))) << error;
    EXPECT_EQ(failures_left, 0);
  }
}

}  // namespace
}  // namespace xesp::dataplane
