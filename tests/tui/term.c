/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal with a program in it; see term.h. */
#include "term.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_NS = 70000000, CHUNK = 16384 };

/* What the shell says of its child. */
struct news {
	char what; /* 'p'id, 's'topped, 'e'nded */
	int value;
};

int64_t
term_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- the processes at the other end ---- */

static void
tell(int fd, char what, int value)
{
	struct news n = {what, value};
	if (write(fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
		_exit(126);
}

static void
become(char *const *argv, const char *const *env, const char *errors)
{
	int fd = open(errors, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	for (; env && *env; env++)
		putenv((char *)(uintptr_t)*env);
	for (int s = 1; s < 32; s++)
		signal(s, SIG_DFL);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(127);
}

static long
ms_of(const struct timeval *t)
{
	return t->tv_sec * 1000 + t->tv_usec / 1000;
}

/* A shell with one job. */
static void
shell(int report, int control, char *const *argv, const char *const *env, const char *errors)
{
	int status;
	char go;
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (read(control, &go, 1) != 1)
		_exit(0);
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		close(report);
		close(control);
		become(argv, env, errors);
	}
	setpgid(pid, pid);
	tell(report, 'p', pid);
	struct rusage usage;
	while (wait4(pid, &status, WUNTRACED, &usage) == pid) {
		if (!WIFSTOPPED(status)) {
			tell(report, 'c', (int)(ms_of(&usage.ru_utime) + ms_of(&usage.ru_stime)));
			tell(report, 'e', status);
			break;
		}
		tcsetpgrp(STDIN_FILENO, getpgrp());
		tell(report, 's', WSTOPSIG(status));
		if (read(control, &go, 1) != 1)
			break;
		tcsetpgrp(STDIN_FILENO, pid);
		kill(-pid, SIGCONT);
	}
	_exit(0);
}

/* ---- libvterm ---- */

static int
on_property(VTermProp prop, VTermValue *v, void *user)
{
	struct term *t = user;
	if (prop == VTERM_PROP_ALTSCREEN)
		t->alternate = v->boolean;
	return 1;
}

static int
on_cursor(VTermPos pos, VTermPos old, int visible, void *user)
{
	(void)old;
	(void)visible;
	((struct term *)user)->at = pos;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
    .settermprop = on_property,
    .movecursor = on_cursor,
};

static bool
make_screen(struct term *t)
{
	t->vt = vterm_new(t->rows, t->cols);
	if (!t->vt)
		return false;
	vterm_set_utf8(t->vt, t->raw.utf8);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
	t->alternate = false;
	return true;
}

/* ---- beginning and end ---- */

bool
term_start(struct term *t, char *const *argv, const char *const *env, const char *errors)
{
	struct winsize size = {.ws_row = (unsigned short)t->rows,
			       .ws_col = (unsigned short)t->cols};
	int up[2], down[2];
	t->raw = (struct raw){.utf8 = strstr(t->locale, "UTF-8") != NULL,
			      .linux_console = !strcmp(t->type, "linux")};
	t->stopped = t->ended = false;
	t->pid = 0;
	if (!make_screen(t) || pipe2(up, O_CLOEXEC) || pipe2(down, O_CLOEXEC))
		return false;
	setenv("TERM", t->type, 1);
	setenv("LC_ALL", t->locale, 1);
	t->shell = forkpty(&t->master, NULL, NULL, &size);
	if (t->shell == 0) {
		close(up[0]);
		close(down[1]);
		shell(up[1], down[0], argv, env, errors);
	}
	close(up[1]);
	close(down[0]);
	t->report = up[0];
	t->control = down[1];
	if (t->shell < 0)
		return false;
	fcntl(t->master, F_SETFD, FD_CLOEXEC);
	fcntl(t->master, F_SETFL, O_NONBLOCK);
	tcgetattr(t->master, &t->before);
	term_continue(t);
	t->stirred_ns = term_now();
	while (!t->pid && !t->ended)
		term_pump(t, 1000);
	return true;
}

static long
spent(pid_t pid)
{
	clockid_t id;
	struct timespec t = {0, 0};
	if (clock_getcpuclockid(pid, &id) == 0)
		clock_gettime(id, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
term_note_spent(struct term *t)
{
	pid_t view = term_view(t);
	t->spent_before = spent(t->pid) + (view == t->pid ? 0 : spent(view));
}

void
term_vanish(struct term *t)
{
	if (t->master >= 0)
		close(t->master);
	t->master = -1;
}

void
term_free(struct term *t)
{
	if (!t->vt)
		return;
	if (t->pid && !t->ended)
		kill(t->pid, SIGKILL);
	if (t->shell > 0) {
		kill(t->shell, SIGKILL);
		waitpid(t->shell, NULL, 0);
	}
	term_vanish(t);
	close(t->report);
	close(t->control);
	vterm_free(t->vt);
	t->vt = NULL;
}

/* ---- both ways ---- */

static void
take_news(struct term *t)
{
	struct news n;
	if (read(t->report, &n, sizeof(n)) != (ssize_t)sizeof(n)) {
		t->ended = true;
		return;
	}
	if (n.what == 'c') {
		t->spent_ms = n.value;
		return;
	}
	if (n.what == 'p')
		t->pid = n.value;
	else if (n.what == 's')
		t->stopped = true;
	else
		t->ended = true;
	t->status = n.value;
}

/* False: there was nothing. */
static bool
take_output(struct term *t)
{
	char buf[CHUNK];
	ssize_t n = t->master < 0 ? -1 : read(t->master, buf, sizeof(buf));
	if (n <= 0)
		return false;
	t->stirred_ns = term_now();
	raw_take(&t->raw, buf, (size_t)n);
	vterm_input_write(t->vt, buf, (size_t)n);
	/* What a terminal answers when it is asked. */
	size_t k = vterm_output_read(t->vt, buf, sizeof(buf));
	if (k)
		term_send(t, buf, k);
	return true;
}

void
term_pump(struct term *t, int ms)
{
	struct pollfd p[2] = {{.fd = t->ended ? -1 : t->report, .events = POLLIN},
			      {.fd = t->master, .events = POLLIN}};
	if (poll(p, 2, ms) <= 0)
		return;
	bool news = p[0].revents != 0;
	bool some = false;
	for (int i = 0; i < 64 && take_output(t); i++)
		some = true;
	if (news)
		take_news(t);
	else if (!some && (p[1].revents & POLLHUP))
		poll(NULL, 0, 2); /* only the end is still to come */
}

void
term_send(struct term *t, const char *s, size_t n)
{
	int64_t end = term_now() + 5000000000;
	t->stirred_ns = term_now();
	while (n && t->master >= 0 && !t->ended && term_now() < end) {
		ssize_t k = write(t->master, s, n);
		if (k > 0) {
			s += k;
			n -= (size_t)k;
		} else {
			term_pump(t, 5);
		}
	}
}

void
term_resize(struct term *t, int cols, int rows)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	t->stirred_ns = term_now();
	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	ioctl(t->master, TIOCSWINSZ, &size);
}

void
term_continue(struct term *t)
{
	t->stopped = false;
	if (write(t->control, "c", 1) != 1)
		t->ended = true;
}

/* The state letter in /proc/PID/stat. */
static char
state_of(pid_t pid)
{
	char path[40], line[512];
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "re");
	char *got = f ? fgets(line, sizeof(line), f) : NULL;
	if (f)
		fclose(f);
	const char *end = got ? strrchr(line, ')') : NULL;
	return end && end[1] ? end[2] : 'X';
}

pid_t
term_view(const struct term *t)
{
	char path[64];
	int pid;
	pid_t last = t->pid;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)t->pid, (int)t->pid);
	FILE *f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		last = pid;
	if (f)
		fclose(f);
	return last;
}

bool
term_quiet(struct term *t)
{
	int waiting = 0;
	char name[64];
	if (t->ended || t->stopped)
		return true;
	if (term_now() - t->stirred_ns < QUIET_NS || state_of(term_view(t)) != 'S')
		return false;
	if (ptsname_r(t->master, name, sizeof(name)) != 0)
		return true;
	int fd = open(name, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && ioctl(fd, FIONREAD, &waiting) < 0)
		waiting = 0;
	if (fd >= 0)
		close(fd);
	return waiting == 0;
}

/* ---- the screen ---- */

VTermScreenCell
term_cell(const struct term *t, int row, int col)
{
	VTermScreenCell c;
	memset(&c, 0, sizeof(c));
	if (row < t->rows && col < t->cols)
		vterm_screen_get_cell(t->screen, (VTermPos){.row = row, .col = col}, &c);
	return c;
}

static size_t
put_char(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)(c ? c : ' ');
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(c | (n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0));
	return n;
}

void
term_line(const struct term *t, int row, char out[TERM_LINE])
{
	size_t n = 0;
	for (int col = 0; col < t->cols && n + 5 < TERM_LINE; col++) {
		VTermScreenCell c = term_cell(t, row, col);
		n += put_char(out + n, c.chars[0] == (uint32_t)-1 ? ' ' : c.chars[0]);
		col += c.width == 2;
	}
	while (n && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

const char *
term_restored(struct term *t)
{
	struct termios now;
	if (t->alternate)
		return "the other screen is still shown";
	if (t->raw.hidden)
		return "the cursor is still hidden";
	if (t->raw.mouse)
		return "the mouse is still reported";
	if (tcgetattr(t->master, &now) || now.c_lflag != t->before.c_lflag ||
	    now.c_iflag != t->before.c_iflag || now.c_oflag != t->before.c_oflag)
		return "its settings are others";
	return NULL;
}
