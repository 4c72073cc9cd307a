/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "policies.h"

#include "selectors.h"

#include <daemon.h>
#include <threading/mutex.h>

/** One use of a policy: what charon has added and will delete. */
typedef struct {
	uint32_t priority;	/* the smaller the sooner */
	xesp_policy policy;
} use_t;

/** All uses of one direction and selector, the one in force first. */
typedef struct {
	bool inbound;
	xesp_selector selector;
	linked_list_t *uses;
	traffic_selector_t *src, *dst;	/* of the route */
	bool routed;
} entry_t;

struct xesp_policies_t {
	mutex_t *mutex;
	linked_list_t *entries;
	xesp_link *link;
	xesp_routes_t *routes;
};

static bool same_selector(const xesp_selector *a, const xesp_selector *b)
{
	return streq(a->src, b->src) && streq(a->dst, b->dst) && a->proto == b->proto && a->sport == b->sport &&
		   a->dport == b->dport;
}

static bool same_policy(const xesp_policy *a, const xesp_policy *b)
{
	if (a->action != b->action)
	{
		return FALSE;
	}
	return a->action != XESP_PROTECT || (streq(a->src, b->src) && streq(a->dst, b->dst) && a->proto == b->proto &&
										 a->reqid == b->reqid && a->tunnel == b->tunnel);
}

static uint32_t priority_of(kernel_ipsec_manage_policy_t *data)
{
	switch (data->prio)
	{
		case POLICY_PRIORITY_PASS:
			return 0;
		case POLICY_PRIORITY_DEFAULT:
			return 1;
		case POLICY_PRIORITY_ROUTED:
			return 2;
		default:
			return 3;
	}
}

/** What xespd has no notion of. */
static const char *beyond_us(kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data)
{
	if (id->mark.value || id->mark.mask)
	{
		return "xespd has no marks: remove mark_in and mark_out";
	}
	if (id->if_id)
	{
		return "xespd has no XFRM interfaces: remove if_id_in and if_id_out";
	}
	if (id->label)
	{
		return "xespd has no security labels: remove label";
	}
	if (id->interface)
	{
		return "xespd ties no policy to an interface: remove interface";
	}
	if (data->manual_prio)
	{
		return "xespd orders policies by their selectors: remove priority";
	}
	if (data->type == POLICY_IPSEC && data->sa->esp.use == data->sa->ah.use)
	{
		return "xespd has ESP or AH, not one within the other";
	}
	if (data->type == POLICY_IPSEC && data->sa->mode != MODE_TUNNEL && data->sa->mode != MODE_TRANSPORT)
	{
		return "xespd has tunnel and transport mode: give one of them";
	}
	return NULL;
}

static bool read_policy(kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data, use_t *use, xesp_why *why)
{
	const char *beyond = beyond_us(id, data);

	if (beyond)
	{
		snprintf(why->text, sizeof(why->text), "%s", beyond);
		return FALSE;
	}
	*use = (use_t){
		.priority = priority_of(data),
		.policy = {
			.inbound = id->dir != POLICY_OUT,
			.action = data->type == POLICY_PASS ? XESP_BYPASS : data->type == POLICY_DROP ? XESP_DISCARD : XESP_PROTECT,
		},
	};
	if (data->type == POLICY_IPSEC)
	{
		xesp_address_of(data->src, use->policy.src);
		xesp_address_of(data->dst, use->policy.dst);
		use->policy.proto = data->sa->esp.use ? IPPROTO_ESP : IPPROTO_AH;
		use->policy.reqid = data->sa->reqid;
		use->policy.tunnel = data->sa->mode == MODE_TUNNEL;
	}
	return xesp_selector_of(id->src_ts, id->dst_ts, &use->policy.selector, why);
}

static entry_t *find(xesp_policies_t *this, bool inbound, const xesp_selector *selector)
{
	enumerator_t *enumerator = this->entries->create_enumerator(this->entries);
	entry_t *entry, *found = NULL;

	while (!found && enumerator->enumerate(enumerator, &entry))
	{
		if (entry->inbound == inbound && same_selector(&entry->selector, selector))
		{
			found = entry;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

static void entry_destroy(entry_t *entry)
{
	entry->uses->destroy_function(entry->uses, free);
	DESTROY_IF(entry->src);
	DESTROY_IF(entry->dst);
	free(entry);
}

static entry_t *make_entry(xesp_policies_t *this, kernel_ipsec_policy_id_t *id, const use_t *use)
{
	entry_t *entry;

	INIT(entry,
		.inbound = use->policy.inbound,
		.selector = use->policy.selector,
		.uses = linked_list_create(),
		.src = id->src_ts->clone(id->src_ts),
		.dst = id->dst_ts->clone(id->dst_ts),
		.routed = id->dir == POLICY_OUT && use->policy.action != XESP_BYPASS,
	);
	if (entry->routed)
	{	/* before the policy: what comes too early drops */
		xesp_routes_add(this->routes, entry->src, entry->dst);
	}
	this->entries->insert_last(this->entries, entry);
	return entry;
}

/** Before the first one that is not sooner. */
static void insert(entry_t *entry, const use_t *use)
{
	enumerator_t *enumerator = entry->uses->create_enumerator(entry->uses);
	use_t *other, *copy = malloc_thing(use_t);

	*copy = *use;
	while (enumerator->enumerate(enumerator, &other))
	{
		if (other->priority >= copy->priority)
		{
			break;
		}
	}
	entry->uses->insert_before(entry->uses, enumerator, copy);
	enumerator->destroy(enumerator);
}

static use_t *first_of(entry_t *entry)
{
	use_t *use = NULL;

	entry->uses->get_first(entry->uses, (void**)&use);
	return use;
}

/** FALSE if there is none. */
static bool remove_use(entry_t *entry, const use_t *gone)
{
	enumerator_t *enumerator = entry->uses->create_enumerator(entry->uses);
	use_t *use;
	bool found = FALSE;

	while (!found && enumerator->enumerate(enumerator, &use))
	{
		if (use->priority == gone->priority && same_policy(&use->policy, &gone->policy))
		{
			entry->uses->remove_at(entry->uses, enumerator);
			free(use);
			found = TRUE;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

static void drop_entry(xesp_policies_t *this, entry_t *entry)
{
	if (entry->routed)
	{
		xesp_routes_del(this->routes, entry->src, entry->dst);
	}
	this->entries->remove(this->entries, entry, NULL);
	entry_destroy(entry);
}

static status_t refused(const char *what, const xesp_why *why)
{
	DBG1(DBG_KNL, "kernel-xesp: %s: %s", what, why->text);
	return FAILED;
}

status_t xesp_policies_add(xesp_policies_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data)
{
	xesp_why why = {};
	status_t status = SUCCESS;
	entry_t *entry;
	use_t use;

	if (id->dir == POLICY_FWD)
	{	/* xespd holds what it forwards against the inbound policy */
		return SUCCESS;
	}
	if (!read_policy(id, data, &use, &why))
	{
		return refused("the policy is not set", &why);
	}
	this->mutex->lock(this->mutex);
	entry = find(this, use.policy.inbound, &use.policy.selector);
	if (!entry)
	{
		entry = make_entry(this, id, &use);
	}
	insert(entry, &use);
	if (xesp_set_policy(this->link, &first_of(entry)->policy, &why) == XESP_REFUSED)
	{	/* while xespd is away they wait for xesp_policies_restore() */
		status = refused("the policy is not set", &why);
		remove_use(entry, &use);
		if (!first_of(entry))
		{
			drop_entry(this, entry);
		}
	}
	this->mutex->unlock(this->mutex);
	return status;
}

status_t xesp_policies_del(xesp_policies_t *this, kernel_ipsec_policy_id_t *id, kernel_ipsec_manage_policy_t *data)
{
	xesp_why why = {};
	status_t status = SUCCESS;
	entry_t *entry;
	use_t use, *left;

	if (id->dir == POLICY_FWD)
	{
		return SUCCESS;
	}
	if (!read_policy(id, data, &use, &why))
	{
		return NOT_FOUND;
	}
	this->mutex->lock(this->mutex);
	entry = find(this, use.policy.inbound, &use.policy.selector);
	if (!entry || !remove_use(entry, &use))
	{
		this->mutex->unlock(this->mutex);
		return NOT_FOUND;
	}
	left = first_of(entry);
	if (left)
	{
		if (xesp_set_policy(this->link, &left->policy, &why) == XESP_REFUSED)
		{
			status = refused("the policy below is not set", &why);
		}
	}
	else
	{
		if (xesp_delete_policy(this->link, &use.policy, &why) == XESP_REFUSED)
		{
			status = refused("the policy is not deleted", &why);
		}
		drop_entry(this, entry);
	}
	this->mutex->unlock(this->mutex);
	return status;
}

void xesp_policies_flush(xesp_policies_t *this)
{
	entry_t *entry;

	this->mutex->lock(this->mutex);
	while (this->entries->get_first(this->entries, (void**)&entry) == SUCCESS)
	{
		xesp_delete_policy(this->link, &first_of(entry)->policy, NULL);
		drop_entry(this, entry);
	}
	this->mutex->unlock(this->mutex);
}

void xesp_policies_restore(xesp_policies_t *this)
{
	enumerator_t *enumerator;
	entry_t *entry;
	xesp_why why = {};

	this->mutex->lock(this->mutex);
	enumerator = this->entries->create_enumerator(this->entries);
	while (enumerator->enumerate(enumerator, &entry))
	{
		if (xesp_set_policy(this->link, &first_of(entry)->policy, &why) != XESP_OK)
		{
			refused("a policy is not set again", &why);
		}
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
}

uint32_t xesp_policies_reqid(xesp_policies_t *this, const xesp_selector *selector)
{
	entry_t *entry;
	uint32_t reqid = 0;

	this->mutex->lock(this->mutex);
	entry = find(this, FALSE, selector);
	if (entry)
	{
		reqid = first_of(entry)->policy.reqid;
	}
	this->mutex->unlock(this->mutex);
	return reqid;
}

xesp_policies_t *xesp_policies_create(xesp_link *link, xesp_routes_t *routes)
{
	xesp_policies_t *this;

	INIT(this,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.entries = linked_list_create(),
		.link = link,
		.routes = routes,
	);
	return this;
}

void xesp_policies_destroy(xesp_policies_t *this)
{
	this->entries->destroy_function(this->entries, (void*)entry_destroy);
	xesp_routes_destroy(this->routes);
	this->mutex->destroy(this->mutex);
	free(this);
}
