/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal: drawing text in roles, reading keys, and leaving it as it was found however the
 * program ends. The only file that knows curses.
 */
#ifndef NI_SCREEN_H
#define NI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/err.h"

/* What text is; the theme says how that looks. */
enum ni_role {
	NI_ROLE_TEXT,
	NI_ROLE_TITLE,    /* the top line, the heads of columns */
	NI_ROLE_SELECTED, /* the row under the cursor of the active pane */
	NI_ROLE_SHADOW,   /* the same in another pane */
	NI_ROLE_DIM,
	NI_ROLE_GOOD,
	NI_ROLE_NOTE,
	NI_ROLE_WARN,
	NI_ROLE_BAD,
	NI_ROLE_BAR,   /* status line */
	NI_ROLE_KEY,   /* key bar */
	NI_ROLE_HIT,   /* bytes of the selected field, matches */
	NI_ROLE_WRONG, /* what is wrong in what was typed */
	NI_ROLE_CLIENT,
	NI_ROLE_SERVER,
	NI_ROLE_ALERT, /* in the status line: something went wrong */
	NI_NROLES,
};

enum ni_theme { NI_THEME_DARK, NI_THEME_LIGHT, NI_THEME_MONO };

struct ni_rect {
	int y, x, h, w;
};

static inline bool
ni_rect_has(const struct ni_rect *r, int y, int x)
{
	return y >= r->y && y < r->y + r->h && x >= r->x && x < r->x + r->w;
}

struct ni_mouse {
	int y, x;
	bool press, twice;
	int wheel; /* -1 up, 1 down */
};

/**
 * Take the terminal over. @ascii: show ASCII alone; @color: false: none, whatever the theme says.
 * 0, NI_ERR_RUN or NI_ERR_INPUT.
 */
int ni_screen_open(bool ascii, bool color, bool mouse, struct ni_err *err);
/** Give it back. Safe to call twice. */
void ni_screen_close(void);

/** Remember how the terminal is, for ni_screen_rescue(). */
void ni_screen_remember(void);
/** Make it as it was remembered if a process that is no more has not left it so. */
void ni_screen_rescue(void);

void ni_screen_theme(enum ni_theme t);
/** Let @role look otherwise: colours -1 (the terminal's own) to 255. False: no such role. */
bool ni_screen_color(const char *role, int fg, int bg, bool bold);

int ni_screen_rows(void);
int ni_screen_cols(void);
bool ni_screen_ascii(void);

/** Begin a new picture, show it. */
void ni_screen_clear(void);
void ni_screen_show(void);
/** Draw everything anew at the next ni_screen_show(). */
void ni_screen_refresh_all(void);

/**
 * Draw @text (UTF-8; control characters become '?') at @y, @x in at most @width columns; where
 * @fill, the rest of them is blank in the same role. Returns the columns that the text took.
 */
int ni_screen_text(int y, int x, int width, const char *text, enum ni_role role, bool fill);
/** Lines between panes. */
void ni_screen_hline(int y, int x, int width, enum ni_role role);
void ni_screen_vline(int y, int x, int height, enum ni_role role);
/** Put the terminal's cursor somewhere, or hide it (@y < 0). */
void ni_screen_cursor(int y, int x);

/** The next key that was typed; NI_KEY_NONE if there is none. */
uint32_t ni_screen_key(void);
/** What the mouse did, after NI_KEY_MOUSE. False: nothing that means anything. */
bool ni_screen_mouse(struct ni_mouse *m);
/** The descriptor that keys come from. */
int ni_screen_fd(void);
/** Stop the process as ^Z does; the picture is back when it goes on. */
void ni_screen_suspend(void);
/** Stop, if a signal has asked for that, until the job is continued. False: none has. */
bool ni_screen_stop(void);
/** Put @n bytes into the clipboard of the terminal, which may be far away. */
void ni_screen_copy(const char *s, size_t n);

#endif
