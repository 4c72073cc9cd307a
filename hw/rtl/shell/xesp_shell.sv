// SPDX-License-Identifier: Apache-2.0
//
// Shell of one compute unit: registers, descriptor fetch, packet read, packet write. The path between (hls/kernels)
// sees four streams only, of each of its LANES:
//   desc  one descriptor each                     -> path
//   pkt   the beats of its packet, if it has any  -> path
//   out   the beats of the result, if any         <- path
//   cpl   one completion a descriptor, in order   <- path
// and, with several lanes, one that tells the lane of each descriptor of the run:
//   order                                         -> path
// Each lane has a master of its own for packets: master i is slice i of the signals of m_axi_data. Descriptors are dealt
// out and completions put in order again by xesp_dispatch and xesp_merge.
//
// With more than two lanes all that they share takes two descriptors a clock, a PAIR (hls/kernels/pair.h): beats of
// m_axi_desc have two descriptors or completions, and a word of `order` tells of two (xesp_pair_dispatch).
module xesp_shell #(
    parameter logic DIRECTION = 1'b0,    // 0 outbound, 1 inbound
    parameter int unsigned LANES = 1,    // engines: 1, 2, 4
    localparam bit PAIR = LANES > 2,
    localparam int unsigned LANE_W = LANES > 1 ? $clog2(LANES) : 1,
    localparam int unsigned ORDER_W = PAIR ? 2 * LANE_W + 2 : LANE_W
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

    // m_axi_data: LANES AXI4 masters, packets
    output logic [64*LANES-1:0]    m_axi_data_AWADDR,
    output logic [LANES-1:0]       m_axi_data_AWID,
    output logic [8*LANES-1:0]     m_axi_data_AWLEN,
    output logic [3*LANES-1:0]     m_axi_data_AWSIZE,
    output logic [2*LANES-1:0]     m_axi_data_AWBURST,
    output logic [LANES-1:0]       m_axi_data_AWLOCK,
    output logic [4*LANES-1:0]     m_axi_data_AWCACHE,
    output logic [3*LANES-1:0]     m_axi_data_AWPROT,
    output logic [4*LANES-1:0]     m_axi_data_AWQOS,
    output logic [4*LANES-1:0]     m_axi_data_AWREGION,
    output logic [LANES-1:0]       m_axi_data_AWVALID,
    input  logic [LANES-1:0]       m_axi_data_AWREADY,
    output logic [512*LANES-1:0]   m_axi_data_WDATA,
    output logic [64*LANES-1:0]    m_axi_data_WSTRB,
    output logic [LANES-1:0]       m_axi_data_WLAST,
    output logic [LANES-1:0]       m_axi_data_WVALID,
    input  logic [LANES-1:0]       m_axi_data_WREADY,
    input  logic [LANES-1:0]       m_axi_data_BID,
    input  logic [2*LANES-1:0]     m_axi_data_BRESP,
    input  logic [LANES-1:0]       m_axi_data_BVALID,
    output logic [LANES-1:0]       m_axi_data_BREADY,
    output logic [64*LANES-1:0]    m_axi_data_ARADDR,
    output logic [LANES-1:0]       m_axi_data_ARID,
    output logic [8*LANES-1:0]     m_axi_data_ARLEN,
    output logic [3*LANES-1:0]     m_axi_data_ARSIZE,
    output logic [2*LANES-1:0]     m_axi_data_ARBURST,
    output logic [LANES-1:0]       m_axi_data_ARLOCK,
    output logic [4*LANES-1:0]     m_axi_data_ARCACHE,
    output logic [3*LANES-1:0]     m_axi_data_ARPROT,
    output logic [4*LANES-1:0]     m_axi_data_ARQOS,
    output logic [4*LANES-1:0]     m_axi_data_ARREGION,
    output logic [LANES-1:0]       m_axi_data_ARVALID,
    input  logic [LANES-1:0]       m_axi_data_ARREADY,
    input  logic [LANES-1:0]       m_axi_data_RID,
    input  logic [512*LANES-1:0]   m_axi_data_RDATA,
    input  logic [2*LANES-1:0]     m_axi_data_RRESP,
    input  logic [LANES-1:0]       m_axi_data_RLAST,
    input  logic [LANES-1:0]       m_axi_data_RVALID,
    output logic [LANES-1:0]       m_axi_data_RREADY,

    // To the path
    output logic [LANES-1:0][511:0] desc_TDATA,
    output logic [LANES-1:0]        desc_TVALID,
    input  logic [LANES-1:0]        desc_TREADY,
    output logic [LANES-1:0][519:0] pkt_TDATA,   // {7'b0, last, data}
    output logic [LANES-1:0]        pkt_TVALID,
    input  logic [LANES-1:0]        pkt_TREADY,
    output logic [ORDER_W-1:0]      order_TDATA,
    output logic                    order_TVALID,
    input  logic                    order_TREADY,

    // From the path
    input  logic [LANES-1:0][519:0] out_TDATA,   // {7'b0, last, data}
    input  logic [LANES-1:0]        out_TVALID,
    output logic [LANES-1:0]        out_TREADY,
    input  logic [LANES-1:0][511:0] cpl_TDATA,
    input  logic [LANES-1:0]        cpl_TVALID,
    output logic [LANES-1:0]        cpl_TREADY
);
  import xesp_abi_pkg::*;

  // ------------------------------------------------------------------------------------------------------------------
  // What never changes on the masters: one ID; whole beats; INCR bursts; normal, non-cacheable, bufferable memory
  // (AXI4 A4.4); data, unprivileged, secure as the vendor's kernels do.
  assign m_axi_desc_AWID     = 1'b0;
  assign m_axi_desc_AWSIZE   = PAIR ? 3'd7 : 3'd6;
  assign m_axi_desc_AWBURST  = 2'b01;
  assign m_axi_desc_AWLOCK   = 1'b0;
  assign m_axi_desc_AWCACHE  = 4'b0011;
  assign m_axi_desc_AWPROT   = 3'b000;
  assign m_axi_desc_AWQOS    = 4'd0;
  assign m_axi_desc_AWREGION = 4'd0;
  assign m_axi_desc_ARID     = 1'b0;
  assign m_axi_desc_ARSIZE   = PAIR ? 3'd7 : 3'd6;
  assign m_axi_desc_ARBURST  = 2'b01;
  assign m_axi_desc_ARLOCK   = 1'b0;
  assign m_axi_desc_ARCACHE  = 4'b0011;
  assign m_axi_desc_ARPROT   = 3'b000;
  assign m_axi_desc_ARQOS    = 4'd0;
  assign m_axi_desc_ARREGION = 4'd0;

  assign m_axi_data_AWID     = '0;
  assign m_axi_data_AWSIZE   = {LANES{3'd6}};
  assign m_axi_data_AWBURST  = {LANES{2'b01}};
  assign m_axi_data_AWLOCK   = '0;
  assign m_axi_data_AWCACHE  = {LANES{4'b0011}};
  assign m_axi_data_AWPROT   = '0;
  assign m_axi_data_AWQOS    = '0;
  assign m_axi_data_AWREGION = '0;
  assign m_axi_data_ARID     = '0;
  assign m_axi_data_ARSIZE   = {LANES{3'd6}};
  assign m_axi_data_ARBURST  = {LANES{2'b01}};
  assign m_axi_data_ARLOCK   = '0;
  assign m_axi_data_ARCACHE  = {LANES{4'b0011}};
  assign m_axi_data_ARPROT   = '0;
  assign m_axi_data_ARQOS    = '0;
  assign m_axi_data_ARREGION = '0;

  // ------------------------------------------------------------------------------------------------------------------
  // Registers
  localparam int unsigned WORDS = PAIR ? 2 : 1;  // descriptors a clock

  logic        run_start;
  logic [57:0] run_desc;
  logic [57:0] run_in;
  logic [57:0] run_out;
  logic [57:0] run_cpl;
  logic [12:0] run_count;
  logic        run_done;
  logic        fetch_error;
  logic        cpl_error;

  // Of each descriptor of a clock
  logic [WORDS-1:0]      completed;
  logic [WORDS-1:0][4:0] completed_status;

  // Of each lane
  logic [LANES-1:0] in_beat;
  logic [LANES-1:0] out_beat;
  logic [LANES-1:0] read_error;
  logic [LANES-1:0] write_error;
  logic [LANES-1:0] write_idle;

  xesp_ctrl #(
      .DIRECTION(DIRECTION),
      .WORDS    (WORDS)
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
      .in_beat    (3'($countones(in_beat))),
      .out_beat   (3'($countones(out_beat))),
      .read_error (fetch_error || read_error != 0),
      .write_error(cpl_error || write_error != 0)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Descriptors, to the lanes
  localparam int unsigned EXTRA = DIRECTION ? 0 : 50;  // what ESP in tunnel mode adds to a packet, roughly

  logic [LANES-1:0][511:0] dealt_TDATA;
  logic [LANES-1:0]        dealt_TVALID;
  logic [LANES-1:0]        dealt_TREADY;
  logic [ORDER_W-1:0]      lane_TDATA;
  logic                    lane_TVALID;
  logic                    lane_TREADY;

  if (PAIR) begin : g_pair_in
    logic [1031:0] fetched_TDATA;
    logic          fetched_TVALID;
    logic          fetched_TREADY;

    xesp_pair_fetch fetch (
        .ap_clk,
        .ap_rst_n,
        .start      (run_start),
        .start_addr (run_desc[57:1]),
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

    xesp_pair_dispatch #(
        .LANES(LANES),
        .EXTRA(EXTRA)
    ) dispatch (
        .ap_clk,
        .ap_rst_n,
        .start       (run_start),
        .start_count (run_count),
        .s_TDATA     (fetched_TDATA),
        .s_TVALID    (fetched_TVALID),
        .s_TREADY    (fetched_TREADY),
        .m_TDATA     (dealt_TDATA),
        .m_TVALID    (dealt_TVALID),
        .m_TREADY    (dealt_TREADY),
        .order_TDATA (lane_TDATA),
        .order_TVALID(lane_TVALID),
        .order_TREADY(lane_TREADY)
    );
  end else begin : g_in
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

    xesp_dispatch #(
        .LANES(LANES),
        .EXTRA(EXTRA)
    ) dispatch (
        .ap_clk,
        .ap_rst_n,
        .start       (run_start),
        .start_count (run_count),
        .s_TDATA     (fetched_TDATA),
        .s_TVALID    (fetched_TVALID),
        .s_TREADY    (fetched_TREADY),
        .m_TDATA     (dealt_TDATA),
        .m_TVALID    (dealt_TVALID),
        .m_TREADY    (dealt_TREADY),
        .order_TDATA (lane_TDATA),
        .order_TVALID(lane_TVALID),
        .order_TREADY(lane_TREADY)
    );
  end

  // The order, for the path and for the completions
  logic [ORDER_W-1:0] cpl_order_TDATA;
  logic               cpl_order_TVALID;
  logic               cpl_order_TREADY;

  xesp_fork #(
      .COPIES(2),
      .WIDTH (ORDER_W),
      .DEPTH (MAX_IN_FLIGHT / WORDS)
  ) orders (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (lane_TDATA),
      .s_TVALID(lane_TVALID),
      .s_TREADY(lane_TREADY),
      .m_TDATA ({cpl_order_TDATA, order_TDATA}),
      .m_TVALID({cpl_order_TVALID, order_TVALID}),
      .m_TREADY({cpl_order_TREADY, order_TREADY})
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Lanes. Completions wait here for those of other lanes that are before them.
  logic [LANES-1:0][511:0] done_TDATA;
  logic [LANES-1:0]        done_TVALID;
  logic [LANES-1:0]        done_TREADY;

  for (genvar i = 0; i < LANES; ++i) begin : g_lane
    logic [57:0]  place_s_addr;
    logic [31:0]  place_s_cap;
    logic [63:0]  place_s_cookie;
    logic         place_s_valid;
    logic         place_s_ready;
    logic [57:0]  place_addr;
    logic [31:0]  place_cap;
    logic [63:0]  place_cookie;
    logic         place_valid;
    logic         place_ready;
    logic [511:0] written_TDATA;
    logic         written_TVALID;
    logic         written_TREADY;
    logic         writer_idle;

    xesp_pkt_read #(
        .IN_FLIGHT(MAX_IN_FLIGHT / LANES),
        .TAILS    (DIRECTION)
    ) read (
        .ap_clk,
        .ap_rst_n,
        .in_base     (run_in),
        .out_base    (run_out),
        .s_TDATA     (dealt_TDATA[i]),
        .s_TVALID    (dealt_TVALID[i]),
        .s_TREADY    (dealt_TREADY[i]),
        .ARADDR      (m_axi_data_ARADDR[64*i+:64]),
        .ARLEN       (m_axi_data_ARLEN[8*i+:8]),
        .ARVALID     (m_axi_data_ARVALID[i]),
        .ARREADY     (m_axi_data_ARREADY[i]),
        .RDATA       (m_axi_data_RDATA[512*i+:512]),
        .RRESP       (m_axi_data_RRESP[2*i+:2]),
        .RVALID      (m_axi_data_RVALID[i]),
        .RREADY      (m_axi_data_RREADY[i]),
        .desc_TDATA  (desc_TDATA[i]),
        .desc_TVALID (desc_TVALID[i]),
        .desc_TREADY (desc_TREADY[i]),
        .pkt_TDATA   (pkt_TDATA[i]),
        .pkt_TVALID  (pkt_TVALID[i]),
        .pkt_TREADY  (pkt_TREADY[i]),
        .place_addr  (place_s_addr),
        .place_cap   (place_s_cap),
        .place_cookie(place_s_cookie),
        .place_valid (place_s_valid),
        .place_ready (place_s_ready),
        .beat        (in_beat[i]),
        .error       (read_error[i])
    );

    // Where each result goes, for the descriptors that are in the path: the lanes' depths are their greatest number.
    /* verilator lint_off PINCONNECTEMPTY */
    xesp_fifo #(
        .WIDTH(58 + 32 + 64),
        .DEPTH(MAX_IN_FLIGHT / LANES),
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

    xesp_pkt_write write (
        .ap_clk,
        .ap_rst_n,
        .place_addr,
        .place_cap,
        .place_cookie,
        .place_valid,
        .place_ready,
        .cpl_TDATA   (cpl_TDATA[i]),
        .cpl_TVALID  (cpl_TVALID[i]),
        .cpl_TREADY  (cpl_TREADY[i]),
        .out_TDATA   (out_TDATA[i]),
        .out_TVALID  (out_TVALID[i]),
        .out_TREADY  (out_TREADY[i]),
        .data_AWADDR (m_axi_data_AWADDR[64*i+:64]),
        .data_AWLEN  (m_axi_data_AWLEN[8*i+:8]),
        .data_AWVALID(m_axi_data_AWVALID[i]),
        .data_AWREADY(m_axi_data_AWREADY[i]),
        .data_WDATA  (m_axi_data_WDATA[512*i+:512]),
        .data_WSTRB  (m_axi_data_WSTRB[64*i+:64]),
        .data_WLAST  (m_axi_data_WLAST[i]),
        .data_WVALID (m_axi_data_WVALID[i]),
        .data_WREADY (m_axi_data_WREADY[i]),
        .data_BRESP  (m_axi_data_BRESP[2*i+:2]),
        .data_BVALID (m_axi_data_BVALID[i]),
        .data_BREADY (m_axi_data_BREADY[i]),
        .m_TDATA     (written_TDATA),
        .m_TVALID    (written_TVALID),
        .m_TREADY    (written_TREADY),
        .idle        (writer_idle),
        .beat        (out_beat[i]),
        .error       (write_error[i])
    );
    assign write_idle[i] = writer_idle;

    if (LANES == 1) begin : g_wire
      assign done_TDATA[i]  = written_TDATA;
      assign done_TVALID[i] = written_TVALID;
      assign written_TREADY = done_TREADY[i];
    end else begin : g_queue
      /* verilator lint_off PINCONNECTEMPTY */
      xesp_fifo #(
          .WIDTH(512),
          .DEPTH(MAX_IN_FLIGHT / LANES),
          .STYLE("block")
      ) waiting (
          .ap_clk,
          .ap_rst_n,
          .s_TDATA (written_TDATA),
          .s_TVALID(written_TVALID),
          .s_TREADY(written_TREADY),
          .m_TDATA (done_TDATA[i]),
          .m_TVALID(done_TVALID[i]),
          .m_TREADY(done_TREADY[i]),
          .count   ()
      );
      /* verilator lint_on PINCONNECTEMPTY */
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Completions, in the order of the descriptors
  localparam int unsigned MERGED_W = PAIR ? 2 * 512 + 8 : 512;
  localparam int unsigned CPLS_W = PAIR ? 2 * 512 + 1 : 512;

  logic [ORDER_W-1:0]  merge_order;
  logic [MERGED_W-1:0] merged;
  logic [CPLS_W-1:0]   cpls_TDATA;
  logic                cpls_TVALID;
  logic                cpls_TREADY;
  logic                cpl_idle;

  xesp_merge #(
      .LANES(LANES),
      .WIDTH(512)
  ) merge (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (merge_order),
      .order_TVALID(cpl_order_TVALID),
      .order_TREADY(cpl_order_TREADY),
      .s_TDATA     (done_TDATA),
      .s_TVALID    (done_TVALID),
      .s_TREADY    (done_TREADY),
      .m_TDATA     (merged),
      .m_TVALID    (cpls_TVALID),
      .m_TREADY    (cpls_TREADY)
  );

  if (PAIR) begin : g_pair_out
    // A completion is one word, whatever its descriptor: two of a pair always go together.
    assign merge_order = {cpl_order_TDATA[ORDER_W-2], cpl_order_TDATA[ORDER_W-2:0]};
    assign cpls_TDATA  = {merged[1025], merged[1023:0]};
    assign completed   = cpls_TVALID && cpls_TREADY ? {merged[1025], 1'b1} : '0;

    logic unused_order;
    assign unused_order = &{1'b0, cpl_order_TDATA[ORDER_W-1], merged[1031:1026], merged[1024], run_desc[0], run_cpl[0]};
  end else begin : g_out
    assign merge_order = cpl_order_TDATA;
    assign cpls_TDATA  = merged;
    assign completed   = cpls_TVALID && cpls_TREADY;
  end

  for (genvar i = 0; i < WORDS; ++i) begin : g_status
    assign completed_status[i] = cpls_TDATA[512*i+COMPLETION_STATUS_LSB+:5];
`ifndef SYNTHESIS
    // Reasons above 31 have no counter (the ABI has none either).
    a_status :
    assert property (@(posedge ap_clk) disable iff (!ap_rst_n)
                     completed[i] |-> cpls_TDATA[512*i+COMPLETION_STATUS_LSB+5+:3] == 0);
`endif
  end

  xesp_cpl_write #(
      .WORDS(WORDS)
  ) completions (
      .ap_clk,
      .ap_rst_n,
      .start     (run_start),
      .start_addr(run_cpl[57:WORDS-1]),
      .s_TDATA   (cpls_TDATA),
      .s_TVALID  (cpls_TVALID),
      .s_TREADY  (cpls_TREADY),
      .AWADDR    (m_axi_desc_AWADDR),
      .AWLEN     (m_axi_desc_AWLEN),
      .AWVALID   (m_axi_desc_AWVALID),
      .AWREADY   (m_axi_desc_AWREADY),
      .WDATA     (m_axi_desc_WDATA),
      .WSTRB     (m_axi_desc_WSTRB),
      .WLAST     (m_axi_desc_WLAST),
      .WVALID    (m_axi_desc_WVALID),
      .WREADY    (m_axi_desc_WREADY),
      .BRESP     (m_axi_desc_BRESP),
      .BVALID    (m_axi_desc_BVALID),
      .BREADY    (m_axi_desc_BREADY),
      .idle      (cpl_idle),
      .error     (cpl_error)
  );

  xesp_run_end run_end (
      .ap_clk,
      .ap_rst_n,
      .start      (run_start),
      .start_count(run_count),
      .done       (run_done),
      .completed  (2'($countones(completed))),
      .idle       (cpl_idle && write_idle == '1)
  );

  // One ID and counted beats: neither is looked at.
  logic unused;
  assign unused = &{1'b0, m_axi_desc_RID, m_axi_desc_RLAST, m_axi_desc_BID,
                    m_axi_data_RID, m_axi_data_RLAST, m_axi_data_BID};

`ifndef SYNTHESIS
  initial if (LANES != 1 && LANES != 2 && LANES != 4) $fatal(1, "%m: LANES is 1, 2 or 4");
`endif
endmodule
