/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_ALERTS_H
#define XESP_STRONGSWAN_ALERTS_H

#include "link/xesp_link.h"

typedef struct xesp_alerts_t xesp_alerts_t;

/**
 * Tells xespd what charon could not agree on and with whom, so that `xesp doctor` can explain why an SA is not there.
 *
 * @param link	must outlive this
 */
xesp_alerts_t *xesp_alerts_create(xesp_link *link);

void xesp_alerts_destroy(xesp_alerts_t *this);

#endif
