/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statistics (-z): each is a sink that looks at the whole capture and prints at its end, behind the
 * packets, in the order of the command line. A new one is a file here and a row in stats.c.
 */
#ifndef NI_STAT_H
#define NI_STAT_H

#include <stdbool.h>
#include <stdio.h>

#include "netinspect/err.h"

struct ni_out;
struct ni_report_input;
struct ni_session;
struct ni_sink;
struct ni_stat;

/* What a statistic is made for. All of it outlives the sink. */
struct ni_stat_env {
	struct ni_out *out;
	struct ni_session *session;
	const struct ni_report_input *about; /* complete at the end of the capture */
	bool json;                           /* write one line of JSON instead of text */
	const char *net;                     /* --net, the clients' network, or NULL */
	bool alone; /* nothing else is printed: it may write before the end */
};

/*
 * Make the sink. @args is what stands behind the name and its comma, "" for nothing. NULL with @err
 * filled for arguments that are none (ni_stat_bad() says so), or as it was when memory is short.
 */
typedef struct ni_sink *(*ni_stat_open_fn)(const struct ni_stat_env *env,
					   const struct ni_stat *stat, const char *args,
					   struct ni_err *err);

struct ni_stat {
	const char *name; /* as in tshark: "follow,tcp" */
	const char *args; /* how its arguments are written: "ascii|hex|raw,STREAM"; "" for none */
	const char *help; /* N_(), what it prints */
	ni_stat_open_fn open;
};

/**
 * Find the statistic that "NAME[,ARGS]" names; the longest name wins. *@args, if not NULL, is set
 * to what follows. NULL with @err filled, the nearest names in its hint.
 */
const struct ni_stat *ni_stat_find(const char *text, const char **args, struct ni_err *err);

/** Make the sink of "NAME[,ARGS]". NULL with @err filled, but not when memory is short. */
struct ni_sink *ni_stat_open(const struct ni_stat_env *env, const char *text, struct ni_err *err);

/** Fail with NI_ERR_INPUT and @why; the hint shows how the arguments are written. */
int ni_stat_bad(const struct ni_stat *stat, const char *args, const char *why, struct ni_err *err);

/** Fail with ni_stat_bad() if JSON is asked of a statistic that is text by nature. 0 otherwise. */
int ni_stat_only_text(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
		      struct ni_err *err);

/** List all statistics (-z help). */
void ni_stat_help(FILE *f);

/** Write the list of all statistics in roff, for the manual page. */
void ni_stat_man(FILE *f);

/* The rows' functions. */
struct ni_sink *ni_stat_follow(const struct ni_stat_env *env, const struct ni_stat *stat,
			       const char *args, struct ni_err *err);

struct ni_sink *ni_stat_counts(const struct ni_stat_env *env, const struct ni_stat *stat,
			       const char *args, struct ni_err *err);
struct ni_sink *ni_stat_flow(const struct ni_stat_env *env, const struct ni_stat *stat,
			     const char *args, struct ni_err *err);
struct ni_sink *ni_stat_iostat(const struct ni_stat_env *env, const struct ni_stat *stat,
			       const char *args, struct ni_err *err);
struct ni_sink *ni_stat_pairs(const struct ni_stat_env *env, const struct ni_stat *stat,
			      const char *args, struct ni_err *err);
struct ni_sink *ni_stat_rtt(const struct ni_stat_env *env, const struct ni_stat *stat,
			    const char *args, struct ni_err *err);
struct ni_sink *ni_stat_tree(const struct ni_stat_env *env, const struct ni_stat *stat,
			     const char *args, struct ni_err *err);
struct ni_sink *ni_stat_story(const struct ni_stat_env *env, const struct ni_stat *stat,
			      const char *args, struct ni_err *err);

#endif
