/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The getters behind conn_fields.def, and the order of its rows. */
#ifndef NI_CONN_FIELDS_H
#define NI_CONN_FIELDS_H

#include "netinspect/proto.h"

enum ni_conn_field {
	CONN_ID,
	CONN_SENDER,
	CONN_OPEN,
	CONN_CLOSE,
	CONN_CLOSED_FIRST,
	CONN_RESET_BY,
	CONN_RESET_STATE,
	CONN_RESET_AFTER_FIN,
	CONN_TIME_WAIT,
	CONN_STATE,
	CONN_HISTORY,
	CONN_ORIG_STATE,
	CONN_RESP_STATE,
	CONN_RTT,
	CONN_DURATION,
	CONN_ORIG_BYTES,
	CONN_RESP_BYTES,
	CONN_SERVICE,
	CONN_ECN,
	CONN_MSS_CLIENT,
	CONN_MSS_SERVER,
	CONN_MSS_CHANGED,
	CONN_LARGEST_CLIENT,
	CONN_LARGEST_SERVER,
	CONN_NSHOWN,
	/* For those who ask for it: too costly to be made for every packet. */
	CONN_COMMUNITY_ID = CONN_NSHOWN,
	CONN_NFIELDS,
};

ni_get_fn ni_conn_id;
ni_get_fn ni_conn_sender;
ni_get_fn ni_conn_open;
ni_get_fn ni_conn_close;
ni_get_fn ni_conn_closed_first;
ni_get_fn ni_conn_reset_by;
ni_get_fn ni_conn_reset_state;
ni_get_fn ni_conn_reset_after_fin;
ni_get_fn ni_conn_time_wait;
ni_get_fn ni_conn_state;
ni_get_fn ni_conn_history;
ni_get_fn ni_conn_orig_state;
ni_get_fn ni_conn_resp_state;
ni_get_fn ni_conn_rtt;
ni_get_fn ni_conn_duration;
ni_get_fn ni_conn_orig_bytes;
ni_get_fn ni_conn_resp_bytes;
ni_get_fn ni_conn_service;
ni_get_fn ni_conn_ecn;
ni_get_fn ni_conn_mss_client;
ni_get_fn ni_conn_mss_server;
ni_get_fn ni_conn_mss_changed;
ni_get_fn ni_conn_largest_client;
ni_get_fn ni_conn_largest_server;
ni_get_fn ni_conn_field_community_id;

#endif
