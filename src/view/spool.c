/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spool; see spool.h. */
#include "spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"

enum {
	SEGMENTS = 16,
	MIN_SEGMENT = 512 * 1024,
	BATCH = 256 * 1024, /* written, and read in order, at a time */
};

/* In front of every frame. No record crosses the end of a segment. */
struct record {
	uint64_t number; /* of the frames put in: 1, 2, 3 …; 0: nothing more in this segment */
	int64_t ts_ns;
	uint32_t cap, len, linktype, iface;
	uint32_t ts_digits;
	uint32_t has_iface;
};

struct ni_spool {
	int fd;
	uint64_t segment; /* bytes */

	/* the writer's */
	uint8_t *batch;
	uint32_t used;  /* bytes in it */
	uint64_t start; /* offset of its first byte */
	uint64_t end;   /* of the segment that is being filled */
	uint64_t put;   /* frames */
	uint64_t last;  /* offset of the data of the latest */

	atomic_uint_fast64_t head;   /* everything before it can be read … */
	atomic_uint_fast64_t oldest; /* … but what lies before this */

	/* the reader's */
	uint8_t *ahead;
	uint64_t ahead_at;
	uint32_t ahead_n;
};

static int
create(struct ni_err *err)
{
	const char *dir = getenv("TMPDIR");
	char name[4096];
	dir = dir && *dir ? dir : "/var/tmp";
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	snprintf(name, sizeof(name), "%s/netinspect-XXXXXX", dir);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	else
		ni_fail(err, NI_ERR_RUN, _("%s: no temporary file: %s"), dir, strerror(errno));
	return fd;
}

int
ni_spool_new(struct ni_spool **out, uint64_t max_bytes, struct ni_err *err)
{
	*out = NULL;
	struct ni_spool *s = calloc(1, sizeof(*s));
	if (!s)
		return ni_fail(err, NI_ERR_RUN, _("spool: no memory"));
	s->fd = -1;
	s->segment = max_bytes / SEGMENTS;
	if (s->segment < MIN_SEGMENT)
		s->segment = MIN_SEGMENT;
	s->end = s->segment;
	s->batch = malloc(BATCH);
	s->ahead = malloc(BATCH);
	if (!s->batch || !s->ahead) {
		ni_spool_free(&s);
		return ni_fail(err, NI_ERR_RUN, _("spool: no memory"));
	}
	s->fd = create(err);
	if (s->fd < 0) {
		ni_spool_free(&s);
		return NI_ERR_RUN;
	}
	/* What no record fills at the end of a segment can be read, too; it takes no room on disk.
	 */
	if (ftruncate(s->fd, (off_t)(s->segment * SEGMENTS))) {
		ni_spool_free(&s);
		return ni_fail(err, NI_ERR_RUN, _("spool: %s"), strerror(errno));
	}
	*out = s;
	return NI_SUCCESS;
}

void
ni_spool_free(struct ni_spool **s)
{
	if (!*s)
		return;
	if ((*s)->fd >= 0)
		close((*s)->fd);
	free((*s)->batch);
	free((*s)->ahead);
	free(*s);
	*s = NULL;
}

static uint64_t
place(const struct ni_spool *s, uint64_t offset)
{
	return offset % (s->segment * SEGMENTS);
}

/* @offset begins a segment: what lay there a ring ago is gone from now on. */
static void
reuse_segment(struct ni_spool *s, uint64_t offset)
{
	uint64_t ring = s->segment * (SEGMENTS - 1);
	if (offset > ring)
		atomic_store(&s->oldest, offset - ring);
}

int
ni_spool_flush(struct ni_spool *s, struct ni_err *err)
{
	uint32_t done = 0;
	while (done < s->used) {
		ssize_t n = pwrite(s->fd, s->batch + done, s->used - done,
				   (off_t)place(s, s->start + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return ni_fail(err, NI_ERR_RUN, _("spool: %s"), strerror(errno));
		done += (uint32_t)n;
	}
	s->start += s->used;
	s->used = 0;
	atomic_store(&s->head, s->start);
	return NI_SUCCESS;
}

static uint64_t
left_in_segment(const struct ni_spool *s, uint64_t offset)
{
	return s->segment - offset % s->segment;
}

/* Go on in the next segment. */
static int
end_segment(struct ni_spool *s, struct ni_err *err)
{
	static const struct record end;
	uint64_t left = s->end - s->start - s->used;
	if (left >= sizeof(end)) {
		if (s->used + sizeof(end) > BATCH) {
			int rc = ni_spool_flush(s, err);
			if (rc)
				return rc;
		}
		memcpy(s->batch + s->used, &end, sizeof(end));
		s->used += (uint32_t)sizeof(end);
	}
	int rc = ni_spool_flush(s, err);
	s->start = s->end;
	s->end += s->segment;
	reuse_segment(s, s->start);
	atomic_store(&s->head, s->start);
	return rc;
}

int
ni_spool_put(struct ni_spool *s, const struct ni_frame *f, struct ni_err *err)
{
	enum { MAX_DATA = BATCH - (int)sizeof(struct record) };
	struct record r = {
	    .number = ++s->put,
	    .ts_ns = f->ts_ns,
	    .cap = f->cap < MAX_DATA ? f->cap : MAX_DATA,
	    .len = f->len,
	    .linktype = f->linktype,
	    .iface = f->iface,
	    .ts_digits = f->ts_digits,
	    .has_iface = f->has_iface,
	};
	uint32_t need = (uint32_t)sizeof(r) + r.cap;
	int rc = NI_SUCCESS;
	if (need > s->end - s->start - s->used)
		rc = end_segment(s, err);
	else if (s->used + need > BATCH)
		rc = ni_spool_flush(s, err);
	if (rc)
		return rc;
	s->last = s->start + s->used + sizeof(r);
	memcpy(s->batch + s->used, &r, sizeof(r));
	memcpy(s->batch + s->used + sizeof(r), f->data, r.cap);
	s->used += need;
	return NI_SUCCESS;
}

uint64_t
ni_spool_last(const struct ni_spool *s)
{
	return s->last;
}

bool
ni_spool_read(const struct ni_spool *s, uint64_t offset, uint8_t *buf, uint32_t n)
{
	uint32_t done = 0;
	if (offset + n > atomic_load(&s->head))
		return false;
	while (done < n) {
		ssize_t got = pread(s->fd, buf + done, n - done, (off_t)place(s, offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (uint32_t)got;
	}
	/* The writer may have come round meanwhile. */
	return offset >= atomic_load(&s->oldest);
}

/* Make @n bytes at @offset readable in ahead; NULL if they are gone or not there yet. */
static const uint8_t *
look(struct ni_spool *s, uint64_t offset, uint32_t n)
{
	if (offset < s->ahead_at || offset + n > s->ahead_at + s->ahead_n) {
		uint64_t end = atomic_load(&s->head);
		uint64_t left = left_in_segment(s, offset);
		uint64_t want = end > offset ? end - offset : 0;
		want = want < left ? want : left;
		want = want < BATCH ? want : BATCH;
		s->ahead_n = 0;
		if (want < n || !ni_spool_read(s, offset, s->ahead, (uint32_t)want))
			return NULL;
		s->ahead_at = offset;
		s->ahead_n = (uint32_t)want;
	}
	return offset >= atomic_load(&s->oldest) ? s->ahead + (offset - s->ahead_at) : NULL;
}

static void
fill(struct ni_frame *f, const struct record *r, const uint8_t *data, uint64_t offset)
{
	*f = (struct ni_frame){
	    .data = data,
	    .cap = r->cap,
	    .len = r->len,
	    .ts_ns = r->ts_ns,
	    .offset = offset,
	    .linktype = r->linktype,
	    .iface = r->iface,
	    .has_iface = r->has_iface,
	    .ts_digits = (uint8_t)r->ts_digits,
	};
}

static bool
overtaken(const struct ni_spool *s, const struct ni_spool_pos *pos)
{
	return pos->offset < atomic_load(&s->oldest);
}

int
ni_spool_next(struct ni_spool *s, struct ni_spool_pos *pos, struct ni_frame *f)
{
	for (;;) {
		uint64_t oldest = atomic_load(&s->oldest);
		struct record r;
		if (pos->offset < oldest)
			pos->offset = oldest;
		if (pos->offset >= atomic_load(&s->head))
			return 0;
		uint64_t left = left_in_segment(s, pos->offset);
		const uint8_t *p = left < sizeof(r) ? NULL : look(s, pos->offset, sizeof(r));
		if (left >= sizeof(r) && !p && !overtaken(s, pos))
			return 0;
		if (left >= sizeof(r) && !p)
			continue;
		if (p)
			memcpy(&r, p, sizeof(r));
		if (!p || !r.number) {
			pos->offset += left;
			continue;
		}
		p = look(s, pos->offset, (uint32_t)sizeof(r) + r.cap);
		if (!p && !overtaken(s, pos))
			return 0;
		if (!p)
			continue;
		if (!pos->skipped)
			pos->lost += r.number - 1 - pos->seen;
		pos->skipped = false;
		pos->seen = r.number;
		fill(f, &r, p + sizeof(r), pos->offset + sizeof(r));
		pos->offset += sizeof(r) + r.cap;
		return 1;
	}
}

void
ni_spool_skip(struct ni_spool *s, struct ni_spool_pos *pos, uint64_t records)
{
	uint64_t head = atomic_load(&s->head);
	pos->offset = head > pos->offset ? head : pos->offset;
	pos->seen = records > pos->seen ? records : pos->seen;
	pos->skipped = true;
}

uint64_t
ni_spool_oldest(const struct ni_spool *s)
{
	return atomic_load(&s->oldest);
}

uint64_t
ni_spool_bytes(const struct ni_spool *s)
{
	return atomic_load(&s->head) - atomic_load(&s->oldest);
}
