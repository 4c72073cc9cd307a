// SPDX-License-Identifier: Apache-2.0
//
// The hardware of one function as a bit-exact graph. A value (Bits) is a list of slices of nodes, so constant shifts,
// truncations, concatenations and masks are wiring and make no node.
#ifndef XHLS_NETLIST_H
#define XHLS_NETLIST_H

#include <llvm/ADT/APInt.h>
#include <llvm/ADT/SmallVector.h>

#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "diag.h"

namespace xhls {

enum class Op {
  Const,
  Input,  // head of an input stream
  Arg,    // argument of a non-inlined function
  State,  // static register, as it was before this iteration
  Ram,    // synchronous read; in[0] is the address
  Rom,    // constant table; in[0] is the address
  Call,   // result of a non-inlined function; in[] are its arguments
  Not,
  And,  // And, Or, Xor take two operands or more
  Or,
  Xor,
  Add,
  Sub,
  Mul,
  Mux,  // in[0] ? in[1] : in[2]
  Eq,
  Ult,
  Shl,
  Lshr,
  Ashr,
  Popcount
};
const char* op_name(Op op);
inline bool is_nary(Op op) {
  return op == Op::And || op == Op::Or || op == Op::Xor;
}

struct Node;

struct Slice {
  Node* node;
  unsigned lo, width;
  bool operator==(const Slice&) const = default;
};

// Least significant slice first. Adjacent slices of one node are always merged, so equal values compare equal.
class Bits {
 public:
  Bits() = default;
  explicit Bits(Node* node);
  Bits(Node* node, unsigned lo, unsigned width) { append(Slice{node, lo, width}); }

  unsigned width() const { return width_; }
  bool empty() const { return width_ == 0; }
  const llvm::SmallVectorImpl<Slice>& parts() const { return parts_; }
  void append(Slice s);
  void append(const Bits& high) {
    for (const Slice& s : high.parts_) append(Slice(s));
  }
  Bits slice(unsigned lo, unsigned width) const;
  Node* whole_node() const;  // the node if this is all of exactly one
  bool operator==(const Bits& o) const { return width_ == o.width_ && parts_ == o.parts_; }

 private:
  llvm::SmallVector<Slice, 2> parts_;
  unsigned width_ = 0;
};

struct Node {
  Op op = Op::Const;
  unsigned width = 0;
  unsigned index = 0;  // of the stream, argument, state, RAM, ROM or callee
  unsigned id = 0;
  std::vector<Bits> in;
  llvm::APInt value;  // Const
  std::string name;   // hint from the source
  Loc loc;

  // Filled by demand(), flatten() and the scheduler.
  unsigned demand = 0;  // bits [0, demand) matter
  unsigned uses = 0;    // of the bit that has the most
  int stage = -1;
  int level = 0;       // arrival in its stage, hundredths of a LUT level
  bool early = false;  // in the cone of the issue condition: stage 0
};

struct Stream {
  std::string name;
  unsigned width = 0;
  bool input = false;
  bool used = false;
  Bits when;  // path predicate, 1 bit
  Bits data;  // of an output
  Node* head = nullptr;
  int stage = 0;  // of an output: where data and predicate stand in registers
  Loc loc;
};

struct State {
  std::string name;
  unsigned width = 0;
  llvm::APInt init;
  Node* node = nullptr;
  Bits next;
  Loc loc;
};

struct Ram {
  std::string name;
  unsigned depth = 0, width = 0;
  Node* read = nullptr;
  Bits write_address, write_data, write_when;
  bool write_first = false;  // the store comes before the load in program order
  bool forward = false;      // the store depends on the load: one forwarding entry
  bool hit_ahead = false;    // ... to an address that no read decides: that it hits the next read is known a clock before
  int write_stage = 0;
  std::string style;  // ram_style of the vendor's synthesis; empty: its choice
  Loc loc;
};

struct Rom {
  std::string name;
  unsigned width = 0;
  std::vector<llvm::APInt> values;
  bool block = false;  // in block RAM, read synchronously
  unsigned ports = 0;  // that it has; 0: as many as it is read at
  Loc loc, bound;      // bound: its BIND_STORAGE
};

struct Arg {
  std::string name;
  unsigned width;
  Node* node = nullptr;
};

struct Module;

class Netlist {
 public:
  std::deque<Node> nodes;  // operands before users, State back edges aside
  std::vector<Stream> streams;
  std::vector<State> states;
  std::vector<Ram> rams;
  std::vector<Rom> roms;
  std::vector<Arg> args;
  std::vector<const Module*> callees;
  Bits result;  // of a non-inlined function

  // What new nodes are called and where they come from.
  std::string hint;
  Loc here;

  Node* source(Op op, unsigned width, unsigned index);
  Node* make(Op op, unsigned width, std::vector<Bits> in, unsigned index = 0);

  Bits constant(const llvm::APInt& v);
  Bits constant(unsigned width, uint64_t v) { return constant(llvm::APInt(width, v)); }
  Bits bit(bool b) { return constant(1, b); }
  Bits resize(const Bits& a, unsigned width);
  Bits sign_extend(const Bits& a, unsigned width);
  Bits repeat(const Bits& bit, unsigned width);
  Bits inverted(const Bits& a);
  Bits bitwise(Op op, const Bits& a, const Bits& b);
  Bits mux(const Bits& sel, const Bits& a, const Bits& b);
  Bits eq(const Bits& a, const Bits& b);
  Bits ult(const Bits& a, const Bits& b);
  Bits below(const Bits& x, const llvm::APInt& limit);  // x < limit
  Bits slt(const Bits& a, const Bits& b);
  Bits add(const Bits& a, const Bits& b);
  Bits sub(const Bits& a, const Bits& b);
  Bits mul(const Bits& a, const Bits& b);
  Bits shift(Op op, const Bits& a, const Bits& amount);
  Bits popcount(const Bits& a);
  Bits reversed(const Bits& a, unsigned granule);

  void compute_demand();  // liveness from the outputs, then trims every node to the bits that matter
  void flatten();         // chains of And, Or, Xor become one node of many operands
  void count_uses();

  template <class F>
  void for_each_root(F f) {
    for (Stream& s : streams) {
      f(s.when);
      if (!s.input) f(s.data);
    }
    f(result);
  }

  // Every place where live nodes and the outputs use a value.
  template <class F>
  void for_each_use(F f) {
    for (Node& n : nodes)
      if (n.demand > 0)
        for (Bits& b : n.in) f(b);
    for_each_root(f);
    for (State& s : states)
      if (s.node->demand > 0) f(s.next);
    for (Ram& r : rams)
      if (r.read && r.read->demand > 0) {
        f(r.write_when);
        f(r.write_address);
        f(r.write_data);
      }
  }

 private:
  std::unordered_multimap<size_t, Node*> known_;
};

bool is_block_rom(const Netlist& net, const Node& n);
bool is_constant(const Bits& a);
bool is_constant(const Bits& a, llvm::APInt& v);
bool is_zero(const Bits& a);
bool is_ones(const Bits& a);
unsigned active_bits(const Bits& a);  // width without constant zeros at the top
unsigned variable_bits(const Bits& a);

}  // namespace xhls

#endif
