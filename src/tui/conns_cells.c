/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the columns of the view of connections; see conns.h. */
#include "config.h"

#include "conns.h"

#include <string.h>

#include "app.h"
#include "i18n.h"
#include "report.h"

/* clang-format off */
const struct ni_column_def ni_conns_columns[NI_CONNS_N] = {
	[NI_CONNS_MARK] = {"!", "mark", 1, 2, 0, NI_FIT_LEFT, 0, 0},
	[NI_CONNS_NUMBER] = {N_("#"), "number", 3, 10, 0, NI_FIT_RIGHT, 0, 0},
	[NI_CONNS_CLIENT] = {N_("client"), "client", 12, 47, 21, NI_FIT_MIDDLE, 4, 0},
	[NI_CONNS_ARROW] = {"", "arrow", 1, 1, 0, NI_FIT_LEFT, 0, 0},
	[NI_CONNS_SERVER] = {N_("server"), "server", 12, 47, 21, NI_FIT_MIDDLE, 4, 0},
	[NI_CONNS_OPEN] = {N_("open"), "open", 5, 12, 0, NI_FIT_LEFT, 0, 1},
	[NI_CONNS_CLOSE] = {N_("close"), "close", 9, 16, 11, NI_FIT_LEFT, 2, 0},
	[NI_CONNS_TROUBLE] = {N_("trouble"), "trouble", 5, 24, 12, NI_FIT_LEFT, 6, 10},
	[NI_CONNS_STATES] = {N_("states"), "states", 9, 25, 20, NI_FIT_LEFT, 7, 9},
	[NI_CONNS_HTTP] = {N_("http"), "http", 5, 0, 8, NI_FIT_LEFT, 8, 3},
	[NI_CONNS_RTT] = {N_("rtt"), "rtt", 5, 9, 0, NI_FIT_RIGHT, 0, 5},
	[NI_CONNS_BYTES] = {N_("bytes"), "bytes", 5, 12, 0, NI_FIT_RIGHT, 0, 6},
	[NI_CONNS_PACKETS] = {N_("packets"), "packets", 5, 9, 0, NI_FIT_RIGHT, 0, 8},
	[NI_CONNS_AGE] = {N_("lasted"), "lasted", 5, 10, 0, NI_FIT_RIGHT, 0, 7},
};
/* clang-format on */

/* The higher the worse; 0: all is well. */
int
ni_conns_severity(const struct ni_conn_row *r)
{
	enum ni_color c = rp_bad_color((enum rp_bad_kind)r->trouble);
	return c == NI_C_BAD ? 3 : c == NI_C_WARN ? 2 : r->trouble ? 1 : 0;
}

const char *
ni_conns_trouble(const struct ni_conn_row *r)
{
	if (r->close != NI_CLOSE_RESET)
		return _(rp_bad_name((enum rp_bad_kind)r->trouble));
	return r->reset_by == NI_CLIENT ? _("reset by the client") : _("reset by the server");
}

int64_t
ni_conns_key(const struct ni_conn_row *r, enum ni_conns_column c)
{
	switch (c) {
	case NI_CONNS_MARK:
	case NI_CONNS_TROUBLE:
		return -ni_conns_severity(r);
	case NI_CONNS_CLIENT:
		return r->port[NI_CLIENT];
	case NI_CONNS_SERVER:
		return r->port[NI_SERVER];
	case NI_CONNS_OPEN:
		return r->open;
	case NI_CONNS_CLOSE:
		return r->close;
	case NI_CONNS_STATES:
		return r->state[0] * 16 + r->state[1];
	case NI_CONNS_HTTP:
		return r->status;
	case NI_CONNS_RTT:
		return r->rtt_ns;
	case NI_CONNS_BYTES:
		return (int64_t)(r->bytes[0] + r->bytes[1]);
	case NI_CONNS_PACKETS:
		return (int64_t)(r->packets[0] + r->packets[1]);
	case NI_CONNS_AGE:
		return r->last_ns - r->first_ns;
	case NI_CONNS_NUMBER:
	case NI_CONNS_ARROW:
	case NI_CONNS_N:
		break;
	}
	return 0;
}

static void
print_end(struct ni_buf *b, const struct ni_conn_row *r, unsigned side)
{
	const struct ni_addr *a = &r->addr[side];
	if (a->len == 16) {
		ni_buf_c(b, '[');
		ni_buf_ip6(b, a->b);
		ni_buf_c(b, ']');
	} else if (a->len == 4) {
		ni_buf_ip4(b, a->b);
	}
	if (r->ipproto == 6 || r->ipproto == 17)
		ni_buf_fmt(b, ":%u", r->port[side]);
}

static void
print_close(struct ni_buf *b, const struct ni_conn_row *r)
{
	unsigned who = r->close == NI_CLOSE_RESET ? r->reset_by : r->closed_first;
	if (r->ipproto != 6 || r->close == NI_CLOSE_NONE) {
		ni_buf_str(b, "–");
		return;
	}
	ni_buf_str(b, ni_conn_close_name(r->close));
	if (who == NI_CLIENT)
		ni_buf_str(b, " c");
	else if (who == NI_SERVER)
		ni_buf_str(b, " s");
}

static void
print_http(struct ni_buf *b, const struct ni_conn_row *r)
{
	if (r->method[0] || r->status) {
		ni_buf_escape(b, (const uint8_t *)r->method, strlen(r->method));
		ni_buf_c(b, ' ');
		if (r->status)
			ni_buf_fmt(b, "%u ", r->status);
		ni_buf_escape(b, (const uint8_t *)r->uri, strlen(r->uri));
	} else {
		ni_buf_str(b, r->service ? r->service : "–");
	}
}

void
ni_conns_cell(struct ni_buf *b, const struct ni_conn_row *r, enum ni_conns_column c)
{
	switch (c) {
	case NI_CONNS_MARK:
		ni_buf_str(b, ni_conn_row_is_troubled(r) ? "!" : r->trouble ? "·" : "");
		break;
	case NI_CONNS_TROUBLE:
		if (r->trouble)
			ni_buf_str(b, _(rp_bad_name((enum rp_bad_kind)r->trouble)));
		break;
	case NI_CONNS_NUMBER:
		/* Each protocol has numbers of its own. */
		ni_buf_str(b, r->ipproto == 6 ? "" : r->ipproto == 17 ? "u" : "i");
		ni_buf_u64(b, r->key & NI_IX_CONN_ID);
		break;
	case NI_CONNS_CLIENT:
	case NI_CONNS_SERVER:
		print_end(b, r, c == NI_CONNS_CLIENT ? NI_CLIENT : NI_SERVER);
		break;
	case NI_CONNS_ARROW:
		ni_buf_str(b, "→");
		break;
	case NI_CONNS_OPEN:
		ni_buf_str(b, r->ipproto == 6    ? ni_conn_open_name(r->open)
			      : r->ipproto == 17 ? "udp"
						 : "icmp");
		break;
	case NI_CONNS_CLOSE:
		print_close(b, r);
		break;
	case NI_CONNS_STATES:
		if (r->ipproto == 6)
			ni_buf_fmt(b, "%s/%s", ni_tcp_state_name(r->state[0]),
				   ni_tcp_state_name(r->state[1]));
		break;
	case NI_CONNS_HTTP:
		print_http(b, r);
		break;
	case NI_CONNS_RTT:
		if (r->rtt_ns)
			ni_app_span(b, r->rtt_ns);
		break;
	case NI_CONNS_BYTES:
		ni_app_number(b, r->bytes[0] + r->bytes[1]);
		break;
	case NI_CONNS_PACKETS:
		ni_app_number(b, r->packets[0] + r->packets[1]);
		break;
	case NI_CONNS_AGE:
		ni_app_span(b, r->last_ns - r->first_ns);
		break;
	case NI_CONNS_N:
		break;
	}
	ni_buf_z(b);
}
