// SPDX-License-Identifier: Apache-2.0
//
// The ABI as data: what xesp_abi.h says, in a form that can be printed. The compiler (-Wswitch) and incomplete() refuse a
// header that has grown something which these tables lack.
#ifndef XESP_ABIGEN_TABLES_H
#define XESP_ABIGEN_TABLES_H

#include <cstdint>
#include <string>
#include <vector>

namespace xesp::abigen {

struct Constant {
  std::string name;  ///< as in C++
  uint64_t value;
  int bits;          ///< width in SystemVerilog
  std::string text;
};

struct Register {
  std::string name;
  uint32_t offset;
  int bits;            ///< 64: two registers, low half first
  std::string access;  ///< RW, RO
  std::string text;
};

struct Field {
  std::string name;
  size_t offset;
  size_t bytes;
  std::string text;
};

struct Layout {
  std::string name;
  size_t bytes;
  std::vector<Field> fields;
};

struct DropReasonRow {
  int id;
  std::string name;
  std::string counter;
  std::string text;
};

struct StreamWidth {
  std::string name;
  int bits;
};

/// One argument of the kernels; both have the same.
struct Argument {
  std::string name;
  bool pointer;
  std::string port;
  uint32_t offset;
  std::string type;
};

std::vector<Constant> geometry();
std::vector<Register> registers();
std::vector<Constant> ops();
std::vector<Constant> desc_flags();
std::vector<Constant> cpl_flags();
std::vector<Constant> run_errors();
std::vector<Constant> sa_flags();
std::vector<DropReasonRow> drop_reasons();
std::vector<Layout> layouts();
std::vector<StreamWidth> stream_widths();
std::vector<Argument> arguments();

/// Where the fields of a layout leave a gap or overlap; empty if they cover every layout.
std::string incomplete(const std::vector<Layout>& all);

}  // namespace xesp::abigen
#endif
