/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_xesp_ipsec.h"

#include "alerts.h"
#include "link/xesp_link.h"
#include "policies.h"
#include "sa_list.h"
#include "selectors.h"
#include "suites.h"

#include <daemon.h>
#include <threading/thread.h>

#include <arpa/inet.h>

#define DEFAULT_SOCKET "/run/xesp/xespd.sock"
#define DEFAULT_TUN "xesp0"

typedef struct {
	kernel_ipsec_t public;
	xesp_link *link;
	xesp_policies_t *policies;
	xesp_sa_list_t *sas;
	xesp_alerts_t *alerts;
	const char *offload;	/* of SAs whose connection does not say */
	thread_t *events;
	bool connected_before;
} private_t;

static status_t status_of(xesp_status status, const char *what, uint32_t spi, const xesp_why *why)
{
	if (status == XESP_OK)
	{
		return SUCCESS;
	}
	DBG1(DBG_KNL, "kernel-xesp: %s (SPI %.8x): %s", what, ntohl(spi), why->text);
	return status == XESP_NOT_FOUND ? NOT_FOUND : FAILED;
}

static xesp_sa_id id_of(host_t *src, host_t *dst, uint8_t proto, uint32_t spi)
{
	xesp_sa_id id = { .proto = proto, .spi = ntohl(spi) };

	xesp_address_of(src, id.src);
	xesp_address_of(dst, id.dst);
	return id;
}

static xesp_udp_ports ports_of(bool encap, host_t *src, host_t *dst)
{
	return encap ? (xesp_udp_ports){ src->get_port(src), dst->get_port(dst) } : (xesp_udp_ports){};
}

METHOD(kernel_ipsec_t, get_features, kernel_feature_t,
	private_t *this)
{
	return KERNEL_ESP_V3_TFC;
}

METHOD(kernel_ipsec_t, get_spi, status_t,
	private_t *this, host_t *src, host_t *dst, uint8_t protocol, uint32_t *spi)
{
	xesp_sa_id id = id_of(src, dst, protocol, 0);
	xesp_why why = {};
	xesp_status status = xesp_reserve_spi(this->link, &id, &why);

	*spi = htonl(id.spi);
	return status_of(status, "no SPI", *spi, &why);
}

METHOD(kernel_ipsec_t, get_cpi, status_t,
	private_t *this, host_t *src, host_t *dst, uint16_t *cpi)
{
	DBG1(DBG_KNL, "kernel-xesp: xespd has no IPComp: remove ipcomp");
	return NOT_SUPPORTED;
}

/** What xespd can't do, and what to do instead; NULL if it can. */
static const char *beyond_us(kernel_ipsec_sa_id_t *id, kernel_ipsec_add_sa_t *data)
{
	if (data->mode != MODE_TUNNEL && data->mode != MODE_TRANSPORT)
	{
		return "xespd has tunnel and transport mode: give one of them";
	}
	if (data->encap && data->mode == MODE_TRANSPORT)
	{	/* RFC 3948 3.1.2: TCP and UDP checksums would want mending */
		return "transport mode does not go through a NAT here: set mode = tunnel";
	}
	if (data->ipcomp != IPCOMP_NONE)
	{
		return "xespd has no IPComp: remove ipcomp";
	}
	if (id->mark.value || id->mark.mask || data->mark.value || data->mark.mask)
	{
		return "xespd has no marks: remove mark_in, mark_out, set_mark_in and set_mark_out";
	}
	if (id->if_id)
	{
		return "xespd has no XFRM interfaces: remove if_id_in and if_id_out";
	}
	if (data->label)
	{
		return "xespd has no security labels: remove label";
	}
	if (data->tfc > UINT16_MAX)
	{
		return "xespd pads to a number of bytes: give one as tfc_padding, not mtu";
	}
	return NULL;
}

/** xespd has room for one selector in an SA; with more than one pair the policies alone tell. */
static bool add_selector(kernel_ipsec_add_sa_t *data, xesp_sa *sa, xesp_why *why)
{
	traffic_selector_t *src, *dst;

	if (data->src_ts->get_count(data->src_ts) != 1 || data->dst_ts->get_count(data->dst_ts) != 1)
	{
		return TRUE;
	}
	data->src_ts->get_first(data->src_ts, (void**)&src);
	data->dst_ts->get_first(data->dst_ts, (void**)&dst);
	sa->has_selector = TRUE;
	return xesp_selector_of(src, dst, &sa->selector, why);
}

static const char *offload_of(private_t *this, hw_offload_t wanted)
{
	return wanted == HW_OFFLOAD_YES ? "require" : wanted == HW_OFFLOAD_AUTO ? "auto" : this->offload;
}

METHOD(kernel_ipsec_t, add_sa, status_t,
	private_t *this, kernel_ipsec_sa_id_t *id, kernel_ipsec_add_sa_t *data)
{
	const char *beyond = beyond_us(id, data);
	xesp_why why = {};
	status_t status;
	xesp_sa sa = {
		.id = id_of(id->src, id->dst, id->proto, id->spi),
		.inbound = data->inbound,
		.tunnel = data->mode == MODE_TUNNEL,
		.reqid = data->reqid,
		.esn = data->esn,
		.replay_window = data->replay_window,
		.limits = {
			.soft_seconds = data->lifetime->time.rekey,
			.hard_seconds = data->lifetime->time.life,
			.soft_bytes = data->lifetime->bytes.rekey,
			.hard_bytes = data->lifetime->bytes.life,
			.soft_packets = data->lifetime->packets.rekey,
			.hard_packets = data->lifetime->packets.life,
		},
		.encap = ports_of(data->encap, id->src, id->dst),
		.tfc_pad = data->inbound ? 0 : data->tfc,
		.copy_df = data->copy_df,
		.copy_ecn = data->copy_ecn,
		.copy_dscp_out = data->copy_dscp == DSCP_COPY_OUT_ONLY || data->copy_dscp == DSCP_COPY_YES,
		.copy_dscp_in = data->copy_dscp == DSCP_COPY_IN_ONLY || data->copy_dscp == DSCP_COPY_YES,
		.offload = offload_of(this, data->hw_offload),
	};

	if (beyond)
	{
		DBG1(DBG_KNL, "kernel-xesp: the SA is not set (SPI %.8x): %s", ntohl(id->spi), beyond);
		return FAILED;
	}
	if (!xesp_suite_of(id->proto, data, &sa.suite, &why) || !add_selector(data, &sa, &why))
	{
		return status_of(XESP_REFUSED, "the SA is not set", id->spi, &why);
	}
	status = status_of(xesp_add_sa(this->link, &sa, &why), "the SA is not set", id->spi, &why);
	if (status == SUCCESS)
	{
		xesp_sa_list_add(this->sas, &sa.id);
	}
	return status;
}

METHOD(kernel_ipsec_t, update_sa, status_t,
	private_t *this, kernel_ipsec_sa_id_t *id, kernel_ipsec_update_sa_t *data)
{
	xesp_sa_id name = id_of(id->src, id->dst, id->proto, id->spi);
	xesp_sa_id moved = id_of(data->new_src, data->new_dst, id->proto, id->spi);
	xesp_why why = {};
	xesp_status status;

	status = xesp_move_sa(this->link, &name, moved.src, moved.dst,
						  ports_of(data->new_encap, data->new_src, data->new_dst), data->new_reqid, &why);
	if (status == XESP_OK)
	{
		xesp_sa_list_move(this->sas, &name, moved.src, moved.dst);
	}
	return status_of(status, "the SA is not moved", id->spi, &why);
}

METHOD(kernel_ipsec_t, query_sa, status_t,
	private_t *this, kernel_ipsec_sa_id_t *id, kernel_ipsec_query_sa_t *data, uint64_t *bytes, uint64_t *packets,
	time_t *time)
{
	xesp_sa_id name = id_of(id->src, id->dst, id->proto, id->spi);
	xesp_usage usage;
	xesp_why why = {};
	xesp_status status = xesp_query_sa(this->link, &name, &usage, &why);

	if (status != XESP_OK)
	{
		return status_of(status, "the SA does not tell its usage", id->spi, &why);
	}
	if (bytes)
	{
		*bytes = usage.bytes;
	}
	if (packets)
	{
		*packets = usage.packets;
	}
	if (time)
	{
		*time = xesp_sa_list_used(this->sas, &name, usage.packets);
	}
	return SUCCESS;
}

METHOD(kernel_ipsec_t, del_sa, status_t,
	private_t *this, kernel_ipsec_sa_id_t *id, kernel_ipsec_del_sa_t *data)
{
	xesp_sa_id name = id_of(id->src, id->dst, id->proto, id->spi);
	xesp_why why = {};
	bool known = xesp_sa_list_remove(this->sas, &name);
	xesp_status status = xesp_delete_sa(this->link, &name, &why);

	if (known && status != XESP_REFUSED)
	{	/* gone by its hard limit or with xespd: gone is what was asked for */
		return SUCCESS;
	}
	return status_of(status, "the SA is not deleted", id->spi, &why);
}

METHOD(kernel_ipsec_t, flush_sas, status_t,
	private_t *this)
{
	size_t count, i;
	xesp_sa_id *all = xesp_sa_list_all(this->sas, &count);

	/* charon's own: an operator's SAs are the operator's */
	for (i = 0; i < count; i++)
	{
		xesp_sa_list_remove(this->sas, &all[i]);
		xesp_delete_sa(this->link, &all[i], NULL);
	}
	free(all);
	return SUCCESS;
}

METHOD(kernel_ipsec_t, add_policy, status_t,
	private_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data)
{
	return xesp_policies_add(this->policies, id, data);
}

METHOD(kernel_ipsec_t, query_policy, status_t,
	private_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_query_policy_t *data, time_t *use_time)
{
	return NOT_SUPPORTED;	/* charon asks the SAs then */
}

METHOD(kernel_ipsec_t, del_policy, status_t,
	private_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data)
{
	return xesp_policies_del(this->policies, id, data);
}

METHOD(kernel_ipsec_t, flush_policies, status_t,
	private_t *this)
{
	xesp_policies_flush(this->policies);
	return SUCCESS;
}

METHOD(kernel_ipsec_t, bypass_socket, bool,
	private_t *this, int fd, int family)
{
	return TRUE;	/* the steering program passes IKE, and charon's mark keeps its packets out of the TUN device */
}

METHOD(kernel_ipsec_t, enable_udp_decap, bool,
	private_t *this, int fd, int family, uint16_t port)
{
	return TRUE;	/* the steering program takes ESP out before a socket sees it */
}

/* ---- events -------------------------------------------------------------------------------------------------------- */

static void expire(const xesp_sa_id *id, bool hard)
{
	host_t *dst = host_create_from_string((char*)id->dst, 0);

	if (dst)
	{
		charon->kernel->expire(charon->kernel, id->proto, htonl(id->spi), dst, hard);
		dst->destroy(dst);
	}
}

/** xespd is back and has none of our SAs, or some were ended while nobody listened: charon is to make new ones. */
static void look_after_sas(private_t *this)
{
	size_t count, i, lost = 0;
	xesp_sa_id *all = xesp_sa_list_all(this->sas, &count);
	xesp_usage usage;

	for (i = 0; i < count; i++)
	{
		if (xesp_query_sa(this->link, &all[i], &usage, NULL) == XESP_NOT_FOUND)
		{
			expire(&all[i], TRUE);
			lost++;
		}
	}
	free(all);
	if (lost)
	{
		DBG1(DBG_KNL, "kernel-xesp: xespd has lost %zu of %zu SAs: they are ended and made anew", lost, count);
	}
}

/** A packet of one of charon's policies had no SA. */
static void acquire(private_t *this, const xesp_event *event)
{
	kernel_acquire_data_t data = {};
	uint32_t reqid = xesp_policies_reqid(this->policies, &event->selector);

	if (reqid)
	{
		charon->kernel->acquire(charon->kernel, reqid, &data);
	}
}

static void on_event(void *user, const xesp_event *event)
{
	private_t *this = user;

	switch (event->kind)
	{
		case XESP_EVENT_CONNECTED:
			if (this->connected_before)
			{
				DBG1(DBG_KNL, "kernel-xesp: xespd is there again");
				xesp_policies_restore(this->policies);
				look_after_sas(this);
			}
			this->connected_before = TRUE;
			break;
		case XESP_EVENT_LOST:
			DBG1(DBG_KNL, "kernel-xesp: %s", event->why);
			break;
		case XESP_EVENT_SOFT:
			expire(&event->id, FALSE);
			break;
		case XESP_EVENT_HARD:
			expire(&event->id, TRUE);
			break;
		case XESP_EVENT_ACQUIRE:
			acquire(this, event);
			break;
	}
}

static void *follow(private_t *this)
{
	xesp_link_follow(this->link, on_event, this);
	return NULL;
}

METHOD(kernel_ipsec_t, destroy, void,
	private_t *this)
{
	xesp_alerts_destroy(this->alerts);
	xesp_link_stop(this->link);
	this->events->join(this->events);
	xesp_policies_flush(this->policies);
	_flush_sas(this);
	xesp_policies_destroy(this->policies);
	xesp_sa_list_destroy(this->sas);
	xesp_link_destroy(this->link);
	free(this);
}

static const char *read_offload()
{
	static const char *const words[] = { "auto", "off", "require" };
	char *given = lib->settings->get_str(lib->settings, "%s.plugins.kernel-xesp.offload", "auto", lib->ns);
	size_t i;

	for (i = 0; i < countof(words); i++)
	{
		if (streq(given, words[i]))
		{
			return words[i];
		}
	}
	DBG1(DBG_KNL, "kernel-xesp: offload = %s is not known, SAs get auto: give auto, off or require", given);
	return words[0];
}

kernel_ipsec_t *kernel_xesp_ipsec_create()
{
	private_t *this;
	char *socket = lib->settings->get_str(lib->settings, "%s.plugins.kernel-xesp.socket", DEFAULT_SOCKET, lib->ns);
	char *tun = lib->settings->get_str(lib->settings, "%s.plugins.kernel-xesp.tun", DEFAULT_TUN, lib->ns);

	INIT(this,
		.public = {
			.get_features = _get_features,
			.get_spi = _get_spi,
			.get_cpi = _get_cpi,
			.add_sa = _add_sa,
			.update_sa = _update_sa,
			.query_sa = _query_sa,
			.del_sa = _del_sa,
			.flush_sas = _flush_sas,
			.add_policy = _add_policy,
			.query_policy = _query_policy,
			.del_policy = _del_policy,
			.flush_policies = _flush_policies,
			.bypass_socket = _bypass_socket,
			.enable_udp_decap = _enable_udp_decap,
			.destroy = _destroy,
		},
		.link = xesp_link_create(socket),
		.sas = xesp_sa_list_create(),
		.offload = read_offload(),
	);
	this->policies = xesp_policies_create(this->link, xesp_routes_create(*tun ? tun : NULL));
	this->alerts = xesp_alerts_create(this->link);
	this->events = thread_create((thread_main_t)follow, this);
	DBG1(DBG_KNL, "kernel-xesp: xespd at %s, offload %s", socket, this->offload);
	return &this->public;
}
