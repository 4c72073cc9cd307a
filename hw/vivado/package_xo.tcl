# SPDX-License-Identifier: Apache-2.0
#
# Packages one kernel as a .xo. Not run here: no vendor tools on the machines that build this project.
#   vivado -mode batch -source package_xo.tcl -tclargs xesp_out <generated dir> <kernel RTL dir> <output dir>
# <kernel RTL dir> has a folder kernel_NAME for each kernel (build/hls/kernels/rtl); xclbin.sh calls this.
lassign $argv kernel generated kernels output
set rtl [file normalize [file join [file dirname [info script]] .. rtl]]
set project [file join $output $kernel.project]
set ip [file join $output $kernel.ip]

# The kernels of hls/kernels, and not the same ones at other budgets that are there for tests.
set kernel_rtl {}
foreach folder [glob -directory $kernels -type d kernel_*] {
  if {![string match *_budget* $folder]} { lappend kernel_rtl {*}[glob $folder/*.sv] }
}

create_project -force $kernel $project
add_files [glob $generated/*_pkg.sv]
add_files $kernel_rtl
add_files [glob $rtl/lib/*.sv* $rtl/shell/*.sv $rtl/path/*.sv]
add_files $rtl/$kernel.sv
set_property top $kernel [current_fileset]
update_compile_order -fileset sources_1

ipx::package_project -root_dir $ip -vendor xesp -library kernel -taxonomy /KernelIP -import_files -set_current true
foreach port {s_axi_control m_axi_desc m_axi_data} {
  ipx::associate_bus_interfaces -busif $port -clock ap_clk [ipx::current_core]
}
set_property sdx_kernel true [ipx::current_core]
set_property sdx_kernel_type rtl [ipx::current_core]
set_property xpm_libraries {} [ipx::current_core]
ipx::create_xgui_files [ipx::current_core]
ipx::update_checksums [ipx::current_core]
ipx::save_core [ipx::current_core]

package_xo -force -xo_path [file join $output $kernel.xo] -kernel_name $kernel -ip_directory $ip \
    -kernel_xml [file join $generated $kernel.kernel.xml]
