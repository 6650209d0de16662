/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The display filter in force; see filtering.h. */
#include "filtering.h"

#include <stdlib.h>
#include <string.h>

/* Conversations of one protocol, a bit each by number. */
struct conns {
	uint64_t *bits;
	uint32_t words;
};

struct ni_filtering {
	struct ni_model *m;
	char *text;
	struct ni_filter *filter;
	struct ni_pass *pass; /* NULL: no filter */
	struct conns conns[4];
	struct ni_pass_ops ops;
	uint64_t version, changes;
};

struct ni_filtering *
ni_filtering_new(struct ni_model *m)
{
	struct ni_filtering *f = calloc(1, sizeof(*f));
	if (f)
		f->m = m;
	return f;
}

static void
forget_conns(struct ni_filtering *f)
{
	for (unsigned i = 0; i < 4; i++) {
		free(f->conns[i].bits);
		f->conns[i] = (struct conns){0};
	}
}

static void
clear(struct ni_filtering *f)
{
	ni_pass_free(&f->pass);
	ni_filter_free(&f->filter);
	forget_conns(f);
	free(f->text);
	f->text = NULL;
	f->version++;
	f->changes++;
}

void
ni_filtering_free(struct ni_filtering **f)
{
	if (!*f)
		return;
	clear(*f);
	free(*f);
	*f = NULL;
}

static void
remember_conn(struct ni_filtering *f, uint32_t conn)
{
	struct conns *c = &f->conns[conn >> NI_IX_CONN_SHIFT];
	uint32_t word = (conn & NI_IX_CONN_ID) / 64;
	if (word >= c->words) {
		uint32_t n = word + word / 2 + 64;
		uint64_t *more = realloc(c->bits, n * sizeof(*more));
		if (!more)
			return;
		memset(more + c->words, 0, (n - c->words) * sizeof(*more));
		c->bits = more;
		c->words = n;
	}
	c->bits[word] |= 1ULL << (conn & NI_IX_CONN_ID) % 64;
}

static bool
match(void *ctx, const struct ni_dis *d, const struct ni_frame *frame)
{
	struct ni_filtering *f = ctx;
	if (!ni_filter_match(f->filter, d))
		return false;
	ni_session_shown(ni_pass_session(f->pass));
	uint32_t conn = ni_index_conn(ni_model_index(f->m), frame->number);
	if (conn != NI_IX_NO_CONN)
		remember_conn(f, conn);
	f->version++;
	return true;
}

static int
no_memory(struct ni_filter_error *err)
{
	*err = (struct ni_filter_error){.what = "no memory"};
	return NI_ERR_INPUT;
}

int
ni_filtering_set(struct ni_filtering *f, const char *text, struct ni_filter_error *err)
{
	text += strspn(text, " \t");
	if (!*text) {
		clear(f);
		return NI_SUCCESS;
	}
	struct ni_filter *filter = ni_filter_compile(ni_model_registry(f->m), text, err);
	char *copy = filter ? strdup(text) : NULL;
	if (!copy) {
		int rc = filter ? no_memory(err) : NI_ERR_INPUT;
		ni_filter_free(&filter);
		return rc;
	}
	clear(f);
	f->text = copy;
	f->filter = filter;
	f->ops = (struct ni_pass_ops){.match = match, .finals = ni_filter_needs_finals(filter)};
	f->pass = ni_pass_new(f->m, &f->ops, f, NULL);
	if (f->pass)
		return NI_SUCCESS;
	clear(f);
	return no_memory(err);
}

void
ni_filtering_restart(struct ni_filtering *f)
{
	if (!f->pass)
		return;
	ni_pass_free(&f->pass);
	forget_conns(f);
	f->pass = ni_pass_new(f->m, &f->ops, f, NULL);
	f->version++;
	f->changes++;
}

const char *
ni_filtering_text(const struct ni_filtering *f)
{
	return f->text ? f->text : "";
}

const struct ni_set *
ni_filtering_found(const struct ni_filtering *f)
{
	return f->pass ? ni_pass_found(f->pass) : NULL;
}

bool
ni_filtering_has_conn(const struct ni_filtering *f, uint32_t conn)
{
	const struct conns *c = &f->conns[conn >> NI_IX_CONN_SHIFT];
	uint32_t word = (conn & NI_IX_CONN_ID) / 64;
	if (!f->pass)
		return true;
	return conn != NI_IX_NO_CONN && word < c->words &&
	       (c->bits[word] >> (conn & NI_IX_CONN_ID) % 64 & 1);
}

uint64_t
ni_filtering_version(const struct ni_filtering *f)
{
	return f->version;
}

uint64_t
ni_filtering_changes(const struct ni_filtering *f)
{
	return f->changes;
}

unsigned
ni_filtering_percent(const struct ni_filtering *f)
{
	return f->pass ? ni_pass_percent(f->pass) : 100;
}

bool
ni_filtering_waits(const struct ni_filtering *f)
{
	return f->pass && f->ops.finals && ni_model_stats(f->m).state == NI_MODEL_LOADING;
}

bool
ni_filtering_work(struct ni_filtering *f, int64_t budget_ns)
{
	return f->pass && ni_pass_work(f->pass, budget_ns);
}
