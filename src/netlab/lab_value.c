/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values from captures. Each is what one run of netinspect prints, so whoever doubts a value can
 * run the same command; and a capture that breaks a program breaks that run alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "i18n.h"
#include "lab.h"

enum { VALUES_MAX = 16384, OUTPUT_MAX = 16 << 20, CPU_SECONDS = 20, ARGS_MAX = 32 };

/* Between values of a field in one frame: a byte that is escaped where it is part of a value. */
#define BETWEEN "\x1f"

static bool
has_word(const char *const argv[], unsigned n, const char *word)
{
	while (n)
		if (!strcmp(argv[--n], word))
			return true;
	return false;
}

/* The command for @filter of @point, NULL-terminated; @fields with the number of the frame first.
 */
static void
make_command(const struct nl_world *w, const struct nl_expr *e, const char *filter, bool shown,
	     char *argv[ARGS_MAX])
{
	unsigned n = 0;
	const char *words[ARGS_MAX];
	words[n++] = shown ? "netinspect" : w->program;
	words[n++] = "-r";
	words[n++] = w->file[e->point];
	if (*filter) {
		words[n++] = "-Y";
		words[n++] = filter;
	}
	words[n++] = "-T";
	words[n++] = "fields";
	if (!shown) {
		words[n++] = "-E";
		words[n++] = "aggregator=" BETWEEN;
	}
	words[n++] = "-e";
	words[n++] = "frame.number";
	for (unsigned i = 0; i < e->nfields; i++) {
		if (shown && has_word(words, n, e->field[i]))
			continue;
		words[n++] = "-e";
		words[n++] = e->field[i];
	}
	/* Copies: exec() takes no constants. */
	for (unsigned i = 0; i < n; i++)
		argv[i] = nl_copy(w->pool, words[i], strlen(words[i]));
	argv[n] = NULL;
}

/* The first line of what @fd holds. */
static const char *
first_line(struct nl_pool *pool, int fd)
{
	char text[400];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	const char *from = text;
	if (!strncmp(text, "netinspect: ", 12))
		from += 12;
	return nl_copy(pool, from, strcspn(from, "\n"));
}

static void
child(char *const argv[], int out, int complaints)
{
	struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};
	struct rlimit size = {OUTPUT_MAX, OUTPUT_MAX};
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_FSIZE, &size);
	setenv("LC_ALL", "C", 1);
	if (in >= 0 && dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(complaints, 2) == 2)
		execvp(argv[0], argv);
	_exit(127);
}

static int
run(struct nl_world *w, char *const argv[], int out, int complaints, struct ni_err *err)
{
	int status = 0;
	pid_t pid = fork();
	if (!pid)
		child(argv, out, complaints);
	while (pid > 0 && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			pid = -1;
	if (pid < 0)
		return ni_fail(err, NI_ERR_RUN, "netinspect: %s", strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return NI_SUCCESS;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return ni_fail(err, NI_ERR_RUN, _("%s: this program is not there"), argv[0]);
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL))
		return ni_fail(err, NI_ERR_INPUT, _("%s: more than %d seconds of work to read"),
			       argv[2], CPU_SECONDS);
	if (WIFSIGNALED(status))
		return ni_fail(err, NI_ERR_RUN, _("%s: netinspect was ended by signal %d"), argv[2],
			       WTERMSIG(status));
	return ni_fail(err, NI_ERR_INPUT, "%s", first_line(w->pool, complaints));
}

/* What the command prints; NULL with @err filled. */
static char *
output(struct nl_world *w, char *const argv[], struct ni_err *err)
{
	char *text = NULL;
	int out = memfd_create("values", MFD_CLOEXEC);
	int complaints = memfd_create("complaints", MFD_CLOEXEC);
	struct stat st;
	if (out < 0 || complaints < 0)
		ni_fail(err, NI_ERR_RUN, "memfd_create: %s", strerror(errno));
	else if (!run(w, argv, out, complaints, err) && !fstat(out, &st)) {
		text = nl_take(w->pool, (size_t)st.st_size + 1);
		if (pread(out, text, (size_t)st.st_size, 0) != st.st_size)
			text = NULL;
	}
	if (out >= 0)
		close(out);
	if (complaints >= 0)
		close(complaints);
	return text;
}

/* The printed values of one frame: @cell[0] is its number. */
struct frame {
	char *cell[NL_FIELDS_MAX + 1];
};

/* Split a line in place. Whether there was one. */
static bool
next_frame(char **p, unsigned ncells, struct frame *f)
{
	char *line = *p;
	if (!*line)
		return false;
	char *end = strchr(line, '\n');
	*p = end ? end + 1 : line + strlen(line);
	if (end)
		*end = '\0';
	for (unsigned i = 0; i < ncells; i++) {
		char *tab = strchr(line, '\t');
		f->cell[i] = line;
		if (tab)
			*tab = '\0';
		line = tab ? tab + 1 : line + strlen(line);
	}
	return true;
}

/* Value number @nth of a cell, from 1; NULL: there is none. */
static const char *
occurrence(struct nl_pool *pool, const char *cell, unsigned nth)
{
	while (--nth && *cell) {
		cell += strcspn(cell, BETWEEN);
		cell += *cell != '\0';
	}
	return *cell ? nl_copy(pool, cell, strcspn(cell, BETWEEN)) : NULL;
}

/* What is gathered over the frames. */
struct gather {
	struct nl_pool *pool;
	const struct nl_expr *e;
	struct nl_row *row; /* one for each frame, or one for all of list and set */
	size_t nrows, rows_cap, cells_cap;
	unsigned nth;
	unsigned long frames;
	bool too_many; /* values, where each is compared or shown */
};

static void *
grown(struct nl_pool *pool, void *old, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return old;
	*cap = *cap ? 2 * *cap : 16;
	void *p = nl_take(pool, *cap * size);
	if (n)
		memcpy(p, old, n * size);
	return p;
}

/* One more row with these cells. */
static void
add_row(struct gather *g, const char **cell, size_t n)
{
	g->row = grown(g->pool, g->row, g->nrows, &g->rows_cap, sizeof(*g->row));
	g->row[g->nrows++] = (struct nl_row){cell, n};
}

/* One more cell in the only row. */
static void
add_cell(struct gather *g, const char *cell)
{
	enum nl_take t = g->e->take;
	if (!g->nrows)
		add_row(g, NULL, 0);
	struct nl_row *r = g->row;
	if (r->n == VALUES_MAX &&
	    (t == NL_LIST || t == NL_SET || t == NL_TURNS || t == NL_DISTINCT)) {
		g->too_many = true;
		return;
	}
	r->cell = grown(g->pool, r->cell, r->n, &g->cells_cap, sizeof(*r->cell));
	r->cell[r->n++] = cell;
}

static bool
is_in(const struct nl_row *r, const char *cell)
{
	for (size_t i = 0; i < r->n; i++)
		if (!strcmp(r->cell[i], cell))
			return true;
	return false;
}

/* Whether @v only goes on with the last value of NL_TURNS. */
static bool
same_turn(const struct gather *g, const char *v)
{
	return g->e->take == NL_TURNS && !strcmp(g->row->cell[g->row->n - 1], v);
}

/* All values of all fields in this frame, for what is about values and not frames. */
static void
take_values(struct gather *g, const struct frame *f)
{
	bool once = g->e->take == NL_DISTINCT || g->e->take == NL_SET;
	for (unsigned i = 0; i < g->e->nfields; i++) {
		const char *v;
		/* Of a field that names its occurrence only that. */
		unsigned nth = g->e->occurrence[i];
		for (; (v = occurrence(g->pool, f->cell[i + 1], nth)); nth++) {
			if (!g->nrows || !(once ? is_in(g->row, v) : same_turn(g, v)))
				add_cell(g, v);
			if (g->e->occurrence[i] > 1)
				break;
		}
	}
}

/* The tuple of this frame; a frame without one of the values is passed over. */
static void
take_tuple(struct gather *g, const struct frame *f)
{
	const char **cell = nl_take(g->pool, g->e->nfields * sizeof(*cell));
	for (unsigned i = 0; i < g->e->nfields; i++) {
		cell[i] = occurrence(g->pool, f->cell[i + 1], g->e->occurrence[i]);
		if (!cell[i])
			return;
	}
	add_row(g, cell, g->e->nfields);
}

static void
set_one(struct nl_value *v, struct nl_pool *pool, const char *text)
{
	v->row = nl_take(pool, sizeof(*v->row));
	v->row->cell = nl_take(pool, sizeof(*v->row->cell));
	v->row->cell[0] = text;
	v->row->n = 1;
	v->nrows = 1;
}

/* sum, min, max, gap over the cells of the one row. */
static int
reduce(const struct gather *g, struct nl_value *v, struct ni_err *err)
{
	const struct nl_row *r = g->row;
	const char *acc = r->cell[0];
	if (g->e->take == NL_GAP)
		acc = nl_calc(g->pool, nl_fmt(g->pool, "%s - %s", r->cell[r->n - 1], r->cell[0]),
			      err);
	for (size_t i = 1; acc && i < r->n && g->e->take != NL_GAP; i++) {
		const char *c = r->cell[i];
		acc = g->e->take == NL_SUM
			  ? nl_calc(g->pool, nl_fmt(g->pool, "%s + %s", acc, c), err)
		      : g->e->take == NL_MIN
			  ? nl_calc(g->pool, nl_fmt(g->pool, "%s < %s ? %s : %s", acc, c, acc, c),
				    err)
			  : nl_calc(g->pool, nl_fmt(g->pool, "%s > %s ? %s : %s", acc, c, acc, c),
				    err);
	}
	if (!acc)
		return NI_ERR_INPUT;
	set_one(v, g->pool, acc);
	return NI_SUCCESS;
}

static int
by_number(const void *a, const void *b)
{
	long double x = strtold(*(const char *const *)a, NULL);
	long double y = strtold(*(const char *const *)b, NULL);
	return (x > y) - (x < y);
}

/* The one in the middle of the one row; of an even number the smaller. */
static void
middle(const struct gather *g, struct nl_value *v)
{
	const struct nl_row *r = g->row;
	qsort(r->cell, r->n, sizeof(*r->cell), by_number);
	set_one(v, g->pool, r->cell[(r->n - 1) / 2]);
}

static int
conclude(struct gather *g, struct nl_value *v, struct ni_err *err)
{
	const struct nl_expr *e = g->e;
	size_t n = g->nrows;
	switch (e->take) {
	case NL_COUNT:
		set_one(v, g->pool, nl_fmt(g->pool, "%lu", g->frames));
		return NI_SUCCESS;
	case NL_DISTINCT:
		set_one(v, g->pool, nl_fmt(g->pool, "%zu", n ? g->row->n : 0));
		return NI_SUCCESS;
	case NL_FIRST:
	case NL_LAST:
	case NL_NTH:
		n = e->take == NL_FIRST ? 1 : e->take == NL_NTH ? g->nth : n;
		if (n && n <= g->nrows)
			*v = (struct nl_value){.row = g->row + n - 1, .nrows = 1};
		break;
	case NL_SUM:
	case NL_MIN:
	case NL_MAX:
	case NL_GAP:
		return n ? reduce(g, v, err) : (v->none = e, NI_SUCCESS);
	case NL_MEDIAN:
		if (n)
			middle(g, v);
		break;
	case NL_ANY:
	case NL_LIST:
	case NL_SET:
	case NL_TURNS:
		*v = (struct nl_value){.row = g->row, .nrows = n, .any_order = e->take == NL_SET};
		break;
	}
	if (!v->nrows)
		v->none = e;
	return NI_SUCCESS;
}

static int
from_frames(struct nl_world *w, const struct nl_expr *e, const char *filter, struct nl_value *v,
	    struct ni_err *err)
{
	char *argv[ARGS_MAX];
	struct gather g = {.pool = w->pool, .e = e};
	struct frame f = {{NULL}};
	if (!w->file[e->point])
		return ni_fail(err, NI_ERR_INPUT, _("no capture of the point %s"),
			       w->lab->point[e->point].name);
	const char *nth = e->take == NL_NTH ? nl_fill(w, e->nth, false, NULL, err) : "1";
	if (!nth)
		return NI_ERR_INPUT;
	g.nth = nl_small_number(nth);
	if (!g.nth)
		return ni_fail(err, NI_ERR_INPUT, _("nth %s: no number from 1 to 9999"), nth);
	make_command(w, e, filter, false, argv);
	char *p = output(w, argv, err);
	if (!p)
		return NI_ERR_INPUT;
	bool by_frame =
	    e->take == NL_FIRST || e->take == NL_LAST || e->take == NL_NTH || e->take == NL_ANY;
	while (!g.too_many && next_frame(&p, e->nfields + 1, &f)) {
		g.frames++;
		if (by_frame)
			take_tuple(&g, &f);
		else
			take_values(&g, &f);
	}
	if (g.too_many)
		return ni_fail(err, NI_ERR_INPUT, _("%s: more than %d values match %s"),
			       w->file[e->point], VALUES_MAX, filter);
	return conclude(&g, v, err);
}

int
nl_value_get(struct nl_world *w, const struct nl_expr *e, struct nl_value *v, struct ni_err *err)
{
	const struct nl_expr *none = NULL;
	*v = (struct nl_value){.none = NULL};
	const char *text = nl_fill(w, e->text, false, &none, err);
	int rc = text ? NI_SUCCESS : NI_ERR_INPUT;
	if (!rc && none) {
		v->none = none;
		return NI_SUCCESS;
	}
	if (!rc && e->how == NL_FRAMES) {
		rc = from_frames(w, e, text, v, err);
	} else if (!rc) {
		if (e->how == NL_CALC)
			text = nl_calc(w->pool, text, err);
		rc = text ? NI_SUCCESS : NI_ERR_INPUT;
		if (text)
			set_one(v, w->pool, text);
	}
	return rc;
}

/* With `empty` where there is nothing. */
static int
get_or_empty(struct nl_world *w, const struct nl_expr *e, const char *empty, struct nl_value *v,
	     struct ni_err *err)
{
	int rc = nl_value_get(w, e, v, err);
	if (rc || !v->none || !empty)
		return rc;
	const char *text = nl_fill(w, empty, false, NULL, err);
	if (!text)
		return NI_ERR_INPUT;
	*v = (struct nl_value){.none = NULL};
	set_one(v, w->pool, text);
	return NI_SUCCESS;
}

int
nl_answer_get(struct nl_world *w, const struct nl_question *q, struct nl_value *v,
	      struct ni_err *err)
{
	int rc = get_or_empty(w, &q->value, q->empty, v, err);
	if (rc || !v->none)
		return rc;
	const char *filter = nl_fill(w, v->none->text, true, NULL, err);
	return ni_fail(err, NI_ERR_INPUT, _("%s: the capture is not complete: no frame matches %s"),
		       w->file[v->none->point], filter ? filter : v->none->text);
}

static int
check_valid(struct nl_world *w, const struct nl_valid *valid, struct ni_err *err)
{
	struct nl_expr e = {
	    .how = NL_FRAMES, .text = valid->filter, .point = valid->point, .take = NL_COUNT};
	struct nl_value v;
	const char *filter = nl_fill(w, valid->filter, false, NULL, err);
	int rc = filter ? nl_value_get(w, &e, &v, err) : NI_ERR_INPUT;
	if (rc || !v.nrows || strcmp(v.row->cell[0], "0") != 0)
		return rc;
	ni_fail(err, NI_ERR_INPUT, _("%s: not made by %s with the seed %s: no frame matches %s"),
		w->file[valid->point], w->lab->name, w->params.seed, filter);
	ni_hint(err, _("the capture %s of the run that the form belongs to is wanted"),
		w->lab->point[valid->point].name);
	return NI_ERR_INPUT;
}

int
nl_world_open(struct nl_world *w, struct ni_err *err)
{
	int rc = NI_SUCCESS;
	for (unsigned i = 0; !rc && i < w->lab->nvalids; i++)
		rc = check_valid(w, &w->lab->valid[i], err);
	for (unsigned i = 0; !rc && i < w->lab->nlets; i++) {
		const struct nl_let *let = &w->lab->let[i];
		rc = get_or_empty(w, &let->value, let->empty, &w->let[i], err);
		w->has_let[i] = true;
	}
	return rc;
}

/* Whether @text names let number @i. */
static bool
names_let(struct nl_world *w, const char *text, unsigned i)
{
	return strstr(text, nl_fmt(w->pool, "{%s}", w->lab->let[i].name));
}

void
nl_world_preview(struct nl_world *w)
{
	for (unsigned i = 0; i < w->lab->nlets; i++) {
		const struct nl_expr *e = &w->lab->let[i].value;
		bool ready = e->how != NL_FRAMES;
		for (unsigned k = 0; ready && k < i; k++)
			ready = w->has_let[k] || !names_let(w, e->text, k);
		w->has_let[i] = ready && !nl_value_get(w, e, &w->let[i], NULL);
	}
}

/* ---- commands to show ---- */

/* @text as one word of a shell. */
static const char *
quoted(struct nl_pool *pool, const char *text)
{
	if (*text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789_-./=:,+@")])
		return text;
	char *s = nl_copy(pool, "'", 1);
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, "'");
		s = nl_fmt(pool, "%s%.*s%s", s, (int)n, p, p[n] ? "'\\''" : "");
		p += n + (p[n] == '\'');
	}
	return nl_fmt(pool, "%s'", s);
}

static void
say_command(struct nl_world *w, const struct nl_expr *e, void (*say)(void *ctx, const char *line),
	    void *ctx)
{
	char *argv[ARGS_MAX];
	const char *filter = nl_fill(w, e->text, false, NULL, NULL);
	char *line = nl_copy(w->pool, "", 0);
	if (!filter || !w->file[e->point])
		return;
	make_command(w, e, filter, true, argv);
	for (unsigned i = 0; argv[i]; i++)
		line = nl_fmt(w->pool, "%s%s%s", line, i ? " " : "", quoted(w->pool, argv[i]));
	say(ctx, line);
}

/* Commands of the lets whose names @text has; of each only once. */
static void
say_lets(struct nl_world *w, const char *text, bool said[NL_LETS_MAX],
	 void (*say)(void *ctx, const char *line), void *ctx)
{
	for (unsigned i = 0; i < w->lab->nlets; i++) {
		const struct nl_let *let = &w->lab->let[i];
		if (said[i] || !names_let(w, text, i))
			continue;
		said[i] = true;
		if (let->value.how == NL_FRAMES)
			say_command(w, &let->value, say, ctx);
		else
			say_lets(w, let->value.text, said, say, ctx);
	}
}

void
nl_commands(struct nl_world *w, const struct nl_question *q,
	    void (*say)(void *ctx, const char *line), void *ctx)
{
	const struct nl_expr *e = q->has_show ? &q->show : &q->value;
	bool said[NL_LETS_MAX] = {false};
	if (e->how == NL_FRAMES)
		say_command(w, e, say, ctx);
	else
		say_lets(w, e->text, said, say, ctx);
}
