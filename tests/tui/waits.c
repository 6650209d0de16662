/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a script can wait for; see waits.h. */
#include "waits.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "golden.h"

struct script run;

/* ---- telling ---- */

static void
show_errors(void)
{
	char text[3000];
	int fd = open("stderr", O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n > 0)
		printf("%.*s\n", (int)n, text);
}

void
script_fail(const char *fmt, ...)
{
	va_list ap;
	if (run.failed)
		return;
	run.failed = true;
	printf("FAILED  %s, line %u: ", run.name, run.line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	if (run.running) {
		golden_show(&run.term, stdout);
		show_errors();
	}
	fflush(stdout);
}

/* ---- waiting ---- */

bool
script_wait(script_condition *there, const char *arg)
{
	int64_t end = term_now() + run.patience_ms * SLOWER * MS;
	run.patience_ms = PATIENCE_MS;
	if (!run.running)
		script_fail("nothing runs");
	while (!run.failed) {
		bool yes = there(arg);
		if (run.term.raw.why[0] && !run.unchecked)
			script_fail("%s", run.term.raw.why);
		if (yes || term_now() >= end)
			return yes;
		if (run.term.ended && there != script_tidy)
			end = 0; /* what it said last is still to be read */
		term_pump(&run.term, 10);
	}
	return false;
}

bool
script_ended(const char *arg)
{
	(void)arg;
	term_pump(&run.term, 0);
	return run.term.ended;
}

bool
script_quiet(const char *arg)
{
	(void)arg;
	return term_quiet(&run.term);
}

static bool
seen(const char *arg)
{
	char line[TERM_LINE];
	for (int row = 0; row < run.term.rows; row++) {
		term_line(&run.term, row, line);
		if (strstr(line, arg))
			return true;
	}
	return false;
}

static bool
not_seen(const char *arg)
{
	return !seen(arg);
}

/* @arg: "ROW TEXT", rows from 1, from the end with a minus. */
static bool
line_has(const char *arg)
{
	char line[TERM_LINE];
	char *text;
	long row = strtol(arg, &text, 10);
	row = row < 0 ? run.term.rows + row : row - 1;
	if (row < 0 || row >= run.term.rows)
		return false;
	term_line(&run.term, (int)row, line);
	return strstr(line, text + strspn(text, " ")) != NULL;
}

/* The row in reverse video that is neither the status line nor below it has @arg. */
static bool
selected(const char *arg)
{
	enum { LEAST = 8 };
	char line[TERM_LINE];
	for (int row = 1; row < run.term.rows - 2; row++) {
		int most = 0;
		int n = 0;
		for (int col = 0; col < run.term.cols; col++) {
			n = term_cell(&run.term, row, col).attrs.reverse ? n + 1 : 0;
			most = n > most ? n : most;
		}
		term_line(&run.term, row, line);
		if (most >= LEAST && strstr(line, arg))
			return true;
	}
	return false;
}

static bool
underlined(const char *arg)
{
	char got[TERM_LINE];
	size_t n = 0;
	for (int row = 0; row < run.term.rows; row++)
		for (int col = 0; col < run.term.cols && n + 1 < sizeof(got); col++) {
			VTermScreenCell c = term_cell(&run.term, row, col);
			if (c.attrs.underline && row == 1 && c.chars[0] < 0x80)
				got[n++] = c.chars[0] ? (char)c.chars[0] : ' ';
		}
	got[n] = '\0';
	return !strcmp(got, arg);
}

static bool
has_color(void)
{
	for (int row = 0; row < run.term.rows; row++)
		for (int col = 0; col < run.term.cols; col++) {
			VTermScreenCell c = term_cell(&run.term, row, col);
			if (!VTERM_COLOR_IS_DEFAULT_FG(&c.fg) || !VTERM_COLOR_IS_DEFAULT_BG(&c.bg))
				return true;
		}
	return false;
}

static bool
colored(const char *arg)
{
	return has_color() == (*arg == 'y');
}

static bool
cursor_shown(const char *arg)
{
	return run.term.raw.hidden == (*arg != 'y');
}

static bool
copied(const char *arg)
{
	struct raw *r = &run.term.raw;
	r->copied[r->copied_n] = '\0';
	return r->copied_n && strstr(r->copied, arg);
}

static bool
stopped(const char *arg)
{
	(void)arg;
	return run.term.stopped;
}

bool
script_started(const char *arg)
{
	(void)arg;
	return run.term.alternate || run.term.ended || seen("netinspect");
}

bool
script_tidy(const char *arg)
{
	(void)arg;
	return !term_restored(&run.term);
}

const struct script_waits script_waits[] = {
    {"see", seen, "is not shown"},
    {"gone", not_seen, "is still shown"},
    {"line", line_has, "is not in that line"},
    {"selected", selected, "is not in the selected row"},
    {"underlined", underlined, "is not what is underlined in the filter"},
    {"colour", colored, "is not how it is with colours"},
    {"cursor", cursor_shown, "is not how it is with the cursor"},
    {"copied", copied, "was not copied"},
    {"stopped", stopped, "it did not stop"},
    {"restored", script_tidy, "the terminal is not as it was"},
    {"settle", script_quiet, "it does not come to rest"},
    {NULL, NULL, NULL},
};
