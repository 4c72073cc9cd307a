// SPDX-License-Identifier: Apache-2.0
#include "metrics/page.h"

#include <fmt/format.h>

#include <limits>

#include "control/sa_json.h"
#include "xesp/offload_engine.h"

namespace xesp::metrics {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr Direction kDirections[] = {Direction::kOut, Direction::kIn};

class Family {
 public:
  Family(const char* name, const char* help, MetricType type) {
    family_.name = name;
    family_.help = help;
    family_.type = type;
  }
  void add(const Labels& labels, double value) {
    ClientMetric m;
    for (const auto& [name, text] : labels) m.label.push_back({name, text});
    (family_.type == MetricType::Counter ? m.counter.value : m.gauge.value) = value;
    family_.metric.push_back(std::move(m));
  }
  void add(const Labels& labels, uint64_t value) { add(labels, static_cast<double>(value)); }
  void to(std::vector<MetricFamily>& page) { page.push_back(std::move(family_)); }

 private:
  MetricFamily family_;
};

Family counter(const char* name, const char* help) {
  return {name, help, MetricType::Counter};
}
Family gauge(const char* name, const char* help) {
  return {name, help, MetricType::Gauge};
}

void add_sas(std::vector<MetricFamily>& page, Controller& controller, Engine& engine) {
  Family packets = counter("xesp_sa_packets_total", "Packets that an SA protected or accepted");
  Family bytes = counter("xesp_sa_bytes_total", "Bytes of whole IP packets on the clear side of an SA");
  Family number = gauge("xesp_sa_sequence_number", "Last number sent, or highest accepted");
  Family on_card = gauge("xesp_sa_on_card", "1: the SA is on the card, 0: in software");
  const std::vector<SaStats> all = controller.all_stats();
  auto stats = all.begin();
  for (const Controller::Sa& sa : controller.sas()) {
    const Labels labels = {{"dir", control::direction_name(sa.config.direction)},
                           {"src", sa.config.src.str()},
                           {"dst", sa.config.dst.str()},
                           {"proto", control::proto_name(sa.config.proto)},
                           {"spi", fmt::format("{:#010x}", sa.config.spi)},
                           {"reqid", std::to_string(sa.config.reqid)}};
    packets.add(labels, stats->packets);
    bytes.add(labels, stats->bytes);
    number.add(labels, stats->seq);
    on_card.add(labels, engine.placement(sa.config.direction, sa.handle).on_card ? 1.0 : 0.0);
    ++stats;
  }
  for (Family* f : {&packets, &bytes, &number, &on_card}) f->to(page);
}

void add_policies(std::vector<MetricFamily>& page, const Controller& controller) {
  Family up = gauge("xesp_policy_up", "Outbound protect policies: 1 with a live SA, 0 without, when its packets drop");
  for (const Controller::BoundPolicy& p : controller.policies())
    if (p.policy.direction == Direction::kOut && p.policy.action == PolicyAction::kProtect)
      up.add({{"src", p.policy.selector.src.str()},
              {"dst", p.policy.selector.dst.str()},
              {"proto", std::to_string(p.policy.selector.protocol)},
              {"reqid", std::to_string(p.policy.reqid)},
              {"peer", p.policy.tmpl_dst.str()}},
             p.sa ? 1.0 : 0.0);
  up.to(page);
}

void add_engine(std::vector<MetricFamily>& page, Engine& engine) {
  Family packets = counter("xesp_engine_packets_total", "Packets given to the engine, by what became of them");
  Family bytes = counter("xesp_engine_bytes_total", "Clear-side bytes of the packets that passed");
  Family batches = counter("xesp_engine_batches_total", "Batches that the engine was given");
  Family cycles = counter("xesp_card_run_cycles_total", "Clocks that the card spent in runs");
  for (const Direction d : kDirections) {
    const EngineCounters c = engine.counters(d);
    const std::string dir = control::direction_name(d);
    for (unsigned i = 0; i < abi::kDropReasonCount; ++i)
      packets.add({{"dir", dir}, {"result", drop_counter_name(static_cast<DropReason>(i))}}, c.by_reason[i]);
    bytes.add({{"dir", dir}}, c.bytes);
    batches.add({{"dir", dir}}, c.batches);
    cycles.add({{"dir", dir}}, c.card_cycles);
  }
  for (Family* f : {&packets, &bytes, &batches, &cycles}) f->to(page);
}

void add_card(std::vector<MetricFamily>& page, Engine& engine) {
  const auto* offload = dynamic_cast<const OffloadEngine*>(&engine);
  if (offload != nullptr) {
    const CardHealth health = offload->card_health();
    Family present = gauge("xesp_card_present", "1: the card answers, 0: it is lost");
    present.add({}, health.present ? 1.0 : 0.0);
    Family losses = counter("xesp_card_losses_total", "Times that the card was lost");
    losses.add({}, health.losses);
    Family returns = counter("xesp_card_returns_total", "Times that it came back");
    returns.add({}, health.returns);
    for (Family* f : {&present, &losses, &returns}) f->to(page);
  }
  Family registers = gauge("xesp_card_register", "A register of a compute unit");
  for (const Direction d : kDirections)
    for (const auto& [name, value] : engine.registers(d))
      registers.add({{"dir", control::direction_name(d)}, {"register", name}}, value);
  registers.to(page);
}

template <size_t N>
ClientMetric to_metric(const Histogram<N>& histogram, const std::string& dir) {
  ClientMetric m;
  m.label.push_back({"dir", dir});
  uint64_t below = 0;
  for (size_t i = 0; i < N; ++i) m.histogram.bucket.push_back({below += histogram.count(i), histogram.bounds()[i]});
  m.histogram.bucket.push_back({below += histogram.count(N), std::numeric_limits<double>::infinity()});
  m.histogram.sample_count = below;
  m.histogram.sample_sum = histogram.sum();
  return m;
}

void add_batches(std::vector<MetricFamily>& page, const BatchMeter& batches) {
  MetricFamily packets{
      "xesp_batch_packets", "Packets in a batch that the packet side gave to the engine", MetricType::Histogram, {}};
  MetricFamily seconds{"xesp_batch_seconds", "Time from a batch to its results", MetricType::Histogram, {}};
  for (const Direction d : kDirections) {
    packets.metric.push_back(to_metric(batches.of(d).packets, control::direction_name(d)));
    seconds.metric.push_back(to_metric(batches.of(d).seconds, control::direction_name(d)));
  }
  page.push_back(std::move(packets));
  page.push_back(std::move(seconds));
}

// The packet side's counters as a tree of names: group.name.
void add_tree(Family& family, const std::string& group, const nlohmann::json& tree) {
  for (const auto& [name, value] : tree.items()) {
    if (value.is_object()) {
      std::string inner = group;
      if (!inner.empty()) inner += '.';
      add_tree(family, inner.append(name), value);
    } else if (value.is_number()) {
      family.add({{"group", group}, {"counter", name}}, value.get<double>());
    }
  }
}

}  // namespace

std::vector<MetricFamily> collect(Controller& controller, Engine& engine, const PacketPath& path,
                                  const BatchMeter& batches) {
  std::vector<MetricFamily> page;
  Family info = gauge("xesp_build_info", "Always 1; version and engine in the labels");
  info.add({{"version", XESP_VERSION}, {"engine", engine.description()}}, 1.0);
  info.to(page);
  Family counts = gauge("xesp_entries", "SAs and policies that there are");
  counts.add({{"kind", "sa"}}, static_cast<double>(controller.sas().size()));
  counts.add({{"kind", "policy"}}, static_cast<double>(controller.policies().size()));
  counts.to(page);
  add_sas(page, controller, engine);
  add_policies(page, controller);
  add_engine(page, engine);
  add_card(page, engine);
  add_batches(page, batches);
  Family dataplane = counter("xesp_dataplane_total", "Counters of the packet side and of XDP");
  add_tree(dataplane, "", path.counters());
  dataplane.to(page);
  return page;
}

}  // namespace xesp::metrics
