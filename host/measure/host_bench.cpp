// SPDX-License-Identifier: Apache-2.0
//
// xesp-host-bench: the software engine beside OpenSSL and intel-ipsec-mb themselves, and installs. Both sides of a
// ratio run in turn, several times in one run. Figures are of this machine only.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "bare_ciphers.h"
#include "xesp/crypto.h"
#include "xesp/engine.h"
#include "xesp/error.h"
#include "xesp/offload_engine.h"

namespace {

using namespace xesp;
using Clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The same of this thread's time on a processor: what else runs there is not counted.
double busy_seconds_of(const std::function<void()>& work) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  };
  const double start = now();
  work();
  return now() - start;
}

SaConfig sa(Direction direction, uint32_t spi, size_t key_bytes = 32) {
  SaConfig c;
  c.direction = direction;
  c.src = IpAddress::parse("192.0.2.1");
  c.dst = IpAddress::parse("198.51.100.1");
  c.spi = spi;
  std::vector<uint8_t> key(key_bytes, static_cast<uint8_t>(spi)), salt(4, 1);  // of a measurement, not of a tunnel
  for (size_t i = 0; i < 4; ++i) key[i] = static_cast<uint8_t>(spi >> 8 * i);
  c.key = Secret(key);
  c.salt = Secret(salt);
  c.replay_window = direction == Direction::kIn ? 128 : c.replay_window;
  return c;
}

// An inner IPv4 packet of this many bytes.
std::vector<uint8_t> packet(size_t bytes) {
  std::vector<uint8_t> p(bytes);
  p[0] = 0x45;
  p[2] = static_cast<uint8_t>(bytes >> 8);
  p[3] = static_cast<uint8_t>(bytes);
  p[8] = 64;
  p[9] = 17;
  return p;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

const char* name_of(Crypto crypto) {
  return crypto == Crypto::kOpenssl ? "OpenSSL" : "ipsec-mb";
}

// Bytes a second of inner packets, by the engine and by the library alone. Both read one packet again and again and
// write to as many places as the engine's batch has, which is xespd's, so neither has the better caches. Each ratio is
// of runs that follow each other, of the thread's own time, and the median of all counts.
nlohmann::json beside_library(Crypto crypto, size_t bytes, size_t key_bytes, unsigned rounds) {
  constexpr size_t kBatch = 64, kBatches = 80;
  const auto engine = make_software_engine(crypto);
  const SaHandle out = engine->install(sa(Direction::kOut, 0x1001, key_bytes));
  SaConfig receiver = sa(Direction::kIn, 0x1001, key_bytes);
  receiver.replay_window = 0;
  engine->install(receiver);
  std::vector<uint8_t> frame = packet(bytes);
  frame.resize(bytes + 64);
  const std::span<const uint8_t> clear = std::span(frame).first(bytes);
  std::vector<PacketIn> batch(kBatch, PacketIn{.data = clear, .sa = out, .tail = std::span(frame).subspan(bytes)});
  std::vector<PacketOut> results;
  engine->process(Direction::kOut, batch, results);
  std::vector<std::vector<uint8_t>> wire;
  wire.reserve(results.size());
  for (const PacketOut& r : results) wire.emplace_back(r.data.begin(), r.data.end());
  std::vector<PacketIn> back;
  back.reserve(wire.size());
  for (const auto& w : wire) back.push_back({w});
  const auto bare = measure::make_bare(crypto, key_bytes);
  std::vector<std::vector<uint8_t>> texts(kBatch, std::vector<uint8_t>(bytes));
  std::vector<double> outs, ins, bares, out_ratios, in_ratios;
  uint64_t number = 0;
  for (unsigned round = 0; round < rounds; ++round) {
    outs.push_back(busy_seconds_of([&] {
      for (size_t i = 0; i < kBatches; ++i) engine->process(Direction::kOut, batch, results);
    }));
    bares.push_back(busy_seconds_of([&] {
      for (size_t i = 0; i < kBatches; ++i)
        for (std::vector<uint8_t>& text : texts) bare->seal(clear, text.data(), ++number);
    }));
    ins.push_back(busy_seconds_of([&] {
      for (size_t i = 0; i < kBatches; ++i) engine->process(Direction::kIn, back, results);
    }));
    out_ratios.push_back(bares.back() / outs.back());
    in_ratios.push_back(bares.back() / ins.back());
  }
  for (const PacketOut& r : results)
    if (r.status != abi::kOk)
      throw Error(ErrorCode::kSoftware, fmt::format("a packet was dropped: {}", drop_text(r.status)));
  const double total = static_cast<double>(kBatch * kBatches * bytes);
  return {{"library", name_of(crypto)},
          {"inner_bytes", bytes},
          {"key_bits", key_bytes * 8},
          {"out_bytes_per_second", total / median(outs)},
          {"in_bytes_per_second", total / median(ins)},
          {"bare_bytes_per_second", total / median(bares)},
          {"out_ratio", median(out_ratios)},
          {"in_ratio", median(in_ratios)}};
}

// Installs of many SAs, half of them in each direction; the median of some engines.
nlohmann::json installs(const std::string& name, const std::function<std::unique_ptr<Engine>()>& make, uint32_t count) {
  std::vector<SaConfig> out, in;
  for (uint32_t i = 0; i < count / 2; ++i) {
    out.push_back(sa(Direction::kOut, 0x10000 + i));
    in.push_back(sa(Direction::kIn, 0x10000 + i));
  }
  std::vector<double> took;
  for (int i = 0; i < 5; ++i) {
    const auto engine = make();
    took.push_back(seconds_of([&] {
      engine->install_all(out);
      engine->install_all(in);
    }));
  }
  return {{"engine", name},
          {"sas", count},
          {"seconds", median(took)},
          {"fastest", std::ranges::min(took)},
          {"slowest", std::ranges::max(took)},
          {"seconds_per_100000", median(took) * 1e5 / count}};
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"The software engine beside its libraries themselves in one run, and SA installs."};
  std::string json_file;
  unsigned rounds = 15;
  app.add_option("--json", json_file, "write the figures to this file too");
  app.add_option("--rounds", rounds, "times that each side runs; the median counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    // First, for memory that others have used and given back is not what a new xespd has.
    nlohmann::json rows = nlohmann::json::array(), install_rows = nlohmann::json::array();
    std::vector<Crypto> libraries{Crypto::kOpenssl};
    if (why_no_ipsec_mb().empty())
      libraries.push_back(Crypto::kIpsecMb);
    else
      std::cout << "not measured: " << why_no_ipsec_mb() << '\n';
    for (const Crypto crypto : libraries)
      install_rows.push_back(installs(
          fmt::format("software ({})", name_of(crypto)), [&] { return make_software_engine(crypto); }, 100000));
    install_rows.push_back(installs(
        "offload (software in the card's place)",
        [] { return make_offload_engine([] { return make_software_engine(); }); }, 100000));
    for (const auto& r : install_rows)
      std::cout << fmt::format("{} SAs installed, {}: {:.3f} s, median of 5 ({:.3f} to {:.3f})\n",
                               r["sas"].get<uint32_t>(), r["engine"].get<std::string>(), r["seconds"].get<double>(),
                               r["fastest"].get<double>(), r["slowest"].get<double>());
    std::cout << fmt::format("{:>9} {:>4} {:>8} {:>12} {:>12} {:>12} {:>6} {:>6}\n", "library", "key", "inner B",
                             "out B/s", "in B/s", "alone B/s", "out", "in");
    for (const Crypto crypto : libraries)
      for (const size_t key : {16, 32})
        for (const size_t bytes : {64, 512, 1408, 9000}) {
          rows.push_back(beside_library(crypto, bytes, key, rounds));
          const auto& r = rows.back();
          std::cout << fmt::format("{:>9} {:>4} {:>8} {:>12.3e} {:>12.3e} {:>12.3e} {:>6.2f} {:>6.2f}\n",
                                   r["library"].get<std::string>(), r["key_bits"].get<size_t>(), bytes,
                                   r["out_bytes_per_second"].get<double>(), r["in_bytes_per_second"].get<double>(),
                                   r["bare_bytes_per_second"].get<double>(), r["out_ratio"].get<double>(),
                                   r["in_ratio"].get<double>());
        }
    if (!json_file.empty()) {
      std::ofstream f(json_file);
      f << nlohmann::json{{"what",
                           "one thread of this machine; ratios are to AES-GCM by the same library alone, in turn with "
                           "it and over as many buffers; the thread's own time, medians"},
                          {"software", rows},
                          {"installs", install_rows}}
               .dump(2)
        << '\n';
      if (!f) throw Error(ErrorCode::kIo, "can't write " + json_file);
    }
  } catch (const Error& e) {
    std::cerr << "xesp-host-bench: " << e.what() << '\n';
    return static_cast<int>(e.code());
  }
  return 0;
} catch (const std::exception& e) {
  std::cerr << "xesp-host-bench: " << e.what() << '\n';
  return static_cast<int>(ErrorCode::kSoftware);
}
