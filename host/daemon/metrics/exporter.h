// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_METRICS_EXPORTER_H
#define XESP_DAEMON_METRICS_EXPORTER_H

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Exposer;
}

namespace xesp::metrics {

/// Metrics over HTTP, at /metrics on a loopback address. A scrape is answered by the thread that owns what is told: it
/// waits for wake_fd() beside its other work and calls refresh() then.
class Exporter {
 public:
  using Collect = std::function<std::vector<prometheus::MetricFamily>()>;

  /// `address`: "127.0.0.1:9464" or "[::1]:9464". There is no password, so only the host itself may ask.
  /// @throws Error(kData) for another address, Error(kOs) if it can't be bound
  Exporter(const std::string& address, Collect collect);
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  int wake_fd() const;
  void refresh();
  /// The port that is served, for tests that ask for port 0.
  int port() const;

 private:
  class Page;
  std::shared_ptr<Page> page_;
  std::unique_ptr<prometheus::Exposer> server_;
};

}  // namespace xesp::metrics
#endif
