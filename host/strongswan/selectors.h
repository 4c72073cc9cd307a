/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_SELECTORS_H
#define XESP_STRONGSWAN_SELECTORS_H

#include <networking/host.h>
#include <selectors/traffic_selector.h>

#include "link/xesp_link.h"

/** An address as text, without the port. */
void xesp_address_of(host_t *host, char text[XESP_ADDRESS]);

/**
 * A pair of traffic selectors as xespd knows them: prefixes, one protocol or any, one port or any.
 *
 * @return FALSE, and `why` filled, for what is none: other ranges of addresses or ports, ICMP types
 */
bool xesp_selector_of(traffic_selector_t *src, traffic_selector_t *dst, xesp_selector *selector, xesp_why *why);

#endif
