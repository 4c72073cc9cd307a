/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_ROUTES_H
#define XESP_STRONGSWAN_ROUTES_H

#include <selectors/traffic_selector.h>

typedef struct xesp_routes_t xesp_routes_t;

/**
 * Routes into xespd's TUN device for what this host itself sends and a policy protects; packets that it forwards need none,
 * XDP takes them. They go into charon's own table (charon.routing_table).
 *
 * Thread safety: the caller's lock.
 *
 * @param tun	the device's name, or NULL for no routes; copied
 */
xesp_routes_t *xesp_routes_create(const char *tun);

/** For an outbound policy. Nothing if no address of this host is in `src`. Each add wants a del. */
void xesp_routes_add(xesp_routes_t *this, traffic_selector_t *src, traffic_selector_t *dst);
void xesp_routes_del(xesp_routes_t *this, traffic_selector_t *src, traffic_selector_t *dst);

void xesp_routes_destroy(xesp_routes_t *this);

#endif
