// SPDX-License-Identifier: Apache-2.0
//
// From LLVM IR to the netlist. The acyclic control flow becomes path predicates, phis become multiplexers.
#include "build.h"

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Operator.h>

#include <algorithm>
#include <set>

namespace xhls {

using namespace llvm;

namespace {

// A pointer into a global: base + offset + sum of terms, in bytes.
struct Address {
  GlobalVariable* base = nullptr;
  int64_t offset = 0;
  std::vector<std::pair<Bits, uint64_t>> terms;  // index, scale
};

// A RAM as its accesses show it: one word of `width` bits at `offset` in every `stride` bytes of the global.
struct RamInfo {
  GlobalVariable* base = nullptr;
  uint64_t stride = 0, offset = 0;
  unsigned width = 0, index = 0;
  const LoadInst* load = nullptr;
  const StoreInst* store = nullptr;
  Bits read_address, read_path;
};

class Builder {
 public:
  Builder(Module& m, Function& f, const Program& program, const std::map<const Function*, const Module*>& callees)
      : m_(m),
        net_(m.net),
        f_(f),
        program_(program),
        callees_(callees),
        dl_(f.getParent()->getDataLayout()),
        dt_(f),
        pdt_(f) {}

  void run() {
    collect_names();
    if (m_.top)
      declare_streams();
    else
      declare_arguments();
    declare_states();
    declare_rams();
    for (BasicBlock* b : ReversePostOrderTraversal<Function*>(&f_))
      for (Instruction& i : *b) {
        if (i.isDebugOrPseudoInst()) continue;
        net_.here = location(i);
        const auto name = names_.find(&i);
        net_.hint = name == names_.end() ? std::string() : name->second;
        translate(i);
      }
    finish_rams();
    finish_streams();
  }

 private:
  [[noreturn]] void reject(const Instruction& i, const std::string& rule) { throw Reject(location(i), rule); }

  // Names of source variables, from the debug records; those of the stand-in headers say nothing.
  void collect_names() {
    auto note = [&](Value* v, const DILocalVariable* var) {
      const StringRef file = var->getFilename();
      if (!v || file.ends_with("ap_int.h") || file.ends_with("hls_stream.h") || var->isArtificial()) return;
      names_.try_emplace(v, var->getName().str());
    };
    for (Instruction& i : instructions(f_)) {
      for (DbgVariableRecord& r : filterDbgVars(i.getDbgRecordRange()))
        if (r.isDbgValue() && r.getNumVariableLocationOps() == 1) note(r.getVariableLocationOp(0), r.getVariable());
      if (auto* d = dyn_cast<DbgValueInst>(&i); d && d->getNumVariableLocationOps() == 1)
        note(d->getVariableLocationOp(0), d->getVariable());
    }
  }

  static const DICompositeType* class_of(const DIType* t) {
    while (const auto* d = dyn_cast_or_null<DIDerivedType>(t)) t = d->getBaseType();
    return dyn_cast_or_null<DICompositeType>(t);
  }

  void declare_streams() {
    const Loc loc = location(f_);
    const DITypeRefArray types = f_.getSubprogram()->getType()->getTypeArray();
    if (types.size() != f_.arg_size() + 1) throw Reject(loc, "the top function's arguments are not all streams");
    for (Argument& a : f_.args()) {
      const DICompositeType* stream = class_of(types[a.getArgNo() + 1]);
      unsigned width = 0;
      if (stream && stream->getName().starts_with("stream<"))
        for (const DINode* n : stream->getTemplateParams())
          if (const auto* param = dyn_cast<DITemplateTypeParameter>(n))
            if (const DICompositeType* payload = class_of(param->getType());
                payload && payload->getName().starts_with("ap_uint<"))
              for (const DINode* p : payload->getTemplateParams())
                if (const auto* v = dyn_cast<DITemplateValueParameter>(p))
                  if (const auto* md = dyn_cast_or_null<ConstantAsMetadata>(v->getValue()))
                    width = static_cast<unsigned>(cast<ConstantInt>(md->getValue())->getZExtValue());
      Stream s;
      s.name = a.getName().str();
      s.loc = loc;
      if (stream && a.use_empty()) throw Reject(loc, "stream '" + s.name + "' is never read and never written");
      if (width == 0) throw Reject(loc, "argument '" + s.name + "' is not a reference to hls::stream<ap_uint<W>>");
      if (width % 8 != 0) throw Reject(loc, "stream '" + s.name + "': a width that is not a multiple of 8 bits");
      s.width = width;
      net_.streams.push_back(std::move(s));
    }
  }

  void declare_arguments() {
    for (Argument& a : f_.args()) {
      net_.hint = a.getName().str();
      net_.here = m_.loc;
      const auto index = static_cast<unsigned>(net_.args.size());
      Node* n = net_.source(Op::Arg, a.getType()->getIntegerBitWidth(), index);
      std::string name = a.getName().str();
      if (name.empty()) name = "arg" + std::to_string(index);
      net_.args.push_back({name, n->width, n});
      values_[&a] = Bits(n);
    }
  }

  void declare_states() {
    if (!m_.top) return;
    for (const StateVariable& v : program_.states) {
      State s;
      s.name = v.name;
      s.width = v.width;
      s.init = v.init;
      s.loc = v.loc;
      net_.hint = v.name;
      net_.here = v.loc;
      s.node = net_.source(Op::State, v.width, static_cast<unsigned>(net_.states.size()));
      s.next = Bits(s.node);
      net_.states.push_back(std::move(s));
    }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // RAMs

  GlobalVariable* ram_of(const Value* pointer) {
    auto* g = const_cast<GlobalVariable*>(dyn_cast<GlobalVariable>(getUnderlyingObject(pointer, 0)));
    return g && !g->isConstant() ? g : nullptr;
  }

  void declare_rams() {
    std::map<GlobalVariable*, uint64_t> strides;
    for (Instruction& i : instructions(f_))
      if (isa<LoadInst>(i) || isa<StoreInst>(i))
        if (GlobalVariable* g = ram_of(getLoadStorePointerOperand(&i))) {
          if (!m_.top) reject(i, "a non-inlined function is pure: no static variable in it");
          uint64_t& stride = strides[g];
          stride = smallest_scale(getLoadStorePointerOperand(&i), stride);
        }
    for (Instruction& i : instructions(f_)) {
      auto* store = dyn_cast<StoreInst>(&i);
      GlobalVariable* g = store ? ram_of(store->getPointerOperand()) : nullptr;
      if (!g) continue;
      const uint64_t stride = strides[g];
      if (stride == 0) reject(i, "static variable '" + source_name(*g) + "' is accessed in a way that is not followed");
      const uint64_t offset = constant_offset(store->getPointerOperand()) % stride;
      const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(store->getValueOperand()->getType()));
      bool found = false;
      for (const RamInfo& r : rams_) {
        if (r.base != g) continue;
        if (r.offset == offset && r.width == width)
          found = true;
        else if (offset < r.offset + r.width / 8 && r.offset < offset + width / 8)
          reject(i, "RAM '" + source_name(*g) + "': a store to a part of its element; write whole elements");
      }
      if (found) continue;
      RamInfo r;
      r.base = g;
      r.stride = stride;
      r.offset = offset;
      r.width = width;
      r.index = static_cast<unsigned>(net_.rams.size());
      Ram ram;
      ram.name = source_name(*g);
      if (stride * 8 != width && offset != 0) ram.name += "_" + std::to_string(offset);
      ram.depth = static_cast<unsigned>(dl_.getTypeAllocSize(g->getValueType()) / stride);
      ram.width = width;
      ram.loc = location(*g);
      if (!g->getInitializer()->isNullValue())
        throw Reject(ram.loc, "RAM '" + ram.name + "' has an initialiser; only zero is supported");
      if (ram.depth > 65536) throw Reject(ram.loc, "RAM '" + ram.name + "' has more than 65536 elements");
      net_.rams.push_back(std::move(ram));
      rams_.push_back(std::move(r));
    }
  }

  uint64_t smallest_scale(const Value* p, uint64_t best) {
    if (const auto* gep = dyn_cast<GEPOperator>(p)) {
      MapVector<Value*, APInt> variable;
      APInt constant(64, 0);
      if (gep->collectOffset(dl_, 64, variable, constant))
        for (const auto& [v, scale] : variable)
          if (best == 0 || scale.getZExtValue() < best) best = scale.getZExtValue();
      return smallest_scale(gep->getPointerOperand(), best);
    }
    if (const auto* s = dyn_cast<SelectInst>(p))
      return smallest_scale(s->getFalseValue(), smallest_scale(s->getTrueValue(), best));
    if (const auto* phi = dyn_cast<PHINode>(p))
      for (const Value* v : phi->incoming_values()) best = smallest_scale(v, best);
    return best;
  }

  uint64_t constant_offset(const Value* p) {
    uint64_t sum = 0;
    while (const auto* gep = dyn_cast<GEPOperator>(p)) {
      MapVector<Value*, APInt> variable;
      APInt constant(64, 0);
      if (gep->collectOffset(dl_, 64, variable, constant)) sum += constant.getZExtValue();
      p = gep->getPointerOperand();
    }
    return sum;
  }

  Address address(const Value* p, const Instruction& at) {
    if (const auto* g = dyn_cast<GlobalVariable>(p)) {
      Address a;
      a.base = const_cast<GlobalVariable*>(g);
      return a;
    }
    if (const auto* gep = dyn_cast<GEPOperator>(p)) {
      Address a = address(gep->getPointerOperand(), at);
      MapVector<Value*, APInt> variable;
      APInt constant(64, 0);
      if (!gep->collectOffset(dl_, 64, variable, constant)) reject(at, "an array index that is not understood");
      a.offset += constant.getSExtValue();
      for (const auto& [v, scale] : variable) a.terms.emplace_back(value(v), scale.getZExtValue());
      return a;
    }
    if (const auto* s = dyn_cast<SelectInst>(p))
      return choose(value(s->getCondition()), address(s->getTrueValue(), at), address(s->getFalseValue(), at), at);
    if (const auto* phi = dyn_cast<PHINode>(p)) {
      Address a = address(phi->getIncomingValue(0), at);
      for (unsigned i = 1; i < phi->getNumIncomingValues(); ++i)
        a = choose(incoming(*phi, i), address(phi->getIncomingValue(i), at), a, at);
      return a;
    }
    reject(at, "memory is accessed through a pointer that is not followed");
  }

  Address choose(const Bits& sel, Address a, Address b, const Instruction& at) {
    // A constant place is an index too, in units of the other's scale.
    auto as_index = [&](Address& x, const Address& like) {
      if (!x.terms.empty() || like.terms.size() != 1) return;
      const auto scale = static_cast<int64_t>(like.terms[0].second);
      const int64_t k = (x.offset - like.offset) / scale;
      if (like.offset + k * scale != x.offset || k < 0) return;
      x.terms.emplace_back(net_.constant(like.terms[0].first.width(), static_cast<uint64_t>(k)), like.terms[0].second);
      x.offset = like.offset;
    };
    as_index(a, b);
    as_index(b, a);
    bool same = a.base == b.base && a.offset == b.offset && a.terms.size() == b.terms.size();
    for (size_t i = 0; same && i < a.terms.size(); ++i) same = a.terms[i].second == b.terms[i].second;
    if (!same) reject(at, "which of two arrays is accessed is chosen at run time");
    for (size_t i = 0; i < a.terms.size(); ++i) {
      const unsigned w = std::max(a.terms[i].first.width(), b.terms[i].first.width());
      a.terms[i].first = net_.mux(sel, net_.resize(a.terms[i].first, w), net_.resize(b.terms[i].first, w));
    }
    return a;
  }

  Bits element_index(const Address& a, uint64_t stride, uint64_t count, const Instruction& at) {
    unsigned bits = 1;
    while ((uint64_t{1} << bits) < count) ++bits;
    Bits index = net_.constant(APInt(bits, static_cast<uint64_t>(a.offset / static_cast<int64_t>(stride)), true));
    for (const auto& [term, scale] : a.terms) {
      if (scale % stride != 0) reject(at, "an array index that is not a multiple of the element");
      Bits t = net_.resize(term, bits);
      if (scale != stride) t = net_.mul(t, net_.constant(APInt(bits, scale / stride)));
      index = net_.add(index, t);
    }
    return index;
  }

  // Can control come from a to b? (The library's isPotentiallyReachable() gives up early.)
  bool reaches(const Instruction& a, const Instruction& b) {
    if (a.getParent() == b.getParent()) return a.comesBefore(&b);
    const auto [it, fresh] = reachable_.try_emplace(a.getParent());
    if (fresh) {
      std::vector<const BasicBlock*> work{a.getParent()};
      while (!work.empty()) {
        const BasicBlock* x = work.back();
        work.pop_back();
        for (const BasicBlock* s : successors(x))
          if (it->second.insert(s).second) work.push_back(s);
      }
    }
    return it->second.count(b.getParent()) > 0;
  }
  bool exclusive(const Instruction& a, const Instruction& b) { return !reaches(a, b) && !reaches(b, a); }

  Bits ram_load(const LoadInst& i, GlobalVariable* g) {
    const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(i.getType()));
    const Address a = address(i.getPointerOperand(), i);
    for (RamInfo& r : rams_) {
      if (r.base != g) continue;
      const uint64_t offset = static_cast<uint64_t>(a.offset) % r.stride;
      if (offset < r.offset || offset + width / 8 > r.offset + r.width / 8) continue;
      Ram& ram = net_.rams[r.index];
      const Bits index = element_index(a, r.stride, ram.depth, i);
      const Bits when = path(i.getParent());
      if (!r.load) {
        net_.hint = ram.name;
        ram.read = net_.source(Op::Ram, r.width, r.index);
        r.read_address = index;
        r.load = &i;
      } else if (!(index == r.read_address)) {
        if (!exclusive(i, *r.load))
          reject(i, "RAM '" + ram.name + "' is read at two places in one call (the other: " + location(*r.load).str() +
                        ")");
        r.read_address = net_.mux(when, index, r.read_address);
      }
      loads_[r.index].push_back(&i);
      return Bits(ram.read).slice(static_cast<unsigned>(8 * (offset - r.offset)), width);
    }
    reject(i, "RAM '" + source_name(*g) + "' is read in other units than it is written");
  }

  void ram_store(const StoreInst& i, GlobalVariable* g) {
    const Address a = address(i.getPointerOperand(), i);
    const auto width = static_cast<unsigned>(8 * dl_.getTypeStoreSize(i.getValueOperand()->getType()));
    for (RamInfo& r : rams_) {
      if (r.base != g || r.width != width || r.offset != static_cast<uint64_t>(a.offset) % r.stride) continue;
      Ram& ram = net_.rams[r.index];
      const Bits index = element_index(a, r.stride, ram.depth, i);
      const Bits data = net_.resize(value(i.getValueOperand()), width);
      const Bits when = path(i.getParent());
      if (!r.store) {
        ram.write_address = index;
        ram.write_data = data;
        ram.write_when = when;
        r.store = &i;
      } else {
        if (!exclusive(i, *r.store))
          reject(i, "RAM '" + ram.name +
                        "' is written at two places in one call (the other: " + location(*r.store).str() + ")");
        ram.write_address = net_.mux(when, index, ram.write_address);
        ram.write_data = net_.mux(when, data, ram.write_data);
        ram.write_when = net_.bitwise(Op::Or, when, ram.write_when);
      }
      stores_[r.index].push_back(&i);
      return;
    }
    reject(i, "RAM '" + source_name(*g) + "' is written in units that are not followed");
  }

  void finish_rams() {
    for (RamInfo& r : rams_) {
      Ram& ram = net_.rams[r.index];
      if (!ram.read) continue;
      ram.read->in = {r.read_address};
      bool store_first = false, load_first = false;
      for (const Instruction* s : stores_[r.index])
        for (const Instruction* l : loads_[r.index]) {
          store_first |= reaches(*s, *l);
          load_first |= reaches(*l, *s);
        }
      if (store_first && load_first)
        throw Reject(location(*r.store),
                     "RAM '" + ram.name + "' is written before its read on one path and after it on another");
      ram.write_first = store_first;
    }
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Control flow

  Bits edge(const BasicBlock* from, const BasicBlock* to) {
    const Instruction* t = from->getTerminator();
    if (const auto* br = dyn_cast<BranchInst>(t)) {
      if (br->isUnconditional() || br->getSuccessor(0) == br->getSuccessor(1)) return net_.bit(true);
      const Bits c = value(br->getCondition());
      return br->getSuccessor(0) == to ? c : net_.inverted(c);
    }
    if (const auto* sw = dyn_cast<SwitchInst>(t)) {
      const Bits v = value(sw->getCondition());
      Bits hit = net_.bit(false), others = net_.bit(false);
      for (const auto& c : sw->cases()) {
        const Bits is = net_.eq(v, net_.constant(c.getCaseValue()->getValue()));
        Bits& sum = c.getCaseSuccessor() == to ? hit : others;
        sum = net_.bitwise(Op::Or, sum, is);
      }
      return sw->getDefaultDest() == to ? net_.inverted(others) : hit;
    }
    reject(*t, "a branch of a kind that is not supported");
  }

  // Does control reach `b`, given that it is in its dominator `d`?
  Bits reach(const BasicBlock* b, const BasicBlock* d) {
    if (b == d || pdt_.dominates(b, d)) return net_.bit(true);
    if (const auto it = reach_.find({b, d}); it != reach_.end()) return it->second;
    const BasicBlock* idom = dt_.getNode(const_cast<BasicBlock*>(b))->getIDom()->getBlock();
    Bits r;
    if (idom != d) {
      r = net_.bitwise(Op::And, reach(b, idom), reach(idom, d));
    } else {
      r = net_.bit(false);
      std::vector<const BasicBlock*> done;
      for (const BasicBlock* p : predecessors(b)) {
        if (std::find(done.begin(), done.end(), p) != done.end()) continue;
        done.push_back(p);
        r = net_.bitwise(Op::Or, r, net_.bitwise(Op::And, reach(p, d), edge(p, b)));
      }
    }
    reach_[{b, d}] = r;
    return r;
  }
  Bits path(const BasicBlock* b) { return reach(b, &f_.getEntryBlock()); }

  Bits incoming(const PHINode& phi, unsigned i) {
    const BasicBlock* idom = dt_.getNode(const_cast<BasicBlock*>(phi.getParent()))->getIDom()->getBlock();
    return net_.bitwise(Op::And, reach(phi.getIncomingBlock(i), idom), edge(phi.getIncomingBlock(i), phi.getParent()));
  }

  // -------------------------------------------------------------------------------------------------------------------
  // Values

  unsigned width_of(const Value* v, const Instruction& at) {
    if (!v->getType()->isIntegerTy()) reject(at, "a value that is not an integer");
    return v->getType()->getIntegerBitWidth();
  }

  Bits value(const Value* v) {
    if (const auto* c = dyn_cast<ConstantInt>(v)) return net_.constant(c->getValue());
    if (isa<UndefValue>(v) && v->getType()->isIntegerTy()) return net_.constant(v->getType()->getIntegerBitWidth(), 0);
    const auto it = values_.find(v);
    if (it != values_.end()) return it->second;
    Loc loc = m_.loc;
    if (const auto* i = dyn_cast<Instruction>(v)) loc = location(*i);
    throw Reject(loc, "an expression of a kind that is not supported");
  }

  void define(const Instruction& i, Bits b) {
    // A name from the source goes to the node that carries the value.
    if (Node* n = b.whole_node(); n && n->name.empty()) n->name = net_.hint;
    values_[&i] = std::move(b);
  }

  void translate(Instruction& i) {
    if (i.isTerminator()) {
      if (auto* ret = dyn_cast<ReturnInst>(&i); ret && ret->getReturnValue())
        net_.result = value(ret->getReturnValue());
      return;
    }
    if (isa<GetElementPtrInst>(i)) return;
    if (auto* call = dyn_cast<CallInst>(&i)) return translate_call(*call);
    if (auto* load = dyn_cast<LoadInst>(&i)) return translate_load(*load);
    if (auto* store = dyn_cast<StoreInst>(&i)) return translate_store(*store);
    if (i.getType()->isPointerTy() && (isa<SelectInst>(i) || isa<PHINode>(i))) return;
    if (auto* extract = dyn_cast<ExtractValueInst>(&i)) return translate_extract(*extract);
    const unsigned width = width_of(&i, i);
    auto op = [&](unsigned k) { return value(i.getOperand(k)); };
    switch (i.getOpcode()) {
      case Instruction::Add:
        return define(i, net_.add(op(0), op(1)));
      case Instruction::Sub:
        return define(i, net_.sub(op(0), op(1)));
      case Instruction::Mul:
        return define(i, net_.mul(op(0), op(1)));
      case Instruction::And:
        return define(i, net_.bitwise(Op::And, op(0), op(1)));
      case Instruction::Or:
        return define(i, net_.bitwise(Op::Or, op(0), op(1)));
      case Instruction::Xor:
        return define(i, net_.bitwise(Op::Xor, op(0), op(1)));
      case Instruction::Shl:
        return define(i, net_.shift(Op::Shl, op(0), op(1)));
      case Instruction::LShr:
        return define(i, net_.shift(Op::Lshr, op(0), op(1)));
      case Instruction::AShr:
        return define(i, net_.shift(Op::Ashr, op(0), op(1)));
      case Instruction::Trunc:
      case Instruction::ZExt:
        return define(i, net_.resize(op(0), width));
      case Instruction::SExt:
        return define(i, net_.sign_extend(op(0), width));
      case Instruction::Freeze:
        return define(i, op(0));
      case Instruction::ICmp:
        return define(i, compare(cast<ICmpInst>(i).getPredicate(), op(0), op(1)));
      case Instruction::Select:
        return define(i, net_.mux(op(0), op(1), op(2)));
      case Instruction::PHI: {
        const auto& phi = cast<PHINode>(i);
        const unsigned n = phi.getNumIncomingValues();
        Bits r = op(n - 1);
        for (unsigned k = n - 1; k-- > 0;) r = net_.mux(incoming(phi, k), op(k), r);
        return define(i, r);
      }
      default:
        reject(i, std::string("operation '") + i.getOpcodeName() + "' is not supported");
    }
  }

  Bits compare(CmpInst::Predicate p, const Bits& a, const Bits& b) {
    switch (p) {
      case CmpInst::ICMP_EQ:
        return net_.eq(a, b);
      case CmpInst::ICMP_NE:
        return net_.inverted(net_.eq(a, b));
      case CmpInst::ICMP_ULT:
        return net_.ult(a, b);
      case CmpInst::ICMP_UGT:
        return net_.ult(b, a);
      case CmpInst::ICMP_ULE:
        return net_.inverted(net_.ult(b, a));
      case CmpInst::ICMP_UGE:
        return net_.inverted(net_.ult(a, b));
      case CmpInst::ICMP_SLT:
        return net_.slt(a, b);
      case CmpInst::ICMP_SGT:
        return net_.slt(b, a);
      case CmpInst::ICMP_SLE:
        return net_.inverted(net_.slt(b, a));
      default:
        return net_.inverted(net_.slt(a, b));
    }
  }

  void translate_call(CallInst& i) {
    const Function* callee = i.getCalledFunction();
    if (!callee) reject(i, "a call through a pointer");
    for (size_t k = 0; k < program_.states.size() && m_.top; ++k) {
      if (callee == program_.states[k].load) return define(i, Bits(net_.states[k].node));
      if (callee == program_.states[k].store) {
        net_.states[k].next = value(i.getArgOperand(0));
        return;
      }
    }
    if (const auto it = callees_.find(callee); it != callees_.end()) {
      std::vector<Bits> args;
      for (const Use& u : i.args()) args.push_back(value(u));
      const auto known = std::find(net_.callees.begin(), net_.callees.end(), it->second);
      const auto index = static_cast<unsigned>(known - net_.callees.begin());
      if (known == net_.callees.end()) net_.callees.push_back(it->second);
      // The ports are as wide as the callee needs them.
      const Netlist& callee_net = it->second->net;
      for (size_t k = 0; k < args.size(); ++k) args[k] = args[k].slice(0, callee_net.args[k].width);
      const unsigned active = active_bits(callee_net.result);
      if (active == 0) return define(i, callee_net.result);
      Node* n = net_.make(Op::Call, active, std::move(args), index);
      return define(i, net_.resize(Bits(n), width_of(&i, i)));
    }
    auto* intrinsic = dyn_cast<IntrinsicInst>(&i);
    if (!intrinsic) reject(i, "function '" + callee->getName().str() + "' has no body here");
    auto op = [&](unsigned k) { return value(i.getArgOperand(k)); };
    switch (intrinsic->getIntrinsicID()) {
      case Intrinsic::assume:
      case Intrinsic::lifetime_start:
      case Intrinsic::lifetime_end:
      case Intrinsic::experimental_noalias_scope_decl:
      case Intrinsic::donothing:
        return;
      case Intrinsic::bswap:
        return define(i, net_.reversed(op(0), 8));
      case Intrinsic::bitreverse:
        return define(i, net_.reversed(op(0), 1));
      case Intrinsic::ctpop:
        return define(i, net_.popcount(op(0)));
      case Intrinsic::umin:
        return define(i, net_.mux(net_.ult(op(0), op(1)), op(0), op(1)));
      case Intrinsic::umax:
        return define(i, net_.mux(net_.ult(op(0), op(1)), op(1), op(0)));
      case Intrinsic::smin:
        return define(i, net_.mux(net_.slt(op(0), op(1)), op(0), op(1)));
      case Intrinsic::smax:
        return define(i, net_.mux(net_.slt(op(0), op(1)), op(1), op(0)));
      case Intrinsic::usub_sat:
        return define(i, net_.mux(net_.ult(op(0), op(1)), net_.constant(op(0).width(), 0), net_.sub(op(0), op(1))));
      case Intrinsic::uadd_sat: {
        const unsigned w = op(0).width();
        const Bits sum = net_.add(net_.resize(op(0), w + 1), net_.resize(op(1), w + 1));
        return define(i, net_.mux(sum.slice(w, 1), net_.constant(APInt::getAllOnes(w)), sum.slice(0, w)));
      }
      case Intrinsic::abs: {
        const Bits a = op(0);
        return define(i, net_.mux(a.slice(a.width() - 1, 1), net_.sub(net_.constant(a.width(), 0), a), a));
      }
      case Intrinsic::fshl:
      case Intrinsic::fshr: {
        const unsigned w = op(0).width();
        const bool left = intrinsic->getIntrinsicID() == Intrinsic::fshl;
        Bits both = op(1), by = op(2);
        both.append(op(0));
        APInt n;
        if (is_constant(by, n)) {
          const auto k = static_cast<unsigned>(n.urem(w));
          return define(i, both.slice(left ? w - k : k, w));
        }
        if ((w & (w - 1)) != 0) reject(i, "a rotation by a variable amount of a width that is not a power of two");
        unsigned bits = 0;
        while ((1u << bits) < w) ++bits;
        by = net_.resize(by.slice(0, bits), both.width());
        return define(i, left ? net_.shift(Op::Shl, both, by).slice(w, w) : net_.shift(Op::Lshr, both, by).slice(0, w));
      }
      case Intrinsic::uadd_with_overflow:
      case Intrinsic::usub_with_overflow:
        return;  // see translate_extract
      default:
        reject(i, "intrinsic '" + callee->getName().str() + "' is not supported");
    }
  }

  void translate_extract(ExtractValueInst& i) {
    const auto* w = dyn_cast<WithOverflowInst>(i.getAggregateOperand());
    const bool add = w && w->getIntrinsicID() == Intrinsic::uadd_with_overflow;
    if (!w || (!add && w->getIntrinsicID() != Intrinsic::usub_with_overflow) || i.getNumIndices() != 1)
      reject(i, "an aggregate of a kind that is not supported");
    const Bits a = value(w->getLHS()), b = value(w->getRHS());
    if (i.getIndices()[0] == 0) return define(i, add ? net_.add(a, b) : net_.sub(a, b));
    if (!add) return define(i, net_.ult(a, b));
    define(i, net_.add(net_.resize(a, a.width() + 1), net_.resize(b, a.width() + 1)).slice(a.width(), 1));
  }

  void translate_load(LoadInst& i) {
    const Value* p = i.getPointerOperand();
    const unsigned width = width_of(&i, i);
    if (const auto* arg = dyn_cast<Argument>(p->stripPointerCasts()); arg && m_.top) {
      Stream& s = net_.streams[arg->getArgNo()];
      if (!i.isVolatile()) reject(i, "stream '" + s.name + "' is accessed other than by read()");
      enter_stream(s, i, true);
      if (!s.head) {
        net_.hint = s.name;
        s.head = net_.source(Op::Input, s.width, arg->getArgNo());
      }
      return define(i, net_.resize(Bits(s.head), width));
    }
    if (GlobalVariable* g = ram_of(p)) return define(i, ram_load(i, g).slice(0, width));
    const Address a = address(p, i);
    define(i, rom_load(i, a, width));
  }

  Bits rom_load(const LoadInst& i, const Address& a, unsigned width) {
    if (!a.base->isConstant() || !a.base->hasInitializer())
      reject(i, "variable '" + source_name(*a.base) + "' is read in a way that is not followed");
    const uint64_t size = dl_.getTypeAllocSize(a.base->getValueType());
    uint64_t stride = 0;
    for (const auto& [t, scale] : a.terms) stride = stride == 0 ? scale : std::min(stride, scale);
    if (stride == 0) stride = size;
    const uint64_t member = static_cast<uint64_t>(a.offset) % stride;
    const uint64_t count = size / stride, bytes = dl_.getTypeStoreSize(i.getType());
    if (count > 65536) reject(i, "constant table '" + source_name(*a.base) + "' has more than 65536 elements");
    Rom rom;
    rom.name = source_name(*a.base);
    rom.width = width;
    rom.loc = location(*a.base);
    for (uint64_t k = 0; k < count; ++k) {
      APInt v(static_cast<unsigned>(8 * bytes), 0);
      for (uint64_t b = 0; b < bytes && k * stride + member + b < size; ++b) {
        const std::optional<uint8_t> byte = initial_byte(*a.base, k * stride + member + b);
        if (!byte) reject(i, "constant table '" + rom.name + "' holds something that is not a number");
        v.insertBits(APInt(8, *byte), static_cast<unsigned>(8 * b));
      }
      rom.values.push_back(v.trunc(width));
    }
    unsigned active = 1;
    for (const APInt& v : rom.values) active = std::max(active, v.getActiveBits());
    for (APInt& v : rom.values) v = v.trunc(active);
    rom.width = active;
    const Bits index = element_index(a, stride, count, i);
    APInt n;
    if (is_constant(index, n)) return net_.resize(net_.constant(rom.values[n.urem(count)]), width);
    unsigned which = 0;
    for (; which < net_.roms.size(); ++which)
      if (net_.roms[which].values.size() == rom.values.size() && net_.roms[which].width == active &&
          net_.roms[which].values == rom.values)
        break;
    if (which == net_.roms.size()) net_.roms.push_back(std::move(rom));
    return net_.resize(Bits(net_.make(Op::Rom, active, {index}, which)), width);
  }

  void translate_store(StoreInst& i) {
    const Value* p = i.getPointerOperand();
    if (const auto* arg = dyn_cast<Argument>(p->stripPointerCasts()); arg && m_.top) {
      Stream& s = net_.streams[arg->getArgNo()];
      if (!i.isVolatile()) reject(i, "stream '" + s.name + "' is accessed other than by write()");
      const Bits data = net_.resize(value(i.getValueOperand()), s.width);
      const bool again = s.used;
      enter_stream(s, i, false);
      s.data = again ? net_.mux(path(i.getParent()), data, s.data) : data;
      return;
    }
    if (GlobalVariable* g = ram_of(p)) return ram_store(i, g);
    reject(i, "memory is written through a pointer that is not followed");
  }

  void enter_stream(Stream& s, const Instruction& i, bool input) {
    if (s.used && s.input != input) reject(i, "stream '" + s.name + "' is both read and written");
    for (const Instruction* other : accesses_[&s])
      if (!exclusive(*other, i))
        reject(i, "stream '" + s.name + "' is " + (input ? "read" : "written") +
                      " twice in one call (the other: " + location(*other).str() + ")");
    accesses_[&s].push_back(&i);
    const Bits when = path(i.getParent());
    s.when = s.used ? net_.bitwise(Op::Or, s.when, when) : when;
    if (!s.used) s.loc = location(i);
    s.used = true;
    s.input = input;
  }

  void finish_streams() {
    for (const Stream& s : net_.streams)
      if (!s.used) throw Reject(s.loc, "stream '" + s.name + "' is never read and never written");
    for (const Stream& s : net_.streams)
      if (!s.input && is_zero(s.when)) throw Reject(s.loc, "stream '" + s.name + "' is never written");
  }

  Module& m_;
  Netlist& net_;
  Function& f_;
  const Program& program_;
  const std::map<const Function*, const Module*>& callees_;
  const DataLayout& dl_;
  DominatorTree dt_;
  PostDominatorTree pdt_;
  std::map<const Value*, Bits> values_;
  std::map<const Value*, std::string> names_;
  std::map<std::pair<const BasicBlock*, const BasicBlock*>, Bits> reach_;
  std::map<const BasicBlock*, std::set<const BasicBlock*>> reachable_;
  std::map<const Stream*, std::vector<const Instruction*>> accesses_;
  std::vector<RamInfo> rams_;
  std::map<unsigned, std::vector<const Instruction*>> loads_, stores_;
};

}  // namespace

void build(Module& m, Function& f, const Program& program, const std::map<const Function*, const Module*>& callees) {
  Builder(m, f, program, callees).run();
}

}  // namespace xhls
