/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of a packet list, as tshark prints them: for -T text, -e _ws.col.X and the view. */
#ifndef NI_COLUMNS_H
#define NI_COLUMNS_H

#include "netinspect/clock.h"
#include "netinspect/dis.h"
#include "netinspect/ladder.h"
#include "sink.h"

enum ni_column {
	NI_COL_NUMBER,
	NI_COL_TIME,
	NI_COL_SOURCE,
	NI_COL_DESTINATION,
	NI_COL_PROTOCOL,
	NI_COL_LENGTH,
	NI_COL_INFO,
	NI_NCOLUMNS,
};

/** Append the text of one column; nothing from the wire goes out unescaped. Does not allocate. */
void ni_column_print(struct ni_buf *b, const struct ni_dis *d, enum ni_column c,
		     enum ni_time_format time);

/** Append a moment with @digits decimals of a second as the time column has it. */
void ni_time_print(struct ni_buf *b, int64_t ts_ns, unsigned digits, const struct ni_clock *c,
		   enum ni_time_format time);

/** The time column of a ladder, for struct ni_ladder_look, whose time_format is enum
 * ni_time_format. */
void ni_ladder_time(struct ni_buf *b, const struct ni_ladder_look *k, int64_t ts_ns,
		    int64_t previous_ns);

/** The column that "Info", "Protocol", "def_src" … names, or -1. */
int ni_column_find(const char *name);

#endif
