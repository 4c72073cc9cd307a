// SPDX-License-Identifier: Apache-2.0
//
// xhls-make-kernels COUNT SEED DIR: random kernels within the subset, with a top module and a test that hold them all.
// Writes DIR/fuzz<i>.cpp, DIR/kernels.h, DIR/all_kernels.sv, DIR/tests.inc. The same seed gives the same files.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Value {
  std::string name;
  int width;
  bool clean;  // does not depend on a static variable: may feed a RAM's address or a module
};

class Kernel {
 public:
  Kernel(int number, uint64_t seed) : name_("fuzz" + std::to_string(number)), random_(seed) {}
  const std::string& name() const { return name_; }

  std::string text() {
    std::ostringstream file;
    file << "#include \"kernels.h\"\n\nnamespace {\n"
         << table() << module_function() << "}  // namespace\n\nvoid " << name_
         << "(Stream<64>& a, Stream<72>& b, Stream<136>& x, Stream<64>& y) {\n#pragma HLS PIPELINE II=1 style=flp\n";
    body_ << "  static ap_uint<1> more = " << pick(2) << ";\n";
    declare("a_in", 64, true, "a.read()");
    body_ << "  ap_uint<72> b_in = 0;\n  if (more) b_in = b.read();\n  more = " << bit_of_a() << ";\n";
    values_.push_back({"b_in", 72, true});
    for (int i = 0; i < 2; ++i) {
      state_.push_back({"s" + std::to_string(i), width(), false});
      body_ << "  static ap_uint<" << state_[i].width << "> s" << i << " = " << pick(1000) << ";\n";
    }
    const int steps = 6 + pick(14);
    const int rams = pick(3), calls = pick(3);
    for (int i = 0; i < steps; ++i) {
      if (i % 4 == 1 && i / 4 < calls) call();
      if (i % 5 == 2 && i / 5 < rams) ram(i);
      if (i == steps / 2)
        for (const Value& s : state_) values_.push_back(s);
      statement();
    }
    for (const Value& s : state_)
      body_ << "  if (" << condition() << ") " << s.name << " = " << s.name << (chance(2) ? " + " : " ^ ") << any().name
            << ";\n";
    body_ << "  ap_uint<136> result = 0;\n";
    for (int at = 0; at < 136;) {
      const Value v = any();
      const int w = std::min(v.width, 136 - at);
      body_ << "  result.range(" << at + w - 1 << ", " << at << ") = " << v.name << ";\n";
      at += w;
    }
    if (chance(3))
      body_ << "  x.write(result);\n";
    else
      body_ << "  if ((" << condition() << ") != " << bit_of_a() << ")\n    x.write(result);\n  else if ("
            << condition() << ")\n    x.write(" << any().name << ");\n";
    // Not constant, whatever the condition is: a stream that is never written is an error.
    body_ << "  if ((" << condition() << ") != " << bit_of_a() << ") y.write(" << any().name << ");\n";
    file << body_.str() << "}\n";
    return file.str();
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool chance(int n) { return pick(n) == 0; }
  int width() {
    static const int widths[] = {1, 3, 8, 13, 16, 20, 32, 33, 40, 64, 65, 72, 100, 128, 160};
    return widths[pick(15)];
  }
  const Value& any() { return values_[static_cast<size_t>(pick(static_cast<int>(values_.size())))]; }
  const Value& clean() {
    for (;;)
      if (const Value& v = any(); v.clean) return v;
  }
  std::string bit_of_a() { return "a_in[" + std::to_string(pick(64)) + "]"; }
  std::string number() { return std::to_string(pick(3) == 0 ? pick(4) : pick(100000)); }

  void declare(const std::string& name, int w, bool is_clean, const std::string& expression) {
    body_ << "  ap_uint<" << w << "> " << name << " = " << expression << ";\n";
    values_.push_back({name, w, is_clean});
  }

  std::string table() {
    std::ostringstream os;
    os << "const unsigned short kTable[64] = {";
    for (int i = 0; i < 64; ++i) os << (i ? ", " : "") << pick(65536);
    os << "};\n";
    return os.str();
  }

  std::string module_function() {
    std::ostringstream os;
    os << "ap_uint<40> stir(ap_uint<40> p, const ap_uint<24>& q) {\n#pragma HLS INLINE off\n  ap_uint<40> r = (p << "
       << 1 + pick(8) << ") ^ (q * " << 1 + pick(200) << ");\n";
    if (chance(2)) os << "  if (p[" << pick(40) << "]) r = r + q;\n";
    if (chance(2))
      os << "  for (int i = 0; i < " << 1 + pick(12) << "; ++i) r = r ^ (r >> 3) ^ kTable[(r.range(5, 0) + i) & 63];\n";
    os << "  return r;\n}\n";
    return os.str();
  }

  // An expression of its operands' natural width; `is_clean` becomes false when an operand is not.
  std::string expression(bool& is_clean) {
    const Value p = any(), q = any();
    is_clean = p.clean && q.clean;
    const std::string &a = p.name, &b = q.name;
    const int lo = pick(p.width), hi = lo + pick(p.width - lo);
    const std::string bits = std::to_string(hi) + ", " + std::to_string(lo);
    switch (pick(16)) {
      case 0:
        return a + " + " + b;
      case 1:
        return a + " - " + b;
      case 2:
        return a + " & " + b;
      case 3:
        return a + " | " + b;
      case 4:
        return a + " ^ ~" + b;
      case 5:
        return a + " << " + std::to_string(pick(p.width + 3));
      case 6:
        return a + " >> " + std::to_string(pick(p.width + 3));
      case 7:
        return a + " << " + b + ".range(" + std::to_string(std::min(q.width - 1, 6)) + ", 0)";
      case 8:
        return a + " >> " + b + ".range(" + std::to_string(std::min(q.width - 1, 7)) + ", 0)";
      case 9:
        return a + ".range(" + bits + ")";
      case 10:
        return "(" + a + ".range(" + bits + "), " + b + ")";
      case 11:
        return a + " < " + b + " ? ap_uint<64>(" + a + ") : ap_uint<64>(" + b + ")";
      case 12:
        return "kTable[(" + a + " & 63).to_uint()]";
      case 13:
        return a + " * " + number();
      case 14:
        return "(ap_uint<1>(" + a + " == " + b + "), ap_uint<1>(" + a + " <= " + number() + "), ap_uint<1>(" + b +
               ".xor_reduce()))";
      default:
        return "ap_uint<160>(" + a + " + " + number() + ") ^ " + b;
    }
  }

  std::string condition() {
    const Value p = any(), q = any();
    switch (pick(4)) {
      case 0:
        return p.name + "[" + std::to_string(pick(p.width)) + "]";
      case 1:
        return p.name + " > " + q.name;
      case 2:
        return p.name + "[0] && !" + q.name + "[" + std::to_string(pick(q.width)) + "]";
      default:
        return p.name + ".range(" + std::to_string(std::min(2, p.width - 1)) + ", 0) != " + std::to_string(pick(8));
    }
  }

  void statement() {
    bool is_clean;
    const std::string value = expression(is_clean), name = "v" + std::to_string(next_++);
    const int w = width();
    switch (pick(4)) {
      case 0: {  // paths that join
        bool other_clean, third_clean;
        const std::string other = expression(other_clean), third = expression(third_clean);
        body_ << "  ap_uint<" << w << "> " << name << " = " << value << ";\n  if (" << condition() << ") {\n    "
              << name << " = " << other << ";\n  } else if (" << condition() << ") {\n    " << name << " += " << third
              << ";\n  }\n";
        values_.push_back({name, w, false});
        break;
      }
      case 1: {  // a part is written
        bool part_clean;
        const std::string part = expression(part_clean);
        const int lo = pick(w), hi = lo + pick(w - lo);
        declare(name, w, is_clean && part_clean, value);
        body_ << "  " << name << ".range(" << hi << ", " << lo << ") = " << part << ";\n  " << name << "[" << pick(w)
              << "] = " << bit_of_a() << ";\n";
        break;
      }
      default:
        declare(name, w, is_clean, value);
    }
  }

  void call() { declare("v" + std::to_string(next_++), 40, true, "stir(" + clean().name + ", " + clean().name + ")"); }

  void ram(int id) {
    const std::string t = "t" + std::to_string(id), name = "v" + std::to_string(next_++);
    const int w = width(), bits = 1 + pick(5);
    const auto address = [&] {
      const Value& v = clean();
      return "(" + v.name + " & " + std::to_string((1 << bits) - 1) + ").to_uint()";
    };
    const std::string at = address(), elsewhere = address();
    body_ << "  static ap_uint<" << w << "> " << t << "[" << (1 << bits) << "];\n";
    switch (pick(4)) {
      case 0:  // read-modify-write
        declare(name, w, false, t + "[" + at + "]");
        body_ << "  " << name << " += " << clean().name << ";\n  if (" << bit_of_a() << ") " << t << "[" << at
              << "] = " << name << ";\n";
        break;
      case 1:  // write behind
        declare(name, w, false, t + "[" + at + "]");
        body_ << "  if (" << bit_of_a() << ") " << t << "[" << elsewhere << "] = " << clean().name << ";\n";
        break;
      case 2:  // write before
        body_ << "  if (" << bit_of_a() << ") " << t << "[" << elsewhere << "] = " << clean().name << ";\n";
        declare(name, w, false, t + "[" + at + "]");
        break;
      default:  // one or the other
        body_ << "  ap_uint<" << w << "> " << name << " = 0;\n  if (" << bit_of_a() << ")\n    " << t << "["
              << elsewhere << "] = " << clean().name << ";\n  else\n    " << name << " = " << t << "[" << at << "];\n";
        values_.push_back({name, w, false});
    }
  }

  std::string name_;
  std::mt19937_64 random_;
  std::ostringstream body_;
  std::vector<Value> values_, state_;
  int next_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "Usage: xhls-make-kernels COUNT SEED DIR\n";
    return 2;
  }
  const int count = std::atoi(argv[1]);
  const uint64_t seed = std::strtoull(argv[2], nullptr, 0);
  const std::string dir = std::string(argv[3]) + "/";
  std::ofstream header(dir + "kernels.h"), top(dir + "all_kernels.sv"), tests(dir + "tests.inc");
  header << "#include <ap_int.h>\n#include <hls_stream.h>\ntemplate <int W>\nusing Stream = hls::stream<ap_uint<W>>;\n";
  top << "`define IN(K, S, W) input logic [W-1:0] K``_``S``_TDATA, input logic K``_``S``_TVALID, output logic "
         "K``_``S``_TREADY\n"
         "`define OUT(K, S, W) output logic [W-1:0] K``_``S``_TDATA, output logic K``_``S``_TVALID, input logic "
         "K``_``S``_TREADY\n"
         "`define BIND(K, S) .S``_TDATA(K``_``S``_TDATA), .S``_TVALID(K``_``S``_TVALID), "
         ".S``_TREADY(K``_``S``_TREADY)\n"
         "module all_kernels (input logic ap_clk, input logic ap_rst_n";
  std::string instances;
  for (int i = 0; i < count; ++i) {
    Kernel k(i, seed * 1000003u + static_cast<uint64_t>(i));
    const std::string& n = k.name();
    std::ofstream(dir + n + ".cpp") << k.text();
    header << "void " << n << "(Stream<64>& a, Stream<72>& b, Stream<136>& x, Stream<64>& y);\n";
    top << ",\n  `IN(" << n << ", a, 64), `IN(" << n << ", b, 72), `OUT(" << n << ", x, 136), `OUT(" << n << ", y, 64)";
    instances += "  " + n + " u_" + n + " (.ap_clk, .ap_rst_n, `BIND(" + n + ", a), `BIND(" + n + ", b), `BIND(" + n +
                 ", x), `BIND(" + n + ", y));\n";
    tests << "#define " << n << "_IN(name, width) XHLS_RTL_IN(" << n << ", name, width)\n#define " << n
          << "_OUT(name, width) XHLS_RTL_OUT(" << n << ", name, width)\nXHLS_KERNEL_TEST(Vall_kernels, " << n
          << ", FUZZ_PORTS)\n";
  }
  top << ");\n" << instances << "endmodule\n";
  return 0;
}
