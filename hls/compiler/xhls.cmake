# SPDX-License-Identifier: Apache-2.0
#
# xesp_hls_kernel(NAME SOURCE file.cpp [TOP function] [BUDGET levels] [LOOP_LEVELS levels] [INCLUDE_DIRS dir...]
#   [DEFINES NAME=VALUE...])
#   Compiles a kernel to SystemVerilog at build time, in ${CMAKE_CURRENT_BINARY_DIR}/rtl/NAME: TOP.sv, TOP__<fn>.sv for
#   its modules, TOP_ports.h, report.txt. Makes the target NAME, which xesp_verilated_library() takes as a KERNELS entry; its
#   properties XHLS_DIR and XHLS_TOP say where the files are. TOP defaults to NAME, BUDGET to 5 levels of LUT6 a stage,
#   LOOP_LEVELS (what a recurrence may take) to BUDGET.

function(xesp_hls_kernel name)
  cmake_parse_arguments(ARG "" "SOURCE;TOP;BUDGET;LOOP_LEVELS" "INCLUDE_DIRS;DEFINES" ${ARGN})
  if(NOT ARG_TOP)
    set(ARG_TOP ${name})
  endif()
  if(NOT ARG_BUDGET)
    set(ARG_BUDGET 5)
  endif()
  if(NOT ARG_LOOP_LEVELS)
    set(ARG_LOOP_LEVELS ${ARG_BUDGET})
  endif()
  get_filename_component(source ${ARG_SOURCE} ABSOLUTE)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/rtl/${name})
  list(TRANSFORM ARG_INCLUDE_DIRS PREPEND -I)
  list(TRANSFORM ARG_DEFINES PREPEND -D)
  add_custom_command(
    OUTPUT ${dir}/${ARG_TOP}.sv ${dir}/${ARG_TOP}_ports.h ${dir}/report.txt
    COMMAND xhls --top ${ARG_TOP} --budget ${ARG_BUDGET} --loop-levels ${ARG_LOOP_LEVELS} -o ${dir}
            --report ${dir}/report.txt --depfile ${dir}/depfile --prefix-map ${PROJECT_SOURCE_DIR} ${ARG_INCLUDE_DIRS} ${ARG_DEFINES}
            ${source}
    DEPENDS xhls ${source}
    DEPFILE ${dir}/depfile
    COMMENT "xhls ${ARG_TOP}"
    VERBATIM)
  add_custom_target(${name} DEPENDS ${dir}/${ARG_TOP}.sv)
  set_target_properties(${name} PROPERTIES XHLS_DIR ${dir} XHLS_TOP ${ARG_TOP})
endfunction()
