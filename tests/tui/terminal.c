/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs netinspect in a terminal of its own, as a script on standard input says, one command a
 * line; tests/tui/README.md lists the commands. A line "== NAME" begins a case: with everything as
 * it was at first, and the program started before has to end well. `terminal --keys` prints the
 * table of keys. With -i every command is answered by "ok" or what went wrong.
 */
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "golden.h"
#include "press.h"
#include "waits.h"

/* ---- commands ---- */

static void
size_of(const char *arg, int *cols, int *rows)
{
	if (sscanf(arg, "%dx%d", cols, rows) != 2)
		script_fail("size: COLUMNSxROWS");
}

static void
cmd_size(char *arg)
{
	size_of(arg, &run.term.cols, &run.term.rows);
}

static void
cmd_term(char *arg)
{
	snprintf(run.type, sizeof(run.type), "%s", arg);
}

static void
cmd_locale(char *arg)
{
	snprintf(run.locale, sizeof(run.locale), "%s", arg);
}

static void
cmd_env(char *arg)
{
	if (run.envs == ENVS - 1)
		script_fail("too many variables");
	else
		snprintf(run.env[run.envs++], sizeof(run.env[0]), "%s", arg);
}

/* Words, 'several of them' as one, end the next one with a blank. */
static unsigned
split(char *s, char **words, unsigned max)
{
	unsigned n = 0;
	for (s += strspn(s, " "); *s && n < max; s += strspn(s, " ")) {
		bool quoted = *s == '\'' && s[1] && s[1] != ' ';
		words[n++] = s += quoted;
		s += strcspn(s, quoted ? "'" : " ");
		if (*s)
			*s++ = '\0';
	}
	return n;
}

static void
cmd_run(char *arg)
{
	char *argv[ARGS + 2] = {(char *)(uintptr_t)run.program};
	const char *env[ENVS + 1] = {NULL};
	snprintf(run.command, sizeof(run.command), "%s", arg);
	argv[1 + split(arg, argv + 1, ARGS)] = NULL;
	for (unsigned i = 0; i < run.envs; i++)
		env[i] = run.env[i];
	unlink("stderr");
	run.term.type = run.type;
	run.term.locale = run.locale;
	if (!press_terminal(run.type) || !term_start(&run.term, argv, env, "stderr")) {
		script_fail("cannot be started in TERM=%s", run.type);
		return;
	}
	run.running = true;
	if (!script_wait(script_started, ""))
		script_fail("no screen came");
}

static void
cmd_press(char *arg)
{
	char *keys[ARGS];
	unsigned n = split(arg, keys, ARGS);
	for (unsigned i = 0; i < n; i++) {
		const char *s = press_key(keys[i]);
		if (!s) {
			script_fail("%s has no key %s", run.type, keys[i]);
			return;
		}
		/* Else what follows would be the rest of a sequence. */
		if (i && !strcmp(keys[i - 1], "Esc"))
			script_wait(script_quiet, "");
		term_send(&run.term, s, strlen(s));
	}
	if (n && !strcmp(keys[n - 1], "Esc"))
		script_wait(script_quiet, "");
}

static void
cmd_type(char *arg)
{
	term_send(&run.term, arg, strlen(arg));
}

static void
cmd_mouse(char *arg)
{
	char what[16] = "", bytes[PRESS_MAX];
	int col = 0;
	int row = 0;
	if (sscanf(arg, "%15s %d %d", what, &col, &row) != 3) {
		script_fail("mouse: click|double|press|release|right|up|down COLUMN ROW");
		return;
	}
	if (!run.term.raw.mouse)
		return; /* nobody wants to know */
	int button = !strcmp(what, "up") ? 64 : !strcmp(what, "down") ? 65 : 0;
	bool press = !strcmp(what, "press") || !strcmp(what, "right");
	if (press || !strcmp(what, "release")) {
		press_mouse(bytes, press && *what == 'r' ? 2 : 0, col - 1, row - 1, press);
		term_send(&run.term, bytes, strlen(bytes));
		return;
	}
	for (int times = !strcmp(what, "double") ? 2 : 1; times > 0; times--) {
		press_mouse(bytes, button, col - 1, row - 1, true);
		term_send(&run.term, bytes, strlen(bytes));
		if (button)
			continue;
		press_mouse(bytes, button, col - 1, row - 1, false);
		term_send(&run.term, bytes, strlen(bytes));
	}
}

static void
cmd_resize(char *arg)
{
	int cols = run.term.cols;
	int rows = run.term.rows;
	size_of(arg, &cols, &rows);
	term_resize(&run.term, cols, rows);
}

/* storm N: N sizes at random, one on the heels of the other. */
static void
cmd_storm(char *arg)
{
	struct press_random r = {.state = 88172645463325252U};
	for (long n = strtol(arg, NULL, 10); n > 0 && !run.failed; n--) {
		term_resize(&run.term, 1 + (int)press_number(&r, 300),
			    1 + (int)press_number(&r, 100));
		term_pump(&run.term, 2);
		if (run.term.raw.why[0] || run.term.ended)
			script_fail("%s", run.term.ended ? "it ended" : run.term.raw.why);
	}
}

/* exits N: with that status; exits signal N. Within a second, or what "within" says. */
static void
cmd_exits(char *arg)
{
	char *number;
	bool by_signal = !strncmp(arg, "signal ", 7);
	long want = strtol(by_signal ? arg + 7 : arg, &number, 10);
	if (run.patience_ms == PATIENCE_MS)
		run.patience_ms = SANITIZED ? 10000 : 1000; /* leaks are looked for */
	if (!script_wait(script_ended, "")) {
		script_fail("it did not end");
		return;
	}
	int status = run.term.status;
	if (by_signal ? !WIFSIGNALED(status) || WTERMSIG(status) != want
		      : !WIFEXITED(status) || WEXITSTATUS(status) != want)
		script_fail("it ended with status %#x", (unsigned)status);
}

/* A key has ended it, which is fine if it ended well. */
static void
run_again(void)
{
	char command[LINE_MAX_BYTES], zero[] = "0";
	memcpy(command, run.command, sizeof(command));
	cmd_exits(zero);
	term_free(&run.term);
	if (!run.failed)
		cmd_run(command);
}

/* random SEED N: presses keys; the program is begun again when a key ended it. */
static void
cmd_random(char *arg)
{
	unsigned long long seed = 0;
	long n = 0;
	char bytes[PRESS_MAX];
	sscanf(arg, "%llu %ld", &seed, &n);
	struct press_random r = {.state = seed * 2 + 88172645463325253U};
	while (n > 0 && !run.failed) {
		if (run.term.ended)
			run_again();
		if (run.failed)
			return;
		long burst = 1 + (long)press_number(&r, n > 1000 ? 500 : 100);
		r.cols = run.term.cols;
		r.rows = run.term.raw.mouse ? run.term.rows : 0;
		for (; burst > 0 && n > 0; burst--, n--) {
			press_next(&r, bytes);
			term_send(&run.term, bytes, strlen(bytes));
		}
		if (press_number(&r, 4) == 0)
			term_resize(&run.term, 20 + (int)press_number(&r, 120),
				    5 + (int)press_number(&r, 50));
		run.patience_ms = 20000;
		if (!script_wait(script_quiet, ""))
			script_fail("it does not come to rest, %ld keys before the end", n);
	}
}

static void
cmd_signal(char *arg)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {{"TERM", SIGTERM}, {"HUP", SIGHUP},     {"INT", SIGINT},
		       {"TSTP", SIGTSTP}, {"STOP", SIGSTOP},   {"SEGV", SIGSEGV},
		       {"ABRT", SIGABRT}, {"WINCH", SIGWINCH}, {"KILL", SIGKILL}};
	pid_t to = run.term.pid;
	if (!strncmp(arg, "view ", 5))
		to = term_view(&run.term);
	else if (!strncmp(arg, "all ", 4))
		to = -run.term.pid;
	if (strchr(arg, ' '))
		arg = strchr(arg, ' ') + 1;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(arg, signals[i].name)) {
			term_note_spent(&run.term);
			kill(to, signals[i].number);
			return;
		}
	script_fail("signal: unknown");
}

/* spent MS: from the last signal to its end it took no more of a processor than that. */
static void
cmd_spent(char *arg)
{
	long spent = run.term.spent_ms - run.term.spent_before;
	if (!run.term.ended)
		script_fail("it has not ended");
	else if (spent > SLOWER * strtol(arg, NULL, 10))
		script_fail("it took %ld ms of a processor to end", spent);
}

static void
cmd_continue(char *arg)
{
	(void)arg;
	term_continue(&run.term);
}

static void
cmd_vanish(char *arg)
{
	(void)arg;
	term_note_spent(&run.term);
	term_vanish(&run.term);
}

static void
cmd_within(char *arg)
{
	run.patience_ms = strtol(arg, NULL, 10);
}

static void
cmd_golden(char *arg)
{
	char path[LINE_MAX_BYTES];
	if (!script_wait(script_quiet, ""))
		script_fail("it does not come to rest");
	snprintf(path, sizeof(path), "%s/%s.screen", run.goldens, arg);
	if (!run.failed && !golden_same(&run.term, path, run.update))
		script_fail("differs from %s.screen", arg);
}

static void
cmd_screen(char *arg)
{
	(void)arg;
	script_wait(script_quiet, "");
	golden_show(&run.term, stdout);
}

static void
cmd_sh(char *arg)
{
	if (system(arg) != 0)
		script_fail("%s: did not succeed", arg);
}

/* unsanitized: what follows in this case is another thing with a sanitizer's own handlers. */
static void
cmd_unsanitized(char *arg)
{
	(void)arg;
	if (!SANITIZED)
		return;
	printf("skipped %s: a sanitizer has handlers of its own\n", run.name);
	run.failed = run.skip = true;
}

/* unchecked: for other programs, which send what they like. */
static void
cmd_unchecked(char *arg)
{
	(void)arg;
	run.unchecked = true;
}

static const struct {
	const char *name;
	void (*run)(char *arg);
} commands[] = {
    {"size", cmd_size},
    {"term", cmd_term},
    {"locale", cmd_locale},
    {"env", cmd_env},
    {"run", cmd_run},
    {"press", cmd_press},
    {"type", cmd_type},
    {"mouse", cmd_mouse},
    {"resize", cmd_resize},
    {"storm", cmd_storm},
    {"random", cmd_random},
    {"signal", cmd_signal},
    {"spent", cmd_spent},
    {"continue", cmd_continue},
    {"vanish", cmd_vanish},
    {"exits", cmd_exits},
    {"within", cmd_within},
    {"golden", cmd_golden},
    {"screen", cmd_screen},
    {"sh", cmd_sh},
    {"unsanitized", cmd_unsanitized},
    {"unchecked", cmd_unchecked},
};

/* ---- cases ---- */

static void
forget(void)
{
	term_free(&run.term);
	run.running = false;
	run.term.cols = 80;
	run.term.rows = 24;
	run.term.master = -1;
	run.envs = 0;
	run.unchecked = false;
	run.patience_ms = PATIENCE_MS;
	snprintf(run.type, sizeof(run.type), "xterm-256color");
	snprintf(run.locale, sizeof(run.locale), "C.UTF-8");
}

/* What is not ended by the case itself has to end well by ^C. */
static void
end_case(void)
{
	if (!run.in_case)
		return;
	if (run.running && !run.failed && !run.term.ended) {
		char zero[] = "0";
		term_send(&run.term, "\003", 1);
		run.patience_ms = 3000;
		cmd_exits(zero);
		if (!run.failed && !script_wait(script_tidy, ""))
			script_fail("the terminal is not as it was: %s", term_restored(&run.term));
	}
	if (run.skip)
		run.skipped++;
	else if (run.failed)
		run.failures++;
	else
		run.passed++;
	run.in_case = false;
}

static void
begin_case(const char *name)
{
	end_case();
	forget();
	snprintf(run.name, sizeof(run.name), "%.199s", name);
	run.in_case = true;
	run.failed = run.skip = false;
}

static void
obey(char *line)
{
	char *arg = line + strcspn(line, " ");
	if (*arg)
		*arg++ = '\0';
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, line) != 0)
			continue;
		commands[i].run(arg);
		return;
	}
	for (const struct script_waits *w = script_waits; w->name; w++) {
		if (strcmp(w->name, line) != 0)
			continue;
		if (!script_wait(w->wait, arg))
			script_fail("%s %s: %s", line, arg, w->why);
		return;
	}
	script_fail("%s: no such command", line);
}

/* The next line of standard input, meanwhile listening to the program. False: the end. */
static bool
next_line(char line[LINE_MAX_BYTES])
{
	static char buf[LINE_MAX_BYTES];
	static size_t have;
	for (;;) {
		char *end = memchr(buf, '\n', have);
		if (end) {
			size_t n = (size_t)(end - buf);
			memcpy(line, buf, n);
			line[n] = '\0';
			have -= n + 1;
			memmove(buf, end + 1, have);
			return true;
		}
		struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
		if (run.running && poll(&p, 1, 0) == 0) {
			term_pump(&run.term, 10);
			continue;
		}
		ssize_t n = read(STDIN_FILENO, buf + have, sizeof(buf) - have);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
}

int
main(int argc, char **argv)
{
	char line[LINE_MAX_BYTES];
	const char *program = getenv("NETINSPECT");
	run.program = program ? program : "netinspect";
	run.goldens = getenv("NI_TUI_GOLDENS");
	run.update = getenv("NI_UPDATE") != NULL;
	if (argc > 1 && !strcmp(argv[1], "--keys")) {
		press_table();
		return 0;
	}
	run.interactive = argc > 1 && !strcmp(argv[1], "-i");
	/* Scripts and random keys capture nothing, whoever runs them. */
	if (!run.interactive)
		prctl(PR_CAPBSET_DROP, CAP_NET_RAW);
	signal(SIGPIPE, SIG_IGN);
	forget();
	while (next_line(line)) {
		run.line++;
		if (!strncmp(line, "== ", 3))
			begin_case(line + 3);
		else if (*line && *line != '#' && !run.failed)
			obey(line);
		if (run.interactive && *line) {
			puts(run.failed ? "failed" : "ok");
			fflush(stdout);
		}
	}
	end_case();
	forget();
	printf("%u passed, %u failed, %u skipped\n", run.passed, run.failures, run.skipped);
	return run.failures != 0;
}
