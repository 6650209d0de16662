/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Knobs of a response: phenomena on demand. One table serves the command line (--drip 10/200) and
 * the query of a URL (/big.bin?drip=10/200), so that one server serves many exercises.
 */
#ifndef NI_HTTPD_KNOBS_H
#define NI_HTTPD_KNOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request.h"

enum ni_hd_close_first {
	NI_HD_CLOSE_AUTO,
	NI_HD_CLOSE_SERVER,
	NI_HD_CLOSE_CLIENT,
	NI_HD_CLOSE_BOTH
};
enum ni_hd_abort { NI_HD_ABORT_NONE, NI_HD_ABORT_LINGER0, NI_HD_ABORT_UNREAD, NI_HD_ABORT_AFTER };
enum { NI_HD_CHUNKS_MAX = 32 };

struct ni_hd_knobs {
	bool any; /* some knob is turned; else nothing below matters */
	enum ni_hd_close_first close_first;
	enum ni_hd_abort abort;
	uint32_t abort_after;    /* bytes sent */
	uint32_t close_delay_ms; /* between the client's FIN and ours */
	bool half_close;         /* shut down only, and read on */
	bool fin_with_data;      /* our FIN goes with the last bytes */
	uint32_t late_data;      /* bytes to send after the client's FIN */
	uint32_t delay_first_ms; /* before the first byte of a response */
	uint32_t drip_bytes, drip_ms;
	uint32_t segment; /* bytes a send() at most */
	uint32_t no_read_ms;
	uint32_t chunks[NI_HD_CHUNKS_MAX];
	uint32_t nchunks; /* 0: no chunked coding */
	int32_t bad_length;
	bool bad_chunk, no_length, http10, http09;
};

/* One row of the table. @arg is NULL for a switch. */
struct ni_hd_knob {
	const char *name, *arg, *help;
};

/** The table, ended by a row without name. */
const struct ni_hd_knob *ni_hd_knob_table(void);

/** Turn knob @name to the @n bytes at @v. False if there is no such knob or no such value. */
bool ni_hd_knob_set(struct ni_hd_knobs *k, const char *name, size_t name_len, const char *v,
		    size_t n);

/** Cut the next word off the query @q: @name and, after '=', @value. False at the end. */
bool ni_hd_query_next(struct ni_hd_span *q, struct ni_hd_span *name, struct ni_hd_span *value);

/** Turn all knobs in the query @q of @n bytes; other words are left alone. False if one is bad. */
bool ni_hd_knobs_query(struct ni_hd_knobs *k, struct ni_hd_span q);

#endif
