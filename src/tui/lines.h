/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text broken into lines of the screen, each in its role, in bounded memory: to be scrolled in,
 * searched and written. No curses in here but for drawing.
 */
#ifndef NI_LINES_H
#define NI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app.h"

enum { NI_LINES_BYTES = 32 * 1024 * 1024 };

struct ni_lines {
	char *text;
	size_t n, room;
	struct ni_lines_line {
		uint32_t at;
		uint16_t len;
		uint8_t role; /* enum ni_role */
		bool goes_on; /* the next line belongs to the same one of the text */
	} * line;
	size_t count, line_room;
	bool cut;            /* there was no room for more */
	struct ni_list list; /* which of them are on the screen */
};

/** Forget all lines; where the list stands is kept. */
void ni_lines_clear(struct ni_lines *l);
void ni_lines_free(struct ni_lines *l);

/** Append @n bytes of text that can be shown as they are, with line feeds, broken between words
 * where they are wider than @width. */
void ni_lines_add(struct ni_lines *l, const char *s, size_t n, int width, enum ni_role role);

/** Append what @b holds, as ni_lines_add(), and empty it. */
void ni_lines_buf(struct ni_lines *l, struct ni_buf *b, int width, enum ni_role role);

/** Put what @b holds in the place of line @i, which it must fit into, and empty it. */
void ni_lines_replace(struct ni_lines *l, size_t i, struct ni_buf *b);

/** Draw those that are on the screen; where @cursor, the selected one stands out. */
void ni_lines_draw(struct ni_lines *l, struct ni_rect r, bool cursor);

/** Scroll as @act says. False: it says nothing about that. */
bool ni_lines_act(struct ni_lines *l, enum ni_act act);
/** As struct ni_view_ops has it. */
bool ni_lines_search(struct ni_lines *l, const char *text, int way);

/** Append all of them, as far as there is room in @b. */
void ni_lines_copy(const struct ni_lines *l, struct ni_buf *b);
/** Write them to the new file @path. 0 or NI_ERR_RUN; what was written is said in @said. */
int ni_lines_write(const struct ni_lines *l, const char *path, struct ni_buf *said,
		   struct ni_err *err);

#endif
