/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel_xesp_ipsec.h"

#include <daemon.h>
#include <plugins/plugin.h>

METHOD(plugin_t, get_name, char*,
	plugin_t *this)
{
	return "kernel-xesp";
}

METHOD(plugin_t, get_features, int,
	plugin_t *this, plugin_feature_t *features[])
{
	static plugin_feature_t f[] = {
		PLUGIN_CALLBACK(kernel_ipsec_register, kernel_xesp_ipsec_create),
			PLUGIN_PROVIDE(CUSTOM, "kernel-ipsec"),
	};
	*features = f;
	return countof(f);
}

METHOD(plugin_t, destroy, void,
	plugin_t *this)
{
	free(this);
}

/** What the plugin loader looks for. */
plugin_t *kernel_xesp_plugin_create()
{
	plugin_t *this;

	INIT(this,
		.get_name = _get_name,
		.get_features = _get_features,
		.destroy = _destroy,
	);
	return this;
}
