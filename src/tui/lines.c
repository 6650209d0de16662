/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of text on the screen; see lines.h. */
#include "config.h"

#include "lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

enum { LINE = 4096, TAKE = 1000 };

void
ni_lines_clear(struct ni_lines *l)
{
	l->n = 0;
	l->count = 0;
	l->cut = false;
}

void
ni_lines_free(struct ni_lines *l)
{
	free(l->text);
	free(l->line);
	*l = (struct ni_lines){.text = NULL};
}

static bool
reserve(struct ni_lines *l, size_t n)
{
	if (l->n + n > NI_LINES_BYTES)
		return false;
	if (l->n + n > l->room) {
		size_t room = (l->n + n) * 2;
		char *text = realloc(l->text, room);
		if (!text)
			return false;
		l->text = text;
		l->room = room;
	}
	if (l->count < l->line_room)
		return true;
	size_t room = l->line_room ? 2 * l->line_room : 64;
	struct ni_lines_line *line = realloc(l->line, room * sizeof(*line));
	if (!line)
		return false;
	l->line = line;
	l->line_room = room;
	return true;
}

static void
add_line(struct ni_lines *l, const char *s, size_t n, enum ni_role role, bool goes_on)
{
	if (l->cut || !reserve(l, n)) {
		l->cut = true;
		return;
	}
	struct ni_lines_line *x = &l->line[l->count++];
	*x = (struct ni_lines_line){(uint32_t)l->n, (uint16_t)n, (uint8_t)role, goes_on};
	if (n)
		memcpy(l->text + l->n, s, n);
	l->n += n;
}

void
ni_lines_add(struct ni_lines *l, const char *s, size_t n, int width, enum ni_role role)
{
	while (n && !l->cut) {
		const char *feed = memchr(s, '\n', n);
		size_t line = feed ? (size_t)(feed - s) : n;
		size_t k = ni_line_break(s, line < TAKE ? line : TAKE, width);
		bool goes_on = k < line;
		add_line(l, s, k, role, goes_on);
		while (goes_on && k < line && s[k] == ' ')
			k++;
		k += !goes_on && feed;
		s += k;
		n -= k;
	}
}

void
ni_lines_buf(struct ni_lines *l, struct ni_buf *b, int width, enum ni_role role)
{
	ni_lines_add(l, b->p, b->len, width, role);
	b->len = 0;
}

void
ni_lines_replace(struct ni_lines *l, size_t i, struct ni_buf *b)
{
	bool fits = i < l->count && !l->line[i].goes_on && b->len <= UINT16_MAX;
	if (fits && b->len > l->line[i].len && reserve(l, b->len)) {
		l->line[i].at = (uint32_t)l->n;
		l->n += b->len;
	} else {
		fits &= b->len <= l->line[i].len;
	}
	if (fits) {
		memcpy(l->text + l->line[i].at, b->p, b->len);
		l->line[i].len = (uint16_t)b->len;
	}
	b->len = 0;
}

static const char *
text_of(const struct ni_lines *l, uint64_t i, char *mem)
{
	struct ni_buf b = ni_buf(mem, LINE);
	ni_buf_mem(&b, l->text + l->line[i].at, l->line[i].len);
	return ni_buf_z(&b);
}

void
ni_lines_draw(struct ni_lines *l, struct ni_rect r, bool cursor)
{
	char mem[LINE];
	ni_list_resize(&l->list, l->count, r.h);
	for (int y = 0; y < r.h && l->list.top + (uint64_t)y < l->count; y++) {
		uint64_t i = l->list.top + (uint64_t)y;
		bool on = cursor && i == l->list.cursor;
		ni_screen_text(r.y + y, r.x, r.w, text_of(l, i, mem),
			       on ? NI_ROLE_SELECTED : (enum ni_role)l->line[i].role, on);
	}
}

bool
ni_lines_act(struct ni_lines *l, enum ni_act act)
{
	if (act == NI_ACT_UP || act == NI_ACT_DOWN)
		ni_list_scroll(&l->list, act == NI_ACT_UP ? -1 : 1);
	else
		return ni_list_act(&l->list, act);
	return true;
}

bool
ni_lines_search(struct ni_lines *l, const char *text, int way)
{
	char mem[LINE];
	uint64_t n = l->count;
	for (uint64_t i = 1; i <= n; i++) {
		uint64_t at = (l->list.cursor + (way > 0 ? i : n - i)) % n;
		if (!strcasestr(text_of(l, at, mem), text))
			continue;
		ni_list_go(&l->list, at);
		return true;
	}
	return false;
}

void
ni_lines_copy(const struct ni_lines *l, struct ni_buf *b)
{
	for (size_t i = 0; i < l->count; i++) {
		ni_buf_mem(b, l->text + l->line[i].at, l->line[i].len);
		if (!l->line[i].goes_on)
			ni_buf_c(b, '\n');
	}
}

int
ni_lines_write(const struct ni_lines *l, const char *path, struct ni_buf *said, struct ni_err *err)
{
	FILE *f = fopen(path, "wxe");
	if (!f)
		return ni_fail(err, NI_ERR_RUN, "%s: %s", path, strerror(errno));
	for (size_t i = 0; i < l->count; i++) {
		fwrite(l->text + l->line[i].at, 1, l->line[i].len, f);
		if (!l->line[i].goes_on)
			fputc('\n', f);
	}
	bool bad = ferror(f);
	if (fclose(f) || bad)
		return ni_fail(err, NI_ERR_RUN, "%s: %s", path, strerror(errno));
	ni_buf_fmt(said, NI_PLURAL("%zu line is in %s", "%zu lines are in %s", l->count), l->count,
		   path);
	return NI_SUCCESS;
}
