// SPDX-License-Identifier: Apache-2.0
//
// Each little kernel natively against its RTL, under random stalls.
#include "Vall_kernels.h"
#include "arithmetic_ports.h"
#include "bitwork_ports.h"
#include "clmul_ports.h"
#include "compares_ports.h"
#include "counters_ports.h"
#include "delay_line_ports.h"
#include "flush_ports.h"
#include "memory_ports.h"
#include "modules_ports.h"
#include "record_ports.h"
#include "shifts_ports.h"
#include "sometimes_ports.h"
#include "tables_ports.h"
#include "kernels/kernels.h"
#include "pair.h"

#define arithmetic_IN(name, width) XHLS_RTL_IN(arithmetic, name, width)
#define arithmetic_OUT(name, width) XHLS_RTL_OUT(arithmetic, name, width)
XHLS_KERNEL_TEST(Vall_kernels, arithmetic, ARITHMETIC_PORTS)

#define shifts_IN(name, width) XHLS_RTL_IN(shifts, name, width)
#define shifts_OUT(name, width) XHLS_RTL_OUT(shifts, name, width)
XHLS_KERNEL_TEST(Vall_kernels, shifts, SHIFTS_PORTS)

#define record_IN(name, width) XHLS_RTL_IN(record, name, width)
#define record_OUT(name, width) XHLS_RTL_OUT(record, name, width)
XHLS_KERNEL_TEST(Vall_kernels, record, RECORD_PORTS)

#define sometimes_IN(name, width) XHLS_RTL_IN(sometimes, name, width)
#define sometimes_OUT(name, width) XHLS_RTL_OUT(sometimes, name, width)
XHLS_KERNEL_TEST(Vall_kernels, sometimes, SOMETIMES_PORTS)

#define flush_IN(name, width) XHLS_RTL_IN(flush, name, width)
#define flush_OUT(name, width) XHLS_RTL_OUT(flush, name, width)
XHLS_KERNEL_TEST(Vall_kernels, flush, FLUSH_PORTS)

#define tables_IN(name, width) XHLS_RTL_IN(tables, name, width)
#define tables_OUT(name, width) XHLS_RTL_OUT(tables, name, width)
XHLS_KERNEL_TEST(Vall_kernels, tables, TABLES_PORTS)

#define counters_IN(name, width) XHLS_RTL_IN(counters, name, width)
#define counters_OUT(name, width) XHLS_RTL_OUT(counters, name, width)
XHLS_KERNEL_TEST(Vall_kernels, counters, COUNTERS_PORTS)

#define memory_IN(name, width) XHLS_RTL_IN(memory, name, width)
#define memory_OUT(name, width) XHLS_RTL_OUT(memory, name, width)
XHLS_KERNEL_TEST(Vall_kernels, memory, MEMORY_PORTS)

#define modules_IN(name, width) XHLS_RTL_IN(modules, name, width)
#define modules_OUT(name, width) XHLS_RTL_OUT(modules, name, width)
XHLS_KERNEL_TEST(Vall_kernels, modules, MODULES_PORTS)

#define bitwork_IN(name, width) XHLS_RTL_IN(bitwork, name, width)
#define bitwork_OUT(name, width) XHLS_RTL_OUT(bitwork, name, width)
XHLS_KERNEL_TEST(Vall_kernels, bitwork, BITWORK_PORTS)

#define clmul_IN(name, width) XHLS_RTL_IN(clmul, name, width)
#define clmul_OUT(name, width) XHLS_RTL_OUT(clmul, name, width)
XHLS_KERNEL_TEST(Vall_kernels, clmul, CLMUL_PORTS)

#define compares_IN(name, width) XHLS_RTL_IN(compares, name, width)
#define compares_OUT(name, width) XHLS_RTL_OUT(compares, name, width)
XHLS_KERNEL_TEST(Vall_kernels, compares, COMPARES_PORTS)

#define delay_line_IN(name, width) XHLS_RTL_IN(delay_line, name, width)
#define delay_line_OUT(name, width) XHLS_RTL_OUT(delay_line, name, width)
XHLS_KERNEL_TEST(Vall_kernels, delay_line, DELAY_LINE_PORTS)
