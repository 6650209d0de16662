/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames on their way: a binary heap, the earliest at its top; see wire.h. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "wire.h"

int
nl_queue_init(struct nl_queue *q, struct ni_err *err)
{
	*q = (struct nl_queue){.heap = calloc(NL_QUEUE_FRAMES, sizeof(struct nl_flight *))};
	return q->heap ? NI_SUCCESS : ni_fail(err, NI_ERR_RUN, _("not enough memory"));
}

void
nl_queue_fini(struct nl_queue *q)
{
	while (q->n)
		free(q->heap[--q->n]);
	free((void *)q->heap);
	q->heap = NULL;
}

struct nl_flight *
nl_flight_new(struct nl_queue *q, const uint8_t *p, uint32_t n, unsigned to)
{
	/* Room in the heap is asked for here, so that pushing cannot fail; one or two frames that
	 * wait to be swapped are in flight, but not in the heap. */
	struct nl_flight *f = NULL;
	if (q->n < NL_QUEUE_FRAMES - 4 && q->bytes + n <= NL_QUEUE_BYTES)
		f = malloc(sizeof(*f) + n);
	if (!f)
		return NULL;
	*f = (struct nl_flight){.n = n, .to = to};
	memcpy(f->p, p, n);
	q->bytes += n;
	return f;
}

void
nl_flight_free(struct nl_queue *q, struct nl_flight *f)
{
	q->bytes -= f->n;
	free(f);
}

static bool
earlier(const struct nl_flight *a, const struct nl_flight *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

void
nl_queue_push(struct nl_queue *q, struct nl_flight *f, int64_t due)
{
	uint32_t i = q->n++;
	f->due = due;
	f->order = q->order++;
	for (; i && earlier(f, q->heap[(i - 1) / 2]); i = (i - 1) / 2)
		q->heap[i] = q->heap[(i - 1) / 2];
	q->heap[i] = f;
}

const struct nl_flight *
nl_queue_first(const struct nl_queue *q)
{
	return q->n ? q->heap[0] : NULL;
}

struct nl_flight *
nl_queue_pop(struct nl_queue *q)
{
	struct nl_flight *top = q->heap[0];
	struct nl_flight *last = q->heap[--q->n];
	uint32_t i = 0;
	for (uint32_t child = 1; child < q->n; child = 2 * i + 1) {
		child += child + 1 < q->n && earlier(q->heap[child + 1], q->heap[child]);
		if (!earlier(q->heap[child], last))
			break;
		q->heap[i] = q->heap[child];
		i = child;
	}
	q->heap[i] = last;
	return top;
}
