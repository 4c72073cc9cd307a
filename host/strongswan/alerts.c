/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "alerts.h"

#include "selectors.h"

#include <daemon.h>

struct xesp_alerts_t {
	listener_t listener;
	xesp_link *link;
};

typedef struct {
	alert_t alert;
	const char *kind;
	const char *text;
	const char *fix;
} meaning_t;

static const meaning_t meanings[] = {
	{ALERT_LOCAL_AUTH_FAILED, "own-authentication",
	 "the peer does not accept this host's identity or secret, or there is none here to show",
	 "compare id and secret (PSK) or certificate of both sides' swanctl.conf; the peer's log says which"},
	{ALERT_PEER_AUTH_FAILED, "peer-authentication",
	 "the peer's identity or secret is not the one that this host knows",
	 "compare id and secret (PSK) or certificate of both sides' swanctl.conf"},
	{ALERT_PEER_ADDR_FAILED, "peer-address",
	 "the peer's name has no address",
	 "correct remote_addrs, or the resolver"},
	{ALERT_PEER_INIT_UNREACHABLE, "peer-silent",
	 "the peer does not answer IKE",
	 "look whether it runs, and whether UDP 500 and 4500 pass on the way"},
	{ALERT_RETRANSMIT_SEND_TIMEOUT, "peer-silent",
	 "the peer does not answer IKE any more",
	 "look whether it runs, and whether UDP 500 and 4500 pass on the way"},
	{ALERT_PROPOSAL_MISMATCH_IKE, "ike-proposal",
	 "the two sides have no algorithms of IKE in common",
	 "give both sides the same proposals"},
	{ALERT_PROPOSAL_MISMATCH_CHILD, "esp-proposal",
	 "the two sides have no algorithms of ESP in common",
	 "give both sides the same esp_proposals"},
	{ALERT_TS_MISMATCH, "traffic-selectors",
	 "the two sides name different networks",
	 "local_ts of the one is remote_ts of the other"},
	{ALERT_INSTALL_CHILD_SA_FAILED, "install",
	 "xespd did not take the SA agreed on",
	 "charon's log has the reason behind 'kernel-xesp:'"},
	{ALERT_INSTALL_CHILD_POLICY_FAILED, "install",
	 "xespd did not take the policy agreed on",
	 "charon's log has the reason behind 'kernel-xesp:'"},
	{ALERT_CERT_EXPIRED, "certificate",
	 "the peer's certificate has expired, or is not valid yet",
	 "issue a new one, or set the clock"},
	{ALERT_CERT_REVOKED, "certificate",
	 "the peer's certificate is revoked",
	 "issue a new one"},
	{ALERT_CERT_NO_ISSUER, "certificate",
	 "the authority of the peer's certificate is not known here",
	 "put the authority's certificate into /etc/swanctl/x509ca and run swanctl --load-creds"},
	{ALERT_CERT_UNTRUSTED_ROOT, "certificate",
	 "the authority of the peer's certificate is not trusted here",
	 "put the authority's certificate into /etc/swanctl/x509ca and run swanctl --load-creds"},
};

METHOD(listener_t, alert, bool,
	xesp_alerts_t *this, ike_sa_t *ike_sa, alert_t which, va_list args)
{
	char peer[XESP_ADDRESS];
	size_t i;

	if (!ike_sa)
	{
		return TRUE;
	}
	for (i = 0; i < countof(meanings); i++)
	{
		if (meanings[i].alert == which)
		{
			xesp_address_of(ike_sa->get_other_host(ike_sa), peer);
			xesp_add_notice(this->link, peer, meanings[i].kind, meanings[i].text, meanings[i].fix);
		}
	}
	return TRUE;
}

xesp_alerts_t *xesp_alerts_create(xesp_link *link)
{
	xesp_alerts_t *this;

	INIT(this,
		.listener = {
			.alert = _alert,
		},
		.link = link,
	);
	charon->bus->add_listener(charon->bus, &this->listener);
	return this;
}

void xesp_alerts_destroy(xesp_alerts_t *this)
{
	charon->bus->remove_listener(charon->bus, &this->listener);
	free(this);
}
