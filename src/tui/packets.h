/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet view: its state, for the files that it is made of (list, tree and bytes, drawing). */
#ifndef NI_PACKETS_H
#define NI_PACKETS_H

#include "app.h"
#include "detail.h"
#include "rows.h"
#include "sorted.h"

enum ni_pane { NI_PANE_LIST, NI_PANE_TREE, NI_PANE_HEX, NI_NPANES };
enum { NI_OPENED_MAX = 256 };
enum { NI_HEX_WIDE = 73 }; /* columns for sixteen bytes a line */

enum { NI_PACKETS_COLUMNS = 8 };

struct ni_packets {
	struct ni_view view;
	uint32_t conn;         /* NI_IX_NO_CONN: packets of all conversations */
	struct ni_set scope;   /* of that conversation, and passing the filter */
	uint64_t scope_filter; /* how often the filter had been set when scope was begun */
	uint64_t selected;     /* packet; 0: none yet */
	struct ni_list list;
	struct ni_rows *rows;
	struct ni_sorted *order; /* NULL: as they came */
	int sort;                /* column that they are sorted by */
	bool reverse;
	bool stay;         /* at the top, whatever gets there by sorting */
	uint64_t restyled; /* what app.restyled was when they were made */

	struct ni_detail detail;
	struct ni_list tree, hex;
	uint32_t *visible; /* lines of the detail that no folding hides */
	struct {
		const struct ni_proto *proto;
		const struct ni_field *field;
	} opened[NI_OPENED_MAX];
	unsigned nopened;
	unsigned source; /* whose bytes are shown */

	struct ni_rect at[NI_NPANES];
	int width[NI_PACKETS_COLUMNS]; /* of the list's columns, in the last picture */
	int info_from;                 /* columns of Info that are scrolled out to the left */
};

extern const struct ni_column_def ni_packets_columns[];

/** Bring list and selection up to date with packets and filter. */
void ni_packets_sync(struct ni_packets *p);
/** The packet in row @row; 0: none. */
uint64_t ni_packets_number(const struct ni_packets *p, uint64_t row);
/** Take what the list's cursor stands on as selected. */
void ni_packets_select(struct ni_packets *p);
/** Sort by the column @way places on; 0: by the same one, the other way round. */
void ni_packets_sort(struct ni_packets *p, int way);
/** Sort by @column; see struct ni_view_ops. */
void ni_packets_sort_by(struct ni_view *v, int column);
/** Sort on for about @ns. */
bool ni_packets_sort_work(struct ni_packets *p, int64_t ns);
void ni_packets_draw_list(struct ni_packets *p, struct ni_rect r);

/** Bring tree and bytes up to date with the selection. */
void ni_packets_detail(struct ni_packets *p);
void ni_packets_fold(struct ni_packets *p, bool open);
/** The line of the detail under the tree's cursor, or NULL. */
const struct ni_detail_line *ni_packets_line(const struct ni_packets *p);
void ni_packets_draw_tree(struct ni_packets *p, struct ni_rect r);
void ni_packets_draw_hex(struct ni_packets *p, struct ni_rect r);

/** Write the packets shown to @path; see struct ni_view_ops. */
int ni_packets_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err);

#endif
