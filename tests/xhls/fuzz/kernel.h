// SPDX-License-Identifier: Apache-2.0
//
// A random kernel within xhls's subset. Its parts draw on one list of values, innermost scope last.
//
// What may depend on what: every static variable belongs to a group. Registers and RAMs of one group may depend on one
// another and on lower groups, so that recurrences stay within a group; no module and no RAM's address lies in one.
// Group 0 decides which streams are read, and so follows from itself and the streams' heads alone.
#ifndef XESP_TESTS_XHLS_FUZZ_KERNEL_H
#define XESP_TESTS_XHLS_FUZZ_KERNEL_H

#include <climits>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "random.h"

namespace xhls_fuzz {

// What a value depends on.
struct Origin {
  int group = -1;     // the highest group
  int through = -1;   // the highest group behind a module or a RAM's address
  bool late = false;  // behind a RAM or a module at all
  Origin operator|(const Origin& o) const {
    return {std::max(group, o.group), std::max(through, o.through), late || o.late};
  }
};

// What a value may depend on where it is wanted.
struct Limit {
  int group = INT_MAX, through = INT_MAX;
  bool late = true;
  bool allows(const Origin& o) const { return o.group <= group && o.through <= through && (late || !o.late); }
  static Limit of_group(int g) { return {g, g - 1, g > 0}; }
  static Limit below_group(int g) { return {g - 1, g - 1, true}; }
};

struct Value {
  std::string name, type;
  int width;
  bool is_signed, own;  // own: an ap_int or ap_uint, not a C type
  Origin origin;
  bool writable = false;
  int group = -1;  // of a register
  int uses = 0;
  bool wanted = false;  // the outputs must hang on it
};

struct Expression {
  std::string text;
  int width;
  bool is_signed;
  Origin origin;
};

struct Member {
  std::string name, type;
  int width;
  bool is_signed, own;
};
struct Struct {
  std::string name;
  std::vector<Member> members;
};
struct Table {
  std::string name, index;  // index: a function that folds an address into the table
  int address_bits, width;
  bool own, block;  // block: in block RAM, which takes a stage of its own
};
struct Ram {
  std::string name, index, type;
  int bits, width, structure, group;  // structure: of the elements, or -1
  bool square;                        // an array of arrays
};
struct Parameter {
  std::string type;  // as declared
  int width = 0;
  bool is_signed = false, own = false;
  int structure = -1;
};
struct Function {
  std::string name;
  std::vector<Parameter> parameters;
  Parameter result;
  bool has_module;  // is one, or calls one
};
struct Port {
  std::string name;
  int width;
};

class Kernel {
 public:
  Kernel(std::string name, uint64_t seed, uint64_t attempt) : name_(std::move(name)), random_(seed, attempt) {}
  std::string text();

 private:
  // expressions.cpp
  std::string number(int bits);
  std::string literal(int width);
  const Value& any(const Limit& limit);
  const Value* any_lvalue(const Limit& limit, int least_width);
  Expression operand(const Value& v) const;
  Expression leaf(const Limit& limit);
  Expression expression(int depth, const Limit& limit);
  Expression small(int bits, const Limit& limit);  // an unsigned value of few bits, which take all values
  Expression cast(const Expression& e, int width, bool is_signed) const;
  Expression condition(const Limit& limit);
  std::string bit_of_input();
  Expression toggled(const Expression& c);
  Expression mixed(const Expression& e);  // e with bits of an input in it: no constant, whatever e is
  Expression arithmetic(int depth, const Limit& limit);
  Expression shift(int depth, const Limit& limit);
  Expression pick_bits(const Limit& limit);
  Expression reduction(const Limit& limit);

  // statements.cpp
  void line(const std::string& text);
  std::string fresh(const char* prefix);
  void add(const std::string& name, const std::string& type, int width, bool is_signed, bool own, const Origin& origin,
           bool writable);
  void want(size_t from);  // the values from there on
  void branch(const Expression& condition, const std::function<void()>& then, const std::function<void()>& otherwise);
  void scoped(const Origin& path, const std::function<void()>& body);
  void statements(int count, int depth);
  void statement(int depth);
  void declare();
  void declare_c_value();
  void declare_struct();
  void assign();
  void assign_to(const std::string& name);
  void switch_over(const Expression& value, bool falls, const std::function<void(int)>& body);
  void loop();
  void local_array();
  std::string fold(int width, int most);  // a variable of this width into which values go that nothing has used

  // functions.cpp
  void make_structs();
  void make_function(int index);
  std::string type_of(int width, bool is_signed) const;
  void declare_call(const Function& f);
  void add_members(const std::string& name, const Struct& s, const Origin& origin, bool writable, int group);

  // memories.cpp
  void make_tables();
  std::string index_function(const std::string& table, int depth, int& address_bits);
  Expression look_up(int depth, const Limit& limit);
  void look_up_block(const Table& t);
  void ram();
  void ram_accesses(const Ram& r, const std::string& loaded);
  std::string place(const Ram& r, const std::string& at) const;
  std::string ram_address(const Ram& r, const Limit& limit);
  void add_element(const std::string& name, const Ram& r, const Origin& path);
  std::string element(const Ram& r, const Limit& limit);
  void modify(const std::string& name, const Ram& r);

  // kernel.cpp
  void make_ports();
  void declare_registers();
  void declare_register(int group);
  void read_streams();
  void read(size_t port);
  void update_registers();
  void write_streams();
  void write(const Port& p);
  std::string data_of(const Port& p);
  std::string declaration() const;

  std::string name_;
  Random random_;
  int most_ = 0;  // bits of a value
  int size_ = 0;  // statements
  int next_ = 0;  // number of the next name
  int indent_ = 1;
  int groups_ = 1;  // of registers and RAMs, group 0 not counted
  bool called_module_ = false;
  Origin path_;  // what decides whether control comes here
  std::vector<Port> inputs_, outputs_;
  std::vector<std::string> registers_;
  std::vector<std::string> heads_;  // what was read from the inputs
  std::string turn_;                // a register that changes all the time
  std::vector<Struct> structs_;
  std::vector<Table> tables_;
  std::vector<Function> functions_;
  std::vector<std::string> keywords_;
  std::vector<Value> values_;
  std::ostringstream parts_, out_;
};

}  // namespace xhls_fuzz

#endif
