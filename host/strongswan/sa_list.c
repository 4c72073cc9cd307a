/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sa_list.h"

#include <collections/linked_list.h>
#include <threading/mutex.h>

typedef struct {
	xesp_sa_id id;
	uint64_t packets;
	time_t used;
} sa_t;

struct xesp_sa_list_t {
	mutex_t *mutex;
	linked_list_t *sas;
};

/** The caller holds the lock. */
static sa_t *find(xesp_sa_list_t *this, const xesp_sa_id *id)
{
	enumerator_t *enumerator = this->sas->create_enumerator(this->sas);
	sa_t *sa, *found = NULL;

	while (!found && enumerator->enumerate(enumerator, &sa))
	{
		if (sa->id.spi == id->spi && sa->id.proto == id->proto && streq(sa->id.dst, id->dst))
		{
			found = sa;
		}
	}
	enumerator->destroy(enumerator);
	return found;
}

void xesp_sa_list_add(xesp_sa_list_t *this, const xesp_sa_id *id)
{
	sa_t *sa;

	INIT(sa,
		.id = *id,
	);
	this->mutex->lock(this->mutex);
	this->sas->insert_last(this->sas, sa);
	this->mutex->unlock(this->mutex);
}

bool xesp_sa_list_remove(xesp_sa_list_t *this, const xesp_sa_id *id)
{
	sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, id);
	if (sa)
	{
		this->sas->remove(this->sas, sa, NULL);
		free(sa);
	}
	this->mutex->unlock(this->mutex);
	return sa != NULL;
}

void xesp_sa_list_move(xesp_sa_list_t *this, const xesp_sa_id *id, const char *src, const char *dst)
{
	sa_t *sa;

	this->mutex->lock(this->mutex);
	sa = find(this, id);
	if (sa)
	{
		snprintf(sa->id.src, sizeof(sa->id.src), "%s", src);
		snprintf(sa->id.dst, sizeof(sa->id.dst), "%s", dst);
		sa->packets = 0;	/* xespd counts anew */
	}
	this->mutex->unlock(this->mutex);
}

time_t xesp_sa_list_used(xesp_sa_list_t *this, const xesp_sa_id *id, uint64_t packets)
{
	sa_t *sa;
	time_t used = 0;

	this->mutex->lock(this->mutex);
	sa = find(this, id);
	if (sa)
	{
		if (sa->packets != packets)
		{
			sa->packets = packets;
			sa->used = time_monotonic(NULL);
		}
		used = sa->used;
	}
	this->mutex->unlock(this->mutex);
	return used;
}

xesp_sa_id *xesp_sa_list_all(xesp_sa_list_t *this, size_t *count)
{
	enumerator_t *enumerator;
	xesp_sa_id *all;
	sa_t *sa;

	this->mutex->lock(this->mutex);
	*count = 0;
	all = calloc(this->sas->get_count(this->sas) + 1, sizeof(*all));
	enumerator = this->sas->create_enumerator(this->sas);
	while (enumerator->enumerate(enumerator, &sa))
	{
		all[(*count)++] = sa->id;
	}
	enumerator->destroy(enumerator);
	this->mutex->unlock(this->mutex);
	return all;
}

xesp_sa_list_t *xesp_sa_list_create()
{
	xesp_sa_list_t *this;

	INIT(this,
		.mutex = mutex_create(MUTEX_TYPE_DEFAULT),
		.sas = linked_list_create(),
	);
	return this;
}

void xesp_sa_list_destroy(xesp_sa_list_t *this)
{
	this->sas->destroy_function(this->sas, free);
	this->mutex->destroy(this->mutex);
	free(this);
}
