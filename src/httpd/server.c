/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals and processes; see server.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

/* A signal has no other way to say anything. The pipe is shared by all processes and never read:
 * one byte in it wakes every wait, in every process and thread, and keeps waking them. */
static int stop_pipe[2] = {-1, -1};
static atomic_bool stopping, reload;

static void
on_stop(int sig)
{
	int saved = errno;
	(void)sig;
	if (stopping)
		_exit(1); /* the second time: now. Children go with us, see ni_hd_child_begin(). */
	stopping = true;
	ssize_t n = write(stop_pipe[1], "", 1);
	(void)n;
	errno = saved;
}

static void
on_reload(int sig)
{
	(void)sig;
	reload = true;
}

static void
on_child(int sig)
{
	(void)sig; /* only to wake poll(), so that children are reaped at once */
}

int
ni_hd_signals(void)
{
	struct sigaction stop = {.sa_handler = on_stop};
	struct sigaction hup = {.sa_handler = on_reload};
	struct sigaction child = {.sa_handler = on_child, .sa_flags = SA_NOCLDSTOP};
	if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK))
		return -1;
	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGHUP, &hup, NULL);
	sigaction(SIGCHLD, &child, NULL);
	return 0;
}

int
ni_hd_stop_fd(void)
{
	return stop_pipe[0];
}

bool
ni_hd_stopping(void)
{
	/* A sibling's SIGTERM sets no variable here, but its byte is in the pipe we share. Waits
	 * see that; this makes it stick. */
	return stopping;
}

void
ni_hd_stop_seen(void)
{
	stopping = true;
}

void
ni_hd_check_reload(struct ni_hd_server *s)
{
	if (!atomic_load_explicit(&reload, memory_order_relaxed))
		return;
	reload = false;
	struct ni_err err = {"", ""};
	if (s->opts.mime_types && ni_hd_mime_read(s->opts.mime_types, &err))
		fprintf(stderr, "netinspect-httpd: %s; the old ones stay\n", err.what);
	if (s->core.site->reload && s->core.site->reload(s->core.site))
		fprintf(stderr,
			"netinspect-httpd: --root: cannot be opened again; the old one stays\n");
	if (s->log)
		ni_hd_log_reopen(s->log);
}

bool
ni_hd_reload_pending(void)
{
	return atomic_exchange(&reload, false);
}

void
ni_hd_child_begin(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == 1)
		_exit(1); /* the parent died before we asked */
}

static pid_t
start(struct ni_hd_server *s, unsigned i, int (*f)(struct ni_hd_server *s, unsigned i))
{
	fflush(NULL);
	pid_t pid = fork();
	if (pid)
		return pid;
	ni_hd_child_begin();
	int rc = f(s, i);
	if (s->log)
		ni_hd_log_flush(s->log);
	fflush(NULL);
	_exit(rc ? 1 : 0);
}

int
ni_hd_processes(struct ni_hd_server *s, unsigned n, int (*f)(struct ni_hd_server *s, unsigned i))
{
	enum { TOO_SOON_MAX = 20 };
	pid_t *pid = calloc(n, sizeof(*pid));
	unsigned deaths = 0;
	unsigned alive = 0;
	if (!pid)
		return 1;
	for (unsigned i = 0; i < n; i++) {
		pid[i] = start(s, i, f);
		alive += pid[i] > 0;
	}
	while (alive) {
		int status = 0;
		pid_t dead = waitpid(-1, &status, 0);
		if (dead < 0 && errno == EINTR) {
			if (ni_hd_reload_pending())
				for (unsigned i = 0; i < n; i++)
					if (pid[i] > 0)
						kill(pid[i], SIGHUP);
			continue;
		}
		if (dead < 0)
			break;
		for (unsigned i = 0; i < n; i++) {
			if (pid[i] != dead)
				continue;
			pid[i] = -1;
			alive--;
			ni_hd_peers_forget(s->peers, i);
			/* A worker that crashed is replaced, but not one that cannot live. */
			if (!ni_hd_stopping() && status && ++deaths < TOO_SOON_MAX) {
				pid[i] = start(s, i, f);
				alive += pid[i] > 0;
			}
		}
	}
	free(pid);
	return 0;
}
