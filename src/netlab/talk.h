/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlab tcp, netlab udp: one end of one conversation that does what it is told, step by step. Each
 * step waits for what it needs, for a time; nothing happens between steps.
 */
#ifndef NI_NETLAB_TALK_H
#define NI_NETLAB_TALK_H

#include "sockopts.h"
#include "tool.h"

enum {
	NL_TALK_BUFFER = 65536,
	NL_TALK_OVER = 1, /* a result beside enum ni_status: it ended before its last step */
};

struct nl_talk {
	const char *program;
	bool udp, quiet;
	uint32_t wait_s; /* for what a step needs */
	int fd;          /* -1: not open (any more) */
	uint32_t port;   /* ours, to connect from; 0: any */
	int64_t start;
	struct ni_sockopts sock;
	uint8_t buf[NL_TALK_BUFFER];
};

/* ---- talk_steps.c ---- */

extern const struct nl_words nl_tcp_steps, nl_udp_steps, nl_tcp_settings, nl_udp_settings;

/** Look at the @n steps @v, and make the settings that come first. Fails with NI_ERR_INPUT. */
int nl_talk_check(struct nl_talk *t, char **v, int n, struct ni_err *err);

/** Do them. 0 or NL_TALK_OVER. */
int nl_talk_steps(struct nl_talk *t, char **v, int n);

/** Wait until the socket is ready for @events, for @step. 0 or NL_TALK_OVER. */
int nl_talk_ready(const struct nl_talk *t, const char *step, short events);

/** Say that something happened. */
void nl_talk_tell(const struct nl_talk *t, const char *what, const char *more);

/** A call for @step failed with @error, which is the end of it: say so. Returns NL_TALK_OVER. */
int nl_talk_over(const struct nl_talk *t, const char *step, int error);

#endif
