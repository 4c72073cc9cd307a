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

/// Seconds that the processors of this machine were not idle.
double busy() {
  std::ifstream stat("/proc/stat");
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0;
  stat >> name >> user >> nice >> system >> idle >> iowait >> irq >> softirq >> steal;
  return (user + nice + system + irq + softirq + steal) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Rate {
  double offered = 0, forwarded = 0;
  double cpu = 0;  // seconds of all processors for one packet that was forwarded, its making included
};

Rate rate_of(const measure::PacketSource& source, double seconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // the queues are full
  const auto start = Clock::now();
  const uint64_t offered = source.offered(), forwarded = sent();
  const double used = busy();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const double took = std::chrono::duration<double>(Clock::now() - start).count();
  const auto packets = static_cast<double>(sent() - forwarded);
  return {static_cast<double>(source.offered() - offered) / took, packets / took, (busy() - used) / packets};
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

/// Whether the forwarder was the limit: some packets were lost before it. Else it was the processor of the source,
/// which also runs the XDP program.
bool full(const Rate& rate) {
  return rate.forwarded < 0.97 * rate.offered;
}

nlohmann::json measure_size(measure::PacketSource& source, size_t bytes, unsigned rounds, double seconds) {
  struct Pair {
    Rate bare, ours;
  };
  std::vector<Pair> pairs;
  source.set_bytes(bytes);
  for (unsigned round = 0; round < rounds; ++round) {
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
  }
  source.set_bytes(0);
  const auto median_of = [&](auto value) {
    std::vector<double> values;
    std::ranges::transform(pairs, std::back_inserter(values), value);
    return median(std::move(values));
  };
  // Ratios are of neighbours in time: the machine may have other work.
  return {{"ip_bytes", bytes},
          {"bare_packets_per_second", median_of([](const Pair& p) { return p.bare.forwarded; })},
          {"bare_offered_per_second", median_of([](const Pair& p) { return p.bare.offered; })},
          {"packets_per_second", median_of([](const Pair& p) { return p.ours.forwarded; })},
          {"offered_per_second", median_of([](const Pair& p) { return p.ours.offered; })},
          {"ratio", median_of([](const Pair& p) { return p.ours.forwarded / p.bare.forwarded; })},
          {"bare_cpu_ns", 1e9 * median_of([](const Pair& p) { return p.bare.cpu; })},
          {"cpu_ns", 1e9 * median_of([](const Pair& p) { return p.ours.cpu; })},
          {"cpu_ratio", median_of([](const Pair& p) { return p.bare.cpu / p.ours.cpu; })},
          {"bare_rounds_full", std::ranges::count_if(pairs, [](const Pair& p) { return full(p.bare); })},
          {"rounds_full", std::ranges::count_if(pairs, [](const Pair& p) { return full(p.ours); })}};
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("xespd's packet side with an engine that does nothing beside a bare AF_XDP forwarder, on veth.");
  std::string file;
  unsigned rounds = 7;
  double seconds = 1;
  app.add_option("--json", file, "write the figures there too");
  app.add_option("--rounds", rounds, "times that each side runs; the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--seconds", seconds, "of each run")->check(CLI::Range(0.1, 60.0))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    Lab lab;
    nlohmann::json rows = nlohmann::json::array();
    fmt::print("{:>8} {:>12} {:>12} {:>6} {:>12} {:>12} {:>6} {:>6} {:>9} {:>9} {:>6}\n", "IP B", "bare", "offered",
               "full", "xespd", "offered", "full", "ratio", "bare CPU", "xespd CPU", "ratio");
    for (const size_t bytes : {64, 512, 1400}) {
      rows.push_back(measure_size(lab.source(), bytes, rounds, seconds));
      const auto number = [&](const char* name) { return rows.back()[name].get<double>(); };
      fmt::print(
          "{:>8} {:>10.0f}/s {:>10.0f}/s {:>6} {:>10.0f}/s {:>10.0f}/s {:>6} {:>6.2f} {:>6.0f} ns {:>6.0f} ns "
          "{:>6.2f}\n",
          bytes, number("bare_packets_per_second"), number("bare_offered_per_second"), number("bare_rounds_full"),
          number("packets_per_second"), number("offered_per_second"), number("rounds_full"), number("ratio"),
          number("bare_cpu_ns"), number("cpu_ns"), number("cpu_ratio"));
    }
    fmt::print(
        "full: rounds in which the forwarder was the limit, of {}; else it was the processor that makes the packets "
        "and "
        "runs XDP\n",
        rounds);
    if (!file.empty())
      std::ofstream(file) << nlohmann::json{{"rows", rows}, {"batch", kBatch}, {"rounds", rounds}}.dump(2) << "\n";
    return 0;
  } catch (const Error& e) {
    std::cerr << "xesp-forwarding-bench: " << e.what() << "\n";
    return static_cast<int>(e.code());
  }
} catch (const std::exception& e) {
  std::cerr << "xesp-forwarding-bench: " << e.what() << "\n";
  return static_cast<int>(ErrorCode::kSoftware);
}
