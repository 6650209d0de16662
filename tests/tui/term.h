/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A terminal with a program in it: a pty whose other end libvterm reads, and between the two a
 * process that does what a shell with job control does, so that ^Z works as it does for people.
 */
#ifndef NI_TEST_TERM_H
#define NI_TEST_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

#include "raw.h"

enum { TERM_LINE = 1600 };

struct term {
	const char *type, *locale; /* TERM, LC_ALL */
	int rows, cols;
	int master, report, control; /* pty; what the shell says; what it is told */
	pid_t shell, pid;
	bool stopped, ended;
	int status;        /* as waitpid() gives it */
	long spent_ms;     /* of processors, once it has ended … */
	long spent_before; /* … and until it was told to */
	VTerm *vt;
	VTermScreen *screen;
	bool alternate; /* whether the program's own screen is shown */
	VTermPos at;    /* the cursor */
	struct termios before;
	struct raw raw;
	int64_t stirred_ns; /* when it last said, or was told, something */
};

/**
 * Start @argv with the terminal as standard input and output; its standard error goes to the file
 * @errors. @env: further variables, "NAME=VALUE", NULL at the end. False: it cannot be.
 */
bool term_start(struct term *t, char *const *argv, const char *const *env, const char *errors);
/** End what is still running, and forget it. */
void term_free(struct term *t);

/** Take in what there is, waiting up to @ms for it. */
void term_pump(struct term *t, int ms);
/** Send @n bytes, taking in what comes back meanwhile. */
void term_send(struct term *t, const char *s, size_t n);
void term_resize(struct term *t, int cols, int rows);
/** Bring the stopped program to the foreground again. */
void term_continue(struct term *t);
/** Take the terminal away. */
void term_vanish(struct term *t);
/** The process that draws: the last one that the program has made, or else the program itself. */
pid_t term_view(const struct term *t);
/** Remember how much of processors the program has spent so far. */
void term_note_spent(struct term *t);
/** Whether the program has read all its keys, said all it had to say, and sleeps. */
bool term_quiet(struct term *t);

/** Line @row (0-based) as UTF-8, without blanks at its end. */
void term_line(const struct term *t, int row, char out[TERM_LINE]);
/** The cell; blank outside the screen. */
VTermScreenCell term_cell(const struct term *t, int row, int col);
/** In what the terminal is not as it was before the program; NULL: in nothing. */
const char *term_restored(struct term *t);

int64_t term_now(void);

#endif
