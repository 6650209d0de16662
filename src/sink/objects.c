/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --export-objects; see objects.h. A file is created when the first byte of its body comes out of
 * the decoder, and closed with its message, so that only those under way take memory.
 */
#include "objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "netinspect/body.h"
#include "netinspect/conn.h"
#include "netinspect/http.h"
#include "netinspect/session.h"
#include "netinspect/stream.h"

enum {
	SLOTS = 1024, /* by the stream's number; a power of 2 */
	PROBES = 8,
	OPEN_MAX = 512,      /* files at a time */
	NAMES = 4096,        /* remembered, to number those that repeat; a power of 2 */
	TRIES_MAX = 1000000, /* names tried in all that were taken already */
};

/* A body under way. */
struct object {
	bool used;
	bool request;
	bool incomplete, coded, skipped;
	int fd; /* -1: no byte yet */
	uint64_t key;
	char uri[256]; /* for its name: the end of the full URI */
	size_t uri_len;
	struct ni_body *decoder;
	struct objects *all;
	uint64_t bytes;
};

struct objects {
	struct ni_sink sink;
	struct ni_objects_opts o;
	unsigned open;
	uint32_t tries; /* names that were taken */
	int error;      /* errno of a write that failed */
	struct object slots[SLOTS];
	struct {
		uint32_t hash, next;
	} names[NAMES];
};

static uint64_t
key_of(const struct ni_conn *c, unsigned side)
{
	return (uint64_t)c->id << 1 | side;
}

/* The object of @key; a free place for it if @make and there is none. NULL: none, no room. */
static struct object *
find(struct objects *os, uint64_t key, bool make)
{
	struct object *free_one = NULL;
	for (unsigned i = 0; i < PROBES; i++) {
		struct object *o = &os->slots[(key + (uint64_t)i * (SLOTS / PROBES)) & (SLOTS - 1)];
		if (o->used && o->key == key)
			return o;
		if (!o->used && !free_one)
			free_one = o;
	}
	return make ? free_one : NULL;
}

static uint32_t
hash_name(const char *s)
{
	uint32_t h = 2166136261U;
	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619U;
	return h;
}

static int
create(struct objects *os, const struct object *o)
{
	char name[NI_OBJECT_NAME];
	ni_object_name(name, o->uri, o->uri_len, o->request, 0);
	uint32_t hash = hash_name(name);
	uint32_t *next = &os->names[hash & (NAMES - 1)].next;
	if (os->names[hash & (NAMES - 1)].hash != hash)
		*next = 0;
	os->names[hash & (NAMES - 1)].hash = hash;
	while (os->tries < TRIES_MAX) {
		ni_object_name(name, o->uri, o->uri_len, o->request, (*next)++);
		int fd = os->o.create(os->o.dir, name);
		if (fd >= 0 || errno != EEXIST)
			return fd;
		os->tries++;
	}
	errno = EEXIST;
	return -1;
}

static bool
begin_file(struct objects *os, struct object *o)
{
	struct ni_objects_stats *st = os->o.stats;
	if (o->fd >= 0)
		return true;
	if (o->skipped || os->open == OPEN_MAX || st->objects >= NI_OBJECTS_MAX ||
	    st->bytes >= NI_OBJECTS_BYTES) {
		o->skipped = true;
		return false;
	}
	o->fd = create(os, o);
	o->skipped = o->fd < 0;
	if (o->skipped && errno != EEXIST && errno != EMFILE && errno != ENFILE)
		os->error = errno;
	if (o->skipped)
		return false;
	os->open++;
	st->objects++;
	return true;
}

static void
decoded(void *ctx, const uint8_t *p, size_t n)
{
	struct object *o = ctx;
	struct objects *os = o->all;
	if (os->error || !begin_file(os, o))
		return;
	o->bytes += n;
	os->o.stats->bytes += n;
	while (n) {
		ssize_t k = write(o->fd, p, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			os->error = k < 0 ? errno : EIO;
			return;
		}
		p += k;
		n -= (size_t)k;
	}
}

/* The message is over: close the file and count what became of it. */
static void
end(struct objects *os, struct object *o, bool cut)
{
	struct ni_objects_stats *st = os->o.stats;
	enum ni_body_outcome outcome = o->decoder ? ni_body_end(o->decoder) : NI_BODY_OK;
	bool wanted = !o->decoder || ni_body_in(o->decoder);
	bool large = outcome == NI_BODY_TOO_LARGE || outcome == NI_BODY_RATIO;
	ni_body_free(&o->decoder);
	if (o->fd >= 0) {
		st->cut += large;
		st->incomplete += !large && (cut || o->incomplete || outcome != NI_BODY_OK);
		st->coded += o->coded;
		if (close(o->fd) < 0 && !os->error)
			os->error = errno;
		os->open--;
	} else {
		st->skipped += wanted && (o->skipped || outcome != NI_BODY_OK);
	}
	o->used = false;
}

static void
begin(struct objects *os, struct object *o, uint64_t key, const struct ni_body_event *e)
{
	struct ni_body_opts opts = {.max_bytes = os->o.max_bytes, .out = decoded, .ctx = o};
	*o = (struct object){.used = true, .request = e->request, .fd = -1, .key = key, .all = os};
	if (e->http && e->http->full_uri) {
		const char *uri = e->http->full_uri;
		size_t n = e->http->full_uri_len;
		const char *query = memchr(uri, '?', n);
		if (query)
			n = (size_t)(query - uri);
		o->uri_len = n < sizeof(o->uri) ? n : sizeof(o->uri);
		memcpy(o->uri, uri + (n - o->uri_len), o->uri_len);
	}
	o->decoder = ni_body_new(e->encoding, e->encoding_len, &opts);
	if (o->decoder && ni_body_end(o->decoder) == NI_BODY_UNKNOWN) {
		o->coded = true;
		ni_body_free(&o->decoder);
		o->decoder = ni_body_new(NULL, 0, &opts);
	}
	o->skipped = !o->decoder;
}

/* Bytes are missing: what follows keeps its place where that is known. */
static void
lost(struct objects *os, struct object *o, uint64_t n)
{
	o->incomplete = true;
	if (!o->decoder || ni_body_lost(o->decoder) != NI_BODY_OK)
		return;
	if (n > os->o.max_bytes - o->bytes)
		n = os->o.max_bytes - o->bytes;
	if (!begin_file(os, o))
		return;
	if (lseek(o->fd, (off_t)n, SEEK_CUR) < 0)
		os->error = errno;
	o->bytes += n;
}

static void
body(struct objects *os, const struct ni_event *e)
{
	uint64_t key = key_of(e->conn, e->side);
	const struct ni_body_event *b = e->body;
	struct object *o = find(os, key, b->step == NI_BODY_BEGIN);
	if (!o) {
		os->o.stats->skipped += b->step == NI_BODY_BEGIN;
		return;
	}
	switch ((enum ni_body_step)b->step) {
	case NI_BODY_BEGIN:
		if (o->used)
			end(os, o, true);
		begin(os, o, key, b);
		break;
	case NI_BODY_BYTES:
		if (o->decoder)
			ni_body_put(o->decoder, b->p, b->n);
		break;
	case NI_BODY_LOST:
		lost(os, o, b->lost);
		break;
	case NI_BODY_END:
		end(os, o, b->cut);
		break;
	}
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct objects *os = (struct objects *)s;
	if (e->kind == NI_EV_BODY)
		body(os, e);
	if (e->kind != NI_EV_CONN_END || e->conn->ipproto != 6)
		return;
	for (unsigned side = 0; side < 2; side++) {
		struct object *o = find(os, key_of(e->conn, side), false);
		if (o)
			end(os, o, true);
	}
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	struct objects *os = (struct objects *)s;
	if (!os->error)
		return NI_SUCCESS;
	return ni_fail(err, NI_ERR_RUN, _("%s: an object cannot be written: %s"), os->o.dir_name,
		       strerror(os->error));
}

static void
destroy(struct ni_sink *s)
{
	struct objects *os = (struct objects *)s;
	for (unsigned i = 0; i < SLOTS; i++)
		if (os->slots[i].used)
			end(os, &os->slots[i], true);
	free(os);
}

static const struct ni_sink_ops ops = {
    .name = "objects", .event = event, .finish = finish, .free = destroy};

struct ni_sink *
ni_objects_sink(const struct ni_objects_opts *o)
{
	struct objects *os = calloc(1, sizeof(*os));
	if (!os)
		return NULL;
	os->sink.ops = &ops;
	os->sink.want_bodies = true;
	os->o = *o;
	if (!os->o.max_bytes)
		os->o.max_bytes = NI_OBJECT_MAX;
	return &os->sink;
}

void
ni_objects_summary(struct ni_buf *b, const struct ni_objects_opts *o)
{
	const struct ni_objects_stats *st = o->stats;
	ni_buf_fmt(b,
		   NI_PLURAL("%s: %llu object with %llu bytes", "%s: %llu objects with %llu bytes",
			     st->objects),
		   o->dir_name, (unsigned long long)st->objects, (unsigned long long)st->bytes);
	if (st->incomplete)
		ni_buf_fmt(b, _("; %llu incomplete"), (unsigned long long)st->incomplete);
	if (st->cut)
		ni_buf_fmt(b, _("; %llu cut at %llu MiB, or because they grow like a bomb"),
			   (unsigned long long)st->cut,
			   (unsigned long long)(o->max_bytes ? o->max_bytes : NI_OBJECT_MAX) >> 20);
	if (st->coded)
		ni_buf_fmt(b, _("; %llu left in an unknown coding"), (unsigned long long)st->coded);
	if (st->skipped)
		ni_buf_fmt(b, _("; %llu skipped"), (unsigned long long)st->skipped);
}
