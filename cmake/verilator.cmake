# SPDX-License-Identifier: Apache-2.0
#
# xesp_verilated_library(NAME TOP module SOURCES file... [KERNELS target...] [DEPENDS target...] [ARGS argument...]
#                        [PREFIX class] [OPTIMISE option])
#
# A library NAME of the Verilated model V<module>, or of that class name where several of one module go into a program, compiled
# with -O2 or that option. Verilator runs at build time (the verilate() of its own package runs it
# at configure time, when generated sources do not exist yet), with assertions, lint warnings as errors, and every
# uninitialised register random from run to run. Modules that SOURCES do not name are looked for by file name in hw/rtl/lib
# and among what xhls made of KERNELS (xesp_hls_kernel()); NAME then also has the kernels' TOP_ports.h.
find_program(XESP_VERILATOR verilator REQUIRED)
set(XESP_VERILATOR_INCLUDE /usr/share/verilator/include CACHE PATH "verilated.h and what belongs to it")
set(XESP_RTL_LIB ${PROJECT_SOURCE_DIR}/hw/rtl/lib)

add_library(xesp_verilated_runtime STATIC
  ${XESP_VERILATOR_INCLUDE}/verilated.cpp ${XESP_VERILATOR_INCLUDE}/verilated_threads.cpp)
target_include_directories(xesp_verilated_runtime SYSTEM PUBLIC
  ${XESP_VERILATOR_INCLUDE} ${XESP_VERILATOR_INCLUDE}/vltstd)
target_compile_options(xesp_verilated_runtime PRIVATE -w)
target_link_libraries(xesp_verilated_runtime PUBLIC Threads::Threads)

function(xesp_verilated_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TOP;PREFIX;OPTIMISE" "SOURCES;KERNELS;DEPENDS;ARGS")
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir)
  if(NOT arg_PREFIX)
    set(arg_PREFIX V${arg_TOP})
  endif()
  if(NOT arg_OPTIMISE)
    set(arg_OPTIMISE -O2)
  endif()
  set(archive ${dir}/${arg_PREFIX}__ALL.a)
  list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/ REGEX "^[^/]")
  set(kernel_dirs)
  set(kernel_files)
  foreach(kernel IN LISTS arg_KERNELS)
    get_target_property(kernel_dir ${kernel} XHLS_DIR)
    get_target_property(kernel_top ${kernel} XHLS_TOP)
    list(APPEND kernel_dirs ${kernel_dir})
    list(APPEND kernel_files ${kernel_dir}/${kernel_top}.sv)
  endforeach()
  set(search -I${XESP_RTL_LIB})
  foreach(search_dir IN LISTS kernel_dirs ITEMS ${XESP_RTL_LIB})
    list(APPEND search -y ${search_dir})
  endforeach()
  file(GLOB lib CONFIGURE_DEPENDS ${XESP_RTL_LIB}/*.sv ${XESP_RTL_LIB}/*.svh)
  # const-bit-op-tree: in Verilator 5.006 it gets the parity of a bit that stands twice in a sum wrong (a random kernel
  # found it; tests/xhls/kernels/parity.cpp). reloop-limit: a word of more than 40 times 32 bits in an assertion's $past
  # becomes a loop whose variable it does not declare; the longest word has 41. output-split: each file of a card reads a header
  # of 5 MB, so few large ones take half the time of many. What runs once, at the start, is not optimised: that took longest.
  add_custom_command(
    OUTPUT ${archive} ${dir}/${arg_PREFIX}.h
    COMMAND ${XESP_VERILATOR} --cc --build -j 2 -Wall --assert -O3 -fno-const-bit-op-tree --reloop-limit 64 --output-split 200000
            --x-assign unique --x-initial unique ${search} --top-module ${arg_TOP} --prefix ${arg_PREFIX} --Mdir ${dir} ${arg_ARGS}
            -MAKEFLAGS "CXX=${CMAKE_CXX_COMPILER} OPT_FAST=${arg_OPTIMISE} OPT_SLOW=-O0 USER_CPPFLAGS=-fPIC --silent"
            ${arg_SOURCES}
    DEPENDS ${arg_SOURCES} ${kernel_files} ${lib} ${arg_KERNELS} ${arg_DEPENDS}
    COMMENT "Verilating ${arg_PREFIX}" VERBATIM)
  add_custom_target(${name}_verilate DEPENDS ${archive} ${dir}/${arg_PREFIX}.h)
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_verilate)
  target_include_directories(${name} SYSTEM INTERFACE ${dir} ${kernel_dirs})
  target_link_libraries(${name} INTERFACE ${archive} xesp_verilated_runtime)
endfunction()
