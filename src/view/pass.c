/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passes over all packets; see pass.h. */
#include "pass.h"

#include <stdlib.h>

#include "i18n.h"
#include "mono.h"

enum { LOOK_AT_CLOCK = 32 };

struct ni_pass {
	struct ni_model *m;
	const struct ni_pass_ops *ops;
	void *ctx;
	struct ni_session *session; /* NULL: raw */
	struct ni_set found;
	uint64_t seen;
};

struct ni_pass *
ni_pass_new(struct ni_model *m, const struct ni_pass_ops *ops, void *ctx, struct ni_err *err)
{
	struct ni_pass *p = calloc(1, sizeof(*p));
	if (!p) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	p->m = m;
	p->ops = ops;
	p->ctx = ctx;
	if (!ops->raw) {
		p->session = ni_model_session(m, err);
		if (!p->session)
			ni_pass_free(&p);
	}
	return p;
}

void
ni_pass_free(struct ni_pass **p)
{
	if (!*p)
		return;
	ni_session_free(&(*p)->session);
	ni_set_free(&(*p)->found);
	free(*p);
	*p = NULL;
}

struct ni_session *
ni_pass_session(struct ni_pass *p)
{
	return p->session;
}

static bool
look(struct ni_pass *p, uint64_t number)
{
	struct ni_frame f;
	const struct ni_dis *d = NULL;
	if (!ni_model_frame(p->m, number, &f))
		return false;
	if (p->session) {
		struct ni_excerpt x = ni_model_excerpt(p->m, number);
		ni_session_expect(p->session, &x);
		d = ni_session_frame(p->session, &f);
	}
	return p->ops->match(p->ctx, d, &f);
}

bool
ni_pass_work(struct ni_pass *p, int64_t budget_ns)
{
	const struct ni_index *ix = ni_model_index(p->m);
	uint64_t last = ni_index_last(ix);
	if (p->ops->finals && ni_model_stats(p->m).state == NI_MODEL_LOADING)
		return false;
	if (last < p->seen)
		return false;
	int64_t end = ni_mono_ns() + budget_ns;
	if (p->seen + 1 < ni_index_first(ix))
		p->seen = ni_index_first(ix) - 1;
	for (unsigned i = 1; p->seen < last; i++) {
		uint64_t k = p->seen + 1;
		if (!ni_set_add(&p->found, k, look(p, k)))
			return false;
		p->seen = k;
		if (i % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end)
			break;
	}
	return p->seen < last;
}

const struct ni_set *
ni_pass_found(const struct ni_pass *p)
{
	return &p->found;
}

uint64_t
ni_pass_seen(const struct ni_pass *p)
{
	return p->seen;
}

unsigned
ni_pass_percent(const struct ni_pass *p)
{
	const struct ni_index *ix = ni_model_index(p->m);
	uint64_t first = ni_index_first(ix);
	uint64_t all = ni_index_last(ix) + 1 - first;
	uint64_t done = p->seen >= first ? p->seen + 1 - first : 0;
	return all ? (unsigned)(done * 100 / all) : 100;
}
