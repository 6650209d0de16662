/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab solve, and whether a run and its captures say the same. */
#include <string.h>

#include "i18n.h"
#include "lab.h"

struct solver {
	struct nl_hand_in in;
	struct nl_world world;
	unsigned said; /* commands of the question */
};

static void
say_command(void *ctx, const char *command)
{
	struct solver *s = ctx;
	printf("#    $ %s\n", nl_escaped(s->world.pool, command));
}

static void
say_question(struct solver *s, unsigned i, const struct nl_value *v)
{
	struct nl_world *w = &s->world;
	const struct nl_question *q = &w->lab->question[i];
	nl_form_question(stdout, w, i, nl_answer_text(w, q, v));
	nl_commands(w, q, say_command, s);
}

static void
json_command(void *ctx, const char *command)
{
	struct solver *s = ctx;
	nl_json_string(s->world.pool, s->said++ ? "," : ",\"commands\":[", command);
}

/* The known mistakes that are none by chance, here. */
static void
json_wrong(struct nl_world *w, const struct nl_question *q)
{
	struct nl_value v;
	bool first = true;
	for (unsigned i = 0; i < q->nwrong; i++) {
		const struct nl_wrong *wrong = &q->wrong[i];
		const char *feedback = nl_fill(w, wrong->feedback, true, NULL, NULL);
		if (nl_value_get(w, &wrong->value, &v, NULL) || v.none || !feedback)
			continue;
		nl_json_string(w->pool, first ? ",\"mistakes\":[{\"answer\":" : ",{\"answer\":",
			       nl_answer_text(w, q, &v));
		nl_json_string(w->pool, ",\"why\":", feedback);
		putchar('}');
		first = false;
	}
	if (!first)
		putchar(']');
}

static void
json_question(struct solver *s, unsigned i, const struct nl_value *v)
{
	struct nl_world *w = &s->world;
	const struct nl_question *q = &w->lab->question[i];
	nl_json_string(w->pool, "{\"question\":", q->name);
	nl_json_string(w->pool, ",\"answer\":", nl_answer_text(w, q, v));
	json_wrong(w, q);
	s->said = 0;
	nl_commands(w, q, json_command, s);
	puts(s->said ? "]}" : "}");
}

static int
open_captures(struct solver *s, const struct nl_lab_opts *o, const struct nl_lab *lab,
	      struct nl_pool *pool, struct ni_err *err)
{
	int rc = NI_SUCCESS;
	struct nl_form form = {.seed = o->seed};
	if (nl_is_folder(o->argv[1]) && o->argc > 2)
		return ni_fail(err, NI_ERR_INPUT, _("%s: one folder at a time"), o->argv[2]);
	if (nl_is_folder(o->argv[1])) {
		rc = nl_hand_in_folder(&s->in, lab, pool, o->argv[1], false, err);
	} else {
		s->in.name = o->argv[1];
		rc = nl_hand_in_files(&s->in, lab, pool, o->argv + 1, (unsigned)o->argc - 1, err);
	}
	if (!rc && s->in.answers && !s->in.seed && !o->seed)
		rc = nl_form_read(&form, lab, pool, s->in.answers, err);
	return rc ? rc : nl_world_of(&s->world, &s->in, lab, pool, form.seed, err);
}

int
nl_do_solve(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	const struct nl_lab *lab = nl_lab_open(pool, o->argv[0], err);
	struct solver *s = nl_take(pool, sizeof(*s));
	struct nl_value v;
	if (!lab)
		return NI_ERR_INPUT;
	int rc = open_captures(s, o, lab, pool, err);
	if (!rc && !o->json)
		nl_form_head(stdout, lab, s->world.params.seed);
	for (unsigned i = 0; !rc && i < lab->nquestions; i++) {
		rc = nl_answer_get(&s->world, &lab->question[i], &v, err);
		if (!rc && o->json)
			json_question(s, i, &v);
		else if (!rc)
			say_question(s, i, &v);
	}
	return rc;
}

/* Read line by line: "NAME=VALUE". */
static const char *
truth_of(struct nl_pool *pool, const char *text, const char *name)
{
	size_t n = strlen(name);
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (!strncmp(text, name, n) && text[n] == '=')
			return nl_copy(pool, text + n + 1, strcspn(text + n + 1, "\n"));
	return NULL;
}

int
nl_truth_check(struct nl_world *w, const char *path, struct ni_err *err)
{
	size_t n = 0;
	const char *text = nl_read_file(w->pool, path, NL_FILE_MAX, &n, err);
	int rc = text ? NI_SUCCESS : NI_ERR_INPUT;
	for (unsigned i = 0; !rc && i < w->lab->nquestions; i++) {
		const struct nl_question *q = &w->lab->question[i];
		struct nl_value v;
		const char *truth = q->truth ? truth_of(w->pool, text, q->truth) : NULL;
		/* All are computed: what cannot be is a fault of the run, too. */
		rc = nl_answer_get(w, q, &v, err);
		if (!rc && q->truth && (!truth || !nl_answer_is(w, q, &v, truth)))
			rc = ni_fail(err, NI_ERR_RUN,
				     _("question %s: the captures show %s, the run itself says %s"),
				     q->name, nl_answer_text(w, q, &v), truth ? truth : "-");
	}
	return rc;
}
