# SPDX-License-Identifier: Apache-2.0
#
# libxesp.so for other programs: the engines, software's and the card's, with pkg-config and CMake's own package. Programs
# of this project link the parts themselves.
include(CMakePackageConfigHelpers)

add_library(xesp_shared SHARED
  $<TARGET_OBJECTS:xesp> $<TARGET_OBJECTS:xesp_xrt> $<TARGET_OBJECTS:xesp_xrt_engine> $<TARGET_OBJECTS:xesp_xclbin>)
set_target_properties(xesp_shared PROPERTIES
  OUTPUT_NAME xesp EXPORT_NAME xesp VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE CXX)
target_compile_features(xesp_shared INTERFACE cxx_std_20)
target_include_directories(xesp_shared INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_definitions(xesp_shared INTERFACE XESP_SA_INDEX_BITS=${XESP_SA_INDEX_BITS})
target_link_libraries(xesp_shared PRIVATE OpenSSL::Crypto ${XESP_IPSEC_MB_LIBRARIES} PkgConfig::UUID Threads::Threads)

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/xesp)
install(TARGETS xesp_shared EXPORT xesp
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libxesp NAMELINK_COMPONENT libxesp-dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/host/lib/include/xesp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libxesp-dev)
install(FILES ${PROJECT_SOURCE_DIR}/hls/abi/xesp_abi.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT libxesp-dev)
install(EXPORT xesp NAMESPACE xesp:: FILE xespConfig.cmake DESTINATION ${cmake_dir} COMPONENT libxesp-dev)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/xespConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/xespConfigVersion.cmake DESTINATION ${cmake_dir} COMPONENT libxesp-dev)
configure_file(${PROJECT_SOURCE_DIR}/host/lib/xesp.pc.in ${CMAKE_CURRENT_BINARY_DIR}/xesp.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/xesp.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT libxesp-dev)
