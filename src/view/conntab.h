/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conversations of a capture in rows of a fixed size, in order of first sight; bounded. */
#ifndef NI_CONNTAB_H
#define NI_CONNTAB_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/session.h"

struct ni_conntab;

/* What a list shows of one conversation. */
struct ni_conn_row {
	uint32_t key;    /* as in struct ni_entry */
	uint32_t before; /* key of the one that this one replaced on its ports, or NI_IX_NO_CONN */
	uint32_t marks;  /* segments that something was odd about */
	struct ni_addr addr[2];
	uint16_t port[2];
	uint8_t ipproto, flags, open, close, closed_first, reset_by;
	uint8_t state[2];
	bool ended;      /* the verdict is final */
	uint8_t trouble; /* enum rp_bad_kind; 0: all is well */
	uint64_t first_frame, last_frame;
	int64_t first_ns, last_ns, rtt_ns;
	uint64_t packets[2], bytes[2];
	uint32_t requests;
	uint16_t status; /* of the last HTTP exchange; 0: none, or no answer */
	char method[8];
	char uri[32];
	const char *service;
};

/** Make a table of at most @max rows. NULL when memory is short. */
struct ni_conntab *ni_conntab_new(uint32_t max);
void ni_conntab_free(struct ni_conntab **t);
void ni_conntab_clear(struct ni_conntab *t);

/** A sink that fills @t, which must outlive it; the session owns the sink. */
struct ni_sink *ni_conntab_sink(struct ni_conntab *t);

uint64_t ni_conntab_count(const struct ni_conntab *t);
/** Rows that were dropped for lack of room. */
uint64_t ni_conntab_dropped(const struct ni_conntab *t);
/** Rows that something is wrong with, not only worth a note. */
uint64_t ni_conntab_troubled(const struct ni_conntab *t);
/** Whether @r is one of them. */
bool ni_conn_row_is_troubled(const struct ni_conn_row *r);
/** Row @i (0: the oldest that is there), or NULL. Valid until the session takes in a frame. */
const struct ni_conn_row *ni_conntab_row(const struct ni_conntab *t, uint64_t i);
/** The row of conversation @key, or NULL. */
const struct ni_conn_row *ni_conntab_find(const struct ni_conntab *t, uint32_t key);

#endif
