// SPDX-License-Identifier: Apache-2.0
#include "steering_fixture.h"

#include <bpf/bpf.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace xesp::test {

void SteeringFixture::SetUp() {
  if (geteuid() != 0) GTEST_SKIP() << "not root: loading BPF programs needs it";
  if (unshare(CLONE_NEWNET) != 0) GTEST_SKIP() << "no network namespaces here";
  ASSERT_EQ(std::system("ip link add name veth0 type veth peer name veth1 && ip link set veth0 up"), 0);
  steering = std::make_unique<dataplane::Steering>("", XESP_DEFAULT_SAS, kernel_esp);
  policies = std::make_unique<dataplane::PolicyStore>(*steering);
  socket_ = std::make_unique<dataplane::PacketSocket>(dataplane::Interface::find("veth0"), 0,
                                                      dataplane::PacketSocket::Room{});
  // A redirect counts as done when the map has a socket; a test run sends nothing to it.
  steering->set_socket(dataplane::Steering::Side::kInside, 0, socket_->fd());
  steering->set_socket(dataplane::Steering::Side::kOutside, 0, socket_->fd());

  set_policies({"10.1.0.0/16", "10.1.7.0/24", "10.2.0.0/16", "10.2.9.0/24", "10.3.0.0/16", "10.4.0.0/16", "0.0.0.0/0"},
               kOutSa);
  set_policies({"2001:db8:1::/48", "2001:db8:1:7::/64", "2001:db8:2::/48", "2001:db8:2:9::/64", "2001:db8:3::/48",
                "2001:db8:4::/48", "::/0"},
               kOutSa6);
  steering->add_inbound(inbound("192.0.2.1", 0x1001), kInSa);
  steering->add_inbound(inbound("2001:db8::1", 0x1006), kInSa6);
  for (const char* dst : {"192.0.2.1", "2001:db8::1"}) steering->add_inbound(inbound(dst, kAhSpi, kProtoAh), kAhSa);
}

void SteeringFixture::set_policies(const Networks& n, SaHandle sa) {
  using enum PolicyAction;
  const Policy with_sa = policy(Direction::kOut, n.ours, n.peer, kProtect);
  policies->set(with_sa);
  policies->bind(with_sa, sa);
  policies->set(policy(Direction::kOut, n.ours, n.peer_without_sa, kProtect));
  policies->set(policy(Direction::kOut, n.any, n.blocked, kDiscard));
  policies->set(policy(Direction::kOut, n.any, n.open_of_peer, kBypass));
  policies->set(policy(Direction::kOut, n.part_of_ours, n.peer, kDiscard, 17));
  policies->set(policy(Direction::kIn, n.peer, n.ours, kProtect));
  policies->set(policy(Direction::kIn, n.blocked, n.any, kDiscard));
  policies->set(policy(Direction::kIn, n.open_of_peer, n.ours, kBypass));
}

SaConfig SteeringFixture::inbound(const std::string& dst, uint32_t spi, uint8_t proto) {
  SaConfig sa;
  sa.direction = Direction::kIn;
  sa.dst = IpAddress::parse(dst);
  sa.spi = spi;
  sa.proto = proto;
  return sa;
}

Policy SteeringFixture::policy(Direction direction, const std::string& src, const std::string& dst, PolicyAction action,
                               uint8_t protocol) const {
  Policy p;
  p.direction = direction;
  p.action = action;
  p.selector = {Prefix::parse(src), Prefix::parse(dst), protocol};
  p.tmpl_src = IpAddress::parse("192.0.2.1");
  p.tmpl_dst = IpAddress::parse("192.0.2.2");
  return p;
}

SteeringFixture::Outcome SteeringFixture::run(Side side, const Bytes& frame) {
  const auto before = steering->counters();
  Outcome outcome;
  outcome.frame.resize(frame.size() + 64);
  xdp_md context_in{};
  xdp_md context_out{};
  context_in.data_end = static_cast<uint32_t>(frame.size());
  bpf_test_run_opts opts{};
  opts.sz = sizeof(opts);
  opts.data_in = frame.data();
  opts.data_size_in = static_cast<uint32_t>(frame.size());
  opts.data_out = outcome.frame.data();
  opts.data_size_out = static_cast<uint32_t>(outcome.frame.size());
  opts.ctx_in = &context_in;
  opts.ctx_size_in = sizeof(context_in);
  opts.ctx_out = &context_out;
  opts.ctx_size_out = sizeof(context_out);
  const int program = side == Side::kInside ? steering->inside_program() : steering->outside_program();
  EXPECT_EQ(bpf_prog_test_run_opts(program, &opts), 0) << std::strerror(errno);
  outcome.verdict = opts.retval;
  outcome.counted = steering->counters();
  for (size_t i = 0; i < before.size(); ++i) outcome.counted[i] -= before[i];
  outcome.frame.resize(opts.data_size_out);
  return outcome;
}

void SteeringFixture::expect(Side side, const Case& c) {
  SCOPED_TRACE(c.what);
  Outcome got = run(side, c.frame);
  EXPECT_EQ(got.verdict, static_cast<uint32_t>(c.verdict));
  decltype(got.counted) expected{};
  expected[c.counted] = 1;
  EXPECT_EQ(got.counted, expected);

  // What goes to xespd has the metadata in the place of its addresses; nothing else of any frame changes.
  Bytes& out = got.frame;
  meta_.reset();
  if (c.verdict == XDP_REDIRECT && out.size() >= sizeof(xesp_meta)) {
    meta_.emplace();
    std::memcpy(&*meta_, out.data(), sizeof(xesp_meta));
    std::copy_n(c.frame.begin(), sizeof(xesp_meta), out.begin());
  }
  EXPECT_EQ(out, c.frame);
}

}  // namespace xesp::test
