// SPDX-License-Identifier: Apache-2.0
//
// xesp-mkxclbin: writes the hw_emu xclbin of the xesp card, and shows what is in any xclbin.
#include <xclbin.h>

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include "xclbin_info.h"
#include "xclbin_writer.h"

namespace {

using xesp::xclbin::Blob;

constexpr const char* kPlatform = "xesp_hw_emu_1_0";
constexpr const char* kUsage =
    "usage: xesp-mkxclbin --simulator ZIP -o FILE   ZIP holds behav_waveform/xsim/simulate.sh and the simulator\n"
    "       xesp-mkxclbin --info FILE               checks FILE and lists its sections, compute units and memories\n";

Blob read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) throw std::runtime_error("can't read it");
  return {std::istreambuf_iterator<char>(file), {}};
}

void make(const std::string& zip_path, const std::string& to) {
  Blob zip;
  try {
    zip = read_file(zip_path);
  } catch (const std::exception& error) {
    throw std::runtime_error(zip_path + ": " + error.what());
  }
  if (zip.size() < 4 || zip[0] != 'P' || zip[1] != 'K') throw std::runtime_error(zip_path + ": not a zip archive");
  const std::vector<xesp::xclbin::SectionData> sections{
      {BITSTREAM, "bitstream", std::move(zip)},
      {EMBEDDED_METADATA, "metadata", xesp::xclbin::metadata_section(kPlatform)},
      {MEM_TOPOLOGY, "mem_topology", xesp::xclbin::mem_topology_section()},
      {CONNECTIVITY, "connectivity", xesp::xclbin::connectivity_section()},
      {IP_LAYOUT, "ip_layout", xesp::xclbin::ip_layout_section()},
  };
  const Blob file = xesp::xclbin::write_hw_emu(kPlatform, sections);
  xesp::xclbin::parse(file);  // what we write, we can read
  std::ofstream out(to, std::ios::binary);
  out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
  if (!out.flush()) throw std::runtime_error(to + ": can't write it");
}

void show(const std::string& path) {
  xesp::xclbin::Info info;
  try {
    info = xesp::xclbin::parse(read_file(path));
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
  std::printf("platform  %s (%s)\nuuid      %s\n", info.platform.c_str(), info.hw_emu ? "hw_emu" : "card",
              info.uuid.c_str());
  for (const auto& section : info.sections) {
    std::printf("section   %-18s %10" PRIu64 " bytes at 0x%" PRIx64 "\n",
                xesp::xclbin::section_kind_name(section.kind).c_str(), section.size, section.offset);
  }
  for (const auto& unit : info.compute_units)
    std::printf("cu        %-24s at 0x%" PRIx64 "\n", unit.name.c_str(), unit.base);
  for (const auto& memory : info.memories) {
    std::printf("memory    %-16s %6" PRIu64 " MiB at 0x%" PRIx64 "%s\n", memory.tag.c_str(), memory.bytes >> 20,
                memory.base, memory.used ? "" : " (unused)");
  }
  for (const auto& connection : info.connections) {
    std::printf("argument  %d of %s in %s\n", connection.argument,
                info.compute_units[static_cast<size_t>(connection.compute_unit)].name.c_str(),
                info.memories[static_cast<size_t>(connection.memory)].tag.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 2 && args[0] == "--info") {
    show(args[1]);
  } else if (args.size() == 4 && args[0] == "--simulator" && args[2] == "-o") {
    make(args[1], args[3]);
  } else {
    std::fputs(kUsage, stderr);
    return 64;
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "xesp-mkxclbin: %s\n", error.what());
  return 65;
}
