# SPDX-License-Identifier: Apache-2.0
#
# xesp_add_verilated_card(NAME PATHS file... [KERNELS target...])
#
# A library NAME with VerilatedCard around hw/rtl's xesp_card, whose paths (the modules xesp_out_path and xesp_in_path and
# what they use) come from PATHS: the kernels, or a stand-in of them.
option(XESP_SIM_TRACE "Build the simulated card with FST waveforms (XESP_SIM_TRACE=file at run time)" OFF)
set(XESP_SIM_CARD_DIR ${CMAKE_CURRENT_LIST_DIR} CACHE INTERNAL "")

# xesp_add_card_engines(NAME ENGINES n PATHS file... KERNELS target...)
#
# Objects NAME for a program that has a VerilatedCard besides: the card with so many engines in each unit
# (VerilatedCardOptions::engines).
function(xesp_card_model name class)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "ENGINES" "PATHS;KERNELS")
  set(args -GLANES=${arg_ENGINES})
  # Large ones are compiled for longer than they run.
  set(optimise -O2)
  if(arg_ENGINES GREATER 1)
    set(optimise -O1)
  endif()
  if(arg_ENGINES GREATER 2)
    list(APPEND args --reloop-limit 128)  # a pair word has up to 81 times 32 bits (cmake/verilator.cmake)
  endif()
  if(XESP_SIM_TRACE)
    list(APPEND args --trace-fst)
  endif()
  xesp_verilated_library(${name}_model TOP xesp_card PREFIX ${class}
    SOURCES ${XESP_RTL_PACKAGES} ${XESP_RTL_SHELL} ${arg_PATHS} ${XESP_RTL_TOPS}
    KERNELS ${arg_KERNELS} DEPENDS xesp_generated ARGS ${args} OPTIMISE ${optimise})
  target_sources(${name} PRIVATE ${XESP_SIM_CARD_DIR}/card_model.cpp)
  target_compile_definitions(${name} PUBLIC XESP_SIM_TRACE=$<BOOL:${XESP_SIM_TRACE}>
    PRIVATE XESP_CARD_ENGINES=${arg_ENGINES} XESP_CARD_CLASS=${class} XESP_CARD_HEADER="${class}.h")
  add_dependencies(${name} ${name}_model_verilate)
endfunction()

function(xesp_add_card_engines name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "ENGINES" "PATHS;KERNELS")
  add_library(${name} OBJECT)
  xesp_card_model(${name} Vxesp_card_x${arg_ENGINES} ENGINES ${arg_ENGINES} PATHS ${arg_PATHS} KERNELS ${arg_KERNELS})
  target_link_libraries(${name} PUBLIC xesp_axi_models ${name}_model PRIVATE xesp_warnings)
endfunction()

function(xesp_add_verilated_card name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "PATHS;KERNELS")
  add_library(${name} STATIC ${XESP_SIM_CARD_DIR}/verilated_card.cpp)
  xesp_card_model(${name} Vxesp_card ENGINES 1 PATHS ${arg_PATHS} KERNELS ${arg_KERNELS})
  target_link_libraries(${name} PUBLIC xesp_axi_models PRIVATE ${name}_model xesp_warnings)
  if(XESP_SIM_TRACE)
    find_package(ZLIB REQUIRED)
    target_sources(${name} PRIVATE ${XESP_VERILATOR_INCLUDE}/verilated_fst_c.cpp)
    set_source_files_properties(${XESP_VERILATOR_INCLUDE}/verilated_fst_c.cpp PROPERTIES COMPILE_OPTIONS -w)
    target_link_libraries(${name} PRIVATE ZLIB::ZLIB)
  endif()
endfunction()
