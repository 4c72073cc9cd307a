// SPDX-License-Identifier: Apache-2.0
//
// What the netlist simplifies as it is made, against the plain definition of each operation: random values of slices of
// arguments, constants and earlier results, each followed over a few samples; then the same after compute_demand() and
// flatten().
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "netlist.h"

using llvm::APInt;
using xhls::Bits;
using xhls::Netlist;
using xhls::Node;
using xhls::Op;
using xhls::Slice;

namespace {

constexpr unsigned kSamples = 6;  // all zeros, all ones, and random

using Samples = std::vector<APInt>;

struct Value {
  Bits bits;
  Samples is;  // what it must be
};

// What the nodes say that a value is. Arguments are given; the rest is computed from the operands.
class Evaluator {
 public:
  std::map<const Node*, Samples> known;

  APInt value(const Bits& b, unsigned sample) {
    APInt v(b.width(), 0);
    unsigned at = 0;
    for (const Slice& s : b.parts()) {
      v.insertBits(node(*s.node)[sample].extractBits(s.width, s.lo), at);
      at += s.width;
    }
    return v;
  }

 private:
  const Samples& node(const Node& n) {
    const auto it = known.find(&n);
    if (it != known.end()) return it->second;
    Samples r;
    for (unsigned i = 0; i < kSamples; ++i) r.push_back(compute(n, i));
    return known[&n] = r;
  }

  APInt compute(const Node& n, unsigned sample) {
    std::vector<APInt> in;
    for (const Bits& b : n.in) in.push_back(value(b, sample));
    const auto fold = [&](auto f) {
      APInt r = in[0];
      for (size_t i = 1; i < in.size(); ++i) r = f(r, in[i]);
      return r;
    };
    const auto bit = [](bool b) { return APInt(1, b); };
    switch (n.op) {
      case Op::Const: return n.value;
      case Op::Not: return ~in[0];
      case Op::And: return fold([](const APInt& a, const APInt& b) { return a & b; });
      case Op::Or: return fold([](const APInt& a, const APInt& b) { return a | b; });
      case Op::Xor: return fold([](const APInt& a, const APInt& b) { return a ^ b; });
      case Op::Add: return in[0] + in[1];
      case Op::Sub: return in[0] - in[1];
      case Op::Mul: return in[0] * in[1];
      case Op::Mux: return in[0].isZero() ? in[2] : in[1];
      case Op::Eq: return bit(in[0] == in[1]);
      case Op::Ult: return bit(in[0].ult(in[1]));
      case Op::Shl: return in[0].shl(in[1].getLimitedValue(n.width));
      case Op::Lshr: return in[0].lshr(in[1].getLimitedValue(in[0].getBitWidth())).trunc(n.width);
      case Op::Ashr: return in[0].ashr(in[1].getLimitedValue(in[0].getBitWidth())).trunc(n.width);
      case Op::Popcount: return APInt(64, in[0].popcount()).zextOrTrunc(n.width);
      default: ADD_FAILURE() << "no value for " << xhls::op_name(n.op); return APInt(n.width, 0);
    }
  }
};

class NetlistTest : public testing::Test {
 protected:
  Netlist net;
  Evaluator evaluator;
  std::vector<Value> values;
  std::mt19937_64 rng;

  uint64_t below(uint64_t n) { return rng() % n; }

  APInt random(unsigned width) {
    APInt v(width, 0);
    for (unsigned at = 0; at < width; at += 64) v.insertBits(APInt(64, rng()).trunc(std::min(64u, width - at)), at);
    return v;
  }

  void add_argument(unsigned width) {
    Node* n = net.source(Op::Arg, width, static_cast<unsigned>(net.args.size()));
    net.args.push_back({"a" + std::to_string(net.args.size()), width, n});
    Samples s{APInt(width, 0), APInt::getAllOnes(width)};
    while (s.size() < kSamples) s.push_back(random(width));
    evaluator.known[n] = s;
    values.push_back({Bits(n), s});
  }

  Value constant(unsigned width) {
    APInt v = random(width);
    switch (below(6)) {
      case 0: v = APInt(width, 0); break;
      case 1: v = APInt::getAllOnes(width); break;
      case 2: v = APInt::getOneBitSet(width, static_cast<unsigned>(below(width))); break;
      case 3: v = APInt::getLowBitsSet(width, static_cast<unsigned>(below(width) + 1)); break;
      default: break;
    }
    return {net.constant(v), Samples(kSamples, v)};
  }

  static Value slice(const Value& a, unsigned lo, unsigned width) {
    Value r{a.bits.slice(lo, width), {}};
    for (const APInt& v : a.is) r.is.push_back(v.extractBits(width, lo));
    return r;
  }

  static Value concat(const Value& low, const Value& high) {
    Value r = low;
    r.bits.append(high.bits);
    for (unsigned i = 0; i < kSamples; ++i) {
      r.is[i] = r.is[i].zext(r.bits.width());
      r.is[i].insertBits(high.is[i], low.bits.width());
    }
    return r;
  }

  // A value of so many bits out of pieces of what there is. `like`: with pieces of that one at their own place.
  Value operand(unsigned width, const Value* like = nullptr) {
    if (below(10) == 0) return constant(width);
    Value r;
    while (r.bits.width() < width) {
      const unsigned at = r.bits.width(), room = width - at;
      Value piece;
      if (like && at < like->bits.width() && below(3) > 0) {
        piece = slice(*like, at, static_cast<unsigned>(1 + below(std::min(room, like->bits.width() - at))));
      } else if (below(5) == 0) {
        piece = constant(static_cast<unsigned>(1 + below(room)));
      } else {
        const Value& from = values[below(values.size())];
        const unsigned n = static_cast<unsigned>(1 + below(std::min(room, from.bits.width())));
        piece = slice(from, static_cast<unsigned>(below(from.bits.width() - n + 1)), n);
      }
      r = at == 0 ? piece : concat(r, piece);
    }
    return r;
  }

  template <class F>
  void keep(const char* what, Bits bits, F definition) {
    Value r{std::move(bits), {}};
    for (unsigned i = 0; i < kSamples; ++i) {
      r.is.push_back(definition(i));
      ASSERT_EQ(r.bits.width(), r.is[i].getBitWidth()) << what;
      const APInt got = evaluator.value(r.bits, i);
      ASSERT_EQ(got, r.is[i]) << what << " in sample " << i;
    }
    values.push_back(std::move(r));
  }

  void add_operation() {
    const unsigned w = static_cast<unsigned>(below(4) == 0 ? 1 : 1 + below(40));
    const Value a = operand(w), b = operand(w, &a), s = operand(1);
    const auto bit = [](bool x) { return APInt(1, x); };
    switch (below(15)) {
      case 0: return keep("not", net.inverted(a.bits), [&](unsigned i) { return ~a.is[i]; });
      case 1: return keep("and", net.bitwise(Op::And, a.bits, b.bits), [&](unsigned i) { return a.is[i] & b.is[i]; });
      case 2: return keep("or", net.bitwise(Op::Or, a.bits, b.bits), [&](unsigned i) { return a.is[i] | b.is[i]; });
      case 3: return keep("xor", net.bitwise(Op::Xor, a.bits, b.bits), [&](unsigned i) { return a.is[i] ^ b.is[i]; });
      case 4: return keep("mux", net.mux(s.bits, a.bits, b.bits), [&](unsigned i) { return s.is[i].isZero() ? b.is[i] : a.is[i]; });
      case 5: {  // sel ? y op z : y, which becomes a gate
        const Op op = std::array{Op::And, Op::Or, Op::Xor}[below(3)];
        const Value z = operand(w);
        const Bits gate = net.bitwise(op, a.bits, z.bits);
        const bool then = below(2);
        return keep("mux into gate", net.mux(s.bits, then ? gate : a.bits, then ? a.bits : gate), [&](unsigned i) {
          const APInt g = op == Op::And ? a.is[i] & z.is[i] : op == Op::Or ? a.is[i] | z.is[i] : a.is[i] ^ z.is[i];
          return s.is[i].isZero() != then ? g : a.is[i];
        });
      }
      case 6: return keep("==", net.eq(a.bits, b.bits), [&](unsigned i) { return bit(a.is[i] == b.is[i]); });
      case 7: return keep("unsigned <", net.ult(a.bits, b.bits), [&](unsigned i) { return bit(a.is[i].ult(b.is[i])); });
      case 8: return keep("signed <", net.slt(a.bits, b.bits), [&](unsigned i) { return bit(a.is[i].slt(b.is[i])); });
      case 9: return keep("+", net.add(a.bits, b.bits), [&](unsigned i) { return a.is[i] + b.is[i]; });
      case 10: return keep("-", net.sub(a.bits, b.bits), [&](unsigned i) { return a.is[i] - b.is[i]; });
      case 11: return keep("*", net.mul(a.bits, b.bits), [&](unsigned i) { return a.is[i] * b.is[i]; });
      case 12: return keep("count", net.popcount(a.bits), [&](unsigned i) {
        return APInt(64, a.is[i].popcount()).zextOrTrunc(w);
      });
      case 13: {
        const unsigned to = w + static_cast<unsigned>(below(20));
        if (below(2)) return keep("sign extension", net.sign_extend(a.bits, to), [&](unsigned i) { return a.is[i].sext(to); });
        return keep("zero extension", net.resize(a.bits, to), [&](unsigned i) { return a.is[i].zext(to); });
      }
      default: {  // by less than the width, as the headers see to it
        if (w < 2) return;
        unsigned bits = 1;
        while ((2u << bits) <= w) ++bits;
        if ((1u << bits) > w) --bits;
        if (bits == 0) return;
        const Value n = operand(bits);
        const Value amount = {net.resize(n.bits, w), n.is};
        const Op op = std::array{Op::Shl, Op::Lshr, Op::Ashr}[below(3)];
        return keep(xhls::op_name(op), net.shift(op, a.bits, amount.bits), [&](unsigned i) {
          const unsigned by = static_cast<unsigned>(n.is[i].getZExtValue());
          return op == Op::Shl ? a.is[i].shl(by) : op == Op::Lshr ? a.is[i].lshr(by) : a.is[i].ashr(by);
        });
      }
    }
  }
};

TEST_F(NetlistTest, EachOperationIsItsDefinition) {
  const char* given = std::getenv("XHLS_SEED");
  const uint64_t seed = given ? std::strtoull(given, nullptr, 0) : 1;
  std::cout << "seed " << seed << '\n';
  for (unsigned round = 0; round < 200; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round << ", XHLS_SEED=" << seed);
    net = Netlist();
    evaluator.known.clear();
    values.clear();
    rng.seed(seed * 1000003 + round);
    for (const unsigned width : {1, 2, 5, 8, 16, 33}) add_argument(width);
    for (unsigned i = 0; i < 120; ++i) ASSERT_NO_FATAL_FAILURE(add_operation());

    // Some of it is a function's result; the rest is not wanted.
    const std::map<const Node*, Samples> given_arguments = evaluator.known;
    Samples want(kSamples, APInt(1, 0));
    for (unsigned i = 0; i < 10; ++i) {
      const Value v = operand(static_cast<unsigned>(1 + below(30)));
      net.result.append(v.bits);
      for (unsigned k = 0; k < kSamples; ++k) {
        const unsigned at = i == 0 ? 0 : want[k].getBitWidth();
        APInt all = i == 0 ? APInt(net.result.width(), 0) : want[k].zext(net.result.width());
        all.insertBits(v.is[k], at);
        want[k] = all;
      }
    }
    net.compute_demand();
    net.count_uses();
    net.flatten();
    evaluator.known.clear();
    for (const xhls::Arg& a : net.args) evaluator.known[a.node] = given_arguments.at(a.node);
    for (unsigned k = 0; k < kSamples; ++k) ASSERT_EQ(evaluator.value(net.result, k), want[k]) << "flattened, sample " << k;
  }
}

TEST_F(NetlistTest, TablesAndCalleesAreToldApart) {
  add_argument(8);
  const std::vector<Bits> address{values[0].bits};
  EXPECT_EQ(net.make(Op::Rom, 8, address, 0), net.make(Op::Rom, 8, address, 0));
  EXPECT_NE(net.make(Op::Rom, 8, address, 0), net.make(Op::Rom, 8, address, 1));
  EXPECT_NE(net.make(Op::Rom, 8, address, 0), net.make(Op::Rom, 9, address, 0));
  EXPECT_NE(net.make(Op::Call, 8, address, 0), net.make(Op::Call, 8, address, 1));
}

}  // namespace
