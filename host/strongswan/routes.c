/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routes.h"

#include <daemon.h>

#include <net/if.h>

/** One route, wanted by as many policies as `refs` says. */
typedef struct {
	traffic_selector_t *src;	/* of the first policy that wanted it */
	host_t *net;
	uint8_t mask;
	host_t *source;
	unsigned refs;
} route_t;

struct xesp_routes_t {
	char *tun;
	linked_list_t *routes;
	bool told;	/* that the device is not there */
};

static void route_destroy(route_t *this)
{
	DESTROY_IF(this->src);
	DESTROY_IF(this->net);
	DESTROY_IF(this->source);
	free(this);
}

static route_t *find(xesp_routes_t *this, traffic_selector_t *src, host_t *net, uint8_t mask)
{
	enumerator_t *enumerator = this->routes->create_enumerator(this->routes);
	route_t *route, *found = NULL;

	while (!found && enumerator->enumerate(enumerator, &route))
	{
		if (route->mask == mask && route->net->ip_equals(route->net, net) && route->src->equals(route->src, src))
		{
			found = route;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

static bool has_device(xesp_routes_t *this)
{
	if (if_nametoindex(this->tun))
	{
		return TRUE;
	}
	if (!this->told)
	{
		this->told = TRUE;
		DBG1(DBG_KNL, "kernel-xesp: no interface %s here, so what this host itself sends is not protected: start xespd "
			 "with --tun %s, or set charon.plugins.kernel-xesp.tun", this->tun, this->tun);
	}
	return FALSE;
}

void xesp_routes_add(xesp_routes_t *this, traffic_selector_t *src, traffic_selector_t *dst)
{
	route_t *route;
	host_t *net, *source = NULL;
	uint8_t mask;
	bool is_virtual;

	if (!this->tun || !has_device(this))
	{
		return;
	}
	dst->to_subnet(dst, &net, &mask);
	route = find(this, src, net, mask);
	if (route)
	{
		route->refs++;
		net->destroy(net);
		return;
	}
	if (charon->kernel->get_address_by_ts(charon->kernel, src, &source, &is_virtual) != SUCCESS)
	{
		net->destroy(net);
		return;
	}
	switch (charon->kernel->add_route(charon->kernel, net->get_address(net), mask, NULL, source, this->tun, FALSE))
	{
		case SUCCESS:
		case ALREADY_DONE:
			INIT(route,
				.src = src->clone(src),
				.net = net,
				.mask = mask,
				.source = source,
				.refs = 1,
			);
			this->routes->insert_last(this->routes, route);
			return;
		default:
			DBG1(DBG_KNL, "kernel-xesp: the route to %R by %s can't be set", dst, this->tun);
			net->destroy(net);
			source->destroy(source);
	}
}

void xesp_routes_del(xesp_routes_t *this, traffic_selector_t *src, traffic_selector_t *dst)
{
	route_t *route;
	host_t *net;
	uint8_t mask;

	dst->to_subnet(dst, &net, &mask);
	route = find(this, src, net, mask);
	net->destroy(net);
	if (!route || --route->refs)
	{
		return;
	}
	charon->kernel->del_route(charon->kernel, route->net->get_address(route->net), route->mask, NULL, route->source,
							  this->tun, FALSE);
	this->routes->remove(this->routes, route, NULL);
	route_destroy(route);
}

xesp_routes_t *xesp_routes_create(const char *tun)
{
	xesp_routes_t *this;

	INIT(this,
		.tun = tun ? strdup(tun) : NULL,
		.routes = linked_list_create(),
	);
	return this;
}

void xesp_routes_destroy(xesp_routes_t *this)
{
	this->routes->destroy_function(this->routes, (void*)route_destroy);
	free(this->tun);
	free(this);
}
