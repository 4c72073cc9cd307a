/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_SUITES_H
#define XESP_STRONGSWAN_SUITES_H

#include <kernel/kernel_ipsec.h>

#include "link/xesp_link.h"

/**
 * charon's algorithms and keys in xespd's words. `suite` points into the keys given.
 *
 * @return FALSE, and `why` filled, if xespd has no such suite
 */
bool xesp_suite_of(uint8_t proto, kernel_ipsec_add_sa_t *sa, xesp_suite *suite, xesp_why *why);

#endif
