// SPDX-License-Identifier: Apache-2.0
//
// The handshake: when an iteration is issued, and the FIFO behind each output.
#include "emitter.h"

namespace xhls {

void Emitter::issue() {
  for (const Stream& s : net_.streams)
    if (s.input && !is_ones(s.when)) os_ << "  wire " << s.name << "_needed = " << value(s.when, 0) << ";\n";
  for (const Stream& s : net_.streams)
    if (!s.input) os_ << "  logic " << s.name << "_credit;\n";
  os_ << "  wire issue = ap_rst_n";
  for (const Stream& s : net_.streams)
    if (s.input && is_ones(s.when))
      os_ << " && " << s.name << "_TVALID";
    else if (s.input)
      os_ << " && (" << s.name << "_TVALID || !" << s.name << "_needed)";
    else
      os_ << " && " << s.name << "_credit";
  os_ << ";\n";
  for (const Stream& s : net_.streams)
    if (s.input)
      os_ << "  assign " << s.name << "_TREADY = issue" << (is_ones(s.when) ? "" : " && " + s.name + "_needed")
          << ";\n";
  os_ << '\n';
}

void Emitter::outputs() {
  for (const Stream& s : net_.streams) {
    if (s.input) continue;
    // Room for what is in the pipeline, and for the credit's way back.
    unsigned depth = 8;
    while (depth < static_cast<unsigned>(s.stage) + 4) depth *= 2;
    os_ << "  xesp_credit_fifo #(.WIDTH(" << s.width << "), .DEPTH(" << depth << ")) u_" << s.name << "_fifo (\n"
        << "      .clk(ap_clk), .rst_n(ap_rst_n), .reserve(issue), .credit(" << s.name << "_credit),\n"
        << "      .push(" << enable(s.stage, s.when) << "), .cancel("
        << (is_ones(s.when) ? "1'b0" : valid(s.stage) + " && !" + value(s.when, s.stage)) << "),\n      .push_data("
        << value(s.data, s.stage) << "),\n"
        << "      .m_tdata(" << s.name << "_TDATA), .m_tvalid(" << s.name << "_TVALID), .m_tready(" << s.name
        << "_TREADY));\n\n";
  }
}

}  // namespace xhls
