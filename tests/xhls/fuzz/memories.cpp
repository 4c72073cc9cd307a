// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

namespace xhls_fuzz {

namespace {
std::string str(int n) {
  return std::to_string(n);
}
}  // namespace

// A function that brings an address of the next power of two into the table.
std::string Kernel::index_function(const std::string& table, int depth, int& address_bits) {
  address_bits = 1;
  while ((1 << address_bits) < depth) ++address_bits;
  const std::string name = "index_of_" + table, type = "ap_uint<" + str(address_bits) + ">";
  parts_ << "unsigned " << name << "(" << type << " i) {\n  ";
  if (1 << address_bits == depth)
    parts_ << "return i.to_uint();\n}\n";
  else
    parts_ << "return i < " << depth << " ? i.to_uint() : i.to_uint() - " << depth << ";\n}\n";
  return name;
}

void Kernel::make_tables() {
  static const char* const types[] = {"unsigned char", "unsigned short", "unsigned", "uint64_t", "bool"};
  static const int widths[] = {8, 16, 32, 64, 1};
  for (int n = random_.below(4); n > 0; --n) {
    Table t;
    t.name = "table" + str(next_++);
    const int depth = random_.one_in(8) ? random_.between(65, 600) : random_.between(2, 64);
    t.own = random_.one_in(2);
    t.block = random_.one_in(4);
    const int kind = random_.below(5);
    t.width = t.own ? random_.width(most_) : widths[kind];
    const std::string type = t.own ? type_of(t.width, false) : types[kind];
    parts_ << "const " << type << " " << t.name << "[" << depth << "] = {";
    for (int i = 0; i < depth; ++i) {
      if (i % 8 == 0) parts_ << "\n   ";
      parts_ << " " << (t.own ? literal(t.width) : number(t.width)) << ",";
    }
    parts_ << "};\n";
    t.index = index_function(t.name, depth, t.address_bits);
    tables_.push_back(t);
  }
}

Expression Kernel::look_up(int depth, const Limit& limit) {
  if (tables_.empty()) return arithmetic(depth, limit);
  Table& t = random_.of(tables_);
  if (t.block && !heads_.empty()) return arithmetic(depth, limit);
  Expression i =
      random_.one_in(2) ? small(t.address_bits, limit) : cast(expression(depth - 1, limit), t.address_bits, false);
  if (t.block) {
    i.origin.through = std::max(i.origin.through, i.origin.group);
    i.origin.late = true;
    called_module_ = true;
  }
  const std::string element = t.name + "[" + t.index + "(" + i.text + ")]";
  return {t.own ? element : "ap_uint<" + str(t.width) + ">(" + element + ")", t.width, false, i.origin};
}

// Of a table in block RAM, which must not turn out to be no memory.
void Kernel::look_up_block(const Table& t) {
  const Expression i = mixed(small(t.address_bits, {}));
  const std::string name = fresh("v"), type = type_of(t.width, false);
  line("const " + type + " " + name + " = " + t.name + "[" + t.index + "(" + i.text + ")];");
  const size_t mark = values_.size();
  add(name, type, t.width, false, true, {i.origin.group, std::max(i.origin.through, i.origin.group), true}, false);
  want(mark);
}

void Kernel::ram() {
  static const int depths[] = {2, 3, 4, 4, 5, 8, 8, 16, 16, 17, 32, 48, 64, 100, 256, 1024, 2000};
  Ram r;
  const int depth = random_.one_in(3) ? random_.between(2, 300) : depths[random_.below(17)];
  r.name = fresh("ram");
  r.index = index_function(r.name, depth, r.bits);
  r.group = random_.between(1, groups_);
  r.structure = !structs_.empty() && random_.one_in(3) ? random_.below(static_cast<int>(structs_.size())) : -1;
  r.width = random_.width(most_);
  r.type = r.structure >= 0 ? structs_[static_cast<size_t>(r.structure)].name : type_of(r.width, random_.one_in(6));
  r.square = depth >= 4 && 1 << r.bits == depth && random_.one_in(5);
  line("static " + r.type + " " + r.name + (r.square ? "[2][" + str(depth / 2) + "];" : "[" + str(depth) + "];"));
  if (random_.one_in(3))
    out_ << "#pragma HLS BIND_STORAGE variable=" << r.name
         << " type=ram_2p impl=" << (random_.one_in(2) ? "bram" : "lutram") << "\n";
  if (random_.one_in(4)) {  // all of it in a branch
    const Expression c = toggled(condition(Limit::below_group(r.group)));
    std::string loaded = fresh("v");
    line(r.type + " " + loaded + (r.structure >= 0 ? ";" : " = 0;"));
    branch(
        c, [&] { ram_accesses(r, loaded); }, nullptr);
    return add_element(loaded, r, c.origin);
  }
  ram_accesses(r, "");
}

std::string Kernel::place(const Ram& r, const std::string& at) const {
  if (!r.square) return r.name + "[" + r.index + "(" + at + ")]";
  return r.name + "[" + at + "[" + str(r.bits - 1) + "]][" + at + ".range(" + str(r.bits - 2) + ", 0)]";
}

std::string Kernel::ram_address(const Ram& r, const Limit& limit) {
  Expression e = mixed(random_.one_in(4) ? cast(expression(1, limit), r.bits, false) : small(r.bits, limit));
  if (const std::string& head = random_.of(heads_); random_.one_in(2)) {
    for (const Value& v : values_)
      if (v.name == head && v.width >= r.bits)
        e = {"ap_uint<" + str(r.bits) + ">(" + head + ")", r.bits, false, v.origin};
  }
  if (r.bits > 3 && !random_.one_in(4)) {  // few bits vary, so that addresses come again
    int mask = 0;
    for (int i = 0; i < 3; ++i) mask |= 1 << random_.below(r.bits);
    e.text += " & " + str(mask);
  }
  const std::string at = fresh("at"), type = type_of(r.bits, false);
  line(type + " " + at + " = " + e.text + ";");
  Origin origin = e.origin;
  if (Limit::of_group(r.group - 1).allows(e.origin | path_) && random_.one_in(2)) {  // at times the one before
    const std::string last = fresh("last");
    line("static " + type + " " + last + " = 0;");
    line("if (" + bit_of_input() + ") " + at + " = " + last + ";");
    line(last + " = " + at + ";");
    origin = origin | Origin{r.group - 1, -1, r.group > 1} | path_;
  }
  add(at, type, r.bits, false, true, origin, false);
  return at;
}

void Kernel::add_element(const std::string& name, const Ram& r, const Origin& path) {
  const Origin origin = Origin{r.group, r.group - 1, true} | path;
  const size_t mark = values_.size();
  if (r.structure >= 0)
    add_members(name, structs_[static_cast<size_t>(r.structure)], origin, true, -1);
  else
    add(name, r.type, r.width, r.type[3] == 'i', true, origin, true);
  want(mark);
}

// An element to store: an expression, or a variable of its structure.
std::string Kernel::element(const Ram& r, const Limit& limit) {
  if (r.structure < 0) return cast(expression(1, limit), r.width, r.type[3] == 'i').text;
  const std::string name = fresh("e");
  line(r.type + " " + name + ";");
  for (const Member& m : structs_[static_cast<size_t>(r.structure)].members)
    line(name + "." + m.name + " = " + (m.type == "bool" ? condition(limit) : expression(1, limit)).text + ";");
  return name;
}

// Changes what was loaded by values that the RAM's group allows.
void Kernel::modify(const std::string& name, const Ram& r) {
  const size_t mark = values_.size();
  add_element(name, r, {});
  for (size_t i = mark; i < values_.size(); ++i) values_[i].group = r.group;
  for (int n = random_.between(1, 3); n > 0; --n)
    assign_to(values_[mark + static_cast<size_t>(random_.below(static_cast<int>(values_.size() - mark)))].name);
  values_.resize(mark, values_.front());
}

// One of the ways to use a RAM in one call. What is loaded goes into `loaded`, or a new variable.
void Kernel::ram_accesses(const Ram& r, const std::string& loaded) {
  const Limit before = Limit::below_group(r.group), with = Limit::of_group(r.group);
  const bool fresh_variable = loaded.empty();
  const std::string e = fresh_variable ? fresh("v") : loaded;
  const std::string define = fresh_variable ? r.type + " " + e : e,
                    nothing = define + (r.structure >= 0 ? ";" : " = 0;");
  const auto maybe = [&](const Limit& limit) {
    return random_.one_in(3) ? "" : "if (" + toggled(condition(limit)).text + ") ";
  };
  const auto finish = [&] {
    if (fresh_variable) add_element(e, r, path_);
  };
  const std::string at = ram_address(r, before);
  const auto changed = [&] {  // a copy, changed
    const std::string copy = fresh("e");
    line(r.type + " " + copy + " = " + e + ";");
    modify(copy, r);
    return copy;
  };
  switch (random_.below(9)) {
    case 0:  // read, modify, write
    case 1: {
      line(define + " = " + place(r, at) + ";");
      const std::string copy = changed();
      line(maybe(with) + place(r, at) + " = " + copy + ";");
      break;
    }
    case 2: {  // the same under nested conditions, with two ways to write
      line(define + " = " + place(r, at) + ";");
      const std::string copy = changed(), other = element(r, with);
      line("if (" + condition(with).text + ") {");
      line("  " + maybe(with) + place(r, at) + " = " + copy + ";");
      line("} else if (" + condition(with).text + ") {");
      line("  " + place(r, at) + " = " + other + ";");
      line("}");
      break;
    }
    case 3: {  // cleared, or counted on
      line(nothing);
      const std::string value = element(r, before);
      line("if (" + condition(before).text + ") {");
      line("  " + place(r, at) + " = " + value + ";");
      line("} else {");
      ++indent_;
      line(e + " = " + place(r, at) + ";");
      line(place(r, at) + " = " + changed() + ";");
      --indent_;
      line("}");
      break;
    }
    case 4: {  // written, then read
      const std::string to = random_.one_in(2) ? at : ram_address(r, before), value = element(r, before);
      line(maybe(before) + place(r, to) + " = " + value + ";");
      line(define + " = " + place(r, at) + ";");
      break;
    }
    case 5: {  // read, then written elsewhere from what does not depend on it
      const std::string to = random_.one_in(3) ? at : ram_address(r, before), value = element(r, before);
      line(define + " = " + place(r, at) + ";");
      line(maybe(before) + place(r, to) + " = " + value + ";");
      break;
    }
    case 6: {  // one or the other
      const std::string to = random_.one_in(2) ? at : ram_address(r, before), value = element(r, before);
      line(nothing);
      line("if (" + condition(before).text + ")");
      line("  " + place(r, to) + " = " + value + ";");
      line("else");
      line("  " + e + " = " + place(r, at) + ";");
      break;
    }
    case 7: {  // read at one of two places, modified, written to where it says itself
      const std::string other = ram_address(r, before);
      line(nothing);
      line("if (" + condition(before).text + ")");
      line("  " + e + " = " + place(r, at) + ";");
      line("else");
      line("  " + e + " = " + place(r, other) + ";");
      const std::string copy = changed();
      line(maybe(with) + place(r, at) + " = " + copy + ";");
      break;
    }
    default: {  // moved: the address of the write follows from what was read
      line(define + " = " + place(r, at) + ";");
      const std::string copy = changed();
      const std::string to = fresh("at"), type = type_of(r.bits, false);
      const size_t mark = values_.size();
      add_element(e, r, {});
      const std::string by = random_.one_in(2) ? small(r.bits, with).text : at + " ^ " + operand(values_[mark]).text;
      values_.resize(mark, values_.front());
      line("const " + type + " " + to + " = " + by + ";");
      line(maybe(with) + place(r, to) + " = " + copy + ";");
    }
  }
  finish();
}

}  // namespace xhls_fuzz
