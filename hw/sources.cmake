# SPDX-License-Identifier: Apache-2.0
# The shell's RTL by layer, packages first (Verilator and yosys read files in this order).
set(rtl ${CMAKE_CURRENT_LIST_DIR}/rtl)

set(XESP_RTL_PACKAGES ${XESP_GEN_DIR}/xesp_abi_pkg.sv ${XESP_GEN_DIR}/xesp_streams_pkg.sv
    CACHE INTERNAL "Generated packages; depend on target xesp_generated")
set(XESP_RTL_SHELL
    ${rtl}/lib/xesp_fifo.sv
    ${rtl}/lib/xesp_skid.sv
    ${rtl}/lib/xesp_fork.sv
    ${rtl}/lib/xesp_merge.sv
    ${rtl}/lib/xesp_split.sv
    ${rtl}/lib/xesp_pair_merge.sv
    ${rtl}/lib/xesp_pair_split.sv
    ${rtl}/shell/xesp_burst_split.sv
    ${rtl}/shell/xesp_axi_read.sv
    ${rtl}/shell/xesp_axi_write.sv
    ${rtl}/shell/xesp_cpl_write.sv
    ${rtl}/shell/xesp_drop_counters.sv
    ${rtl}/shell/xesp_ctrl.sv
    ${rtl}/shell/xesp_desc_fetch.sv
    ${rtl}/shell/xesp_pair_fetch.sv
    ${rtl}/shell/xesp_pkt_read.sv
    ${rtl}/shell/xesp_pkt_write.sv
    ${rtl}/shell/xesp_run_end.sv
    ${rtl}/shell/xesp_lane_cost.sv
    ${rtl}/shell/xesp_dispatch.sv
    ${rtl}/shell/xesp_pair_dispatch.sv
    ${rtl}/shell/xesp_shell.sv
    CACHE INTERNAL "One compute unit's shell")
# These also need the kernels' modules (hls/kernels), or stand-ins of the paths.
set(XESP_RTL_PATHS
    ${rtl}/path/xesp_gcm.sv
    ${rtl}/path/xesp_out_lane.sv
    ${rtl}/path/xesp_in_lane.sv
    ${rtl}/path/xesp_out_path.sv
    ${rtl}/path/xesp_in_path.sv
    CACHE INTERNAL "The two paths of kernels")
set(XESP_RTL_TOPS
    ${rtl}/xesp_out.sv
    ${rtl}/xesp_in.sv
    ${rtl}/xesp_card.sv
    CACHE INTERNAL "Both compute units and the simulated card")
