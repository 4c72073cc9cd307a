/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XESP_STRONGSWAN_KERNEL_XESP_IPSEC_H
#define XESP_STRONGSWAN_KERNEL_XESP_IPSEC_H

#include <kernel/kernel_ipsec.h>

/** charon's kernel-ipsec interface on xespd's control socket. Its settings are read once, when it is made. */
kernel_ipsec_t *kernel_xesp_ipsec_create();

#endif
