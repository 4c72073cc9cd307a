// SPDX-License-Identifier: Apache-2.0
#include "spd_table.h"

#include <arpa/inet.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "xesp/error.h"

namespace xesp::dataplane {
namespace {

static_assert(PolicyAction{XESP_PROTECT} == PolicyAction::kProtect &&
              PolicyAction{XESP_BYPASS} == PolicyAction::kBypass &&
              PolicyAction{XESP_DISCARD} == PolicyAction::kDiscard);

constexpr Prefix kAnyIpv4{};
constexpr Prefix kAnyIpv6{.address = {.v6 = true}};

/// Order of SpdTable: ties are told apart by address so that it is total.
auto rank(const Selector& s) {
  return std::tuple(-int{s.dst.length}, -int{s.src.length}, s.protocol == 0, s.dst_port == 0, s.src_port == 0,
                    s.dst.address, s.src.address, s.protocol, s.dst_port, s.src_port);
}

bool covers(const Prefix& outer, const Prefix& inner) {
  return outer.length <= inner.length && outer.contains(inner.address);
}

uint8_t bits_of(const __be32 (&mask)[4]) {
  int bits = 0;
  for (const __be32 word : mask) bits += __builtin_popcount(word);
  return static_cast<uint8_t>(bits);
}

}  // namespace

xesp_spd_key spd_key(const Prefix& dst) {
  xesp_spd_key key{};
  key.prefix_length = XESP_FAMILY_BITS + dst.length;
  key.family = family_of(dst.address);
  put_address(key.dst, dst.address);
  return key;
}

Policy policy_of(Direction direction, const xesp_spd_entry& entry) {
  Policy p;
  p.direction = direction;
  p.action = static_cast<PolicyAction>(entry.action);
  p.selector.src = {address_of(entry.family, entry.src), bits_of(entry.src_mask)};
  p.selector.dst = {address_of(entry.family, entry.dst), entry.dst_length};
  p.selector.protocol = entry.protocol;
  p.selector.src_port = ntohs(entry.sport);
  p.selector.dst_port = ntohs(entry.dport);
  return p;
}

void SpdTable::put(const Policy& policy, uint32_t id) {
  erase(policy.selector);
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& e) { return rank(e.policy.selector) > rank(policy.selector); });
  entries_.insert(at, Entry{policy, spd_entry(policy.selector, static_cast<uint8_t>(policy.action), id)});
}

void SpdTable::erase(const Selector& selector) {
  std::erase_if(entries_, [&](const Entry& e) { return e.policy.selector == selector; });
}

const SpdTable::Entry* SpdTable::find(const Selector& selector) const {
  for (const Entry& e : entries_)
    if (e.policy.selector == selector) return &e;
  return nullptr;
}

const Policy* SpdTable::match(const IpFields& packet) const {
  const IpAddress dst = packet.dst();
  for (const Entry& e : entries_)
    if (e.policy.selector.dst.contains(dst) && xesp_entry_fits(&e.steered, &packet.flow)) return &e.policy;
  return nullptr;
}

bool SpdTable::has_destination(const Prefix& dst) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.policy.selector.dst == dst; });
}

std::vector<SpdTable::Bucket> SpdTable::buckets() const {
  std::vector<Bucket> all = buckets_under(kAnyIpv4);
  for (Bucket& b : buckets_under(kAnyIpv6)) all.push_back(b);
  return all;
}

std::vector<SpdTable::Bucket> SpdTable::buckets_under(const Prefix& dst) const {
  std::map<Prefix, xesp_spd_bucket> found;
  for (const Entry& e : entries_) {
    const Prefix& here = e.policy.selector.dst;
    if (covers(dst, here) && !found.contains(here)) found.emplace(here, bucket(here));
  }
  std::vector<Bucket> out;
  out.reserve(found.size());
  for (const auto& [prefix, value] : found) out.emplace_back(spd_key(prefix), value);
  return out;
}

xesp_spd_bucket SpdTable::bucket(const Prefix& dst) const {
  xesp_spd_bucket b{};
  for (const Entry& e : entries_) {
    const Selector& s = e.policy.selector;
    if (!covers(s.dst, dst)) continue;
    if (b.count == XESP_BUCKET_ENTRIES)
      throw Error(ErrorCode::kUnavailable, "policy: more than " + std::to_string(XESP_BUCKET_ENTRIES) +
                                               " policies cover the destination " + dst.str() + "; join some of them");
    b.entry[b.count++] = e.steered;
  }
  return b;
}

}  // namespace xesp::dataplane
