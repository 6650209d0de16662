/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and what they do: one table that the code, the key bar, the help and the configuration are
 * fed from. No curses in here.
 */
#ifndef NI_KEYS_H
#define NI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/buf.h"
#include "netinspect/err.h"

/* Keys that are no character; below them: Unicode, controls included. */
enum {
	NI_KEY_UP = 0x200000,
	NI_KEY_DOWN,
	NI_KEY_LEFT,
	NI_KEY_RIGHT,
	NI_KEY_HOME,
	NI_KEY_END,
	NI_KEY_PGUP,
	NI_KEY_PGDN,
	NI_KEY_BACKTAB,
	NI_KEY_DELETE,
	NI_KEY_BACKSPACE,
	NI_KEY_RESIZE,
	NI_KEY_MOUSE,
	NI_KEY_F1, /* … F12 */
	NI_KEY_F12 = NI_KEY_F1 + 11,
	NI_KEY_NONE = 0x2fffff,
};
enum { NI_KEY_TAB = 9, NI_KEY_ENTER = 10, NI_KEY_ESC = 27 };

enum ni_act {
	NI_ACT_NONE,
	NI_ACT_UP,
	NI_ACT_DOWN,
	NI_ACT_LEFT,
	NI_ACT_RIGHT,
	NI_ACT_PAGE_UP,
	NI_ACT_PAGE_DOWN,
	NI_ACT_HALF_UP,
	NI_ACT_HALF_DOWN,
	NI_ACT_SCROLL_UP,
	NI_ACT_SCROLL_DOWN,
	NI_ACT_SCREEN_TOP,
	NI_ACT_SCREEN_MIDDLE,
	NI_ACT_SCREEN_BOTTOM,
	NI_ACT_TOP,
	NI_ACT_BOTTOM,
	NI_ACT_OPEN,
	NI_ACT_BACK,
	NI_ACT_LEAVE, /* q: as back, and out of the program at the top */
	NI_ACT_QUIT,
	NI_ACT_NEXT_PANE,
	NI_ACT_PREVIOUS_PANE,
	NI_ACT_ZOOM,
	NI_ACT_LARGER,
	NI_ACT_SMALLER,
	NI_ACT_LAYOUT,
	NI_ACT_WINDOW, /* ^W of vi: another key says what */
	NI_ACT_SORT,
	NI_ACT_SORT_LEFT,
	NI_ACT_SORT_RIGHT,
	NI_ACT_SORT_REVERSE,
	NI_ACT_MARK,
	NI_ACT_JUMP,
	NI_ACT_COPY,
	NI_ACT_COMMAND,
	NI_ACT_SEARCH,
	NI_ACT_SEARCH_NEXT,
	NI_ACT_SEARCH_PREVIOUS,
	NI_ACT_FILTER,
	NI_ACT_FOLLOW,
	NI_ACT_HOLD,
	NI_ACT_STOP,
	NI_ACT_RESTART,
	NI_ACT_VIEW_1,
	NI_ACT_VIEW_2,
	NI_ACT_VIEW_3,
	NI_ACT_VIEW_4,
	NI_ACT_VIEW_5,
	NI_ACT_VIEW_6,
	NI_ACT_STREAM,
	NI_ACT_EXPLAIN,
	NI_ACT_SCALE,
	NI_ACT_TIME,
	NI_ACT_SEQUENCE,
	NI_ACT_WRITE,
	NI_ACT_TROUBLE,
	NI_ACT_CHOOSE,
	NI_ACT_HELP,
	NI_ACT_REDRAW,
	NI_ACT_SUSPEND,
	NI_NACTS,
};

/* Where an action means something; a view says which of these it is. */
enum ni_key_place {
	NI_AT_PACKETS = 1 << 0,
	NI_AT_CONNS = 1 << 1,
	NI_AT_LADDER = 1 << 2,
	NI_AT_HTTP = 1 << 3,
	NI_AT_STATS = 1 << 4,
	NI_AT_NETWORK = 1 << 5,
	NI_AT_IFACES = 1 << 6,
	NI_AT_TEXT = 1 << 7, /* help, explanations */
	NI_AT_STREAM = 1 << 8,
	NI_AT_CHOICE = 1 << 9, /* a menu */
	NI_AT_MESSAGE = 1 << 10,
	NI_AT_ALL = 0x7ff,
};

/* One row of the table. */
struct ni_key_row { /* NOLINT(clang-analyzer-optin.performance.Padding): in the order it is read */
	enum ni_act act;
	const char *name;   /* in the configuration */
	unsigned places;    /* enum ni_key_place */
	const char *keys;   /* the usual ones, separated by spaces */
	const char *label;  /* N_(); in the key bar; NULL: not there */
	uint8_t importance; /* in the key bar; 1 is kept longest */
	const char *help;   /* N_() */
};

/** The table; ends with name NULL. */
const struct ni_key_row *ni_keys_table(void);

/* Which key does what, after the configuration. */
struct ni_keymap {
	struct ni_key_binding {
		uint32_t key;
		uint8_t act;
	} bind[192];
	size_t n;
};

/** The keys of the table. */
void ni_keymap_init(struct ni_keymap *k);
/** Let @key (a name as in the table) do what action @act (its name) does; "none": nothing. 0 or
 * NI_ERR_INPUT. */
int ni_keymap_set(struct ni_keymap *k, const char *key, const char *act, struct ni_err *err);
/** What @key does at @place. */
enum ni_act ni_keymap_find(const struct ni_keymap *k, uint32_t key, unsigned place);

/** Read a key's name ("j", "^F", "F4", "Space"); NI_KEY_NONE if it is none. @n: its length. */
uint32_t ni_key_parse(const char *name, size_t n);
/** Append the name of @key. */
void ni_key_print(struct ni_buf *b, uint32_t key);

/** Append the keys that mean @act at @place (0: somewhere), at most @max, separated by spaces. */
void ni_keymap_keys(struct ni_buf *b, const struct ni_keymap *k, enum ni_act act, unsigned place,
		    int max);

/** Append the key bar of @place: whole entries alone, the most important ones, within @width. */
void ni_keymap_bar(struct ni_buf *b, const struct ni_keymap *k, unsigned place, int width);
/** What stands at column @x of that bar. */
enum ni_act ni_keymap_bar_at(const struct ni_keymap *k, unsigned place, int width, int x);

#endif
