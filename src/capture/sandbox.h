/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process may still ask of the kernel while it looks at packets: a list of system calls,
 * everything else is refused. Entered once all rights are dropped and everything is open.
 */
#ifndef NETINSPECT_CAPTURE_SANDBOX_H
#define NETINSPECT_CAPTURE_SANDBOX_H

#include <stdbool.h>

#include "netinspect/err.h"

/* What a run needs beside reading, computing and writing to what is open. */
struct ni_sandbox {
	bool files;    /* makes and removes files, by their names */
	bool patterns; /* compiles regular expressions, to machine code where that can be done */
	bool view;     /* a terminal, a thread, charsets, and patterns */
	bool devices;  /* captures on what is no network interface: USB, netlink, D-Bus */
	int line;      /* the one socket that it sends on; -1: none */
};

/**
 * Enter it, for good; all threads that there will be are in it. Needs no_new_privs to be set.
 * What is refused fails with EPERM (clone3 and openat2 with ENOSYS, so that libraries take the
 * older call). @note says why there is none, else its what is empty: a kernel without seccomp, or
 * one that is not asked for it, see ni_sandbox_built().
 */
void ni_sandbox_enter(const struct ni_sandbox *s, struct ni_err *note);

/** Whether this build has one: it has libseccomp, and no sanitizer or coverage that would break. */
bool ni_sandbox_built(void);

#endif
