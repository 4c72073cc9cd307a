// SPDX-License-Identifier: Apache-2.0
//
// Open stand-in of the vendor's arbitrary-width integers: the part of the interface that the kernels use, on clang's
// _BitInt. The kernels include <ap_int.h> and see this file, or the vendor's own where that compiler builds them.
//
// Result types follow the vendor's: a+b and a-b one bit wider than the wider operand (a-b signed), a*b the sum of the
// widths, logic the wider one, shifts the left one. Left out: hi < lo in range() (the vendor reverses the bits), shifts
// by negative amounts (the vendor turns them round) and signed integers of one bit.
//
// Copying is written out on purpose. A trivially copyable class is split or memcpy'd by the C++ ABI, which hides the
// value from xhls.
#ifndef AP_INT_H
#define AP_INT_H

#if !defined(__clang__)
#error "the stand-in of ap_int.h needs clang: _BitInt of any width"
#endif

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <type_traits>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wbit-int-extension"

template <int W>
struct ap_uint;
template <int W>
struct ap_int;
template <int W, bool S>
class ap_int_base;
template <int W, bool S>
class ap_range_ref;
template <int W, bool S>
class ap_bit_ref;
template <int W>
class ap_concat;

namespace ap_detail {

template <int W, bool S>
struct raw {
  using type = unsigned _BitInt(W);
};
template <int W>
struct raw<W, true> {
  static_assert(W >= 2, "signed integers have at least two bits here");
  using type = _BitInt(W);
};
template <int W, bool S>
using raw_t = typename raw<W, S>::type;

// The C type that an ap_int turns into by itself (array index, switch, if): the smallest that holds it, 64 bits at
// most.
template <int W, bool S>
struct c_type {
  using u = typename std::conditional<
      W == 1, bool,
      typename std::conditional<
          W <= 8, uint8_t,
          typename std::conditional<W <= 16, uint16_t,
                                    typename std::conditional<W <= 32, uint32_t, uint64_t>::type>::type>::type>::type;
  using s = typename std::conditional<
      W <= 8, int8_t,
      typename std::conditional<W <= 16, int16_t,
                                typename std::conditional<W <= 32, int32_t, int64_t>::type>::type>::type;
  using type = typename std::conditional<S, s, u>::type;
};

constexpr int max(int a, int b) {
  return a > b ? a : b;
}
constexpr int min(int a, int b) {
  return a < b ? a : b;
}

// What an operand is: its width, its sign, its length (a range's may be less than `width`), and how to get its bits
// into a variable of type R. Never by value: the C++ ABI cuts _BitInt results of 65 to 128 bits in two.
template <class T, class = void>
struct operand {
  static constexpr bool ok = false, own = false;
};
template <class T>
struct operand<T, typename std::enable_if<std::is_integral<T>::value>::type> {
  static constexpr bool ok = true, own = false;
  static constexpr bool sign = std::is_signed<T>::value;
  static constexpr int width = std::is_same<T, bool>::value ? 1 : 8 * static_cast<int>(sizeof(T));
  template <class R>
  static constexpr void load(T x, R& out) {
    out = static_cast<R>(x);
  }
  static constexpr int length(T) { return width; }
};
// An unscoped enumerator counts as its integer, as it does in the vendor's overloads.
template <class T>
struct operand<T, typename std::enable_if<std::is_enum<T>::value && std::is_convertible<T, int>::value>::type>
    : operand<typename std::underlying_type<T>::type> {};
template <int W, bool S>
struct operand<ap_int_base<W, S>, void> {
  static constexpr bool ok = true, own = true, sign = S;
  static constexpr int width = W;
  template <class R>
  static constexpr void load(const ap_int_base<W, S>& x, R& out) {
    out = static_cast<R>(x.V);
  }
  static constexpr int length(const ap_int_base<W, S>&) { return W; }
};
template <int W>
struct operand<ap_uint<W>, void> : operand<ap_int_base<W, false>> {};
template <int W>
struct operand<ap_int<W>, void> : operand<ap_int_base<W, true>> {};
template <int W, bool S>
struct operand<ap_range_ref<W, S>, void> {
  static constexpr bool ok = true, own = true, sign = false;
  static constexpr int width = W;
  template <class R>
  static constexpr void load(const ap_range_ref<W, S>& x, R& out) {
    x.load(out);
  }
  static constexpr int length(const ap_range_ref<W, S>& x) { return x.length(); }
};
template <int W, bool S>
struct operand<ap_bit_ref<W, S>, void> {
  static constexpr bool ok = true, own = true, sign = false;
  static constexpr int width = 1;
  template <class R>
  static constexpr void load(const ap_bit_ref<W, S>& x, R& out) {
    out = static_cast<R>(x.to_bool());
  }
  static constexpr int length(const ap_bit_ref<W, S>&) { return 1; }
};
template <int W>
struct operand<ap_concat<W>, void> {
  static constexpr bool ok = true, own = true, sign = false;
  static constexpr int width = W;
  template <class R>
  static constexpr void load(const ap_concat<W>& x, R& out) {
    out = static_cast<R>(x.value.V);
  }
  static constexpr int length(const ap_concat<W>& x) { return x.len; }
};

// Types of results of two operands.
template <class A, class B>
struct pair {
  using a = operand<A>;
  using b = operand<B>;
  static constexpr bool sign = a::sign || b::sign;
  static constexpr int common = max(a::width + (sign && !a::sign), b::width + (sign && !b::sign));
  static constexpr int sum = a::width + b::width;
  static constexpr int quotient = a::width + b::sign;
  static constexpr int remainder = min(a::width, b::width + (a::sign && !b::sign));
};
template <class A, class B>
using if_pair = typename std::enable_if<operand<A>::ok && operand<B>::ok && (operand<A>::own || operand<B>::own)>::type;
template <class A>
using if_operand = typename std::enable_if<operand<A>::ok>::type;
template <class A>
using if_own = typename std::enable_if<operand<A>::own>::type;

// Can a shift amount of this type reach the width? Only then does the shift need a guard.
template <class B>
constexpr bool reaches(int width) {
  return operand<B>::width >= 31 || (int64_t{1} << operand<B>::width) > width;
}

}  // namespace ap_detail

template <int W, bool S>
class ap_int_base {
 public:
  static_assert(W >= 1 && W <= 4096, "1 to 4096 bits");
  static constexpr int width = W;
  using raw = ap_detail::raw_t<W, S>;
  using c_type = typename ap_detail::c_type<W, S>::type;

  raw V;

  constexpr ap_int_base() : V(0) {}
  constexpr ap_int_base(const ap_int_base& o) : V(o.V) {}
  template <class T, class = ap_detail::if_operand<T>>
  constexpr ap_int_base(const T& o) : V(0) {
    ap_detail::operand<T>::load(o, V);
  }
  constexpr ap_int_base& operator=(const ap_int_base& o) {
    V = o.V;
    return *this;
  }

  constexpr operator c_type() const { return static_cast<c_type>(V); }
  constexpr bool to_bool() const { return V != 0; }
  constexpr unsigned char to_uchar() const { return static_cast<unsigned char>(V); }
  constexpr unsigned short to_ushort() const { return static_cast<unsigned short>(V); }
  constexpr int to_int() const { return static_cast<int>(V); }
  constexpr unsigned to_uint() const { return static_cast<unsigned>(V); }
  constexpr long to_long() const { return static_cast<long>(V); }
  constexpr unsigned long to_ulong() const { return static_cast<unsigned long>(V); }
  constexpr int64_t to_int64() const { return static_cast<int64_t>(V); }
  constexpr uint64_t to_uint64() const { return static_cast<uint64_t>(V); }
  constexpr int length() const { return W; }
  constexpr bool is_zero() const { return V == 0; }

  ap_range_ref<W, S> range(int hi, int lo) { return {*this, hi, lo}; }
  const ap_range_ref<W, S> range(int hi, int lo) const { return {const_cast<ap_int_base&>(*this), hi, lo}; }
  ap_range_ref<W, S> range() { return {*this, W - 1, 0}; }
  const ap_range_ref<W, S> range() const { return {const_cast<ap_int_base&>(*this), W - 1, 0}; }
  ap_range_ref<W, S> operator()(int hi, int lo) { return {*this, hi, lo}; }
  const ap_range_ref<W, S> operator()(int hi, int lo) const { return {const_cast<ap_int_base&>(*this), hi, lo}; }
  ap_bit_ref<W, S> operator[](int i) { return {*this, i}; }
  const ap_bit_ref<W, S> operator[](int i) const { return {const_cast<ap_int_base&>(*this), i}; }
  ap_bit_ref<W, S> bit(int i) { return {*this, i}; }
  const ap_bit_ref<W, S> bit(int i) const { return {const_cast<ap_int_base&>(*this), i}; }
  constexpr bool test(int i) const { return ((V >> i) & 1) != 0; }
  void set(int i) { set_bit(i, true); }
  void clear(int i) { set_bit(i, false); }
  void set_bit(int i, bool b) {
    using U = ap_detail::raw_t<W, false>;
    U one = static_cast<U>(static_cast<U>(1) << i);
    V = static_cast<raw>((static_cast<U>(V) & ~one) | static_cast<U>(static_cast<U>(b) << i));
  }

  template <class B, class = ap_detail::if_operand<B>>
  auto concat(const B& o) const;

  constexpr bool or_reduce() const { return V != 0; }
  constexpr bool and_reduce() const { return static_cast<ap_detail::raw_t<W, false>>(~V) == 0; }
  constexpr bool xor_reduce() const {
    bool p = false;
    for (int i = 0; i < W; ++i) p ^= test(i);
    return p;
  }
  ap_int_base& reverse() {
    ap_detail::raw_t<W, false> r = 0, x = static_cast<ap_detail::raw_t<W, false>>(V);
    for (int i = 0; i < W; ++i) r |= static_cast<ap_detail::raw_t<W, false>>(((x >> i) & 1) << (W - 1 - i));
    V = static_cast<raw>(r);
    return *this;
  }

  constexpr ap_int_base<W, S> operator~() const {
    ap_int_base r;
    r.V = static_cast<raw>(~V);
    return r;
  }
  constexpr bool operator!() const { return V == 0; }
  constexpr ap_int_base<W + 1, true> operator-() const { return 0 - *this; }
  constexpr const ap_int_base& operator+() const { return *this; }
  ap_int_base& operator++() {
    V = static_cast<raw>(V + 1);
    return *this;
  }
  ap_int_base& operator--() {
    V = static_cast<raw>(V - 1);
    return *this;
  }
  ap_int_base operator++(int) {
    const ap_int_base old(*this);
    ++*this;
    return old;
  }
  ap_int_base operator--(int) {
    const ap_int_base old(*this);
    --*this;
    return old;
  }
};

// Derived and not aliased, as the vendor's, so that template deduction behaves the same in both.
#define AP_INT_DERIVED(NAME, SIGN)                                       \
  template <int W>                                                       \
  struct NAME : ap_int_base<W, SIGN> {                                   \
    using base = ap_int_base<W, SIGN>;                                   \
    constexpr NAME() : base() {}                                         \
    constexpr NAME(const NAME& o) : base(static_cast<const base&>(o)) {} \
    template <class T, class = ap_detail::if_operand<T>>                 \
    constexpr NAME(const T& o) : base(o) {}                              \
    constexpr NAME& operator=(const NAME& o) {                           \
      this->V = o.V;                                                     \
      return *this;                                                      \
    }                                                                    \
    template <class T, class = ap_detail::if_operand<T>>                 \
    constexpr NAME& operator=(const T& o) {                              \
      ap_detail::operand<T>::load(o, this->V);                           \
      return *this;                                                      \
    }                                                                    \
  };
AP_INT_DERIVED(ap_uint, false)
AP_INT_DERIVED(ap_int, true)
#undef AP_INT_DERIVED

// Bits hi..lo of a variable, to read and to write.
template <int W, bool S>
class ap_range_ref {
  using U = ap_detail::raw_t<W, false>;

 public:
  ap_range_ref(ap_int_base<W, S>& x, int hi, int lo) : x_(x), hi_(hi), lo_(lo) {}
  ap_range_ref(const ap_range_ref&) = default;

  template <class R>
  void load(R& out) const {
    U mask = static_cast<U>(static_cast<U>(~static_cast<U>(0)) >> (W - length()));
    out = static_cast<R>(static_cast<U>(static_cast<U>(static_cast<U>(x_.V) >> lo_) & mask));
  }
  ap_uint<W> get() const {
    ap_uint<W> r;
    load(r.V);
    return r;
  }
  template <class T, class = ap_detail::if_operand<T>>
  ap_range_ref& operator=(const T& o) {
    U mask = static_cast<U>(static_cast<U>(~static_cast<U>(0)) >> (W - length()));
    U keep = static_cast<U>(~static_cast<U>(mask << lo_));
    U v = 0;
    ap_detail::operand<T>::load(o, v);
    x_.V = static_cast<typename ap_int_base<W, S>::raw>((static_cast<U>(x_.V) & keep) |
                                                        static_cast<U>(static_cast<U>(v & mask) << lo_));
    return *this;
  }
  ap_range_ref& operator=(const ap_range_ref& o) { return operator=<ap_range_ref>(o); }
  int length() const { return hi_ - lo_ + 1; }
  operator typename ap_detail::c_type<W, false>::type() const { return get(); }
  unsigned to_uint() const { return get().to_uint(); }
  int to_int() const { return get().to_int(); }
  uint64_t to_uint64() const { return get().to_uint64(); }
  bool or_reduce() const { return get().or_reduce(); }
  bool and_reduce() const { return (~get() << (W - length())).is_zero(); }
  bool xor_reduce() const { return get().xor_reduce(); }

 private:
  ap_int_base<W, S>& x_;
  int hi_, lo_;
};

// One bit of a variable.
template <int W, bool S>
class ap_bit_ref {
 public:
  ap_bit_ref(ap_int_base<W, S>& x, int i) : x_(x), i_(i) {}
  ap_bit_ref(const ap_bit_ref&) = default;
  operator bool() const { return x_.test(i_); }
  bool to_bool() const { return x_.test(i_); }
  bool operator~() const { return !to_bool(); }
  template <class T, class = ap_detail::if_operand<T>>
  ap_bit_ref& operator=(const T& o) {
    ap_detail::raw_t<ap_detail::operand<T>::width, false> v = 0;
    ap_detail::operand<T>::load(o, v);
    x_.set_bit(i_, v != 0);
    return *this;
  }
  ap_bit_ref& operator=(const ap_bit_ref& o) { return operator=<bool>(o.to_bool()); }

 private:
  ap_int_base<W, S>& x_;
  int i_;
};

// A concatenation by comma or concat(): the value, and how many bits of it count when it is concatenated further.
template <int W>
class ap_concat {
 public:
  ap_uint<W> value;
  int len;
  operator typename ap_detail::c_type<W, false>::type() const { return value; }
  ap_uint<W> get() const { return value; }
  int length() const { return len; }
};

template <class A, class B, class = ap_detail::if_pair<A, B>>
inline ap_concat<ap_detail::pair<A, B>::sum> operator,(const A& a, const B& b) {
  using P = ap_detail::pair<A, B>;
  using U = ap_detail::raw_t<P::sum, false>;
  ap_detail::raw_t<P::a::width, false> high = 0;  // a signed part joins with its own bits, not sign-extended
  ap_detail::raw_t<P::b::width, false> low = 0;
  P::a::load(a, high);
  P::b::load(b, low);
  ap_concat<P::sum> r;
  r.value.V = static_cast<U>(static_cast<U>(high) << P::b::length(b)) | static_cast<U>(low);
  r.len = P::a::length(a) + P::b::length(b);
  return r;
}

template <int W, bool S>
template <class B, class>
auto ap_int_base<W, S>::concat(const B& o) const {
  return (*this, o);
}

#define AP_BINARY(OP, WIDTH, SIGN)                                         \
  template <class A, class B, class = ap_detail::if_pair<A, B>>            \
  constexpr ap_int_base<WIDTH, SIGN> operator OP(const A& a, const B& b) { \
    using P = ap_detail::pair<A, B>;                                       \
    ap_int_base<WIDTH, SIGN> x, y;                                         \
    P::a::load(a, x.V);                                                    \
    P::b::load(b, y.V);                                                    \
    x.V = static_cast<ap_detail::raw_t<WIDTH, SIGN>>(x.V OP y.V);          \
    return x;                                                              \
  }
#define AP_P ap_detail::pair<A, B>
AP_BINARY(+, (AP_P::common + 1), AP_P::sign)
AP_BINARY(-, (AP_P::common + 1), true)
AP_BINARY(*, AP_P::sum, AP_P::sign)
AP_BINARY(&, AP_P::common, AP_P::sign)
AP_BINARY(|, AP_P::common, AP_P::sign)
AP_BINARY(^, AP_P::common, AP_P::sign)
#undef AP_BINARY

// Quotients are computed in a width that holds both operands and then cut to the vendor's width.
#define AP_DIVIDE(OP, WIDTH)                                                     \
  template <class A, class B, class = ap_detail::if_pair<A, B>>                  \
  constexpr ap_int_base<WIDTH, AP_P::sign> operator OP(const A& a, const B& b) { \
    using P = ap_detail::pair<A, B>;                                             \
    ap_detail::raw_t<P::common + 1, P::sign> x = 0, y = 0;                       \
    P::a::load(a, x);                                                            \
    P::b::load(b, y);                                                            \
    ap_int_base<WIDTH, P::sign> r;                                               \
    r.V = static_cast<ap_detail::raw_t<WIDTH, P::sign>>(x OP y);                 \
    return r;                                                                    \
  }
AP_DIVIDE(/, AP_P::quotient)
AP_DIVIDE(%, AP_P::remainder)
#undef AP_DIVIDE
#undef AP_P

#define AP_COMPARE(OP)                                          \
  template <class A, class B, class = ap_detail::if_pair<A, B>> \
  constexpr bool operator OP(const A& a, const B& b) {          \
    using P = ap_detail::pair<A, B>;                            \
    ap_detail::raw_t<P::common, P::sign> x = 0, y = 0;          \
    P::a::load(a, x);                                           \
    P::b::load(b, y);                                           \
    return x OP y;                                              \
  }
AP_COMPARE(==)
AP_COMPARE(!=)
AP_COMPARE(<)
AP_COMPARE(<=)
AP_COMPARE(>)
AP_COMPARE(>=)
#undef AP_COMPARE

// Shifts keep the left operand's type; an amount of its width or more gives 0 (or the sign).
template <class A, class B, class = ap_detail::if_own<A>, class = ap_detail::if_operand<B>>
constexpr ap_int_base<ap_detail::operand<A>::width, ap_detail::operand<A>::sign> operator<<(const A& a, const B& b) {
  using P = ap_detail::operand<A>;
  using R = ap_detail::raw_t<P::width, P::sign>;
  ap_int_base<P::width, P::sign> x;
  ap_detail::raw_t<ap_detail::operand<B>::width, false> n = 0;
  P::load(a, x.V);
  ap_detail::operand<B>::load(b, n);
  if (ap_detail::reaches<B>(P::width) && n >= static_cast<unsigned>(P::width))
    x.V = 0;
  else
    x.V = static_cast<R>(x.V << static_cast<unsigned>(n));
  return x;
}
template <class A, class B, class = ap_detail::if_own<A>, class = ap_detail::if_operand<B>>
constexpr ap_int_base<ap_detail::operand<A>::width, ap_detail::operand<A>::sign> operator>>(const A& a, const B& b) {
  using P = ap_detail::operand<A>;
  using R = ap_detail::raw_t<P::width, P::sign>;
  ap_int_base<P::width, P::sign> x;
  ap_detail::raw_t<ap_detail::operand<B>::width, false> n = 0;
  P::load(a, x.V);
  ap_detail::operand<B>::load(b, n);
  if (ap_detail::reaches<B>(P::width) && n >= static_cast<unsigned>(P::width))
    x.V = static_cast<R>(x.V < 0 ? ~static_cast<R>(0) : static_cast<R>(0));
  else
    x.V = static_cast<R>(x.V >> static_cast<unsigned>(n));
  return x;
}
// An integer shifted by an ap_int shifts as the integer would.
template <class A, int W, bool S, class = typename std::enable_if<std::is_integral<A>::value>::type>
constexpr auto operator<<(A a, const ap_int_base<W, S>& b) -> decltype(a << 1) {
  return a << b.to_uint();
}
template <class A, int W, bool S, class = typename std::enable_if<std::is_integral<A>::value>::type>
constexpr auto operator>>(A a, const ap_int_base<W, S>& b) -> decltype(a >> 1) {
  return a >> b.to_uint();
}

#define AP_ASSIGN(OP)                                                             \
  template <int W, bool S, class B, class = ap_detail::if_operand<B>>             \
  constexpr ap_int_base<W, S>& operator OP##=(ap_int_base<W, S>& a, const B& b) { \
    a = ap_int_base<W, S>(a OP b);                                                \
    return a;                                                                     \
  }                                                                               \
  template <int W, bool S, class B, class = ap_detail::if_operand<B>>             \
  ap_range_ref<W, S>& operator OP##=(ap_range_ref<W, S>&& a, const B& b) {        \
    a = a OP b;                                                                   \
    return a;                                                                     \
  }                                                                               \
  template <int W, bool S, class B, class = ap_detail::if_operand<B>>             \
  ap_bit_ref<W, S>& operator OP##=(ap_bit_ref<W, S>&& a, const B& b) {            \
    a = a OP b;                                                                   \
    return a;                                                                     \
  }
AP_ASSIGN(+)
AP_ASSIGN(-)
AP_ASSIGN(*)
AP_ASSIGN(/)
AP_ASSIGN(%)
AP_ASSIGN(&)
AP_ASSIGN(|)
AP_ASSIGN(^)
AP_ASSIGN(<<)
AP_ASSIGN(>>)
#undef AP_ASSIGN

#ifndef __XHLS__
namespace ap_detail {
template <class T>
inline std::string hex(const T& x) {
  using U = raw_t<operand<T>::width, false>;
  U v = 0;
  operand<T>::load(x, v);
  std::string s = "0x";
  for (int i = (operand<T>::width + 3) / 4 - 1; i >= 0; --i) {
    U shifted = static_cast<U>(v >> (4 * i));
    s += "0123456789abcdef"[static_cast<unsigned>(shifted) & 15];
  }
  return s;
}
}  // namespace ap_detail
// In hexadecimal always: for messages of tests.
template <int W, bool S>
inline std::ostream& operator<<(std::ostream& os, const ap_int_base<W, S>& x) {
  return os << ap_detail::hex(x);
}
#endif

#pragma clang diagnostic pop
#endif
