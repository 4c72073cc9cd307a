// SPDX-License-Identifier: Apache-2.0
#include "dataplane.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "attached_log.h"
#include "attachment.h"
#include "drops.h"
#include "egress.h"
#include "fault.h"
#include "inbound_check.h"
#include "interface.h"
#include "ip_packet.h"
#include "link.h"
#include "link_watch.h"
#include "log.h"
#include "longest_mtu.h"
#include "outbound_sas.h"
#include "own_packets.h"
#include "path.h"
#include "path_counters.h"
#include "pin_folder.h"
#include "policy_store.h"
#include "receive_queues.h"
#include "steering.h"
#include "tun.h"

namespace xesp {

using namespace dataplane;

namespace {

std::string prepared(const std::string& pin_dir) {
  if (!pin_dir.empty()) make_pin_folder(pin_dir);
  return pin_dir;
}

Interface find(const std::string& name) {
  Interface interface = Interface::find(name);
  refuse_longer_mtu(interface);
  return interface;
}

std::string pin(const DataplaneOptions& options, const char* name) {
  return options.pin_dir.empty() ? "" : options.pin_dir + "/" + name;
}

/// So long that whatever SA a packet takes it fits.
size_t tun_mtu(size_t outside) {
  constexpr unsigned kMostOverhead = 40 + 8 + 24 + 17 + 32;  // IPv6, UDP, ESP with an IV of 16, trailer, ICV
  constexpr unsigned kLeastMtu = 1280;                       // of IPv6
  return std::max<size_t>(outside, kLeastMtu + kMostOverhead) - kMostOverhead;
}

std::unique_ptr<Tun> make_tun(const DataplaneOptions& options, const Interface& outside) {
  if (options.tun.empty()) return nullptr;
  return std::make_unique<Tun>(options.tun, tun_mtu(outside.mtu), !options.pin_dir.empty());
}

nlohmann::json describe(const Interface& interface, const Link& link, const Attachment& attachment,
                        const ReceiveQueues& queues) {
  nlohmann::json out{{"interface", interface.name},
                     {"xdp", attach_mode_name(attachment.mode())},
                     {"mtu", link.mtu()},
                     {"queues", queues.counters()}};
  if (!attachment.fallback_cause().empty()) out["not_native"] = attachment.fallback_cause();
  return out;
}

}  // namespace

/// The order is that of construction: the program is attached, with the policies it may have inherited, before anything
/// that could fail later.
struct Dataplane::Impl {
  Impl(const DataplaneOptions& options, Engine& engine)
      : mark(options.mark),
        inside(find(options.inside)),
        outside(find(options.outside)),
        link_inside(inside),
        link_outside(outside),
        steering(prepared(options.pin_dir), options.inbound_sas, options.kernel_esp),
        policies(steering),
        attached_inside(steering.inside_program(), inside, options.native, pin(options, "link_inside")),
        attached_outside(steering.outside_program(), outside, options.native, pin(options, "link_outside")),
        from_inside(inside, options.queue),
        from_outside(outside, options.queue),
        to_outside(link_outside, Tap::kOutside, from_outside.sender(), drops_out, options.carry_vlans, options.mark),
        to_inside(link_inside, Tap::kInside, from_inside.sender(), drops_in, options.carry_vlans),
        tun(make_tun(options, outside)),
        shared{engine, check, outbound, own, to_inside, to_outside, tun.get(), options.mss_clamp},
        path_out(Direction::kOut, options.batch, from_inside, to_outside, shared, drops_out),
        path_in(Direction::kIn, options.batch, from_outside, to_inside, shared, drops_in),
        watch({&link_inside, &link_outside}, [this](const Link& link) { follow(link); }) {
    tell_policies(Direction::kIn);
    tell_policies(Direction::kOut);
  }

  /// The link's MTU has changed.
  void follow(const Link& link) const {
    if (&link != &link_outside || !tun || tun->gone()) return;
    if (!tun->set_mtu(tun_mtu(link.mtu()))) log_of("dataplane")->warn("{}: can't set the MTU", tun->name());
  }

  void tell_policies(Direction direction) {
    const SpdTable& now = policies.policies(direction);
    direction == Direction::kIn ? check.set_policies(now) : outbound.set_policies(now);
  }

  uint32_t mark;
  Interface inside;
  Interface outside;
  Link link_inside;
  Link link_outside;
  Steering steering;
  PolicyStore policies;
  Attachment attached_inside;
  Attachment attached_outside;
  ReceiveQueues from_inside;
  ReceiveQueues from_outside;
  PathCounters counters_out;
  PathCounters counters_in;
  Tap tap;
  Drops drops_out{Direction::kOut, counters_out, tap};
  Drops drops_in{Direction::kIn, counters_in, tap};
  Egress to_outside;
  Egress to_inside;
  InboundCheck check;
  OutboundSas outbound;
  OwnPackets own;
  std::unique_ptr<Tun> tun;
  Path::Shared shared;
  Path path_out;
  Path path_in;
  Fault fault;
  std::jthread thread_out;
  std::jthread thread_in;
  LinkWatch watch;
};

Dataplane::Dataplane(const DataplaneOptions& options, Engine& engine)
    : impl_(std::make_unique<Impl>(options, engine)) {}

Dataplane::~Dataplane() {
  stop();
}

void Dataplane::start() {
  Impl& d = *impl_;
  d.fault.check();
  tell_attached("inside", d.inside, d.attached_inside);
  tell_attached("outside", d.outside, d.attached_outside);
  tell_inherited(d.policies.inherited());
  d.thread_out = std::jthread([&d](const std::stop_token& stop) { d.path_out.run(stop, d.fault); });
  d.thread_in = std::jthread([&d](const std::stop_token& stop) { d.path_in.run(stop, d.fault); });
  for (const auto& queue : d.from_inside.queues())
    d.steering.set_socket(Steering::Side::kInside, queue.number, queue.fd);
  for (const auto& queue : d.from_outside.queues())
    d.steering.set_socket(Steering::Side::kOutside, queue.number, queue.fd);
}

void Dataplane::stop() noexcept {
  Impl& d = *impl_;
  for (const auto& queue : d.from_inside.queues()) d.steering.clear_socket(Steering::Side::kInside, queue.number);
  for (const auto& queue : d.from_outside.queues()) d.steering.clear_socket(Steering::Side::kOutside, queue.number);
  d.thread_out = {};  // asks it to stop and waits
  d.thread_in = {};
}

void Dataplane::set_policy(const Policy& policy) {
  impl_->fault.check();
  impl_->policies.set(policy);
  impl_->tell_policies(policy.direction);
}

void Dataplane::remove_policy(const Policy& policy) {
  impl_->fault.check();
  impl_->policies.remove(policy);
  impl_->tell_policies(policy.direction);
}

void Dataplane::bind_out(const Policy& policy, std::optional<SaHandle> sa) {
  impl_->fault.check();
  impl_->policies.bind(policy, sa);
  impl_->outbound.bind(policy.selector, sa);
}

void Dataplane::add_outbound(const SaConfig& sa, SaHandle handle) {
  impl_->fault.check();
  impl_->outbound.add(sa, handle);
}

void Dataplane::remove_outbound(SaHandle handle) {
  impl_->outbound.remove(handle);
}

void Dataplane::add_inbound(const SaConfig& sa, SaHandle handle) {
  impl_->fault.check();
  impl_->check.add(sa, handle);
  impl_->steering.add_inbound(sa, handle);
}

void Dataplane::remove_inbound(const SaConfig& sa) {
  impl_->fault.check();
  impl_->steering.remove_inbound(sa);
  impl_->check.remove(sa);
}

std::optional<Policy> Dataplane::policy_for(Direction direction, const Traffic& traffic) const {
  const Policy* policy = impl_->policies.policies(direction).match(fields_of(traffic));
  return policy ? std::optional(*policy) : std::nullopt;
}

std::vector<std::pair<Policy, Traffic>> Dataplane::take_misses() {
  auto misses = impl_->steering.take_misses();
  for (auto& own : impl_->outbound.take_misses()) misses.push_back(own);
  std::vector<std::pair<Policy, Traffic>> out;
  for (const auto& [id, flow] : misses)
    for (const SpdTable::Entry& entry : impl_->policies.policies(Direction::kOut).entries())
      if (entry.id() == id) out.emplace_back(entry.policy, traffic_of(flow));
  return out;
}

std::optional<size_t> Dataplane::largest(SaHandle sa) const {
  const auto found = impl_->outbound.find(sa);
  if (!found) return std::nullopt;
  return found->overhead.largest(impl_->link_outside.mtu(),
                                 found->dst.v6 ? abi::kIpv6HeaderBytes : abi::kIpv4HeaderBytes);
}

nlohmann::json Dataplane::counters() const {
  const Impl& d = *impl_;
  static constexpr const char* kSteerNames[] = {
#define XESP_X(id, name, text) name,
      XESP_STEER_COUNTERS(XESP_X)
#undef XESP_X
  };
  nlohmann::json steering;
  const auto values = d.steering.counters();
  for (size_t i = 0; i < values.size(); ++i) steering[kSteerNames[i]] = values[i];
  nlohmann::json tun;
  if (d.tun) tun = {{"name", d.tun->name()}, {"gone", d.tun->gone()}};
  return {{"inside", describe(d.inside, d.link_inside, d.attached_inside, d.from_inside)},
          {"outside", describe(d.outside, d.link_outside, d.attached_outside, d.from_outside)},
          {"mark", d.mark},
          {"policies_inherited", d.policies.inherited()},
          {"steering", steering},
          {"out", d.counters_out.json()},
          {"in", d.counters_in.json()},
          {"tun", tun},
          {"tap", d.tap.json()}};
}

TapStream Dataplane::tap(const control::TapFilter& filter) {
  Impl& d = *impl_;
  Tap::Opened opened = d.tap.open(filter);
  return {
      std::move(opened.fd), std::move(opened.reader), {d.inside.name, d.outside.name, d.tun ? d.tun->name() : "tun"}};
}

std::string Dataplane::fault() const {
  return impl_->fault.text();
}

}  // namespace xesp
