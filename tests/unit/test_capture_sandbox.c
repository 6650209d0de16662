/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sandbox lets through and what it refuses, each in a process of its own. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sandbox.h"

static int line[2]; /* line[0] is the one to send on */

/* ---- things to try: 0, or what errno was ---- */

static int
said(long rc)
{
	return rc < 0 ? errno : 0;
}

static int
try_socket(void)
{
	return said(socket(AF_INET, SOCK_DGRAM, 0));
}

static int
try_unix_socket(void)
{
	return said(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int
try_execve(void)
{
	char *argv[] = {NULL};
	return said(execve("/bin/true", argv, argv));
}

static int
try_fork(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return said(pid);
}

static int
try_ptrace(void)
{
	return said(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
}

static int
try_mount(void)
{
	return said(mount("none", "/tmp", "tmpfs", 0, NULL));
}

static int
try_bpf(void)
{
	return said(syscall(SYS_bpf, 0, NULL, 0));
}

static int
try_kill_parent(void)
{
	return said(kill(getppid(), 0));
}

static int
try_kill_self(void)
{
	return said(kill(getpid(), 0));
}

static int
try_keystroke(void)
{
	/* Would type into the terminal. */
	return said(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int
try_limits(void)
{
	struct rlimit r = {.rlim_cur = 1, .rlim_max = 1};
	return said(setrlimit(RLIMIT_NPROC, &r));
}

static int
try_read(void)
{
	return said(open("/dev/null", O_RDONLY | O_CLOEXEC));
}

static int
try_create(void)
{
	return said(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static int
try_machine_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	return p == MAP_FAILED ? errno : 0;
}

static int
try_make_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? -1 : said(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
try_thread(void)
{
	pthread_t t;
	int rc = pthread_create(&t, NULL, nothing, NULL);
	if (!rc)
		pthread_join(t, NULL);
	/* Whatever the library makes of the refusal. */
	return rc ? EPERM : 0;
}

static int
try_send(void)
{
	return said(send(line[0], "x", 1, MSG_NOSIGNAL));
}

static int
try_send_elsewhere(void)
{
	return said(send(line[1], "x", 1, MSG_NOSIGNAL));
}

static int
try_memory(void)
{
	char *p = malloc(100 << 20);
	char *q = p ? realloc(p, 200 << 20) : NULL;
	if (!q)
		return ENOMEM;
	memset(q, 1, 200 << 20);
	free(q);
	return 0;
}

static int
try_time_zone(void)
{
	time_t t = 0;
	struct tm tm;
	tzset();
	return localtime_r(&t, &tm) ? 0 : EPERM;
}

/* Its table is a shared object. */
static int
try_charset(void)
{
	char in[] = "\xc4\xe3";
	char out[8] = "";
	char *from = in;
	char *to = out;
	size_t left = 2;
	size_t room = sizeof(out);
	iconv_t cd = iconv_open("UTF-8", "GBK");
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	if (cd == (iconv_t)-1 || iconv(cd, &from, &left, &to, &room) == (size_t)-1)
		return errno ? errno : EPERM;
	iconv_close(cd);
	return strcmp(out, "你") ? EILSEQ : 0;
}

/* ---- */

static const struct ni_sandbox strict = {.line = -1};
static const struct ni_sandbox patterns = {.line = -1, .patterns = true};
static const struct ni_sandbox files = {.line = -1, .files = true};
static struct ni_sandbox view = {.view = true, .files = true};

static const struct row {
	const char *name;
	int (*try)(void);
	int strict, view; /* what errno shall be */
} rows[] = {
    {"socket", try_socket, EPERM, EPERM},
    {"a local socket", try_unix_socket, EPERM, EPERM},
    {"execve", try_execve, EPERM, EPERM},
    {"fork", try_fork, EPERM, EPERM},
    {"ptrace", try_ptrace, EPERM, EPERM},
    {"mount", try_mount, EPERM, EPERM},
    {"bpf", try_bpf, EPERM, EPERM},
    {"a signal to another process", try_kill_parent, EPERM, EPERM},
    {"a signal to itself", try_kill_self, 0, 0},
    {"typing into the terminal", try_keystroke, EPERM, EPERM},
    {"setting limits", try_limits, EPERM, EPERM},
    {"opening to read", try_read, 0, 0},
    {"making a file", try_create, EPERM, 0},
    {"memory to write and run", try_machine_code, EPERM, 0},
    {"memory to run that was written", try_make_code, EPERM, EPERM},
    {"a thread", try_thread, EPERM, 0},
    {"sending on the line", try_send, EPERM, 0},
    {"sending elsewhere", try_send_elsewhere, EPERM, EPERM},
    {"memory", try_memory, 0, 0},
    {"the time zone", try_time_zone, 0, 0},
};

/* What @try says in sandbox @s; -1: it ended otherwise, or there is no sandbox. */
static int
in_sandbox(const struct ni_sandbox *s, int (*try)(void))
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		struct ni_err note;
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		ni_sandbox_enter(s, &note);
		_exit(note.what[0] ? 255 : try());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) != 255 ? WEXITSTATUS(status) : -1;
}

/* Valgrind asks the kernel for more than what it runs. */
static bool
can_be_tried(void)
{
	const char *preload = getenv("LD_PRELOAD");
	bool valgrind = preload && strstr(preload, "vgpreload");
	return ni_sandbox_built() && !valgrind && in_sandbox(&strict, try_read) >= 0;
}

static void
test_rows(void **state)
{
	(void)state;
	if (!can_be_tried())
		skip();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int got = in_sandbox(&strict, rows[i].try);
		if (got != rows[i].strict)
			fail_msg("%s: %s instead of %s", rows[i].name, strerror(got),
				 strerror(rows[i].strict));
		got = in_sandbox(&view, rows[i].try);
		if (got != rows[i].view)
			fail_msg("%s in the view: %s instead of %s", rows[i].name, strerror(got),
				 strerror(rows[i].view));
	}
}

static void
test_more(void **state)
{
	(void)state;
	if (!can_be_tried())
		skip();
	assert_int_equal(in_sandbox(&patterns, try_machine_code), 0);
	assert_int_equal(in_sandbox(&patterns, try_create), EPERM);
	assert_int_equal(in_sandbox(&files, try_create), 0);
	assert_int_equal(in_sandbox(&files, try_machine_code), EPERM);
	assert_int_equal(in_sandbox(&files, try_thread), EPERM);
	assert_int_equal(in_sandbox(&view, try_charset), 0);
}

/* Where the kernel refuses, there is one line that says so, and the run goes on. */
static void
test_refused(void **state)
{
	(void)state;
	struct ni_err note;
	int status;
	if (!can_be_tried())
		skip();
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		ni_sandbox_enter(&strict, &note); /* which does not let another one in */
		ni_sandbox_enter(&strict, &note);
		_exit(strncmp(note.what, "sandbox: ", 9) != 0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_more),
	    cmocka_unit_test(test_refused),
	};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, line) < 0)
		return 1;
	view.line = line[0];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
