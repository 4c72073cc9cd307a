// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_DAEMON_METRICS_PAGE_H
#define XESP_DAEMON_METRICS_PAGE_H

#include <prometheus/metric_family.h>

#include <vector>

#include "core/controller.h"
#include "metrics/batch_meter.h"
#include "packet_path.h"
#include "xesp/engine.h"

namespace xesp::metrics {

/// All that is told of xespd at this moment: SAs, policies (one whose tunnel is down stays visible, with 0), drops by
/// reason, the packet side's counters, the card. Names begin with xesp_; no label holds key material. Called on the
/// thread that owns the controller. `engine` is the one below the leases, and `batches` what the packet side's batches
/// were.
std::vector<prometheus::MetricFamily> collect(Controller& controller, Engine& engine, const PacketPath& path,
                                              const BatchMeter& batches);

}  // namespace xesp::metrics
#endif
