/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal; see screen.h. */
#include "config.h"

#include "screen.h"

#include <fcntl.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#include "i18n.h"
#include "keys.h"
#include "line.h"

enum { TEXT_MAX = 1024, ESC_MS = 25, COPY_MAX = 74994 };

struct look {
	short fg, bg;
	bool bold, reverse, dim, underline;
};

/* clang-format off */
static const char *const role_names[NI_NROLES] = {
	"text", "title", "selected", "shadow", "dim", "good", "note", "warn", "bad", "bar", "key",
	"hit", "wrong", "client", "server", "alert",
};

/* Without colour everything has to be told apart by bold, reverse and underline. */
static const struct look themes[3][NI_NROLES] = {
	[NI_THEME_DARK] = {
		{-1, -1, 0, 0, 0, 0}, {-1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0}, {-1, -1, 0, 0, 0, 1},
		{6, -1, 0, 0, 0, 0}, {2, -1, 0, 0, 0, 0}, {6, -1, 1, 0, 0, 0}, {3, -1, 0, 0, 0, 0},
		{1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0}, {6, -1, 0, 0, 0, 0}, {0, 3, 0, 0, 0, 0},
		{1, -1, 1, 0, 0, 1},
		{6, -1, 0, 0, 0, 0}, {5, -1, 0, 0, 0, 0}, {7, 1, 1, 0, 0, 0},
	},
	[NI_THEME_LIGHT] = {
		{-1, -1, 0, 0, 0, 0}, {-1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0}, {-1, -1, 0, 0, 0, 1},
		{4, -1, 0, 0, 0, 0}, {2, -1, 1, 0, 0, 0}, {4, -1, 1, 0, 0, 0}, {5, -1, 0, 0, 0, 0},
		{1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0}, {4, -1, 0, 0, 0, 0}, {7, 4, 0, 0, 0, 0},
		{1, -1, 1, 0, 0, 1},
		{4, -1, 0, 0, 0, 0}, {5, -1, 0, 0, 0, 0}, {7, 1, 1, 0, 0, 0},
	},
	[NI_THEME_MONO] = {
		{-1, -1, 0, 0, 0, 0}, {-1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0}, {-1, -1, 0, 0, 0, 1},
		{-1, -1, 0, 0, 0, 0}, {-1, -1, 0, 0, 0, 0}, {-1, -1, 0, 0, 0, 0}, {-1, -1, 1, 0, 0, 0},
		{-1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0}, {-1, -1, 1, 0, 0, 0}, {-1, -1, 0, 1, 0, 0},
		{-1, -1, 1, 0, 0, 1}, {-1, -1, 0, 0, 0, 0}, {-1, -1, 0, 0, 0, 0},
		{-1, -1, 1, 1, 0, 0},
	},
};
/* clang-format on */

/* There is one terminal, and a signal handler has to find it. */
static struct {
	SCREEN *screen;
	bool open, ascii, color;
	int in; /* /dev/tty when standard input is a capture; else -1 */
	FILE *in_file;
	struct look look[NI_NROLES];
	struct termios before; /* what to restore in a crash */
	bool have_before;
	char leave[256]; /* and what to send */
	size_t leave_n;
} scr = {.in = -1};

/* ---- ending ---- */

static void
on_crash(int sig)
{
	if (scr.leave_n && write(STDOUT_FILENO, scr.leave, scr.leave_n) < 0)
		_exit(128 + sig);
	if (scr.have_before)
		tcsetattr(STDOUT_FILENO, TCSANOW, &scr.before);
	signal(sig, SIG_DFL);
	raise(sig);
}

static void
add_leave(const char *s)
{
	size_t n = s && (intptr_t)s != -1 ? strlen(s) : 0;
	if (n > sizeof(scr.leave) - scr.leave_n)
		return;
	memcpy(scr.leave + scr.leave_n, s ? s : "", n);
	scr.leave_n += n;
}

static const char *
capability(const char *name)
{
	char copy[8];
	snprintf(copy, sizeof(copy), "%s", name);
	return tigetstr(copy);
}

static void
prepare_leave(void)
{
	scr.leave_n = 0;
	add_leave("\033[?1000l\033[?1006l");
	add_leave(capability("sgr0"));
	add_leave(capability("cnorm"));
	add_leave(capability("rmkx"));
	add_leave(capability("rmcup"));
}

void
ni_screen_remember(void)
{
	scr.have_before = tcgetattr(STDOUT_FILENO, &scr.before) == 0;
}

void
ni_screen_rescue(void)
{
	struct termios now;
	int why;
	/* Whoever has the terminal now has put it in order. */
	if (!scr.have_before || tcgetpgrp(STDOUT_FILENO) != getpgrp() ||
	    tcgetattr(STDOUT_FILENO, &now) < 0 || now.c_lflag == scr.before.c_lflag)
		return;
	tcsetattr(STDOUT_FILENO, TCSANOW, &scr.before);
	if (setupterm(NULL, STDOUT_FILENO, &why) != OK)
		return;
	prepare_leave();
	if (write(STDOUT_FILENO, scr.leave, scr.leave_n) < 0)
		return;
	del_curterm(cur_term);
}

/* Everything a crash needs is prepared now. */
static void
prepare_crash(void)
{
	static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
	struct sigaction sa = {.sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND};
	prepare_leave();
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		struct sigaction old;
		/* A sanitizer's own handler is worth more than a tidy screen. */
		if (sigaction(fatal[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			sigaction(fatal[i], &sa, NULL);
	}
}

void
ni_screen_close(void)
{
	if (!scr.open)
		return;
	scr.open = false;
	endwin();
	delscreen(scr.screen);
	scr.screen = NULL;
	if (scr.in_file)
		fclose(scr.in_file);
	scr.in_file = NULL;
	scr.in = -1;
}

/* ---- stopping, as ^Z does ---- */

static volatile sig_atomic_t stop_asked;

static void
on_stop(int sig)
{
	(void)sig;
	stop_asked = 1;
}

/* A handler of ours, since that of curses would have the signal ignored while it draws. */
static void
catch_stop(void)
{
	struct sigaction sa = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
	struct sigaction old;
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGTSTP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGTSTP, &sa, NULL);
}

bool
ni_screen_stop(void)
{
	struct sigaction usual = {.sa_handler = SIG_DFL};
	struct sigaction ours;
	sigset_t one;
	sigset_t before;
	if (!stop_asked)
		return false;
	stop_asked = 0;
	endwin();
	sigemptyset(&usual.sa_mask);
	sigemptyset(&one);
	sigaddset(&one, SIGTSTP);
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &one, &before); /* here it stops */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &ours, NULL);
	clearok(curscr, TRUE);
	raise(SIGWINCH); /* its size may be another */
	return true;
}

/* ---- beginning ---- */

/* All that a terminal sends: curses waits for another key behind an event that nobody wants. */
static const mmask_t mouse_events = BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON1_CLICKED |
				    BUTTON1_DOUBLE_CLICKED | BUTTON2_PRESSED | BUTTON2_RELEASED |
				    BUTTON3_PRESSED | BUTTON3_RELEASED | BUTTON4_PRESSED |
				    BUTTON4_RELEASED | BUTTON5_PRESSED | BUTTON5_RELEASED;

static bool
is_dumb_locale(void)
{
	const char *codeset = nl_langinfo(CODESET);
	return strcmp(codeset, "UTF-8") != 0 && strcmp(codeset, "utf8") != 0;
}

/* Terminals that tell their colours say "foreground;background" with 7 or 15 for white. */
static bool
light_terminal(void)
{
	const char *colors = getenv("COLORFGBG");
	const char *background = colors ? strrchr(colors, ';') : NULL;
	return background && (!strcmp(background, ";7") || !strcmp(background, ";15"));
}

int
ni_screen_open(bool ascii, bool color, bool mouse, struct ni_err *err)
{
	const char *term = getenv("TERM");
	if (!isatty(STDOUT_FILENO)) {
		ni_fail(err, NI_ERR_INPUT, _("--tui: standard output is no terminal"));
		ni_hint(err,
			_("-T text, json, report and others can be written to files and pipes"));
		return NI_ERR_INPUT;
	}
	ni_screen_remember();
	scr.in_file = NULL;
	if (!isatty(STDIN_FILENO)) {
		scr.in_file = fopen("/dev/tty", "re");
		if (!scr.in_file)
			return ni_fail(err, NI_ERR_RUN,
				       _("the view needs a terminal to read keys from"));
	}
	scr.in = scr.in_file ? fileno(scr.in_file) : STDIN_FILENO;
	catch_stop();
	scr.screen = newterm(NULL, stdout, scr.in_file ? scr.in_file : stdin);
	if (!scr.screen) {
		if (scr.in_file)
			fclose(scr.in_file);
		ni_fail(err, NI_ERR_RUN, _("TERM=%s: no such terminal is known here"),
			term ? term : "");
		ni_hint(err, _("set TERM to xterm or vt100, or choose an output with -T text"));
		return NI_ERR_RUN;
	}
	scr.open = true;
	scr.ascii = ascii || is_dumb_locale();
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESC_MS);
	scr.color = color && has_colors() && start_color() == OK;
	if (scr.color && use_default_colors() != OK)
		scr.color = false;
	if (mouse)
		mousemask(mouse_events, NULL);
	mouseinterval(200);
	prepare_crash();
	ni_screen_theme(light_terminal() ? NI_THEME_LIGHT : NI_THEME_DARK);
	curs_set(0);
	return NI_SUCCESS;
}

static void
make_pair(unsigned role)
{
	const struct look *l = &scr.look[role];
	short most = (short)(COLORS > 256 ? 256 : COLORS);
	if (scr.color)
		init_pair((short)(role + 1), (short)(l->fg < most ? l->fg : -1),
			  (short)(l->bg < most ? l->bg : -1));
}

void
ni_screen_theme(enum ni_theme t)
{
	memcpy(scr.look, themes[scr.color ? t : NI_THEME_MONO], sizeof(scr.look));
	for (unsigned i = 0; i < NI_NROLES; i++)
		make_pair(i);
}

bool
ni_screen_color(const char *role, int fg, int bg, bool bold)
{
	for (unsigned i = 0; i < NI_NROLES; i++) {
		if (strcmp(role_names[i], role) != 0)
			continue;
		if (!scr.color)
			return true;
		scr.look[i] = (struct look){.fg = (short)fg, .bg = (short)bg, .bold = bold};
		make_pair(i);
		return true;
	}
	return false;
}

/* ---- drawing ---- */

int
ni_screen_rows(void)
{
	return LINES;
}

int
ni_screen_cols(void)
{
	return COLS;
}

bool
ni_screen_ascii(void)
{
	return scr.ascii;
}

void
ni_screen_clear(void)
{
	erase();
}

void
ni_screen_show(void)
{
	refresh();
}

void
ni_screen_refresh_all(void)
{
	clearok(curscr, TRUE);
}

static void
use(enum ni_role role)
{
	const struct look *l = &scr.look[role];
	attr_t a = A_NORMAL;
	a |= l->bold ? A_BOLD : 0;
	a |= l->reverse ? A_REVERSE : 0;
	a |= l->dim ? A_DIM : 0;
	a |= l->underline ? A_UNDERLINE : 0;
	attr_set(a, (short)(scr.color ? role + 1 : 0), NULL);
}

int
ni_screen_text(int y, int x, int width, const char *text, enum ni_role role, bool fill)
{
	wchar_t out[TEXT_MAX];
	int n = 0;
	int w = 0;
	const char *end = text + strlen(text);
	if (y < 0 || y >= LINES || x < 0 || x >= COLS || width <= 0)
		return 0;
	width = width < COLS - x ? width : COLS - x;
	while (text < end && n < TEXT_MAX - 1) {
		uint32_t c = ni_line_next(&text, end);
		int cw = scr.ascii ? 1 : ni_line_of(c);
		if (w + cw > width)
			break;
		if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0))
			c = '?';
		out[n++] = scr.ascii ? (wchar_t)ni_line_ascii(c) : (wchar_t)c;
		w += cw;
	}
	int took = w;
	while (fill && w < width && n < TEXT_MAX - 1) {
		out[n++] = L' ';
		w++;
	}
	use(role);
	mvaddnwstr(y, x, out, n);
	attr_set(A_NORMAL, 0, NULL);
	return took;
}

void
ni_screen_hline(int y, int x, int width, enum ni_role role)
{
	for (int i = 0; i < width; i++)
		ni_screen_text(y, x + i, 1, "─", role, false);
}

void
ni_screen_vline(int y, int x, int height, enum ni_role role)
{
	for (int i = 0; i < height; i++)
		ni_screen_text(y + i, x, 1, "│", role, false);
}

void
ni_screen_cursor(int y, int x)
{
	curs_set(y >= 0);
	if (y >= 0)
		move(y, x < COLS ? x : COLS - 1);
}

/* ---- keys ---- */

static uint32_t
special(wint_t c)
{
	static const struct {
		int curses;
		uint32_t key;
	} map[] = {
	    {KEY_UP, NI_KEY_UP},         {KEY_DOWN, NI_KEY_DOWN},
	    {KEY_LEFT, NI_KEY_LEFT},     {KEY_RIGHT, NI_KEY_RIGHT},
	    {KEY_HOME, NI_KEY_HOME},     {KEY_END, NI_KEY_END},
	    {KEY_PPAGE, NI_KEY_PGUP},    {KEY_NPAGE, NI_KEY_PGDN},
	    {KEY_BTAB, NI_KEY_BACKTAB},  {KEY_DC, NI_KEY_DELETE},
	    {KEY_RESIZE, NI_KEY_RESIZE}, {KEY_BACKSPACE, NI_KEY_BACKSPACE},
	    {KEY_ENTER, NI_KEY_ENTER},   {KEY_MOUSE, NI_KEY_MOUSE},
	    {KEY_FIND, NI_KEY_HOME},     {KEY_SELECT, NI_KEY_END},
	};
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if ((wint_t)map[i].curses == c)
			return map[i].key;
	if (c >= (wint_t)KEY_F(1) && c <= (wint_t)KEY_F(12))
		return NI_KEY_F1 + c - (wint_t)KEY_F(1);
	return 0x300000; /* a key that nobody knows */
}

uint32_t
ni_screen_key(void)
{
	wint_t c;
	int rc = get_wch(&c);
	if (rc == ERR)
		return NI_KEY_NONE;
	if (rc == KEY_CODE_YES)
		return special(c);
	return c == '\r' ? NI_KEY_ENTER : c == 127 ? (uint32_t)NI_KEY_BACKSPACE : (uint32_t)c;
}

bool
ni_screen_mouse(struct ni_mouse *m)
{
	MEVENT e;
	if (getmouse(&e) != OK)
		return false;
	*m = (struct ni_mouse){.y = e.y, .x = e.x};
	m->press = e.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED);
	m->twice = e.bstate & BUTTON1_DOUBLE_CLICKED;
	m->wheel = e.bstate & BUTTON4_PRESSED ? -1 : e.bstate & BUTTON5_PRESSED ? 1 : 0;
	return m->press || m->wheel;
}

int
ni_screen_fd(void)
{
	return scr.in;
}

void
ni_screen_suspend(void)
{
	kill(0, SIGTSTP); /* others of this job stop, too; ni_screen_stop() is what comes of it */
}

void
ni_screen_copy(const char *s, size_t n)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	if (n > COPY_MAX)
		n = COPY_MAX;
	fputs("\033]52;c;", stdout);
	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)s[i] << 16;
		v |= i + 1 < n ? (uint32_t)(uint8_t)s[i + 1] << 8 : 0;
		v |= i + 2 < n ? (uint8_t)s[i + 2] : 0;
		putchar(digit[v >> 18]);
		putchar(digit[v >> 12 & 63]);
		putchar(i + 1 < n ? digit[v >> 6 & 63] : '=');
		putchar(i + 2 < n ? digit[v & 63] : '=');
	}
	fputs("\a", stdout);
	fflush(stdout);
}
