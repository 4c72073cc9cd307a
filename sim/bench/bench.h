// SPDX-License-Identifier: Apache-2.0
//
// Drives a Verilated design of AXI4-Streams: queues at its inputs and outputs, a random valid and ready on each, and a
// count of clocks. The seed makes a run repeatable; print it in every failure (message() has it).
//
//   Vcounter dut;
//   xesp::bench::Bench bench(dut, seed);
//   auto& in = bench.input("in", 64, dut.in_TDATA, dut.in_TVALID, dut.in_TREADY);
//   auto& out = bench.output("out", 64, dut.out_TDATA, dut.out_TVALID, dut.out_TREADY);
//   bench.reset();
//   in.push(ap_uint<64>(1));
//   ASSERT_TRUE(bench.run_until([&] { return out.size() == 1; })) << bench.message();
//   EXPECT_EQ(out.pop<64>(), 1);
//
// A kernel's TOP_ports.h lists its streams as IN(name, width) and OUT(name, width), so that this needs no list by hand.
// Not thread-safe. The design must outlive the bench; the bench owns the streams.
#ifndef XESP_SIM_BENCH_H
#define XESP_SIM_BENCH_H

#include <ap_int.h>

#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace xesp::bench {

// A word of a stream, least significant 32 bits first.
using Word = std::vector<uint32_t>;

template <int W>
Word to_word(const ap_uint<W>& v) {
  Word w((W + 31) / 32);
  ap_uint<W> rest = v;
  for (uint32_t& part : w) {
    part = rest.to_uint();
    rest = rest >> 32;
  }
  return w;
}

template <int W>
ap_uint<W> from_word(const Word& w) {
  ap_uint<W> v = 0;
  for (size_t i = w.size(); i-- > 0;) v = (v << 32) | ap_uint<W>(w[i]);
  return v;
}

// How a stream behaves: of 100 clocks, about `stall` in which this side does not move.
class Stream {
 public:
  Stream(std::string name, unsigned width) : name_(std::move(name)), width_(width) {}
  const std::string& name() const { return name_; }
  unsigned width() const { return width_; }
  void set_stall(unsigned percent) { stall_ = percent; }
  size_t size() const { return queue_.size(); }
  uint64_t transfers() const { return transfers_; }

  // Inputs: words to send. `size()` counts those not yet taken.
  template <int W>
  void push(const ap_uint<W>& v) {
    queue_.push_back(to_word(v));
  }
  void push(Word w) { queue_.push_back(std::move(w)); }

  // Outputs: words received, in order.
  template <int W>
  ap_uint<W> pop() {
    return from_word<W>(pop());
  }
  Word pop() {
    Word w = std::move(queue_.front());
    queue_.pop_front();
    return w;
  }

 private:
  friend class Bench;
  std::string name_;
  unsigned width_;
  unsigned stall_ = 0;
  uint64_t transfers_ = 0;
  std::deque<Word> queue_;
  bool moving_ = false;  // inputs: TVALID is up and stays up until the word is taken
  std::function<void(const Word&)> write_data_;
  std::function<Word()> read_data_;
  std::function<void(bool)> set_flag_;  // TVALID of an input, TREADY of an output
  std::function<bool()> other_flag_;
};

class Bench {
 public:
  template <class Dut>
  Bench(Dut& dut, uint64_t seed) : seed_(seed), random_(seed) {
    const char* name = "bench";  // the RTL asks for plus arguments: there are none
    dut.contextp()->commandArgs(1, &name);
    eval_ = [&dut] { dut.eval(); };
    set_clock_ = [&dut](bool v) { dut.ap_clk = v; };
    set_reset_n_ = [&dut](bool v) { dut.ap_rst_n = v; };
  }

  template <class Data, class Flag>
  Stream& input(const std::string& name, unsigned width, Data& data, Flag& valid, const Flag& ready) {
    Stream& s = add(inputs_, name, width);
    s.write_data_ = [&data](const Word& w) { store(data, w); };
    s.set_flag_ = [&valid](bool v) { valid = v; };
    s.other_flag_ = [&ready] { return ready != 0; };
    return s;
  }
  template <class Data, class Flag>
  Stream& output(const std::string& name, unsigned width, const Data& data, const Flag& valid, Flag& ready) {
    Stream& s = add(outputs_, name, width);
    s.read_data_ = [&data, width] { return load(data, width); };
    s.set_flag_ = [&ready](bool v) { ready = v; };
    s.other_flag_ = [&valid] { return valid != 0; };
    return s;
  }

  // Stalls on every stream, in percent.
  void set_stalls(unsigned inputs, unsigned outputs);
  // A random rate for each stream, some of them 0 and some of them high.
  void set_random_stalls();
  void reset(unsigned clocks = 4);
  void cycle();
  // Clocks on until `done`. False, with message(), when nothing has moved on any stream for `idle_limit` clocks.
  bool run_until(const std::function<bool()>& done, uint64_t idle_limit = 2000);
  void run(uint64_t clocks) {
    while (clocks-- > 0) cycle();
  }
  uint64_t cycles() const { return cycles_; }
  uint64_t seed() const { return seed_; }
  // Seed, clock and the state of each stream, for a failed test.
  std::string message() const;

 private:
  template <class Data>
  static void store(Data& data, const Word& w) {
    if constexpr (std::is_integral_v<Data>) {
      uint64_t v = w[0];
      if (w.size() > 1) v |= static_cast<uint64_t>(w[1]) << 32;
      data = static_cast<Data>(v);
    } else {
      for (size_t i = 0; i < w.size(); ++i) data[i] = w[i];
    }
  }
  template <class Data>
  static Word load(const Data& data, unsigned width) {
    Word w((width + 31) / 32);
    for (size_t i = 0; i < w.size(); ++i) {
      if constexpr (std::is_integral_v<Data>)
        w[i] = static_cast<uint32_t>(static_cast<uint64_t>(data) >> (32 * i));
      else
        w[i] = data[i];
    }
    return w;
  }
  static Stream& add(std::vector<std::unique_ptr<Stream>>& list, const std::string& name, unsigned width) {
    list.push_back(std::make_unique<Stream>(name, width));
    return *list.back();
  }
  bool chance(unsigned percent) { return percent > 0 && random_() % 100 < percent; }

  uint64_t seed_, cycles_ = 0, last_move_ = 0;
  std::mt19937_64 random_;
  std::function<void()> eval_;
  std::function<void(bool)> set_clock_, set_reset_n_;
  std::vector<std::unique_ptr<Stream>> inputs_, outputs_;
};

}  // namespace xesp::bench

#endif
