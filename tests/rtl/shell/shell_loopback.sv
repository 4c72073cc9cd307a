// SPDX-License-Identifier: Apache-2.0
//
// Top of the shell's tests: a shell with a loopback path for each of its lanes.
module shell_loopback #(
    parameter int unsigned LANES = 1,
    localparam bit PAIR = LANES > 2
) (
    input  logic         ap_clk,
    input  logic         ap_rst_n,

    // Random back-pressure of each lane's path
    input  logic [LANES-1:0] stall,

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
    output logic [(512<<PAIR)-1:0] m_axi_desc_WDATA,
    output logic [(64<<PAIR)-1:0]  m_axi_desc_WSTRB,
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
    input  logic [(512<<PAIR)-1:0] m_axi_desc_RDATA,
    input  logic [1:0]   m_axi_desc_RRESP,
    input  logic         m_axi_desc_RLAST,
    input  logic         m_axi_desc_RVALID,
    output logic         m_axi_desc_RREADY,

    output logic [64*LANES-1:0]  m_axi_data_AWADDR,
    output logic [LANES-1:0]     m_axi_data_AWID,
    output logic [8*LANES-1:0]   m_axi_data_AWLEN,
    output logic [3*LANES-1:0]   m_axi_data_AWSIZE,
    output logic [2*LANES-1:0]   m_axi_data_AWBURST,
    output logic [LANES-1:0]     m_axi_data_AWLOCK,
    output logic [4*LANES-1:0]   m_axi_data_AWCACHE,
    output logic [3*LANES-1:0]   m_axi_data_AWPROT,
    output logic [4*LANES-1:0]   m_axi_data_AWQOS,
    output logic [4*LANES-1:0]   m_axi_data_AWREGION,
    output logic [LANES-1:0]     m_axi_data_AWVALID,
    input  logic [LANES-1:0]     m_axi_data_AWREADY,
    output logic [512*LANES-1:0] m_axi_data_WDATA,
    output logic [64*LANES-1:0]  m_axi_data_WSTRB,
    output logic [LANES-1:0]     m_axi_data_WLAST,
    output logic [LANES-1:0]     m_axi_data_WVALID,
    input  logic [LANES-1:0]     m_axi_data_WREADY,
    input  logic [LANES-1:0]     m_axi_data_BID,
    input  logic [2*LANES-1:0]   m_axi_data_BRESP,
    input  logic [LANES-1:0]     m_axi_data_BVALID,
    output logic [LANES-1:0]     m_axi_data_BREADY,
    output logic [64*LANES-1:0]  m_axi_data_ARADDR,
    output logic [LANES-1:0]     m_axi_data_ARID,
    output logic [8*LANES-1:0]   m_axi_data_ARLEN,
    output logic [3*LANES-1:0]   m_axi_data_ARSIZE,
    output logic [2*LANES-1:0]   m_axi_data_ARBURST,
    output logic [LANES-1:0]     m_axi_data_ARLOCK,
    output logic [4*LANES-1:0]   m_axi_data_ARCACHE,
    output logic [3*LANES-1:0]   m_axi_data_ARPROT,
    output logic [4*LANES-1:0]   m_axi_data_ARQOS,
    output logic [4*LANES-1:0]   m_axi_data_ARREGION,
    output logic [LANES-1:0]     m_axi_data_ARVALID,
    input  logic [LANES-1:0]     m_axi_data_ARREADY,
    input  logic [LANES-1:0]     m_axi_data_RID,
    input  logic [512*LANES-1:0] m_axi_data_RDATA,
    input  logic [2*LANES-1:0]   m_axi_data_RRESP,
    input  logic [LANES-1:0]     m_axi_data_RLAST,
    input  logic [LANES-1:0]     m_axi_data_RVALID,
    output logic [LANES-1:0]     m_axi_data_RREADY
);
  localparam int unsigned LANE_W  = LANES > 1 ? $clog2(LANES) : 1;
  localparam int unsigned ORDER_W = PAIR ? 2 * LANE_W + 2 : LANE_W;

  logic [LANES-1:0][511:0] desc_TDATA;
  logic [LANES-1:0]        desc_TVALID;
  logic [LANES-1:0]        desc_TREADY;
  logic [LANES-1:0][519:0] pkt_TDATA;
  logic [LANES-1:0]        pkt_TVALID;
  logic [LANES-1:0]        pkt_TREADY;
  logic [ORDER_W-1:0]      order_TDATA;
  logic                    order_TVALID;
  logic                    order_TREADY;
  logic [LANES-1:0][519:0] out_TDATA;
  logic [LANES-1:0]        out_TVALID;
  logic [LANES-1:0]        out_TREADY;
  logic [LANES-1:0][511:0] cpl_TDATA;
  logic [LANES-1:0]        cpl_TVALID;
  logic [LANES-1:0]        cpl_TREADY;

  // Equal names on both sides.
  xesp_shell #(
      .DIRECTION(1'b1),
      .LANES    (LANES)
  ) shell (
      .*
  );

  // The lanes share nothing here, so the path has no use for their order.
  logic [LANES-1:0] ignored;
  for (genvar i = 0; i < LANES; ++i) begin : g_lane
    loopback_path path (
        .ap_clk,
        .ap_rst_n,
        .stall       (stall[i]),
        .desc_TDATA  (desc_TDATA[i]),
        .desc_TVALID (desc_TVALID[i]),
        .desc_TREADY (desc_TREADY[i]),
        .pkt_TDATA   (pkt_TDATA[i]),
        .pkt_TVALID  (pkt_TVALID[i]),
        .pkt_TREADY  (pkt_TREADY[i]),
        .order_TDATA (1'b0),
        .order_TVALID(1'b0),
        .order_TREADY(ignored[i]),
        .out_TDATA   (out_TDATA[i]),
        .out_TVALID  (out_TVALID[i]),
        .out_TREADY  (out_TREADY[i]),
        .cpl_TDATA   (cpl_TDATA[i]),
        .cpl_TVALID  (cpl_TVALID[i]),
        .cpl_TREADY  (cpl_TREADY[i])
    );
  end
  assign order_TREADY = 1'b1;

  logic unused;
  assign unused = &{1'b0, order_TDATA, order_TVALID, ignored};
endmodule
