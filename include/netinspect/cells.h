/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in the cells of a terminal: how wide it is, how much of it fits, and what stands for the
 * characters that a terminal does not have. Takes UTF-8; what is none counts as one cell a byte.
 */
#ifndef NETINSPECT_CELLS_H
#define NETINSPECT_CELLS_H

#include <stdbool.h>
#include <stddef.h>

struct ni_buf;

/** Cells that @n bytes of text take up. wcwidth() would depend on the user's locale; this does not.
 */
unsigned ni_cells(const char *s, size_t n);

/** Bytes of @s that fit into @cells cells, never half a character. */
size_t ni_cells_fit(const char *s, size_t n, unsigned cells);

/**
 * Break a paragraph: bytes of @s that go onto a line of @cells cells, without the spaces at their
 * end. Lines end between words, and between the characters of scripts that set none apart.
 * *@next: where the next line begins.
 */
size_t ni_cells_line(const char *s, size_t n, unsigned cells, size_t *next);

/**
 * Append text as it can be shown: valid UTF-8, or ASCII alone. Our own arrows and lines have
 * stand-ins in ASCII, everything else becomes \xhh. Never half a character where the room ends.
 */
void ni_cells_show(struct ni_buf *b, const char *s, size_t n, bool ascii);

/** Append text in at most @cells cells, with "…" (ASCII: "...") for what is left out of its middle.
 */
void ni_cells_elide(struct ni_buf *b, const char *s, size_t n, unsigned cells, bool ascii);

/** Append text in at most @cells cells, with "…" (ASCII: "...") for an end that is left out. */
void ni_cells_cut(struct ni_buf *b, const char *s, size_t n, unsigned cells, bool ascii);

#endif
