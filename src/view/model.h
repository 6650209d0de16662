/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture as views see it: packets that can be asked for by number, tables of what happened, and
 * work done in slices between two keys. Live, a thread of its own moves frames from the kernel into
 * the spool and does nothing else, so that no view ever delays the capture; everything else is done
 * by the one thread that calls these functions.
 */
#ifndef NI_MODEL_H
#define NI_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "conntab.h"
#include "index.h"
#include "keeps.h"
#include "netinspect/session.h"
#include "source.h"

struct ni_model;

struct ni_model_opts {
	struct ni_source *source; /* stays the caller's, must outlive the model */
	/* Makes a session as the command line wants it; NULL with @err filled when it cannot. */
	struct ni_session *(*session)(void *ctx, const struct ni_session_opts *o,
				      struct ni_err *err);
	void *ctx;
	uint64_t memory; /* bytes for the index and the tables; 0: the default */
	uint64_t spool;  /* bytes on disk for what cannot be read twice; 0: the default */
	uint64_t count;  /* stop after so many packets; 0: never */
};

enum ni_model_state {
	NI_MODEL_LOADING, /* a file: more is to come */
	NI_MODEL_LIVE,
	NI_MODEL_STOPPED, /* a capture that the user has stopped */
	NI_MODEL_DONE,    /* everything is there */
};

struct ni_model_stats {
	enum ni_model_state state;
	uint64_t packets;          /* taken in */
	uint64_t forgotten;        /* of them no longer there, for lack of room */
	uint64_t lost;             /* forgotten before they were looked at */
	uint64_t comments_dropped; /* on packets, for lack of room */
	uint64_t waiting;          /* captured, but not yet taken in */
	uint64_t dropped;          /* by the kernel and the interface */
	uint64_t bytes;            /* of memory */
	uint64_t spooled;          /* bytes in the spool */
	unsigned percent;          /* of a file, while it is loaded */
};

/** Make a model; opens the spool where one is needed, so call it before rights are dropped. */
int ni_model_new(struct ni_model **out, const struct ni_model_opts *o, struct ni_err *err);
void ni_model_free(struct ni_model **m);

/* Something that is filled by events: its sink for a new session, and how to empty it. */
struct ni_model_table {
	void *table;
	struct ni_sink *(*sink)(void *table);
	void (*clear)(void *table);
};

/** Add a table, before ni_model_start(). False when there are too many. */
bool ni_model_add_table(struct ni_model *m, const struct ni_model_table *t);

/** Begin, with as few rights as possible. */
int ni_model_start(struct ni_model *m, struct ni_err *err);

/** Take in packets for about @budget_ns. Returns whether there is more to do at once. */
bool ni_model_work(struct ni_model *m, int64_t budget_ns);

/** A descriptor that becomes readable when there is something to do; -1: none. */
int ni_model_fd(const struct ni_model *m);

/** What the session had to drop so far. */
struct ni_session_drops ni_model_drops(const struct ni_model *m);
/** What went wrong with the source, or NULL. */
const char *ni_model_problem(const struct ni_model *m);
struct ni_model_stats ni_model_stats(const struct ni_model *m);
/** The source, to ask for its interfaces when writing files; NULL while another thread has it. */
struct ni_source *ni_model_source(const struct ni_model *m);
/** The name of the file or of the interfaces. */
const char *ni_model_name(const struct ni_model *m);
bool ni_model_live(const struct ni_model *m);
/** Changes whenever packets or tables did. */
uint64_t ni_model_version(const struct ni_model *m);

const struct ni_index *ni_model_index(const struct ni_model *m);
const struct ni_conntab *ni_model_conns(const struct ni_model *m);
const struct ni_keeps *ni_model_keeps(const struct ni_model *m);
const struct ni_registry *ni_model_registry(const struct ni_model *m);

/** Decimals of a second that time stamps of interface @iface have. */
unsigned ni_model_ts_digits(const struct ni_model *m, uint32_t iface);
/** Time of the first packet; 0 if there is none. */
int64_t ni_model_first_ns(const struct ni_model *m);

/**
 * Read packet @number from the store. @f and its data are valid until the next call.
 * False if it is gone.
 */
bool ni_model_frame(struct ni_model *m, uint64_t number, struct ni_frame *f);

/** What a session that is given packet @number alone has to know. */
struct ni_excerpt ni_model_excerpt(const struct ni_model *m, uint64_t number);

/** Make another session, knowing how the conversations end as far as that is known. */
struct ni_session *ni_model_session(struct ni_model *m, struct ni_err *err);

/** Show sequence numbers as on the wire in sessions made from now on, or relative again. */
void ni_model_absolute(struct ni_model *m, bool absolute);
/** Stop taking in live packets, or go on. */
void ni_model_stop(struct ni_model *m);
/** Forget all packets and begin again (live only). 0 or NI_ERR_RUN. */
int ni_model_restart(struct ni_model *m, struct ni_err *err);

#endif
