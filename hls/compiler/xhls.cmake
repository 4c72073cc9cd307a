# SPDX-License-Identifier: Apache-2.0
#
# xesp_hls_kernel(NAME SOURCE file.cpp [TOP function] [BUDGET levels] [INCLUDE_DIRS dir...])
#   Compiles a kernel to SystemVerilog at build time, in ${CMAKE_CURRENT_BINARY_DIR}/rtl/NAME: TOP.sv, TOP__<fn>.sv for
#   its modules, TOP_ports.h, report.txt. Makes the target NAME, which xesp_verilate() takes as a KERNELS entry; its
#   properties XHLS_DIR and XHLS_TOP say where the files are. TOP defaults to NAME.
#
# xesp_verilate(TARGET TOP module [SOURCES file.sv...] [KERNELS name...] [LIBRARY_DIRS dir...] [INCLUDE_DIRS dir...]
#               [PREFIX name] [DEFINES D=V...] [TRACE] [NO_ASSERT])
#   Verilates TOP and builds it; link TARGET to have the model and its headers (PREFIX.h, by default V<TOP>.h).
#   KERNELS are found by module name, as are modules in LIBRARY_DIRS (file name = module name); hw/rtl/lib always is.

set(XESP_RTL_LIB ${PROJECT_SOURCE_DIR}/hw/rtl/lib CACHE INTERNAL "RTL that generated modules use")
set(XESP_VERILATOR_JOBS 2 CACHE STRING "Parallel compilers for one Verilated model")
find_program(VERILATOR verilator)
find_program(XESP_MAKE make)

function(xesp_hls_kernel name)
  cmake_parse_arguments(ARG "" "SOURCE;TOP;BUDGET" "INCLUDE_DIRS" ${ARGN})
  if(NOT ARG_TOP)
    set(ARG_TOP ${name})
  endif()
  if(NOT ARG_BUDGET)
    set(ARG_BUDGET 5)
  endif()
  get_filename_component(source ${ARG_SOURCE} ABSOLUTE)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/rtl/${name})
  list(TRANSFORM ARG_INCLUDE_DIRS PREPEND -I)
  add_custom_command(
    OUTPUT ${dir}/${ARG_TOP}.sv ${dir}/${ARG_TOP}_ports.h ${dir}/report.txt
    COMMAND xhls --top ${ARG_TOP} --budget ${ARG_BUDGET} -o ${dir} --report ${dir}/report.txt --depfile ${dir}/depfile
            ${ARG_INCLUDE_DIRS} ${source}
    DEPENDS xhls ${source}
    DEPFILE ${dir}/depfile
    COMMENT "xhls ${ARG_TOP}"
    VERBATIM)
  add_custom_target(${name} DEPENDS ${dir}/${ARG_TOP}.sv)
  set_target_properties(${name} PROPERTIES XHLS_DIR ${dir} XHLS_TOP ${ARG_TOP})
endfunction()

function(xesp_verilate target)
  cmake_parse_arguments(ARG "TRACE;NO_ASSERT" "TOP;PREFIX" "SOURCES;KERNELS;LIBRARY_DIRS;INCLUDE_DIRS;DEFINES" ${ARGN})
  if(NOT ARG_PREFIX)
    set(ARG_PREFIX V${ARG_TOP})
  endif()
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/verilated/${target})
  set(files)
  foreach(file IN LISTS ARG_SOURCES)
    get_filename_component(file ${file} ABSOLUTE)
    list(APPEND files ${file})
  endforeach()
  set(depends ${files})
  set(search -y ${XESP_RTL_LIB} -I${XESP_RTL_LIB})
  set(headers)
  foreach(kernel IN LISTS ARG_KERNELS)
    get_target_property(kernel_dir ${kernel} XHLS_DIR)
    get_target_property(kernel_top ${kernel} XHLS_TOP)
    list(APPEND search -y ${kernel_dir})
    list(APPEND depends ${kernel_dir}/${kernel_top}.sv)
    list(APPEND headers ${kernel_dir})
  endforeach()
  foreach(lib IN LISTS ARG_LIBRARY_DIRS)
    get_filename_component(lib ${lib} ABSOLUTE)
    list(APPEND search -y ${lib})
    file(GLOB more CONFIGURE_DEPENDS ${lib}/*.sv ${lib}/*.svh)
    list(APPEND depends ${more})
  endforeach()
  foreach(inc IN LISTS ARG_INCLUDE_DIRS)
    get_filename_component(inc ${inc} ABSOLUTE)
    list(APPEND search -I${inc})
  endforeach()
  file(GLOB more CONFIGURE_DEPENDS ${XESP_RTL_LIB}/*.sv ${XESP_RTL_LIB}/*.svh)
  list(APPEND depends ${more})
  list(TRANSFORM ARG_DEFINES PREPEND -D)
  set(options ${ARG_DEFINES})
  if(ARG_TRACE)
    list(APPEND options --trace-fst)
  endif()
  if(NOT ARG_NO_ASSERT)
    list(APPEND options --assert)
  endif()
  set(archive ${dir}/${ARG_PREFIX}__ALL.a)
  add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dir}
    COMMAND ${VERILATOR} --cc -O3 --x-assign fast --x-initial fast --output-split 20000 --top-module ${ARG_TOP}
            --prefix ${ARG_PREFIX} --Mdir ${dir} ${options} ${search} ${files}
    COMMAND ${XESP_MAKE} -s -C ${dir} -f ${ARG_PREFIX}.mk -j${XESP_VERILATOR_JOBS} CXX=${CMAKE_CXX_COMPILER}
            OPT_FAST=-O2 OPT_SLOW=-O1 ${ARG_PREFIX}__ALL.a
    DEPENDS ${depends} ${ARG_KERNELS}
    COMMENT "Verilating ${ARG_TOP}"
    VERBATIM)
  add_custom_target(${target}_model DEPENDS ${archive})
  file(MAKE_DIRECTORY ${dir})
  add_library(${target}_archive STATIC IMPORTED GLOBAL)
  set_target_properties(${target}_archive PROPERTIES IMPORTED_LOCATION ${archive})
  add_dependencies(${target}_archive ${target}_model)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${dir} ${headers})
  target_link_libraries(${target} INTERFACE ${target}_archive xesp_verilated)
  add_dependencies(${target} ${target}_model)
endfunction()

# Verilator's run-time library, once for all models.
if(VERILATOR AND NOT TARGET xesp_verilated)
  get_filename_component(verilator_root ${VERILATOR} DIRECTORY)
  find_path(VERILATOR_INCLUDE_DIR verilated.h PATHS /usr/share/verilator/include ${verilator_root}/../share/verilator/include)
  find_package(ZLIB REQUIRED)
  add_library(xesp_verilated STATIC ${VERILATOR_INCLUDE_DIR}/verilated.cpp ${VERILATOR_INCLUDE_DIR}/verilated_threads.cpp
              ${VERILATOR_INCLUDE_DIR}/verilated_fst_c.cpp)
  target_include_directories(xesp_verilated SYSTEM PUBLIC ${VERILATOR_INCLUDE_DIR} ${VERILATOR_INCLUDE_DIR}/vltstd)
  target_compile_definitions(xesp_verilated PUBLIC VM_COVERAGE=0 VM_SC=0 VM_TRACE=1 VM_TRACE_FST=1 VM_TRACE_VCD=0)
  target_compile_options(xesp_verilated PRIVATE -w -O2)
  target_link_libraries(xesp_verilated PUBLIC ZLIB::ZLIB Threads::Threads)
endif()
