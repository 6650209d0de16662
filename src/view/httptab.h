/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The HTTP exchanges of a capture with their times, in order of their ends; bounded. */
#ifndef NI_HTTPTAB_H
#define NI_HTTPTAB_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "report_mem.h"

enum { NI_HTTPTAB_MAX = 100000 };

/* Moments are 0 where they are not known. Text is as sent, cut, NUL-terminated, not escaped. */
struct ni_http_row {
	uint32_t conn;          /* as in struct ni_entry */
	uint32_t number;        /* 1, 2, 3 … on its connection */
	uint16_t status, flags; /* of struct ni_http_exchange */
	uint64_t packet;        /* the first one */
	uint64_t size;          /* of the response's body */
	int64_t opened_ns;    /* the connection's first packet, if this is its first exchange … */
	int64_t connected_ns; /* … and the end of its handshake */
	int64_t asked_ns, sent_ns, first_ns, last_ns; /* request from, to; response from, to */
	char method[12];
	char host[48];
	char uri[120];
	char type[32];
};

struct ni_httptab {
	struct rp_list rows; /* of struct ni_http_row; lost counts what found no room */
};

/** What to give to ni_model_add_table(). */
struct ni_model_table ni_httptab_table(struct ni_httptab *t);

uint64_t ni_httptab_count(const struct ni_httptab *t);
/** Row @i, below the count. */
const struct ni_http_row *ni_httptab_row(const struct ni_httptab *t, uint64_t i);

/** When it all began and ended: from the connection, if it was opened for this. */
int64_t ni_http_row_from(const struct ni_http_row *r);
int64_t ni_http_row_to(const struct ni_http_row *r);

/** The stretches of an exchange, for a bar drawn to scale. */
enum ni_http_phase {
	NI_HTTP_CONNECT,
	NI_HTTP_SEND,
	NI_HTTP_WAIT,
	NI_HTTP_RECEIVE,
	NI_HTTP_NPHASES,
};
/** Where phase @p began and ended. False if it is not known. */
bool ni_http_row_phase(const struct ni_http_row *r, enum ni_http_phase p, int64_t *from,
		       int64_t *to);

#endif
