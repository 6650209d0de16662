/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow,tcp: all TCP segments as arrows between the columns of their hosts, as in tshark. For one
 * connection with its states see -T ladder.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "netinspect/conn.h"
#include "netinspect/rung.h"
#include "report_mem.h"
#include "tcp_track.h"

enum { MAX_ROWS = 100000, MAX_HOSTS = 12, COLUMN = 20, TIME = 12 };

struct arrow {
	int64_t ts_ns;
	uint32_t seq, ack, len;
	uint16_t port[2]; /* of the sender, of the receiver */
	uint16_t flags;
	uint8_t from, to; /* hosts */
};

struct flow {
	struct stat_base base;
	struct rp_list arrows;
	struct ni_addr host[MAX_HOSTS];
	unsigned hosts;
	uint64_t others; /* segments of hosts that found no column */
};

static bool
same(const struct ni_addr *a, const struct ni_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

static unsigned
host_of(struct flow *f, const struct ni_addr *a)
{
	for (unsigned i = 0; i < f->hosts; i++)
		if (same(&f->host[i], a))
			return i;
	if (f->hosts == MAX_HOSTS)
		return MAX_HOSTS;
	f->host[f->hosts] = *a;
	return f->hosts++;
}

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct flow *f = (struct flow *)sink;
	struct ni_rung r;
	if (!stat_takes(&f->base, d) || !d->conn || !ni_rung_of(d, &r))
		return;
	unsigned from = host_of(f, &d->conn->addr[r.side]);
	unsigned to = host_of(f, &d->conn->addr[!r.side]);
	if (from == MAX_HOSTS || to == MAX_HOSTS) {
		f->others++;
		return;
	}
	struct arrow *a = rp_list_add(&f->arrows);
	if (!a)
		return;
	*a = (struct arrow){
	    .ts_ns = r.ts_ns,
	    .seq = r.rel_seq,
	    .ack = r.rel_ack,
	    .len = r.len,
	    .port = {d->conn->port[r.side], d->conn->port[!r.side]},
	    .flags = r.flags,
	    .from = (uint8_t)from,
	    .to = (uint8_t)to,
	};
}

/* ---- writing ---- */

static void
put_flags(struct ni_buf *b, unsigned flags)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {{NI_TH_FIN, "FIN"}, {NI_TH_SYN, "SYN"}, {NI_TH_RST, "RST"},
		     {NI_TH_PSH, "PSH"}, {NI_TH_ACK, "ACK"}, {NI_TH_URG, "URG"},
		     {NI_TH_ECE, "ECE"}, {NI_TH_CWR, "CWR"}};
	bool any = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & names[i].bit))
			continue;
		ni_buf_fmt(b, any ? ", %s" : "%s", names[i].name);
		any = true;
	}
}

static void
put_host(struct ni_buf *b, const struct ni_addr *a)
{
	if (a->len == 16)
		ni_buf_ip6(b, a->b);
	else
		ni_buf_ip4(b, a->b);
}

/* The line of one segment: time, the arrow from column to column, its numbers. */
static void
text_arrow(const struct flow *f, const struct arrow *a)
{
	struct ni_buf *b = &f->base.env.out->b;
	unsigned left = a->from < a->to ? a->from : a->to;
	unsigned right = a->from < a->to ? a->to : a->from;
	bool rightward = a->from <= a->to;
	char port[2][16];
	snprintf(port[0], sizeof(port[0]), "(%u)", a->port[!rightward]);
	snprintf(port[1], sizeof(port[1]), "(%u)", a->port[rightward]);
	size_t start = b->len;
	ni_buf_sec(b, a->ts_ns - f->base.first_ns, 6);
	ni_buf_pad(b, ' ', TIME > b->len - start ? TIME - (b->len - start) : 1);
	ni_buf_pad(b, ' ', (size_t)left * COLUMN);
	size_t n = (right - left) * (size_t)COLUMN;
	size_t used = strlen(port[0]) + strlen(port[1]) + 4;
	ni_buf_fmt(b, "%s %s", port[0], rightward ? "" : "<");
	ni_buf_pad(b, '-', n + strlen(port[1]) > used ? n + strlen(port[1]) - used : 2);
	ni_buf_fmt(b, "%s %s", rightward ? ">" : "", port[1]);
	ni_buf_pad(b, ' ', (size_t)(f->hosts - 1 - right) * COLUMN + 2);
	put_flags(b, a->flags);
	ni_buf_fmt(b, " Seq=%u", a->seq);
	if (a->flags & NI_TH_ACK)
		ni_buf_fmt(b, " Ack=%u", a->ack);
	ni_buf_fmt(b, " Len=%u\n", a->len);
	ni_out_line(f->base.env.out);
}

static void
json_arrow(const struct flow *f, const struct arrow *a)
{
	struct ni_buf *b = &f->base.env.out->b;
	ni_buf_str(b, "{\"time\":");
	ni_buf_sec(b, a->ts_ns - f->base.first_ns, 9);
	ni_buf_str(b, ",\"from\":\"");
	put_host(b, &f->host[a->from]);
	ni_buf_fmt(b, "\",\"from_port\":%u,\"to\":\"", a->port[0]);
	put_host(b, &f->host[a->to]);
	ni_buf_fmt(b, "\",\"to_port\":%u,\"flags\":\"", a->port[1]);
	put_flags(b, a->flags);
	ni_buf_fmt(b, "\",\"seq\":%u,\"ack\":%u,\"len\":%u}", a->seq, a->ack, a->len);
	ni_out_line(f->base.env.out);
}

static void
text_head(const struct flow *f)
{
	struct ni_buf *b = &f->base.env.out->b;
	stat_head(&f->base, _("TCP segments between hosts"));
	ni_buf_pad(b, ' ', TIME);
	for (unsigned i = 0; i < f->hosts; i++) {
		size_t start = b->len;
		put_host(b, &f->host[i]);
		ni_buf_pad(b, ' ', COLUMN > b->len - start ? COLUMN - (b->len - start) : 1);
	}
	ni_buf_c(b, '\n');
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	const struct flow *f = (struct flow *)sink;
	struct ni_buf *b = &f->base.env.out->b;
	bool json = f->base.env.json;
	uint64_t lost = f->others + f->arrows.lost;
	if (json) {
		stat_json_begin(&f->base);
		ni_buf_fmt(b, "\"lost\":%llu,\"rows\":[", (unsigned long long)lost);
	} else {
		text_head(f);
	}
	for (uint32_t i = 0; i < f->arrows.n; i++) {
		if (json && i)
			ni_buf_c(b, ',');
		if (json)
			json_arrow(f, rp_list_at(&f->arrows, i));
		else
			text_arrow(f, rp_list_at(&f->arrows, i));
	}
	if (json) {
		ni_buf_c(b, ']');
		stat_json_end(&f->base);
	} else if (lost) {
		ni_buf_fmt(b,
			   _("%llu more segments are not shown: there is room for %d hosts and %d "
			     "segments\n"),
			   (unsigned long long)lost, MAX_HOSTS, MAX_ROWS);
	}
	return ni_out_flush(f->base.env.out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct flow *f = (struct flow *)sink;
	rp_list_free(&f->arrows);
	stat_base_free(&f->base);
	free(f);
}

static const struct ni_sink_ops ops = {
    .name = "flow", .frame = frame, .finish = finish, .free = destroy};

/* tshark's word for which addresses make a column; both mean the same for TCP over IP. */
static const char *
skip_word(const char *args)
{
	static const char *const words[] = {"network", "standard"};
	size_t n = strcspn(args, ",");
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n && !strncmp(args, words[i], n))
			return args + n + (args[n] == ',');
	return args;
}

struct ni_sink *
ni_stat_flow(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	     struct ni_err *err)
{
	struct flow *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->base.sink.ops = &ops;
	f->arrows = (struct rp_list){.item = sizeof(struct arrow), .max = MAX_ROWS};
	if (stat_base_init(&f->base, env, stat, skip_word(args), err)) {
		destroy(&f->base.sink);
		return NULL;
	}
	return &f->base.sink;
}
