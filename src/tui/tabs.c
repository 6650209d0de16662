/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views behind the keys 1 to 6. */
#include "app.h"

const struct ni_view_ops *const ni_app_tabs[NI_APP_TABS] = {
    &ni_packets_view, &ni_conns_view,   &ni_http_view,
    &ni_stats_view,   &ni_network_view, &ni_ifaces_view,
};
