// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

namespace xesp::bench {

void Bench::set_stalls(unsigned inputs, unsigned outputs) {
  for (auto& s : inputs_) s->set_stall(inputs);
  for (auto& s : outputs_) s->set_stall(outputs);
}

void Bench::set_random_stalls() {
  static constexpr unsigned kRates[] = {0, 0, 10, 50, 90};
  for (auto* list : {&inputs_, &outputs_})
    for (auto& s : *list) s->set_stall(kRates[random_() % std::size(kRates)]);
}

void Bench::reset(unsigned clocks) {
  set_reset_n_(false);
  for (auto* list : {&inputs_, &outputs_})
    for (auto& s : *list) {
      s->set_flag_(false);
      s->moving_ = false;
    }
  for (unsigned i = 0; i < clocks; ++i)
    for (const bool level : {false, true}) {
      set_clock_(level);
      eval_();
    }
  set_reset_n_(true);
}

void Bench::cycle() {
  set_clock_(false);
  for (auto& s : inputs_) {
    if (!s->moving_ && !s->queue_.empty() && !chance(s->stall_)) {
      s->moving_ = true;
      s->write_data_(s->queue_.front());
    }
    s->set_flag_(s->moving_);
  }
  for (auto& s : outputs_) {
    s->moving_ = !chance(s->stall_);
    s->set_flag_(s->moving_);
  }
  eval_();
  for (auto& s : inputs_)
    if (s->moving_ && s->other_flag_()) {
      s->moving_ = false;
      s->queue_.pop_front();
      ++s->transfers_;
      last_move_ = cycles_;
    }
  for (auto& s : outputs_)
    if (s->moving_ && s->other_flag_()) {
      s->queue_.push_back(s->read_data_());
      ++s->transfers_;
      last_move_ = cycles_;
    }
  set_clock_(true);
  eval_();
  ++cycles_;
}

bool Bench::run_until(const std::function<bool()>& done, uint64_t idle_limit) {
  last_move_ = cycles_;
  while (!done()) {
    if (cycles_ - last_move_ > idle_limit) return false;
    cycle();
  }
  return true;
}

std::string Bench::message() const {
  std::string s = "seed " + std::to_string(seed_) + ", clock " + std::to_string(cycles_) + ", last transfer at clock " +
                  std::to_string(last_move_) + ";";
  for (const auto& i : inputs_)
    s += " in " + i->name() + ": " + std::to_string(i->transfers_) + " sent, " + std::to_string(i->queue_.size()) +
         " wait;";
  for (const auto& o : outputs_)
    s += " out " + o->name() + ": " + std::to_string(o->transfers_) + " received, " + std::to_string(o->queue_.size()) +
         " unread;";
  return s;
}

}  // namespace xesp::bench
