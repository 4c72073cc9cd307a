/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_SA_LIST_H
#define XESP_STRONGSWAN_SA_LIST_H

#include <library.h>

#include "link/xesp_link.h"

typedef struct xesp_sa_list_t xesp_sa_list_t;

/**
 * The SAs that charon has given to xespd: which are its own, and when each was last seen to carry a packet.
 *
 * Thread safety: every call from any thread.
 */
xesp_sa_list_t *xesp_sa_list_create();

void xesp_sa_list_add(xesp_sa_list_t *this, const xesp_sa_id *id);
/** FALSE if it is not there. */
bool xesp_sa_list_remove(xesp_sa_list_t *this, const xesp_sa_id *id);
void xesp_sa_list_move(xesp_sa_list_t *this, const xesp_sa_id *id, const char *src, const char *dst);

/** Notes how many packets it has carried by now; the (monotonic) time at which that last was another number, or 0. */
time_t xesp_sa_list_used(xesp_sa_list_t *this, const xesp_sa_id *id, uint64_t packets);

/** A copy of all, to be freed; `count` says how many. */
xesp_sa_id *xesp_sa_list_all(xesp_sa_list_t *this, size_t *count);

void xesp_sa_list_destroy(xesp_sa_list_t *this);

#endif
