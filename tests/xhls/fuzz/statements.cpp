// SPDX-License-Identifier: Apache-2.0
#include <tuple>

#include "kernel.h"

namespace xhls_fuzz {

namespace {
std::string str(int n) {
  return std::to_string(n);
}
}  // namespace

void Kernel::line(const std::string& text) {
  out_ << std::string(static_cast<size_t>(2 * indent_), ' ') << text << '\n';
}

std::string Kernel::fresh(const char* prefix) {
  if (!keywords_.empty() && random_.one_in(12)) {  // what SystemVerilog would take for its own
    const std::string k = keywords_.back();
    keywords_.pop_back();
    return k;
  }
  return prefix + str(next_++);
}

void Kernel::add(const std::string& name, const std::string& type, int width, bool is_signed, bool own,
                 const Origin& origin, bool writable) {
  values_.push_back({name, type, width, is_signed, own, origin, writable, -1, 0, false});
}

void Kernel::want(size_t from) {
  for (size_t i = from; i < values_.size(); ++i) values_[i].wanted = true;
}

void Kernel::scoped(const Origin& path, const std::function<void()>& body) {
  const Origin outer = path_;
  const size_t mark = values_.size();
  path_ = path_ | path;
  ++indent_;
  body();
  --indent_;
  values_.erase(values_.begin() + static_cast<long>(mark), values_.end());
  path_ = outer;
}

void Kernel::branch(const Expression& c, const std::function<void()>& then, const std::function<void()>& otherwise) {
  line("if (" + c.text + ") {");
  scoped(c.origin, then);
  if (otherwise) {
    line("} else {");
    scoped(c.origin, otherwise);
  }
  line("}");
}

// `falls`: some cases go on into the next one.
void Kernel::switch_over(const Expression& e, bool falls, const std::function<void(int)>& body) {
  const int bits = e.width;
  line("switch (" + e.text + ".to_uint()) {");
  std::vector<int> labels;
  for (int i = 0; i < 1 << bits; ++i) labels.push_back(i);
  const int cases = random_.between(1, std::min(5, 1 << bits));
  const bool has_default = random_.one_in(2);
  for (int i = 0; i < cases + has_default; ++i) {
    std::string head;
    if (i == cases) {
      head = "default:";
    } else {
      const int most = std::min<int>(2, static_cast<int>(labels.size()) - (cases - i - 1));
      for (int k = random_.between(1, std::max(1, most)); k > 0 && !labels.empty(); --k) {
        const size_t at = static_cast<size_t>(random_.below(static_cast<int>(labels.size())));
        head += (head.empty() ? "case " : " case ") + str(labels[at]) + ":";
        labels.erase(labels.begin() + static_cast<long>(at));
      }
      if (head.empty()) continue;
    }
    line("  " + head + " {");
    ++indent_;
    scoped(e.origin, [&] {
      body(i);
      if (!falls || !random_.one_in(5)) line("break;");
    });
    --indent_;
    line("  }");
  }
  line("}");
}

void Kernel::declare() {
  const Expression e = expression(random_.between(1, 3), {});
  const int w = random_.one_in(4) ? std::min(e.width, most_) : random_.width(most_);
  const bool s = w > 1 && random_.one_in(e.is_signed ? 2 : 8);
  const std::string name = fresh("v"), type = type_of(w, s);
  const bool writable = random_.one_in(2);
  line((writable || random_.one_in(2) ? "" : "const ") + type + " " + name + " = " + e.text + ";");
  add(name, type, w, s, true, e.origin, writable);
}

void Kernel::declare_c_value() {
  const std::string name = fresh("n");
  if (random_.one_in(3)) {
    const Expression c = condition({});
    line("const bool " + name + " = " + c.text + ";");
    add(name, "bool", 1, false, false, c.origin, false);
    return;
  }
  const bool wide = random_.one_in(2);
  const std::string type = wide ? "uint64_t" : "unsigned", to = wide ? ".to_uint64()" : ".to_uint()";
  const int w = wide ? 64 : 32;
  const Expression a = expression(1, {}), b = expression(1, {});
  static const char* const ops[] = {" + ", " - ", " ^ ", " & ", " | ", " * "};
  line("const " + type + " " + name + " = " + cast(a, w, false).text + to + ops[random_.below(6)] + "(" +
       cast(b, w, false).text + to + (random_.one_in(2) ? " << " : " >> ") + str(random_.below(w)) + ");");
  add(name, type, w, false, false, a.origin | b.origin, false);
}

// A writable variable gets a new value, or a part of one.
void Kernel::assign_to(const std::string& name) {
  size_t at = values_.size();
  for (size_t i = 0; i < values_.size(); ++i)
    if (values_[i].name == name) at = i;
  const Value v = values_[at];
  const Limit limit = v.group < 0 ? Limit{} : Limit::of_group(v.group);
  Origin origin = path_;
  if (!v.own) {
    const Expression e = v.type == "bool" ? condition(limit) : cast(expression(1, limit), v.width, false);
    origin = origin | e.origin;
    line(name + " = " + e.text + (v.type == "bool" ? ";" : v.width > 32 ? ".to_uint64();" : ".to_uint();"));
  } else {
    static const char* const ops[] = {" = ", " += ", " -= ", " ^= ", " |= ", " &= ", " *= ", " = "};
    const Expression e = expression(random_.between(0, 2), limit);
    origin = origin | e.origin;
    int bits = 0;
    while ((2 << bits) <= v.width) ++bits;
    switch (random_.below(8)) {
      case 0: {
        const int lo = random_.below(v.width), hi = lo + random_.below(v.width - lo);
        static const char* const part_ops[] = {" = ", " = ", " = ", " ^= ", " += "};
        line(name + ".range(" + str(hi) + ", " + str(lo) + ")" + part_ops[random_.below(5)] + e.text + ";");
        break;
      }
      case 1:
        line(name + "[" + str(random_.below(v.width)) + "] = " + cast(e, 1, false).text + ";");
        break;
      case 2:
        if (bits > 3) {  // a byte somewhere
          const Expression i = small(random_.between(1, bits - 3), limit);
          line(name + ".range(8 * " + i.text + " + 7, 8 * " + i.text + ") = " + e.text + ";");
          origin = origin | i.origin;
          break;
        }
        line(name + " ^= " + e.text + ";");
        break;
      case 3:
        if (bits > 0) {
          const Expression i = small(bits, limit), c = condition(limit);
          line(name + "[" + i.text + "] = " + c.text + ";");
          origin = origin | i.origin | c.origin;
          break;
        }
        line(name + " = " + e.text + ";");
        break;
      case 4:
        if (!v.is_signed) {
          line(random_.one_in(2) ? "++" + name + ";" : name + "--;");
          break;
        }
        line(name + " = " + e.text + ";");
        break;
      case 5: {
        const Expression n = small(random_.between(1, std::min(std::max(bits, 1), 6)), limit);
        if (n.width <= v.width || bits > 0) {
          line(name + (random_.one_in(2) ? " <<= " : " >>= ") + n.text + ";");
          origin = origin | n.origin;
        }
        line(name + " += " + e.text + ";");
        break;
      }
      default: {
        const int op = random_.below(8);
        const bool narrow = op == 6 && (e.width > 40 || v.width > 200);
        line(name + ops[op] + (narrow ? cast(e, 40, e.is_signed).text : e.text) + ";");
      }
    }
  }
  Value& now = values_[at];
  if (now.group < 0) now.origin = now.origin | origin;
}

void Kernel::assign() {
  for (int tries = 0; tries < 10; ++tries) {
    const Value& v = random_.of(values_);
    if (!v.writable || (v.group >= 0 && !Limit::of_group(v.group).allows(path_))) continue;
    return assign_to(v.name);
  }
  declare();
}

void Kernel::declare_struct() {
  const Struct& s = random_.of(structs_);
  const std::string name = fresh("p");
  line(s.name + " " + name + ";");
  Origin origin = path_;
  for (const Member& m : s.members) {
    const Expression e = m.type == "bool" ? condition({}) : expression(1, {});
    origin = origin | e.origin;
    line(name + "." + m.name + " = " + e.text + ";");
  }
  if (random_.one_in(2)) {  // copied, and chosen
    const std::string copy = fresh("p");
    line(s.name + " " + copy + " = " + name + ";");
    const Member& m = random_.of(s.members);
    const Expression e = m.type == "bool" ? condition({}) : expression(1, {}), c = condition({});
    line(copy + "." + m.name + " = " + e.text + ";");
    line("if (" + c.text + ") " + name + " = " + copy + ";");
    origin = origin | e.origin | c.origin;
  }
  add_members(name, s, origin, true, -1);
}

void Kernel::loop() {
  const int w = random_.width(most_);
  const std::string name = fresh("sum"), type = type_of(w, w > 1 && random_.one_in(6));
  const bool s = type[3] == 'i';
  const Expression start = random_.one_in(2) ? leaf({}) : Expression{"0", 1, false, {}};
  Origin origin = path_ | start.origin;
  line(type + " " + name + " = " + start.text + ";");
  const Value* v = any_lvalue({}, 2);
  if (!v) return add(name, type, w, s, true, origin, true);
  const std::string x = v->name;
  const int xw = v->width;
  origin = origin | v->origin;
  const int unit = random_.one_in(2) ? 1 : std::min(xw, 1 << random_.below(6));
  const int count = std::max(1, std::min({xw / unit, random_.between(1, 16), random_.one_in(10) ? 64 : 16}));
  line("for (int i = 0; i < " + str(count) + "; ++i) {");
  if (random_.one_in(2)) out_ << "#pragma HLS UNROLL\n";
  const std::string part = unit == 1
                               ? "ap_uint<1>(" + x + "[i])"
                               : x + ".range(" + str(unit) + " * i + " + str(unit - 1) + ", " + str(unit) + " * i)";
  ++indent_;
  switch (random_.below(6)) {
    case 0:
      line(name + " += " + part + ";");
      break;
    case 1:
      line(name + " = (" + name + " << 1) ^ " + part + ";");
      break;
    case 2:
      line("if (" + x + "[i]) " + name + " ^= " + name + " >> 1;");
      line("else " + name + " += i;");
      break;
    case 3: {
      const Expression e = leaf({});
      origin = origin | e.origin;
      line("if (" + x + "[i]) " + name + " ^= " + cast(e, w, false).text + " << i;");
      break;
    }
    case 4:
      if (!tables_.empty() && !tables_[0].block) {
        const Table& t = tables_[0];
        line(name + " = (" + name + " << 3) ^ " + t.name + "[" + t.index + "(ap_uint<" + str(t.address_bits) + ">(" +
             part + " + i))];");
        break;
      }
      line(name + " = " + name + " * 5 + " + part + ";");
      break;
    default: {
      const int inner = random_.between(1, 4);
      line("for (int k = 0; k < " + str(inner) + "; ++k)");
      line("  if (" + part + " != k) " + name + " = " + name + " + (" + part + " ^ (i * " + str(inner) + " + k));");
    }
  }
  --indent_;
  line("}");
  add(name, type, w, s, true, origin, true);
}

void Kernel::local_array() {
  const int n = random_.between(2, 8), w = random_.width(std::min(most_, 128));
  const std::string name = fresh("list"), type = type_of(w, false);
  const Value* v = any_lvalue({}, n);
  if (!v) return declare();
  const std::string x = v->name;
  const int each = v->width / n;
  Origin origin = path_ | v->origin;
  line(type + " " + name + "[" + str(n) + "];");
  line("for (int i = 0; i < " + str(n) + "; ++i) " + name + "[i] = " + x + ".range(" + str(each) + " * i + " +
       str(each - 1) + ", " + str(each) + " * i);");
  const Expression e = expression(1, {});
  origin = origin | e.origin;
  line(name + "[" + str(random_.below(n)) + "] = " + e.text + ";");
  if (random_.one_in(2))  // one compare-exchange after the other
    line("for (int i = 0; i + 1 < " + str(n) + "; ++i) if (" + name + "[i] > " + name + "[i + 1]) { const " + type +
         " t = " + name + "[i]; " + name + "[i] = " + name + "[i + 1]; " + name + "[i + 1] = t; }");
  else
    line("for (int i = 1; i < " + str(n) + "; ++i) " + name + "[i] = " + name + "[i] + " + name + "[i - 1];");
  for (int i = 0; i < n; ++i)
    if (i == 0 || i == n - 1 || random_.one_in(2)) add(name + "[" + str(i) + "]", type, w, false, true, origin, true);
}

void Kernel::statement(int depth) {
  switch (random_.below(16)) {
    case 0:
    case 1:
      if (depth > 0) {
        const Expression c = condition({});
        const int n = random_.between(1, 3);
        return branch(
            c, [&] { statements(n, depth - 1); },
            random_.one_in(2) ? std::function<void()>([&] { statements(random_.between(1, 3), depth - 1); }) : nullptr);
      }
      return assign();
    case 2:
      if (depth > 0)
        return switch_over(small(random_.between(1, 4), {}), true,
                           [&](int) { statements(random_.between(1, 2), depth - 1); });
      return assign();
    case 3:
      return declare_c_value();
    case 4:
      return structs_.empty() ? declare() : declare_struct();
    case 5:
      return loop();
    case 6:
      return random_.one_in(2) ? local_array() : loop();
    case 7:
    case 8:
      return functions_.empty() ? declare() : declare_call(random_.of(functions_));
    case 9:
    case 10:
    case 11:
      return assign();
    default:
      declare();
  }
}

void Kernel::statements(int count, int depth) {
  for (int i = 0; i < count; ++i) {
    // In a branch, what counts is what outlives it.
    if (i == count - 1 && indent_ > 1)
      assign();
    else
      statement(depth);
  }
}

std::string Kernel::fold(int width, int most) {
  const std::string name = fresh("all");
  Origin origin = path_;
  line("ap_uint<" + str(width) + "> " + name + " = " + str(random_.below(2)) + ";");
  std::vector<size_t> order;
  std::vector<uint64_t> rank;
  const std::string head = heads_.empty() ? "" : random_.of(heads_);  // in any case: so that the result is no constant
  for (size_t i = 0; i < values_.size(); ++i) {
    order.push_back(i);
    rank.push_back(random_.bits());
    values_[i].wanted |= values_[i].name == head;
  }
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::make_tuple(!values_[a].wanted, values_[a].uses, rank[a]) <
           std::make_tuple(!values_[b].wanted, values_[b].uses, rank[b]);
  });
  for (size_t k = 0; k < order.size() && k < static_cast<size_t>(most); ++k) {
    Value& v = values_[order[k]];
    if (!v.wanted && v.uses > 0 && k >= 3) break;
    ++v.uses;
    v.wanted = false;
    origin = origin | v.origin;
    const Expression e = operand(v);
    const std::string mix = k == 0 ? " += " : " ^= ";  // or else what was folded twice might cancel
    if (v.width <= width) {
      const int by = random_.below(width - v.width + 1);
      line(name + mix + "ap_uint<" + str(width) + ">(" + cast(e, v.width, false).text + ")" +
           (by ? " << " + str(by) : "") + ";");
    } else {
      const int lo = random_.below(v.width - width + 1);
      line(name + mix + (v.own ? v.name : e.text) + ".range(" + str(lo + width - 1) + ", " + str(lo) + ");");
      line(name + "[" + str(random_.below(width)) + "] ^= ap_uint<1>(" + (v.own ? v.name : e.text) + ".xor_reduce());");
    }
  }
  add(name, type_of(width, false), width, false, true, origin, true);
  return name;
}

}  // namespace xhls_fuzz
