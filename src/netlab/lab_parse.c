/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of a lab file: two tables; see labs/README.md for what they mean. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "lab.h"
#include "lab_lines.h"

struct parse {
	struct nl_lab *lab;
	struct nl_pool *pool;
	const char *language;
	struct nl_world world; /* with no values: to look whether {names} are known */
	const struct nl_entry *e;
	struct nl_question *question; /* the properties belong to it, or to the let */
	struct nl_let *let;
};

static int
wrong(const struct parse *p, struct ni_err *err, const char *what)
{
	return ni_fail(err, NI_ERR_INPUT, "%s:%u: %s: %s", p->lab->path, p->e->line, p->e->key,
		       what);
}

/* Put the place in front of what failed below. */
static int
placed(const struct parse *p, struct ni_err *err)
{
	struct ni_err inner = *err;
	wrong(p, err, inner.what);
	if (inner.hint[0])
		ni_hint(err, "%s", inner.hint);
	return NI_ERR_INPUT;
}

static int
too_many(const struct parse *p, int max, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, _("more than %d"), max);
	return placed(p, err);
}

/* Whether @s is a name: of shell variables, files and answers. */
static bool
is_name(const char *s, bool variable)
{
	size_t n = strspn(s, variable ? "abcdefghijklmnopqrstuvwxyz0123456789_"
				      : "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return n && !s[n] && n < NL_NAME_MAX && s[0] >= 'a' && s[0] <= 'z';
}

static int
take_name(struct parse *p, const char **rest, bool variable, const char **name, struct ni_err *err)
{
	*rest = p->e->value;
	*name = nl_word_next(p->pool, rest);
	*rest += strspn(*rest, " \t");
	if (!*name || !is_name(*name, variable))
		return wrong(p, err, _("a name is of small letters, digits and _"));
	return NI_SUCCESS;
}

/* Of a question: when the whole file is read, for it may name lets that come later. */
static int
check_names(struct parse *p, const char *text, struct ni_err *err)
{
	if (p->question)
		return NI_SUCCESS;
	return nl_fill(&p->world, text, true, NULL, err) ? NI_SUCCESS : placed(p, err);
}

static int
take_expr(struct parse *p, const char *text, struct nl_expr *e, struct ni_err *err)
{
	if (!*text)
		return wrong(p, err, _("no value"));
	if (nl_expr_parse(p->lab, p->pool, text, e, err))
		return placed(p, err);
	e->line = p->e->line;
	return check_names(p, text, err);
}

/* ---- at the margin ---- */

static int
set_title(struct parse *p, struct ni_err *err)
{
	(void)err;
	p->lab->title = p->e->value;
	return NI_SUCCESS;
}

static int
set_needs(struct parse *p, struct ni_err *err)
{
	const char *rest = p->e->value;
	const char *word;
	while ((word = nl_word_next(p->pool, &rest))) {
		if (p->lab->nneeds == NL_WORDS_MAX)
			return too_many(p, NL_WORDS_MAX, err);
		p->lab->need[p->lab->nneeds++] = word;
	}
	return NI_SUCCESS;
}

static int
set_seconds(struct parse *p, struct ni_err *err)
{
	char *end;
	unsigned long v = strtoul(p->e->value, &end, 10);
	if (*end || v < 1 || v > 600)
		return wrong(p, err, _("a number from 1 to 600"));
	p->lab->seconds = (unsigned)v;
	return NI_SUCCESS;
}

/* "LO-HI" */
static bool
range(const char *word, struct nl_draw *d)
{
	char *end;
	if (*word < '0' || *word > '9')
		return false;
	long lo = strtol(word, &end, 10);
	if (*end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	long hi = strtol(end + 1, &end, 10);
	if (*end || lo >= hi || hi > UINT32_MAX)
		return false;
	d->lo = lo;
	d->hi = hi;
	return true;
}

static int
add_draw(struct parse *p, struct ni_err *err)
{
	const char *rest;
	struct nl_lab *lab = p->lab;
	struct nl_draw *d = &lab->draw[lab->ndraws];
	if (lab->ndraws == NL_DRAWS_MAX)
		return too_many(p, NL_DRAWS_MAX, err);
	int rc = take_name(p, &rest, true, &d->name, err);
	const char *word = nl_word_next(p->pool, &rest);
	bool except = false;
	if (!rc && !word)
		return wrong(p, err, _("neither a range nor words"));
	if (!rc && range(word, d))
		word = nl_word_next(p->pool, &rest);
	for (; !rc && word; word = nl_word_next(p->pool, &rest)) {
		if (!strcmp(word, "not") && !except) {
			except = true;
			continue;
		}
		unsigned *n = except ? &d->nexcept : &d->nwords;
		if (*n == NL_WORDS_MAX)
			return too_many(p, NL_WORDS_MAX, err);
		(except ? d->except : d->word)[(*n)++] = word;
	}
	if (!rc && d->nwords && d->hi)
		return wrong(p, err, _("a range and words"));
	for (unsigned i = 0; !rc && i < d->nexcept; i++)
		if (nl_fill(&p->world, nl_fmt(p->pool, "{%s}", d->except[i]), true, NULL, err) ==
		    NULL)
			rc = placed(p, err);
	lab->ndraws += !rc;
	return rc;
}

static int
add_point(struct parse *p, struct ni_err *err)
{
	const char *rest;
	struct nl_lab *lab = p->lab;
	struct nl_point *point = &lab->point[lab->npoints];
	if (lab->npoints == NL_POINTS_MAX)
		return too_many(p, NL_POINTS_MAX, err);
	int rc = take_name(p, &rest, false, &point->name, err);
	point->host = nl_word_next(p->pool, &rest);
	point->iface = nl_word_next(p->pool, &rest);
	point->filter = rest + strspn(rest, " \t");
	if (!rc && !point->iface)
		return wrong(p, err, _("a name, a host, an interface"));
	if (!rc && nl_point_find(lab, point->name, strlen(point->name)) >= 0)
		return wrong(p, err, _("this name is taken"));
	lab->npoints += !rc;
	return rc;
}

static int
add_valid(struct parse *p, struct ni_err *err)
{
	struct nl_lab *lab = p->lab;
	const char *bar = strchr(p->e->value, '|');
	size_t n = strcspn(p->e->value, " \t|");
	int point = nl_point_find(lab, p->e->value, n);
	if (lab->nvalids == NL_VALIDS_MAX)
		return too_many(p, NL_VALIDS_MAX, err);
	if (!bar || point < 0)
		return wrong(p, err, _("POINT | FILTER, with a capture point above"));
	lab->valid[lab->nvalids++] =
	    (struct nl_valid){(unsigned)point, bar + 1 + strspn(bar + 1, " \t")};
	return check_names(p, bar, err);
}

static bool
name_taken(const struct nl_lab *lab, const char *name)
{
	bool taken = !strcmp(name, "seed") || !strcmp(name, "nonce") || !strcmp(name, "lab");
	for (unsigned i = 0; i < lab->ndraws; i++)
		taken |= !strcmp(lab->draw[i].name, name);
	for (unsigned i = 0; i < lab->nlets; i++)
		taken |= !strcmp(lab->let[i].name, name);
	return taken;
}

static int
add_let(struct parse *p, struct ni_err *err)
{
	const char *rest;
	struct nl_lab *lab = p->lab;
	struct nl_let *let = &lab->let[lab->nlets];
	if (lab->nlets == NL_LETS_MAX)
		return too_many(p, NL_LETS_MAX, err);
	int rc = take_name(p, &rest, true, &let->name, err);
	if (!rc && name_taken(lab, let->name))
		return wrong(p, err, _("this name is taken"));
	if (!rc)
		rc = take_expr(p, rest, &let->value, err);
	lab->nlets += !rc;
	p->let = let;
	return rc;
}

static int
add_question(struct parse *p, struct ni_err *err)
{
	const char *rest;
	struct nl_lab *lab = p->lab;
	struct nl_question *q = &lab->question[lab->nquestions];
	if (lab->nquestions == NL_QUESTIONS_MAX)
		return too_many(p, NL_QUESTIONS_MAX, err);
	int rc = take_name(p, &rest, false, &q->name, err);
	if (!rc &&
	    (nl_question_find(lab, q->name) || !strcmp(q->name, "seed") || !strcmp(q->name, "lab")))
		return wrong(p, err, _("this name is taken"));
	q->line = p->e->line;
	q->kind = NL_KIND_NUMBER;
	lab->nquestions += !rc;
	p->question = q;
	return rc;
}

/* ---- properties ---- */

static int
q_kind(struct parse *p, struct ni_err *err)
{
	static const char *const kinds[] = {
	    [NL_KIND_NUMBER] = "number", [NL_KIND_FRAME] = "frame",     [NL_KIND_WORD] = "word",
	    [NL_KIND_MAC] = "mac",       [NL_KIND_ADDRESS] = "address", [NL_KIND_LIST] = "list",
	    [NL_KIND_TUPLE] = "tuple",   [NL_KIND_TEXT] = "text",
	};
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(p->e->value, kinds[i])) {
			p->question->kind = (enum nl_kind)i;
			return NI_SUCCESS;
		}
	}
	wrong(p, err, _("no such kind"));
	ni_hint(err, _("one of: %s"), "number frame word mac address list tuple text");
	return NI_ERR_INPUT;
}

static int
q_text(struct parse *p, struct ni_err *err)
{
	const char *more = p->e->more;
	p->question->text = *more ? nl_fmt(p->pool, "%s%s%s", p->e->value,
					   (unsigned char)more[0] >= 0x80 ? "" : " ", more)
				  : p->e->value;
	return check_names(p, p->question->text, err);
}

static int
q_unit(struct parse *p, struct ni_err *err)
{
	(void)err;
	p->question->unit = p->e->value;
	return NI_SUCCESS;
}

/* "10%" or "0.2" */
static int
q_within(struct parse *p, struct ni_err *err)
{
	char *end;
	double v = strtod(p->e->value, &end);
	bool part = *end == '%';
	if (end == p->e->value || end[part] || !(v >= 0 && v < 1e12))
		return wrong(p, err, _("a number, or a number and %"));
	p->question->within = part ? v / 100 : v;
	p->question->within_part = part;
	return NI_SUCCESS;
}

/* "client=10.0.0.1 server=10.0.0.2 neither" */
static int
q_choices(struct parse *p, struct ni_err *err)
{
	const char *rest = p->e->value;
	const char *word;
	struct nl_question *q = p->question;
	while ((word = nl_word_next(p->pool, &rest))) {
		char *name = nl_copy(p->pool, word, strlen(word));
		char *equals = strchr(name, '=');
		if (q->nchoices == NL_WORDS_MAX)
			return too_many(p, NL_WORDS_MAX, err);
		if (equals)
			*equals++ = '\0';
		q->choice[q->nchoices++] = (struct nl_choice){name, equals};
	}
	return check_names(p, p->e->value, err);
}

static int
q_value(struct parse *p, struct ni_err *err)
{
	p->question->has_value = true;
	return take_expr(p, p->e->value, &p->question->value, err);
}

static int
q_show(struct parse *p, struct ni_err *err)
{
	p->question->has_show = true;
	return take_expr(p, p->e->value, &p->question->show, err);
}

static int
q_also(struct parse *p, struct ni_err *err)
{
	struct nl_question *q = p->question;
	if (q->nalso == NL_ALSO_MAX)
		return too_many(p, NL_ALSO_MAX, err);
	return take_expr(p, p->e->value, &q->also[q->nalso++], err);
}

/* The value on the line, what to say of it on the lines below; a translation has only that. */
static int
q_wrong(struct parse *p, struct ni_err *err)
{
	struct nl_question *q = p->question;
	const char *more = p->e->more;
	if (*p->e->language) {
		q->wrong[q->nwrong - 1].feedback = *more ? more : p->e->value;
		return check_names(p, q->wrong[q->nwrong - 1].feedback, err);
	}
	if (q->nwrong == NL_WRONG_MAX)
		return too_many(p, NL_WRONG_MAX, err);
	if (!*more)
		return wrong(p, err, _("no feedback behind two tabs below"));
	q->wrong[q->nwrong].feedback = more;
	int rc = take_expr(p, p->e->value, &q->wrong[q->nwrong++].value, err);
	return rc ? rc : check_names(p, more, err);
}

static int
q_truth(struct parse *p, struct ni_err *err)
{
	if (!is_name(p->e->value, false))
		return wrong(p, err, _("a name is of small letters, digits and _"));
	p->question->truth = p->e->value;
	return NI_SUCCESS;
}

static int
q_predict(struct parse *p, struct ni_err *err)
{
	(void)err;
	p->question->predict = true;
	return NI_SUCCESS;
}

/* Of a question, or of a let. */
static int
set_empty(struct parse *p, struct ni_err *err)
{
	if (p->question)
		p->question->empty = p->e->value;
	else
		p->let->empty = p->e->value;
	return check_names(p, p->e->value, err);
}

/* ---- the tables ---- */

static const struct key {
	const char *word;
	bool of_question, of_let, translated;
	int (*set)(struct parse *p, struct ni_err *err);
} keys[] = {
    {"title", false, false, true, set_title},      {"needs", false, false, false, set_needs},
    {"seconds", false, false, false, set_seconds}, {"draw", false, false, false, add_draw},
    {"capture", false, false, false, add_point},   {"valid", false, false, false, add_valid},
    {"let", false, false, false, add_let},         {"question", false, false, false, add_question},
    {"kind", true, false, false, q_kind},          {"text", true, false, true, q_text},
    {"unit", true, false, false, q_unit},          {"within", true, false, false, q_within},
    {"choices", true, false, false, q_choices},    {"value", true, false, false, q_value},
    {"show", true, false, false, q_show},          {"also", true, false, false, q_also},
    {"wrong", true, false, true, q_wrong},         {"truth", true, false, false, q_truth},
    {"predict", true, false, false, q_predict},    {"empty", true, true, false, set_empty},
};

static int
take_entry(struct parse *p, struct ni_err *err)
{
	const struct key *k = NULL;
	bool property = p->e->property;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!strcmp(keys[i].word, p->e->key))
			k = &keys[i];
	if (!k)
		return wrong(p, err, _("no such key"));
	if (property != (k->of_question || k->of_let))
		return wrong(p, err,
			     property ? _("this key stands at the margin")
				      : _("this key is behind a tab, below a question"));
	if (property && !(p->question && k->of_question) && !(p->let && k->of_let))
		return wrong(p, err, _("there is nothing above that it could belong to"));
	if (*p->e->language && !k->translated)
		return wrong(p, err, _("this key has no translations"));
	if (*p->e->language && k->set == q_wrong && !p->question->nwrong)
		return wrong(p, err, _("there is nothing above that it could belong to"));
	if (*p->e->language && strcmp(p->e->language, p->language) != 0)
		return NI_SUCCESS;
	if (!property) {
		p->question = NULL;
		p->let = NULL;
	}
	return k->set(p, err);
}

static bool
names_known(struct parse *p, const char *text, struct ni_err *err)
{
	return !text || nl_fill(&p->world, text, true, NULL, err);
}

static bool
expr_names_known(struct parse *p, const struct nl_expr *e, struct ni_err *err)
{
	return names_known(p, e->text, err) && names_known(p, e->nth, err);
}

static bool
question_names_known(struct parse *p, const struct nl_question *q, struct ni_err *err)
{
	bool good = names_known(p, q->text, err) && names_known(p, q->empty, err) &&
		    expr_names_known(p, &q->value, err) &&
		    (!q->has_show || expr_names_known(p, &q->show, err));
	for (unsigned i = 0; good && i < q->nalso; i++)
		good = expr_names_known(p, &q->also[i], err);
	for (unsigned i = 0; good && i < q->nwrong; i++)
		good = expr_names_known(p, &q->wrong[i].value, err) &&
		       names_known(p, q->wrong[i].feedback, err);
	for (unsigned i = 0; good && i < q->nchoices; i++)
		good = names_known(p, q->choice[i].equals, err);
	return good;
}

/* What only the whole file shows. */
static int
check_whole(struct parse *p, struct ni_err *err)
{
	const struct nl_lab *lab = p->lab;
	if (!lab->title)
		return ni_fail(err, NI_ERR_INPUT, _("%s: no title"), lab->path);
	for (unsigned i = 0; i < lab->nquestions; i++) {
		const struct nl_question *q = &lab->question[i];
		const char *missing = !q->text                                  ? "text"
				      : !q->has_value                           ? "value"
				      : q->kind == NL_KIND_WORD && !q->nchoices ? "choices"
										: NULL;
		if (missing)
			return ni_fail(err, NI_ERR_INPUT, _("%s:%u: question %s has no %s"),
				       lab->path, q->line, q->name, missing);
		if (!question_names_known(p, q, err)) {
			struct ni_err inner = *err;
			return ni_fail(err, NI_ERR_INPUT, "%s:%u: question %s: %s", lab->path,
				       q->line, q->name, inner.what);
		}
	}
	return NI_SUCCESS;
}

int
nl_lab_parse(struct nl_lab *lab, struct nl_pool *pool, const char *text, size_t n,
	     const char *language, struct ni_err *err)
{
	struct nl_lines lines = {.pool = pool, .path = lab->path, .p = text, .end = text + n};
	struct nl_entry entry;
	struct parse *p = nl_take(pool, sizeof(*p));
	*p = (struct parse){.lab = lab, .pool = pool, .language = language, .e = &entry};
	p->world = (struct nl_world){.lab = lab, .pool = pool};
	lab->seconds = 15;
	int rc;
	while (!(rc = nl_lines_next(&lines, &entry, err))) {
		rc = take_entry(p, err);
		if (rc)
			return rc;
	}
	return rc == NL_LINES_END ? check_whole(p, err) : rc;
}

const struct nl_question *
nl_question_find(const struct nl_lab *lab, const char *name)
{
	for (unsigned i = 0; i < lab->nquestions; i++)
		if (!strcmp(lab->question[i].name, name))
			return &lab->question[i];
	return NULL;
}
