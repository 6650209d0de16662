/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists; see list.h. */
#include "list.h"

static uint64_t
screen(const struct ni_list *l)
{
	return l->height > 0 ? (uint64_t)l->height : 1;
}

/* Put cursor and top where they can be. */
static void
mend(struct ni_list *l)
{
	uint64_t h = screen(l);
	if (!l->count) {
		l->cursor = l->top = 0;
		return;
	}
	if (l->follow || l->cursor >= l->count)
		l->cursor = l->count - 1;
	if (l->cursor < l->top)
		l->top = l->cursor;
	if (l->cursor - l->top >= h)
		l->top = l->cursor - h + 1;
	/* No empty rows at the end while there is something to fill them with. */
	uint64_t most = l->count > h ? l->count - h : 0;
	if (l->top > most)
		l->top = most;
}

void
ni_list_resize(struct ni_list *l, uint64_t count, int height)
{
	l->count = count;
	l->height = height;
	mend(l);
}

static uint64_t
moved(uint64_t from, int64_t by, uint64_t most)
{
	if (by < 0)
		return from > (uint64_t)-by ? from - (uint64_t)-by : 0;
	return most - from > (uint64_t)by ? from + (uint64_t)by : most;
}

void
ni_list_move(struct ni_list *l, int64_t rows)
{
	if (!l->count)
		return;
	if (rows < 0)
		l->follow = false;
	l->cursor = moved(l->cursor, rows, l->count - 1);
	mend(l);
}

void
ni_list_go(struct ni_list *l, uint64_t row)
{
	l->follow = false;
	l->cursor = row;
	mend(l);
}

void
ni_list_end(struct ni_list *l)
{
	l->cursor = l->count ? l->count - 1 : 0;
	mend(l);
}

void
ni_list_scroll(struct ni_list *l, int64_t rows)
{
	uint64_t h = screen(l);
	uint64_t most = l->count > h ? l->count - h : 0;
	if (rows < 0)
		l->follow = false;
	l->top = moved(l->top < most ? l->top : most, rows, most);
	if (l->cursor < l->top)
		l->cursor = l->top;
	if (l->cursor - l->top >= h)
		l->cursor = l->top + h - 1;
	mend(l);
}

void
ni_list_shift(struct ni_list *l, uint64_t rows)
{
	l->cursor = l->cursor > rows ? l->cursor - rows : 0;
	l->top = l->top > rows ? l->top - rows : 0;
}
