/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlab wire: two interfaces joined as by a long, slow, lossy cable. What comes in at one goes out
 * at the other: after its delay, at the rate of the line, unless a rule or chance takes it.
 */
#ifndef NI_NETLAB_WIRE_H
#define NI_NETLAB_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/err.h"
#include "netinspect/frame.h"
#include "opts.h"

struct ni_dis;
struct ni_filter;

enum {
	NL_RULES_MAX = 16,
	NL_RANGES_MAX = 32,
	NL_QUEUE_FRAMES = 65536,   /* on the way at a time, at most */
	NL_QUEUE_BYTES = 64 << 20, /* and so many bytes */
};

/* ---- wire_rules.c: what is done to which frames ---- */

enum nl_act { NL_DROP, NL_DUP, NL_SWAP, NL_NACTS };

/* "the 3rd and the 5th to 7th of those that match": numbers from 1 */
struct nl_rule {
	enum nl_act act;
	struct {
		uint64_t from, to;
	} range[NL_RANGES_MAX];
	unsigned nranges;
	const char *filter_text; /* "": every frame */
	struct ni_filter *filter;
	uint64_t seen; /* frames that matched */
};

struct nl_rules {
	struct nl_rule rule[NL_RULES_MAX];
	unsigned n;
	struct ni_session *session; /* follows the connections for the filters; NULL: no rules */
	struct ni_frame frame;      /* the last one, which its verdict points to */
};

/* What the rules want done with a frame. */
struct nl_verdict {
	bool act[NL_NACTS];
	uint64_t which;           /* of those that match the rule that acts; 0: none does */
	const struct ni_dis *dis; /* the frame taken apart; NULL without rules */
};

/** Add the rule @text, "K[,K-K...] [FILTER]"; @name says in a failure which option it belongs to.
 */
int nl_rule_add(struct nl_rules *r, enum nl_act act, const char *name, const char *text,
		struct ni_err *err);

/** Compile the filters. @always: frames are taken apart even if no rule asks for it. */
int nl_rules_ready(struct nl_rules *r, bool always, struct ni_err *err);
void nl_rules_free(struct nl_rules *r);

/** Judge the next frame, which came at @now (microseconds). */
struct nl_verdict nl_rules_judge(struct nl_rules *r, const uint8_t *p, uint32_t n, int64_t now);

/* ---- wire_queue.c: frames on their way, the earliest first ---- */

struct nl_flight {
	int64_t due;    /* microseconds */
	uint64_t order; /* among those of the same moment */
	uint32_t n;
	unsigned to; /* side */
	uint8_t p[];
};

struct nl_queue {
	struct nl_flight **heap;
	uint32_t n;
	uint64_t bytes, order;
};

int nl_queue_init(struct nl_queue *q, struct ni_err *err);
void nl_queue_fini(struct nl_queue *q);

/** Copy a frame. NULL when it would be too much memory. */
struct nl_flight *nl_flight_new(struct nl_queue *q, const uint8_t *p, uint32_t n, unsigned to);
void nl_flight_free(struct nl_queue *q, struct nl_flight *f);

/** Let @f arrive at @due; those with the same moment in the order of these calls. */
void nl_queue_push(struct nl_queue *q, struct nl_flight *f, int64_t due);

/** The earliest; NULL: none. */
const struct nl_flight *nl_queue_first(const struct nl_queue *q);
struct nl_flight *nl_queue_pop(struct nl_queue *q);

/* ---- wire_line.c: the wire itself ---- */

struct nl_wire_opts {
	int64_t delay_us, loss; /* loss in thousandths of a percent */
	uint64_t rate;          /* bits a second; 0: any */
	uint64_t queue, seed;
	uint32_t seconds;
	struct ni_opt_list field, drop, dup, swap;
	bool quiet, help;
};

/** Join the interfaces @names[0] and @names[1] until the time is over or a signal comes. */
int nl_wire_run(const struct nl_wire_opts *o, struct nl_rules *rules, char *const *names,
		struct ni_err *err);

#endif
