/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_POLICIES_H
#define XESP_STRONGSWAN_POLICIES_H

#include <kernel/kernel_ipsec.h>

#include "link/xesp_link.h"
#include "routes.h"

typedef struct xesp_policies_t xesp_policies_t;

/**
 * charon's policies. Several may have one selector: of a trap and the SAs that it made, of an old and a new CHILD_SA.
 * xespd has one, the one of highest priority, of equal ones the newest.
 *
 * Thread safety: every call from any thread.
 *
 * @param link		must outlive this
 * @param routes	owned
 */
xesp_policies_t *xesp_policies_create(xesp_link *link, xesp_routes_t *routes);

status_t xesp_policies_add(xesp_policies_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data);
status_t xesp_policies_del(xesp_policies_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data);
void xesp_policies_flush(xesp_policies_t *this);

/** Tells xespd all of them again, after it was away. */
void xesp_policies_restore(xesp_policies_t *this);

/** The reqid of the outbound policy with this selector, 0 if there is none. */
uint32_t xesp_policies_reqid(xesp_policies_t *this, const xesp_selector *selector);

void xesp_policies_destroy(xesp_policies_t *this);

#endif
