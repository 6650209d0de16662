/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of output of a connection; see conn_priv.h. It exists only while something is queued,
 * so that an idle connection costs nothing but its struct. */
#include <stdlib.h>
#include <string.h>

#include "conn_priv.h"

/* An ordinary answer is smaller, and counting would cost it more than its memory is worth. */
enum { UNCOUNTED_MAX = 4096 };

static size_t
counted(size_t cap)
{
	return cap > UNCOUNTED_MAX ? cap : 0;
}

void
ni_hd_outq_free(struct ni_hd_conn *c)
{
	struct ni_hd_outq *q = c->out;
	if (!q)
		return;
	for (unsigned i = q->first; i < q->n; i++)
		if (q->seg[i].file)
			c->core->site->put(c->core->site, q->seg[i].file);
	ni_hd_memory_give(c->core, counted(q->cap));
	if (q->buf != q->small)
		free(q->buf);
	if (q->seg != q->few)
		free(q->seg);
	free(q);
	c->out = NULL;
}

static bool
grow(const struct ni_hd_core *core, struct ni_hd_outq *q, size_t n)
{
	size_t cap = q->cap;
	while (cap - q->len < n)
		cap *= 2;
	if (cap == q->cap)
		return true;
	size_t more = counted(cap) - counted(q->cap);
	if (!ni_hd_memory_take(core, more))
		return false;
	char *p = realloc(q->buf == q->small ? NULL : q->buf, cap);
	if (!p) {
		ni_hd_memory_give(core, more);
		return false;
	}
	if (q->buf == q->small)
		memcpy(p, q->small, q->len);
	q->buf = p;
	q->cap = cap;
	return true;
}

bool
ni_hd_room(struct ni_hd_conn *c, size_t n)
{
	struct ni_hd_outq *q = c->out;
	if (!q) {
		q = c->out = malloc(sizeof(*q));
		if (!q)
			return false;
		/* The rest needs no zeroing. */
		q->buf = q->small;
		q->cap = sizeof(q->small);
		q->len = 0;
		q->seg = q->few;
		q->first = q->n = 0;
	}
	return grow(c->core, q, n);
}

/* The next segment; NULL if there is no memory, or there are too many. */
static struct ni_hd_seg *
add_segment(struct ni_hd_outq *q)
{
	if (q->n == NI_HD_SEGS_FEW && q->seg == q->few) {
		struct ni_hd_seg *all = malloc(NI_HD_SEGS * sizeof(*all));
		if (!all)
			return NULL;
		memcpy(all, q->few, sizeof(q->few));
		q->seg = all;
	}
	return q->n < NI_HD_SEGS ? &q->seg[q->n++] : NULL;
}

static struct ni_hd_outq *
queue(struct ni_hd_conn *c, size_t n)
{
	if (c->phase == NI_HD_ABORTED)
		return NULL;
	if (ni_hd_room(c, n))
		return c->out;
	c->phase = NI_HD_ABORTED;
	return NULL;
}

void
ni_hd_put(struct ni_hd_conn *c, const char *p, size_t n)
{
	struct ni_hd_outq *q = n ? queue(c, n) : NULL;
	if (!q)
		return;
	struct ni_hd_seg *last = q->n > q->first ? &q->seg[q->n - 1] : NULL;
	memcpy(q->buf + q->len, p, n);
	if (last && !last->file)
		last->n += n; /* file segments aside, the buffer is contiguous */
	else if ((last = add_segment(q)))
		*last = (struct ni_hd_seg){NULL, q->len, n};
	else
		c->phase = NI_HD_ABORTED;
	q->len += n;
}

void
ni_hd_put_file(struct ni_hd_conn *c, const struct ni_hd_file *f, uint64_t off, uint64_t n)
{
	enum { COPY_MAX = 8192 };
	/* A small file goes out with its head in one segment of memory: one send() for both. */
	if (n && f->mem && n <= COPY_MAX) {
		ni_hd_put(c, f->mem + off, (size_t)n);
	} else if (n) {
		struct ni_hd_outq *q = queue(c, 0);
		struct ni_hd_seg *s = q ? add_segment(q) : NULL;
		if (s) {
			*s = (struct ni_hd_seg){f, off, n};
			return;
		}
		c->phase = NI_HD_ABORTED;
	}
	c->core->site->put(c->core->site, f);
}

/* Whether our FIN comes at once behind all that is queued, and is to go with it. */
static bool
fin_follows(const struct ni_hd_conn *c)
{
	const struct ni_hd_knobs *k = c->knobs;
	return k->fin_with_data && c->phase == NI_HD_FLUSH && !c->eof &&
	       (k->close_first == NI_HD_CLOSE_AUTO || k->close_first == NI_HD_CLOSE_SERVER);
}

bool
ni_hd_conn_piece(const struct ni_hd_conn *c, struct ni_hd_piece *piece)
{
	const struct ni_hd_outq *q = c->out;
	const struct ni_hd_knobs *k = c->knobs;
	if (!q || c->hold_ms || q->first == q->n)
		return false;
	const struct ni_hd_seg *s = &q->seg[q->first];
	uint64_t n = s->n;
	piece->more = q->first + 1 < q->n || fin_follows(c);
	if (k->any) {
		uint64_t max = k->drip_bytes ? k->drip_bytes : k->segment ? k->segment : n;
		if (k->abort == NI_HD_ABORT_AFTER && k->abort_after > c->phase_bytes &&
		    k->abort_after - c->phase_bytes < max)
			max = k->abort_after - c->phase_bytes;
		if (n > max)
			n = max;
		if (max != s->n)
			piece->more = false;
	}
	/* One call never moves more than this, so that one client cannot keep the others waiting.
	 */
	piece->n = n < (1 << 20) ? (size_t)n : 1 << 20;
	piece->fd = -1;
	piece->off = s->off;
	piece->p = NULL;
	if (!s->file)
		piece->p = q->buf + s->off;
	else if (s->file->mem)
		piece->p = s->file->mem + s->off;
	else
		piece->fd = s->file->fd;
	return true;
}
