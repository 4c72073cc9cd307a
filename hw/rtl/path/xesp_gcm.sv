// SPDX-License-Identifier: Apache-2.0
//
// AES-GCM of one path (SP 800-38D): counter mode and GHASH side by side, so that both directions use the same pair.
// It holds no state of an SA: `key` and `hp` carry all that a packet needs.
module xesp_gcm
  import xesp_streams_pkg::*;
(
    input  logic                  ap_clk,
    input  logic                  ap_rst_n,  // synchronous, active low

    // Text and, for each packet, its key and its hash parameters
    input  logic [PT_BITS-1:0]    pt_TDATA,
    input  logic                  pt_TVALID,
    output logic                  pt_TREADY,
    input  logic [KEY_BITS-1:0]   key_TDATA,
    input  logic                  key_TVALID,
    output logic                  key_TREADY,
    input  logic [HP_BITS-1:0]    hp_TDATA,
    input  logic                  hp_TVALID,
    output logic                  hp_TREADY,

    // Text after counter mode and, for each packet, its tag
    output logic [CT_BITS-1:0]    ct_TDATA,
    output logic                  ct_TVALID,
    input  logic                  ct_TREADY,
    output logic [TAG_BITS-1:0]   tag_TDATA,
    output logic                  tag_TVALID,
    input  logic                  tag_TREADY
);
  // Ciphertext to hash, and E(K, Y0), which masks the hash
  logic [GH_BITS-1:0] gh_TDATA;
  logic               gh_TVALID;
  logic               gh_TREADY;
  logic [EK_BITS-1:0] ek_TDATA;
  logic               ek_TVALID;
  logic               ek_TREADY;

  gcm_ctr ctr (
      .ap_clk,
      .ap_rst_n,
      .pt_TDATA,
      .pt_TVALID,
      .pt_TREADY,
      .key_TDATA,
      .key_TVALID,
      .key_TREADY,
      .ct_TDATA,
      .ct_TVALID,
      .ct_TREADY,
      .gh_TDATA,
      .gh_TVALID,
      .gh_TREADY,
      .ek_TDATA,
      .ek_TVALID,
      .ek_TREADY
  );

  gcm_ghash ghash (
      .ap_clk,
      .ap_rst_n,
      .gh_TDATA,
      .gh_TVALID,
      .gh_TREADY,
      .hp_TDATA,
      .hp_TVALID,
      .hp_TREADY,
      .ek_TDATA,
      .ek_TVALID,
      .ek_TREADY,
      .tag_TDATA,
      .tag_TVALID,
      .tag_TREADY
  );
endmodule
