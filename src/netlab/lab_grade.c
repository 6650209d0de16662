/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab grade and solve: every answer is computed anew from the captures that are handed in. */
#include <string.h>

#include "i18n.h"
#include "lab.h"
#include "netinspect/buf.h"

enum verdict { BLANK, RIGHT, WRONG };

/* What became of one question. */
struct mark {
	enum verdict verdict;
	const char *answer, *why; /* why: what was mixed up, or what it is not; or NULL */
	const char *predicted;    /* or NULL */
	bool came_true;
};

/* One submission. */
struct graded {
	struct nl_hand_in in;
	struct nl_form form, predictions;
	struct nl_world world;
	struct mark mark[NL_QUESTIONS_MAX];
	unsigned right;
};

/* ---- what was handed in ---- */

static int
read_forms(struct graded *g, const struct nl_lab *lab, struct nl_pool *pool, struct ni_err *err)
{
	int rc = nl_form_read(&g->form, lab, pool, g->in.answers, err);
	if (!rc && g->in.predictions)
		rc = nl_form_read(&g->predictions, lab, pool, g->in.predictions, err);
	return rc;
}

/* ---- judging ---- */

/* Whether @answer means the value of @e; what cannot be computed it does not mean. */
static bool
means(struct nl_world *w, const struct nl_question *q, const struct nl_expr *e, const char *answer)
{
	struct nl_value v;
	return !nl_value_get(w, e, &v, NULL) && !v.none && nl_answer_is(w, q, &v, answer);
}

static bool
is_right(struct nl_world *w, const struct nl_question *q, const struct nl_value *v,
	 const char *answer)
{
	bool right = nl_answer_is(w, q, v, answer);
	for (unsigned i = 0; !right && i < q->nalso; i++)
		right = means(w, q, &q->also[i], answer);
	return right;
}

static const char *
mistake(struct nl_world *w, const struct nl_question *q, const char *answer)
{
	for (unsigned i = 0; i < q->nwrong; i++)
		if (means(w, q, &q->wrong[i].value, answer))
			return nl_fill(w, q->wrong[i].feedback, true, NULL, NULL);
	return nl_answer_unreadable(w, q, answer);
}

static int
judge(struct graded *g, unsigned i, struct ni_err *err)
{
	struct nl_world *w = &g->world;
	const struct nl_question *q = &w->lab->question[i];
	struct mark *m = &g->mark[i];
	struct nl_value v;
	int rc = nl_answer_get(w, q, &v, err);
	if (rc)
		return rc;
	m->answer = g->form.answer[i] ? g->form.answer[i] : "";
	m->predicted = g->predictions.answer[i];
	if (m->predicted && *m->predicted)
		m->came_true = is_right(w, q, &v, m->predicted);
	else
		m->predicted = NULL;
	if (!*m->answer) {
		m->verdict = BLANK;
	} else if (is_right(w, q, &v, m->answer)) {
		m->verdict = RIGHT;
		g->right++;
	} else {
		m->verdict = WRONG;
		m->why = mistake(w, q, m->answer);
	}
	return NI_SUCCESS;
}

static int
grade(struct graded *g, const struct nl_lab *lab, struct nl_pool *pool, const char *seed,
      struct ni_err *err)
{
	int rc = read_forms(g, lab, pool, err);
	if (!rc)
		rc = nl_world_of(&g->world, &g->in, lab, pool, seed ? seed : g->form.seed, err);
	for (unsigned i = 0; !rc && i < lab->nquestions; i++)
		rc = judge(g, i, err);
	return rc;
}

/* ---- saying it ---- */

static void
say_command(void *ctx, const char *command)
{
	const struct nl_world *w = ctx;
	printf("     $ %s\n", nl_escaped(w->pool, command));
}

static void
say_question(struct graded *g, unsigned i)
{
	static const char *const words[] = {N_("not answered"), N_("right"), N_("wrong")};
	static char indent[] = "     ";
	const struct nl_question *q = &g->world.lab->question[i];
	const struct mark *m = &g->mark[i];
	const char *answer = nl_escaped(g->world.pool, m->answer);
	printf("%3u. %s: %s%s%s\n", i + 1, q->name, _(words[m->verdict]),
	       m->verdict == BLANK ? "" : ": ", answer);
	if (m->why)
		nl_wrap(stdout, indent, indent, m->why);
	if (m->predicted)
		printf("%s%s\n", indent,
		       m->came_true ? _("Your prediction came true.")
				    : _("Your prediction did not come true."));
	if (m->verdict == RIGHT)
		return;
	const char *text = nl_fill(&g->world, q->text, true, NULL, NULL);
	if (m->verdict == BLANK)
		nl_wrap(stdout, indent, indent, text ? text : q->text);
	nl_commands(&g->world, q, say_command, &g->world);
}

static void
say_all(struct graded *g)
{
	const struct nl_lab *lab = g->world.lab;
	printf(_("%s: %s (seed %s)\n"), lab->name, lab->title, g->world.params.seed);
	for (unsigned i = 0; i < lab->nquestions; i++)
		say_question(g, i);
	printf(_("%u of %u right\n"), g->right, lab->nquestions);
}

/* A line for a teacher. */
static void
say_brief(const struct graded *g, const char *same)
{
	const struct nl_lab *lab = g->world.lab;
	printf("%s  %u/%u  seed %s", nl_escaped(g->world.pool, g->in.name), g->right,
	       lab->nquestions, g->world.params.seed);
	for (unsigned i = 0; i < lab->nquestions; i++)
		if (g->mark[i].verdict != RIGHT)
			printf("  %s%s", g->mark[i].verdict == BLANK ? "-" : "!",
			       lab->question[i].name);
	if (same)
		printf(_("  (the same seed as %s)"), nl_escaped(g->world.pool, same));
	putchar('\n');
}

static void
say_json(const struct graded *g, const char *same)
{
	static const char *const words[] = {"blank", "right", "wrong"};
	const struct nl_lab *lab = g->world.lab;
	struct nl_pool *pool = g->world.pool;
	nl_json_string(pool, "{\"submission\":", g->in.name);
	nl_json_string(pool, ",\"lab\":", lab->name);
	nl_json_string(pool, ",\"seed\":", g->world.params.seed);
	printf(",\"right\":%u,\"of\":%u", g->right, lab->nquestions);
	if (same)
		nl_json_string(pool, ",\"same_seed_as\":", same);
	for (unsigned i = 0; i < lab->nquestions; i++) {
		const struct mark *m = &g->mark[i];
		nl_json_string(pool, i ? ",{\"question\":" : ",\"questions\":[{\"question\":",
			       lab->question[i].name);
		nl_json_string(pool, ",\"verdict\":", words[m->verdict]);
		nl_json_string(pool, ",\"answer\":", m->answer);
		if (m->why)
			nl_json_string(pool, ",\"why\":", m->why);
		if (m->predicted) {
			nl_json_string(pool, ",\"predicted\":", m->predicted);
			printf(",\"came_true\":%s", m->came_true ? "true" : "false");
		}
		putchar('}');
	}
	puts(lab->nquestions ? "]}" : "}");
}

/* One that cannot be graded, among others. */
static void
say_failed(const struct nl_lab_opts *o, struct nl_pool *pool, const char *name,
	   const struct ni_err *why)
{
	if (o->json) {
		nl_json_string(pool, "{\"submission\":", name);
		nl_json_string(pool, ",\"error\":", why->what);
		puts("}");
	} else {
		printf(_("%s  not graded: %s\n"), nl_escaped(pool, name), why->what);
	}
}

/* ---- the commands ---- */

/* The submissions so far, to see who handed in what somebody else did. */
struct seen {
	struct nl_pool *pool;
	const char **seed, **name;
	unsigned n;
};

static const char *
seen_before(struct seen *s, const struct graded *g)
{
	const char *seed = g->world.params.seed;
	for (unsigned i = 0; i < s->n; i++)
		if (!strcmp(s->seed[i], seed))
			return s->name[i];
	s->seed[s->n] = nl_copy(s->pool, seed, strlen(seed));
	s->name[s->n++] = nl_copy(s->pool, g->in.name, strlen(g->in.name));
	return NULL;
}

/* Grade what @g->in says, or the folder @dir. A failure among others is said and becomes a status.
 */
static int
grade_one(const struct nl_lab_opts *o, const struct nl_lab *lab, const struct nl_hand_in *in,
	  const char *dir, struct seen *seen, struct ni_err *err)
{
	struct nl_pool pool = {NULL}; /* freed before the next */
	struct graded *g = nl_take(&pool, sizeof(*g));
	bool alone = o->argc == 2 || in;
	int rc = NI_SUCCESS;
	if (in)
		g->in = *in;
	else
		rc = nl_hand_in_folder(&g->in, lab, &pool, dir, true, err);
	if (!rc)
		rc = grade(g, lab, &pool, o->seed, err);
	if (rc && (!alone || o->brief || o->json))
		say_failed(o, &pool, g->in.name, err);
	if (rc) {
		nl_pool_free(&pool);
		return rc;
	}
	const char *same = seen_before(seen, g);
	if (o->json)
		say_json(g, same);
	else if (o->brief || !alone)
		say_brief(g, same);
	else
		say_all(g);
	rc = g->right == lab->nquestions ? NI_SUCCESS : NL_NOT_ALL_RIGHT;
	nl_pool_free(&pool);
	return rc;
}

/* The worse of two results: a failure, then not all right, then success. */
static int
worse(int a, int b)
{
	return a < 0 ? a : b < 0 ? b : a > b ? a : b;
}

int
nl_do_grade(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	const struct nl_lab *lab = nl_lab_open(pool, o->argv[0], err);
	unsigned n = (unsigned)o->argc - 1;
	struct seen seen = {.pool = pool};
	if (!lab)
		return NI_ERR_INPUT;
	seen.seed = nl_take(pool, n * sizeof(*seen.seed));
	seen.name = nl_take(pool, n * sizeof(*seen.name));
	bool folders = false;
	for (unsigned i = 1; i <= n; i++)
		folders |= nl_is_folder(o->argv[i]);
	if (!folders) {
		struct nl_hand_in in = {.name = o->argv[1], .answers = o->argv[1]};
		int rc = nl_hand_in_files(&in, lab, pool, o->argv + 2, n - 1, err);
		return rc ? rc : grade_one(o, lab, &in, NULL, &seen, err);
	}
	int rc = NI_SUCCESS;
	for (unsigned i = 1; i <= n; i++)
		rc = worse(rc, grade_one(o, lab, NULL, o->argv[i], &seen, err));
	if (rc < 0 && (n > 1 || o->brief || o->json))
		err->what[0] = '\0'; /* each was said in its line */
	return rc;
}
