// SPDX-License-Identifier: Apache-2.0
// The xclbin that we write, and what its reader makes of files that are cut or changed.
#include <gtest/gtest.h>
#include <xclbin.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <random>

#include "platform.h"
#include "xclbin_info.h"

namespace xesp::xclbin {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes loopback() {
  std::ifstream in(XESP_LOOPBACK_XCLBIN, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

axlf& top(Bytes& file) {
  return *reinterpret_cast<axlf*>(file.data());
}

uint8_t* section(Bytes& file, uint32_t kind) {
  for (const Section& s : parse(file).sections) {
    if (s.kind == kind) return file.data() + s.offset;
  }
  throw std::logic_error("no such section");
}

void expect_bad(const Bytes& file, const std::string& words) {
  try {
    parse(file);
    ADD_FAILURE() << "taken; expected: " << words;
  } catch (const BadXclbin& error) {
    EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
  }
}

TEST(Xclbin, HoldsTheCard) {
  const Bytes file = loopback();
  const Info info = parse(file);
  EXPECT_TRUE(info.hw_emu);
  ASSERT_EQ(info.sections.size(), 5u);
  for (const Section& s : info.sections) EXPECT_EQ(s.offset % 8, 0u) << s.name;
  ASSERT_EQ(info.compute_units.size(), 2u);
  EXPECT_EQ(info.compute_units[0].name, "xesp_out:xesp_out_1");
  EXPECT_EQ(info.compute_units[1].name, "xesp_in:xesp_in_1");
  ASSERT_EQ(info.memories.size(), 1u);
  EXPECT_TRUE(info.memories[0].used);
  EXPECT_EQ(info.memories[0].base, hwemu::kMemoryBase);
  EXPECT_EQ(info.connections.size(), 8u);  // four pointers of two units
  EXPECT_TRUE(info.has_compute_unit("xesp_out"));
  EXPECT_FALSE(info.has_compute_unit("xesp"));
}

TEST(Xclbin, EveryTruncationIsSeen) {
  const Bytes file = loopback();
  for (size_t size = 0; size < file.size(); size += size < 2000 ? 1 : 997) {
    EXPECT_THROW(parse(std::span(file).first(size)), BadXclbin) << size;
    Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
    if (size < sizeof(axlf)) continue;
    top(cut).m_header.m_length = size;  // a header that agrees with the cut
    EXPECT_THROW(parse(cut), BadXclbin) << size;
  }
}

TEST(Xclbin, SectionsOutOfRange) {
  for (const uint64_t offset : {uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{7}}) {
    Bytes file = loopback();
    top(file).m_sections[0].m_sectionOffset = offset;
    expect_bad(file, "BITSTREAM lies outside the file");
  }
  Bytes file = loopback();
  top(file).m_sections[0].m_sectionSize = ~uint64_t{0} - 100;
  expect_bad(file, "BITSTREAM lies outside the file");
  file = loopback();
  top(file).m_header.m_numSections = 0xffffffff;
  expect_bad(file, "more sections");
  file = loopback();
  top(file).m_header.m_numSections = XCLBIN_MAX_NUM_SECTION;
  EXPECT_THROW(parse(file), BadXclbin);
}

TEST(Xclbin, CountsThatLie) {
  for (const uint32_t kind : {IP_LAYOUT, MEM_TOPOLOGY, CONNECTIVITY}) {
    for (const int32_t count : {-1, 1000, 0x7fffffff}) {
      Bytes file = loopback();
      std::memcpy(section(file, kind), &count, sizeof(count));
      expect_bad(file, section_kind_name(kind));
    }
  }
}

TEST(Xclbin, ConnectionsToNothing) {
  Bytes file = loopback();
  reinterpret_cast<connectivity*>(section(file, CONNECTIVITY))->m_connection[3].mem_data_index = 1;
  expect_bad(file, "CONNECTIVITY");
  file = loopback();
  reinterpret_cast<connectivity*>(section(file, CONNECTIVITY))->m_connection[0].m_ip_layout_index = -1;
  expect_bad(file, "CONNECTIVITY");
}

TEST(Xclbin, ChangedBytesNeverHurtTheReader) {  // most useful under the sanitizers
  const Bytes file = loopback();
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    Bytes changed = file;
    const size_t tail = 600;  // headers at the front, small sections at the back
    for (int i = 0; i < 4; ++i) {
      const size_t at = random() % 2 == 0 ? random() % 700 : changed.size() - 1 - random() % tail;
      changed[at] = static_cast<uint8_t>(random());
    }
    try {
      parse(changed);
    } catch (const BadXclbin&) {  // NOLINT(bugprone-empty-catch): either is right
    }
  }
}

}  // namespace
}  // namespace xesp::xclbin
