// SPDX-License-Identifier: Apache-2.0
//
// xesp-forwarding-bench: packets a second through xespd's packet side with an engine that gives each packet back as it
// is, beside a forwarder that looks at nothing (bare_forwarder.h). Both take from one veth and send to another one, in
// copy mode, the same batch, in turn; the median of the rounds counts. As root; all of it is in network namespaces of
// its own, which end with it.
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "bare_forwarder.h"
#include "dataplane/dataplane.h"
#include "packet_source.h"
#include "xesp/error.h"

namespace {

using namespace xesp;
using Clock = std::chrono::steady_clock;

constexpr unsigned kBatch = 64;

/// What is left of the packet side is what costs.
class NullEngine final : public Engine {
 public:
  std::string description() const override { return "gives packets back as they are"; }
  SaHandle install(const SaConfig&) override { return {.index = 1, .generation = 1}; }
  void remove(Direction, SaHandle) override {}
  void extend(SaHandle, uint64_t) override {}
  SaStats stats(Direction, SaHandle) override { return {}; }
  void process(Direction, std::span<const PacketIn> in, std::vector<PacketOut>& out) override {
    out.resize(in.size());
    for (size_t i = 0; i < in.size(); ++i) out[i] = {.status = abi::kOk, .sa = in[i].sa, .seq = 1, .data = in[i].data};
  }
  EngineCounters counters(Direction) const override { return {}; }
};

/// xespd's packet side with one tunnel out.
class PacketSide {
 public:
  PacketSide() : dataplane_(options(), engine_) {
    SaConfig sa;
    sa.direction = Direction::kOut;
    sa.src = IpAddress::parse("192.0.2.1");
    sa.dst = IpAddress::parse("192.0.2.2");
    sa.spi = 0x1001;
    sa.key = Secret(std::vector<uint8_t>(32, 1));  // of a measurement, not of a tunnel
    sa.salt = Secret(std::vector<uint8_t>(4, 1));
    Policy policy;
    policy.direction = Direction::kOut;
    policy.selector = {.src = Prefix::parse("10.81.1.0/24"), .dst = Prefix::parse("10.81.2.0/24")};
    policy.tmpl_src = sa.src;
    policy.tmpl_dst = sa.dst;
    dataplane_.set_policy(policy);
    const SaHandle handle = engine_.install(sa);
    dataplane_.add_outbound(sa, handle);
    dataplane_.bind_out(policy, handle);
    dataplane_.start();
  }
  ~PacketSide() {
    if (const std::string fault = dataplane_.fault(); !fault.empty()) fmt::print(stderr, "packet side: {}\n", fault);
    dataplane_.stop();
  }
  nlohmann::json counters() const { return dataplane_.counters(); }

 private:
  static DataplaneOptions options() {
    DataplaneOptions o;
    o.inside = "in0";
    o.outside = "out0";
    o.batch = kBatch;
    o.pin_dir.clear();
    return o;
  }

  NullEngine engine_;
  Dataplane dataplane_;
};

void command(const std::string& line) {
  if (std::system(line.c_str()) != 0) throw Error(ErrorCode::kOs, "can't do: " + line);
}

/// Packets that have left by out0.
uint64_t sent() {
  std::ifstream devices("/proc/thread-self/net/dev");
  for (std::string line; std::getline(devices, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != "out0:") continue;
    uint64_t value = 0;
    for (int i = 0; i < 10; ++i) words >> value;  // eight of receiving, then bytes, then packets
    return value;
  }
  throw Error(ErrorCode::kOs, "no counters of out0");
}

struct Rate {
  double offered = 0, forwarded = 0;
};

Rate rate_of(const measure::PacketSource& source, double seconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the queues are full
  const auto start = Clock::now();
  const uint64_t offered = source.offered(), forwarded = sent();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  return {static_cast<double>(source.offered() - offered) / took, static_cast<double>(sent() - forwarded) / took};
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

class Lab {
 public:
  Lab() {
    if (geteuid() != 0) throw Error(ErrorCode::kDenied, "only root may make namespaces and load BPF programs: sudo");
    if (unshare(CLONE_NEWNET) != 0)
      throw Error(ErrorCode::kOs, std::string("no network namespace: ") + errno_text(errno));
    const int cpus = static_cast<int>(std::thread::hardware_concurrency());
    // One CPU sends and runs XDP, the other one is the forwarder's.
    source_ = std::make_unique<measure::PacketSource>("gen0", cpus > 1 ? 0 : -1, [](int thread) {
      command(
          fmt::format("ip link add in0 type veth peer name gen0 netns {0} && "
                      "ip link add out0 type veth peer name sink0 netns {0} && "
                      "nsenter --net=/proc/{0}/ns/net ip link set gen0 up && "
                      "nsenter --net=/proc/{0}/ns/net ip link set sink0 up",
                      thread));
      command(
          "ip addr add 10.81.1.1/24 dev in0 && ip link set in0 up && ip addr add 192.0.2.1/24 dev out0 && "
          "ip link set out0 up && ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:99 dev out0 nud permanent && "
          "ip route add 10.81.2.0/24 via 192.0.2.2");
    });
    if (cpus <= 1) return;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(1, &one);
    sched_setaffinity(0, sizeof(one), &one);  // all threads from here on
  }
  measure::PacketSource& source() { return *source_; }

 private:
  std::unique_ptr<measure::PacketSource> source_;
};

/// The kernel lets go of an AF_XDP socket's queue some time after it was closed.
template <class Forwarder, class... Args>
std::unique_ptr<Forwarder> opened(const Args&... args) {
  for (int tries = 100;; --tries) {
    try {
      return std::make_unique<Forwarder>(args...);
    } catch (const Error& e) {
      if (tries == 0 || e.code() != ErrorCode::kOs) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// Whether the forwarder was the limit, and not the source of packets: then some were lost before it.
bool full(const Rate& rate) {
  return rate.forwarded < 0.97 * rate.offered;
}

/// Rounds in which the source was the limit for either side say nothing about the other and are made anew, up to as
/// many again. `decided`: the rounds that count; where there is none, all do, and the ratio is null.
nlohmann::json measure_size(measure::PacketSource& source, size_t bytes, unsigned rounds, double seconds) {
  struct Pair {
    Rate bare, ours;
    bool decided() const { return full(bare) && full(ours); }
  };
  std::vector<Pair> pairs;
  size_t decided = 0;
  source.set_bytes(bytes);
  while (decided < rounds && pairs.size() < 2 * rounds) {
    Pair pair;
    {
      const auto forwarder =
          opened<measure::BareForwarder>(dataplane::Interface::find("in0"), dataplane::Interface::find("out0"), kBatch);
      pair.bare = rate_of(source, seconds);
    }
    const auto side = opened<PacketSide>();
    pair.ours = rate_of(source, seconds);
    if (pair.ours.forwarded < 1 || pair.bare.forwarded < 1)
      throw Error(ErrorCode::kSoftware, "a side forwarded nothing: " + side->counters().dump());
    pairs.push_back(pair);
    if (pair.decided()) ++decided;
  }
  source.set_bytes(0);
  if (decided != 0) std::erase_if(pairs, [](const Pair& pair) { return !pair.decided(); });
  const auto median_of = [&](auto value) {
    std::vector<double> values;
    std::ranges::transform(pairs, std::back_inserter(values), value);
    return median(std::move(values));
  };
  nlohmann::json row{{"ip_bytes", bytes},
                     {"bare_packets_per_second", median_of([](const Pair& p) { return p.bare.forwarded; })},
                     {"bare_offered_per_second", median_of([](const Pair& p) { return p.bare.offered; })},
                     {"packets_per_second", median_of([](const Pair& p) { return p.ours.forwarded; })},
                     {"offered_per_second", median_of([](const Pair& p) { return p.ours.offered; })},
                     {"decided", decided},
                     {"ratio", nullptr}};
  // Of neighbours in time: the machine may have other work.
  if (decided != 0) row["ratio"] = median_of([](const Pair& p) { return p.ours.forwarded / p.bare.forwarded; });
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("xespd's packet side with an engine that does nothing beside a bare AF_XDP forwarder, on veth.");
  std::string file;
  unsigned rounds = 7;
  double seconds = 1;
  app.add_option("--json", file, "write the figures there too");
  app.add_option("--rounds", rounds, "that count; more are made where the source of packets was the limit")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--seconds", seconds, "of each run")->check(CLI::Range(0.1, 60.0))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    Lab lab;
    nlohmann::json rows = nlohmann::json::array();
    fmt::print("{:>8} {:>12} {:>12} {:>12} {:>12} {:>8} {:>6}\n", "IP B", "bare", "offered", "xespd", "offered",
               "decided", "ratio");
    for (const size_t bytes : {64, 512, 1400}) {
      rows.push_back(measure_size(lab.source(), bytes, rounds, seconds));
      const auto& r = rows.back();
      const double bare = r["bare_packets_per_second"], bare_offered = r["bare_offered_per_second"];
      const double ours = r["packets_per_second"], offered = r["offered_per_second"];
      const std::string ratio = r["ratio"].is_null() ? "-" : fmt::format("{:.2f}", r["ratio"].get<double>());
      fmt::print("{:>8} {:>10.0f}/s {:>10.0f}/s {:>10.0f}/s {:>10.0f}/s {:>8} {:>6}\n", bytes, bare, bare_offered, ours,
                 offered, r["decided"].get<size_t>(), ratio);
      if (r["ratio"].is_null())
        fmt::print("         the source of packets was the limit in each round: nothing is said of the two\n");
    }
    if (!file.empty())
      std::ofstream(file) << nlohmann::json{{"rows", rows}, {"batch", kBatch}, {"rounds", rounds}}.dump(2) << "\n";
    return 0;
  } catch (const Error& e) {
    std::cerr << "xesp-forwarding-bench: " << e.what() << "\n";
    return static_cast<int>(e.code());
  }
}
