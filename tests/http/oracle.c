/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares our HTTP exchanges with what libhtp makes of the same byte streams:
 *
 *     oracle [-v] DEVIATIONS [CAPTURE...]
 *
 * first over the captures, then over odd conversations (oddities.c), whole, cut into random
 * segments, and with each of their segments missing. A difference is a bug or a line of the file
 * DEVIATIONS: KEY NAME reason, where NAME is a capture or "odd:" and an oddity; both may be globs.
 * Behind a hole in a head libhtp says nothing any more, so nothing is compared then.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/source.h"
#include "htp_side.h"
#include "netinspect/stream.h"
#include "oddities.h"

enum {
	CONNS = 4096, /* of a capture that are compared */
	XS = 512,     /* exchanges of a connection */
	SEEDS = 40,   /* ways to cut a conversation */
	RULES = 256,
	SHOWN = 60, /* differences */
};

/* A line of the file of deviations. */
struct rule {
	char key[32], name[64];
	unsigned used;
};

/* A connection while it lasts. */
struct pair {
	struct htp_side *htp;
	struct ni_http_exchange *x;
	unsigned n;
	bool dropped; /* more exchanges than there is room for */
};

struct oracle {
	struct ni_sink sink;
	const char *name;
	struct pair pairs[CONNS];
	struct rule rules[RULES];
	unsigned nrules;
	unsigned conns, compared, same, explained, differ;
	bool verbose;
};

/* ---- differences ---- */

static bool
is_explained(struct oracle *o, const char *key)
{
	for (unsigned i = 0; i < o->nrules; i++) {
		struct rule *r = &o->rules[i];
		if (fnmatch(r->key, key, 0) || fnmatch(r->name, o->name, 0))
			continue;
		r->used++;
		return true;
	}
	return false;
}

static void
differ(struct oracle *o, const struct ni_conn *c, unsigned i, const char *key, const char *ours,
       const char *theirs)
{
	if (is_explained(o, key)) {
		o->explained++;
		return;
	}
	if (o->differ++ < SHOWN || o->verbose)
		printf("%s: connection %u, exchange %u: %s: ours \"%s\", libhtp \"%s\"\n", o->name,
		       c->id, i + 1, key, ours, theirs);
}

static void
text(struct oracle *o, const struct ni_conn *c, unsigned i, const char *key, const char *ours,
     const char *theirs)
{
	if (!strcmp(ours, theirs))
		o->same++;
	else
		differ(o, c, i, key, ours, theirs);
}

static void
number(struct oracle *o, const struct ni_conn *c, unsigned i, const char *key, uint64_t ours,
       uint64_t theirs)
{
	char a[24], b[24];
	snprintf(a, sizeof(a), "%llu", (unsigned long long)ours);
	snprintf(b, sizeof(b), "%llu", (unsigned long long)theirs);
	text(o, c, i, key, a, b);
}

static void
compare_request(struct oracle *o, const struct ni_conn *c, unsigned i,
		const struct ni_http_exchange *x, const struct htp_seen *s)
{
	if (x->flags & NI_HTTP_NO_REQUEST && !s->has_request)
		return;
	if (x->flags & NI_HTTP_NO_REQUEST) {
		differ(o, c, i, "late", "", s->uri);
		return;
	}
	text(o, c, i, "method", x->method, s->method);
	text(o, c, i, "uri", x->uri, s->uri);
	number(o, c, i, "request.version", x->request_version, s->request_version);
	text(o, c, i, "host", x->host, s->host);
	text(o, c, i, "user-agent", x->user_agent, s->user_agent);
	text(o, c, i, "referrer", x->referrer, s->referrer);
	number(o, c, i, "request.whole", x->request_frame != 0, s->request_whole);
	number(o, c, i, "request.body", x->request_body, s->request_body);
}

static void
compare(struct oracle *o, const struct ni_conn *c, unsigned i, const struct ni_http_exchange *x,
	const struct htp_seen *s)
{
	bool whole = x->response_frame && !(x->flags & NI_HTTP_CUT);
	o->compared++;
	compare_request(o, c, i, x, s);
	number(o, c, i, "status", x->status, s->status);
	if (!x->status && !s->status && x->response_version != 9)
		return;
	number(o, c, i, "response.version", x->response_version, s->response_version);
	text(o, c, i, "reason", x->reason, s->reason);
	text(o, c, i, "type", x->type, s->type);
	text(o, c, i, "encoding", x->encoding, s->encoding);
	number(o, c, i, "chunked", (x->flags & NI_HTTP_CHUNKED) != 0, s->chunked);
	number(o, c, i, "response.whole", whole, s->response_whole);
	number(o, c, i, "response.body", x->response_body, s->response_body);
}

static int
by_number(const void *a, const void *b)
{
	const struct ni_http_exchange *x = a, *y = b;
	return (x->number > y->number) - (x->number < y->number);
}

/* Whether libhtp, which takes everything for HTTP, has seen some. */
static bool
is_http(const struct htp_side *s)
{
	struct htp_seen first;
	htp_side_get(s, 0, &first);
	return first.request_version >= 10 || (first.status && first.response_version >= 10);
}

/* Without those, at the end, that libhtp makes of bytes behind a message: no method, no status. */
static size_t
count(const struct htp_side *s)
{
	size_t n = htp_side_count(s);
	struct htp_seen last;
	while (n) {
		htp_side_get(s, n - 1, &last);
		if ((*last.method >= 'A' && *last.method <= 'Z') || last.response_version)
			break;
		n--;
	}
	return n;
}

static void
judge(struct oracle *o, const struct ni_conn *c, struct pair *p)
{
	size_t n = count(p->htp);
	bool lost = htp_side_lost(p->htp);
	o->conns++;
	if (!p->n && !is_http(p->htp))
		return;
	qsort(p->x, p->n, sizeof(*p->x), by_number);
	bool late = false; /* a request came too late for its response */
	for (unsigned i = 0; i < n && i < p->n; i++) {
		struct htp_seen s;
		htp_side_get(p->htp, i, &s);
		compare(o, c, i, &p->x[i], &s);
		late |= p->x[i].flags & NI_HTTP_NO_REQUEST && s.has_request;
	}
	if (!lost)
		number(o, c, 0, late ? "late" : "count", p->n, n);
}

/* ---- the sink ---- */

static struct pair *
pair_of(struct oracle *o, const struct ni_conn *c)
{
	if (c->ipproto != 6 || c->id >= CONNS)
		return NULL;
	struct pair *p = &o->pairs[c->id];
	if (!p->htp)
		p->htp = htp_side_new();
	if (!p->x)
		p->x = calloc(XS, sizeof(*p->x));
	if (!p->htp || !p->x)
		abort();
	return p;
}

static void
drop(struct pair *p)
{
	htp_side_free(&p->htp);
	free(p->x);
	*p = (struct pair){.n = 0};
}

static void
event(struct ni_sink *sink, const struct ni_event *e)
{
	struct oracle *o = (struct oracle *)sink;
	struct pair *p = e->conn ? pair_of(o, e->conn) : NULL;
	if (!p)
		return;
	if (e->kind == NI_EV_STREAM) {
		htp_side_data(p->htp, e->side, e->stream->p, e->stream->n);
		htp_side_data(p->htp, e->side, NULL, e->stream->lost);
	} else if (e->kind == NI_EV_HTTP && p->n < XS) {
		p->x[p->n++] = *e->http;
	} else if (e->kind == NI_EV_HTTP) {
		p->dropped = true;
	} else if (e->kind == NI_EV_CONN_END) {
		htp_side_close(p->htp);
		if (!p->dropped)
			judge(o, e->conn, p);
		drop(p);
	}
}

static const struct ni_sink_ops ops = {.name = "oracle", .event = event};

/* ---- where conversations come from ---- */

static bool
run_capture(struct oracle *o, const char *path)
{
	struct ni_file_options opt = {.path = path};
	struct ni_source *src = NULL;
	struct ni_frame f;
	struct ni_err err;
	int rc = NI_SOURCE_FRAME;
	const char *slash = strrchr(path, '/');
	o->name = slash ? slash + 1 : path;
	if (ni_source_open_file(&src, &opt, &err))
		return true; /* no capture: that is for others to judge */
	struct ni_session *s = ni_session_new(NULL, &err);
	if (!s || ni_session_add(s, &o->sink, &err))
		return false;
	while (rc != NI_SOURCE_END) {
		rc = ni_source_next(src, &f, &err);
		if (rc == NI_SOURCE_FRAME)
			ni_session_frame(s, &f);
	}
	ni_session_end(s, &err);
	ni_session_free(&s);
	ni_source_close(&src);
	return true;
}

/* Returns the number of segments. */
static size_t
run_oddity(struct oracle *o, size_t i, uint32_t seed, size_t drop_one)
{
	static struct talk t;
	char name[64];
	snprintf(name, sizeof(name), "odd:%s", oddity_name(i));
	o->name = name;
	if (!talk_begin(&t, NULL) || ni_session_add(t.s, &o->sink, NULL))
		abort();
	size_t n = oddity_talk(&t, i, seed, drop_one);
	talk_end(&t);
	return n;
}

static void
run_oddities(struct oracle *o)
{
	for (size_t i = 0; oddity_name(i); i++) {
		for (uint32_t seed = 0; seed < SEEDS; seed++) {
			size_t n = run_oddity(o, i, seed, SIZE_MAX);
			for (size_t k = 0; k < n; k++)
				run_oddity(o, i, seed, k);
		}
	}
}

static bool
read_rules(struct oracle *o, const char *path)
{
	char line[512];
	FILE *f = fopen(path, "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f) && o->nrules < RULES) {
		struct rule *r = &o->rules[o->nrules];
		if (*line != '#' && sscanf(line, "%31s %63s %*s", r->key, r->name) == 2)
			o->nrules++;
	}
	fclose(f);
	return true;
}

static int
tell(const struct oracle *o)
{
	/* Perhaps its capture is not here. */
	for (unsigned i = 0; i < o->nrules; i++)
		if (!o->rules[i].used)
			printf("deviation without use: %s %s\n", o->rules[i].key, o->rules[i].name);
	printf(
	    "%u connections, %u exchanges compared; %u values equal, %u explained, %u different\n",
	    o->conns, o->compared, o->same, o->explained, o->differ);
	return o->differ || !o->compared;
}

int
main(int argc, char **argv)
{
	static struct oracle o = {.sink = {.ops = &ops, .want_streams = true}};
	int i = 1;
	if (i < argc && !strcmp(argv[i], "-v")) {
		o.verbose = true;
		i++;
	}
	if (i == argc || !read_rules(&o, argv[i])) {
		fputs("oracle: expected a file of deviations, then captures\n", stderr);
		return 2;
	}
	while (++i < argc)
		if (!run_capture(&o, argv[i]))
			return 2;
	run_oddities(&o);
	return tell(&o);
}
