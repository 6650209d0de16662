/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guard over what a program sends to its terminal: text, and the few control sequences that
 * curses moves, paints and clears with. Whatever else there is came out of a packet.
 */
#ifndef NI_TEST_RAW_H
#define NI_TEST_RAW_H

#include <stdbool.h>
#include <stddef.h>

enum { RAW_SEQUENCE = 120000, RAW_WHY = 200 };

struct raw {
	bool utf8;   /* else ASCII alone */
	bool mouse;  /* whether it has asked for the mouse */
	bool hidden; /* the cursor; libvterm restores that with its place, which xterm does not */
	bool linux_console;     /* which has sequences of its own */
	char seq[RAW_SEQUENCE]; /* the sequence that is being received */
	size_t n;
	unsigned follow;           /* bytes of a character still to come */
	unsigned first;            /* its first byte */
	char why[RAW_WHY];         /* what was wrong first; "" nothing */
	char copied[RAW_SEQUENCE]; /* what OSC 52 put into the clipboard last, decoded */
	size_t copied_n;
};

/** Look at @n bytes more. */
void raw_take(struct raw *r, const char *s, size_t n);

#endif
