# SPDX-License-Identifier: Apache-2.0
#
# cmake -DXHLS=xhls -DSOURCE=file.cpp -DOUT=dir -P check_rejected.cmake
# Passes when xhls rejects the source at the line of its EXPECT comment, with that text and the path relative to
# --prefix-map, and writes no RTL.
file(STRINGS ${SOURCE} lines)
set(number 0)
foreach(line IN LISTS lines)
  math(EXPR number "${number} + 1")
  if(line MATCHES "EXPECT: (.*)$")
    set(text "${CMAKE_MATCH_1}")
    set(at ${number})
  endif()
endforeach()
file(REMOVE_RECURSE ${OUT})
get_filename_component(dir ${SOURCE} DIRECTORY)
get_filename_component(name ${SOURCE} NAME)
execute_process(COMMAND ${XHLS} --top top -o ${OUT} --prefix-map ${dir} ${SOURCE}
                RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT status EQUAL 1)
  message(FATAL_ERROR "exit status ${status}, not 1:\n${err}")
endif()
string(FIND "${err}" "${name}:${at}:" place)
string(FIND "${err}" "${text}" words)
string(FIND "${err}" "error: ${dir}" absolute)  # clang's own messages have the path before "error:"
if(place EQUAL -1 OR words EQUAL -1 OR NOT absolute EQUAL -1)
  message(FATAL_ERROR "expected ${name}:${at}: ... ${text}\ngot: ${err}")
endif()
if(EXISTS ${OUT}/top.sv)
  message(FATAL_ERROR "rejected, and yet it wrote RTL")
endif()
