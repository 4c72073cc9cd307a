# SPDX-License-Identifier: Apache-2.0
#
# xesp_precompile(target header...): what most sources of a target include, read once. Half of a build's time went into such
# headers. Sources include what they use all the same: XESP_PCH=OFF builds without.
option(XESP_PCH "Precompile the headers of the standard library, nlohmann-json and spdlog" ON)
set(XESP_STANDARD_HEADERS
  <algorithm> <array> <atomic> <chrono> <cstdint> <cstring> <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional>
  <random> <span> <sstream> <string> <string_view> <thread> <unordered_map> <utility> <variant> <vector>)

function(xesp_precompile target)
  set_target_properties(${target} PROPERTIES XESP_PCH_HEADERS "${ARGN}")  # for its sanitized twin (tests/fuzz)
  if(XESP_PCH)
    target_precompile_headers(${target} PRIVATE ${XESP_STANDARD_HEADERS} ${ARGN})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      # So that two builds of it are alike, and compiler caches can keep what came of it.
      target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    endif()
  endif()
endfunction()
