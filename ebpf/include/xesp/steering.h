/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* What the steering program and user space share: map keys and values, the packet metadata and the counters' table. */
#ifndef XESP_STEERING_H
#define XESP_STEERING_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* Sizes of the maps. */
enum {
  XESP_MAX_POLICIES = 4096, /* distinct destination prefixes a direction, and policies with an SA */
  XESP_BUCKET_ENTRIES = 32, /* policies whose destination prefixes contain one another */
  XESP_MAX_EXTENSIONS = 8,  /* IPv6 extension headers walked; RFC 8200 4.1 has use for five */
  XESP_DEFAULT_SAS = 65536, /* inbound SAs: as many as a card can be built for */
  XESP_MAX_SAS = 1048576,   /* the most that xespd can be told to make room for */
  XESP_MAX_ENCAP_PORTS = 4096,
  XESP_MAX_DATAGRAMS = 4096,
  XESP_MAX_QUEUES = 64,
};

/* What a policy is looked up by. An IPv4 address stands in the first word, the other three are 0; so everywhere here.
 */
struct xesp_flow {
  __be32 src[4];
  __be32 dst[4];
  __be16 sport;
  __be16 dport;
  __u8 family;   /* 4 or 6 */
  __u8 protocol; /* behind the extension headers (RFC 4301 4.4.1.1) */
  __u8 shown;    /* XESP_SHOWS_...: which of this the packet itself tells */
  __u8 reserved;
};

/* Not so in an IPv6 fragment but the first: its next header need not be the first one's (RFC 8200 4.5). */
#define XESP_SHOWS_PROTOCOL 1
/* So in a whole packet or a first fragment of a protocol that has ports, if it is long enough. */
#define XESP_SHOWS_PORTS 2

/* TCP, UDP, SCTP: ports are the first four bytes. */
static inline __attribute__((always_inline)) int xesp_has_ports(__u8 protocol) {
  return protocol == 6 || protocol == 17 || protocol == 132;
}

/* Key of the policy tries. `prefix_length` counts the bits that must match, XESP_FAMILY_BITS of them for the family. */
struct xesp_spd_key {
  __u32 prefix_length;
  __u32 family;
  __be32 dst[4];
};
#define XESP_FAMILY_BITS 32

enum xesp_action {
  XESP_PROTECT = 0,
  XESP_BYPASS = 1,
  XESP_DISCARD = 2,
};

/* One policy in a bucket. The program does not read the destination; it is here so that
 * a restarted daemon can tell which policies the pinned tries hold. */
struct xesp_spd_entry {
  __be32 src[4];
  __be32 src_mask[4];
  __be32 dst[4];
  __be16 sport; /* 0: any */
  __be16 dport;
  __u8 family;
  __u8 dst_length;
  __u8 protocol; /* 0: any */
  __u8 action;   /* enum xesp_action */
  __u32 policy;  /* key of the policy_sa map */
};

/* Value of the policy tries: every policy whose destination contains this prefix, the most specific one first. The
 * longest match therefore holds all that may apply to an address, and one update changes all of it in one step. */
struct xesp_spd_bucket {
  __u32 count;
  struct xesp_spd_entry entry[XESP_BUCKET_ENTRIES];
};

/* Whether a policy of this bucket is for the packet. What the packet does not show may be what the policy asks for:
 * then a protect or discard policy takes it, and a bypass policy does not (RFC 4301 7: the safe side). */
static inline __attribute__((always_inline)) int xesp_entry_fits(const struct xesp_spd_entry* e,
                                                                 const struct xesp_flow* f) {
  __be32 differs = 0;
  for (int i = 0; i < 4; ++i) differs |= (f->src[i] & e->src_mask[i]) ^ e->src[i];
  if (differs) return 0;
  if (e->protocol == 0) return 1;
  if (!(f->shown & XESP_SHOWS_PROTOCOL)) return e->action != XESP_BYPASS;
  if (e->protocol != f->protocol) return 0;
  if (e->sport == 0 && e->dport == 0) return 1;
  if (!(f->shown & XESP_SHOWS_PORTS)) return e->action != XESP_BYPASS;
  return (e->sport == 0 || e->sport == f->sport) && (e->dport == 0 || e->dport == f->dport);
}

/* Policies whose last packet without an SA waits to be looked at. */
#define XESP_MAX_MISSES 256

/* An SA in the engine's table: xesp::SaHandle. */
struct xesp_sa_ref {
  __u16 index;
  __u16 generation;
};

/* Key of the inbound SA hash (RFC 4301 4.4.2.1). */
struct xesp_sad_key {
  __be32 dst[4];
  __be32 spi;
  __u8 family;
  __u8 protocol;
  __u16 reserved;
};

/* A datagram in fragments, and how long its name is remembered: xespd waits as long for what is missing of it, as
 * Linux does; RFC 8200 4.5 would wait for 60 s. */
struct xesp_datagram {
  __be32 src[4];
  __be32 dst[4];
  __be32 id;
  __u32 family;
};
#define XESP_DATAGRAM_NANOSECONDS 30000000000ull

/* An address of ours. */
struct xesp_endpoint {
  __be32 address[4];
  __u32 family;
};

#define XESP_META_MAGIC 0x58455350u /* "XESP" */

/* Stands in the place of both addresses of every frame that goes to user space, and is as long as they are: what stands
 * before a frame (XDP metadata) costs a call, and not every driver keeps it. */
struct xesp_meta {
  __u32 magic;
  struct xesp_sa_ref sa;
  __u16 l3_offset; /* of the IP header from the first byte of the frame */
  __u16 flags;     /* XESP_META_... */
};
#define XESP_META_GROUP 1 /* came to a broadcast or multicast link address */

/* Counters, per CPU: id, name, text. The kernel's own counter of the same event is named where there is one. */
#define XESP_STEER_COUNTERS(X)                                                                              \
  X(PROTECT, "protect", "clear packet handed to the engine")                                                \
  X(RECOVER, "recover", "ESP or AH packet handed to the engine")                                            \
  X(RECOVER_FRAGMENT, "recover_fragment", "later fragment of ESP or AH, to be put together with its first") \
  X(PASS_NON_IP, "pass_non_ip", "ARP and other frames that no policy covers")                               \
  X(PASS_NEIGHBOUR, "pass_neighbour", "IPv6 neighbour discovery on the link (RFC 4861)")                    \
  X(PASS_IKE, "pass_ike", "UDP 500, or with the non-ESP marker where ESP in UDP comes in, like 4500")       \
  X(PASS_NO_POLICY, "pass_no_policy", "IP packet outside of every policy")                                  \
  X(PASS_BYPASS, "pass_bypass", "let through in clear by a bypass policy")                                  \
  X(DROP_DISCARD, "drop_discard", "dropped by a discard policy (XfrmOutPolBlock, XfrmInPolBlock)")          \
  X(DROP_NO_SA_OUT, "drop_no_sa_out", "protect policy without a live SA (XfrmOutNoStates)")                 \
  X(DROP_NO_SA_IN, "drop_no_sa_in", "ESP or AH to a tunnel end here, SPI unknown (XfrmInNoStates)")         \
  X(DROP_CLEAR_IN, "drop_clear_in", "arrived in clear, must be protected (XfrmInTmplMismatch)")             \
  X(DROP_MALFORMED, "drop_malformed", "frame or IP header cut short or inconsistent (XfrmInHdrError)")      \
  X(DROP_VLAN_DEPTH, "drop_vlan_depth", "more than two VLAN tags: the policy can't be told")                \
  X(DROP_EXTENSIONS, "drop_extensions", "too many IPv6 extension headers: the policy can't be told")        \
  X(DROP_KEEPALIVE, "drop_keepalive", "kept a NAT's mapping alive (RFC 3948 2.3), which was all")           \
  X(DROP_NO_SOCKET, "drop_no_socket", "xespd is away or doesn't serve this receive queue")

enum xesp_steer_counter {
#define XESP_X(id, name, text) XESP_STEER_##id,
  XESP_STEER_COUNTERS(XESP_X)
#undef XESP_X
      XESP_STEER_COUNT
};

struct xesp_steer_counts {
  __u64 of[XESP_STEER_COUNT];
};

#endif
