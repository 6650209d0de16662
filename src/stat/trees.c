/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics that count names in a tree: http,tree, http_req,tree, http_srv,tree, dns,tree. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "tally.h"

enum { WANTS = 10 };

struct tree;

/* One kind of tree: which layers it looks at, for what, and how it counts them. */
struct kind {
	const char *stat, *title;
	const char *proto[4];    /* keys of protocols, NULL-terminated */
	const char *want[WANTS]; /* keys of fields, NULL-terminated */
	void (*count)(struct tree *t, const struct ni_dis *d, const struct ni_layer *l);
	unsigned columns; /* enum tally_columns */
};

struct tree {
	struct stat_base base;
	const struct kind *kind;
	struct tally tally;
	struct stat_want want[WANTS];
	unsigned wants;
	uint8_t proto[4];
};

/* ---- HTTP ---- */

enum { H_METHOD, H_STATUS, H_PHRASE, H_HOST, H_URI };

static const char *
class_of(unsigned status)
{
	static const char *const names[] = {
	    "???: broken",      "1xx: Informational", "2xx: Success",
	    "3xx: Redirection", "4xx: Client Error",  "5xx: Server Error",
	};
	return status >= 100 && status < 600 ? names[status / 100] : names[0];
}

static void
count_http(struct tree *t, const struct ni_dis *d, const struct ni_layer *l)
{
	struct tally *c = &t->tally;
	(void)d;
	(void)l;
	uint32_t all = tally_hit(c, TALLY_ROOT, "Total HTTP Packets");
	if (t->want[H_STATUS].n) {
		char name[WANT_TEXT + 16];
		unsigned status = (unsigned)t->want[H_STATUS].value.u;
		uint32_t n = tally_hit(c, all, "HTTP Response Packets");
		n = tally_hit(c, n, class_of(status));
		snprintf(name, sizeof(name), "%u %s", status, t->want[H_PHRASE].text);
		tally_hit(c, n, name);
	} else if (t->want[H_METHOD].n) {
		uint32_t n = tally_hit(c, all, "HTTP Request Packets");
		tally_hit(c, n, t->want[H_METHOD].text);
	} else {
		tally_hit(c, all, "Other HTTP Packets");
	}
}

static void
count_requests(struct tree *t, const struct ni_dis *d, const struct ni_layer *l)
{
	struct tally *c = &t->tally;
	(void)d;
	(void)l;
	if (!t->want[H_METHOD].n)
		return;
	uint32_t n = tally_hit(c, TALLY_ROOT, "HTTP Requests by HTTP Host");
	n = tally_hit(c, n, t->want[H_HOST].n ? t->want[H_HOST].text : "(no host)");
	tally_hit(c, n, t->want[H_URI].text);
}

static void
address(const struct ni_dis *d, const uint8_t *p, char *text, size_t size)
{
	struct ni_buf b = ni_buf(text, size);
	if (d->net.kind == NI_ADDR_IP4)
		ni_buf_ip4(&b, p);
	else if (d->net.kind == NI_ADDR_IP6)
		ni_buf_ip6(&b, p);
	ni_buf_z(&b);
}

static void
count_servers(struct tree *t, const struct ni_dis *d, const struct ni_layer *l)
{
	struct tally *c = &t->tally;
	char server[64];
	(void)l;
	if (t->want[H_METHOD].n) {
		const char *host = t->want[H_HOST].n ? t->want[H_HOST].text : "(no host)";
		address(d, d->net.dst, server, sizeof(server));
		uint32_t all = tally_hit(c, TALLY_ROOT, "HTTP Requests by Server");
		uint32_t n = tally_hit(c, all, "HTTP Requests by Server Address");
		tally_hit(c, tally_hit(c, n, server), host);
		n = tally_hit(c, all, "HTTP Requests by HTTP Host");
		tally_hit(c, tally_hit(c, n, host), server);
	} else if (t->want[H_STATUS].n) {
		uint64_t status = t->want[H_STATUS].value.u;
		address(d, d->net.src, server, sizeof(server));
		uint32_t n = tally_hit(c, TALLY_ROOT, "HTTP Responses by Server Address");
		n = tally_hit(c, n, server);
		tally_hit(c, n, status >= 100 && status < 400 ? "OK" : "KO");
	}
}

/* ---- DNS ---- */

enum {
	D_RESPONSE,
	D_OPCODE,
	D_RCODE,
	D_TYPE,
	D_CLASS,
	D_NAME,
	D_QUESTIONS,
	D_ANSWERS,
	D_TIME,
	D_RETRANS
};

/* A value by its name from the field's own table, or as a number. */
static void
count_named(struct tree *t, uint32_t parent, const struct stat_want *w)
{
	char number[32];
	if (!w->n)
		return;
	const char *name = ni_label_find(w->field->labels, w->value.u);
	if (!name) {
		snprintf(number, sizeof(number), "%llu", (unsigned long long)w->value.u);
		name = number;
	}
	tally_hit(&t->tally, parent, name);
}

static void
count_levels(struct tree *t, uint32_t parent, const char *name)
{
	static const char *const levels[] = {"1st Level", "2nd Level", "3rd Level",
					     "4th Level or more"};
	unsigned dots = 0;
	for (const char *p = name; *p; p++)
		dots += *p == '.';
	tally_hit(&t->tally, parent, levels[dots < 3 ? dots : 3]);
}

static void
count_dns(struct tree *t, const struct ni_dis *d, const struct ni_layer *l)
{
	struct tally *c = &t->tally;
	const struct stat_want *w = t->want;
	bool response = w[D_RESPONSE].n && w[D_RESPONSE].value.u;
	(void)d;
	uint32_t all = tally_hit(c, TALLY_ROOT, "Total Packets");
	if (response)
		count_named(t, tally_hit(c, all, "rcode"), &w[D_RCODE]);
	count_named(t, tally_hit(c, all, "opcodes"), &w[D_OPCODE]);
	tally_hit(c, tally_hit(c, all, "Query/Response"), response ? "Response" : "Query");
	if (w[D_TYPE].n)
		count_named(t, tally_hit(c, all, "Query Type"), &w[D_TYPE]);
	if (w[D_CLASS].n)
		count_named(t, tally_hit(c, all, "Class"), &w[D_CLASS]);
	tally_value(c, tally_node(c, TALLY_ROOT, "Payload size"), l->len);
	if (!response && w[D_NAME].n) {
		uint32_t q = tally_hit(c, TALLY_ROOT, "Query Stats");
		tally_value(c, tally_node(c, q, "Qname Len"), (int64_t)strlen(w[D_NAME].text));
		count_levels(t, tally_hit(c, q, "Label Stats"), w[D_NAME].text);
	}
	if (response && w[D_ANSWERS].n) {
		uint32_t r = tally_hit(c, TALLY_ROOT, "Response Stats");
		tally_value(c, tally_node(c, r, "no. of answers"), (int64_t)w[D_ANSWERS].value.u);
	}
	if (!w[D_TIME].n && !w[D_RETRANS].n)
		return;
	uint32_t s = tally_hit(c, TALLY_ROOT, "Service Stats");
	if (w[D_TIME].n)
		tally_value(c, tally_node(c, s, "request-response time (usec)"),
			    w[D_TIME].value.i / 1000);
	if (w[D_RETRANS].n)
		tally_hit(c, s, "no. of retransmissions");
}

/* clang-format off */
static const struct kind kinds[] = {
	{"http,tree", N_("HTTP messages"), {"http"},
	 {"http.request.method", "http.response.code", "http.response.phrase", "http.host", "http.request.uri"},
	 count_http, TALLY_RATE | TALLY_SORT},
	{"http_req,tree", N_("HTTP requests by host"), {"http"},
	 {"http.request.method", "http.response.code", "http.response.phrase", "http.host", "http.request.uri"},
	 count_requests, TALLY_RATE | TALLY_SORT},
	{"http_srv,tree", N_("HTTP by server"), {"http"},
	 {"http.request.method", "http.response.code", "http.response.phrase", "http.host", "http.request.uri"},
	 count_servers, TALLY_RATE | TALLY_SORT},
	{"dns,tree", N_("DNS messages"), {"dns", "mdns", "llmnr"},
	 {"dns.flags.response", "dns.flags.opcode", "dns.flags.rcode", "dns.qry.type", "dns.qry.class", "dns.qry.name", "dns.count.queries", "dns.count.answers", "dns.time", "dns.retransmission"},
	 count_dns, TALLY_RATE | TALLY_VALUES},
};
/* clang-format on */

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct tree *t = (struct tree *)sink;
	if (!stat_takes(&t->base, d))
		return;
	for (unsigned i = 0; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		bool mine =
		    l->proto == t->proto[0] || l->proto == t->proto[1] || l->proto == t->proto[2];
		if (!mine || (l->flags & NI_L_QUOTED))
			continue;
		stat_look(t->want, t->wants, d, l);
		t->kind->count(t, d, l);
	}
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	const struct tree *t = (struct tree *)sink;
	struct tally_look look = {
	    .stat = t->kind->stat,
	    .title = _(t->kind->title),
	    .filter = t->base.text,
	    .columns = t->kind->columns,
	    .seconds = stat_seconds(&t->base),
	    .json = t->base.env.json,
	};
	tally_print(&t->tally, t->base.env.out, &look);
	return ni_out_flush(t->base.env.out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct tree *t = (struct tree *)sink;
	tally_free(&t->tally);
	stat_base_free(&t->base);
	free(t);
}

static const struct ni_sink_ops ops = {
    .name = "tree", .frame = frame, .finish = finish, .free = destroy};

struct ni_sink *
ni_stat_tree(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	     struct ni_err *err)
{
	struct tree *t = calloc(1, sizeof(*t));
	const struct ni_registry *reg = ni_session_registry(env->session);
	if (!t)
		return NULL;
	t->base.sink.ops = &ops;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].stat, stat->name))
			t->kind = &kinds[i];
	if (stat_base_init(&t->base, env, stat, args, err) || !tally_init(&t->tally)) {
		destroy(&t->base.sink);
		return NULL;
	}
	for (unsigned i = 0; i < WANTS && t->kind->want[i]; i++)
		t->want[t->wants++].key = t->kind->want[i];
	stat_wants_init(t->want, t->wants, reg);
	for (unsigned i = 0; t->kind->proto[i]; i++)
		t->proto[i] = ni_proto_number(reg, ni_registry_find(reg, t->kind->proto[i]));
	return &t->base.sink;
}
