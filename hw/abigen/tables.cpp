// SPDX-License-Identifier: Apache-2.0
#include "tables.h"

#include <cstddef>
#include <optional>

#define XESP_STREAM_WIDTHS_ONLY
#include "streams.h"
#include "xesp_abi.h"

namespace xesp::abigen {
namespace {

using namespace xesp::abi;  // NOLINT: this file is about nothing else

// No default: a register added to the header and not here is a compiler warning.
std::optional<Register> describe(Reg reg) {
#define REG(name, bits, access, text) \
  case name: return Register{#name, name, bits, access, text}
  switch (reg) {
    REG(kRegCtrl, 32, "RW",
        "bit 0 `ap_start`: write 1 to start, clears itself when the run is taken. Bit 1 `ap_done`: a run has ended; "
        "cleared by reading, and by the next start. Bit 2 `ap_idle`. Bit 3 `ap_ready`: as `ap_done`. Bit 4 "
        "`ap_continue`: accepted, no effect. Bit 7 `auto_restart`: not supported, reads 0");
    REG(kRegGier, 32, "RO", "interrupt enable: no interrupt line, reads 0");
    REG(kRegIer, 32, "RO", "reads 0");
    REG(kRegIsr, 32, "RO", "reads 0");
    REG(kRegArgDesc, 64, "RW", "address of `Desc[count]`, 64-byte aligned");
    REG(kRegArgIn, 64, "RW", "address that `in_off` is relative to, 64-byte aligned");
    REG(kRegArgOut, 64, "RW", "address that `out_off` is relative to, 64-byte aligned");
    REG(kRegArgCpl, 64, "RW", "address of `Completion[count]`, 64-byte aligned");
    REG(kRegArgCount, 32, "RW", "descriptors of the run, 1 .. kMaxBatch");
    REG(kRegMagic, 32, "RO", "kMagic");
    REG(kRegVersion, 32, "RO", "kVersion");
    REG(kRegDirection, 32, "RO", "0 outbound, 1 inbound");
    REG(kRegSaCapacity, 32, "RO", "entries of the SA table");
    REG(kRegError, 32, "RO", "`RunError` bits of the last run; cleared when the next one is taken");
    REG(kRegRunCycles, 32, "RO", "clocks of the last run, start to done");
    REG(kRegBusyLo, 32, "RO", "clocks spent in runs since reset; reading it holds kRegBusyHi to match");
    REG(kRegBusyHi, 32, "RO", "high half of the above, as of the last read of the low half");
    REG(kRegCyclesLo, 32, "RO", "clocks since reset; reading it holds kRegCyclesHi to match");
    REG(kRegCyclesHi, 32, "RO", "high half of the above, as of the last read of the low half");
    REG(kRegPackets, 32, "RO", "descriptors completed since reset (modulo 2^32)");
    REG(kRegInBeats, 32, "RO", "packet beats of 64 bytes read since reset (modulo 2^32)");
    REG(kRegOutBeats, 32, "RO", "packet beats of 64 bytes written since reset (modulo 2^32)");
    REG(kRegCounters, 32, "RO", "32 counters, one for each `DropReason`: completions since reset (modulo 2^32)");
    case kRegRange: return std::nullopt;
  }
#undef REG
  return std::nullopt;
}

#define VALUE(name, bits, text) \
  case name: return Constant{#name, name, bits, text}
std::optional<Constant> describe(Op op) {
  switch (op) {
    VALUE(kOpPacket, 8, "in: one IPv4 packet; out: the protected or the recovered packet");
    VALUE(kOpSaInstall, 8, "in: one SaEntry for sa_index; replaces what was there in one step");
    VALUE(kOpSaDelete, 8, "no input; sa_index stops matching before the next descriptor");
    VALUE(kOpSaRead, 8, "no input; the completion carries sequence state and counters of sa_index");
    VALUE(kOpLookupWrite, 8, "in: one LookupSlot; inbound only");
    VALUE(kOpSaExtend, 8, "in: 64 bytes, the first 8 are the new seq_limit; outbound only");
    VALUE(kOpNop, 8, "in: anything; read and forgotten, to overwrite keys in card memory");
  }
  return std::nullopt;
}

std::optional<Constant> describe(DescFlags flag) {
  switch (flag) {
    VALUE(kDescFinal, 8, "set by the card: none follows in this run");
    VALUE(kDescDummy, 8, "outbound: to be sent as a dummy packet (RFC 4303 2.6)");
    VALUE(kDescTail, 8, "inbound: the last in_len % 64 bytes, 1 .. kTailBytes, stand in `tail`; in_len is above kMinTailedBytes");
  }
  return std::nullopt;
}

std::optional<Constant> describe(CplFlags flag) {
  switch (flag) {
    VALUE(kCplTail, 8, "the last out_len % 64 bytes, 1 .. kTailBytes, stand in `tail` and not behind out_off");
  }
  return std::nullopt;
}

std::optional<Constant> describe(RunError error) {
  switch (error) {
    VALUE(kErrCount, 32, "count argument 0 or above kMaxBatch: nothing was done");
    VALUE(kErrAxiRead, 32, "a read was answered with other than OKAY: its beat entered as zeros");
    VALUE(kErrAxiWrite, 32, "a write was answered with other than OKAY");
    VALUE(kErrAlign, 32, "a buffer argument is not 64-byte aligned (desc, cpl of four engines: 128): nothing was done");
  }
  return std::nullopt;
}

std::optional<Constant> describe(SaFlags flag) {
  switch (flag) {
    VALUE(kSaValid, 32, "the entry may be used");
    VALUE(kSaTunnel, 32, "tunnel mode, else transport");
    VALUE(kSaInbound, 32, "inbound, else outbound; a card refuses the other direction's entries");
    VALUE(kSaReplayOff, 32, "inbound: no replay check (RFC 4303 3.4.3)");
    VALUE(kSaCopyDscp, 32, "tunnel: the inner DSCP goes outside; inbound the outer one replaces the inner");
    VALUE(kSaNoEcn, 32, "tunnel: ECN is not copied outside, and not looked at inbound (RFC 6040)");
    VALUE(kSaDfCopy, 32, "outbound tunnel: the outer DF is the inner one");
    VALUE(kSaDfClear, 32, "outbound tunnel: the outer DF is 0");
    VALUE(kSaEsn, 32, "extended sequence numbers (RFC 4303 2.2.1)");
    VALUE(kSaIpv6, 32, "outbound tunnel: the outer header is IPv6");
    VALUE(kSaUdpEncap, 32, "ESP in UDP (RFC 3948)");
    VALUE(kSaImplicitIv, 32, "the IV is the sequence number and not sent (RFC 8750)");
    VALUE(kSaGmac, 32, "AES-GMAC: integrity without encryption (RFC 4543)");
    VALUE(kSaAh, 32, "AH in place of ESP (RFC 4302), with AES-GMAC");
  }
  return std::nullopt;
}
#undef VALUE

// Every enumerator below 2^16 of an enum, found by asking describe() for each value.
template <class Enum>
std::vector<Constant> enumerate() {
  std::vector<Constant> all;
  for (unsigned value = 0; value < (sizeof(Enum) == 1 ? 256u : 65536u); ++value)
    if (auto entry = describe(static_cast<Enum>(value))) all.push_back(*entry);
  return all;
}

}  // namespace

std::vector<Constant> geometry() {
#define CONST(name, bits, text) Constant{#name, name, bits, text}
  return {
      CONST(kMagic, 32, "kRegMagic"),
      CONST(kVersion, 32, "kRegVersion: major.minor, 16.16"),
      CONST(kBeatBytes, 32, "bytes of an AXI4-Stream or AXI4 beat"),
      CONST(kSaIndexBits, 32, "bits of an SA index"),
      CONST(kSaCapacity, 32, "SAs of one direction"),
      CONST(kLookupWays, 32, "inbound lookup: ways"),
      CONST(kLookupRowBits, 32, "inbound lookup: bits of a row number"),
      CONST(kLookupRows, 32, "inbound lookup: rows of a way"),
      CONST(kLookupKeyBits, 32, "inbound lookup: bits of the key"),
      CONST(kReplayWindow, 32, "packets of the replay window, by default"),
      CONST(kMaxReplayWindow, 32, "packets of the largest replay window"),
      CONST(kWindowBlockBits, 32, "a row of the window memory: numbers, in bits"),
      CONST(kWindowMemoryBits, 32, "rows of the window memory, in bits"),
      CONST(kWindowMemoryRows, 32, "rows of the window memory"),
      CONST(kMaxWindowRowBits, 32, "rows of the largest window, in bits"),
      CONST(kMaxPacketBytes, 32, "longest packet, before and after the card's work"),
      CONST(kTailBytes, 32, "longest end of a packet that stands in its descriptor or completion"),
      CONST(kMinTailedBytes, 32, "an inbound packet with one is longer than this"),
      CONST(kMaxBatch, 32, "descriptors of a run"),
      CONST(kMaxInFlight, 32, "descriptors inside one compute unit at a time"),
      CONST(kIcvBytes, 32, "RFC 4106 6: the full ICV"),
      CONST(kMinIcvBytes, 32, "the shortest (RFC 4106 6)"),
      CONST(kEspHeaderBytes, 32, "SPI, sequence number, explicit IV"),
      CONST(kUdpHeaderBytes, 32, "UDP header"),
      CONST(kIpv4HeaderBytes, 32, "IPv4 header without options"),
      CONST(kIpv6HeaderBytes, 32, "IPv6 header without extension headers"),
      CONST(kMaxIpHeaderBytes, 32, "headers in front of ESP, with options or extension headers"),
  };
#undef CONST
}

std::vector<Register> registers() {
  std::vector<Register> all;
  for (uint32_t offset = 0; offset < kRegRange; offset += 4)
    if (auto reg = describe(static_cast<Reg>(offset))) all.push_back(*reg);
  return all;
}

std::vector<Constant> ops() { return enumerate<Op>(); }
std::vector<Constant> desc_flags() { return enumerate<DescFlags>(); }
std::vector<Constant> cpl_flags() { return enumerate<CplFlags>(); }
std::vector<Constant> run_errors() { return enumerate<RunError>(); }
std::vector<Constant> sa_flags() { return enumerate<SaFlags>(); }

std::vector<DropReasonRow> drop_reasons() {
  return {
#define ROW(id, name, counter, text) DropReasonRow{id, #name, counter, text},
      XESP_DROP_REASONS(ROW)
#undef ROW
  };
}

std::vector<Layout> layouts() {
#define FIELD(type, name, text) Field{#name, offsetof(type, name), sizeof(type::name), text}
  return {
      {"Desc", sizeof(Desc),
       {FIELD(Desc, op, "`Op`"), FIELD(Desc, flags, "`DescFlags`"),
        FIELD(Desc, sa_index, "outbound packets and SA commands"),
        FIELD(Desc, sa_gen, "outbound packets: must equal the entry's `gen`"), FIELD(Desc, reserved0, "0"),
        FIELD(Desc, in_len, "bytes at `in_off`; 0 without input. Above kMaxPacketBytes nothing is read"),
        FIELD(Desc, out_cap, "bytes free at `out_off`, a multiple of 64; never written beyond"),
        FIELD(Desc, in_off, "into the `in` buffer, a multiple of 64"),
        FIELD(Desc, out_off, "into the `out` buffer, a multiple of 64"),
        FIELD(Desc, cookie, "returned in the completion, not looked at"), FIELD(Desc, reserved1, "0"),
        FIELD(Desc, tail, "kDescTail: the packet's end, zeros behind it")}},
      {"Completion", sizeof(Completion),
       {FIELD(Completion, cookie, "of the descriptor"), FIELD(Completion, status, "`DropReason`"),
        FIELD(Completion, op, "of the descriptor"), FIELD(Completion, sa_index, "the SA used or found, else 0"),
        FIELD(Completion, out_len, "bytes of the result: at `out_off`, and in `tail` with kCplTail"),
        FIELD(Completion, seq, "sequence number; kOpSaRead: last sent, or highest accepted"),
        FIELD(Completion, packets, "kOpSaRead: packets done"), FIELD(Completion, bytes, "kOpSaRead: bytes done"),
        FIELD(Completion, events, "`CplEvents` of this packet"), FIELD(Completion, flags, "`CplFlags`"),
        FIELD(Completion, reserved, "0"), FIELD(Completion, tail, "kCplTail: the result's end, zeros behind it")}},
      {"SaEntry", sizeof(SaEntry),
       {FIELD(SaEntry, key, "AES key, a shorter one with zeros behind it"), FIELD(SaEntry, h5, "H^5, GCM byte order"),
        FIELD(SaEntry, salt, "RFC 4106 4"), FIELD(SaEntry, reserved0, "0"), FIELD(SaEntry, h1, "H = E(K, 0^128)"),
        FIELD(SaEntry, h2, "H^2"), FIELD(SaEntry, h3, "H^3"), FIELD(SaEntry, h4, "H^4"),
        FIELD(SaEntry, tunnel_src_be, "outer source; IPv4 in the first 4 bytes"),
        FIELD(SaEntry, tunnel_dst_be, "outer destination"), FIELD(SaEntry, h6, "H^6"),
        FIELD(SaEntry, soft_packets, "lifetime in packets: an event; all ones for none"),
        FIELD(SaEntry, hard_packets, "lifetime in packets: the end of the SA; all ones for none"),
        FIELD(SaEntry, flags, "`SaFlags`"), FIELD(SaEntry, tos, "outer TOS byte in tunnel mode"),
        FIELD(SaEntry, ttl, "outer TTL in tunnel mode"),
        FIELD(SaEntry, icv_cut, "32-bit words the ICV lacks of 16 bytes: 0, 1, 2"),
        FIELD(SaEntry, key_cut, "64-bit words the key lacks of 32 bytes: 0, 1, 2"),
        FIELD(SaEntry, gen, "generation, changed at each reuse of an index"),
        FIELD(SaEntry, tfc_pad, "outbound tunnel: a shorter inner packet is padded to this length"),
        FIELD(SaEntry, spi_be, "SPI as on the wire"), FIELD(SaEntry, seq, "last number used, or highest accepted"),
        FIELD(SaEntry, seq_limit, "outbound: highest number that may be sent"),
        FIELD(SaEntry, soft_bytes, "lifetime in bytes: an event; all ones for none"),
        FIELD(SaEntry, hard_bytes, "lifetime in bytes: the end of the SA; all ones for none"),
        FIELD(SaEntry, udp_src_be, "outbound kSaUdpEncap: source port"),
        FIELD(SaEntry, udp_dst_be, "outbound kSaUdpEncap: destination port"),
        FIELD(SaEntry, window, "inbound: packets of the replay window"),
        FIELD(SaEntry, window_rows, "inbound: log2 of its rows in the window memory"), FIELD(SaEntry, reserved3, "0"),
        FIELD(SaEntry, window_base, "inbound: the first of these rows, a multiple of their number"),
        FIELD(SaEntry, window_epoch, "inbound: a number that no SA before had")}},
      {"LookupSlot", sizeof(LookupSlot),
       {FIELD(LookupSlot, way, "0 .. kLookupWays-1"), FIELD(LookupSlot, valid, "0 clears the slot"),
        FIELD(LookupSlot, row, "0 .. kLookupRows-1"), FIELD(LookupSlot, sa_index, "what the key leads to"),
        FIELD(LookupSlot, proto, "50 (ESP) or 51 (AH); 128 more for an IPv6 destination"), FIELD(LookupSlot, reserved0, "0"),
        FIELD(LookupSlot, spi_be, "SPI as on the wire"), FIELD(LookupSlot, reserved1, "0"),
        FIELD(LookupSlot, dst_be, "outer destination; IPv4 in the first 4 bytes"),
        FIELD(LookupSlot, reserved2, "0")}},
  };
#undef FIELD
}

std::vector<StreamWidth> stream_widths() {
  return {
#define XESP_STREAM(name) StreamWidth{#name, streams::name},
#include "stream_widths.inc"
#undef XESP_STREAM
  };
}

std::vector<Argument> arguments() {
  return {{"desc", true, "m_axi_desc", kRegArgDesc, "void*"},
          {"in", true, "m_axi_data", kRegArgIn, "void*"},
          {"out", true, "m_axi_data", kRegArgOut, "void*"},
          {"cpl", true, "m_axi_desc", kRegArgCpl, "void*"},
          {"count", false, "s_axi_control", kRegArgCount, "uint"}};
}

std::string incomplete(const std::vector<Layout>& all) {
  for (const Layout& layout : all) {
    size_t end = 0;
    for (const Field& field : layout.fields) {
      if (field.offset != end) return layout.name + "::" + field.name;
      end += field.bytes;
    }
    if (end != layout.bytes) return layout.name;
  }
  return {};
}

}  // namespace xesp::abigen
