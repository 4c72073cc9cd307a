/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "selectors.h"

#include <library.h>

#include <arpa/inet.h>

void xesp_address_of(host_t *host, char text[XESP_ADDRESS])
{
	chunk_t address = host->get_address(host);

	text[0] = 0;
	if (!inet_ntop(host->get_family(host), address.ptr, text, XESP_ADDRESS))
	{
		text[0] = 0;
	}
}

static bool refuse(xesp_why *why, traffic_selector_t *ts, const char *what)
{
	snprintf(why->text, sizeof(why->text), "the traffic selector %R: %s", ts, what);
	return FALSE;
}

static bool prefix_of(traffic_selector_t *ts, char text[XESP_PREFIX], xesp_why *why)
{
	char address[XESP_ADDRESS];
	host_t *net;
	uint8_t mask;
	bool exact;

	exact = ts->to_subnet(ts, &net, &mask);
	xesp_address_of(net, address);
	net->destroy(net);
	snprintf(text, XESP_PREFIX, "%s/%u", address, mask);
	return exact || refuse(why, ts, "xespd knows prefixes, no other ranges of addresses; give several prefixes");
}

static bool port_of(traffic_selector_t *ts, uint16_t *port, xesp_why *why)
{
	uint16_t from = ts->get_from_port(ts), to = ts->get_to_port(ts);
	uint8_t proto = ts->get_protocol(ts);

	*port = 0;
	if (from == 0 && to == 0xffff)
	{
		return TRUE;
	}
	if (proto != IPPROTO_TCP && proto != IPPROTO_UDP && proto != IPPROTO_SCTP)
	{
		return refuse(why, ts, "xespd tells no ICMP types apart; leave the type out");
	}
	if (from != to || from == 0)
	{
		return refuse(why, ts, "xespd knows one port or all, no other ranges; give one");
	}
	*port = from;
	return TRUE;
}

bool xesp_selector_of(traffic_selector_t *src, traffic_selector_t *dst, xesp_selector *selector, xesp_why *why)
{
	*selector = (xesp_selector){
		.proto = max(src->get_protocol(src), dst->get_protocol(dst)),
	};
	return prefix_of(src, selector->src, why) && prefix_of(dst, selector->dst, why) &&
		   port_of(src, &selector->sport, why) && port_of(dst, &selector->dport, why);
}
