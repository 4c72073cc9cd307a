// SPDX-License-Identifier: Apache-2.0
#include "dataplane/inbound_check.h"

#include <gtest/gtest.h>

#include <array>

namespace xesp::dataplane {
namespace {

using Packet = std::array<uint8_t, 20>;

constexpr SaHandle kHandle{.index = 4, .generation = 2};
// 10.2.0.1 -> 10.1.0.1, UDP
constexpr Packet kPacket{0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0, 10, 2, 0, 1, 10, 1, 0, 1};

SaConfig inbound_sa() {
  SaConfig sa;
  sa.direction = Direction::kIn;
  sa.src = IpAddress::parse("192.0.2.2");
  sa.dst = IpAddress::parse("192.0.2.1");
  sa.spi = 0x100;
  sa.reqid = 7;
  return sa;
}

Policy inbound_policy(PolicyAction action) {
  Policy p;
  p.direction = Direction::kIn;
  p.action = action;
  p.selector = {Prefix::parse("10.2.0.0/16"), Prefix::parse("10.1.0.0/16"), 0};
  p.tmpl_src = IpAddress::parse("192.0.2.2");
  p.tmpl_dst = IpAddress::parse("192.0.2.1");
  return p;
}

bool allowed_under(const Policy& policy) {
  SpdTable spd;
  spd.put(policy, 1);
  InboundCheck check;
  check.add(inbound_sa(), kHandle);
  check.set_policies(spd);
  return check.allows(kHandle, kPacket);
}

TEST(InboundCheck, AnSaWithoutSelectorOrPolicyTakesAll) {
  InboundCheck check;
  check.add(inbound_sa(), kHandle);
  EXPECT_TRUE(check.allows(kHandle, kPacket));
}

TEST(InboundCheck, ASelectorMustFit) {
  InboundCheck check;
  SaConfig sa = inbound_sa();
  sa.selector = Selector{Prefix::parse("10.2.0.0/16"), Prefix::parse("10.1.0.0/16"), 0};
  check.add(sa, kHandle);
  EXPECT_TRUE(check.allows(kHandle, kPacket));
  sa.selector->src = Prefix::parse("10.3.0.0/16");
  check.add(sa, kHandle);
  EXPECT_FALSE(check.allows(kHandle, kPacket));
}

TEST(InboundCheck, ThePolicyMustTakeThisSa) {
  EXPECT_TRUE(allowed_under(inbound_policy(PolicyAction::kProtect)));
  EXPECT_FALSE(allowed_under(inbound_policy(PolicyAction::kBypass)));
  EXPECT_FALSE(allowed_under(inbound_policy(PolicyAction::kDiscard)));
  Policy other = inbound_policy(PolicyAction::kProtect);
  other.reqid = 8;
  EXPECT_FALSE(allowed_under(other)) << "another SA's traffic";
}

TEST(InboundCheck, AnUnknownOrRemovedSaTakesNothing) {
  InboundCheck check;
  EXPECT_FALSE(check.allows(kHandle, kPacket));
  check.add(inbound_sa(), kHandle);
  EXPECT_FALSE(check.allows({.index = kHandle.index, .generation = 1}, kPacket));
  check.remove(inbound_sa());
  EXPECT_FALSE(check.allows(kHandle, kPacket));
}

}  // namespace
}  // namespace xesp::dataplane
