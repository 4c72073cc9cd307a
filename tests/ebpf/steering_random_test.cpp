// SPDX-License-Identifier: Apache-2.0
// xespd's own reading of packets and policies against the program's, on frames with errors.
#include <algorithm>
#include <random>

#include "dataplane/ip_packet.h"
#include "steering_fixture.h"

namespace xesp::test {
namespace {

using SteeringRandom = SteeringFixture;

constexpr int kFrames = 20000;
constexpr size_t kLinkBytes = 14;

std::vector<Bytes> seeds() {
  const Bytes ports = udp_payload(53, Bytes(8));
  return {
      Ipv4Frame{}.build(),
      Ipv4Frame{.protocol = 17, .header_words = 7, .payload = ports, .padding = 6}.build(),
      Ipv4Frame{.protocol = 6, .fragment = 185, .payload = ports}.build(),
      Ipv6Frame{.protocol = 17, .payload = ports, .padding = 6}.build(),
      Ipv6Frame{.protocol = 17, .extensions = {extension(0), extension(43, 1), extension(60)}, .payload = ports}
          .build(),
      Ipv6Frame{.protocol = 6, .extensions = {fragment_header(1), extension(60)}, .payload = ports}.build(),
      Ipv6Frame{.protocol = 6, .extensions = {extension(60), fragment_header(8)}, .payload = ports}.build(),
      Ipv6Frame{.extensions = std::vector<Extension>(XESP_MAX_EXTENSIONS, extension(60))}.build(),
      Ipv6Frame{.extensions = std::vector<Extension>(XESP_MAX_EXTENSIONS + 1, extension(60))}.build(),
  };
}

/// What the program should count for a frame without tags, going out.
xesp_steer_counter expected_of(const Bytes& frame, const dataplane::PolicyStore& policies, const Policy& bound) {
  const bool v6 = frame[12] == 0x86;
  if (frame.size() <= kLinkBytes || frame[kLinkBytes] >> 4 != (v6 ? 6 : 4)) return XESP_STEER_DROP_MALFORMED;
  const auto fields = dataplane::read_ip(std::span(frame).subspan(kLinkBytes));
  if (!fields) return XESP_STEER_DROP_MALFORMED;
  const Policy* policy = policies.policies(Direction::kOut).match(*fields);
  if (!policy) return XESP_STEER_PASS_NO_POLICY;
  if (policy->action == PolicyAction::kBypass) return XESP_STEER_PASS_BYPASS;
  if (policy->action == PolicyAction::kDiscard) return XESP_STEER_DROP_DISCARD;
  return policy->same_entry(bound) ? XESP_STEER_PROTECT : XESP_STEER_DROP_NO_SA_OUT;
}

TEST_F(SteeringRandom, ProgramAndDaemonReadAlike) {
  for (const auto& [src, dst] : {std::pair("10.0.0.0/8", "10.0.0.0/8"), {"2001:db8::/32", "2001:db8::/32"}}) {
    Policy p = policy(Direction::kOut, src, dst, PolicyAction::kBypass, 17);
    p.selector.dst_port = 53;
    policies->set(p);
    policies->set(policy(Direction::kOut, src, dst, PolicyAction::kDiscard, 60));
  }
  policies->remove(policy(Direction::kOut, "10.1.0.0/16", "10.2.0.0/16", PolicyAction::kProtect));
  policies->remove(policy(Direction::kOut, "2001:db8:1::/48", "2001:db8:2::/48", PolicyAction::kProtect));
  Policy bound = policy(Direction::kOut, "2001:db8:1::/48", "2001:db8:2::/48", PolicyAction::kProtect, 6);
  bound.selector.dst_port = 53;
  policies->set(bound);
  policies->bind(bound, kOutSa6);

  std::mt19937 random(5);
  const auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
  const std::vector<Bytes> whole = seeds();
  std::array<uint64_t, XESP_STEER_COUNT> seen{};
  for (int i = 0; i < kFrames; ++i) {
    Bytes frame = whole[pick(whole.size())];
    for (size_t errors = pick(4); errors > 0; --errors)
      frame[kLinkBytes + pick(std::min<size_t>(frame.size() - kLinkBytes, 96))] = static_cast<uint8_t>(
          pick(2) ? std::array{0, 6, 17, 43, 44, 58, 60, 1}[pick(8)] : static_cast<int>(pick(256)));
    if (pick(8) == 0) frame.resize(kLinkBytes + pick(frame.size() - kLinkBytes));
    const Outcome got = run(Side::kInside, frame);
    const auto counted = static_cast<xesp_steer_counter>(std::ranges::find(got.counted, 1u) - got.counted.begin());
    ++seen[counted];
    if (counted == XESP_STEER_PASS_IKE || counted == XESP_STEER_PASS_NEIGHBOUR) continue;
    const xesp_steer_counter told = counted == XESP_STEER_DROP_EXTENSIONS ? XESP_STEER_DROP_MALFORMED : counted;
    ASSERT_EQ(told, expected_of(frame, *policies, bound)) << "frame " << i << ": " << testing::PrintToString(frame);
  }
  for (const auto counter : {XESP_STEER_PROTECT, XESP_STEER_PASS_BYPASS, XESP_STEER_DROP_DISCARD,
                             XESP_STEER_PASS_NO_POLICY, XESP_STEER_DROP_MALFORMED, XESP_STEER_DROP_EXTENSIONS})
    EXPECT_GT(seen[counter], 50u) << "counter " << counter << ": the frames do not reach it";
}

}  // namespace
}  // namespace xesp::test
