// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

namespace xhls_fuzz {

namespace {
std::string str(int n) {
  return std::to_string(n);
}
}  // namespace

void Kernel::make_ports() {
  const auto port = [&](const char* prefix) {
    const int bytes = random_.one_in(3) ? random_.between(1, 128) : random_.between(1, random_.one_in(2) ? 8 : 24);
    return Port{fresh(prefix), 8 * bytes};
  };
  for (int n = random_.between(1, 3); n > 0; --n) inputs_.push_back(port("in"));
  for (int n = random_.between(1, 3); n > 0; --n) outputs_.push_back(port("out"));
}

std::string Kernel::declaration() const {
  std::string s = "void " + name_ + "(";
  for (const auto* ports : {&inputs_, &outputs_})
    for (const Port& p : *ports)
      s += (s.back() == '(' ? "" : ", ") + ("hls::stream<ap_uint<" + str(p.width) + "> >& ") + p.name;
  return s + ")";
}

// -------------------------------------------------------------------------------------------------------------------
// Registers

void Kernel::declare_register(int group) {
  const std::string name = fresh("s");
  const Origin origin{group, -1, group > 0};
  const auto enter = [&](const std::string& n, const std::string& type, int w, bool is_signed, bool own) {
    add(n, type, w, is_signed, own, origin, true);
    values_.back().group = group;
    registers_.push_back(n);
  };
  const int kind = random_.below(group == 0 ? 4 : 10);
  if (kind <= 3) {
    const int w = group == 0 && random_.one_in(2) ? random_.between(1, 4) : random_.width(most_);
    const bool s = w > 1 && random_.one_in(5);
    line("static " + type_of(w, s) + " " + name + " = " + (random_.one_in(2) ? "0" : literal(w)) + ";");
    return enter(name, type_of(w, s), w, s, true);
  }
  if (kind == 4) {
    line("static bool " + name + " = " + (random_.one_in(2) ? "true;" : "false;"));
    return enter(name, "bool", 1, false, false);
  }
  if (kind == 5) {
    line("static unsigned " + name + " = " + number(32) + ";");
    return enter(name, "unsigned", 32, false, false);
  }
  if (kind <= 7 && !structs_.empty()) {
    const Struct& s = random_.of(structs_);
    line("static " + s.name + " " + name + ";");
    add_members(name, s, origin, true, group);
    for (const Member& m : s.members) registers_.push_back(name + "." + m.name);
    return;
  }
  const int n = random_.between(2, 6), w = random_.width(std::min(most_, 200));
  std::string list;
  for (int i = 0; i < n; ++i) list += (i ? ", " : " = {") + literal(w);
  line("static " + type_of(w, false) + " " + name + "[" + str(n) + "]" + (random_.one_in(2) ? list + "}" : "") + ";");
  if (random_.one_in(2)) out_ << "#pragma HLS ARRAY_PARTITION variable=" << name << " complete\n";
  for (int i = 0; i < n; ++i) enter(name + "[" + str(i) + "]", type_of(w, false), w, false, true);
}

void Kernel::declare_registers() {
  turn_ = fresh("turn");
  line("static ap_uint<4> " + turn_ + " = " + number(4) + ";");
  for (int n = random_.between(1, 2); n > 0; --n) declare_register(0);
  groups_ = random_.between(1, 4);
  for (int n = random_.below(std::min(5, 2 + size_ / 3)); n > 0; --n) declare_register(random_.between(1, groups_));
  want(0);
}

void Kernel::update_registers() {
  for (const std::string& r : registers_) {
    int group = 0;
    for (const Value& v : values_)
      if (v.name == r) group = v.group;
    if (!Limit::of_group(group).allows(path_)) continue;
    const size_t bracket = r.find('[');
    if (bracket != std::string::npos && r.back() == ']' && random_.one_in(2)) {  // a delay line
      const int i = std::stoi(r.substr(bracket + 1));
      if (i > 0) {
        line(r + " = " + r.substr(0, bracket) + "[" + str(i - 1) + "];");
        continue;
      }
    }
    if (random_.one_in(2)) {
      assign_to(r);
    } else {
      const Expression c = condition(Limit::of_group(group));
      branch(
          c, [&] { assign_to(r); }, nullptr);
    }
  }
}

// -------------------------------------------------------------------------------------------------------------------
// Streams

void Kernel::read(size_t port) {
  const Port& p = inputs_[port];
  const std::string& into = heads_[port];
  switch (random_.below(3)) {
    case 0:
      return line(into + " = " + p.name + ".read();");
    case 1:
      return line(p.name + ".read(" + into + ");");
    default:
      line(p.name + " >> " + into + ";");
  }
}

// Every call reads something, or else the next one does: a native kernel that reads nothing would run for ever.
void Kernel::read_streams() {
  while (heads_.size() < inputs_.size()) heads_.push_back(fresh("x"));
  const Limit early = Limit::of_group(0);
  const Origin origin{0, -1, false};
  for (size_t i = 0; i < inputs_.size(); ++i) line(type_of(inputs_[i].width, false) + " " + heads_[i] + " = 0;");
  const auto enter = [&](size_t i, bool always) {
    add(heads_[i], type_of(inputs_[i].width, false), inputs_[i].width, false, true, always ? Origin{} : origin, false);
  };
  const std::vector<std::string> steps{" = " + turn_ + " + 1", " += 3", " = " + turn_ + " * 5 + 1"};
  const int plan = random_.below(6);
  size_t done = 0;
  std::string pending;
  if (plan == 0) {  // at times a call that reads nothing
    pending = fresh("pending");
    line("static bool " + pending + " = " + (random_.one_in(2) ? "true;" : "false;"));
    line("if (" + pending + ") {");
    line("  " + pending + " = false;");
    line("} else {");
    ++indent_;
  }
  if (plan == 1 && inputs_.size() > 1) {  // one or the other
    const Expression c = toggled(condition(early));
    line("if (" + c.text + ") {");
    ++indent_;
    read(0);
    --indent_;
    line("} else {");
    ++indent_;
    read(1);
    if (random_.one_in(2)) line(heads_[1] + " = ~" + heads_[1] + ";");
    --indent_;
    line("}");
    enter(0, false);
    enter(1, false);
    done = 2;
  } else if (plan == 2) {  // one stream at several places
    line("switch (" + mixed(small(2, early)).text + ".to_uint()) {");
    for (int i = 0; i < 3; ++i) {
      line(i == 2 ? "  default:" : "  case " + str(random_.below(2) + 2 * i) + ":");
      indent_ += 2;
      read(0);
      if (i > 0) line(heads_[0] + " ^= " + number(32) + ";");
      line("break;");
      indent_ -= 2;
    }
    line("}");
    enter(0, true);
    values_.back().origin = origin;
    done = 1;
  } else {
    read(0);
    enter(0, plan != 0);
    done = 1;
  }
  for (; done < inputs_.size(); ++done) {
    if (random_.one_in(2)) {
      read(done);
      enter(done, plan != 0);
      continue;
    }
    const Expression c = toggled(condition(early));
    line("if (" + c.text + ") {");
    ++indent_;
    read(done);
    --indent_;
    line("}");
    enter(done, false);
  }
  line(turn_ + random_.of(steps) + ";");
  add(turn_, "ap_uint<4>", 4, false, true, origin, false);  // until now `mixed` alone has used it
  if (plan == 0) {
    line(pending + " = " + heads_[0] + "[" + str(random_.below(inputs_[0].width)) + "];");
    --indent_;
    line("}");
  }
}

std::string Kernel::data_of(const Port& p) {
  const std::string name = fold(p.width, 20);
  if (random_.one_in(2)) line(name + " ^= " + expression(2, {}).text + ";");
  return name;
}

void Kernel::write(const Port& p) {
  const std::string data = fold(p.width, 40);
  const auto to = [&](const std::string& what) {
    line(random_.one_in(4) ? p.name + " << " + what + ";" : p.name + ".write(" + what + ");");
  };
  const auto sometimes = [&] { return toggled(condition({})).text; };
  switch (random_.below(5)) {
    case 0:
      return to(data);
    case 1: {
      line("if " + sometimes());
      ++indent_;
      to(data);
      --indent_;
      return;
    }
    case 2: {
      const std::string other = data_of(p);
      line("if " + sometimes() + " {");
      ++indent_;
      to(data);
      --indent_;
      line("} else if " + sometimes() + " {");
      ++indent_;
      to(other);
      --indent_;
      line("}");
      return;
    }
    case 3: {
      const std::string other = data_of(p);
      bool first = true;
      return switch_over(mixed(small(random_.between(1, 3), {})), false, [&](int) {
        if (first || random_.one_in(3)) to(first ? data : random_.one_in(2) ? other : "(" + other + " ^ 5)");
        first = false;
      });
    }
    default: {
      line("if " + sometimes() + " {");
      ++indent_;
      line("if " + sometimes() + " {");
      to(data);
      line("} else {");
      to("(" + data + ", " + bit_of_input() + ")");
      line("}");
      --indent_;
      line("}");
    }
  }
}

void Kernel::write_streams() {
  const size_t returning = random_.one_in(6) ? outputs_.size() - 1 : outputs_.size();
  for (size_t i = 0; i < returning; ++i) write(outputs_[i]);
  if (returning == outputs_.size()) return;
  // A return in the middle: what follows happens only where it was not taken.
  const Port& p = outputs_.back();
  const std::string data = fold(p.width, 40);
  const Expression c = toggled(condition({}));
  line("if (" + c.text + ") {");
  line("  " + p.name + ".write(" + data + ");");
  line("  return;");
  line("}");
  path_ = path_ | c.origin;
  for (int n = random_.below(3); n > 0; --n) assign();
  line(p.name + ".write(" + data_of(p) + ");");
}

std::string Kernel::text() {
  static const int widest[] = {24, 64, 130, 300, 1024, 1024};
  most_ = widest[random_.below(6)];
  const int kind = random_.below(10);
  size_ = kind < 6 ? random_.between(3, 8) : kind < 9 ? random_.between(8, 18) : random_.between(18, 40);
  keywords_ = {"reg",    "wire",   "input",  "output", "begin",    "end",    "module",    "logic", "edge",   "initial",
               "assign", "always", "genvar", "table",  "event",    "packed", "var",       "type",  "string", "clk",
               "stage",  "valid",  "ready",  "ap_clk", "ap_rst_n", "issue",  "endmodule", "byte",  "tri"};
  for (size_t i = keywords_.size(); i > 1; --i)
    std::swap(keywords_[i - 1], keywords_[static_cast<size_t>(random_.below(static_cast<int>(i)))]);

  make_ports();
  make_structs();
  make_tables();
  for (int n = random_.below(4), i = 0; i < n; ++i) make_function(i);
  declare_registers();
  read_streams();
  for (const Table& t : tables_)
    if (t.block) look_up_block(t);
  int rams = random_.one_in(3) ? 0 : random_.between(1, 3);
  for (int i = 0; i < size_; ++i) {
    if (rams > 0 && random_.below(size_ - i) < rams) {
      ram();
      --rams;
    }
    statement(3);
  }
  const bool update_first = random_.one_in(2);
  if (update_first) update_registers();
  write_streams();
  if (!update_first) update_registers();
  std::string storage;
  for (const Table& t : tables_)
    if (t.block) storage += "#pragma HLS BIND_STORAGE variable=" + t.name + " type=rom_np impl=bram\n";
  // Parts have a namespace of their own, for many kernels are compiled natively in one go.
  return "// Made by xhls-make-kernel.\n#include <ap_int.h>\n#include <hls_stream.h>\n\n#include "
         "<cstdint>\n\nnamespace " +
         name_ + "_parts {\n" + parts_.str() + "}\n\n" + declaration() + " {\n#pragma HLS PIPELINE II=1 style=flp\n" +
         storage + "  using namespace " + name_ + "_parts;\n" + out_.str() + "}\n";
}

}  // namespace xhls_fuzz
