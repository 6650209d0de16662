/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the explanation share: the sentences and the facts they speak of. */
#ifndef NI_EXPLAIN_PRIV_H
#define NI_EXPLAIN_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/buf.h"
#include "netinspect/conn.h"
#include "netinspect/explain.h"
#include "netinspect/rung.h"

enum ni_msg {
#define MSG(name, text) NI_MSG_##name,
#include "explain.def"
#undef MSG
	NI_MSG_COUNT,
	NI_MSG_NONE = NI_MSG_COUNT,
};

/* What a sentence is about. */
struct ni_ex {
	struct ni_buf *b;
	const struct ni_rung *r; /* NULL: the connection as a whole */
	const struct ni_conn *c;
	unsigned mover; /* enum ni_side whose change of state is told */
	uint64_t times;
	bool told[2]; /* the state of that side after the segment was mentioned */
};

/** The sentence itself, untranslated. */
const char *ni_msg_text(enum ni_msg m);

/** Append a sentence in the reader's language, behind a space if it is not the first one. */
void ni_say(struct ni_ex *x, enum ni_msg m);

/** Append the fact of that name. False if there is none, with nothing written. */
bool ni_fact(const struct ni_ex *x, const char *name, size_t n);

/** The name of a fact; NULL behind the last one. */
const char *ni_fact_name(unsigned i);

/** The segment that reset the connection; NULL if none did. */
const struct ni_step *ni_ex_reset(const struct ni_conn *c);

#endif
