/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS lookups: what was asked, what came of it, how long it took. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

struct row {
	const char *query, *type, *answer; /* raw, raw, ready to show */
	int64_t rtt_ns;                    /* -1: no answer */
	uint64_t frame;
	uint32_t repeats;
	bool failed;
};

/* One of the slowest, with texts of its own. */
struct slow {
	struct row row;
	char query[NI_DNS_NAME_MAX + 1];
	char type[16];
	char answer[RP_CELL];
};

/* ---- taking in ---- */

static bool
answered(const struct ni_dns_lookup *l)
{
	return l->outcome == NI_DNS_ANSWERED;
}

/* "192.0.2.1, 192.0.2.2"; records of another type than asked for are named: "CNAME www". */
static void
put_answers(struct ni_buf *b, const struct ni_dns_lookup *l)
{
	enum { ENOUGH = 160 };
	unsigned n = 0;
	if (!answered(l))
		return;
	if (l->rcode) {
		rp_wire(b, l->rcode_name);
		return;
	}
	for (; n < l->nanswers && b->len < ENOUGH; n++) {
		const struct ni_dns_answer *a = &l->answers[n];
		ni_buf_str(b, n ? ", " : "");
		if (a->type != l->qtype) {
			rp_wire(b, a->type_name);
			ni_buf_c(b, ' ');
		}
		rp_wire(b, a->text);
	}
	if (!n)
		ni_buf_str(b, _("no such record"));
	else if (n < l->answers_total)
		ni_buf_fmt(b, _(" and %u more"), l->answers_total - n);
}

static void
add_trouble(const struct ni_dns_lookup *l, struct rp_bad *bad, bool patient)
{
	struct rp_case c = {.name = l->query, .frame = l->query_frame};
	c.key.addr = rp_addr_key(&l->server);
	if (answered(l) && l->rcode) {
		c.key.kind = RP_BAD_DNS;
		c.key.code = l->rcode;
		c.frame = l->response_frame ? l->response_frame : l->query_frame;
	} else if (l->outcome == NI_DNS_TIMED_OUT || (l->outcome == NI_DNS_ENDED && !patient)) {
		c.key.kind = RP_BAD_DNS_SILENT;
	} else {
		return;
	}
	c.key.name = rp_bad_hash(l->query);
	rp_bad_add(bad, &c);
}

static struct row
make_row(const struct ni_dns_lookup *l, const char *answer)
{
	return (struct row){
	    .query = l->query,
	    .type = l->type_name,
	    .answer = answer,
	    .rtt_ns = l->rtt_ns,
	    .frame = l->query_frame ? l->query_frame : l->response_frame,
	    .repeats = l->repeats,
	    .failed = !answered(l) || l->rcode,
	};
}

static void
keep(struct rp_dns *d, const struct ni_dns_lookup *l)
{
	char answer[RP_CELL];
	struct ni_buf b = ni_buf(answer, sizeof(answer));
	put_answers(&b, l);
	ni_buf_z(&b);
	d->slowest.item = sizeof(struct slow);
	struct slow *s = rp_top_add(&d->slowest, l->rtt_ns);
	if (s) {
		memcpy(s->query, l->query, sizeof(s->query));
		memcpy(s->type, l->type_name, sizeof(s->type));
		memcpy(s->answer, answer, sizeof(s->answer));
		s->row = make_row(l, s->answer);
		s->row.query = s->query;
		s->row.type = s->type;
	}
	d->list.item = sizeof(struct row);
	d->list.max = RP_LOOKUPS;
	struct row *r = rp_list_add(&d->list);
	if (!r)
		return;
	*r = make_row(l, NULL);
	r->query = rp_texts_add(&d->texts, l->query, strlen(l->query));
	r->type = rp_texts_add(&d->texts, l->type_name, strlen(l->type_name));
	r->answer = rp_texts_add(&d->texts, answer, strlen(answer));
}

void
rp_dns_add(struct rp_dns *d, const struct ni_dns_lookup *l, struct rp_bad *bad, bool patient)
{
	d->total++;
	d->repeats += l->repeats;
	d->failed += answered(l) && l->rcode;
	d->silent += !answered(l);
	if (l->rtt_ns >= 0)
		rp_hist_add(&d->rtt, l->rtt_ns);
	add_trouble(l, bad, patient);
	keep(d, l);
}

/* ---- writing ---- */

struct rows {
	const struct rp_dns *dns;
	uint32_t *index;
};

static const struct row *
row_at(const struct rp_dns *d, uint32_t i)
{
	return rp_list_at(&d->list, i);
}

static bool
earlier(const void *ctx, uint32_t a, uint32_t b)
{
	return row_at(ctx, a)->frame < row_at(ctx, b)->frame;
}

/* All of them in the order of @index, or the slowest when there is none. */
static const struct row *
shown(const struct rows *r, size_t i)
{
	return r->index ? row_at(r->dns, r->index[i])
			: &((const struct slow *)rp_top_at(&r->dns->slowest, (unsigned)i))->row;
}

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct row *l = shown(r, i);
	switch (col) {
	case 0:
		ni_buf_u64(b, l->frame);
		break;
	case 1:
		if (l->query)
			rp_wire(b, l->query);
		break;
	case 2:
		if (l->type)
			rp_wire(b, l->type);
		break;
	case 3:
		if (l->rtt_ns < 0)
			ni_buf_str(b, _("no answer"));
		else if (l->answer)
			ni_buf_str(b, l->answer);
		break;
	case 4:
		if (l->repeats)
			ni_buf_u64(b, l->repeats);
		break;
	default:
		if (l->rtt_ns >= 0)
			rp_dur(b, l->rtt_ns);
		break;
	}
}

static enum ni_color
color(const void *ctx, size_t i)
{
	const struct rows *r = ctx;
	return shown(r, i)->failed ? NI_C_WARN : NI_C_NONE;
}

static void
write_summary(const struct rp_dns *d, const struct rp_ctx *ctx)
{
	enum { LEFT = 14 };
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_buf_fmt(&b, _("%s answered, %s with an error, %s without an answer"),
		   rp_word_num(d->total - d->failed - d->silent).z, rp_word_num(d->failed).z,
		   rp_word_num(d->silent).z);
	if (d->repeats)
		rp_count(&b, d->repeats,
			 NI_PLURAL("; %s query sent again", "; %s queries sent again", d->repeats));
	rp_para(ctx->page, LEFT, _("lookups"), ni_buf_z(&b));
	b.len = 0;
	if (d->rtt.n > 1) {
		rp_spread(&b, &d->rtt);
		rp_para(ctx->page, LEFT, _("time"), ni_buf_z(&b));
	}
	rp_end(ctx->page);
}

void
rp_dns_write(const struct rp_dns *d, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("frame"), RP_RIGHT, 0},
					     {N_("asked for"), RP_ELIDE, 16},
					     {N_("type"), RP_ELIDE, 5},
					     {N_("answer"), RP_ELIDE, 20},
					     {N_("repeats"), RP_RIGHT | RP_OPTION, 0},
					     {N_("time"), RP_RIGHT, 0},
					     {NULL, 0, 0}};
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	bool cut = !ctx->full && d->total > RP_ROWS + 2;
	struct rows r = {d, cut ? NULL : rp_sorted(ctx, d->list.n, earlier, d)};
	struct rp_table t = {.cols = cols,
			     .ctx = &r,
			     .rows = cut ? d->slowest.n : d->list.n,
			     .cell = cell,
			     .color = color};
	if (!d->total)
		return;
	rp_num(&b, d->total);
	rp_heading(ctx->page, _("DNS lookups"), ni_buf_z(&b));
	if (d->total > RP_BLOCKS)
		write_summary(d, ctx);
	if (cut)
		rp_para(ctx->page, RP_INDENT, NULL, _("Those that took longest:"));
	if (cut || r.index)
		rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, d->list.n);
	rp_not_kept(ctx->page, d->list.lost,
		    NI_PLURAL("%s further lookup was not kept: no room for it",
			      "%s further lookups were not kept: no room for them", d->list.lost));
	free(r.index);
}

void
rp_dns_free(struct rp_dns *d)
{
	rp_list_free(&d->list);
	rp_texts_free(&d->texts);
	rp_top_free(&d->slowest);
}
