/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtt,tcp: how long each handshake took (from the SYN to the first ACK that follows it), and how
 * these times are spread. */
#include <stdlib.h>

#include "i18n.h"
#include "look.h"
#include "netinspect/conn.h"
#include "netinspect/event.h"
#include "report_mem.h"

enum { MAX_ROWS = 65536 };

struct row {
	uint32_t id;
	uint16_t port[2];
	struct ni_addr addr[2];
	int64_t rtt_ns;
	uint64_t frame;
};

struct rtt {
	struct stat_base base;
	struct stat_conns conns;
	struct rp_list rows;
	struct rp_hist hist;
	uint64_t without; /* TCP connections whose handshake was not seen whole */
};

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct rtt *r = (struct rtt *)sink;
	if (stat_takes(&r->base, d) && d->conn && d->seg)
		stat_conns_add(&r->conns, d->conn->id);
}

static void
event(struct ni_sink *sink, const struct ni_event *e)
{
	struct rtt *r = (struct rtt *)sink;
	const struct ni_conn *c = e->conn;
	if (e->kind != NI_EV_CONN_END || c->ipproto != 6 || !stat_conns_has(&r->conns, &r->base, c))
		return;
	if (c->initial_rtt_ns <= 0) {
		r->without++;
		return;
	}
	rp_hist_add(&r->hist, c->initial_rtt_ns);
	struct row *row = rp_list_add(&r->rows);
	if (!row)
		return;
	*row = (struct row){.id = c->id, .rtt_ns = c->initial_rtt_ns, .frame = c->first_frame};
	for (unsigned i = 0; i < 2; i++) {
		row->addr[i] = c->addr[i];
		row->port[i] = c->port[i];
	}
}

/* ---- writing ---- */

static void
put_end(struct ni_buf *b, const struct ni_addr *a, uint16_t port)
{
	if (a->len == 16) {
		ni_buf_c(b, '[');
		ni_buf_ip6(b, a->b);
		ni_buf_c(b, ']');
	} else {
		ni_buf_ip4(b, a->b);
	}
	ni_buf_fmt(b, ":%u", port);
}

static const unsigned percents[] = {0, 25, 50, 75, 90, 95, 99, 100};

static void
write_json(const struct rtt *r)
{
	struct ni_buf *b = &r->base.env.out->b;
	stat_json_begin(&r->base);
	ni_buf_fmt(b, "\"connections\":%llu,\"without\":%llu,\"quantiles\":{",
		   (unsigned long long)r->hist.n, (unsigned long long)r->without);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		ni_buf_fmt(b, "%s\"%u\":", i ? "," : "", percents[i]);
		ni_buf_sec(b, rp_hist_quantile(&r->hist, percents[i]), 9);
	}
	ni_buf_fmt(b, "},\"lost\":%llu,\"rows\":[", (unsigned long long)r->rows.lost);
	for (uint32_t i = 0; i < r->rows.n; i++) {
		const struct row *row = rp_list_at(&r->rows, i);
		ni_buf_fmt(b, "%s{\"stream\":%u,\"client\":\"", i ? "," : "", row->id);
		put_end(b, &row->addr[0], row->port[0]);
		ni_buf_str(b, "\",\"server\":\"");
		put_end(b, &row->addr[1], row->port[1]);
		ni_buf_fmt(b, "\",\"frame\":%llu,\"rtt\":", (unsigned long long)row->frame);
		ni_buf_sec(b, row->rtt_ns, 9);
		ni_buf_c(b, '}');
		ni_out_line(r->base.env.out);
	}
	ni_buf_c(b, ']');
	stat_json_end(&r->base);
}

static void
write_text(const struct rtt *r)
{
	struct ni_buf *b = &r->base.env.out->b;
	stat_head(&r->base, _("Handshake round-trip times"));
	ni_buf_fmt(b, _("connections: %llu, without a whole handshake: %llu more\n"),
		   (unsigned long long)r->hist.n, (unsigned long long)r->without);
	for (size_t i = 0; r->hist.n && i < sizeof(percents) / sizeof(percents[0]); i++) {
		ni_buf_fmt(b, "  %3u%%  ", percents[i]);
		ni_buf_sec(b, rp_hist_quantile(&r->hist, percents[i]), 6);
		ni_buf_str(b, " s\n");
	}
	for (uint32_t i = 0; i < r->rows.n; i++) {
		const struct row *row = rp_list_at(&r->rows, i);
		ni_buf_fmt(b, "%7u  ", row->id);
		ni_buf_sec(b, row->rtt_ns, 6);
		ni_buf_str(b, "  ");
		put_end(b, &row->addr[0], row->port[0]);
		ni_buf_str(b, " -> ");
		put_end(b, &row->addr[1], row->port[1]);
		ni_buf_fmt(b, "  #%llu\n", (unsigned long long)row->frame);
		ni_out_line(r->base.env.out);
	}
	if (r->rows.lost)
		ni_buf_fmt(b, _("%llu more are counted above, but not listed\n"),
			   (unsigned long long)r->rows.lost);
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	const struct rtt *r = (struct rtt *)sink;
	if (r->base.env.json)
		write_json(r);
	else
		write_text(r);
	return ni_out_flush(r->base.env.out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct rtt *r = (struct rtt *)sink;
	rp_list_free(&r->rows);
	stat_conns_free(&r->conns);
	stat_base_free(&r->base);
	free(r);
}

static const struct ni_sink_ops ops = {
    .name = "rtt", .frame = frame, .event = event, .finish = finish, .free = destroy};

struct ni_sink *
ni_stat_rtt(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	    struct ni_err *err)
{
	struct rtt *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->base.sink.ops = &ops;
	r->rows = (struct rp_list){.item = sizeof(struct row), .max = MAX_ROWS};
	if (stat_base_init(&r->base, env, stat, args, err)) {
		destroy(&r->base.sink);
		return NULL;
	}
	return &r->base.sink;
}
