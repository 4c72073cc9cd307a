// SPDX-License-Identifier: Apache-2.0
//
// xesp-cycles: clocks a packet at the RTL, by payload size, mode and direction, with memory that never stalls. A figure
// is the slope between a short and a long batch, so start and drain of the pipeline are not in it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "engine/card_engine.h"
#include "esp/bytes.h"
#include "esp/ip.h"
#include "sim_port.h"
#include "verilated_card.h"
#include "xesp/engine.h"
#include "xesp/error.h"

namespace {

using namespace xesp;

constexpr size_t kSizes[] = {64, 128, 256, 512, 1024, 1420, 9000};
constexpr unsigned kShort = 64, kLong = 256, kRun = 512;  // the engine makes several runs of more than kRun

std::vector<uint8_t> packet(size_t payload) {
  std::vector<uint8_t> p(20 + payload);
  p[0] = 0x45;
  esp::store_be16(&p[esp::kIpTotalLength], static_cast<uint16_t>(p.size()));
  p[esp::kIpTtl] = 64;
  p[esp::kIpProtocol] = 17;
  const uint8_t addresses[8] = {192, 0, 2, 1, 198, 51, 100, 1};
  std::copy(std::begin(addresses), std::end(addresses), p.begin() + esp::kIpSource);
  esp::store_be16(&p[esp::kIpChecksum], esp::ipv4_checksum(p.data()));
  return p;
}

struct Kind {
  const char* name;
  Mode mode;
  bool ah;
};
constexpr Kind kTunnel{"tunnel", Mode::kTunnel, false}, kTransport{"transport", Mode::kTransport, false},
    kAhTunnel{"AH tunnel", Mode::kTunnel, true};

SaConfig sa(Direction direction, const Kind& kind, uint32_t spi) {
  SaConfig c;
  if (kind.ah) {
    c.proto = 51;
    c.auth_only = true;
  }
  c.direction = direction;
  c.mode = kind.mode;
  c.src = IpAddress::parse("192.0.2.1");
  c.dst = IpAddress::parse("198.51.100.1");
  c.spi = spi;
  std::vector<uint8_t> key(32, static_cast<uint8_t>(spi)), salt(4, 1);  // of a measurement, not of a tunnel
  c.key = Secret(key);
  c.salt = Secret(salt);
  return c;
}

struct Bench {
  std::unique_ptr<Engine> engine;
  sim::SimPort* port;
};

Bench make(uint64_t stall_seed, unsigned engines = 1) {
  sim::VerilatedCardOptions options;
  options.engines = engines;
  options.stall_seed = stall_seed;
  auto port = std::make_unique<sim::SimPort>(std::make_unique<sim::VerilatedCard>(options));
  sim::SimPort* raw = port.get();
  return {make_card_engine(std::move(port)), raw};
}

// Runs a batch and gives its clocks. Every packet must pass.
uint64_t clocks(Bench& b, Direction d, const std::vector<PacketIn>& in, std::vector<PacketOut>& out) {
  const uint64_t before = b.port->registers(d).busy_cycles;
  b.engine->process(d, in, out);
  for (const PacketOut& o : out)
    if (o.status != abi::kOk)
      throw Error(ErrorCode::kSoftware, fmt::format("a packet was dropped: {}", drop_text(o.status)));
  return b.port->registers(d).busy_cycles - before;
}

// Beats of a protected packet: what is left of it behind whole ones stands in its completion, and inbound in its
// descriptor, if it is short (abi::kTailBytes).
size_t wire_beats(size_t bytes) { return (bytes + abi::kBeatBytes - 1 - abi::kTailBytes) / abi::kBeatBytes; }

nlohmann::json measure(Bench& b, const Kind& kind, size_t payload, const std::vector<SaHandle>& out_sas) {
  const std::vector<uint8_t> p = packet(payload);
  const auto batch = [&](unsigned n) {
    std::vector<PacketIn> in;
    in.reserve(n);
    for (unsigned i = 0; i < n; ++i) in.push_back({p, out_sas[i % out_sas.size()]});
    return in;
  };
  const unsigned longer = payload > 4000 ? kShort + 96 : kLong;
  std::vector<PacketOut> sealed_short, sealed_long, opened;
  const uint64_t o1 = clocks(b, Direction::kOut, batch(kShort), sealed_short);
  std::vector<std::vector<uint8_t>> esp;
  esp.reserve(kShort + longer);
  for (const PacketOut& o : sealed_short) esp.emplace_back(o.data.begin(), o.data.end());
  const uint64_t o2 = clocks(b, Direction::kOut, batch(longer), sealed_long);
  for (const PacketOut& o : sealed_long) esp.emplace_back(o.data.begin(), o.data.end());
  std::vector<PacketIn> first, second;
  for (size_t i = 0; i < esp.size(); ++i) (i < kShort ? first : second).push_back({esp[i]});
  const uint64_t i1 = clocks(b, Direction::kIn, first, opened);
  const uint64_t i2 = clocks(b, Direction::kIn, second, opened);
  const double out_clocks = static_cast<double>(o2 - o1) / (longer - kShort);
  const double in_clocks = static_cast<double>(i2 - i1) / (longer - kShort);
  const size_t beats = std::max(wire_beats(esp[0].size()), (p.size() + 63) / 64);
  return {{"mode", kind.name},
          {"payload_bytes", payload},
          {"clear_bytes", p.size()},
          {"esp_bytes", esp[0].size()},
          {"esp_beats", beats},
          {"out_clocks_per_packet", out_clocks},
          {"in_clocks_per_packet", in_clocks},
          {"out_gap_clocks", out_clocks - static_cast<double>(beats)},
          {"in_gap_clocks", in_clocks - static_cast<double>(beats)}};
}

// A mix of inner packet sizes in tunnel mode, sent over and over: clocks of `total` packets, the slope between
// runs of kRun and short ones; what a run spends on start and drain is in one_packet. A perfect engine of this width
// takes a clock for each beat of the side that has more of them.
nlohmann::json sustain(Bench& b, const std::string& name, const std::vector<size_t>& sizes, unsigned total,
                       const std::vector<SaHandle>& out_sas) {
  std::vector<std::vector<uint8_t>> mix;
  mix.reserve(sizes.size());
  for (const size_t s : sizes) mix.push_back(packet(s - 20));
  std::vector<PacketOut> sealed, opened;
  struct Sum {
    double clocks = 0, packets = 0;
  } sum[2];
  uint64_t esp_bytes = 0, out_perfect = 0, counted = 0;
  const auto run = [&](unsigned n, double sign) {
    std::vector<PacketIn> in;
    in.reserve(n);
    for (unsigned i = 0; i < n; ++i) in.push_back({mix[i % mix.size()], out_sas[i % out_sas.size()]});
    sum[0].clocks += sign * static_cast<double>(clocks(b, Direction::kOut, in, sealed));
    std::vector<std::vector<uint8_t>> esp;
    esp.reserve(sealed.size());
    for (const PacketOut& o : sealed) esp.emplace_back(o.data.begin(), o.data.end());
    std::vector<PacketIn> back;
    back.reserve(esp.size());
    for (const auto& e : esp) back.push_back({e});
    sum[1].clocks += sign * static_cast<double>(clocks(b, Direction::kIn, back, opened));
    for (Sum& s : sum) s.packets += sign * n;
    for (size_t i = 0; i < esp.size() && sign > 0; ++i) {
      esp_bytes += esp[i].size();
      out_perfect += std::max(wire_beats(esp[i].size()), (mix[i % mix.size()].size() + 63) / 64);
      ++counted;
    }
  };
  const unsigned shorter = static_cast<unsigned>(kShort / mix.size() * mix.size());
  for (unsigned done = 0; done < total;) {
    const unsigned n = std::min<unsigned>(total - done, kRun / mix.size() * mix.size());
    run(n, 1);
    run(shorter, -1);
    done += n;
  }
  const double perfect = static_cast<double>(out_perfect) / static_cast<double>(counted);
  const double bytes = static_cast<double>(esp_bytes) / static_cast<double>(counted);
  const double out_clocks = sum[0].clocks / sum[0].packets, in_clocks = sum[1].clocks / sum[1].packets;
  return {{"mix", name},
          {"packets", counted},
          {"sas", out_sas.size()},
          {"beats_of_a_perfect_engine", perfect},
          {"out_clocks_per_packet", out_clocks},
          {"in_clocks_per_packet", in_clocks},
          {"out_of_perfect", perfect / out_clocks},
          {"in_of_perfect", perfect / in_clocks},
          {"out_of_64_bytes_a_clock", bytes / 64 / out_clocks},
          {"in_of_64_bytes_a_clock", bytes / 64 / in_clocks}};
}

// A run of one packet, from ap_start to ap_done.
nlohmann::json latency(Bench& b, SaHandle sa) {
  std::vector<PacketOut> sealed, opened;
  const std::vector<uint8_t> p = packet(64 - 20);
  const uint64_t out = clocks(b, Direction::kOut, {{p, sa}}, sealed);
  const std::vector<uint8_t> esp(sealed[0].data.begin(), sealed[0].data.end());
  return {{"out_clocks", out}, {"in_clocks", clocks(b, Direction::kIn, {{esp}}, opened)}};
}

// Clocks of an SA's install in a batch, with the lookup slot inbound. The host has as many beats of zeros follow, over
// the keys in card memory; they are not in it.
double install_clocks(Bench& b, Direction d, uint32_t& spi) {
  const auto batch = [&](unsigned n) {
    std::vector<SaConfig> sas;
    sas.reserve(n);
    for (unsigned i = 0; i < n; ++i) sas.push_back(sa(d, kTunnel, ++spi));
    const uint64_t before = b.port->registers(d).busy_cycles;
    const std::vector<SaHandle> handles = b.engine->install_all(sas);
    const uint64_t taken = b.port->registers(d).busy_cycles - before;
    b.engine->remove_all(d, handles);
    return static_cast<double>(taken);
  };
  const double shorter = batch(kShort);
  return (batch(kRun) - shorter) / (kRun - kShort) / 2;
}

constexpr unsigned kSasOfAMode = 16;
const std::vector<size_t> kImix{64, 576, 64, 64, 576, 64, 1500, 64, 576, 64, 64, 576};

std::vector<SaHandle> install(Bench& b, unsigned count, uint32_t& spi) {
  std::vector<SaConfig> out, in;
  for (unsigned i = 0; i < count; ++i) {
    out.push_back(sa(Direction::kOut, kTunnel, ++spi));
    in.push_back(sa(Direction::kIn, kTunnel, spi));
  }
  b.engine->install_all(in);
  return b.engine->install_all(out);
}

// The same traffic through cards with so many engines each: clocks a packet, and how much less than the first one's.
nlohmann::json scale(const std::vector<unsigned>& engines, unsigned many_sas, uint64_t stall_seed) {
  struct Traffic {
    const char* name;
    std::vector<size_t> sizes;
    unsigned packets;
  };
  const Traffic traffics[] = {{"64 B", {64}, 2048}, {"IMIX", kImix, 2016}, {"1420 B", {1420}, 1024}};
  nlohmann::json rows = nlohmann::json::array();
  for (const unsigned n : engines) {
    Bench b = make(stall_seed, n);
    uint32_t spi = 0x1000;
    const std::vector<SaHandle> many = install(b, many_sas, spi);
    const std::vector<SaHandle> one(1, many[0]);
    size_t row = 0;
    for (const auto& sas : {one, many}) {
      for (const Traffic& t : traffics) {
        std::cerr << fmt::format("\rmeasuring {} over {} SAs, {} engines ...      ", t.name, sas.size(), n);
        nlohmann::json r = sustain(b, t.name, t.sizes, t.packets, sas);
        const nlohmann::json& first = n == engines.front() ? r : rows[row];
        const auto ratio = [&](const char* key) { return first[key].get<double>() / r[key].get<double>(); };
        const double out = ratio("out_clocks_per_packet"), in = ratio("in_clocks_per_packet");
        r["engines"] = n;
        r["out_ratio"] = out;
        r["in_ratio"] = in;
        rows.push_back(r);
        ++row;
      }
    }
  }
  std::cerr << "\r                                                  \r";
  return rows;
}

void print_scale(const nlohmann::json& rows) {
  std::cout << fmt::format("{:<10} {:>8} {:>8} {:>8} {:>10} {:>10} {:>10} {:>10}\n", "tunnel of", "packets", "SAs",
                           "engines", "out clk", "in clk", "out ratio", "in ratio");
  for (const auto& r : rows)
    std::cout << fmt::format("{:<10} {:>8} {:>8} {:>8} {:>10.3f} {:>10.3f} {:>10.2f} {:>10.2f}\n",
                             r["mix"].get<std::string>(), r["packets"].get<uint64_t>(), r["sas"].get<size_t>(),
                             r["engines"].get<unsigned>(), r["out_clocks_per_packet"].get<double>(),
                             r["in_clocks_per_packet"].get<double>(), r["out_ratio"].get<double>(),
                             r["in_ratio"].get<double>());
}

void save(const std::string& file, const nlohmann::json& figures) {
  if (file.empty()) return;
  std::ofstream f(file);
  f << figures.dump(2) << '\n';
  if (!f) throw Error(ErrorCode::kIo, "can't write " + file);
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Clocks a packet at the Verilated card, both directions, from batches that memory never stalls."};
  std::string json_file;
  uint64_t stall_seed = 0;
  app.add_option("--json", json_file, "write the figures to this file too");
  app.add_option("--stall-seed", stall_seed, "let memory and all streams stall at random (0: never)");
  unsigned many_sas = 256;
  app.add_option("--sas", many_sas, "SAs of the tables' second half, a different one each packet")
      ->check(CLI::Range(1, 900));
  std::vector<unsigned> engines;
  app.add_option("--engines", engines,
                 "the same mixes through cards with so many engines each (1, 2, 4), with the ratio to the first, and "
                 "nothing else")
      ->delimiter(',')
      ->check(CLI::IsMember({1, 2, 4}));
  CLI11_PARSE(app, argc, argv);
  try {
    if (!engines.empty()) {
      const nlohmann::json rows = scale(engines, many_sas, stall_seed);
      print_scale(rows);
      save(json_file, {{"what",
                        "clocks per packet at the RTL by number of engines, slope between two batch lengths, "
                        "memory without stalls; ratios are to the first number of engines"},
                       {"rows", rows}});
      return 0;
    }
    Bench b = make(stall_seed);
    uint32_t install_spi = 0x100000;
    const double install_out = install_clocks(b, Direction::kOut, install_spi);
    const double install_in = install_clocks(b, Direction::kIn, install_spi);
    const auto start = std::chrono::steady_clock::now();
    nlohmann::json rows = nlohmann::json::array();
    uint32_t spi = 0x1000;
    for (const Kind& kind : {kTunnel, kTransport, kAhTunnel}) {
      std::vector<SaHandle> sas;  // another SA each packet
      for (unsigned i = 0; i < kSasOfAMode; ++i) {
        sas.push_back(b.engine->install(sa(Direction::kOut, kind, ++spi)));
        b.engine->install(sa(Direction::kIn, kind, spi));
      }
      for (const size_t size : kSizes) {
        std::cerr << fmt::format("\rmeasuring {} {} B ...      ", kind.name, size);
        rows.push_back(measure(b, kind, size, sas));
      }
    }
    // Tunnel mode, inner packets of the size named; IMIX is 7:4:1 of 64, 576 and 1500 B.
    nlohmann::json mixes = nlohmann::json::array();
    const std::vector<SaHandle> many = install(b, many_sas, spi);
    const std::vector<SaHandle> one(1, many[0]);
    std::vector<SaHandle> all =
        install(b, abi::kSaCapacity - many_sas - 3 * kSasOfAMode, spi);  // the table is full now
    all.insert(all.end(), many.begin(), many.end());
    for (const auto& sas : {one, many, all}) {
      std::cerr << fmt::format("\rmeasuring mixes over {} SAs ...      ", sas.size());
      mixes.push_back(sustain(b, "64 B", {64}, 10000, sas));
      mixes.push_back(sustain(b, "IMIX", kImix, 3000, sas));
      mixes.push_back(sustain(b, "1420 B", {1420}, 500, sas));
      mixes.push_back(sustain(b, "1500 B", {1500}, 500, sas));
      mixes.push_back(sustain(b, "9000 B", {9000}, 200, sas));
    }
    const nlohmann::json alone = latency(b, many[0]);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const uint64_t simulated = b.port->card().clocks();
    std::cerr << "\r                                   \r";
    std::cout << fmt::format("{:<10} {:>8} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "mode", "payload", "ESP B",
                             "ESP beats", "out clk", "in clk", "out gap", "in gap");
    for (const auto& r : rows)
      std::cout << fmt::format("{:<10} {:>8} {:>8} {:>10} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f}\n",
                               r["mode"].get<std::string>(), r["payload_bytes"].get<size_t>(),
                               r["esp_bytes"].get<size_t>(), r["esp_beats"].get<size_t>(),
                               r["out_clocks_per_packet"].get<double>(), r["in_clocks_per_packet"].get<double>(),
                               r["out_gap_clocks"].get<double>(), r["in_gap_clocks"].get<double>());
    std::cout << fmt::format("\n{:<10} {:>8} {:>8} {:>10} {:>10} {:>10} {:>12} {:>12} {:>12} {:>12}\n", "tunnel of",
                             "packets", "SAs", "perfect", "out clk", "in clk", "out/perfect", "in/perfect",
                             "out/64B/clk", "in/64B/clk");
    for (const auto& r : mixes)
      std::cout << fmt::format(
          "{:<10} {:>8} {:>8} {:>10.2f} {:>10.3f} {:>10.3f} {:>11.1f}% {:>11.1f}% {:>11.1f}% {:>11.1f}%\n",
          r["mix"].get<std::string>(), r["packets"].get<uint64_t>(), r["sas"].get<size_t>(),
          r["beats_of_a_perfect_engine"].get<double>(), r["out_clocks_per_packet"].get<double>(),
          r["in_clocks_per_packet"].get<double>(), 100 * r["out_of_perfect"].get<double>(),
          100 * r["in_of_perfect"].get<double>(), 100 * r["out_of_64_bytes_a_clock"].get<double>(),
          100 * r["in_of_64_bytes_a_clock"].get<double>());
    std::cout << fmt::format("a run of one 64 B packet, ap_start to ap_done: {} clocks out, {} in\n",
                             alone["out_clocks"].get<uint64_t>(), alone["in_clocks"].get<uint64_t>());
    std::cout << fmt::format(
        "an SA's install in a batch: {:.2f} clocks out, {:.2f} in; as many again to wipe its keys in card memory\n",
        install_out, install_in);
    std::cout << fmt::format("simulated {} clocks in {:.1f} s: {:.0f} clocks/s\n", simulated, seconds,
                             static_cast<double>(simulated) / seconds);
    save(json_file, {{"what", "clocks per packet at the RTL, slope between two batch lengths, memory without stalls"},
                     {"rows", rows},
                     {"mixes", mixes},
                     {"one_packet", alone},
                     {"install_clocks", {{"out", install_out}, {"in", install_in}}},
                     {"simulated_clocks", simulated},
                     {"simulation_clocks_per_second", static_cast<double>(simulated) / seconds}});
  } catch (const xesp::Error& e) {
    std::cerr << "xesp-cycles: " << e.what() << '\n';
    return static_cast<int>(e.code());
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << "xesp-cycles: " << e.what() << '\n';
  return static_cast<int>(ErrorCode::kSoftware);
}
