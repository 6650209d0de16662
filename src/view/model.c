/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capture behind the views; see model.h. */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "comments.h"
#include "entry.h"
#include "feed.h"
#include "i18n.h"
#include "netinspect/finals.h"
#include "netinspect/proto.h"

enum {
	TABLES = 8,
	MAX_FINALS = 50000,
	MAX_FRAME = 16 * 1024 * 1024,
	AHEAD = 256 * 1024, /* read at a time when packets are read in order */
	LOOK_AT_CLOCK = 32, /* packets between two looks */
};

static const uint64_t default_memory = 1ULL << 30, default_spool = 1ULL << 30;

/* What frames of one interface have in common. */
struct iface {
	uint32_t linktype;
	uint8_t ts_digits;
	bool known, has_iface;
	char *name;
};

struct ni_model {
	struct ni_model_opts o;
	struct ni_source_info info;
	char *name;
	struct ni_index *index;
	struct ni_conntab *conns;
	struct ni_finals *finals;
	struct ni_keeps *keeps;
	struct ni_comments comments;
	struct ni_session *session;
	struct ni_spool *spool; /* NULL: the file itself is the store */
	struct ni_feed *feed;   /* NULL: not live */
	struct ni_spool_pos pos;
	struct iface *ifaces;
	uint32_t nifaces;
	struct ni_model_table tables[TABLES];
	unsigned ntables;
	enum ni_model_state state;
	uint64_t taken, version;
	bool absolute; /* sequence numbers as on the wire */
	int64_t first_ns;
	struct ni_err problem;

	uint8_t *ahead; /* bytes of the store from ahead_at on */
	uint64_t ahead_at;
	uint32_t ahead_n, ahead_room;
	uint64_t dropped_before; /* by the kernel, before a restart */
};

static int64_t
clock_ns(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- beginning and end ---- */

static int
make(struct ni_model *m, struct ni_err *err)
{
	ni_source_info(m->o.source, &m->info);
	m->name = strdup(m->info.name);
	m->index = ni_index_new(m->o.memory / 8 * 6);
	m->conns = ni_conntab_new((uint32_t)(m->o.memory / 8 / sizeof(struct ni_conn_row)));
	m->finals = ni_finals_new(MAX_FINALS);
	m->keeps = ni_keeps_new();
	m->ahead = malloc(AHEAD);
	m->ahead_room = AHEAD;
	if (!m->name || !m->index || !m->conns || !m->finals || !m->keeps || !m->ahead)
		return ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	if (m->info.store_fd < 0) {
		int rc = ni_spool_new(&m->spool, m->o.spool, err);
		if (rc)
			return rc;
	}
	return m->info.live ? ni_feed_new(&m->feed, m->o.source, m->spool, err) : NI_SUCCESS;
}

int
ni_model_new(struct ni_model **out, const struct ni_model_opts *o, struct ni_err *err)
{
	struct ni_model *m = calloc(1, sizeof(*m));
	*out = NULL;
	if (!m)
		return ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	m->o = *o;
	if (!m->o.memory)
		m->o.memory = default_memory;
	if (!m->o.spool)
		m->o.spool = default_spool;
	int rc = make(m, err);
	if (rc) {
		ni_model_free(&m);
		return rc;
	}
	*out = m;
	return NI_SUCCESS;
}

void
ni_model_free(struct ni_model **out)
{
	struct ni_model *m = *out;
	if (!m)
		return;
	ni_feed_free(&m->feed);
	ni_spool_free(&m->spool);
	ni_session_free(&m->session);
	ni_index_free(&m->index);
	ni_conntab_free(&m->conns);
	ni_finals_free(&m->finals);
	ni_keeps_free(&m->keeps);
	ni_comments_clear(&m->comments);
	for (uint32_t i = 0; i < m->nifaces; i++)
		free(m->ifaces[i].name);
	free(m->ifaces);
	free(m->ahead);
	free(m->name);
	free(m);
	*out = NULL;
}

bool
ni_model_add_table(struct ni_model *m, const struct ni_model_table *t)
{
	if (m->ntables == TABLES)
		return false;
	m->tables[m->ntables++] = *t;
	return true;
}

static int
add_sink(struct ni_model *m, struct ni_sink *sink, struct ni_err *err)
{
	return sink ? ni_session_add(m->session, sink, err)
		    : ni_fail(err, NI_ERR_RUN, _("view: no memory"));
}

static int
open_session(struct ni_model *m, struct ni_err *err)
{
	static const struct ni_session_opts opts;
	m->session = m->o.session(m->o.ctx, &opts, err);
	if (!m->session)
		return NI_ERR_RUN;
	int rc = add_sink(m, ni_conntab_sink(m->conns), err);
	if (!rc)
		rc = add_sink(m, ni_finals_sink(m->finals), err);
	for (unsigned i = 0; i < m->ntables && !rc; i++)
		rc = add_sink(m, m->tables[i].sink(m->tables[i].table), err);
	return rc;
}

static bool
know_iface(struct ni_model *m, const struct ni_frame *f)
{
	uint32_t i = f->iface & 0xffff;
	if (i >= m->nifaces) {
		struct iface *more = realloc(m->ifaces, (i + 1) * sizeof(*more));
		if (!more)
			return false;
		memset(more + m->nifaces, 0, (i + 1 - m->nifaces) * sizeof(*more));
		m->ifaces = more;
		m->nifaces = i + 1;
	}
	struct iface *x = &m->ifaces[i];
	if (x->known)
		return true;
	x->linktype = f->linktype;
	x->ts_digits = f->ts_digits;
	x->has_iface = f->has_iface;
	if (!x->name && f->ifname)
		x->name = strdup(f->ifname);
	x->known = true;
	return true;
}

/* Names of live interfaces; the thread has the source from now on. */
static void
name_ifaces(struct ni_model *m)
{
	for (uint32_t i = 0; i < m->info.n_ifaces; i++) {
		const struct ni_source_iface *x = ni_source_iface(m->o.source, i);
		struct ni_frame f = {.iface = i, .ifname = x ? x->name : NULL};
		if (know_iface(m, &f))
			m->ifaces[i].known = false;
	}
}

int
ni_model_start(struct ni_model *m, struct ni_err *err)
{
	m->state = m->feed ? NI_MODEL_LIVE : NI_MODEL_LOADING;
	int rc = open_session(m, err);
	if (rc)
		return rc;
	if (m->feed) {
		name_ifaces(m);
		return ni_feed_start(m->feed, err);
	}
	ni_source_set_wait(m->o.source, 0);
	return NI_SUCCESS;
}

/* ---- taking packets in ---- */

static void
take(struct ni_model *m, const struct ni_frame *f, uint64_t offset)
{
	struct ni_frame frame = *f;
	frame.number = ++m->taken;
	if (m->taken == 1)
		m->first_ns = f->ts_ns;
	const struct ni_dis *d = ni_session_frame(m->session, &frame);
	struct ni_entry e;
	ni_keeps_take(m->keeps, m->session, d);
	ni_entry_of(&e, d);
	e.offset = offset;
	ni_comments_add(&m->comments, m->taken, f);
	if (!know_iface(m, f) || !ni_index_add(m->index, &e)) {
		ni_fail(&m->problem, NI_ERR_RUN, _("view: no memory for more packets"));
		m->state = NI_MODEL_DONE;
	}
}

static void
finish(struct ni_model *m)
{
	ni_session_end(m->session, NULL);
	m->state = NI_MODEL_DONE;
	m->version++;
}

/* One frame of a file; false when there is none now. */
static bool
load_one(struct ni_model *m)
{
	struct ni_frame f;
	if (m->o.count && m->taken >= m->o.count) {
		finish(m);
		return false;
	}
	int rc = ni_source_next(m->o.source, &f, &m->problem);
	if (rc < 0 || rc == NI_SOURCE_END) {
		finish(m);
		return false;
	}
	if (rc != NI_SOURCE_FRAME)
		return false;
	uint64_t offset = f.offset;
	if (m->spool) {
		if (ni_spool_put(m->spool, &f, &m->problem)) {
			finish(m);
			return false;
		}
		offset = ni_spool_last(m->spool);
	}
	take(m, &f, offset);
	return true;
}

static bool
spool_one(struct ni_model *m)
{
	struct ni_frame f;
	bool over = ni_feed_over(m->feed, &m->problem);
	bool enough = m->o.count && m->taken >= m->o.count;
	if (enough || !ni_spool_next(m->spool, &m->pos, &f)) {
		if (enough || over)
			finish(m);
		return false;
	}
	if (f.iface < m->nifaces)
		f.ifname = m->ifaces[f.iface].name;
	take(m, &f, f.offset);
	return true;
}

bool
ni_model_work(struct ni_model *m, int64_t budget_ns)
{
	bool more = true;
	uint64_t before = m->taken;
	if (m->state == NI_MODEL_DONE)
		return false;
	if (m->feed)
		ni_feed_heard(m->feed);
	int64_t end = clock_ns(CLOCK_MONOTONIC) + budget_ns;
	for (unsigned i = 1; more && m->state != NI_MODEL_DONE; i++) {
		more = m->feed ? spool_one(m) : load_one(m);
		if (i % LOOK_AT_CLOCK == 0 && clock_ns(CLOCK_MONOTONIC) >= end)
			break;
	}
	if (m->spool && !m->feed)
		ni_spool_flush(m->spool, &m->problem);
	if (m->spool)
		ni_index_forget(m->index, ni_index_at(m->index, ni_spool_oldest(m->spool)));
	if (!more && m->feed && m->state == NI_MODEL_LIVE)
		ni_session_tick(m->session, clock_ns(CLOCK_REALTIME));
	m->version += m->taken != before;
	return more && m->state != NI_MODEL_DONE;
}

int
ni_model_fd(const struct ni_model *m)
{
	if (m->state == NI_MODEL_DONE)
		return -1;
	return m->feed ? ni_feed_fd(m->feed) : ni_source_fd(m->o.source);
}

void
ni_model_stop(struct ni_model *m)
{
	if (m->state != NI_MODEL_LIVE)
		return;
	ni_feed_hold(m->feed, true);
	m->state = NI_MODEL_STOPPED;
	m->version++;
}

int
ni_model_restart(struct ni_model *m, struct ni_err *err)
{
	if (!m->feed || m->state == NI_MODEL_DONE)
		return ni_fail(err, NI_ERR_RUN, _("the capture is over"));
	/* What waits belongs to what is forgotten. */
	ni_spool_skip(m->spool, &m->pos, ni_feed_frames(m->feed));
	ni_session_free(&m->session);
	ni_index_clear(m->index);
	ni_conntab_clear(m->conns);
	ni_comments_clear(&m->comments);
	ni_keeps_clear(m->keeps);
	ni_finals_clear(m->finals); /* sessions of views have it, too */
	for (unsigned i = 0; i < m->ntables; i++)
		m->tables[i].clear(m->tables[i].table);
	m->taken = 0;
	m->pos.lost = 0;
	m->dropped_before = ni_feed_dropped(m->feed);
	m->version++;
	int rc = open_session(m, err);
	if (rc) {
		m->state = NI_MODEL_DONE;
		return rc;
	}
	ni_feed_hold(m->feed, false);
	m->state = NI_MODEL_LIVE;
	return NI_SUCCESS;
}

/* ---- asking ---- */

static unsigned
percent(const struct ni_model *m)
{
	struct ni_source_info i;
	if (m->feed || m->state != NI_MODEL_LOADING)
		return 100;
	ni_source_info(m->o.source, &i);
	return i.size ? (unsigned)(i.position * 100 / i.size) : 0;
}

struct ni_model_stats
ni_model_stats(const struct ni_model *m)
{
	struct ni_model_stats s = {
	    .state = m->state,
	    .packets = m->taken,
	    .forgotten = ni_index_first(m->index) - 1,
	    .lost = m->pos.lost,
	    .comments_dropped = m->comments.dropped,
	    .bytes = ni_index_bytes(m->index) + ni_keeps_bytes(m->keeps),
	    .spooled = m->spool ? ni_spool_bytes(m->spool) : 0,
	    .percent = percent(m),
	};
	if (m->feed) {
		uint64_t frames = ni_feed_frames(m->feed);
		s.waiting = frames > m->pos.seen ? frames - m->pos.seen : 0;
		s.dropped = ni_feed_dropped(m->feed) - m->dropped_before;
	} else {
		struct ni_source_stats st;
		ni_source_stats(m->o.source, &st);
		s.dropped = st.dropped + st.if_dropped;
	}
	return s;
}

struct ni_session_drops
ni_model_drops(const struct ni_model *m)
{
	return ni_session_drops(m->session);
}

const char *
ni_model_problem(const struct ni_model *m)
{
	return m->problem.what[0] ? m->problem.what : NULL;
}

struct ni_source *
ni_model_source(const struct ni_model *m)
{
	return m->feed ? NULL : m->o.source;
}

const char *
ni_model_name(const struct ni_model *m)
{
	return m->name;
}

bool
ni_model_live(const struct ni_model *m)
{
	return m->feed;
}

uint64_t
ni_model_version(const struct ni_model *m)
{
	return m->version;
}

const struct ni_index *
ni_model_index(const struct ni_model *m)
{
	return m->index;
}

const struct ni_conntab *
ni_model_conns(const struct ni_model *m)
{
	return m->conns;
}

const struct ni_keeps *
ni_model_keeps(const struct ni_model *m)
{
	return m->keeps;
}

const struct ni_registry *
ni_model_registry(const struct ni_model *m)
{
	return ni_session_registry(m->session);
}

unsigned
ni_model_ts_digits(const struct ni_model *m, uint32_t iface)
{
	unsigned digits = iface < m->nifaces ? m->ifaces[iface].ts_digits : 0;
	return digits ? digits : 6;
}

int64_t
ni_model_first_ns(const struct ni_model *m)
{
	return m->first_ns;
}

/* ---- reading packets again ---- */

/* Read up to @n bytes at @offset of the file; returns how many there were. */
static uint32_t
read_file(const struct ni_model *m, uint64_t offset, uint8_t *buf, uint32_t n)
{
	uint32_t done = 0;
	while (done < n) {
		ssize_t got = pread(m->info.store_fd, buf + done, n - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		done += (uint32_t)got;
	}
	return done;
}

/* @n bytes at @offset; *@n becomes smaller when the file has been cut meanwhile. NULL: gone. */
static const uint8_t *
bytes_at(struct ni_model *m, uint64_t offset, uint32_t *n)
{
	bool inside = offset >= m->ahead_at && offset + *n <= m->ahead_at + m->ahead_n;
	if (inside)
		return m->ahead + (offset - m->ahead_at);
	/* In order: take more than is asked for. */
	bool next = m->ahead_n && offset >= m->ahead_at && offset < m->ahead_at + m->ahead_n + 4096;
	uint32_t want = next && !m->spool && *n < AHEAD ? AHEAD : *n;
	if (want > m->ahead_room) {
		uint8_t *more = realloc(m->ahead, want);
		if (!more)
			return NULL;
		m->ahead = more;
		m->ahead_room = want;
	}
	m->ahead_at = offset;
	m->ahead_n = 0;
	if (!m->spool)
		m->ahead_n = read_file(m, offset, m->ahead, want);
	else if (ni_spool_read(m->spool, offset, m->ahead, want))
		m->ahead_n = want;
	if (m->ahead_n < *n)
		*n = m->ahead_n;
	return *n || !want ? m->ahead : NULL;
}

bool
ni_model_frame(struct ni_model *m, uint64_t number, struct ni_frame *f)
{
	struct ni_entry e;
	if (!ni_index_get(m->index, number, &e) || e.iface >= m->nifaces)
		return false;
	const struct iface *i = &m->ifaces[e.iface];
	uint32_t n = e.cap;
	const uint8_t *p = n ? bytes_at(m, e.offset, &n) : m->ahead;
	if (!p)
		return false;
	*f = (struct ni_frame){
	    .data = p,
	    .cap = n,
	    .len = e.len,
	    .number = number,
	    .ts_ns = e.ts_ns,
	    .offset = e.offset,
	    .linktype = i->linktype,
	    .iface = e.iface,
	    .has_iface = i->has_iface,
	    .ts_digits = i->ts_digits,
	    .ifname = i->name,
	};
	ni_comments_get(&m->comments, number, f);
	return true;
}

struct ni_excerpt
ni_model_excerpt(const struct ni_model *m, uint64_t number)
{
	struct ni_entry e = {.ts_ns = m->first_ns, .conn = NI_IX_NO_CONN};
	ni_index_get(m->index, number > 1 ? number - 1 : number, &e);
	struct ni_excerpt x = {.first_ns = m->first_ns, .previous_ns = e.ts_ns};
	x.conn = UINT32_MAX;
	if (!ni_index_get(m->index, number, &e))
		return x;
	if (e.conn != NI_IX_NO_CONN)
		x.conn = e.conn & NI_IX_CONN_ID;
	x.conflict = e.conflict;
	return x;
}

void
ni_model_absolute(struct ni_model *m, bool absolute)
{
	m->absolute = absolute;
}

struct ni_session *
ni_model_session(struct ni_model *m, struct ni_err *err)
{
	struct ni_session_opts o = {.finals = m->finals, .absolute_seq = m->absolute};
	return m->o.session(m->o.ctx, &o, err);
}
