/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* Kernel types: from the running kernel's BTF where the build found it, else from the packaged UAPI headers. The
 * steering program reads packets and its context only, so both give the same object. */
#ifndef XESP_EBPF_KERNEL_H
#define XESP_EBPF_KERNEL_H

#ifdef XESP_HAVE_VMLINUX
#include "vmlinux.h"
#else
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#endif

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#endif
