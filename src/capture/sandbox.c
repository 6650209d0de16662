/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of system calls; see sandbox.h. */
#include "config.h"

#include "sandbox.h"

#ifdef USE_SECCOMP

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i18n.h"

enum { END = INT32_MIN };

/* Arguments of one call that are allowed; up to two conditions, both of which must hold. */
struct when {
	int call;
	unsigned n;
	struct scmp_arg_cmp cond[2];
};

/* clang-format off */
static const int always[] = {
	/* what is open */
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(pwritev),
	SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(dup2),
	SCMP_SYS(dup3), SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(ftruncate),
	SCMP_SYS(ftruncate64), SCMP_SYS(fallocate), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(getsockopt), SCMP_SYS(eventfd2),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64), SCMP_SYS(select),
	SCMP_SYS(_newselect), SCMP_SYS(pselect6), SCMP_SYS(pselect6_time64),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl),
	/* looking at files; opening them to read stands below */
	SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(stat), SCMP_SYS(stat64), SCMP_SYS(lstat),
	SCMP_SYS(lstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(statx),
	SCMP_SYS(fstatfs), SCMP_SYS(fstatfs64), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	SCMP_SYS(getdents64),
	/* memory and threads */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(futex_time64), SCMP_SYS(set_robust_list), SCMP_SYS(rseq),
	SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(sysinfo),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
	/* time, chance, and who we are */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getrusage),
	SCMP_SYS(uname), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid),
	SCMP_SYS(getpgrp), SCMP_SYS(getpgid), SCMP_SYS(getuid), SCMP_SYS(getuid32),
	SCMP_SYS(geteuid), SCMP_SYS(geteuid32), SCMP_SYS(getgid), SCMP_SYS(getgid32),
	SCMP_SYS(getegid), SCMP_SYS(getegid32),
	/* signals to ourselves stand below */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigpending), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	END,
};

static const int files[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(fchown), SCMP_SYS(fchown32), SCMP_SYS(fchmod),
	END,
};

static const int devices[] = {
	SCMP_SYS(ioctl), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(shutdown), END,
};

/* What a terminal and the interfaces that packets come from are asked. */
static const unsigned long requests[] = {
	TCGETS, TCSETS, TCSETSW, TCSETSF, TCFLSH, TCXONC, TIOCGWINSZ, TIOCGPGRP, FIONREAD,
	SIOCGIFFLAGS, SIOCGIFINDEX,
};

/* Libraries know what to do without them. */
static const int unknown[] = {SCMP_SYS(clone3), SCMP_SYS(openat2), END};
/* clang-format on */

static int
allow(scmp_filter_ctx f, const int *calls)
{
	int rc = 0;
	for (; *calls != END && !rc; calls++)
		if (*calls >= 0) /* this machine has it */
			rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, *calls, 0);
	return rc;
}

static int
allow_when(scmp_filter_ctx f, const struct when *w, size_t n)
{
	int rc = 0;
	for (size_t i = 0; i < n && !rc; i++)
		if (w[i].call >= 0)
			rc =
			    seccomp_rule_add_array(f, SCMP_ACT_ALLOW, w[i].call, w[i].n, w[i].cond);
	return rc;
}

/* Calls that are harmless with some arguments alone. */
static int
allow_usual(scmp_filter_ctx f)
{
	const uint64_t changes = O_ACCMODE | O_CREAT | O_TRUNC;
	const scmp_datum_t own = (scmp_datum_t)getpid();
	const struct when w[] = {
	    {SCMP_SYS(open), 1, {SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY)}},
	    {SCMP_SYS(openat), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY)}},
	    {SCMP_SYS(mmap), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
	    {SCMP_SYS(mmap2), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
	    {SCMP_SYS(mprotect), 1, {SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)}},
	    {SCMP_SYS(prlimit64), 1, {SCMP_A2(SCMP_CMP_EQ, 0)}},
	    {SCMP_SYS(tgkill), 1, {SCMP_A0(SCMP_CMP_EQ, own)}},
	    {SCMP_SYS(kill), 1, {SCMP_A0(SCMP_CMP_EQ, own)}},
	    /* live: the rest of the ring alone is wanted, see start_draining(); then it goes */
	    {SCMP_SYS(setsockopt),
	     2,
	     {SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET), SCMP_A2(SCMP_CMP_EQ, SO_ATTACH_FILTER)}},
	    {SCMP_SYS(setsockopt),
	     2,
	     {SCMP_A1(SCMP_CMP_EQ, SOL_PACKET), SCMP_A2(SCMP_CMP_EQ, PACKET_RX_RING)}},
	};
	int rc = allow_when(f, w, sizeof(w) / sizeof(w[0]));
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]) && !rc; i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				      SCMP_A1(SCMP_CMP_EQ, requests[i]));
	return rc;
}

/* Machine code of PCRE2: memory of no file, written and run. */
static int
allow_patterns(scmp_filter_ctx f)
{
	const uint64_t all = PROT_READ | PROT_WRITE | PROT_EXEC;
	const struct when w[] = {
	    {SCMP_SYS(mmap),
	     2,
	     {SCMP_A2(SCMP_CMP_EQ, all),
	      SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)}},
	    {SCMP_SYS(mmap2),
	     2,
	     {SCMP_A2(SCMP_CMP_EQ, all),
	      SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS)}},
	};
	return allow_when(f, w, sizeof(w) / sizeof(w[0]));
}

/* The thread that captures, ^Z, and tables of charsets, which are shared objects. */
static int
allow_view(scmp_filter_ctx f)
{
	const uint64_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
	const uint64_t code = PROT_READ | PROT_EXEC;
	const struct when w[] = {
	    {SCMP_SYS(clone), 1, {SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread)}},
	    {SCMP_SYS(kill), 2, {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A1(SCMP_CMP_EQ, SIGTSTP)}},
	    {SCMP_SYS(mmap),
	     2,
	     {SCMP_A2(SCMP_CMP_EQ, code), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0)}},
	    {SCMP_SYS(mmap2),
	     2,
	     {SCMP_A2(SCMP_CMP_EQ, code), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0)}},
	};
	return allow_when(f, w, sizeof(w) / sizeof(w[0]));
}

static int
allow_line(scmp_filter_ctx f, int line)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1,
				SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)line));
}

static int
fill(scmp_filter_ctx f, const struct ni_sandbox *s)
{
	int rc = allow(f, always);
	if (!rc)
		rc = allow_usual(f);
	if (!rc && s->files)
		rc = allow(f, files);
	if (!rc && s->devices)
		rc = allow(f, devices);
	if (!rc && (s->patterns || s->view))
		rc = allow_patterns(f);
	if (!rc && s->view)
		rc = allow_view(f);
	if (!rc && s->line >= 0)
		rc = allow_line(f, s->line);
	for (const int *c = unknown; *c != END && !rc; c++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), *c, 0);
	return rc;
}

void
ni_sandbox_enter(const struct ni_sandbox *s, struct ni_err *note)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	note->what[0] = note->hint[0] = '\0';
	int rc = f ? fill(f, s) : -ENOMEM;
	/* Where it cannot be searched as a tree it is a list. */
	if (!rc)
		(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!rc)
		rc = seccomp_load(f);
	seccomp_release(f);
	if (rc)
		ni_fail(note, 0, _("sandbox: system calls are not limited: %s"), strerror(-rc));
}

bool
ni_sandbox_built(void)
{
	return true;
}

#else

void
ni_sandbox_enter(const struct ni_sandbox *s, struct ni_err *note)
{
	(void)s;
	note->what[0] = note->hint[0] = '\0';
}

bool
ni_sandbox_built(void)
{
	return false;
}

#endif
