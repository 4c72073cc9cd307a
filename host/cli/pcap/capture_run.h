// SPDX-License-Identifier: Apache-2.0
#ifndef XESP_CLI_CAPTURE_RUN_H
#define XESP_CLI_CAPTURE_RUN_H

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pcap/capture_file.h"
#include "xesp/engine.h"

namespace xesp::cli {

/// What became of a capture's packets.
struct CaptureSummary {
  uint64_t in = 0;
  uint64_t out = 0;
  std::map<std::string, uint64_t> drops;  ///< by counter name; also not_ip, selector_mismatch
};

/// Takes a capture through an engine. Outbound: each packet goes by the first SA whose selector it matches (an SA
/// without one takes all). Inbound: a recovered packet must match its SA's selector. Only packets that the engine
/// passed are written, behind their old link header.
class CaptureRun {
 public:
  /// Installs the SAs. @throws as Engine::install() does
  CaptureRun(Engine& engine, Direction direction, const std::vector<SaConfig>& sas);
  CaptureSummary run(CaptureReader& reader, CaptureWriter& writer);

 private:
  struct Installed {
    SaHandle handle;
    std::optional<Selector> selector;
  };
  void batch(const std::vector<Frame>& frames, int link_type, CaptureWriter& writer);
  const Installed* choose(std::span<const uint8_t> packet) const;
  bool selector_fits(SaHandle handle, std::span<const uint8_t> packet) const;
  void drop(const std::string& why) { ++summary_.drops[why]; }

  Engine& engine_;
  Direction direction_;
  std::vector<Installed> sas_;
  CaptureSummary summary_;
};

}  // namespace xesp::cli
#endif
