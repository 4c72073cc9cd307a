// SPDX-License-Identifier: Apache-2.0
//
// Waveforms of a Verilated model, where the build has them (-DXESP_SIM_TRACE=ON); they cost speed even when unused.
#ifndef XESP_SIM_MODEL_TRACE_H
#define XESP_SIM_MODEL_TRACE_H

#include <verilated.h>

#include <stdexcept>
#include <string>

#if XESP_SIM_TRACE
#include <verilated_fst_c.h>

#include <memory>
#endif

namespace xesp::sim {

class ModelTrace {
 public:
  /// An empty file name: no trace. @throws std::runtime_error for a name in a build without traces.
  template <typename Model>
  ModelTrace(const std::string& file, VerilatedContext& context, Model& model);
#if XESP_SIM_TRACE
  ~ModelTrace();
#else
  ~ModelTrace() = default;
#endif
  ModelTrace(const ModelTrace&) = delete;
  ModelTrace& operator=(const ModelTrace&) = delete;
  void dump(uint64_t time);

#if XESP_SIM_TRACE
 private:
  std::unique_ptr<VerilatedFstC> trace_;
#endif
};

#if XESP_SIM_TRACE
template <typename Model>
ModelTrace::ModelTrace(const std::string& file, VerilatedContext& context, Model& model) {
  if (file.empty()) return;
  context.traceEverOn(true);
  trace_ = std::make_unique<VerilatedFstC>();
  model.trace(trace_.get(), 99);
  trace_->open(file.c_str());
  if (!trace_->isOpen()) throw std::runtime_error("can't write XESP_SIM_TRACE file " + file);
}
inline ModelTrace::~ModelTrace() {
  if (trace_) trace_->close();
}
inline void ModelTrace::dump(uint64_t time) {
  if (trace_) trace_->dump(time);
}
#else
template <typename Model>
ModelTrace::ModelTrace(const std::string& file, VerilatedContext&, Model&) {
  if (!file.empty()) throw std::runtime_error("XESP_SIM_TRACE needs a build with -DXESP_SIM_TRACE=ON");
}
inline void ModelTrace::dump(uint64_t) {}
#endif

}  // namespace xesp::sim
#endif
