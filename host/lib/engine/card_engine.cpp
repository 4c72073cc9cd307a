// SPDX-License-Identifier: Apache-2.0
//
// An engine on a card: SAs as commands in the same ring as packets, packets in batches.
#include "engine/card_engine.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <random>

#include "engine/inbound_key.h"
#include "engine/lifetime.h"
#include "engine/lookup_table.h"
#include "engine/sa_slots.h"
#include "engine/self_test.h"
#include "engine/window_memory.h"
#include "esp/header.h"
#include "gcm/hash_powers.h"
#include "xesp/error.h"

namespace xesp {
namespace {

constexpr size_t up_to_beat(size_t n) {
  return (n + abi::kBeatBytes - 1) / abi::kBeatBytes * abi::kBeatBytes;
}

bool copies_dscp(const SaConfig& sa) {
  return sa.direction == Direction::kOut ? !sa.tos : sa.decap_dscp;
}

// Where an inbound SA's replay window is.
struct WindowPlace {
  uint32_t base = 0;
  uint8_t row_bits = 0;
};

abi::SaEntry make_entry(const SaConfig& sa, SaHandle handle, WindowPlace place, uint32_t epoch) {
  const gcm::HashPowers h(sa.key.bytes());
  abi::SaEntry e{};
  std::ranges::copy(sa.key.bytes(), e.key);
  std::ranges::copy(sa.salt.bytes(), e.salt);
  uint8_t* const powers[] = {e.h1, e.h2, e.h3, e.h4, e.h5, e.h6};
  for (size_t i = 0; i < h.power.size(); ++i) std::ranges::copy(h.power[i], powers[i]);
  std::ranges::copy(sa.src.bytes, e.tunnel_src_be);
  std::ranges::copy(sa.dst.bytes, e.tunnel_dst_be);
  e.flags = static_cast<uint32_t>(abi::kSaValid | (sa.mode == Mode::kTunnel ? abi::kSaTunnel : 0) |
                                  (sa.direction == Direction::kIn ? abi::kSaInbound : 0) |
                                  (sa.replay_window != 0 ? 0 : abi::kSaReplayOff) | (sa.ecn ? 0 : abi::kSaNoEcn) |
                                  (copies_dscp(sa) ? abi::kSaCopyDscp : 0) | (sa.auth_only ? abi::kSaGmac : 0) |
                                  (sa.df == OuterDf::kCopy ? abi::kSaDfCopy : 0) |
                                  (sa.df == OuterDf::kClear ? abi::kSaDfClear : 0) | (sa.esn ? abi::kSaEsn : 0));
  e.tos = sa.tos.value_or(0);
  e.ttl = sa.ttl;
  if (sa.implicit_iv) e.flags |= abi::kSaImplicitIv;
  if (sa.proto == kProtoAh) e.flags |= abi::kSaAh;
  if (sa.mode == Mode::kTunnel && sa.dst.v6) e.flags |= abi::kSaIpv6;
  if (sa.encap) {
    e.flags |= abi::kSaUdpEncap;
    esp::store_be16(e.udp_src_be, sa.encap->src_port);
    esp::store_be16(e.udp_dst_be, sa.encap->dst_port);
  }
  e.tfc_pad = sa.tfc_pad;
  e.icv_cut = static_cast<uint8_t>((abi::kIcvBytes - sa.icv_bytes()) / 4);
  e.key_cut = static_cast<uint8_t>((sizeof e.key - sa.key.size()) / 8);
  e.gen = handle.generation;
  esp::store_be32(e.spi_be, sa.spi);
  e.seq = sa.seq;
  e.seq_limit = sa.send_limit();
  e.soft_packets = sa.lifetime.soft_packets;
  e.hard_packets = sa.lifetime.hard_packets;
  e.soft_bytes = sa.lifetime.soft_bytes;
  e.hard_bytes = sa.lifetime.hard_bytes;
  e.window = static_cast<uint16_t>(sa.replay_window);
  e.window_rows = place.row_bits;
  e.window_base = place.base;
  e.window_epoch = epoch;
  return e;
}

// One direction of the card.
class Side {
 public:
  Side(CardPort& port, Direction direction) : port_(port), direction_(direction) {}

  std::vector<SaHandle> install(std::span<const SaConfig> sas) {
    const std::lock_guard lock(mutex_);
    need_card();
    // All is found room for before the card hears of any.
    std::vector<Prepared> prepared;
    std::optional<LookupTable> before;
    if (inbound() && sas.size() > 1) before = lookup_;
    try {
      for (const SaConfig& sa : sas) prepared.push_back(prepare(sa));
    } catch (...) {
      for (const Prepared& p : prepared) {
        slots_.give_back(p.handle);
        give_back(p.window);
      }
      if (before) lookup_ = std::move(*before);
      throw;
    }
    std::vector<SaHandle> handles;
    begin();
    for (size_t i = 0; i < sas.size(); ++i) {
      const Prepared& p = prepared[i];
      make_room(1 + p.writes.size(), sizeof(abi::SaEntry) + p.writes.size() * sizeof(abi::LookupSlot));
      abi::SaEntry entry = make_entry(sas[i], p.handle, p.window.value_or(WindowPlace{}), ++epoch_);
      add_command(abi::kOpSaInstall, p.handle.index, &entry, sizeof entry);
      OPENSSL_cleanse(&entry, sizeof entry);
      for (const LookupTable::Write& w : p.writes) add_lookup(w);
      keys_[p.handle.index] = p.key;
      states_[p.handle.index] = {sas[i].send_limit(), sas[i].esn, sas[i].lifetime, p.window, sas[i].tfc_pad};
      handles.push_back(p.handle);
    }
    run_commands();
    return handles;
  }

  // What a host before left behind: a card keeps its tables as long as it keeps its image, and a lookup row of old
  // would lead to whichever SA takes its index next. A card that holds no SA holds no lookup row either, for rows are
  // written after their SA and cleared before it.
  void clear() {
    const std::lock_guard lock(mutex_);
    need_card();
    const std::vector<uint16_t> left = valid_entries();
    if (left.empty()) return;
    abi::SaEntry blank{};
    blank.flags = inbound() ? abi::kSaInbound : 0;
    begin();
    for (unsigned way = 0; inbound() && way < abi::kLookupWays; ++way)
      for (unsigned row = 0; row < abi::kLookupRows; ++row) {
        make_room(1, sizeof(abi::LookupSlot));
        add_lookup({static_cast<uint8_t>(way), static_cast<uint16_t>(row), std::nullopt, 0});
      }
    // All of them, for keys may stand in entries that are not valid any more.
    for (size_t index = 0; index < abi::kSaCapacity; ++index) {
      make_room(2, sizeof blank);
      add_command(abi::kOpSaDelete, static_cast<uint16_t>(index), nullptr, 0);
      add_command(abi::kOpSaInstall, static_cast<uint16_t>(index), &blank, sizeof blank);
    }
    run_commands();
    if (!valid_entries().empty()) {
      lost_ = "card lost: its tables still hold SAs of a program before after they were deleted: load its image again";
      throw Error(ErrorCode::kIo, lost_);
    }
  }

  void remove(std::span<const SaHandle> handles) {
    const std::lock_guard lock(mutex_);
    need_card();
    for (const SaHandle handle : handles) slots_.require(handle);
    begin();
    // Zeros over the entry, then no entry: the key does not stay in the card's RAM.
    abi::SaEntry blank{};
    blank.flags = inbound() ? abi::kSaInbound : 0;
    for (const SaHandle handle : handles) {
      make_room(3, sizeof blank + sizeof(abi::LookupSlot));
      if (inbound()) add_lookup(lookup_.erase(keys_[handle.index]));
      add_command(abi::kOpSaDelete, handle.index, nullptr, 0);
      add_command(abi::kOpSaInstall, handle.index, &blank, sizeof blank);
    }
    run_commands();
    for (const SaHandle handle : handles) {
      slots_.give_back(handle);
      give_back(states_[handle.index].window);
    }
  }

  void extend(SaHandle handle, uint64_t seq_limit) {
    const std::lock_guard lock(mutex_);
    need_card();
    slots_.require(handle);
    State& state = states_[handle.index];
    check_seq_limit(seq_limit, state.esn);
    if (seq_limit <= state.seq_limit) return;
    state.seq_limit = seq_limit;
    std::array<uint8_t, abi::kBeatBytes> beat{};
    std::memcpy(beat.data(), &seq_limit, sizeof seq_limit);
    begin();
    add_command(abi::kOpSaExtend, handle.index, beat.data(), beat.size());
    run_commands();
  }

  std::vector<SaStats> stats(std::span<const SaHandle> handles) {
    const std::lock_guard lock(mutex_);
    need_card();
    for (const SaHandle handle : handles) slots_.require(handle);
    std::vector<SaStats> all;
    const size_t most = port_.desc(direction_).size();
    for (size_t from = 0; from < handles.size(); from += most) {
      const auto part = handles.subspan(from, std::min(most, handles.size() - from));
      begin();
      for (const SaHandle handle : part) add_command(abi::kOpSaRead, handle.index, nullptr, 0);
      run_commands();
      for (size_t i = 0; i < part.size(); ++i) {
        const abi::Completion c = port_.completions(direction_)[i];
        all.push_back({c.seq, c.packets, c.bytes, limits_reached(states_[part[i].index].lifetime, c.packets, c.bytes)});
      }
    }
    return all;
  }

  void process(std::span<const PacketIn> in, std::vector<PacketOut>& out) {
    const std::lock_guard lock(mutex_);
    need_card();
    out.assign(in.size(), {});
    // Results of all batches of this call, kept till the next one.
    size_t room = 0;
    for (const PacketIn& p : in) room += result_room(p);
    results_.resize(room);
    size_t result_at = 0;
    for (size_t done = 0; done < in.size();) {
      const size_t first = done;
      begin();
      while (done < in.size() && add_packet(in[done])) ++done;
      run();
      for (size_t i = first; i < done; ++i) result_at = take(i - first, in[i], out[i], result_at);
      ++counters_.batches;
    }
  }

  void forget_counters() {
    const std::lock_guard lock(mutex_);
    counters_ = {};
  }
  EngineCounters counters() const {
    const std::lock_guard lock(mutex_);
    return counters_;
  }

  CardRegisters registers() {
    const std::lock_guard lock(mutex_);
    need_card();
    return port_.registers(direction_);
  }

 private:
  bool inbound() const { return direction_ == Direction::kIn; }

  void need_card() const {
    if (!lost_.empty()) throw Error(ErrorCode::kIo, lost_);
  }

  // Longest result: outbound adds TFC padding, headers, ICV and a trailer of up to 5 bytes.
  size_t result_room(const PacketIn& p) const {
    if (inbound()) return up_to_beat(std::min<size_t>(p.data.size() + 1, abi::kMaxPacketBytes));
    const size_t tfc = p.sa.index < states_.size() ? states_[p.sa.index].tfc_pad : 0;
    return up_to_beat(std::min<size_t>(std::max(p.data.size(), tfc) + esp::kFrameBytes + 5, abi::kMaxPacketBytes));
  }

  // Indices at which the card has an SA, as it says itself.
  std::vector<uint16_t> valid_entries() {
    std::vector<uint16_t> valid;
    const size_t most = port_.desc(direction_).size();
    for (size_t from = 0; from < abi::kSaCapacity; from += most) {
      const size_t count = std::min(most, abi::kSaCapacity - from);
      begin();
      for (size_t i = 0; i < count; ++i) add_command(abi::kOpSaRead, static_cast<uint16_t>(from + i), nullptr, 0);
      run();
      for (size_t i = 0; i < count; ++i)
        if (port_.completions(direction_)[i].status == abi::kOk) valid.push_back(static_cast<uint16_t>(from + i));
    }
    return valid;
  }

  // What this side remembers of an SA.
  struct State {
    uint64_t seq_limit = 0;
    bool esn = false;
    Lifetime lifetime;
    std::optional<WindowPlace> window;
    size_t tfc_pad = 0;
  };

  std::optional<WindowPlace> take_window(const SaConfig& sa) {
    if (!inbound() || sa.replay_window == 0) return std::nullopt;
    const unsigned bits = abi::window_row_bits(sa.replay_window);
    return WindowPlace{windows_.take(bits), static_cast<uint8_t>(bits)};
  }
  void give_back(const std::optional<WindowPlace>& window) {
    if (window) windows_.give_back(window->base, window->row_bits);
  }

  // An SA that has its places, and nothing on the card yet.
  struct Prepared {
    InboundKey key;
    SaHandle handle;
    std::optional<WindowPlace> window;
    std::vector<LookupTable::Write> writes;
  };

  Prepared prepare(const SaConfig& sa) {
    Prepared p;
    p.key = InboundKey::of(sa);
    if (inbound() && lookup_.contains(p.key))
      throw Error(ErrorCode::kExists, "an inbound SA with this spi and dst is there already: delete it first");
    p.window = take_window(sa);
    try {
      p.handle = slots_.take();
    } catch (...) {
      give_back(p.window);
      throw;
    }
    if (!inbound()) return p;
    p.writes = lookup_.insert(p.key, p.handle.index);
    if (p.writes.empty()) {
      slots_.give_back(p.handle);
      give_back(p.window);
      throw Error(ErrorCode::kUnavailable,
                  "the card's inbound lookup has no room for this spi and dst: take another spi");
    }
    return p;
  }

  // Runs the commands so far if these would not fit behind them.
  void make_room(size_t commands, size_t bytes) {
    if (count_ + commands <= port_.desc(direction_).size() && in_at_ + bytes <= port_.in(direction_).size()) return;
    run_commands();
    begin();
  }

  // ---- a batch in the making ----
  void begin() { count_ = in_at_ = out_at_ = 0; }

  abi::Desc& next() {
    abi::Desc& d = port_.desc(direction_)[count_];
    d = {};
    d.cookie = count_++;
    d.in_off = in_at_;
    d.out_off = out_at_;
    return d;
  }

  void add_command(abi::Op op, uint16_t sa_index, const void* data, size_t size) {
    abi::Desc& d = next();
    d.op = op;
    d.sa_index = sa_index;
    d.in_len = static_cast<uint32_t>(size);
    if (size != 0) std::memcpy(port_.in(direction_).data() + in_at_, data, size);
    in_at_ += up_to_beat(size);
  }

  void add_lookup(const LookupTable::Write& w) {
    abi::LookupSlot s{};
    s.way = w.way;
    s.row = w.row;
    s.sa_index = w.sa_index;
    s.valid = w.key.has_value();
    if (w.key) {
      s.proto = w.key->proto;
      std::ranges::copy(w.key->spi, s.spi_be);
      std::ranges::copy(w.key->dst, s.dst_be);
    }
    add_command(abi::kOpLookupWrite, 0, &s, sizeof s);
  }

  // False when the batch is full.
  bool add_packet(const PacketIn& p) {
    const size_t length = p.data.size(), room = result_room(p);
    const bool fits = length <= abi::kMaxPacketBytes;  // one that doesn't is dropped by the card, unread
    const size_t tail = inbound() && fits ? abi::tail_of(static_cast<uint32_t>(length)) : 0;
    const size_t in_memory = fits ? length - tail : 0;
    if (count_ == port_.desc(direction_).size() || out_at_ + room > port_.out(direction_).size() ||
        in_at_ + up_to_beat(in_memory) > port_.in(direction_).size())
      return false;
    abi::Desc& d = next();
    d.op = abi::kOpPacket;
    d.sa_index = p.sa.index;
    d.sa_gen = p.sa.generation;
    if (p.dummy) d.flags = abi::kDescDummy;
    d.in_len = static_cast<uint32_t>(std::min<size_t>(length, abi::kMaxPacketBytes + 1));
    d.out_cap = static_cast<uint32_t>(room);
    if (in_memory != 0) std::memcpy(port_.in(direction_).data() + in_at_, p.data.data(), in_memory);
    if (tail != 0) {
      d.flags |= abi::kDescTail;
      std::ranges::copy(p.data.last(tail), d.tail);
    }
    in_at_ += up_to_beat(in_memory);
    out_at_ += room;
    return true;
  }

  void run() {
    try {
      counters_.card_cycles += port_.run(direction_, count_, in_at_, out_at_);
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kIo) lost_ = e.what();
      throw;
    }
  }

  // Runs commands, which a right host never sees refused, and leaves no key in the shared buffer or in card memory.
  void run_commands() {
    const size_t bytes = in_at_;
    const auto wipe_host = [&] { OPENSSL_cleanse(port_.in(direction_).data(), bytes); };
    try {
      run();
    } catch (...) {
      wipe_host();
      throw;
    }
    wipe_host();
    for (size_t i = 0; i < count_; ++i) {
      const abi::Completion c = port_.completions(direction_)[i];
      if (c.status == abi::kOk) continue;
      const DropReason reason =
          c.status < abi::kDropReasonCount ? static_cast<DropReason>(c.status) : abi::kDropSaInvalid;
      throw Error(ErrorCode::kSoftware, std::string("the card refused an SA command: ") + drop_text(reason));
    }
    if (bytes == 0) return;
    begin();
    while (in_at_ < bytes) {
      abi::Desc& zeros = next();
      zeros.op = abi::kOpNop;
      zeros.in_len = static_cast<uint32_t>(std::min<size_t>(bytes - in_at_, abi::kMaxPacketBytes));
      in_at_ += zeros.in_len;
    }
    run();
  }

  // Checks one completion (the card is not trusted with lengths) and keeps its result.
  size_t take(size_t i, const PacketIn& in, PacketOut& out, size_t at) {
    const abi::Completion c = port_.completions(direction_)[i];
    const abi::Desc& d = port_.desc(direction_)[i];
    const size_t tail = c.out_len - abi::bytes_in_memory(c);
    if (c.status >= abi::kDropReasonCount || c.cookie != d.cookie || c.out_len > d.out_cap || tail > abi::kTailBytes) {
      lost_ = "card lost: a completion makes no sense";
      throw Error(ErrorCode::kIo, lost_);
    }
    out.status = static_cast<DropReason>(c.status);
    out.seq = c.seq;
    out.events = c.events;
    ++counters_.packets;
    ++counters_.by_reason[c.status];
    if (inbound()) {
      if (c.sa_index < states_.size() && c.status != abi::kDropNoSa) out.sa = slots_.handle(c.sa_index);
    } else {
      out.sa = in.sa;
    }
    if (out.status != abi::kOk) return at;
    uint8_t* const result = results_.data() + at;
    std::memcpy(result, port_.out(direction_).data() + d.out_off, c.out_len - tail);
    std::memcpy(result + c.out_len - tail, c.tail, tail);
    out.data = std::span(results_).subspan(at, c.out_len);
    counters_.bytes += inbound() ? out.data.size() : in.data.size();
    return at + up_to_beat(c.out_len);
  }

  CardPort& port_;
  const Direction direction_;
  mutable std::mutex mutex_;
  std::string lost_;  // why the card is gone; empty while it is there
  SaSlots slots_{abi::kSaCapacity};
  LookupTable lookup_;
  std::array<InboundKey, abi::kSaCapacity> keys_{};
  std::array<State, abi::kSaCapacity> states_{};
  WindowMemory windows_;
  uint32_t epoch_ = std::random_device{}();  // a card may keep the rows of a host before: not from 1 again
  size_t count_ = 0, in_at_ = 0, out_at_ = 0;
  std::vector<uint8_t> results_;
  EngineCounters counters_;
};

class CardEngine final : public Engine {
 public:
  explicit CardEngine(std::unique_ptr<CardPort> port)
      : port_(std::move(port)), out_(*port_, Direction::kOut), in_(*port_, Direction::kIn) {}

  void clear_tables() {
    out_.clear();
    in_.clear();
  }
  void forget_counters() {
    out_.forget_counters();
    in_.forget_counters();
  }
  std::string description() const override { return port_->description(); }
  SaHandle install(const SaConfig& sa) override { return install_all({&sa, 1}).front(); }
  std::vector<SaHandle> install_all(std::span<const SaConfig> sas) override {
    if (sas.empty()) return {};
    require_one_direction(sas);
    for (const SaConfig& sa : sas) {
      sa.check();
      if (sa.cipher != Cipher::kAesGcm) throw Error(ErrorCode::kUnavailable, "the card does AES-GCM and AES-GMAC only");
    }
    return side(sas.front().direction).install(sas);
  }
  void remove(Direction direction, SaHandle sa) override { remove_all(direction, {&sa, 1}); }
  void remove_all(Direction direction, std::span<const SaHandle> sas) override {
    require_distinct(sas);
    if (!sas.empty()) side(direction).remove(sas);
  }
  void extend(SaHandle sa, uint64_t seq_limit) override { out_.extend(sa, seq_limit); }
  SaStats stats(Direction direction, SaHandle sa) override { return stats_all(direction, {&sa, 1}).front(); }
  std::vector<SaStats> stats_all(Direction direction, std::span<const SaHandle> sas) override {
    return side(direction).stats(sas);
  }
  void process(Direction direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    side(direction).process(in, out);
  }
  EngineCounters counters(Direction direction) const override {
    return direction == Direction::kOut ? out_.counters() : in_.counters();
  }
  std::vector<std::pair<std::string, uint64_t>> registers(Direction direction) override {
    const CardRegisters r = side(direction).registers();
    std::vector<std::pair<std::string, uint64_t>> list = {
        {"error", r.error},     {"run_cycles", r.run_cycles}, {"busy_cycles", r.busy_cycles}, {"cycles", r.cycles},
        {"packets", r.packets}, {"in_beats", r.in_beats},     {"out_beats", r.out_beats}};
    for (unsigned i = 0; i < abi::kDropReasonCount; ++i)
      list.emplace_back(std::string("completions_") + drop_counter_name(static_cast<DropReason>(i)), r.by_reason[i]);
    return list;
  }

 private:
  Side& side(Direction direction) { return direction == Direction::kOut ? out_ : in_; }

  std::unique_ptr<CardPort> port_;
  Side out_, in_;
};

}  // namespace

std::unique_ptr<Engine> make_card_engine(std::unique_ptr<CardPort> port) {
  return std::make_unique<CardEngine>(std::move(port));
}

std::unique_ptr<Engine> make_proven_card_engine(std::unique_ptr<CardPort> port) {
  auto engine = std::make_unique<CardEngine>(std::move(port));
  engine->clear_tables();
  self_test(*engine);
  engine->forget_counters();
  return engine;
}

}  // namespace xesp
