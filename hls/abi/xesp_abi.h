// SPDX-License-Identifier: Apache-2.0
//
// The card's ABI, in one place: what the kernels (hls/), the shell (hw/, through generated constants), the simulator
// (sim/) and the host library (host/) agree on. Everything here is plain C++14 so that the vendor's compiler, xhls and
// the host compiler take the same file.
//
// Byte order: integers of descriptors, completions and SA entries are little-endian (the card's AXI lane order: byte i
// of a 64-byte beat is bits 8*i+7 : 8*i). Fields that name a network value (`_be`) hold the bytes as on the wire.
//
// `xesp-abigen` (hw/abigen) prints the SystemVerilog package and kernel.xml from this header.
#ifndef XESP_ABI_H
#define XESP_ABI_H

#include <cstddef>
#include <cstdint>

namespace xesp {
namespace abi {

// ---------------------------------------------------------------------------------------------------------------------
// Geometry
constexpr uint32_t kMagic = 0x50534558u;       // "XESP" in memory order
constexpr uint32_t kVersion = 0x00030000u;     // major.minor: 16.16; the host refuses another major
constexpr unsigned kBeatBytes = 64;            // one AXI4-Stream / AXI4 beat
// SAs of a direction, as a power of two: a parameter of the build (cmake -DXESP_SA_INDEX_BITS=16 for 65,536), the same for
// card and host. A host refuses a card that was built with another.
#ifndef XESP_SA_INDEX_BITS
#define XESP_SA_INDEX_BITS 12
#endif
constexpr unsigned kSaIndexBits = XESP_SA_INDEX_BITS;
constexpr unsigned kSaCapacity = 1u << kSaIndexBits;
static_assert(kSaIndexBits >= 6 && kSaIndexBits <= 16, "an SA index has 16 bits");
constexpr unsigned kLookupWays = 4;            // inbound lookup: one row probed in each of 4 ways
constexpr unsigned kLookupRowBits = kSaIndexBits - 1;  // rows a way: two slots for each SA
constexpr unsigned kLookupRows = 1u << kLookupRowBits;
constexpr unsigned kReplayWindow = 128;        // packets, the default (RFC 4303 3.4.3 asks for 64 or more)
constexpr unsigned kMaxReplayWindow = 4096;
constexpr unsigned kWindowBlockBits = 7;       // a row of the window memory has the bits of 128 numbers
constexpr unsigned kWindowMemoryBits = kSaIndexBits + 2;  // the default window for every SA, and as much again for larger ones
constexpr unsigned kWindowMemoryRows = 1u << kWindowMemoryBits;
constexpr unsigned kMaxWindowRowBits = 6;      // rows of the largest window, in bits
constexpr unsigned kMaxPacketBytes = 9216;     // both before and after the card's work
constexpr unsigned kTailBytes = 16;            // a protected packet's end, so short, needs no beat (kDescTail, kCplTail)
constexpr unsigned kMinTailedBytes = 2 * kBeatBytes;  // inbound only of a longer one: its headers stand in two beats
constexpr unsigned kMaxBatch = 4096;           // descriptors a run
constexpr unsigned kMaxInFlight = 256;         // descriptors inside one engine at a time
constexpr unsigned kIcvBytes = 16;             // RFC 4106 6: the full ICV; an SA may have 12 or 8 (SaEntry::icv_cut)
constexpr unsigned kMinIcvBytes = 8;
constexpr unsigned kEspHeaderBytes = 16;       // SPI, sequence number, explicit IV (RFC 4106 3.1); 8 with an implicit IV
constexpr unsigned kUdpHeaderBytes = 8;
constexpr unsigned kIpv4HeaderBytes = 20;      // without options
constexpr unsigned kIpv6HeaderBytes = 40;      // without extension headers
constexpr unsigned kMaxIpHeaderBytes = 64;     // with them, in front of ESP; what has more takes the software engine

// ---------------------------------------------------------------------------------------------------------------------
// Descriptor: 64 bytes, read by the card. Offsets are relative to the run's buffer arguments, 64-byte aligned.
enum Op : uint8_t {
  kOpPacket = 1,      // in: one IPv4 packet; out: the protected or the recovered packet
  kOpSaInstall = 2,   // in: one SaEntry (256 bytes) for sa_index; replaces what was there in one step
  kOpSaDelete = 3,    // no input; sa_index stops matching before the next descriptor
  kOpSaRead = 4,      // no input; completion carries sequence state and counters of sa_index
  kOpLookupWrite = 5, // in: one LookupSlot (64 bytes), inbound card only
  kOpSaExtend = 6,    // in: 64 bytes, the first 8 are the new seq_limit; outbound card only
  kOpNop = 7          // in: anything; read and forgotten. The host brings zeros over keys in card memory with it
};

// Desc::flags.
enum DescFlags : uint8_t {
  kDescFinal = 1,  // set by the card as it fetches the descriptor, whatever the host wrote there: none follows in this run
  kDescDummy = 2,  // outbound: to be sent as a dummy packet, with next header 59 (RFC 4303 2.6)
  kDescTail = 4    // inbound: the last in_len % 64 bytes, 1 .. kTailBytes, stand in Desc::tail and not behind in_off
};

struct Desc {
  uint8_t op;         // Op
  uint8_t flags;      // DescFlags
  uint16_t sa_index;  // outbound packets and SA commands
  uint16_t sa_gen;    // outbound packets: must equal SaEntry::gen (a stale index drops)
  uint16_t reserved0;
  uint32_t in_len;    // bytes at in_off: packet, SaEntry, LookupSlot; 0 without input
  uint32_t out_cap;   // bytes free at out_off, a multiple of 64; a longer result drops as kDropOutputTooBig
  uint64_t in_off;    // into the `in` buffer
  uint64_t out_off;   // into the `out` buffer
  uint64_t cookie;    // returned in the completion, not looked at
  uint8_t reserved1[8];
  uint8_t tail[kTailBytes];  // kDescTail
};
static_assert(sizeof(Desc) == kBeatBytes, "a descriptor is one beat");
static_assert(offsetof(Desc, in_len) == 8 && offsetof(Desc, in_off) == 16 && offsetof(Desc, cookie) == 32 &&
                  offsetof(Desc, tail) == 48, "Desc");

// Bytes of an inbound packet of this length that may stand in its descriptor: the rest is whole beats. 0: none may.
constexpr uint32_t tail_of(uint32_t len) {
  return len > kMinTailedBytes && len % kBeatBytes <= kTailBytes ? len % kBeatBytes : 0;
}
// Bytes that stand behind in_off.
constexpr uint32_t bytes_in_memory(const Desc& d) {
  return d.in_len - ((d.flags & kDescTail) != 0 ? d.in_len % kBeatBytes : 0);
}

// ---------------------------------------------------------------------------------------------------------------------
// Completion: 64 bytes, written by the card, one for each descriptor and in their order.
enum CplEvents : uint8_t {
  kEventSoft = 1,  // the SA's packets or bytes have just reached a soft limit: time to rekey
  kEventHard = 2   // ... a hard limit: this packet was the SA's last
};

enum CplFlags : uint8_t {
  kCplTail = 1  // the last out_len % 64 bytes, 1 .. kTailBytes, stand in Completion::tail and not behind out_off
};

struct Completion {
  uint64_t cookie;
  uint8_t status;     // DropReason; kOk means `out_len` bytes stand at the descriptor's out_off
  uint8_t op;         // of the descriptor
  uint16_t sa_index;  // the SA that was used or found (0 where none was)
  uint32_t out_len;   // bytes of the result; 0 when dropped and for commands
  uint64_t seq;       // packet: its sequence number. SaRead: last sent (out) or highest accepted (in)
  uint64_t packets;   // SaRead: packets done (out: protected; in: accepted)
  uint64_t bytes;     // SaRead: bytes done, counted as the whole IP packet before (out) or after (in) the card
  uint8_t events;     // CplEvents that this packet brought about
  uint8_t flags;      // CplFlags
  uint8_t reserved[6];
  uint8_t tail[kTailBytes];  // kCplTail
};
static_assert(sizeof(Completion) == kBeatBytes, "a completion is one beat");
static_assert(offsetof(Completion, out_len) == 12 && offsetof(Completion, seq) == 16 &&
                  offsetof(Completion, packets) == 24 && offsetof(Completion, bytes) == 32 &&
                  offsetof(Completion, events) == 40 && offsetof(Completion, tail) == 48, "Completion");

// Bytes that stand behind out_off.
constexpr uint32_t bytes_in_memory(const Completion& c) {
  return c.out_len - ((c.flags & kCplTail) != 0 ? c.out_len % kBeatBytes : 0);
}

// ---------------------------------------------------------------------------------------------------------------------
// SA entry: four beats. The card stores beat 3, which carries `valid`, last; commands and packets keep their order in
// the card, so a packet sees the old entry or the new one, never a mixture.
enum SaFlags : uint32_t {
  kSaValid = 1,
  kSaTunnel = 2,     // else transport
  kSaInbound = 4,    // else outbound; the card refuses the other direction's entries
  kSaReplayOff = 8,  // inbound: no replay check (RFC 4303 3.4.3 allows it for manual keying)
  // Tunnel mode (RFC 4301 5.1.2, RFC 6040): what the outer and the inner header have of each other.
  kSaCopyDscp = 16,  // outbound: the inner DSCP goes outside; inbound: the outer one replaces the inner
  kSaNoEcn = 32,     // ECN is not copied outside, and not looked at inbound
  kSaDfCopy = 64,    // outbound: the outer DF is the inner one (1 for IPv6) ...
  kSaDfClear = 128,  // ... or 0; without both it is 1. Where it is 0 the identification counts (RFC 6864)
  kSaEsn = 256,      // extended sequence numbers (RFC 4303 2.2.1)
  kSaIpv6 = 512,     // outbound tunnel: the outer header is IPv6
  kSaUdpEncap = 1024,    // ESP in UDP (RFC 3948)
  kSaImplicitIv = 2048,  // the IV is the sequence number and not sent (RFC 8750)
  kSaGmac = 4096,        // AES-GMAC: integrity without encryption (RFC 4543)
  kSaAh = 8192           // AH in place of ESP (RFC 4302), with kSaGmac and nothing that only ESP has
};

constexpr uint64_t kNoLimit = ~uint64_t{0};

// SaEntry::window_rows of a window: it reaches into ceil((window - 1) / 128) + 1 blocks at most.
constexpr unsigned window_row_bits(unsigned window, unsigned bits = 0) {
  return (1u << bits) >= ((window + (1u << kWindowBlockBits) - 2) >> kWindowBlockBits) + 1
             ? bits
             : window_row_bits(window, bits + 1);
}
static_assert(window_row_bits(kMaxReplayWindow) == kMaxWindowRowBits, "rows of the largest window");
static_assert((kSaCapacity << window_row_bits(kReplayWindow)) <= kWindowMemoryRows, "every SA has the default window");

struct SaEntry {
  // beat 0
  uint8_t key[32];        // AES key; a shorter one stands at the beginning, zeros behind it
  uint8_t h5[16];         // H^5, GCM byte order (SP 800-38D 6.3)
  uint8_t salt[4];        // RFC 4106 4
  uint8_t reserved0[12];
  // beat 1: H = E(K, 0^128) and its powers, computed by the host at install
  uint8_t h1[16];
  uint8_t h2[16];
  uint8_t h3[16];
  uint8_t h4[16];
  // beat 2
  uint8_t tunnel_src_be[16];  // outer addresses; IPv4 in the first 4 bytes
  uint8_t tunnel_dst_be[16];
  uint8_t h6[16];             // H^6: a packet of one full beat has AAD, four blocks and the length block
  uint64_t soft_packets;      // lifetimes: reaching a soft one is an event, a hard one ends the SA; kNoLimit
  uint64_t hard_packets;
  // beat 3
  uint32_t flags;         // SaFlags
  uint8_t tos;            // outer TOS byte in tunnel mode, as far as it is not copied
  uint8_t ttl;            // outer TTL in tunnel mode
  uint8_t icv_cut;        // 32-bit words that the ICV lacks of 16 bytes: 0, 1, 2 (RFC 4106 6); more is refused
  uint8_t key_cut;        // 64-bit words that the key lacks of 32 bytes: 0, 1, 2 (AES-256, -192, -128); more is refused
  uint16_t gen;           // generation, changed by the host at each reuse of an index
  uint16_t tfc_pad;       // outbound tunnel: a shorter inner packet is padded to this length (RFC 4303 2.7); 0: none is
  uint8_t spi_be[4];
  uint64_t seq;           // outbound: last number used (the first packet sends seq + 1). inbound: highest accepted
  uint64_t seq_limit;     // outbound: highest number that may be sent; the host extends it as its lease is journaled
  uint64_t soft_bytes;    // lifetimes in bytes, as Completion::bytes counts them
  uint64_t hard_bytes;
  uint8_t udp_src_be[2];  // kSaUdpEncap, outbound: the ports
  uint8_t udp_dst_be[2];
  uint16_t window;        // inbound: packets of the replay window, 1 .. kMaxReplayWindow
  uint8_t window_rows;    // ... log2 of the rows that it has in the card's window memory
  uint8_t reserved3;
  uint32_t window_base;   // ... the first of them, a multiple of their number
  uint32_t window_epoch;  // ... a number that no SA before had: what older ones left in the rows does not count
};
static_assert(sizeof(SaEntry) == 256, "an SA entry is four beats");
static_assert(offsetof(SaEntry, h1) == 64 && offsetof(SaEntry, tunnel_src_be) == 128 && offsetof(SaEntry, flags) == 192 &&
                  offsetof(SaEntry, gen) == 200 && offsetof(SaEntry, spi_be) == 204 && offsetof(SaEntry, seq) == 208 &&
                  offsetof(SaEntry, seq_limit) == 216 && offsetof(SaEntry, udp_src_be) == 240 &&
                  offsetof(SaEntry, window) == 244 && offsetof(SaEntry, window_base) == 248, "SaEntry");

// Inbound lookup slot: the exact key and the SA that it leads to. The host chooses the way (any of the four whose row,
// lookup_row(way, key), is free, moving others if need be: copy first, then overwrite the old place).
struct LookupSlot {
  uint8_t way;            // 0 .. kLookupWays-1
  uint8_t valid;          // 0 clears the slot
  uint16_t row;           // 0 .. kLookupRows-1
  uint16_t sa_index;
  uint8_t proto;          // 50 (ESP) or 51 (AH), and kLookupIpv6 where dst_be is an IPv6 address
  uint8_t reserved0;
  uint8_t spi_be[4];
  uint8_t reserved1[4];
  uint8_t dst_be[16];     // outer destination; IPv4 in the first 4 bytes, the rest 0
  uint8_t reserved2[32];
};
static_assert(sizeof(LookupSlot) == kBeatBytes, "a lookup slot is one beat");
static_assert(offsetof(LookupSlot, spi_be) == 8 && offsetof(LookupSlot, dst_be) == 16, "LookupSlot");

// Key of the inbound lookup, 168 bits: bits 31:0 spi_be bytes in memory order, 159:32 dst_be, 167:160 proto.
constexpr unsigned kLookupKeyBits = 168;
constexpr uint8_t kLookupIpv6 = 128;

// Row constant of one key bit in one way: a fixed linear hash, so that a row is an XOR of constants (two to three LUT
// levels on the card). Mixed as splitmix64 does, an own choice of constants otherwise.
constexpr uint64_t mix64_a(uint64_t z) { return (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull; }
constexpr uint64_t mix64_b(uint64_t z) { return (z ^ (z >> 27)) * 0x94d049bb133111ebull; }
constexpr uint64_t mix64_c(uint64_t z) { return z ^ (z >> 31); }
constexpr uint32_t lookup_mask(unsigned way, unsigned bit) {
  return static_cast<uint32_t>(
      mix64_c(mix64_b(mix64_a((way * 256ull + bit + 1) * 0x9e3779b97f4a7c15ull))) >> 20) & (kLookupRows - 1);
}

// Row of a key in a way; the host's form of what kernels/in_sa.cpp computes.
inline uint32_t lookup_row(unsigned way, const uint8_t spi_be[4], const uint8_t dst_be[16], uint8_t proto) {
  uint32_t row = 0;
  for (unsigned i = 0; i < 32; ++i)
    if ((spi_be[i / 8] >> (i % 8)) & 1) row ^= lookup_mask(way, i);
  for (unsigned i = 0; i < 128; ++i)
    if ((dst_be[i / 8] >> (i % 8)) & 1) row ^= lookup_mask(way, 32 + i);
  for (unsigned i = 0; i < 8; ++i)
    if ((proto >> i) & 1) row ^= lookup_mask(way, 160 + i);
  return row;
}

// ---------------------------------------------------------------------------------------------------------------------
// Drop reasons: id, C++ name, counter name (the kernel's XfrmIn*/XfrmOut* name is given in the text where one exists),
// text. The ids are part of the ABI: append only.
#define XESP_DROP_REASONS(X)                                                                                           \
  X(0, kOk, "ok", "done")                                                                                              \
  X(1, kDropBadDescriptor, "bad_descriptor", "descriptor with an unknown op or a length outside the card's limits")    \
  X(2, kDropShort, "short_packet", "packet shorter than the headers it must have (XfrmInHdrError)")                    \
  X(3, kDropVersion, "bad_version", "not IPv4 or IPv6, or a header length below 5 words (XfrmInHdrError)")             \
  X(4, kDropIpOptions, "ip_options", "more IPv6 extension headers than the card walks, AH behind any: for software")    \
  X(5, kDropFragment, "fragment", "IP fragment: for the software engine, or reassemble first")                         \
  X(6, kDropLength, "bad_length", "IP total length differs from what the packet holds (XfrmInHdrError)")               \
  X(7, kDropNotEsp, "not_esp", "inbound packet that is neither ESP nor AH")                                            \
  X(8, kDropNoSa, "no_sa", "no SA for this packet (XfrmInNoStates, XfrmOutNoStates)")                                  \
  X(9, kDropStaleSa, "stale_sa", "the SA index was given to another SA since (XfrmOutStateInvalid)")                   \
  X(10, kDropSeqExhausted, "seq_exhausted", "no sequence number left in the SA or its lease (XfrmOutStateSeqError)")   \
  X(11, kDropOutputTooBig, "output_too_big", "the result would not fit its buffer or the card's packet limit")         \
  X(12, kDropIcv, "icv_failed", "integrity check failed (XfrmInStateProtoError)")                                      \
  X(13, kDropReplay, "replay", "sequence number seen before (XfrmInStateSeqError)")                                    \
  X(14, kDropReplayOld, "replay_old", "sequence number 0 or below the replay window (XfrmInStateSeqError)")            \
  X(15, kDropPadding, "bad_padding", "pad length or pad bytes wrong after decryption (XfrmInStateProtoError)")         \
  X(16, kDropNextHeader, "bad_next_header", "payload is not what the SA's mode carries (XfrmInStateModeError)")        \
  X(17, kDropInner, "bad_inner", "inner packet malformed: version or length (XfrmInHdrError)")                         \
  X(18, kDropAlign, "bad_alignment", "ciphertext empty or not a multiple of 4 bytes (XfrmInHdrError)")                 \
  X(19, kDropSaInvalid, "bad_sa_entry", "SA entry or lookup slot refused: wrong direction, index or length")         \
  X(20, kDropEcn, "ecn", "congestion was marked on the way and the inner packet can't say so (RFC 6040 4.2)")          \
  X(21, kDropExpired, "expired", "the SA has reached a hard limit (XfrmInStateExpired, XfrmOutStateExpired)")          \
  X(22, kDropEncap, "encap_mismatch", "in UDP though the SA is not, or the other way round (XfrmInStateMismatch)")     \
  X(23, kDropDummy, "dummy", "a dummy packet, authentic and thrown away (RFC 4303 2.6)")                                \
  X(24, kDropNoCard, "no_card", "said by the host: the card is lost, and the SA goes through nothing else")

enum DropReason : uint8_t {
#define XESP_X(id, name, counter, text) name = id,
  XESP_DROP_REASONS(XESP_X)
#undef XESP_X
  kDropReasonCount
};
static_assert(kDropReasonCount <= 32, "the counter block has 32 registers");

// ---------------------------------------------------------------------------------------------------------------------
// Registers of a compute unit (AXI4-Lite, 32-bit, the vendor's ap_ctrl_hs layout up to the last argument).
enum Reg : uint32_t {
  kRegCtrl = 0x000,       // ap_start 0, ap_done 1 (clear on read), ap_idle 2, ap_ready 3, ap_continue 4, auto 7
  kRegGier = 0x004,
  kRegIer = 0x008,
  kRegIsr = 0x00c,
  kRegArgDesc = 0x010,    // 64-bit: Desc[count]
  kRegArgIn = 0x01c,      // 64-bit: inputs
  kRegArgOut = 0x028,     // 64-bit: results
  kRegArgCpl = 0x034,     // 64-bit: Completion[count]
  kRegArgCount = 0x040,   // 32-bit: 1 .. kMaxBatch; 0 or more ends the run at once with kErrCount
  kRegMagic = 0x100,      // kMagic
  kRegVersion = 0x104,    // kVersion
  kRegDirection = 0x108,  // 0 outbound, 1 inbound
  kRegSaCapacity = 0x10c,
  kRegError = 0x110,      // sticky RunError bits, cleared at ap_start
  kRegRunCycles = 0x114,  // clocks of the last run, ap_start to ap_done
  kRegBusyLo = 0x118,     // clocks spent in runs since reset
  kRegBusyHi = 0x11c,
  kRegCyclesLo = 0x120,   // clocks since reset
  kRegCyclesHi = 0x124,
  kRegPackets = 0x128,    // descriptors completed since reset
  kRegInBeats = 0x12c,    // packet beats read since reset
  kRegOutBeats = 0x130,   // packet beats written since reset
  kRegCounters = 0x200,   // 32 x 32-bit: completions by DropReason since reset (wrap modulo 2^32)
  kRegRange = 0x1000
};

enum RunError : uint32_t {
  kErrCount = 1,     // count argument out of range
  kErrAxiRead = 2,   // RRESP other than OKAY
  kErrAxiWrite = 4,  // BRESP other than OKAY
  kErrAlign = 8      // a buffer argument is not 64-byte aligned; desc or cpl of four engines: not 128-byte aligned
};

constexpr const char* kKernelOut = "xesp_out";  // compute units xesp_out:xesp_out_1, xesp_in:xesp_in_1
constexpr const char* kKernelIn = "xesp_in";

}  // namespace abi
}  // namespace xesp
#endif
