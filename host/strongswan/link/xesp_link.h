/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * xespd's control socket for a C program: SAs, policies, what happens to them. Addresses and prefixes are text, as
 * "192.0.2.1" and "10.0.0.0/8"; all integers are in host byte order. Every call waits for xespd's answer, up to 30 s.
 *
 * Thread safety: every call from any thread, one at a time inside. xesp_link_follow() has a connection of its own.
 *
 * Errors: calls return an xesp_status, and fill `why` (if not NULL) with one line that names the field and the fix. It
 * never holds a key. Keys are copied into the request and wiped there when it has been sent; the caller's stay its own.
 */
#ifndef XESP_STRONGSWAN_LINK_H
#define XESP_STRONGSWAN_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
/* NOLINTBEGIN(modernize-use-using): C++ includes it as well, in its tests */

enum xesp_sizes { XESP_ADDRESS = 46, XESP_PREFIX = 50, XESP_WHY = 320 };

typedef enum xesp_status {
  XESP_OK = 0,
  XESP_NOT_FOUND,
  XESP_REFUSED, /* xespd said no */
  XESP_AWAY,    /* no xespd at the socket */
} xesp_status;

typedef struct xesp_link xesp_link;

typedef struct xesp_why {
  char text[XESP_WHY];
} xesp_why;

typedef struct xesp_sa_id {
  char src[XESP_ADDRESS];
  char dst[XESP_ADDRESS];
  uint8_t proto; /* 50: ESP, 51: AH */
  uint32_t spi;
} xesp_sa_id;

typedef struct xesp_selector {
  char src[XESP_PREFIX];
  char dst[XESP_PREFIX];
  uint8_t proto;  /* 0: any */
  uint16_t sport; /* 0: any */
  uint16_t dport;
} xesp_selector;

typedef struct xesp_bytes {
  const uint8_t* at;
  size_t length;
} xesp_bytes;

/* The algorithms in xespd's words: an AEAD alone, or encryption and integrity, or the latter alone for AH. */
typedef struct xesp_suite {
  const char* aead; /* NULL: `enc` and `auth` */
  const char* enc;  /* NULL for AH, with an empty key */
  const char* auth;
  unsigned icv_bits;
  xesp_bytes key;      /* of the AEAD with its salt, or of `enc` */
  xesp_bytes auth_key; /* of `auth` */
} xesp_suite;

typedef struct xesp_udp_ports {
  uint16_t src; /* 0: no UDP */
  uint16_t dst;
} xesp_udp_ports;

/* 0: no such limit */
typedef struct xesp_limits {
  uint64_t soft_seconds, hard_seconds;
  uint64_t soft_bytes, hard_bytes;
  uint64_t soft_packets, hard_packets;
} xesp_limits;

typedef struct xesp_sa {
  xesp_sa_id id;
  bool inbound;
  bool tunnel; /* false: transport */
  uint32_t reqid;
  xesp_suite suite;
  bool esn;
  uint32_t replay_window; /* packets */
  xesp_limits limits;
  xesp_udp_ports encap;
  uint16_t tfc_pad;
  bool copy_df;
  bool copy_ecn;
  bool copy_dscp_out;
  bool copy_dscp_in;
  bool has_selector;
  xesp_selector selector;
  const char* offload; /* auto, off, require */
} xesp_sa;

typedef enum xesp_action { XESP_PROTECT, XESP_BYPASS, XESP_DISCARD } xesp_action;

typedef struct xesp_policy {
  bool inbound;
  xesp_selector selector;
  xesp_action action;
  /* Which SAs, where `action` is XESP_PROTECT. */
  char src[XESP_ADDRESS];
  char dst[XESP_ADDRESS];
  uint8_t proto;
  uint32_t reqid;
  bool tunnel;
} xesp_policy;

typedef struct xesp_usage {
  uint64_t bytes;
  uint64_t packets;
} xesp_usage;

typedef enum xesp_event_kind {
  XESP_EVENT_CONNECTED, /* also again, when xespd was away: it may have lost what it was told */
  XESP_EVENT_LOST,      /* xespd is away, or has left events out; `why` has the text */
  XESP_EVENT_SOFT,      /* a limit of `id` is reached */
  XESP_EVENT_HARD,
  XESP_EVENT_ACQUIRE, /* a packet of `policy`'s selector has no SA; `packet` is what it was */
} xesp_event_kind;

typedef struct xesp_event {
  xesp_event_kind kind;
  xesp_sa_id id;
  xesp_selector selector;
  xesp_selector packet;
  const char* why;
} xesp_event;

/* Never NULL; connects with the first call. `socket_path` is copied. */
xesp_link* xesp_link_create(const char* socket_path);
void xesp_link_destroy(xesp_link* link);

xesp_status xesp_reserve_spi(xesp_link* link, xesp_sa_id* id, xesp_why* why); /* fills id->spi */
xesp_status xesp_add_sa(xesp_link* link, const xesp_sa* sa, xesp_why* why);
/* `reqid` 0: stays. */
xesp_status xesp_move_sa(xesp_link* link, const xesp_sa_id* id, const char* new_src, const char* new_dst,
                         xesp_udp_ports encap, uint32_t reqid, xesp_why* why);
xesp_status xesp_delete_sa(xesp_link* link, const xesp_sa_id* id, xesp_why* why);
xesp_status xesp_query_sa(xesp_link* link, const xesp_sa_id* id, xesp_usage* usage, xesp_why* why);
/* Takes the place of one of the same direction and selector. */
xesp_status xesp_set_policy(xesp_link* link, const xesp_policy* policy, xesp_why* why);
xesp_status xesp_delete_policy(xesp_link* link, const xesp_policy* policy, xesp_why* why);

/* Tells xespd, and so `xesp doctor`, why there is no SA with a peer. `kind` is one word; of each kind the last one is
 * kept. */
xesp_status xesp_add_notice(xesp_link* link, const char* peer, const char* kind, const char* text, const char* fix);

/* Calls `tell` for each event until xesp_link_stop(), and connects again when xespd was away. `event` and what it
 * points to are valid during the call only. */
void xesp_link_follow(xesp_link* link, void (*tell)(void* user, const xesp_event* event), void* user);
/* Ends xesp_link_follow() soon, from any thread; also one that starts later. */
void xesp_link_stop(xesp_link* link);
/* NOLINTEND(modernize-use-using) */

#ifdef __cplusplus
}
#endif
#endif
