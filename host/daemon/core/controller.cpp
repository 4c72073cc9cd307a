// SPDX-License-Identifier: Apache-2.0
#include "core/controller.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>

#include "xesp/error.h"

namespace xesp {

namespace {

std::string name_of(const SaConfig& sa) {
  char spi[16];
  std::snprintf(spi, sizeof spi, "0x%08x", sa.spi);
  return std::string("dir ") + control::direction_name(sa.direction) + " dst " + sa.dst.str() + " proto " +
         control::proto_name(sa.proto) + " spi " + spi;
}

SaConfig name_only(const SaConfig& sa) {
  SaConfig name;
  name.direction = sa.direction;
  name.src = sa.src;
  name.dst = sa.dst;
  name.proto = sa.proto;
  name.spi = sa.spi;
  return name;
}

}  // namespace

Controller::Controller(Engine& engine, LeaseKeeper& leases, PacketPath& path)
    : engine_(engine), leases_(leases), path_(path) {}

// ---- SAs ------------------------------------------------------------------------------------------------------------

const Controller::Sa& Controller::add_sa(control::SaRequest request) {
  request.sa.direction = request.direction ? *request.direction : direction_of(request.sa);
  request.sa.check();
  refuse_unsteered(request.sa);
  refuse_same_name(request.sa);
  refuse_shared_key(request.sa);
  Sa& sa = sas_.emplace_back(Sa{std::move(request.sa), {}, Clock::now()});
  try {
    install(sa);
  } catch (...) {
    sas_.pop_back();
    throw;
  }
  if (sa.config.direction == Direction::kIn) larvals_.release(sa.config.dst, sa.config.proto, sa.config.spi);
  return sa;
}

void Controller::install(Sa& sa) {
  if (sa.config.direction == Direction::kOut)
    install_out(sa);
  else
    install_in(sa);
}

// The policies' templates tell the direction, if exactly one direction has a template that this SA serves.
Direction Controller::direction_of(const SaConfig& sa) const {
  bool serves[2] = {false, false};
  SaConfig probe = sa.clone();
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    probe.direction = direction;
    for (const BoundPolicy& p : policies_)
      if (p.policy.served_by(probe)) serves[static_cast<int>(direction)] = true;
  }
  if (serves[0] != serves[1]) return serves[0] ? Direction::kOut : Direction::kIn;
  throw Error(ErrorCode::kData, std::string("dir: ") +
                                    (serves[0] ? "policies of both directions" : "no policy's template") +
                                    (serves[0] ? " fit this SA" : " fits this SA") +
                                    ", so its direction is not known: add 'dir out' or 'dir in'");
}

// An SA that no packet would reach is refused.
void Controller::refuse_unsteered(const SaConfig& sa) {
  constexpr uint16_t kIkePort = 500;
  if (sa.direction == Direction::kIn && sa.encap && sa.encap->dst_port == kIkePort)
    throw Error(ErrorCode::kData,
                "encap: UDP 500 is IKE's and goes to the kernel, receive ESP on 4500 or another port");
}

void Controller::refuse_same_name(const SaConfig& sa) const {
  for (const Sa& other : sas_)
    if (other.config.direction == sa.direction && other.config.dst == sa.dst && other.config.proto == sa.proto &&
        other.config.spi == sa.spi)
      throw Error(ErrorCode::kExists,
                  "an SA " + name_of(sa) + " is there already: delete it first, or use another spi");
}

// GCM is broken by one repeated (key, nonce). Two senders that count from 1 under one key repeat all of them, be it two
// outbound SAs or this side and its peer.
void Controller::refuse_shared_key(const SaConfig& sa) const {
  const KeyFingerprint key = fingerprint_of(sa);
  for (const Sa& other : sas_) {
    if (sa.direction == Direction::kIn && other.config.direction == Direction::kIn) continue;
    if (fingerprint_of(other.config) == key)
      throw Error(ErrorCode::kExists, "aead key: the SA " + name_of(other.config) +
                                          " has the same key and salt, and AES-GCM is broken when two senders share "
                                          "them: give each SA its own");
  }
}

void Controller::install_out(Sa& sa) {
  const LeaseKeeper::Lease lease = leases_.begin(sa.config);
  sa.config.seq = lease.seq;
  SaConfig leased = sa.config.clone();
  leased.seq_limit = lease.limit;
  sa.handle = engine_.install(leased);
  leases_.watch(sa.handle, fingerprint_of(sa.config), lease.limit, sa.config.send_limit());
  try {
    path_.add_outbound(sa.config, sa.handle);
    bind_all(nullptr);
  } catch (...) {
    try {
      bind_all(&sa);
    } catch (const Error& e) {
      spdlog::error("a policy can't be bound back: {}", e.what());
    }
    path_.remove_outbound(sa.handle);
    leases_.forget(sa.handle);
    engine_.remove(Direction::kOut, sa.handle);
    throw;
  }
}

void Controller::install_in(Sa& sa) {
  sa.handle = engine_.install(sa.config);
  try {
    path_.add_inbound(sa.config, sa.handle);
  } catch (...) {
    engine_.remove(Direction::kIn, sa.handle);
    throw;
  }
}

std::vector<SaStats> Controller::all_stats() {
  std::vector<SaHandle> handles[2];
  for (const Sa& sa : sas_) handles[static_cast<int>(sa.config.direction)].push_back(sa.handle);
  const std::vector<SaStats> out = engine_.stats_all(Direction::kOut, handles[0]),
                             in = engine_.stats_all(Direction::kIn, handles[1]);
  std::vector<SaStats> all;
  auto next_out = out.begin(), next_in = in.begin();
  for (const Sa& sa : sas_) all.push_back(sa.config.direction == Direction::kOut ? *next_out++ : *next_in++);
  return all;
}

const Larvals::Larval& Controller::reserve_spi(const IpAddress& src, const IpAddress& dst, uint8_t proto,
                                               std::chrono::seconds hold, Clock::time_point now) {
  const auto taken = [&](uint32_t spi) {
    return std::ranges::any_of(sas_, [&](const Sa& sa) {
      return sa.config.direction == Direction::kIn && sa.config.spi == spi && sa.config.dst == dst &&
             sa.config.proto == proto;
    });
  };
  return larvals_.reserve(src, dst, proto, hold, taken, now);
}

std::list<Controller::Sa>::const_iterator Controller::locate(const control::SaName& name) const {
  auto found = sas_.end();
  for (auto sa = sas_.begin(); sa != sas_.end(); ++sa) {
    if (!name.names(sa->config)) continue;
    if (found != sas_.end())
      throw Error(ErrorCode::kUsage, "dir: several SAs have this dst and spi: add 'dir out' or 'dir in', or the proto");
    found = sa;
  }
  return found;
}

namespace {

[[noreturn]] void refuse_unknown() {
  throw Error(ErrorCode::kNotFound, "no SA with this dst and spi: see 'xesp state list'");
}

}  // namespace

const Controller::Sa& Controller::find_sa(const control::SaName& name) const {
  const auto found = locate(name);
  if (found == sas_.end()) refuse_unknown();
  return *found;
}

void Controller::delete_sa(const control::SaName& name) {
  const auto found = locate(name);
  if (found != sas_.end())
    take_out(sas_.erase(found, found));  // the same place, as one to change
  else if (!larvals_.release(name))
    refuse_unknown();
}

// Engine and leases know an SA by key and name, so the new one can't be there before the old one has gone. What comes
// in between drops.
const Controller::Sa& Controller::move_sa(const control::SaName& name, const NewEnds& ends) {
  const auto found = locate(name);
  if (found == sas_.end()) refuse_unknown();
  Sa& sa = *sas_.erase(found, found);
  SaConfig moved = sa.config.clone();
  moved.src = ends.src;
  moved.dst = ends.dst;
  moved.encap = ends.encap;
  if (ends.reqid) moved.reqid = *ends.reqid;
  moved.seq = stats(sa).seq;
  moved.check();
  refuse_unsteered(moved);
  if (sa.config.dst != moved.dst) refuse_same_name(moved);
  SaConfig before = sa.config.clone();
  before.seq = moved.seq;
  withdraw(sa);
  sa.config = std::move(moved);
  try {
    install(sa);
  } catch (...) {
    sa.config = std::move(before);
    try {
      install(sa);
    } catch (const Error& e) {
      spdlog::error("the SA {} can't be put back: {}", name_of(sa.config), e.what());
      sas_.erase(found);
    }
    throw;
  }
  return sa;
}

std::vector<Controller::Expiry> Controller::expire(Clock::time_point now) {
  std::vector<Expiry> reached;
  larvals_.expire(now);
  for (auto sa = sas_.begin(); sa != sas_.end();) {
    const auto next = std::next(sa);
    const Lifetime& life = sa->config.lifetime;
    const auto age = static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - sa->since).count());
    const bool hard = age >= life.hard_seconds;
    if (hard || (age >= life.soft_seconds && !sa->soft_time_reached)) {
      sa->soft_time_reached = true;
      reached.push_back({name_only(sa->config), hard});
    }
    if (hard) take_out(sa);
    sa = next;
  }
  return reached;
}

void Controller::take_out(std::list<Sa>::iterator sa) {
  withdraw(*sa);
  sas_.erase(sa);
}

// Packets leave the SA before the SA leaves the engine.
void Controller::withdraw(Sa& sa) {
  if (sa.config.direction == Direction::kOut) {
    bind_all(&sa);
    path_.remove_outbound(sa.handle);
    leases_.forget(sa.handle);
  } else {
    path_.remove_inbound(sa.config);
  }
  engine_.remove(sa.config.direction, sa.handle);
}

size_t Controller::flush_sas(std::optional<Direction> direction) {
  size_t count = 0;
  if (direction != Direction::kOut) larvals_.clear();
  for (auto sa = sas_.begin(); sa != sas_.end();) {
    const auto next = std::next(sa);
    if (!direction || sa->config.direction == *direction) {
      take_out(sa);
      ++count;
    }
    sa = next;
  }
  return count;
}

const Controller::Sa* Controller::find_out(SaHandle handle) const {
  for (const Sa& sa : sas_)
    if (sa.config.direction == Direction::kOut && sa.handle == handle) return &sa;
  return nullptr;
}

// ---- policies -------------------------------------------------------------------------------------------------------

const Controller::BoundPolicy& Controller::add_policy(const Policy& policy, bool replace) {
  policy.check();
  const auto old = std::ranges::find_if(policies_, [&](const BoundPolicy& p) { return p.policy.same_entry(policy); });
  if (old != policies_.end()) {
    if (!replace)
      throw Error(ErrorCode::kExists, "a policy of this direction and selector is there already: delete it first");
    if (old->policy == policy) return *old;  // its SA stays bound
    path_.set_policy(policy);
    *old = BoundPolicy{policy, {}};
    bind(*old, nullptr);
    return *old;
  }
  BoundPolicy& added = policies_.emplace_back(BoundPolicy{policy, {}});
  try {
    path_.set_policy(policy);
    bind(added, nullptr);
  } catch (...) {
    policies_.pop_back();
    throw;  // the packet path may hold the policy without an SA: that drops, the safe side
  }
  return added;
}

void Controller::delete_policy(const Policy& name) {
  const auto found = std::ranges::find_if(policies_, [&](const BoundPolicy& p) { return p.policy.same_entry(name); });
  if (found == policies_.end())
    throw Error(ErrorCode::kNotFound, "no policy of this direction and selector: see 'xesp policy list'");
  path_.remove_policy(found->policy);
  policies_.erase(found);
}

size_t Controller::flush_policies() {
  size_t count = 0;
  for (; !policies_.empty(); ++count) {
    path_.remove_policy(policies_.front().policy);
    policies_.pop_front();
  }
  return count;
}

void Controller::bind(BoundPolicy& policy, const Sa* except) {
  if (policy.policy.direction != Direction::kOut || policy.policy.action != PolicyAction::kProtect) return;
  std::optional<SaHandle> choice;
  for (const Sa& sa : sas_)
    if (&sa != except && policy.policy.served_by(sa.config)) choice = sa.handle;  // the newest
  if (choice == policy.sa) return;
  path_.bind_out(policy.policy, choice);
  policy.sa = choice;
}

void Controller::bind_all(const Sa* except) {
  for (BoundPolicy& policy : policies_) bind(policy, except);
}

}  // namespace xesp
