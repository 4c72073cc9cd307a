// SPDX-License-Identifier: Apache-2.0
#include "engine/offload_side.h"

#include <algorithm>

#include "engine/software_sa.h"
#include "xesp/error.h"

namespace xesp {

namespace {

// What is left of an SA's limits. A soft one that was reached has had its event.
Lifetime rest_of(const Lifetime& life, const Done& done) {
  const auto rest = [](uint64_t limit, uint64_t used) {
    return limit == abi::kNoLimit || used >= limit ? abi::kNoLimit : limit - used;
  };
  return {rest(life.soft_packets, done.packets), rest(life.hard_packets, done.packets),
          rest(life.soft_bytes, done.bytes), rest(life.hard_bytes, done.bytes)};
}

void add(EngineCounters& to, const EngineCounters& what) {
  for (size_t i = 0; i < to.by_reason.size(); ++i) to.by_reason[i] += what.by_reason[i];
  to.packets += what.packets;
  to.bytes += what.bytes;
  to.batches += what.batches;
  to.card_cycles += what.card_cycles;
}

}  // namespace

// ---- the table ------------------------------------------------------------------------------------------------------

OffloadSide::Entry* OffloadSide::live(SaHandle sa) const {
  return slots_.live(sa) ? table_[sa.index].get() : nullptr;
}

OffloadSide::Entry& OffloadSide::need(SaHandle sa) const {
  slots_.require(sa);
  return *table_[sa.index];
}

OffloadSide::Entry* OffloadSide::named(std::span<const uint8_t> packet, const InboundFront& front) const {
  const auto found = inbound_.find(InboundIndex::Key::of(packet, front.ip.v6, front.proto, front.spi_at));
  return found ? table_[*found].get() : nullptr;
}

std::vector<SaHandle> OffloadSide::install(std::span<const SaConfig> sas) {
  for (const SaConfig& sa : sas) sa.check();
  const std::lock_guard lock(mutex_);
  clear_left();
  std::vector<SaHandle> handles;
  std::vector<Entry*> for_card;
  const auto undo = [&] {
    for (const SaHandle handle : handles) {
      Entry& e = *table_[handle.index];
      if (e.where == Where::kCard) ask_card([&](Engine& card) { card.remove(direction_, e.inner); });
      if (e.where == Where::kSoftware) software_.remove(direction_, e.inner);  // or since the card was found lost
      if (e.where != Where::kCard) --not_on_card_;
      if (direction_ == Direction::kIn) inbound_.erase(InboundIndex::Key::of(e.config));
      table_[handle.index].reset();
      slots_.give_back(handle);
    }
  };
  try {
    for (const SaConfig& sa : sas) {
      const InboundIndex::Key key = InboundIndex::Key::of(sa);
      if (direction_ == Direction::kIn && inbound_.find(key))
        throw Error(ErrorCode::kExists, "an inbound SA with this spi and dst is there already: delete it first");
      if (sa.offload == Offload::kRequire && !card_)
        throw Error(ErrorCode::kUnavailable,
                    "offload require: " + lost_ + "; give 'offload auto', or wait for the card");
      const SaHandle handle = slots_.take();
      Entry& e = *(table_[handle.index] = std::make_unique<Entry>());
      e.config = sa.clone();
      e.handle = handle;
      e.highest = sa.seq;
      if (direction_ == Direction::kIn) inbound_.insert(key, handle.index);  // before undo() would erase it
      handles.push_back(handle);
      ++not_on_card_;
      if (sa.offload == Offload::kOff)
        put_in_software(e, "offload off");
      else
        for_card.push_back(&e);
    }
    put_on_card(for_card);
    for (const SaHandle handle : handles)
      if (table_[handle.index]->where == Where::kNowhere)
        throw Error(ErrorCode::kUnavailable, "offload require: " + table_[handle.index]->reason);
  } catch (...) {
    undo();
    throw;
  }
  return handles;
}

void OffloadSide::remove(std::span<const SaHandle> sas) {
  const std::lock_guard lock(mutex_);
  for (const SaHandle sa : sas) slots_.require(sa);
  clear_left();
  std::vector<SaHandle> on_card;
  for (const SaHandle sa : sas)
    if (table_[sa.index]->where == Where::kCard) on_card.push_back(table_[sa.index]->inner);
  // Where the card is found lost here, these are in software by now.
  const bool gone = !on_card.empty() && ask_card([&](Engine& card) { card.remove_all(direction_, on_card); });
  for (const SaHandle sa : sas) {
    Entry& e = *table_[sa.index];
    if (e.where == Where::kSoftware) software_.remove(direction_, e.inner);
    if (!(gone && e.where == Where::kCard)) --not_on_card_;
    if (direction_ == Direction::kIn) inbound_.erase(InboundIndex::Key::of(e.config));
    table_[sa.index].reset();
    slots_.give_back(sa);
  }
}

void OffloadSide::extend(SaHandle sa, uint64_t seq_limit) {
  const std::lock_guard lock(mutex_);
  Entry& e = need(sa);
  check_seq_limit(seq_limit, e.config.esn);
  e.config.seq_limit = std::max(e.config.send_limit(), seq_limit);
  if (e.where == Where::kCard) ask_card([&](Engine& card) { card.extend(e.inner, seq_limit); });
  if (e.where == Where::kSoftware) software_.extend(e.inner, seq_limit);
}

SaStats OffloadSide::stats(SaHandle sa) const {
  const std::lock_guard lock(mutex_);
  const Entry& e = need(sa);
  return {e.highest, e.done.packets, e.done.bytes, limits_reached(e.config.lifetime, e.done.packets, e.done.bytes)};
}

Placement OffloadSide::placement(SaHandle sa) const {
  const std::lock_guard lock(mutex_);
  const Entry& e = need(sa);
  return {e.where == Where::kCard, e.reason};
}

// ---- moves ----------------------------------------------------------------------------------------------------------

template <class Call>
bool OffloadSide::ask_card(Call call) {
  if (!card_) return false;
  try {
    call(*card_);
    return true;
  } catch (const Error& e) {
    if (e.code() != ErrorCode::kIo) throw;
    fail_over(e.what());
    return false;
  }
}

SaConfig OffloadSide::as_it_stands(const Entry& e) const {
  SaConfig sa = e.config.clone();
  sa.seq = e.highest;
  sa.lifetime = rest_of(e.config.lifetime, e.done);
  return sa;
}

void OffloadSide::put_in_software(Entry& e, std::string reason) {
  e.reason = std::move(reason);
  e.where = Where::kNowhere;
  if (e.done.expired(e.config.lifetime)) {
    e.nowhere = abi::kDropExpired;
    return;
  }
  e.inner = software_.install(as_it_stands(e));
  e.where = Where::kSoftware;
  ours_[1].resize(std::max<size_t>(ours_[1].size(), e.inner.index + 1u));
  ours_[1][e.inner.index] = e.handle.index;
}

void OffloadSide::put_elsewhere(Entry& e, const std::string& reason) {
  if (e.config.offload != Offload::kRequire) return put_in_software(e, reason);
  e.where = Where::kNowhere;
  e.nowhere = abi::kDropNoCard;
  e.reason = reason;
}

// All at once, and one by one where that is refused. Entries may be in software, which they leave for the card.
void OffloadSide::put_on_card(std::span<Entry* const> entries) {
  if (entries.empty()) return;
  const auto arrived = [&](Entry& e, SaHandle inner) {
    if (e.where == Where::kSoftware) software_.remove(direction_, e.inner);
    e.inner = inner;
    e.where = Where::kCard;
    e.reason.clear();
    --not_on_card_;
    ours_[0].resize(std::max<size_t>(ours_[0].size(), inner.index + 1u));
    ours_[0][inner.index] = e.handle.index;
  };
  std::vector<SaConfig> configs;
  for (const Entry* e : entries) configs.push_back(as_it_stands(*e));
  try {
    ask_card([&](Engine& card) {
      const std::vector<SaHandle> inner = card.install_all(configs);
      for (size_t i = 0; i < entries.size(); ++i) arrived(*entries[i], inner[i]);
    });
  } catch (const Error&) {
    for (size_t i = 0; i < entries.size(); ++i) {
      try {
        ask_card([&](Engine& card) { arrived(*entries[i], card.install(configs[i])); });
      } catch (const Error& e) {
        entries[i]->reason = e.what();
      }
    }
  }
  for (Entry* e : entries)
    if (e->where == Where::kNowhere) put_elsewhere(*e, e->reason.empty() ? lost_ : e->reason);
}

// A number that the card may have given is never given again: those of the batch that it has not answered for count.
void OffloadSide::fail_over(const std::string& reason) {
  add(gone_, card_->counters(direction_));
  card_.reset();
  left_.clear();
  lost_ = reason;
  for (const auto& e : table_) {
    if (!e || e->where != Where::kCard) continue;
    ++not_on_card_;
    if (direction_ == Direction::kOut) {
      const uint64_t limit = e->config.send_limit();
      e->highest = e->in_batch < limit - e->highest ? e->highest + e->in_batch : limit;
    }
    e->in_batch = 0;
    try {
      put_elsewhere(*e, reason);
    } catch (const Error& error) {
      e->where = Where::kNowhere;
      e->reason = error.what();
    }
  }
}

void OffloadSide::attach(std::shared_ptr<Engine> card) {
  const std::lock_guard lock(mutex_);
  card_ = std::move(card);
  lost_.clear();
  std::vector<Entry*> entries;
  for (const auto& e : table_)
    if (e && e->config.offload != Offload::kOff && !e->software_only && !e->done.expired(e->config.lifetime))
      entries.push_back(e.get());
  put_on_card(entries);
}

std::string OffloadSide::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

void OffloadSide::lose(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  if (card_) fail_over(reason);
}

// ---- packets --------------------------------------------------------------------------------------------------------

void OffloadSide::drop(PacketOut& out, DropReason reason) {
  out.status = reason;
  ++own_.packets;
  ++own_.by_reason[reason];
}

void OffloadSide::sort(const PacketIn& packet, size_t place, PacketOut& out) {
  Entry* e = nullptr;
  if (direction_ == Direction::kOut) {
    out.sa = packet.sa;
    e = live(packet.sa);
    if (e == nullptr) return drop(out, table_[packet.sa.index] ? abi::kDropStaleSa : abi::kDropNoSa);
  } else {
    if (card_ && not_on_card_ == 0) return card_share_.add(packet, {}, place);
    const InboundFront front = read_inbound(packet.data);
    if (front.status != abi::kOk) return drop(out, front.status);
    e = named(packet.data, front);
    const DropReason status = front.status_with(e ? &e->config : nullptr);
    if (status != abi::kOk) return drop(out, status);
  }
  switch (e->where) {
    case Where::kCard:
      if (direction_ == Direction::kOut) ++e->in_batch;
      return card_share_.add(packet, e->inner, place);
    case Where::kSoftware:
      return software_share_.add(packet, e->inner, place);
    case Where::kNowhere:
      return drop(out, e->nowhere);
  }
}

// An engine's results, brought to their places and counted.
void OffloadSide::take(Share& share, Where where, std::span<const PacketIn> in, std::vector<PacketOut>& out) {
  const std::vector<uint16_t>& ours = ours_[where == Where::kCard ? 0 : 1];
  for (size_t i = 0; i < share.at.size(); ++i) {
    PacketOut& result = out[share.at[i]];
    result = share.out[i];
    Entry* e = nullptr;
    if (direction_ == Direction::kOut) {
      result.sa = in[share.at[i]].sa;
      e = live(result.sa);
    } else if (result.status == abi::kOk || result.status == abi::kDropDummy) {
      e = table_[ours.at(result.sa.index)].get();
      result.sa = e->handle;
    }
    if (e == nullptr) continue;
    if (where == Where::kCard) e->in_batch = 0;
    if (result.status != abi::kOk && result.status != abi::kDropDummy) continue;
    e->highest = std::max(e->highest, result.seq);
    ++e->done.packets;
    e->done.bytes += direction_ == Direction::kOut ? share.in[i].data.size() : result.data.size();
  }
}

// The SA goes to software with this packet, and stays there: behind one packet with options come others. Inbound only
// if the packet is authentic, else anybody could take an SA off the card.
void OffloadSide::move_with(Entry& e, size_t place, std::span<const PacketIn> in, std::vector<PacketOut>& out) {
  const SaHandle on_card = e.inner;
  const auto stay = [&] { e.inner = on_card, e.where = Where::kCard, e.reason.clear(); };
  put_in_software(e, "AH behind IP options or extension headers, which the card does not take");
  if (e.where != Where::kSoftware) return stay();  // expired meanwhile
  ++twice_;
  Share one;
  one.add(in[place], e.inner, place);
  software_.process(direction_, one.in, one.out);
  const DropReason status = one.out[0].status;
  // Software looks at the window behind the ICV. What it says before takes no number, nor moves a window.
  const bool authentic =
      status == abi::kOk || status == abi::kDropDummy || status == abi::kDropReplay || status == abi::kDropReplayOld;
  if (direction_ == Direction::kIn ? !authentic : status == abi::kDropIpOptions) {
    software_.remove(direction_, e.inner);
    out[place].status = status;
    return stay();
  }
  e.software_only = true;
  ++not_on_card_;
  take(one, Where::kSoftware, in, out);
  // The engine's next batch goes over its results, and a command to the card over those of the card.
  moved_packets_.emplace_back(out[place].data.begin(), out[place].data.end());
  out[place].data = moved_packets_.back();
  left_.push_back(on_card);
}

void OffloadSide::clear_left() {
  if (left_.empty()) return;
  const std::vector<SaHandle> left = std::move(left_);
  left_.clear();
  ask_card([&](Engine& card) { card.remove_all(direction_, left); });
}

void OffloadSide::give_refused(std::span<const PacketIn> in, std::vector<PacketOut>& out) {
  for (const size_t place : card_share_.at) {
    if (out[place].status != abi::kDropIpOptions) continue;
    Entry* e = nullptr;
    if (direction_ == Direction::kOut) {
      e = live(in[place].sa);
    } else if (const InboundFront front = read_inbound(in[place].data); front.status == abi::kOk) {
      e = named(in[place].data, front);
    }
    if (e == nullptr || e->config.proto != kProtoAh || e->config.offload == Offload::kRequire) continue;
    if (e->where == Where::kSoftware) {  // since an earlier packet of the batch, or the card was lost at it
      software_share_.add(in[place], e->inner, place);
      ++twice_;
    } else if (e->where == Where::kCard) {
      move_with(*e, place, in, out);
    }
  }
}

void OffloadSide::process(std::span<const PacketIn> in, std::vector<PacketOut>& out) {
  const std::lock_guard lock(mutex_);
  clear_left();
  out.assign(in.size(), {});
  moved_packets_.clear();
  card_share_.clear();
  software_share_.clear();
  for (size_t i = 0; i < in.size(); ++i) sort(in[i], i, out[i]);
  if (!card_share_.at.empty()) {
    if (ask_card([&](Engine& card) { card.process(direction_, card_share_.in, card_share_.out); })) {
      take(card_share_, Where::kCard, in, out);
      give_refused(in, out);
    } else {
      // Nothing of what the card did has left; its packets go where their SAs are now.
      const std::vector<size_t> again = std::move(card_share_.at);
      card_share_.clear();
      for (const size_t i : again) sort(in[i], i, out[i]);
    }
  }
  if (!software_share_.at.empty()) {
    software_.process(direction_, software_share_.in, software_share_.out);
    take(software_share_, Where::kSoftware, in, out);
  }
}

EngineCounters OffloadSide::counters() const {
  const std::lock_guard lock(mutex_);
  EngineCounters all = own_;
  add(all, gone_);
  add(all, software_.counters(direction_));
  if (card_) add(all, card_->counters(direction_));
  all.packets -= twice_;
  all.by_reason[abi::kDropIpOptions] -= twice_;
  return all;
}

std::vector<std::pair<std::string, uint64_t>> OffloadSide::registers() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, uint64_t>> list;
  ask_card([&](Engine& card) { list = card.registers(direction_); });
  return list;
}

}  // namespace xesp
