// SPDX-License-Identifier: Apache-2.0
//
// Registers of a compute unit over AXI4-Lite: the vendor's ap_ctrl_hs map, arguments, identification and counters.
// Offsets and meanings are those of hls/abi/xesp_abi.h (enum Reg). Unknown offsets read 0, writes to them are ignored,
// every access is answered OKAY.
//
// Two points differ from what the vendor's generated slave does, each for a host that polls:
//  - writing ap_start also clears ap_done, so that a done nobody read cannot be taken for that of the new run;
//  - arguments are copied when a run is taken, so a driver may write those of the next run during this one, and one
//    that writes the whole map at once (CTRL first, arguments behind it, all written before with CTRL = 0) starts
//    right.
module xesp_ctrl #(
    parameter logic DIRECTION = 1'b0,  // 0 outbound, 1 inbound; read back in REG_DIRECTION
    parameter int unsigned WORDS = 1   // descriptors a beat, 1 or 2: their buffers are aligned to a beat
) (
    input  logic        ap_clk,
    input  logic        ap_rst_n,   // synchronous, active low: all registers to 0, counters cleared within 32 clocks

    // AXI4-Lite slave
    input  logic [11:0] AWADDR,
    input  logic        AWVALID,
    output logic        AWREADY,
    input  logic [31:0] WDATA,
    input  logic [3:0]  WSTRB,
    input  logic        WVALID,
    output logic        WREADY,
    output logic [1:0]  BRESP,
    output logic        BVALID,
    input  logic        BREADY,
    input  logic [11:0] ARADDR,
    input  logic        ARVALID,
    output logic        ARREADY,
    output logic [31:0] RDATA,
    output logic [1:0]  RRESP,
    output logic        RVALID,
    input  logic        RREADY,

    // Run: addresses in 64 bytes and count are stable from `run_start` to `run_done`
    output logic        run_start,  // event
    output logic [57:0] run_desc,
    output logic [57:0] run_in,
    output logic [57:0] run_out,
    output logic [57:0] run_cpl,
    output logic [12:0] run_count,
    input  logic        run_done,   // event

    // Events to count and to report, one clock each
    input  logic [WORDS-1:0]      completed,
    input  logic [WORDS-1:0][4:0] completed_status,
    input  logic [2:0]  in_beat,    // how many
    input  logic [2:0]  out_beat,
    input  logic        read_error,
    input  logic        write_error
);
  import xesp_abi_pkg::*;

  assign BRESP = 2'b00;
  assign RRESP = 2'b00;

  // ------------------------------------------------------------------------------------------------------------------
  // Write channel: address and data may come in any order; one write at a time.
  logic        aw_held;
  logic        w_held;
  logic [9:0]  wr_word;  // word address
  logic [31:0] wr_data;
  logic [3:0]  wr_strb;
  logic        write;    // event: wr_* are carried out

  assign AWREADY = !aw_held;
  assign WREADY  = !w_held;
  assign write   = aw_held && w_held && (!BVALID || BREADY);

  always_ff @(posedge ap_clk) begin
    if (AWREADY) wr_word <= AWADDR[11:2];
    if (WREADY) wr_data <= WDATA;
    if (WREADY) wr_strb <= WSTRB;
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      aw_held <= 1'b0;
      w_held  <= 1'b0;
      BVALID  <= 1'b0;
    end else begin
      if (write) aw_held <= 1'b0;
      else if (AWVALID) aw_held <= 1'b1;
      if (write) w_held <= 1'b0;
      else if (WVALID) w_held <= 1'b1;
      if (write) BVALID <= 1'b1;
      else if (BREADY) BVALID <= 1'b0;
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Read channel: the address is held one clock for the multiplexer, then the data register answers.
  logic       ar_held;
  logic [9:0] rd_word;
  logic       read;            // event: RDATA takes the value of rd_word
  logic       counters_ready;

  assign ARREADY = !ar_held && counters_ready;
  assign read    = ar_held && (!RVALID || RREADY);

  always_ff @(posedge ap_clk) begin
    if (ARREADY) rd_word <= ARADDR[11:2];
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      ar_held <= 1'b0;
      RVALID  <= 1'b0;
    end else begin
      if (read) ar_held <= 1'b0;
      else if (ARVALID && ARREADY) ar_held <= 1'b1;
      if (read) RVALID <= 1'b1;
      else if (RREADY) RVALID <= 1'b0;
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Argument registers
  logic [63:0] arg_desc;
  logic [63:0] arg_in;
  logic [63:0] arg_out;
  logic [63:0] arg_cpl;
  logic [31:0] arg_count;

  function automatic logic [31:0] merge(input logic [31:0] old);
    for (int unsigned i = 0; i < 4; ++i) merge[8*i+:8] = wr_strb[i] ? wr_data[8*i+:8] : old[8*i+:8];
  endfunction

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      arg_desc  <= '0;
      arg_in    <= '0;
      arg_out   <= '0;
      arg_cpl   <= '0;
      arg_count <= '0;
    end else if (write) begin
      case ({wr_word, 2'b00})
        REG_ARG_DESC:         arg_desc[31:0]  <= merge(arg_desc[31:0]);
        REG_ARG_DESC + 12'd4: arg_desc[63:32] <= merge(arg_desc[63:32]);
        REG_ARG_IN:           arg_in[31:0]    <= merge(arg_in[31:0]);
        REG_ARG_IN + 12'd4:   arg_in[63:32]   <= merge(arg_in[63:32]);
        REG_ARG_OUT:          arg_out[31:0]   <= merge(arg_out[31:0]);
        REG_ARG_OUT + 12'd4:  arg_out[63:32]  <= merge(arg_out[63:32]);
        REG_ARG_CPL:          arg_cpl[31:0]   <= merge(arg_cpl[31:0]);
        REG_ARG_CPL + 12'd4:  arg_cpl[63:32]  <= merge(arg_cpl[63:32]);
        REG_ARG_COUNT:        arg_count       <= merge(arg_count);
        default:              ;
      endcase
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Run control
  logic        ap_start;
  logic        ap_done;
  logic        busy;
  logic        take;         // event: a waiting start becomes the run
  logic        check;        // event: the clock after, arguments are judged
  logic        bad_count;
  logic        bad_align;
  logic        end_of_run;   // event
  logic        write_start;  // event
  logic        read_ctrl;    // event
  logic [31:0] count_copy;
  logic [5:0]  align_copy;   // of all four buffers
  logic        pair_align;   // of those that have two words a beat

  assign write_start = write && {wr_word, 2'b00} == REG_CTRL && wr_strb[0] && wr_data[0];
  assign read_ctrl   = read && {rd_word, 2'b00} == REG_CTRL;
  assign take        = ap_start && !busy && counters_ready;
  assign bad_count   = count_copy == 0 || count_copy > 32'(MAX_BATCH);
  assign bad_align   = align_copy != 0 || (WORDS > 1 && pair_align);
  assign run_start   = check && !bad_count && !bad_align;
  assign run_count   = count_copy[12:0];
  assign end_of_run  = run_done || (check && (bad_count || bad_align));

  always_ff @(posedge ap_clk) begin
    if (take) begin
      run_desc   <= arg_desc[63:6];
      run_in     <= arg_in[63:6];
      run_out    <= arg_out[63:6];
      run_cpl    <= arg_cpl[63:6];
      count_copy <= arg_count;
      align_copy <= arg_desc[5:0] | arg_in[5:0] | arg_out[5:0] | arg_cpl[5:0];
      pair_align <= arg_desc[6] || arg_cpl[6];
    end
  end

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      ap_start <= 1'b0;
      ap_done  <= 1'b0;
      busy     <= 1'b0;
      check    <= 1'b0;
    end else begin
      if (write_start) ap_start <= 1'b1;
      else if (take) ap_start <= 1'b0;
      if (end_of_run) ap_done <= 1'b1;
      else if (write_start || read_ctrl) ap_done <= 1'b0;
      if (take) busy <= 1'b1;
      else if (end_of_run) busy <= 1'b0;
      check <= take;
    end
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Errors and counters
  logic [31:0] run_error;
  logic [31:0] run_cycles;
  logic [63:0] busy_cycles;
  logic [63:0] cycles;
  logic [31:0] busy_hi;       // high halves as of the last read of the low ones: no torn reads
  logic [31:0] cycles_hi;
  logic [31:0] packets;
  logic [31:0] in_beats;
  logic [31:0] out_beats;
  logic [WORDS-1:0][31:0] counted;  // of the reason that is read
  logic [WORDS-1:0]       swept;
  logic [31:0]            counter;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      run_error   <= '0;
      run_cycles  <= '0;
      busy_cycles <= '0;
      cycles      <= '0;
      busy_hi     <= '0;
      cycles_hi   <= '0;
      packets     <= '0;
      in_beats    <= '0;
      out_beats   <= '0;
    end else begin
      if (take) begin
        run_error  <= '0;
        run_cycles <= '0;
      end else if (busy) begin
        run_error <= run_error | (check && bad_count ? ERR_COUNT : '0) | (check && bad_align ? ERR_ALIGN : '0) |
            (read_error ? ERR_AXI_READ : '0) | (write_error ? ERR_AXI_WRITE : '0);
        run_cycles <= run_cycles + 1'b1;
      end
      if (busy) busy_cycles <= busy_cycles + 1'b1;
      cycles <= cycles + 1'b1;
      if (read && {rd_word, 2'b00} == REG_BUSY_LO) busy_hi <= busy_cycles[63:32];
      if (read && {rd_word, 2'b00} == REG_CYCLES_LO) cycles_hi <= cycles[63:32];
      packets <= packets + 32'($countones(completed));
      in_beats <= in_beats + 32'(in_beat);
      out_beats <= out_beats + 32'(out_beat);
    end
  end

  // A RAM counts one a clock: each word of a beat has its own, and what is read is their sum.
  for (genvar i = 0; i < WORDS; ++i) begin : g_word
    xesp_drop_counters drops (
        .ap_clk,
        .ap_rst_n,
        .ready     (swept[i]),
        .bump      (completed[i]),
        .bump_index(completed_status[i]),
        .read_index(rd_word[4:0]),
        .read_value(counted[i])
    );
  end
  assign counters_ready = swept[0];  // all of them sweep at once
  always_comb begin
    counter = '0;
    for (int unsigned i = 0; i < WORDS; ++i) counter += counted[i];
  end

  // ------------------------------------------------------------------------------------------------------------------
  // Read multiplexer
  logic [31:0] value;

  always_comb begin
    case ({rd_word, 2'b00})
      REG_CTRL:             value = {28'd0, ap_done, !ap_start && !busy, ap_done, ap_start};
      REG_ARG_DESC:         value = arg_desc[31:0];
      REG_ARG_DESC + 12'd4: value = arg_desc[63:32];
      REG_ARG_IN:           value = arg_in[31:0];
      REG_ARG_IN + 12'd4:   value = arg_in[63:32];
      REG_ARG_OUT:          value = arg_out[31:0];
      REG_ARG_OUT + 12'd4:  value = arg_out[63:32];
      REG_ARG_CPL:          value = arg_cpl[31:0];
      REG_ARG_CPL + 12'd4:  value = arg_cpl[63:32];
      REG_ARG_COUNT:        value = arg_count;
      REG_MAGIC:            value = MAGIC;
      REG_VERSION:          value = VERSION;
      REG_DIRECTION:        value = 32'(DIRECTION);
      REG_SA_CAPACITY:      value = SA_CAPACITY;
      REG_ERROR:            value = run_error;
      REG_RUN_CYCLES:       value = run_cycles;
      REG_BUSY_LO:          value = busy_cycles[31:0];
      REG_BUSY_HI:          value = busy_hi;
      REG_CYCLES_LO:        value = cycles[31:0];
      REG_CYCLES_HI:        value = cycles_hi;
      REG_PACKETS:          value = packets;
      REG_IN_BEATS:         value = in_beats;
      REG_OUT_BEATS:        value = out_beats;
      default:              value = rd_word[9:5] == REG_COUNTERS[11:7] ? counter : '0;
    endcase
  end

  always_ff @(posedge ap_clk) begin
    if (read) RDATA <= value;
  end

  logic unused;
  assign unused = &{1'b0, AWADDR[1:0], ARADDR[1:0], swept};
endmodule
