// SPDX-License-Identifier: Apache-2.0
#include "path_counters.h"

#include <nlohmann/json.hpp>

#include "xesp/engine.h"

namespace xesp::dataplane {

namespace {

constexpr const char* kNames[] = {
#define XESP_X(id, name, text) name,
    XESP_PATH_COUNTERS(XESP_X)
#undef XESP_X
};
constexpr const char* kTexts[] = {
#define XESP_X(id, name, text) text,
    XESP_PATH_COUNTERS(XESP_X)
#undef XESP_X
};

}  // namespace

const char* path_counter_name(PathCounter counter) {
  return kNames[counter];
}
const char* path_counter_text(PathCounter counter) {
  return kTexts[counter];
}

nlohmann::json PathCounters::json() const {
  nlohmann::json out;
  for (unsigned i = 0; i < kPathCounterCount; ++i) out[kNames[i]] = own_[i].load(std::memory_order_relaxed);
  for (unsigned i = 0; i < abi::kDropReasonCount; ++i)
    out["engine"][drop_counter_name(static_cast<DropReason>(i))] = engine_[i].load(std::memory_order_relaxed);
  return out;
}

}  // namespace xesp::dataplane
