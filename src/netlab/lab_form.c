/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Forms: lines `NAME = ANSWER`, written by us and filled in by anybody with any editor. Read with
 * care: the size is bounded before anything is read, and every fault is one line.
 */
#include <string.h>

#include "i18n.h"
#include "lab.h"
#include "lab_lines.h"
#include "netinspect/lookup.h"

enum { ANSWER_MAX = 4096 };

/* ---- reading ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* ASCII for what a Chinese input method makes of it: U+FF01..U+FF5E and U+3000. */
static char *
narrow(struct nl_pool *pool, const char *s, size_t n)
{
	char *to = nl_copy(pool, s, n);
	size_t k = 0;
	for (size_t i = 0; i < n;) {
		size_t len = nl_utf8(s + i, n - i);
		unsigned c = len == 3
				 ? ((unsigned)(s[i] & 0xf) << 12 |
				    (unsigned)(s[i + 1] & 0x3f) << 6 | (unsigned)(s[i + 2] & 0x3f))
				 : 0;
		if (c >= 0xff01 && c <= 0xff5e) {
			to[k++] = (char)(c - 0xfee0);
		} else if (c == 0x3000) {
			to[k++] = ' ';
		} else {
			memmove(to + k, s + i, len);
			k += len;
		}
		i += len;
	}
	to[k] = '\0';
	return to;
}

static int
check_text(const struct nl_form *f, unsigned line, const char *p, size_t n, struct ni_err *err)
{
	if (n > ANSWER_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("%s:%u: longer than %d bytes"), f->path, line,
			       ANSWER_MAX);
	for (size_t i = 0; i < n;) {
		size_t len = nl_utf8(p + i, n - i);
		unsigned char c = (unsigned char)p[i];
		if (len == 1 && c < ' ' && !is_blank(p[i]))
			return ni_fail(err, NI_ERR_INPUT, _("%s:%u: a control character"), f->path,
				       line);
		if (!len) {
			ni_fail(err, NI_ERR_INPUT, _("%s:%u: not UTF-8"), f->path, line);
			ni_hint(err, _("save it as UTF-8, or: iconv -f GB18030 -t UTF-8"));
			return NI_ERR_INPUT;
		}
		i += len;
	}
	return NI_SUCCESS;
}

static int
no_such_question(const struct nl_form *f, const struct nl_lab *lab, unsigned line, const char *name,
		 struct ni_err *err)
{
	const char *near = NULL;
	unsigned best = 4;
	for (unsigned i = 0; i < lab->nquestions; i++) {
		unsigned d = ni_word_distance(name, lab->question[i].name);
		if (d < best) {
			best = d;
			near = lab->question[i].name;
		}
	}
	ni_fail(err, NI_ERR_INPUT, _("%s:%u: %.40s: %s has no such question"), f->path, line, name,
		lab->name);
	if (near)
		ni_hint(err, _("did you mean %s?"), near);
	else
		ni_hint(err, _("'netlab ask %s' prints the form"), lab->name);
	return NI_ERR_INPUT;
}

static int
take_line(struct nl_form *f, const struct nl_lab *lab, unsigned line, const char *text,
	  struct nl_pool *pool, struct ni_err *err)
{
	const char *equals = strchr(text, '=');
	if (!equals)
		equals = strchr(text, ':');
	if (!equals) {
		ni_fail(err, NI_ERR_INPUT, _("%s:%u: not of the form NAME = ANSWER"), f->path,
			line);
		ni_hint(err, _("'netlab ask %s' prints the form"), lab->name);
		return NI_ERR_INPUT;
	}
	size_t n = (size_t)(equals - text);
	while (n && is_blank(text[n - 1]))
		n--;
	const char *name = nl_copy(pool, text, n);
	const char *answer = equals + 1;
	while (is_blank(*answer))
		answer++;
	const char **slot = !strcmp(name, "lab")    ? &f->lab
			    : !strcmp(name, "seed") ? &f->seed
						    : NULL;
	const struct nl_question *q = slot ? NULL : nl_question_find(lab, name);
	if (q)
		slot = &f->answer[q - lab->question];
	if (!slot)
		return no_such_question(f, lab, line, name, err);
	if (*slot && **slot && *answer)
		return ni_fail(err, NI_ERR_INPUT, _("%s:%u: %s is answered twice"), f->path, line,
			       name);
	if (!*slot || *answer)
		*slot = answer;
	return NI_SUCCESS;
}

/* What a text editor never writes. */
static int
check_file(const struct nl_form *f, const char *text, size_t n, struct ni_err *err)
{
	bool utf16 = n >= 2 && (!memcmp(text, "\xff\xfe", 2) || !memcmp(text, "\xfe\xff", 2));
	if (utf16) {
		ni_fail(err, NI_ERR_INPUT, _("%s: UTF-16"), f->path);
		ni_hint(err, _("save it as UTF-8, or: iconv -f UTF-16 -t UTF-8"));
		return NI_ERR_INPUT;
	}
	if (!memchr(text, '\0', n))
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s: not a text"), f->path);
	ni_hint(err, _("the form with the answers is wanted here"));
	return NI_ERR_INPUT;
}

int
nl_form_parse(struct nl_form *f, const struct nl_lab *lab, struct nl_pool *pool, const char *text,
	      size_t n, struct ni_err *err)
{
	const char *end = text + n;
	int rc = check_file(f, text, n, err);
	if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	for (unsigned line = 1; !rc && text < end; line++) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		const char *next = eol ? eol + 1 : end;
		if (!eol)
			eol = end;
		while (eol > text && is_blank(eol[-1]))
			eol--;
		while (text < eol && is_blank(*text))
			text++;
		/* What is not read may be in any encoding. */
		if (text < eol && *text != '#') {
			rc = check_text(f, line, text, (size_t)(eol - text), err);
			if (!rc)
				rc = take_line(f, lab, line,
					       narrow(pool, text, (size_t)(eol - text)), pool, err);
		}
		text = next;
	}
	if (!rc && f->lab && *f->lab && strcmp(f->lab, lab->name) != 0)
		rc = ni_fail(err, NI_ERR_INPUT, _("%s: this is the form of %.40s, not of %s"),
			     f->path, f->lab, lab->name);
	return rc;
}

int
nl_form_read(struct nl_form *f, const struct nl_lab *lab, struct nl_pool *pool, const char *path,
	     struct ni_err *err)
{
	size_t n = 0;
	*f = (struct nl_form){.path = path};
	char *text = nl_read_file(pool, path, NL_FILE_MAX, &n, err);
	return text ? nl_form_parse(f, lab, pool, text, n, err) : NI_ERR_INPUT;
}

/* ---- writing ---- */

/* What an answer looks like. */
static const char *
shape(struct nl_world *w, const struct nl_question *q)
{
	char *words = nl_copy(w->pool, "", 0);
	for (unsigned i = 0; i < q->nchoices; i++)
		words = nl_fmt(w->pool, "%s%s%s", words, i ? ", " : "",
			       nl_word_shown(w->pool, q->choice[i].word));
	switch (q->kind) {
	case NL_KIND_NUMBER:
		return q->unit ? nl_fmt(w->pool, _("[a number, in %s]"), q->unit) : _("[a number]");
	case NL_KIND_FRAME:
		return _("[the number of a frame]");
	case NL_KIND_WORD:
		return nl_fmt(w->pool, _("[one of: %s]"), words);
	case NL_KIND_MAC:
		return _("[a MAC address]");
	case NL_KIND_ADDRESS:
		return _("[an IP address]");
	case NL_KIND_LIST:
		return q->nchoices
			   ? nl_fmt(w->pool, _("[several of these, with commas: %s]"), words)
			   : _("[several values, with commas]");
	case NL_KIND_TUPLE:
		return _("[the values one after the other, with commas]");
	case NL_KIND_TEXT:
		break;
	}
	return "";
}

void
nl_form_head(FILE *out, const struct nl_lab *lab, const char *seed)
{
	fprintf(out, "# %s: %s\n", lab->name, lab->title);
	nl_wrap(out, "# ", "# ",
		_("Write each answer behind its \"=\". Lines that begin with # are not read."));
	fprintf(out, "\nlab = %s\nseed = %s\n", lab->name, seed);
}

void
nl_form_question(FILE *out, struct nl_world *w, unsigned i, const char *answer)
{
	const struct nl_question *q = &w->lab->question[i];
	const char *text = nl_fill(w, q->text, true, NULL, NULL);
	const char *first = nl_fmt(w->pool, "\n# %u. ", i + 1);
	nl_wrap(out, first, "#    ", nl_fmt(w->pool, "%s %s", text ? text : q->text, shape(w, q)));
	fprintf(out, "%s =%s%s\n", q->name, *answer ? " " : "", answer);
}

void
nl_form_write(FILE *out, struct nl_world *w, bool predict)
{
	nl_form_head(out, w->lab, w->params.seed);
	for (unsigned i = 0; i < w->lab->nquestions; i++)
		if (!predict || w->lab->question[i].predict)
			nl_form_question(out, w, i, "");
}
