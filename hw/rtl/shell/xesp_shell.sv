// SPDX-License-Identifier: Apache-2.0
//
// Shell of one compute unit: registers, descriptor fetch, packet read, packet write. The path between (hls/kernels)
// sees four streams only:
//   desc  one descriptor each                     -> path
//   pkt   the beats of its packet, if it has any  -> path
//   out   the beats of the result, if any         <- path
//   cpl   one completion a descriptor, in order   <- path
module xesp_shell #(
    parameter logic DIRECTION = 1'b0  // 0 outbound, 1 inbound
) (
    input  logic         ap_clk,
    input  logic         ap_rst_n,  // synchronous, active low: ends any run; bursts under way are not waited for

    // s_axi_control: AXI4-Lite slave
    input  logic [11:0]  s_axi_control_AWADDR,
    input  logic         s_axi_control_AWVALID,
    output logic         s_axi_control_AWREADY,
    input  logic [31:0]  s_axi_control_WDATA,
    input  logic [3:0]   s_axi_control_WSTRB,
    input  logic         s_axi_control_WVALID,
    output logic         s_axi_control_WREADY,
    output logic [1:0]   s_axi_control_BRESP,
    output logic         s_axi_control_BVALID,
    input  logic         s_axi_control_BREADY,
    input  logic [11:0]  s_axi_control_ARADDR,
    input  logic         s_axi_control_ARVALID,
    output logic         s_axi_control_ARREADY,
    output logic [31:0]  s_axi_control_RDATA,
    output logic [1:0]   s_axi_control_RRESP,
    output logic         s_axi_control_RVALID,
    input  logic         s_axi_control_RREADY,

    // m_axi_desc: AXI4 master, descriptors and completions
    output logic [63:0]  m_axi_desc_AWADDR,
    output logic [0:0]   m_axi_desc_AWID,
    output logic [7:0]   m_axi_desc_AWLEN,
    output logic [2:0]   m_axi_desc_AWSIZE,
    output logic [1:0]   m_axi_desc_AWBURST,
    output logic         m_axi_desc_AWLOCK,
    output logic [3:0]   m_axi_desc_AWCACHE,
    output logic [2:0]   m_axi_desc_AWPROT,
    output logic [3:0]   m_axi_desc_AWQOS,
    output logic [3:0]   m_axi_desc_AWREGION,
    output logic         m_axi_desc_AWVALID,
    input  logic         m_axi_desc_AWREADY,
    output logic [511:0] m_axi_desc_WDATA,
    output logic [63:0]  m_axi_desc_WSTRB,
    output logic         m_axi_desc_WLAST,
    output logic         m_axi_desc_WVALID,
    input  logic         m_axi_desc_WREADY,
    input  logic [0:0]   m_axi_desc_BID,
    input  logic [1:0]   m_axi_desc_BRESP,
    input  logic         m_axi_desc_BVALID,
    output logic         m_axi_desc_BREADY,
    output logic [63:0]  m_axi_desc_ARADDR,
    output logic [0:0]   m_axi_desc_ARID,
    output logic [7:0]   m_axi_desc_ARLEN,
    output logic [2:0]   m_axi_desc_ARSIZE,
    output logic [1:0]   m_axi_desc_ARBURST,
    output logic         m_axi_desc_ARLOCK,
    output logic [3:0]   m_axi_desc_ARCACHE,
    output logic [2:0]   m_axi_desc_ARPROT,
    output logic [3:0]   m_axi_desc_ARQOS,
    output logic [3:0]   m_axi_desc_ARREGION,
    output logic         m_axi_desc_ARVALID,
    input  logic         m_axi_desc_ARREADY,
    input  logic [0:0]   m_axi_desc_RID,
    input  logic [511:0] m_axi_desc_RDATA,
    input  logic [1:0]   m_axi_desc_RRESP,
    input  logic         m_axi_desc_RLAST,
    input  logic         m_axi_desc_RVALID,
    output logic         m_axi_desc_RREADY,

    // m_axi_data: AXI4 master, packets
    output logic [63:0]  m_axi_data_AWADDR,
    output logic [0:0]   m_axi_data_AWID,
    output logic [7:0]   m_axi_data_AWLEN,
    output logic [2:0]   m_axi_data_AWSIZE,
    output logic [1:0]   m_axi_data_AWBURST,
    output logic         m_axi_data_AWLOCK,
    output logic [3:0]   m_axi_data_AWCACHE,
    output logic [2:0]   m_axi_data_AWPROT,
    output logic [3:0]   m_axi_data_AWQOS,
    output logic [3:0]   m_axi_data_AWREGION,
    output logic         m_axi_data_AWVALID,
    input  logic         m_axi_data_AWREADY,
    output logic [511:0] m_axi_data_WDATA,
    output logic [63:0]  m_axi_data_WSTRB,
    output logic         m_axi_data_WLAST,
    output logic         m_axi_data_WVALID,
    input  logic         m_axi_data_WREADY,
    input  logic [0:0]   m_axi_data_BID,
    input  logic [1:0]   m_axi_data_BRESP,
    input  logic         m_axi_data_BVALID,
    output logic         m_axi_data_BREADY,
    output logic [63:0]  m_axi_data_ARADDR,
    output logic [0:0]   m_axi_data_ARID,
    output logic [7:0]   m_axi_data_ARLEN,
    output logic [2:0]   m_axi_data_ARSIZE,
    output logic [1:0]   m_axi_data_ARBURST,
    output logic         m_axi_data_ARLOCK,
    output logic [3:0]   m_axi_data_ARCACHE,
    output logic [2:0]   m_axi_data_ARPROT,
    output logic [3:0]   m_axi_data_ARQOS,
    output logic [3:0]   m_axi_data_ARREGION,
    output logic         m_axi_data_ARVALID,
    input  logic         m_axi_data_ARREADY,
    input  logic [0:0]   m_axi_data_RID,
    input  logic [511:0] m_axi_data_RDATA,
    input  logic [1:0]   m_axi_data_RRESP,
    input  logic         m_axi_data_RLAST,
    input  logic         m_axi_data_RVALID,
    output logic         m_axi_data_RREADY,

    // To the path
    output logic [511:0] desc_TDATA,
    output logic         desc_TVALID,
    input  logic         desc_TREADY,
    output logic [519:0] pkt_TDATA,   // {7'b0, last, data}
    output logic         pkt_TVALID,
    input  logic         pkt_TREADY,

    // From the path
    input  logic [519:0] out_TDATA,   // {7'b0, last, data}
    input  logic         out_TVALID,
    output logic         out_TREADY,
    input  logic [511:0] cpl_TDATA,
    input  logic         cpl_TVALID,
    output logic         cpl_TREADY
);
  import xesp_abi_pkg::*;

  // ------------------------------------------------------------------------------------------------------------------
  // What never changes on the masters: one ID; 64-byte beats; INCR bursts; normal, non-cacheable, bufferable memory
  // (AXI4 A4.4); data, unprivileged, secure as the vendor's kernels do.
  assign m_axi_desc_AWID     = 1'b0;
  assign m_axi_desc_AWSIZE   = 3'd6;
  assign m_axi_desc_AWBURST  = 2'b01;
  assign m_axi_desc_AWLOCK   = 1'b0;
  assign m_axi_desc_AWCACHE  = 4'b0011;
  assign m_axi_desc_AWPROT   = 3'b000;
  assign m_axi_desc_AWQOS    = 4'd0;
  assign m_axi_desc_AWREGION = 4'd0;
  assign m_axi_desc_ARID     = 1'b0;
  assign m_axi_desc_ARSIZE   = 3'd6;
  assign m_axi_desc_ARBURST  = 2'b01;
  assign m_axi_desc_ARLOCK   = 1'b0;
  assign m_axi_desc_ARCACHE  = 4'b0011;
  assign m_axi_desc_ARPROT   = 3'b000;
  assign m_axi_desc_ARQOS    = 4'd0;
  assign m_axi_desc_ARREGION = 4'd0;

  assign m_axi_data_AWID     = 1'b0;
  assign m_axi_data_AWSIZE   = 3'd6;
  assign m_axi_data_AWBURST  = 2'b01;
  assign m_axi_data_AWLOCK   = 1'b0;
  assign m_axi_data_AWCACHE  = 4'b0011;
  assign m_axi_data_AWPROT   = 3'b000;
  assign m_axi_data_AWQOS    = 4'd0;
  assign m_axi_data_AWREGION = 4'd0;
  assign m_axi_data_ARID     = 1'b0;
  assign m_axi_data_ARSIZE   = 3'd6;
  assign m_axi_data_ARBURST  = 2'b01;
  assign m_axi_data_ARLOCK   = 1'b0;
  assign m_axi_data_ARCACHE  = 4'b0011;
  assign m_axi_data_ARPROT   = 3'b000;
  assign m_axi_data_ARQOS    = 4'd0;
  assign m_axi_data_ARREGION = 4'd0;

  // ------------------------------------------------------------------------------------------------------------------
  // Registers
  logic        run_start;
  logic [57:0] run_desc;
  logic [57:0] run_in;
  logic [57:0] run_out;
  logic [57:0] run_cpl;
  logic [12:0] run_count;
  logic        run_done;
  logic        completed;
  logic [4:0]  completed_status;
  logic        in_beat;
  logic        out_beat;
  logic        fetch_error;
  logic        read_error;
  logic        write_error;

  xesp_ctrl #(
      .DIRECTION(DIRECTION)
  ) ctrl (
      .ap_clk,
      .ap_rst_n,
      .AWADDR     (s_axi_control_AWADDR),
      .AWVALID    (s_axi_control_AWVALID),
      .AWREADY    (s_axi_control_AWREADY),
      .WDATA      (s_axi_control_WDATA),
      .WSTRB      (s_axi_control_WSTRB),
      .WVALID     (s_axi_control_WVALID),
      .WREADY     (s_axi_control_WREADY),
      .BRESP      (s_axi_control_BRESP),
      .BVALID     (s_axi_control_BVALID),
      .BREADY     (s_axi_control_BREADY),
      .ARADDR     (s_axi_control_ARADDR),
      .ARVALID    (s_axi_control_ARVALID),
      .ARREADY    (s_axi_control_ARREADY),
      .RDATA      (s_axi_control_RDATA),
      .RRESP      (s_axi_control_RRESP),
      .RVALID     (s_axi_control_RVALID),
      .RREADY     (s_axi_control_RREADY),
      .run_start,
      .run_desc,
      .run_in,
      .run_out,
      .run_cpl,
      .run_count,
      .run_done,
      .completed,
      .completed_status,
      .in_beat,
      .out_beat,
      .read_error (fetch_error || read_error),
      .write_error
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Descriptors
  logic [511:0] fetched_TDATA;
  logic         fetched_TVALID;
  logic         fetched_TREADY;

  xesp_desc_fetch fetch (
      .ap_clk,
      .ap_rst_n,
      .start      (run_start),
      .start_addr (run_desc),
      .start_count(run_count),
      .ARADDR     (m_axi_desc_ARADDR),
      .ARLEN      (m_axi_desc_ARLEN),
      .ARVALID    (m_axi_desc_ARVALID),
      .ARREADY    (m_axi_desc_ARREADY),
      .RDATA      (m_axi_desc_RDATA),
      .RRESP      (m_axi_desc_RRESP),
      .RVALID     (m_axi_desc_RVALID),
      .RREADY     (m_axi_desc_RREADY),
      .m_TDATA    (fetched_TDATA),
      .m_TVALID   (fetched_TVALID),
      .m_TREADY   (fetched_TREADY),
      .error      (fetch_error)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Packets in
  logic [57:0] place_s_addr;
  logic [31:0] place_s_cap;
  logic [63:0] place_s_cookie;
  logic        place_s_valid;
  logic        place_s_ready;

  xesp_pkt_read read (
      .ap_clk,
      .ap_rst_n,
      .in_base     (run_in),
      .out_base    (run_out),
      .s_TDATA     (fetched_TDATA),
      .s_TVALID    (fetched_TVALID),
      .s_TREADY    (fetched_TREADY),
      .ARADDR      (m_axi_data_ARADDR),
      .ARLEN       (m_axi_data_ARLEN),
      .ARVALID     (m_axi_data_ARVALID),
      .ARREADY     (m_axi_data_ARREADY),
      .RDATA       (m_axi_data_RDATA),
      .RRESP       (m_axi_data_RRESP),
      .RVALID      (m_axi_data_RVALID),
      .RREADY      (m_axi_data_RREADY),
      .desc_TDATA,
      .desc_TVALID,
      .desc_TREADY,
      .pkt_TDATA,
      .pkt_TVALID,
      .pkt_TREADY,
      .place_addr  (place_s_addr),
      .place_cap   (place_s_cap),
      .place_cookie(place_s_cookie),
      .place_valid (place_s_valid),
      .place_ready (place_s_ready),
      .beat        (in_beat),
      .error       (read_error)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Where each result goes, for the descriptors that are in the path: its depth is their greatest number.
  logic [57:0] place_addr;
  logic [31:0] place_cap;
  logic [63:0] place_cookie;
  logic        place_valid;
  logic        place_ready;

  /* verilator lint_off PINCONNECTEMPTY */
  xesp_fifo #(
      .WIDTH(58 + 32 + 64),
      .DEPTH(MAX_IN_FLIGHT),
      .STYLE("block")
  ) places (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA ({place_s_addr, place_s_cap, place_s_cookie}),
      .s_TVALID(place_s_valid),
      .s_TREADY(place_s_ready),
      .m_TDATA ({place_addr, place_cap, place_cookie}),
      .m_TVALID(place_valid),
      .m_TREADY(place_ready),
      .count   ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

  // ------------------------------------------------------------------------------------------------------------------
  // Results and completions out
  xesp_pkt_write write (
      .ap_clk,
      .ap_rst_n,
      .start         (run_start),
      .start_cpl_addr(run_cpl),
      .start_count   (run_count),
      .done          (run_done),
      .place_addr,
      .place_cap,
      .place_cookie,
      .place_valid,
      .place_ready,
      .cpl_TDATA,
      .cpl_TVALID,
      .cpl_TREADY,
      .out_TDATA,
      .out_TVALID,
      .out_TREADY,
      .data_AWADDR   (m_axi_data_AWADDR),
      .data_AWLEN    (m_axi_data_AWLEN),
      .data_AWVALID  (m_axi_data_AWVALID),
      .data_AWREADY  (m_axi_data_AWREADY),
      .data_WDATA    (m_axi_data_WDATA),
      .data_WSTRB    (m_axi_data_WSTRB),
      .data_WLAST    (m_axi_data_WLAST),
      .data_WVALID   (m_axi_data_WVALID),
      .data_WREADY   (m_axi_data_WREADY),
      .data_BRESP    (m_axi_data_BRESP),
      .data_BVALID   (m_axi_data_BVALID),
      .data_BREADY   (m_axi_data_BREADY),
      .desc_AWADDR   (m_axi_desc_AWADDR),
      .desc_AWLEN    (m_axi_desc_AWLEN),
      .desc_AWVALID  (m_axi_desc_AWVALID),
      .desc_AWREADY  (m_axi_desc_AWREADY),
      .desc_WDATA    (m_axi_desc_WDATA),
      .desc_WSTRB    (m_axi_desc_WSTRB),
      .desc_WLAST    (m_axi_desc_WLAST),
      .desc_WVALID   (m_axi_desc_WVALID),
      .desc_WREADY   (m_axi_desc_WREADY),
      .desc_BRESP    (m_axi_desc_BRESP),
      .desc_BVALID   (m_axi_desc_BVALID),
      .desc_BREADY   (m_axi_desc_BREADY),
      .completed,
      .completed_status,
      .beat          (out_beat),
      .error         (write_error)
  );

  // One ID and counted beats: neither is looked at.
  logic unused;
  assign unused = &{1'b0, m_axi_desc_RID, m_axi_desc_RLAST, m_axi_desc_BID,
                    m_axi_data_RID, m_axi_data_RLAST, m_axi_data_BID};
endmodule
