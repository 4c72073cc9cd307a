// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

namespace xhls_fuzz {

namespace {
constexpr int kWidest = 1100;  // of an intermediate result
std::string str(int n) {
  return std::to_string(n);
}
}  // namespace

// Of at most `bits` bits; small ones and extremes more often.
std::string Kernel::number(int bits) {
  bits = std::min(bits, 64);
  const uint64_t all = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  switch (random_.below(4)) {
    case 0:
      return std::to_string(static_cast<uint64_t>(random_.below(4)) & all) + "u";
    case 1:
      return std::to_string(all - (static_cast<uint64_t>(random_.below(2)) & all)) + "ull";
    default:
      return std::to_string(random_.bits() & all) + "ull";
  }
}

// A constant that may use all of the width.
std::string Kernel::literal(int width) {
  const std::string n = "ap_uint<" + str(width) + ">(" + number(width) + ")";
  if (width <= 64) return n;
  return "(" + n + " << " + str(random_.below(width)) + " ^ " + number(64) + ")";
}

// Of several, the one that was used least.
const Value& Kernel::any(const Limit& limit) {
  const Value* best = nullptr;
  int best_index = 0;
  for (int tries = 0, found = 0; tries < 200 && found < 2; ++tries) {
    const int i = random_.below(static_cast<int>(values_.size()));
    const Value& v = values_[static_cast<size_t>(i)];
    if (!limit.allows(v.origin)) continue;
    ++found;
    if (!best || v.uses < best->uses) {
      best = &v;
      best_index = i;
    }
  }
  if (!best) {
    for (size_t i = 0; i < values_.size() && !best; ++i)
      if (limit.allows(values_[i].origin)) {
        best = &values_[i];
        best_index = static_cast<int>(i);
      }
  }
  if (!best) throw std::logic_error("no value that may stand here");
  ++values_[static_cast<size_t>(best_index)].uses;
  return *best;
}

const Value* Kernel::any_lvalue(const Limit& limit, int least_width) {
  for (int tries = 0; tries < 20; ++tries) {
    const Value& v = any(limit);
    if (v.own && v.width >= least_width) return &v;
  }
  return nullptr;
}

Expression Kernel::operand(const Value& v) const {
  if (v.own) return {v.name, v.width, v.is_signed, v.origin};
  return {"ap_uint<" + str(v.width) + ">(" + v.name + ")", v.width, false, v.origin};
}

Expression Kernel::leaf(const Limit& limit) {
  if (random_.one_in(12)) {
    const int w = random_.width(most_);
    return {literal(w), w, false, {}};
  }
  return operand(any(limit));
}

Expression Kernel::cast(const Expression& e, int width, bool is_signed) const {
  return {type_of(width, is_signed) + "(" + e.text + ")", width, is_signed && width > 1, e.origin};
}

Expression Kernel::small(int bits, const Limit& limit) {
  if (const Value* v = any_lvalue(limit, bits); v) {
    const int lo = random_.one_in(2) ? 0 : random_.below(v->width - bits + 1);
    return {"ap_uint<" + str(bits) + ">(" + v->name + ".range(" + str(lo + bits - 1) + ", " + str(lo) + "))", bits,
            false, v->origin};
  }
  return cast(operand(any(limit)), bits, false);
}

Expression Kernel::arithmetic(int depth, const Limit& limit) {
  const Expression a = expression(depth - 1, limit);
  if (random_.one_in(4)) {  // with a C integer
    static const char* const ops[] = {" + ", " - ", " & ", " | ", " ^ ", " * "};
    const bool is_signed = random_.one_in(2);
    const int op = random_.below(6);
    const std::string n = is_signed ? "(" + str(random_.between(-1000, 1000)) + ")" : str(random_.below(1 << 20)) + "u";
    const int w = op == 5 ? a.width + 32 : std::max(a.width, 32) + 2;
    return {"(" + a.text + ops[op] + n + ")", w, op == 1 || is_signed || a.is_signed, a.origin};
  }
  const Expression b = expression(depth - 1, limit);
  const Origin origin = a.origin | b.origin;
  const bool s = a.is_signed || b.is_signed;
  const int common = std::max(a.width, b.width) + 1;
  switch (random_.below(7)) {
    case 0:
      return {"(" + a.text + " + " + b.text + ")", common + 1, s, origin};
    case 1:
      return {"(" + a.text + " - " + b.text + ")", common + 1, true, origin};
    case 2:
      return {"(" + a.text + " & " + b.text + ")", common, s, origin};
    case 3:
      return {"(" + a.text + " | " + b.text + ")", common, s, origin};
    case 4:
      return {"(" + a.text + " ^ ~" + b.text + ")", common, s, origin};
    case 5: {
      // Wide products are large in every respect: narrow what goes in.
      const int most = random_.one_in(20) ? 200 : 40;
      const Expression p = a.width > most ? cast(a, most, a.is_signed) : a;
      const Expression q = b.width > most ? cast(b, most, b.is_signed) : b;
      return {"(" + p.text + " * " + q.text + ")", p.width + q.width, s, origin};
    }
    default:
      return {"(" + a.text + " ^ " + b.text + ")", common, s, origin};
  }
}

Expression Kernel::shift(int depth, const Limit& limit) {
  const Expression a = expression(depth - 1, limit);
  const char* const op = random_.one_in(2) ? " << " : " >> ";
  switch (random_.below(4)) {
    case 0: {  // by any value at all
      Expression n = operand(any(limit));
      if (n.is_signed) n = cast(n, n.width, false);
      return {"(" + a.text + op + n.text + ")", a.width, a.is_signed, a.origin | n.origin};
    }
    case 1: {  // below the width, or a bit over it
      int bits = 1;
      while ((1 << bits) < a.width) ++bits;
      const Expression n = small(bits, limit);
      return {"(" + a.text + op + n.text + ")", a.width, a.is_signed, a.origin | n.origin};
    }
    case 2: {  // by multiples of 8
      const Expression n = small(random_.between(1, 6), limit);
      return {"(" + a.text + op + "(ap_uint<" + str(n.width + 3) + ">(" + n.text + ") << 3))", a.width, a.is_signed,
              a.origin | n.origin};
    }
    default:
      return {"(" + a.text + op + str(random_.below(a.width + 3)) + ")", a.width, a.is_signed, a.origin};
  }
}

// A part of a variable.
Expression Kernel::pick_bits(const Limit& limit) {
  const Value* v = any_lvalue(limit, 1);
  if (!v) return leaf(limit);
  const std::string name = v->name;
  const int w = v->width;
  const Origin origin = v->origin;
  int bits = 0;  // of an index that cannot leave the variable
  while ((2 << bits) <= w) ++bits;
  switch (random_.below(6)) {
    case 0:
      return {"ap_uint<1>(" + name + "[" + str(random_.below(w)) + "])", 1, false, origin};
    case 1:
      if (bits > 0) {
        const Expression i = small(bits, limit);
        return {"ap_uint<1>(" + name + "[" + i.text + "])", 1, false, origin | i.origin};
      }
      break;
    case 2: {  // a variable range
      const int unit = 1 << random_.below(5);
      if (bits > 5 && w >= unit * 4) {
        int k = 1;
        while (unit * (2 << k) <= w && k < 6) ++k;
        const Expression i = small(k, limit);
        const std::string at = str(unit) + " * " + i.text;
        return {"ap_uint<" + str(unit) + ">(" + name + ".range(" + at + " + " + str(unit - 1) + ", " + at + "))", unit,
                false, origin | i.origin};
      }
      break;
    }
    default:
      break;
  }
  const int lo = random_.below(w), hi = lo + random_.below(w - lo);
  if (random_.one_in(3))
    return {name + (random_.one_in(4) ? "(" : ".range(") + str(hi) + ", " + str(lo) + ")", w, false, origin};
  return {"ap_uint<" + str(hi - lo + 1) + ">(" + name + ".range(" + str(hi) + ", " + str(lo) + "))", hi - lo + 1, false,
          origin};
}

Expression Kernel::reduction(const Limit& limit) {
  const Value* v = any_lvalue(limit, 1);
  if (!v) return leaf(limit);
  static const char* const ops[] = {".or_reduce())", ".and_reduce())", ".xor_reduce())", ".xor_reduce())"};
  std::string what = v->name;
  const Origin origin = v->origin;
  if (random_.one_in(2)) {
    const int lo = random_.below(v->width), hi = std::min(v->width - 1, lo + random_.below(6));
    what += ".range(" + str(hi) + ", " + str(lo) + ")";
  }
  return {"ap_uint<1>(" + what + ops[random_.below(4)], 1, false, origin};
}

Expression Kernel::expression(int depth, const Limit& limit) {
  if (depth <= 0) return leaf(limit);
  Expression r;
  switch (random_.below(14)) {
    case 0:
    case 1:
    case 2:
    case 3:
      r = arithmetic(depth, limit);
      break;
    case 4:
      r = shift(depth, limit);
      break;
    case 5:
    case 6:
      r = pick_bits(limit);
      break;
    case 7: {  // joined
      const Expression a = expression(depth - 1, limit), b = expression(depth - 1, limit);
      r = {"(" + a.text + ", " + b.text + ")", a.width + b.width, false, a.origin | b.origin};
      if (random_.one_in(3)) r = cast(r, std::min(r.width, most_), false);
      break;
    }
    case 8: {  // one or the other
      const Expression c = condition(limit), a = expression(depth - 1, limit), b = expression(depth - 1, limit);
      const int w = random_.one_in(2) ? std::max(a.width, b.width) : random_.width(most_);
      const bool s = (a.is_signed || random_.one_in(6)) && w > 1;
      r = {"(" + c.text + " ? " + cast(a, w, s).text + " : " + cast(b, w, s).text + ")", w, s,
           a.origin | b.origin | c.origin};
      break;
    }
    case 9:
      r = reduction(limit);
      break;
    case 10: {
      const Expression c = condition(limit);
      r = {"ap_uint<1>(" + c.text + ")", 1, false, c.origin};
      break;
    }
    case 11:
      r = look_up(depth, limit);
      break;
    case 12: {  // odds and ends
      const Expression a = expression(depth - 1, limit);
      switch (random_.below(6)) {
        case 0:
          r = {"(-" + cast(a, a.width, a.is_signed).text + ")", a.width + 33, true, a.origin};
          break;
        case 1:
          r = {cast(a, a.width, a.is_signed).text + ".reverse()", a.width, a.is_signed, a.origin};
          break;
        case 2:
          r = {"ap_uint<32>(" + cast(a, a.width, a.is_signed).text + ".to_uint() * " + str(random_.below(100)) +
                   "u + " + str(random_.below(1000)) + "u)",
               32, false, a.origin};
          break;
        case 3:
          r = {"ap_int<64>(" + cast(a, a.width, a.is_signed).text + ".to_int64())", 64, true, a.origin};
          break;
        default:
          r = {"(~" + cast(a, a.width, a.is_signed).text + ")", a.width, a.is_signed, a.origin};
      }
      break;
    }
    default: {
      const Expression a = expression(depth - 1, limit);
      const int w = random_.width(most_);
      r = cast(a, w, random_.one_in(2) && w > 1);
    }
  }
  return r.width > kWidest ? cast(r, random_.between(most_ / 2 + 1, most_), r.is_signed) : r;
}

// A bool that is neither nearly always true nor nearly always false, as far as one can tell.
Expression Kernel::condition(const Limit& limit) {
  static const char* const orders[] = {" < ", " <= ", " > ", " >= "};
  const auto one = [&]() -> Expression {
    if (const Value* v = any_lvalue(limit, 1))
      return {v->name + "[" + str(random_.below(v->width)) + "]", 1, false, v->origin};
    const Expression e = operand(any(limit));
    return {"(" + e.text + " != 0)", 1, false, e.origin};
  };
  switch (random_.below(6)) {
    case 0: {
      const Expression a = operand(any(limit)), b = random_.one_in(3) ? expression(1, limit) : operand(any(limit));
      return {"(" + a.text + orders[random_.below(4)] + b.text + ")", 1, false, a.origin | b.origin};
    }
    case 1: {
      const int bits = random_.between(1, 3);
      const Expression a = small(bits, limit);
      return {"(" + a.text + (random_.one_in(2) ? " == " : " != ") + str(random_.below(1 << bits)) + ")", 1, false,
              a.origin};
    }
    case 2: {
      const Expression a = one(), b = one();
      return {"(" + a.text + (random_.one_in(2) ? " && !" : " || ") + b.text + ")", 1, false, a.origin | b.origin};
    }
    case 3: {
      const int bits = random_.between(2, 9);
      const Expression a = small(bits, limit);
      return {"(" + a.text + orders[random_.below(4)] + str(random_.below(1 << bits)) + ")", 1, false, a.origin};
    }
    case 4: {
      const Expression a = small(3, limit), b = small(3, limit);
      return {"(" + a.text + " == " + b.text + ")", 1, false, a.origin | b.origin};
    }
    default:
      return one();
  }
}

std::string Kernel::bit_of_input() {
  const std::string& name = random_.of(heads_);
  for (const Value& v : values_)
    if (v.name == name) return name + "[" + str(random_.below(v.width)) + "]";
  return turn_ + "[" + str(random_.below(4)) + "]";  // before it is read
}

// The same for a condition.
Expression Kernel::toggled(const Expression& c) {
  return {"(" + c.text + " != bool(" + bit_of_input() + "))", 1, false, c.origin | Origin{0, -1, false}};
}

Expression Kernel::mixed(const Expression& e) {
  const Origin origin = e.origin | Origin{0, -1, false};
  Expression r{"ap_uint<" + str(e.width) + ">(" + e.text + " ^ (" + bit_of_input(), e.width, false, origin};
  for (int i = 1; i < e.width; ++i) r.text += ", " + bit_of_input();
  r.text += "))";
  return r;
}

}  // namespace xhls_fuzz
