/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeping rights for views that have none; see keeping.h. */
#include "config.h"

#include "keeping.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "i18n.h"
#include "screen.h"

/* A view's process, and our end of the line to it. */
struct seat {
	pid_t pid; /* 0: nobody */
	int fd;    /* -1: it has nothing more to say */
};

struct keeping {
	ni_keeping_view view;
	void *ctx;
	struct seat now;  /* has the screen */
	struct seat next; /* is opening a capture */
	bool handing;     /* it has done so, and the one before has been told to leave */
	bool over;
	int status; /* of the last view */
	int signals;
	sigset_t usual;
	struct ni_keeper_list *list;
	struct ni_wish wish;
};

/* ---- views ---- */

/* What belongs to this process alone must not be there in its children. */
static void
forget(struct keeping *k)
{
	if (k->signals >= 0)
		close(k->signals);
	if (k->now.fd >= 0)
		close(k->now.fd);
	if (k->next.fd >= 0)
		close(k->next.fd);
	sigprocmask(SIG_SETMASK, &k->usual, NULL);
}

/* Returns 0 in this process, the child's end of the line in the child, or -1. */
static int
spawn(struct keeping *k, struct seat *seat)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		int line = fcntl(pair[1], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		forget(k);
		close(pair[0]);
		close(pair[1]);
		return line;
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -1;
	}
	*seat = (struct seat){.pid = pid, .fd = pair[0]};
	return 0;
}

static void
refuse(struct keeping *k, int rc, uint32_t at, const struct ni_err *err)
{
	struct ni_keeper_msg m;
	memset(&m, 0, sizeof(m));
	m.kind = NI_KEEPER_REFUSED;
	m.rc = rc;
	m.at = at;
	m.err = *err;
	ni_keeper_send(k->now.fd, &m);
}

static void
leave_seat(struct seat *s)
{
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct seat){.fd = -1};
}

/* The screen is free: the next one takes it. */
static void
promote(struct keeping *k)
{
	leave_seat(&k->now);
	k->now = k->next;
	k->next = (struct seat){.fd = -1};
	k->handing = false;
	ni_keeper_tell(k->now.fd, NI_KEEPER_GO);
}

/* ---- what views ask ---- */

/* Returns the child's end of the line in the child; else 0. */
static int
start(struct keeping *k, const struct ni_wish *wish)
{
	struct ni_err err = {.what = "", .hint = ""};
	struct ni_iflist *list = NULL;
	if (k->next.pid)
		return 0;
	int rc = ni_iflist_get(&list, &err);
	if (!rc && !ni_wish_check(wish, list, &err))
		rc = NI_ERR_INPUT;
	ni_iflist_free(&list);
	k->wish = *wish;
	int line = rc ? 0 : spawn(k, &k->next);
	if (line < 0)
		rc = ni_fail(&err, NI_ERR_RUN, _("capture: no process: %s"), strerror(errno));
	if (rc)
		refuse(k, rc, 0, &err);
	return line > 0 ? line : 0;
}

static void
publish(struct keeping *k)
{
	struct ni_iflist *list = NULL;
	if (!ni_iflist_get(&list, NULL))
		ni_keeper_publish(k->list, list);
	ni_iflist_free(&list);
	ni_keeper_tell(k->now.fd, NI_KEEPER_LISTED);
}

static int
hear_now(struct keeping *k)
{
	struct ni_keeper_msg m;
	int got = ni_keeper_take(k->now.fd, &m, false);
	if (got < 0) {
		close(k->now.fd);
		k->now.fd = -1;
	}
	if (got <= 0)
		return 0;
	if (m.kind == NI_KEEPER_START)
		return start(k, &m.wish);
	if (m.kind == NI_KEEPER_LIST)
		publish(k);
	else if (m.kind == NI_KEEPER_LEFT && k->handing)
		promote(k);
	return 0;
}

static void
hear_next(struct keeping *k)
{
	struct ni_keeper_msg m;
	int got = ni_keeper_take(k->next.fd, &m, false);
	if (got < 0) {
		close(k->next.fd);
		k->next.fd = -1;
	}
	if (got <= 0)
		return;
	if (m.kind == NI_KEEPER_READY && !k->handing) {
		k->handing = true;
		ni_keeper_tell(k->now.fd, NI_KEEPER_LEAVE);
	} else if (m.kind == NI_KEEPER_FAILED) {
		m.err.what[sizeof(m.err.what) - 1] = m.err.hint[sizeof(m.err.hint) - 1] = '\0';
		refuse(k, m.rc, m.at, &m.err);
		leave_seat(&k->next);
	}
}

/* ---- signals ---- */

/* The view was stopped as ^Z does it: so is this job, until it is continued. */
static void
stop_too(struct keeping *k, int sig)
{
	struct sigaction was;
	sigset_t one;
	sigset_t before;
	if (sig != SIGTSTP && sig != SIGTTIN && sig != SIGTTOU)
		return;
	sigemptyset(&one);
	sigaddset(&one, sig);
	sigaction(sig, &(struct sigaction){.sa_handler = SIG_DFL}, &was);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, &before); /* here it stops */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(sig, &was, NULL);
	/* The shell has told the whole group; others may have told this process alone. */
	kill(k->now.pid, SIGCONT);
}

static void
ended(struct keeping *k, pid_t pid, int status)
{
	if (pid == k->next.pid) {
		struct ni_err err;
		/* It may have said why. */
		if (k->next.fd >= 0)
			hear_next(k);
		if (!k->next.pid)
			return;
		if (WIFSIGNALED(status))
			ni_fail(&err, 0, _("capture: its process was ended by a signal: %s"),
				strsignal(WTERMSIG(status)));
		else
			ni_fail(&err, 0, "%s", _("capture: its process ended"));
		refuse(k, NI_ERR_RUN, 0, &err);
		leave_seat(&k->next);
		k->handing = false;
	} else if (pid == k->now.pid && k->handing) {
		promote(k);
	} else if (pid == k->now.pid) {
		k->over = true;
		k->status = status;
	}
}

static void
look_after(struct keeping *k)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (!WIFSTOPPED(status))
			ended(k, pid, status);
		else if (pid == k->now.pid)
			stop_too(k, WSTOPSIG(status));
	}
}

static void
take_signal(struct keeping *k)
{
	struct signalfd_siginfo s;
	if (read(k->signals, &s, sizeof(s)) != (ssize_t)sizeof(s))
		return;
	int sig = (int)s.ssi_signo;
	/* What the terminal sends, and what a view sends to its group, views have got as well. */
	bool ours_alone = s.ssi_code == SI_USER && (pid_t)s.ssi_pid != k->now.pid;
	if (sig == SIGCHLD)
		look_after(k);
	else if (ours_alone || sig == SIGHUP || sig == SIGTERM)
		kill(k->now.pid, sig);
}

static int
hold_signals(struct keeping *k)
{
	static const int ours[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		sigaddset(&set, ours[i]);
	sigprocmask(SIG_BLOCK, &set, &k->usual);
	k->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return k->signals < 0 ? -1 : 0;
}

/* ---- the whole ---- */

/* Returns the child's end of the line in a child; 0 when the last view has ended. */
static int
loop(struct keeping *k)
{
	while (!k->over) {
		struct pollfd p[3] = {{.fd = k->signals, .events = POLLIN},
				      {.fd = k->now.fd, .events = POLLIN},
				      {.fd = k->next.fd, .events = POLLIN}};
		if (poll(p, 3, -1) < 0)
			continue;
		int line = p[1].revents ? hear_now(k) : 0;
		if (line > 0)
			return line;
		if (p[2].revents && k->next.fd >= 0)
			hear_next(k);
		if (p[0].revents)
			take_signal(k);
	}
	return 0;
}

static int
end(struct keeping *k, void (*drop)(void *ctx), struct ni_err *err)
{
	if (k->next.pid)
		kill(k->next.pid, SIGKILL);
	err->what[0] = err->hint[0] = '\0'; /* the view has said what there was to say */
	if (!WIFSIGNALED(k->status)) {
		int code = WEXITSTATUS(k->status);
		return code == 0 ? NI_SUCCESS : code == 2 ? NI_ERR_INPUT : NI_ERR_RUN;
	}
	int sig = WTERMSIG(k->status);
	sigset_t one;
	drop(k->ctx);
	ni_screen_rescue();
	fprintf(stderr, _("netinspect: the view was ended by a signal: %s\n"), strsignal(sig));
	/* End in the same way, but for the core, which the view has left if anybody wants it. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){.rlim_cur = 0});
	signal(sig, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	return NI_ERR_RUN;
}

/* Whoever writes into our standard input shall notice when the view that reads it ends. */
static void
let_go_of_input(void)
{
	int nothing = isatty(STDIN_FILENO) ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing >= 0)
		dup2(nothing, STDIN_FILENO);
	if (nothing > STDIN_FILENO)
		close(nothing);
}

static int
begin(struct keeping *k, struct ni_err *err)
{
	k->list =
	    mmap(NULL, sizeof(*k->list), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (k->list == MAP_FAILED || hold_signals(k) < 0)
		return ni_fail(err, NI_ERR_RUN, _("view: %s"), strerror(errno));
	ni_screen_remember();
	int line = spawn(k, &k->now);
	return line < 0 ? ni_fail(err, NI_ERR_RUN, _("view: no process: %s"), strerror(errno))
			: line;
}

int
ni_keeping_run(ni_keeping_view view, void (*drop)(void *ctx), void *ctx, struct ni_err *err)
{
	static struct keeping k = {.now = {.fd = -1}, .next = {.fd = -1}, .signals = -1};
	pid_t keeper = getpid();
	k.view = view;
	k.ctx = ctx;
	int line = begin(&k, err);
	bool first = line > 0;
	if (line == 0) {
		let_go_of_input();
		line = loop(&k);
	}
	if (line == 0)
		return end(&k, drop, err);
	if (line < 0)
		return line;
	struct ni_keeper k_line = {.fd = line, .list = k.list, .pid = keeper};
	return view(ctx, first ? NULL : &k.wish, &k_line, err);
}
