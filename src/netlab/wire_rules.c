/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which frames are dropped, doubled, swapped; see wire.h. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/buf.h"
#include "netinspect/filter.h"
#include "netinspect/session.h"
#include "wire.h"

enum { LINKTYPE_ETHERNET = 1 };

static const uint64_t NUMBER_MAX = 1000000000;

/* Digits at *@p, at least one, as a number from 1. */
static bool
take_number(const char **p, uint64_t *v)
{
	*v = 0;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; ++*p)
		if ((*v = *v * 10 + (uint64_t)(**p - '0')) > NUMBER_MAX)
			return false;
	return *v > 0;
}

/* "K", "K-K" or "K-". */
static bool
take_range(const char **p, uint64_t *from, uint64_t *to)
{
	if (!take_number(p, from))
		return false;
	*to = *from;
	if (**p != '-')
		return true;
	++*p;
	if (**p == ',' || **p == ' ' || !**p)
		*to = UINT64_MAX;
	else if (!take_number(p, to))
		return false;
	return *from <= *to;
}

int
nl_rule_add(struct nl_rules *r, enum nl_act act, const char *name, const char *text,
	    struct ni_err *err)
{
	const char *p = text;
	struct nl_rule rule = {.act = act};
	bool good = true;
	if (r->n == NL_RULES_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("--%s: more than %d rules"), name,
			       NL_RULES_MAX);
	while (good && rule.nranges < NL_RANGES_MAX) {
		unsigned i = rule.nranges++;
		good = take_range(&p, &rule.range[i].from, &rule.range[i].to);
		if (*p != ',')
			break;
		p++;
	}
	if (!good || (*p && *p != ' ')) {
		ni_fail(err, NI_ERR_INPUT, _("--%s '%s': not such numbers"), name, text);
		ni_hint(err,
			_("for example 3 or '1,4-6 tcp.len > 0': at most %d numbers and "
			  "ranges from 1, then a display filter that says of what"),
			NL_RANGES_MAX);
		return NI_ERR_INPUT;
	}
	rule.filter_text = p + strspn(p, " ");
	r->rule[r->n++] = rule;
	return NI_SUCCESS;
}

int
nl_rules_ready(struct nl_rules *r, bool always, struct ni_err *err)
{
	struct ni_filter_error wrong;
	if (!r->n && !always)
		return NI_SUCCESS;
	r->session = ni_session_new(NULL, err);
	if (!r->session)
		return NI_ERR_RUN;
	for (struct nl_rule *u = r->rule; u < r->rule + r->n; u++) {
		u->filter =
		    ni_filter_compile(ni_session_registry(r->session), u->filter_text, &wrong);
		if (!u->filter) {
			ni_fail(err, NI_ERR_INPUT, "%s: %s", u->filter_text, wrong.what);
			ni_hint(err, "%s", wrong.hint);
			return NI_ERR_INPUT;
		}
		if (ni_filter_needs_finals(u->filter)) {
			ni_fail(err, NI_ERR_INPUT, _("%s: asks what will be known at the end only"),
				u->filter_text);
			return NI_ERR_INPUT;
		}
	}
	return NI_SUCCESS;
}

void
nl_rules_free(struct nl_rules *r)
{
	for (unsigned i = 0; i < r->n; i++)
		ni_filter_free(&r->rule[i].filter);
	ni_session_free(&r->session);
	r->n = 0;
}

static bool
meant(const struct nl_rule *u)
{
	for (unsigned i = 0; i < u->nranges; i++)
		if (u->seen >= u->range[i].from && u->seen <= u->range[i].to)
			return true;
	return false;
}

struct nl_verdict
nl_rules_judge(struct nl_rules *r, const uint8_t *p, uint32_t n, int64_t now)
{
	struct nl_verdict v = {.which = 0};
	r->frame = (struct ni_frame){.data = p,
				     .cap = n,
				     .len = n,
				     .number = r->frame.number + 1,
				     .ts_ns = now * 1000,
				     .offset = UINT64_MAX,
				     .linktype = LINKTYPE_ETHERNET};
	if (!r->session)
		return v;
	v.dis = ni_session_frame(r->session, &r->frame);
	for (struct nl_rule *u = r->rule; u < r->rule + r->n; u++) {
		if (!ni_filter_match(u->filter, v.dis))
			continue;
		u->seen++;
		if (!meant(u))
			continue;
		v.act[u->act] = true;
		v.which = u->seen;
	}
	return v;
}
