// SPDX-License-Identifier: Apache-2.0
//
// The outbound path: kernels of hls/kernels joined by streams.
//
//   of each lane          shared          of each lane
//   desc, pkt -> parse -> req --> out_sa -> enc, key, hp, hdr -> ... -> out, cpl
//
// All that knows an SA is in out_sa, which the lanes share: their requests are merged in the order of the descriptors,
// and what the SA says goes to the lanes in that order.
module xesp_out_path
  import xesp_streams_pkg::*;
#(
    parameter int unsigned LANES    = 1,  // engines: 1, 2, 4
    localparam int unsigned LANE_W  = LANES > 1 ? $clog2(LANES) : 1,
    localparam int unsigned ORDER_W = LANES > 2 ? 2 * LANE_W + 2 : LANE_W  // xesp_dispatch, xesp_pair_dispatch
) (
    input  logic                  ap_clk,
    input  logic                  ap_rst_n,  // synchronous, active low

    // From the shell
    input  logic [LANES-1:0][DESC_BITS-1:0] desc_TDATA,
    input  logic [LANES-1:0]                desc_TVALID,
    output logic [LANES-1:0]                desc_TREADY,
    input  logic [LANES-1:0][PKT_BITS-1:0]  pkt_TDATA,
    input  logic [LANES-1:0]                pkt_TVALID,
    output logic [LANES-1:0]                pkt_TREADY,
    input  logic [ORDER_W-1:0]              order_TDATA,  // the lane of each descriptor; nothing with one lane
    input  logic                            order_TVALID,
    output logic                            order_TREADY,

    // To the shell
    output logic [LANES-1:0][OUT_BITS-1:0] out_TDATA,
    output logic [LANES-1:0]               out_TVALID,
    input  logic [LANES-1:0]               out_TREADY,
    output logic [LANES-1:0][CPL_BITS-1:0] cpl_TDATA,
    output logic [LANES-1:0]               cpl_TVALID,
    input  logic [LANES-1:0]               cpl_TREADY
);
  // ------------------------------------------------------------------------------------------------------------------
  // Streams of the lanes
  logic [LANES-1:0][REQ_BITS-1:0] req_TDATA;
  logic [LANES-1:0]               req_TVALID;
  logic [LANES-1:0]               req_TREADY;
  logic [LANES-1:0][ENC_BITS-1:0] enc_TDATA;
  logic [LANES-1:0]               enc_TVALID;
  logic [LANES-1:0]               enc_TREADY;
  logic [LANES-1:0][KEY_BITS-1:0] key_TDATA;
  logic [LANES-1:0]               key_TVALID;
  logic [LANES-1:0]               key_TREADY;
  logic [LANES-1:0][HP_BITS-1:0]  hp_TDATA;
  logic [LANES-1:0]               hp_TVALID;
  logic [LANES-1:0]               hp_TREADY;
  logic [LANES-1:0][HDR_BITS-1:0] hdr_TDATA;
  logic [LANES-1:0]               hdr_TVALID;
  logic [LANES-1:0]               hdr_TREADY;

  // What they share takes two descriptors a clock where there are more than two lanes, in pair words
  // (hls/kernels/pair.h).
  localparam bit PAIR = LANES > 2;
  localparam int unsigned REQ_W = PAIR ? 2 * REQ_BITS + 8 : REQ_BITS;
  localparam int unsigned ENC_W = PAIR ? 2 * ENC_BITS + 8 : ENC_BITS;
  localparam int unsigned KEY_W = PAIR ? 2 * KEY_BITS + 8 : KEY_BITS;
  localparam int unsigned HP_W  = PAIR ? 2 * HP_BITS + 8 : HP_BITS;
  localparam int unsigned HDR_W = PAIR ? 2 * HDR_BITS + 8 : HDR_BITS;

  // Streams of what they share: NAME_m behind a merge, NAME_s before a split, NAME_q behind a queue
  logic [REQ_W-1:0]               req_m_TDATA;
  logic                           req_m_TVALID;
  logic                           req_m_TREADY;
  logic [ENC_W-1:0]               enc_s_TDATA;
  logic                           enc_s_TVALID;
  logic                           enc_s_TREADY;
  logic [KEY_W-1:0]               key_s_TDATA;
  logic                           key_s_TVALID;
  logic                           key_s_TREADY;
  logic [HP_W-1:0]                hp_s_TDATA;
  logic                           hp_s_TVALID;
  logic                           hp_s_TREADY;
  logic [HDR_W-1:0]               hdr_s_TDATA;
  logic                           hdr_s_TVALID;
  logic                           hdr_s_TREADY;

  // The order, once for each place where lanes join or part
  localparam int unsigned OF_REQ = 0;
  localparam int unsigned OF_ENC = 1;
  localparam int unsigned OF_KEY = 2;
  localparam int unsigned OF_HP = 3;
  localparam int unsigned OF_HDR = 4;
  localparam int unsigned ORDERS = 5;
  logic [ORDERS-1:0][ORDER_W-1:0] of_TDATA;
  logic [ORDERS-1:0]              of_TVALID;
  logic [ORDERS-1:0]              of_TREADY;

  xesp_fork #(
      .COPIES(ORDERS),
      .WIDTH (ORDER_W),
      .DEPTH (xesp_abi_pkg::MAX_IN_FLIGHT)
  ) orders (
      .ap_clk,
      .ap_rst_n,
      .s_TDATA (order_TDATA),
      .s_TVALID(order_TVALID),
      .s_TREADY(order_TREADY),
      .m_TDATA (of_TDATA),
      .m_TVALID(of_TVALID),
      .m_TREADY(of_TREADY)
  );

  // ------------------------------------------------------------------------------------------------------------------
  // Lanes. With several, a lane may run ahead of another as far as its queues reach: hence the longer one.
  for (genvar i = 0; i < LANES; ++i) begin : g_lane
    xesp_out_lane #(
        .RAW_DEPTH(LANES == 1 ? 64 : 512),
        .RAW_STYLE(LANES == 1 ? "distributed" : "block")
    ) lane (
        .ap_clk,
        .ap_rst_n,
        .desc_TDATA (desc_TDATA[i]),
        .desc_TVALID(desc_TVALID[i]),
        .desc_TREADY(desc_TREADY[i]),
        .pkt_TDATA  (pkt_TDATA[i]),
        .pkt_TVALID (pkt_TVALID[i]),
        .pkt_TREADY (pkt_TREADY[i]),
        .req_TDATA  (req_TDATA[i]),
        .req_TVALID (req_TVALID[i]),
        .req_TREADY (req_TREADY[i]),
        .enc_TDATA  (enc_TDATA[i]),
        .enc_TVALID (enc_TVALID[i]),
        .enc_TREADY (enc_TREADY[i]),
        .key_TDATA  (key_TDATA[i]),
        .key_TVALID (key_TVALID[i]),
        .key_TREADY (key_TREADY[i]),
        .hp_TDATA   (hp_TDATA[i]),
        .hp_TVALID  (hp_TVALID[i]),
        .hp_TREADY  (hp_TREADY[i]),
        .hdr_TDATA  (hdr_TDATA[i]),
        .hdr_TVALID (hdr_TVALID[i]),
        .hdr_TREADY (hdr_TREADY[i]),
        .out_TDATA  (out_TDATA[i]),
        .out_TVALID (out_TVALID[i]),
        .out_TREADY (out_TREADY[i]),
        .cpl_TDATA  (cpl_TDATA[i]),
        .cpl_TVALID (cpl_TVALID[i]),
        .cpl_TREADY (cpl_TREADY[i])
    );
  end

  // ------------------------------------------------------------------------------------------------------------------
  // What they share
  xesp_merge #(
      .LANES   (LANES),
      .WIDTH   (REQ_BITS),
      .LAST_BIT(REQ_BELOW_LAST_BITS)
  ) req_merge (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_REQ]),
      .order_TVALID(of_TVALID[OF_REQ]),
      .order_TREADY(of_TREADY[OF_REQ]),
      .s_TDATA     (req_TDATA),
      .s_TVALID    (req_TVALID),
      .s_TREADY    (req_TREADY),
      .m_TDATA     (req_m_TDATA),
      .m_TVALID    (req_m_TVALID),
      .m_TREADY    (req_m_TREADY)
  );

  if (PAIR) begin : g_sa
    out_sa_pair sa (
        .ap_clk,
        .ap_rst_n,
        .req_TDATA (req_m_TDATA),
        .req_TVALID(req_m_TVALID),
        .req_TREADY(req_m_TREADY),
        .enc_TDATA (enc_s_TDATA),
        .enc_TVALID(enc_s_TVALID),
        .enc_TREADY(enc_s_TREADY),
        .key_TDATA (key_s_TDATA),
        .key_TVALID(key_s_TVALID),
        .key_TREADY(key_s_TREADY),
        .hp_TDATA  (hp_s_TDATA),
        .hp_TVALID (hp_s_TVALID),
        .hp_TREADY (hp_s_TREADY),
        .hdr_TDATA (hdr_s_TDATA),
        .hdr_TVALID(hdr_s_TVALID),
        .hdr_TREADY(hdr_s_TREADY)
    );
  end else begin : g_sa
    out_sa sa (
        .ap_clk,
        .ap_rst_n,
        .req_TDATA (req_m_TDATA),
        .req_TVALID(req_m_TVALID),
        .req_TREADY(req_m_TREADY),
        .enc_TDATA (enc_s_TDATA),
        .enc_TVALID(enc_s_TVALID),
        .enc_TREADY(enc_s_TREADY),
        .key_TDATA (key_s_TDATA),
        .key_TVALID(key_s_TVALID),
        .key_TREADY(key_s_TREADY),
        .hp_TDATA  (hp_s_TDATA),
        .hp_TVALID (hp_s_TVALID),
        .hp_TREADY (hp_s_TREADY),
        .hdr_TDATA (hdr_s_TDATA),
        .hdr_TVALID(hdr_s_TVALID),
        .hdr_TREADY(hdr_s_TREADY)
    );
  end

  xesp_split #(
      .LANES(LANES),
      .WIDTH(ENC_BITS)
  ) enc_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_ENC]),
      .order_TVALID(of_TVALID[OF_ENC]),
      .order_TREADY(of_TREADY[OF_ENC]),
      .s_TDATA     (enc_s_TDATA),
      .s_TVALID    (enc_s_TVALID),
      .s_TREADY    (enc_s_TREADY),
      .m_TDATA     (enc_TDATA),
      .m_TVALID    (enc_TVALID),
      .m_TREADY    (enc_TREADY)
  );

  xesp_split #(
      .LANES(LANES),
      .WIDTH(KEY_BITS)
  ) key_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_KEY]),
      .order_TVALID(of_TVALID[OF_KEY]),
      .order_TREADY(of_TREADY[OF_KEY]),
      .s_TDATA     (key_s_TDATA),
      .s_TVALID    (key_s_TVALID),
      .s_TREADY    (key_s_TREADY),
      .m_TDATA     (key_TDATA),
      .m_TVALID    (key_TVALID),
      .m_TREADY    (key_TREADY)
  );

  xesp_split #(
      .LANES(LANES),
      .WIDTH(HP_BITS)
  ) hp_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_HP]),
      .order_TVALID(of_TVALID[OF_HP]),
      .order_TREADY(of_TREADY[OF_HP]),
      .s_TDATA     (hp_s_TDATA),
      .s_TVALID    (hp_s_TVALID),
      .s_TREADY    (hp_s_TREADY),
      .m_TDATA     (hp_TDATA),
      .m_TVALID    (hp_TVALID),
      .m_TREADY    (hp_TREADY)
  );

  xesp_split #(
      .LANES(LANES),
      .WIDTH(HDR_BITS)
  ) hdr_split (
      .ap_clk,
      .ap_rst_n,
      .order_TDATA (of_TDATA[OF_HDR]),
      .order_TVALID(of_TVALID[OF_HDR]),
      .order_TREADY(of_TREADY[OF_HDR]),
      .s_TDATA     (hdr_s_TDATA),
      .s_TVALID    (hdr_s_TVALID),
      .s_TREADY    (hdr_s_TREADY),
      .m_TDATA     (hdr_TDATA),
      .m_TVALID    (hdr_TVALID),
      .m_TREADY    (hdr_TREADY)
  );
endmodule
