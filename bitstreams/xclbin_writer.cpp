// SPDX-License-Identifier: Apache-2.0
#include "xclbin_writer.h"

#include <xclbin.h>

#include <cstring>

namespace xesp::xclbin {
namespace {

constexpr size_t kAlign = 8;

void align(Blob& blob) {
  blob.resize((blob.size() + kAlign - 1) / kAlign * kAlign);
}

// Copies into a fixed field, cut so that a terminating zero stays.
template <size_t N, typename Char>
void put_text(Char (&field)[N], const std::string& value) {
  std::memset(field, 0, N);
  std::memcpy(field, value.data(), std::min(value.size(), N - 1));
}

void content_uuid(xuid_t& uuid, std::span<const SectionData> sections) {
  Blob all;
  for (const SectionData& section : sections) all.insert(all.end(), section.data.begin(), section.data.end());
  const uuid_t space = {0x8e, 0x21, 0x5f, 0x0a, 0x3c, 0x77, 0x4d, 0x19, 0x9b, 0x44, 0xd2, 0x68, 0xe0, 0x13, 0xa5, 0x76};
  uuid_generate_sha1(uuid, space, reinterpret_cast<const char*>(all.data()), all.size());
}

}  // namespace

Blob write_hw_emu(const std::string& platform, std::span<const SectionData> sections) {
  constexpr size_t kHeadersAt = offsetof(axlf, m_sections);
  Blob file(kHeadersAt + sections.size() * sizeof(axlf_section_header));
  std::vector<axlf_section_header> headers;
  for (const SectionData& section : sections) {
    align(file);
    axlf_section_header header{};
    header.m_sectionKind = section.kind;
    put_text(header.m_sectionName, section.name);
    header.m_sectionOffset = file.size();
    header.m_sectionSize = section.data.size();
    headers.push_back(header);
    file.insert(file.end(), section.data.begin(), section.data.end());
  }
  align(file);

  axlf top{};
  std::memcpy(top.m_magic, "xclbin2", sizeof(top.m_magic));
  top.m_signature_length = -1;  // not signed
  std::memset(top.reserved, 0xff, sizeof(top.reserved));
  std::memset(top.m_keyBlock, 0xff, sizeof(top.m_keyBlock));
  top.m_header.m_length = file.size();
  top.m_header.m_versionMajor = 2;
  top.m_header.m_versionMinor = 13;
  top.m_header.m_mode = XCLBIN_HW_EMU;
  put_text(top.m_header.m_platformVBNV, platform);
  content_uuid(top.m_header.uuid, sections);
  std::memcpy(&top.m_uniqueId, top.m_header.uuid, sizeof(top.m_uniqueId));
  top.m_header.m_numSections = static_cast<uint32_t>(sections.size());
  std::memcpy(file.data(), &top, kHeadersAt);
  std::memcpy(file.data() + kHeadersAt, headers.data(), headers.size() * sizeof(axlf_section_header));
  return file;
}

}  // namespace xesp::xclbin
