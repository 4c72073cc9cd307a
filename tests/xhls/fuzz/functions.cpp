// SPDX-License-Identifier: Apache-2.0
#include "kernel.h"

namespace xhls_fuzz {

namespace {
std::string str(int n) {
  return std::to_string(n);
}
}  // namespace

std::string Kernel::type_of(int width, bool is_signed) const {
  return (is_signed && width > 1 ? "ap_int<" : "ap_uint<") + str(width) + ">";
}

void Kernel::make_structs() {
  for (int n = random_.below(3); n > 0; --n) {
    Struct s{"Record" + str(static_cast<int>(structs_.size())), {}};
    parts_ << "struct " << s.name << " {\n";
    for (int i = random_.between(1, 4); i > 0; --i) {
      Member m{"m" + str(i), "", random_.width(std::min(most_, 300)), false, true};
      m.is_signed = m.width > 1 && random_.one_in(5);
      if (random_.one_in(8)) {
        m.width = 1;
        m.own = m.is_signed = false;
      }
      m.type = m.own ? type_of(m.width, m.is_signed) : "bool";
      parts_ << "  " << m.type << " " << m.name << (m.own ? "" : " = false") << ";\n";
      s.members.push_back(m);
    }
    if (s.members.back().type == "bool") {  // at least one that is copied by hand
      s.members.push_back({"m0", "ap_uint<7>", 7, false, true});
      parts_ << "  ap_uint<7> m0;\n";
    }
    parts_ << "};\n";
    structs_.push_back(s);
  }
}

void Kernel::add_members(const std::string& name, const Struct& s, const Origin& origin, bool writable, int group) {
  for (const Member& m : s.members) {
    add(name + "." + m.name, m.type, m.width, m.is_signed, m.own, origin, writable);
    values_.back().group = group;
  }
}

// A function of its parameters alone, as a module or inlined.
void Kernel::make_function(int index) {
  Function f;
  f.name = "part" + str(index);
  const bool is_module = !random_.one_in(4);
  called_module_ = is_module;
  std::vector<Value> outer;
  outer.swap(values_);
  std::ostringstream text;
  text.swap(out_);
  const auto parameter = [&](bool result) {
    Parameter p;
    const int kind = random_.below(10);
    if (kind == 0) {
      p.type = "bool";
      p.width = 1;
    } else if (kind == 1) {
      p.type = "unsigned";
      p.width = 32;
    } else if (kind <= 3 && !structs_.empty()) {
      p.structure = random_.below(static_cast<int>(structs_.size()));
      p.type = structs_[static_cast<size_t>(p.structure)].name;
    } else {
      p.width = random_.width(most_);
      p.is_signed = p.width > 1 && random_.one_in(5);
      p.own = true;
      p.type = type_of(p.width, p.is_signed);
    }
    if (!result && (p.own || p.structure >= 0) && random_.one_in(2)) p.type = "const " + p.type + "&";
    return p;
  };
  f.result = parameter(true);
  std::string head;
  for (int i = random_.between(1, 4); i > 0; --i) {
    const Parameter p = parameter(false);
    const std::string name = "a" + str(i);
    head += (head.empty() ? "" : ", ") + p.type + " " + name;
    if (p.structure >= 0)
      add_members(name, structs_[static_cast<size_t>(p.structure)], {}, p.type[0] != 'c', -1);
    else
      add(name, p.type, p.width, p.is_signed, p.own, {}, p.type[0] != 'c');
    f.parameters.push_back(p);
  }
  statements(random_.between(1, std::max(2, size_ / 3)), 2);
  if (f.result.structure >= 0) {
    const Struct& s = structs_[static_cast<size_t>(f.result.structure)];
    line(s.name + " result;");
    for (const Member& m : s.members) line("result." + m.name + " = " + fold(m.width, 6) + (m.own ? "" : "[0]") + ";");
    line("return result;");
  } else {
    const std::string all = fold(f.result.width, 12);
    if (random_.one_in(3) && f.result.own) {
      const Expression c = condition({}), e = expression(1, {});
      line("if (" + c.text + ") return " + cast(e, f.result.width, f.result.is_signed).text + ";");
    }
    line("return " + all + (f.result.own ? "" : f.result.width == 1 ? "[0]" : ".to_uint()") + ";");
  }
  text.swap(out_);
  values_.swap(outer);
  parts_ << f.result.type << " " << f.name << "(" << head << ") {\n";
  if (is_module) parts_ << "#pragma HLS INLINE off\n";
  if (is_module && random_.one_in(2)) parts_ << "#pragma HLS PIPELINE II=1 style=flp\n";
  parts_ << text.str() << "}\n";
  f.has_module = called_module_;
  functions_.push_back(f);
}

void Kernel::declare_call(const Function& f) {
  Origin origin;
  std::string arguments;
  for (const Parameter& p : f.parameters) {
    std::string argument;
    if (p.structure >= 0) {
      const Struct& s = structs_[static_cast<size_t>(p.structure)];
      argument = fresh("q");
      line(s.name + " " + argument + ";");
      for (const Member& m : s.members) {
        const Expression e = m.type == "bool" ? condition({}) : leaf({});
        origin = origin | e.origin;
        line(argument + "." + m.name + " = " + e.text + ";");
      }
    } else {
      const Expression e = p.type == "bool" ? condition({}) : random_.one_in(2) ? leaf({}) : expression(1, {});
      origin = origin | e.origin;
      argument = p.type == "bool" ? e.text : p.own ? e.text : cast(e, 32, false).text + ".to_uint()";
      // A range or a bit of a variable is a type of its own: what a parameter takes by conversion.
    }
    arguments += (arguments.empty() ? "" : ", ") + argument;
  }
  called_module_ |= f.has_module;
  if (f.has_module) origin = {origin.group, std::max(origin.through, origin.group), true};
  const std::string name = fresh("r"), type = f.result.type;
  line((random_.one_in(2) ? "const " : "") + type + " " + name + " = " + f.name + "(" + arguments + ");");
  const size_t mark = values_.size();
  if (f.result.structure >= 0)
    add_members(name, structs_[static_cast<size_t>(f.result.structure)], origin, false, -1);
  else
    add(name, type, f.result.width, f.result.is_signed, f.result.own, origin, false);
  want(mark);
}

}  // namespace xhls_fuzz
