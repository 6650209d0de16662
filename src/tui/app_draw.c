/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame around every view: title, filter, status, key bar, prompt. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "i18n.h"

enum { MIN_COLS = 60, MIN_ROWS = 15, LINE = 512, NS_MS = 1000000 };

void
ni_app_number(struct ni_buf *b, uint64_t n)
{
	ni_buf_num(b, n);
}

struct ni_app_word
ni_app_word(uint64_t n)
{
	struct ni_app_word w;
	struct ni_buf b = ni_buf(w.z, sizeof(w.z));
	ni_app_number(&b, n);
	ni_buf_z(&b);
	return w;
}

void
ni_app_found(struct ni_buf *b, uint64_t n, uint64_t all)
{
	ni_buf_fmt(b, NI_PLURAL("%s of %s matches", "%s of %s match", n), ni_app_word(n).z,
		   ni_app_word(all).z);
}

void
ni_app_span(struct ni_buf *b, int64_t ns)
{
	if (ns < 10 * (int64_t)NS_MS)
		ni_buf_fmt(b, "%.2fms", (double)ns / NS_MS);
	else if (ns < 1000 * (int64_t)NS_MS)
		ni_buf_fmt(b, "%.0fms", (double)ns / NS_MS);
	else
		ni_buf_fmt(b, "%.1fs", (double)ns / NS_MS / 1000);
}

void
ni_app_bytes(struct ni_buf *b, uint64_t n)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	unsigned u = 0;
	uint64_t tenths = n * 10;
	while (tenths >= 10240 && u < 4) {
		tenths /= 1024;
		u++;
	}
	if (u && tenths < 100)
		ni_buf_fmt(b, "%llu.%llu %s", (unsigned long long)tenths / 10,
			   (unsigned long long)tenths % 10, units[u]);
	else
		ni_buf_fmt(b, "%llu %s", (unsigned long long)tenths / 10, units[u]);
}

/* "1 Packets [2 Connections] 3 HTTP 4 5": numbers alone at the end where room is scarce. */
static void
tabs(struct ni_app *a, struct ni_buf *b, int width)
{
	for (unsigned named = NI_APP_TABS + 1; named-- > 0;) {
		b->len = 0;
		for (unsigned i = 0; i < NI_APP_TABS; i++) {
			bool on = i == a->tab;
			ni_buf_str(b, b->len ? " " : "");
			a->tab_x[i] = ni_line_width(b->p, b->len);
			ni_buf_fmt(b, on ? "[%u" : "%u", i + 1);
			if (on || i < named)
				ni_buf_fmt(b, " %s", _(ni_app_tabs[i]->name));
			if (on)
				ni_buf_c(b, ']');
		}
		a->tab_x[NI_APP_TABS] = ni_line_width(b->p, b->len) + 1;
		if (ni_line_width(b->p, b->len) <= width)
			return;
	}
}

static void
draw_title(struct ni_app *a)
{
	char left[LINE];
	char right[LINE];
	int cols = ni_screen_cols();
	struct ni_buf l = ni_buf(left, sizeof(left));
	struct ni_buf r = ni_buf(right, sizeof(right));
	const char *name = ni_model_name(a->model);
	const char *slash = strrchr(name, '/');
	ni_buf_str(&l, "netinspect  ");
	name = slash && slash[1] ? slash + 1 : name;
	ni_buf_escape(&l, (const uint8_t *)name, strlen(name));
	if (a->o.capture_filter && *a->o.capture_filter) {
		ni_buf_str(&l, "  ");
		ni_buf_escape(&l, (const uint8_t *)a->o.capture_filter,
			      strlen(a->o.capture_filter));
	}
	int beside = cols - ni_line_width(ni_buf_z(&l), l.len) - 2;
	tabs(a, &r, beside > cols / 2 ? beside : cols / 2);
	int w = ni_line_width(ni_buf_z(&r), r.len);
	for (unsigned i = 0; i <= NI_APP_TABS; i++)
		a->tab_x[i] += cols - w;
	ni_screen_text(0, 0, cols, "", NI_ROLE_TITLE, true);
	char fit[LINE];
	struct ni_buf f = ni_buf(fit, sizeof(fit));
	int have = cols - w - 2;
	if (ni_line_width(ni_buf_z(&l), l.len) > have)
		ni_line_fit(&f, left, have, NI_FIT_LEFT);
	else
		ni_buf_str(&f, left);
	ni_screen_text(0, 0, have, ni_buf_z(&f), NI_ROLE_TITLE, false);
	ni_screen_text(0, cols - w, w, right, NI_ROLE_TITLE, false);
}

/* What the filter has found, at the right end of its line. */
static void
filter_state(struct ni_app *a, struct ni_buf *b)
{
	const struct ni_set *found = ni_filtering_found(a->filter);
	uint64_t all = ni_index_last(ni_model_index(a->model));
	if (!found)
		return;
	if (ni_filtering_waits(a->filter)) {
		ni_buf_str(b, _("waits until the file is read"));
		return;
	}
	ni_app_found(b, found->count, all);
	if (ni_filtering_percent(a->filter) < 100)
		ni_buf_fmt(b, "  %u%%", ni_filtering_percent(a->filter));
}

void
ni_app_none(struct ni_app *a, struct ni_buf *b, uint64_t all)
{
	if (ni_filtering_waits(a->filter))
		ni_buf_fmt(b,
			   _("the filter asks how connections end: it waits until the file is "
			     "read, %u%%"),
			   ni_model_stats(a->model).percent);
	else if (ni_filtering_percent(a->filter) < 100)
		ni_buf_fmt(b, _("nothing found so far, %u%% looked at"),
			   ni_filtering_percent(a->filter));
	else
		ni_app_found(b, 0, all);
}

/* Underline what is wrong in the filter being typed, of which @text is what can be seen. */
static void
point_at(const struct ni_app *a, int y, int x, const char *text)
{
	char bad[NI_PROMPT_MAX];
	const char *from = a->prompt.text + a->caret_at;
	if (a->caret_at > a->prompt.len || from < text)
		return;
	struct ni_buf b = ni_buf(bad, sizeof(bad));
	size_t left = a->prompt.len - a->caret_at;
	ni_buf_mem(&b, from, a->caret_len < left ? a->caret_len : left);
	if (!left)
		ni_buf_c(&b, ' ');
	x += ni_line_width(text, (size_t)(from - text));
	ni_screen_text(y, x, ni_line_width(bad, b.len), ni_buf_z(&b), NI_ROLE_WRONG, false);
}

/* Filters are typed in the second line, and what is wrong with them is said in the last. */
static bool
asks_above(const struct ni_app *a)
{
	return a->asking == NI_PROMPT_FILTER || a->asking == NI_PROMPT_CAPTURE;
}

/* Where the caret goes, or -1. */
static int
draw_prompt(struct ni_app *a, int y, const char *label)
{
	int cols = ni_screen_cols();
	int lw = ni_line_width(label, strlen(label));
	const char *text = a->prompt.text;
	int at = ni_line_width(text, a->prompt.at);
	/* What stands before the caret scrolls out to the left. */
	while (at > cols - lw - 2 && *text) {
		const char *next = text;
		at -= ni_line_of(ni_line_next(&next, text + strlen(text)));
		text = next;
	}
	ni_screen_text(y, 0, cols, label, NI_ROLE_TITLE, true);
	ni_screen_text(y, lw, cols - lw, text, NI_ROLE_TEXT, true);
	if (a->caret_len)
		point_at(a, y, lw, text);
	return lw + at;
}

/* The line of the filter, if there is anything to say. Returns how many lines it took. */
static int
draw_filter(struct ni_app *a, int *caret)
{
	char state[128];
	char line[LINE];
	struct ni_buf s = ni_buf(state, sizeof(state));
	struct ni_buf b = ni_buf(line, sizeof(line));
	int cols = ni_screen_cols();
	const char *text = ni_filtering_text(a->filter);
	if (a->asking == NI_PROMPT_FILTER) {
		*caret = draw_prompt(a, 1, _("filter: "));
		return 1;
	}
	if (a->asking == NI_PROMPT_CAPTURE) {
		*caret = draw_prompt(a, 1, _("capture filter (empty: everything): "));
		return 1;
	}
	if (!*text)
		return 0;
	filter_state(a, &s);
	ni_buf_str(&b, _("filter: "));
	ni_buf_escape(&b, (const uint8_t *)text, strlen(text));
	int w = ni_line_width(ni_buf_z(&s), s.len);
	ni_screen_text(1, 0, cols - w - 1, ni_buf_z(&b), NI_ROLE_NOTE, true);
	ni_screen_text(1, cols - w, w, state, NI_ROLE_NOTE, false);
	return 1;
}

static const char *
mode(const struct ni_app *a, const struct ni_model_stats *s)
{
	if (a->held)
		return _("HELD");
	switch (s->state) {
	case NI_MODEL_LIVE:
		return _("LIVE");
	case NI_MODEL_STOPPED:
		return _("STOPPED");
	case NI_MODEL_LOADING:
		return _("READING");
	case NI_MODEL_DONE:
		break;
	}
	return a->o.picks ? _("READY") : ni_model_live(a->model) ? _("ENDED") : _("FILE");
}

/* One entry of the status line, if all of it fits. */
static void
entry(struct ni_buf *b, int width, struct ni_buf *one)
{
	int w = ni_line_width(ni_buf_z(one), one->len);
	if (ni_line_width(b->p, b->len) + w <= width)
		ni_buf_mem(b, one->p, one->len);
	one->len = 0;
}

static void
put_trouble(const struct ni_app *a, struct ni_buf *b)
{
	uint64_t troubled = ni_conntab_troubled(ni_model_conns(a->model));
	if (troubled)
		ni_buf_fmt(b, _("  ! %s in trouble"), ni_app_word(troubled).z);
}

/* The most important ones first; whole entries are left out. */
static void
counters(struct ni_app *a, const struct ni_model_stats *s, struct ni_buf *b, int width)
{
	char mem[128];
	struct ni_buf one = ni_buf(mem, sizeof(mem));
	ni_buf_fmt(&one, "%s ", mode(a, s));
	if (s->state == NI_MODEL_LOADING && !ni_model_live(a->model))
		ni_buf_fmt(&one, "%u%% ", s->percent);
	uint64_t n = a->held ? a->held_stats.packets : s->packets;
	ni_buf_fmt(&one, NI_PLURAL("%s packet", "%s packets", n), ni_app_word(n).z);
	if (s->state == NI_MODEL_LIVE || (s->state == NI_MODEL_LOADING && a->rate))
		ni_buf_fmt(&one, " %llu/s", (unsigned long long)a->rate);
	entry(b, width, &one);
	if (a->held) {
		ni_buf_fmt(&one, _("  +%s held"),
			   ni_app_word(s->packets - a->held_stats.packets).z);
		entry(b, width, &one);
	}
	put_trouble(a, &one);
	entry(b, width, &one);
	ni_buf_fmt(&one, _("  dropped %s"), ni_app_word(s->dropped).z);
	entry(b, width, &one);
	if (s->forgotten + s->lost) {
		ni_buf_fmt(&one, _("  forgotten %s"), ni_app_word(s->forgotten + s->lost).z);
		entry(b, width, &one);
	}
	char size[32];
	struct ni_buf sz = ni_buf(size, sizeof(size));
	const struct ni_view *v = ni_app_top(a);
	ni_app_bytes(&sz, s->bytes + (v->ops->bytes ? v->ops->bytes(v) : 0));
	ni_buf_fmt(&one, _("  index %s"), ni_buf_z(&sz));
	entry(b, width, &one);
	if (ni_model_live(a->model) || ni_app_follows(a)) {
		ni_buf_str(&one, ni_app_follows(a) ? _("  follow on") : _("  follow off"));
		entry(b, width, &one);
	}
}

static void
draw_status(struct ni_app *a, int y)
{
	char left[LINE];
	char right[64];
	struct ni_buf l = ni_buf(left, sizeof(left));
	struct ni_buf r = ni_buf(right, sizeof(right));
	int cols = ni_screen_cols();
	struct ni_model_stats s = ni_model_stats(a->model);
	const struct ni_view *v = ni_app_active(a);
	uint64_t row = 0;
	uint64_t rows = 0;
	if (v->ops->position)
		v->ops->position(v, &row, &rows);
	if (rows) {
		ni_app_number(&r, row);
		ni_buf_c(&r, '/');
		ni_app_number(&r, rows);
	}
	int w = ni_line_width(ni_buf_z(&r), r.len);
	counters(a, &s, &l, cols - w - 2);
	ni_screen_text(y, 0, cols, ni_buf_z(&l), NI_ROLE_BAR, true);
	char alert[64];
	struct ni_buf t = ni_buf(alert, sizeof(alert));
	put_trouble(a, &t);
	const char *at = t.len ? strstr(left, ni_buf_z(&t)) : NULL;
	if (at) /* which it is not where there was no room */
		ni_screen_text(y, ni_line_width(left, (size_t)(at - left)) + 1,
			       ni_line_width(alert, t.len) - 1, alert + 1, NI_ROLE_ALERT, false);
	ni_screen_text(y, cols - w - 1, w + 1, " ", NI_ROLE_BAR, true);
	ni_screen_text(y, cols - w, w, right, NI_ROLE_BAR, false);
}

static const char *
prompt_label(enum ni_prompt_kind kind)
{
	return kind == NI_PROMPT_SEARCH ? "/" : kind == NI_PROMPT_COMMAND ? ":" : _("write to: ");
}

/* In as many lines as it needs, up to a few; :messages shows all of it. */
static void
draw_message(const struct ni_app *a, int y, int cols)
{
	enum { MOST = 4 };
	const char *line[MOST];
	size_t len[MOST];
	int n = 0;
	for (const char *s = a->message; *s && n < MOST; n++) {
		line[n] = s;
		len[n] = ni_line_break(s, strlen(s), cols);
		s += len[n];
		s += strspn(s, " ");
	}
	for (int i = 0; i < n; i++) {
		char text[NI_APP_MESSAGE];
		struct ni_buf b = ni_buf(text, sizeof(text));
		ni_buf_mem(&b, line[i], len[i]);
		ni_screen_text(y - (n - 1) + i, 0, cols, ni_buf_z(&b), a->message_role, true);
	}
}

/* The last line: a prompt, a message, what is looked for, or the keys. */
static void
draw_bottom(struct ni_app *a, int y, int *caret)
{
	char line[LINE];
	struct ni_buf b = ni_buf(line, sizeof(line));
	int cols = ni_screen_cols();
	if (a->asking && !asks_above(a)) {
		*caret = draw_prompt(a, y, prompt_label(a->asking));
		return;
	}
	if (a->message[0]) {
		draw_message(a, y, cols);
		return;
	}
	if (a->search_way && a->search) {
		ni_buf_fmt(&b, _("looking for %s  %u%%  Esc stops"), ni_search_text(a->search),
			   ni_pass_percent(ni_search_pass(a->search)));
		ni_screen_text(y, 0, cols, ni_buf_z(&b), NI_ROLE_NOTE, true);
		return;
	}
	if (a->look.v) {
		uint64_t rows = a->look.rows ? a->look.rows : 1;
		ni_buf_fmt(&b, _("looking for %s  %u%%  Esc stops"), a->look.text,
			   (unsigned)(a->look.looked * 100 / rows));
		ni_screen_text(y, 0, cols, ni_buf_z(&b), NI_ROLE_NOTE, true);
		return;
	}
	if (a->writing) {
		ni_buf_fmt(&b, _("writing %s  %u%%  Esc stops"), ni_writing_path(a->writing),
			   ni_writing_percent(a->writing));
		ni_screen_text(y, 0, cols, ni_buf_z(&b), NI_ROLE_NOTE, true);
		return;
	}
	const struct ni_view *v = ni_app_active(a);
	if (v->ops->busy)
		v->ops->busy(v, &b);
	if (b.len) {
		ni_screen_text(y, 0, cols, ni_buf_z(&b), NI_ROLE_NOTE, true);
		return;
	}
	ni_keymap_bar(&b, &a->keys, ni_app_place(a), cols);
	ni_screen_text(y, 0, cols, ni_buf_z(&b), NI_ROLE_KEY, true);
}

static void
too_small(int rows, int cols)
{
	char line[LINE];
	snprintf(line, sizeof(line), _("%d×%d is too small: %d×%d is needed"), cols, rows, MIN_COLS,
		 MIN_ROWS);
	ni_screen_text(rows / 2, 0, cols, line, NI_ROLE_WARN, false);
}

static void
draw_view(struct ni_app *a, struct ni_rect r)
{
	char line[LINE];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_view *v = ni_app_top(a);
	if (!v->ops->title) {
		v->ops->draw(v, r);
		return;
	}
	v->ops->draw(v, (struct ni_rect){r.y + 1, r.x, r.h - 1, r.w});
	v->ops->title(v, &b); /* which may know more by now */
	ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), NI_ROLE_TITLE, true);
}

void
ni_app_draw(struct ni_app *a)
{
	int rows = ni_screen_rows();
	int cols = ni_screen_cols();
	int caret = -1;
	a->drawn_turns = a->turns;
	ni_screen_clear();
	if (rows < MIN_ROWS || cols < MIN_COLS) {
		too_small(rows, cols);
		ni_screen_cursor(-1, 0);
		ni_screen_show();
		return;
	}
	draw_title(a);
	int top = 1 + draw_filter(a, &caret);
	draw_view(a, (struct ni_rect){top, 0, rows - top - 2, cols});
	draw_status(a, rows - 2);
	draw_bottom(a, rows - 1, &caret);
	if (caret >= 0)
		ni_screen_cursor(asks_above(a) ? 1 : rows - 1, caret);
	else
		ni_screen_cursor(-1, 0);
	ni_screen_show();
}
