// SPDX-License-Identifier: Apache-2.0
#include "gateway_child.h"

#include <unistd.h>

#include <array>
#include <exception>
#include <utility>

#include "dataplane/dataplane.h"
#include "lossy_engine.h"

namespace xesp::test {
namespace {

constexpr uint32_t kSpiAtoB = 0x1001;
constexpr uint32_t kSpiBtoA = 0x1002;

/// The SA of one direction of travel, seen from one end.
SaConfig tunnel_sa(bool a_to_b, Direction direction, const TunnelForm& form, uint64_t seq = 0) {
  IpAddress a = IpAddress::parse(form.outer_v6 ? "2001:db8::1" : "192.0.2.1");
  IpAddress b = IpAddress::parse(form.outer_v6 ? "2001:db8::2" : "192.0.2.2");
  if (form.transport) {
    a = IpAddress::parse(form.inner_v6 ? "2001:db8:81:1::2" : "10.81.1.2");
    b = IpAddress::parse(form.inner_v6 ? "2001:db8:81:2::2" : "10.81.2.2");
  }
  std::array<uint8_t, 32> key{};
  key.fill(a_to_b ? 0xa5 : 0x5a);
  const std::array<uint8_t, 4> salt{1, 2, 3, 4};
  SaConfig sa;
  sa.direction = direction;
  if (form.transport) sa.mode = Mode::kTransport;
  sa.src = a_to_b ? a : b;
  sa.dst = a_to_b ? b : a;
  sa.spi = a_to_b ? kSpiAtoB : kSpiBtoA;
  sa.key = Secret(key);
  sa.salt = Secret(salt);
  sa.seq = seq;
  if (form.in_udp) sa.encap = UdpEncap{};
  if (form.ah) sa.proto = kProtoAh;
  sa.auth_only = form.ah;
  return sa;
}

Policy tunnel_policy(bool a_to_b, Direction direction, const TunnelForm& form) {
  const SaConfig sa = tunnel_sa(a_to_b, direction, form);
  Prefix a = Prefix::parse(form.inner_v6 ? "2001:db8:81:1::/64" : "10.81.1.0/24");
  Prefix b = Prefix::parse(form.inner_v6 ? "2001:db8:81:2::/64" : "10.81.2.0/24");
  if (!a_to_b) std::swap(a, b);
  Policy p;
  p.direction = direction;
  p.mode = sa.mode;
  p.selector = {.src = a, .dst = b};
  p.proto = sa.proto;
  p.tmpl_src = sa.src;
  p.tmpl_dst = sa.dst;
  return p;
}

class Gateway {
 public:
  Gateway(const Lab& lab, const GatewaySetup& setup)
      : out_(tunnel_sa(setup.side_a, Direction::kOut, setup.form, setup.first_seq)),
        in_(tunnel_sa(!setup.side_a, Direction::kIn, setup.form)),
        policy_out_(tunnel_policy(setup.side_a, Direction::kOut, setup.form)),
        dataplane_({.inside = "in0",
                    .outside = "out0",
                    .native = setup.native,
                    .queue = setup.queue,
                    .carry_vlans = setup.carry_vlans,
                    .mss_clamp = setup.mss_clamp,
                    .tun = setup.tun,
                    .pin_dir = lab.bpffs() + (setup.side_a ? "/a" : "/b")},
                   engine_) {
    dataplane_.set_policy(policy_out_);
    dataplane_.set_policy(tunnel_policy(!setup.side_a, Direction::kIn, setup.form));
    dataplane_.add_inbound(in_, engine_.install(in_));
    const SaHandle out = engine_.install(out_);
    dataplane_.add_outbound(out_, out);
    dataplane_.bind_out(policy_out_, out);
    dataplane_.start();
  }

  std::string answer(char command) {
    switch (command) {
      case 'o':
        dataplane_.bind_out(policy_out_, std::nullopt);
        return "done";
      case 'i':
        dataplane_.remove_inbound(in_);
        return "done";
      case 'x':
        engine_.lose();
        return "done";
      default: {
        nlohmann::json counters = dataplane_.counters();
        counters["fault"] = dataplane_.fault();
        return counters.dump();
      }
    }
  }

 private:
  LossyEngine engine_;
  SaConfig out_;
  SaConfig in_;
  Policy policy_out_;
  Dataplane dataplane_;
};

void say(int socket, const std::string& line) {
  const std::string text = line + "\n";
  if (write(socket, text.data(), text.size()) < 0) _exit(1);
}

}  // namespace

void run_gateway(const Lab& lab, const GatewaySetup& setup, int socket) {
  try {
    enter_namespace(lab.name_of(setup.side_a ? "gwA" : "gwB"));
    Gateway gateway(lab, setup);
    say(socket, "ready");
    for (char command; read(socket, &command, 1) == 1;) say(socket, gateway.answer(command));
  } catch (const std::exception& e) {
    say(socket, e.what());
  }
}

}  // namespace xesp::test
