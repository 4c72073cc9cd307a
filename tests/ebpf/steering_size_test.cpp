// SPDX-License-Identifier: Apache-2.0
// How many inbound SAs the steering program has room for.
#include <sys/mount.h>
#include <unistd.h>

#include <cstdlib>

#include "steering_fixture.h"
#include "xesp/error.h"

namespace xesp::test {
namespace {

using dataplane::Steering;

class SteeringSize : public SteeringFixture {};

TEST_F(SteeringSize, AsManySasAsAskedForAndNotOneMore) {
  Steering small("", 2);
  small.add_inbound(inbound("192.0.2.1", 1), kInSa);
  small.add_inbound(inbound("192.0.2.1", 2), kInSa);
  small.add_inbound(inbound("192.0.2.1", 2), kInSa);  // the same again
  try {
    small.add_inbound(inbound("192.0.2.1", 3), kInSa);
    ADD_FAILURE() << "a third SA went in";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::kUnavailable);
    EXPECT_NE(std::string(e.what()).find("--inbound-sas"), std::string::npos) << e.what();
  }
  small.remove_inbound(inbound("192.0.2.1", 1));
  EXPECT_NO_THROW(small.add_inbound(inbound("192.0.2.1", 3), kInSa));
}

TEST_F(SteeringSize, MoreThanTheDefault) {
  Steering large("", XESP_DEFAULT_SAS + 2);
  SaConfig sa = inbound("192.0.2.1", 0);
  for (uint32_t i = 0; i < XESP_DEFAULT_SAS + 2; ++i) {
    sa.spi = 0x1000 + i;
    large.add_inbound(sa, kInSa);
  }
  sa.spi = 0x100;
  EXPECT_THROW(large.add_inbound(sa, kInSa), Error);
}

TEST_F(SteeringSize, TheMostLoads) {
  EXPECT_NO_THROW(Steering("", XESP_MAX_SAS));
}

TEST_F(SteeringSize, AnotherSizeTakesOverThePinnedPolicies) {
  char folder[] = "/tmp/xesp-size-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  ASSERT_EQ(mount("bpf", folder, "bpf", 0, nullptr), 0);
  {
    Steering before(folder, 10);
    dataplane::PolicyStore store(before);
    store.set(policy(Direction::kOut, "10.1.0.0/16", "10.2.0.0/16", PolicyAction::kDiscard));
  }
  {
    const Steering after(folder, 20);
    ASSERT_EQ(after.policies(Direction::kOut).size(), 1u);
    EXPECT_EQ(after.policies(Direction::kOut)[0].action, PolicyAction::kDiscard);
  }
  umount2(folder, MNT_DETACH);
  rmdir(folder);
}

}  // namespace
}  // namespace xesp::test
