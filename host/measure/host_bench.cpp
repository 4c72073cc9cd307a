// SPDX-License-Identifier: Apache-2.0
//
// xesp-host-bench: the software engine beside OpenSSL itself, and installs. Both sides of a ratio run in turn, several
// times in one run, and the best of each counts: what else the machine does hits both. Figures are of this machine
// only.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>

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

// AES-GCM alone, as `openssl speed -evp aes-256-gcm -aead` does it: nonce, 8 bytes of AAD, text, tag, for each packet.
class Bare {
 public:
  explicit Bare(size_t key_bytes) : ctx_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free) {
    const std::vector<uint8_t> key(key_bytes, 7);
    EVP_EncryptInit_ex(ctx_.get(), key_bytes == 32 ? EVP_aes_256_gcm() : EVP_aes_128_gcm(), nullptr, key.data(),
                       nullptr);
  }
  void seal(std::vector<uint8_t>& text, uint64_t number) {
    std::array<uint8_t, 12> nonce{};
    std::copy_n(reinterpret_cast<const uint8_t*>(&number), 8, nonce.begin());
    const std::array<uint8_t, 8> aad{};
    std::array<uint8_t, 16> tag;
    int done = 0;
    EVP_EncryptInit_ex(ctx_.get(), nullptr, nullptr, nullptr, nonce.data());
    EVP_EncryptUpdate(ctx_.get(), nullptr, &done, aad.data(), aad.size());
    EVP_EncryptUpdate(ctx_.get(), text.data(), &done, text.data(), static_cast<int>(text.size()));
    EVP_EncryptFinal_ex(ctx_.get(), text.data(), &done);
    EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data());
  }

 private:
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> ctx_;
};

// Bytes a second of inner packets, by engine and by OpenSSL alone.
nlohmann::json beside_openssl(size_t bytes, size_t key_bytes, unsigned rounds) {
  constexpr size_t kBatch = 256, kBatches = 40;
  const auto engine = make_software_engine();
  const SaHandle out = engine->install(sa(Direction::kOut, 0x1001, key_bytes));
  SaConfig receiver = sa(Direction::kIn, 0x1001, key_bytes);
  receiver.replay_window = 0;
  engine->install(receiver);
  const std::vector<uint8_t> clear = packet(bytes);
  std::vector<PacketIn> batch(kBatch, PacketIn{clear, out});
  std::vector<PacketOut> results;
  engine->process(Direction::kOut, batch, results);
  std::vector<std::vector<uint8_t>> wire;
  for (const PacketOut& r : results) wire.emplace_back(r.data.begin(), r.data.end());
  std::vector<PacketIn> back;
  for (const auto& w : wire) back.push_back({w});
  Bare bare(key_bytes);
  std::vector<uint8_t> text(bytes);
  double best[3] = {1e9, 1e9, 1e9};
  for (unsigned round = 0; round < rounds; ++round) {
    best[0] = std::min(best[0], seconds_of([&] {
                         for (size_t i = 0; i < kBatches; ++i) engine->process(Direction::kOut, batch, results);
                       }));
    best[1] = std::min(best[1], seconds_of([&] {
                         for (size_t i = 0; i < kBatches; ++i) engine->process(Direction::kIn, back, results);
                       }));
    best[2] = std::min(best[2], seconds_of([&] {
                         for (size_t i = 0; i < kBatches * kBatch; ++i) bare.seal(text, i);
                       }));
  }
  for (const PacketOut& r : results)
    if (r.status != abi::kOk)
      throw Error(ErrorCode::kSoftware, fmt::format("a packet was dropped: {}", drop_text(r.status)));
  const double total = static_cast<double>(kBatch * kBatches * bytes);
  return {{"inner_bytes", bytes},
          {"key_bits", key_bytes * 8},
          {"out_bytes_per_second", total / best[0]},
          {"in_bytes_per_second", total / best[1]},
          {"openssl_bytes_per_second", total / best[2]},
          {"out_ratio", best[2] / best[0]},
          {"in_ratio", best[2] / best[1]}};
}

// Installs of many SAs, half of them in each direction.
nlohmann::json installs(const std::string& name, Engine& engine, uint32_t count) {
  std::vector<SaConfig> out, in;
  for (uint32_t i = 0; i < count / 2; ++i) {
    out.push_back(sa(Direction::kOut, 0x10000 + i));
    in.push_back(sa(Direction::kIn, 0x10000 + i));
  }
  const double took = seconds_of([&] {
    engine.install_all(out);
    engine.install_all(in);
  });
  return {{"engine", name}, {"sas", count}, {"seconds", took}, {"seconds_per_100000", took * 1e5 / count}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The software engine beside OpenSSL itself in one run, and SA installs."};
  std::string json_file;
  unsigned rounds = 7;
  app.add_option("--json", json_file, "write the figures to this file too");
  app.add_option("--rounds", rounds, "times that each side runs; the best counts")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    nlohmann::json rows = nlohmann::json::array(), install_rows = nlohmann::json::array();
    std::cout << fmt::format("{:>6} {:>8} {:>14} {:>14} {:>14} {:>8} {:>8}\n", "key", "inner B", "out B/s", "in B/s",
                             "OpenSSL B/s", "out", "in");
    for (const size_t key : {16, 32})
      for (const size_t bytes : {64, 512, 1408, 9000}) {
        rows.push_back(beside_openssl(bytes, key, rounds));
        const auto& r = rows.back();
        std::cout << fmt::format("{:>6} {:>8} {:>14.3e} {:>14.3e} {:>14.3e} {:>8.2f} {:>8.2f}\n",
                                 r["key_bits"].get<size_t>(), bytes, r["out_bytes_per_second"].get<double>(),
                                 r["in_bytes_per_second"].get<double>(), r["openssl_bytes_per_second"].get<double>(),
                                 r["out_ratio"].get<double>(), r["in_ratio"].get<double>());
      }
    install_rows.push_back(installs("software", *make_software_engine(), 100000));
    const auto offload = make_offload_engine([] { return make_software_engine(); });
    install_rows.push_back(installs("offload (software in the card's place)", *offload, 100000));
    for (const auto& r : install_rows)
      std::cout << fmt::format("{} SAs installed, {}: {:.3f} s\n", r["sas"].get<uint32_t>(),
                               r["engine"].get<std::string>(), r["seconds"].get<double>());
    if (!json_file.empty()) {
      std::ofstream f(json_file);
      f << nlohmann::json{{"what",
                           "one thread of this machine; ratios are to AES-GCM by OpenSSL EVP alone in the same run, "
                           "best of several turns"},
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
}
