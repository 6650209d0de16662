/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal sends for a key, as terminfo has it, for the mouse, and for keys at random. */
#ifndef NI_TEST_PRESS_H
#define NI_TEST_PRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PRESS_MAX = 64 };

/** Learn what the terminal @type sends. False: terminfo does not know it. */
bool press_terminal(const char *type);
/** The bytes of key @name, a name of the table of keys; NULL: this terminal has no such key. */
const char *press_key(const char *name);
/** The bytes of a mouse button (0 left, 64 wheel up, 65 wheel down) that goes down or up. */
void press_mouse(char out[PRESS_MAX], int button, int col, int row, bool down);

/* Seeded keys, not those that end or stop the program, nor what could name a file elsewhere. */
struct press_random {
	uint64_t state;
	bool names_file; /* a prompt for a name may be open */
	int cols, rows;  /* of the screen; rows 0: no mouse */
};
/** Append the bytes of the next key to @out. */
void press_next(struct press_random *r, char out[PRESS_MAX]);
uint64_t press_number(struct press_random *r, uint64_t below);

/** Print the table: action, keys. */
void press_table(void);

#endif
