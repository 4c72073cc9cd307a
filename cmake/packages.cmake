# SPDX-License-Identifier: Apache-2.0
#
# Debian packages: `cmake --build build --target packages` puts them into build/packages, one of each component. What they depend
# on is found by dpkg-shlibdeps. xespd runs as root with few capabilities (xespd.service), so there is a group to
# make (sysusers.d), for its socket, and no user.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME xesp)
set(CPACK_PACKAGE_VENDOR xesp)
set(CPACK_PACKAGE_CONTACT "the xesp project")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/host)
set(CPACK_DEBIAN_PACKAGE_SECTION net)

# xesp_package(component summary [DEPENDS packages]): how Debian shows it. The name is the component's.
set(components)
function(xesp_package component summary)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "DEPENDS" "")
  string(TOUPPER ${component} upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME ${component} PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_DESCRIPTION "${summary}" PARENT_SCOPE)
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${summary}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_DEPENDS "${arg_DEPENDS}" PARENT_SCOPE)
  set(components ${components} ${component} PARENT_SCOPE)
endfunction()

set(same "(= ${PROJECT_VERSION})")
xesp_package(libxesp "IPsec on an FPGA card: library, and the process that holds the card")
xesp_package(libxesp-dev "IPsec on an FPGA card: headers of libxesp" DEPENDS "libxesp ${same}")
xesp_package(xesp-tools "IPsec on an FPGA card: the xesp command" DEPENDS "libxesp ${same}")
xesp_package(xespd "IPsec on an FPGA card: the daemon" DEPENDS "libxesp ${same}, xesp-tools ${same}")
set(CPACK_DEBIAN_XESPD_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/cmake/debian/conffiles ${PROJECT_SOURCE_DIR}/cmake/debian/postinst
  ${PROJECT_SOURCE_DIR}/cmake/debian/prerm ${PROJECT_SOURCE_DIR}/cmake/debian/postrm)
set(CPACK_DEBIAN_LIBXESP_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/triggers)
set(CPACK_DEBIAN_XESPD_PACKAGE_CONTROL_STRICT_PERMISSION ON)
if(TARGET kernel-xesp)
  get_target_property(type kernel-xesp TYPE)
  if(type STREQUAL MODULE_LIBRARY)
    xesp_package(xesp-strongswan "IPsec on an FPGA card: strongSwan's plugin" DEPENDS "xespd ${same}, strongswan-charon | charon-systemd")
  endif()
endif()
set(CPACK_COMPONENTS_ALL ${components})
include(CPack)

# Only what is installed is built for it (CMAKE_SKIP_INSTALL_ALL_DEPENDENCY).
add_custom_target(packages COMMAND ${CMAKE_CPACK_COMMAND} --config ${CMAKE_BINARY_DIR}/CPackConfig.cmake
                  WORKING_DIRECTORY ${CMAKE_BINARY_DIR} VERBATIM)
add_dependencies(packages xesp_shared xesp-card-worker xesp_cli xespd xesp_manual)
if(TARGET kernel-xesp)
  add_dependencies(packages kernel-xesp)
endif()
