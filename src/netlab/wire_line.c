/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wire itself: what comes in, what happens to it, when it goes out; see wire.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "i18n.h"
#include "link.h"
#include "look.h"
#include "tool.h"
#include "wire.h"

enum {
	HOLD_US = NL_SECOND, /* a frame to be swapped waits so long for the next one */
	BATCH = 64,          /* frames of one side before the other has its turn */
	DRAIN = 1024,        /* such turns at the end */
	LINE_MAX_BYTES = 4096,
};

struct side {
	struct nl_link link;
	int64_t free_ns;        /* when the line towards the other side has sent what it has */
	struct nl_flight *held; /* to be swapped with the next frame that comes in here */
	int64_t held_until;
	uint64_t frames, bytes, delivered, dropped, lost, overflowed, refused, doubled, swapped,
	    failed, missed;
};

struct wire {
	const struct nl_wire_opts *o;
	struct side side[2];
	struct nl_rules *rules;
	struct nl_queue queue;
	int64_t start;
	bool warned;
	uint8_t buf[NL_FRAME_MAX];
};

/* A line about what happened to a frame that came in at @from. */
static void
tell(const struct wire *w, unsigned from, const char *what, const struct nl_verdict *v)
{
	char text[LINE_MAX_BYTES];
	struct ni_buf b = ni_buf(text, sizeof(text));
	if (w->o->quiet)
		return;
	ni_buf_sec(&b, (nl_now() - w->start) * 1000, 6);
	ni_buf_fmt(&b, " %s %s>%s #%" PRIu64, what, w->side[from].link.name,
		   w->side[!from].link.name, v->which);
	for (size_t i = 0; v->dis && i < w->o->field.n; i++) {
		ni_buf_fmt(&b, " %s=", w->o->field.v[i]);
		nl_look_print(&b, v->dis, w->o->field.v[i]);
	}
	if (v->dis) {
		ni_buf_str(&b, ": ");
		nl_look_line(&b, v->dis);
	}
	puts(ni_buf_z(&b));
}

/* The chance of a frame depends on nothing but the seed, its direction and its number there, so
 * that the other direction cannot change it (the finalizer of MurmurHash3). */
static bool
unlucky(const struct wire *w, unsigned from)
{
	uint64_t h = w->o->seed * 2 + from;
	for (int i = 0; i < 2; i++) {
		h ^= h >> 33;
		h *= 0xff51afd7ed558ccd;
		h ^= h >> 33;
		h *= 0xc4ceb9fe1a85ec53;
		h ^= h >> 33;
		h += i ? 0 : w->side[from].frames * 0x9e3779b97f4a7c15;
	}
	return (int64_t)(h % 100000) < w->o->loss;
}

/* Bytes that wait for the line, by the time that it needs for them. */
static uint64_t
waiting(const struct wire *w, const struct side *s, int64_t now)
{
	int64_t ns = s->free_ns - now * 1000;
	return ns > 0 ? (uint64_t)((double)ns * (double)w->o->rate / 8e9) : 0;
}

/* Put @f, which came in at @s, onto the line. */
static void
put(struct wire *w, struct side *s, struct nl_flight *f, int64_t now)
{
	int64_t sent = now * 1000;
	if (w->o->rate) {
		if (s->free_ns < sent)
			s->free_ns = sent;
		s->free_ns += (int64_t)((double)f->n * 8e9 / (double)w->o->rate);
		sent = s->free_ns;
	}
	nl_queue_push(&w->queue, f, sent / 1000 + w->o->delay_us);
}

static void
release(struct wire *w, struct side *s, int64_t now)
{
	if (s->held)
		put(w, s, s->held, now);
	s->held = NULL;
}

/* A frame for the line, of which there may be several. */
static bool
send_on(struct wire *w, unsigned from, uint32_t n, const struct nl_verdict *v, int64_t now)
{
	struct side *s = &w->side[from];
	struct nl_flight *f = nl_flight_new(&w->queue, w->buf, n, !from);
	if (!f) {
		s->refused++;
		return false;
	}
	if (v->act[NL_SWAP] && !s->held) {
		s->held = f;
		s->held_until = now + HOLD_US;
		return true;
	}
	put(w, s, f, now);
	return true;
}

static void
pass(struct wire *w, unsigned from, uint32_t n)
{
	struct side *s = &w->side[from];
	int64_t now = nl_now();
	bool was_held = s->held;
	struct nl_verdict v = nl_rules_judge(w->rules, w->buf, n, now);
	s->frames++;
	s->bytes += n;
	if (v.act[NL_DROP]) {
		s->dropped++;
		tell(w, from, "drop", &v);
		return;
	}
	if (!v.which)
		v.which = s->frames;
	if (unlucky(w, from)) {
		s->lost++;
		tell(w, from, "loss", &v);
		return;
	}
	if (w->o->rate && waiting(w, s, now) + n > w->o->queue) {
		s->overflowed++;
		tell(w, from, "full", &v);
		return;
	}
	if (send_on(w, from, n, &v, now) && s->held && !was_held) {
		s->swapped++;
		tell(w, from, "swap", &v);
	}
	if (was_held)
		release(w, s, now);
	v.act[NL_SWAP] = false;
	if (v.act[NL_DUP] && send_on(w, from, n, &v, now)) {
		s->doubled++;
		tell(w, from, "dup", &v);
	}
}

static void
warn_once(struct wire *w, const char *name, const char *why)
{
	if (w->warned)
		return;
	w->warned = true;
	fprintf(stderr, _("netlab wire: %s: %s\n"), name, why);
	fputs(_("turn the offloads off at both ends: ethtool -K INTERFACE tso off gso off gro off "
		"tx off\n"),
	      stderr);
}

static int
take(struct wire *w, unsigned from, struct ni_err *err)
{
	struct side *s = &w->side[from];
	struct nl_got got;
	for (int i = 0; i < BATCH; i++) {
		int rc = nl_link_take(&s->link, w->buf, &got, err);
		if (rc || !got.n)
			return rc;
		if (got.unfinished)
			warn_once(w, s->link.name, _("frames come in without their checksums"));
		pass(w, from, got.n);
	}
	return NI_SUCCESS;
}

/* Let arrive what is due. */
static void
deliver(struct wire *w)
{
	const struct nl_flight *first;
	int64_t now = nl_now();
	for (unsigned i = 0; i < 2; i++)
		if (w->side[i].held && w->side[i].held_until <= now)
			release(w, &w->side[i], now);
	while ((first = nl_queue_first(&w->queue)) && first->due <= now) {
		struct nl_flight *f = nl_queue_pop(&w->queue);
		struct side *from = &w->side[!f->to];
		const struct nl_link *to = &w->side[f->to].link;
		if (!nl_link_send(to, f->p, f->n, NULL))
			from->delivered++;
		else if (++from->failed && errno == EMSGSIZE)
			warn_once(w, to->name, _("a frame is longer than the interface takes"));
		nl_flight_free(&w->queue, f);
	}
}

static int64_t
next_due(const struct wire *w)
{
	const struct nl_flight *first = nl_queue_first(&w->queue);
	int64_t due = w->start + (int64_t)w->o->seconds * NL_SECOND;
	if (first && first->due < due)
		due = first->due;
	for (unsigned i = 0; i < 2; i++)
		if (w->side[i].held && w->side[i].held_until < due)
			due = w->side[i].held_until;
	return due;
}

static int
loop(struct wire *w, struct ni_err *err)
{
	int64_t end = w->start + (int64_t)w->o->seconds * NL_SECOND;
	int rc = NI_SUCCESS;
	while (!rc && !nl_stopped() && nl_now() < end) {
		struct pollfd f[2] = {{.fd = w->side[0].link.fd, .events = POLLIN},
				      {.fd = w->side[1].link.fd, .events = POLLIN}};
		nl_wait(f, 2, next_due(w));
		for (unsigned i = 0; i < 2 && !rc; i++)
			if (f[i].revents)
				rc = take(w, i, err);
		deliver(w);
	}
	return rc;
}

/* At the end: what came in before it counts, but does not go out any more. */
static void
drain(struct wire *w)
{
	for (unsigned i = 0; i < 2; i++) {
		uint64_t before = UINT64_MAX;
		for (int n = 0; n < DRAIN && before != w->side[i].frames; n++) {
			before = w->side[i].frames;
			if (take(w, i, NULL))
				break;
		}
	}
}

static void
print_counts(struct wire *w)
{
	uint64_t flying[2] = {w->side[0].held != NULL, w->side[1].held != NULL};
	for (uint32_t i = 0; i < w->queue.n; i++)
		flying[!w->queue.heap[i]->to]++;
	for (unsigned i = 0; i < 2; i++) {
		struct side *s = &w->side[i];
		s->missed += nl_link_missed(&s->link);
		printf("%s>%s frames=%" PRIu64 " bytes=%" PRIu64 " delivered=%" PRIu64
		       " dropped=%" PRIu64 " lost=%" PRIu64 " full=%" PRIu64 " doubled=%" PRIu64
		       " swapped=%" PRIu64 " flying=%" PRIu64 " failed=%" PRIu64 " missed=%" PRIu64
		       "\n",
		       s->link.name, w->side[!i].link.name, s->frames, s->bytes, s->delivered,
		       s->dropped, s->lost, s->overflowed, s->doubled, s->swapped, flying[i],
		       s->failed + s->refused, s->missed);
	}
}

int
nl_wire_run(const struct nl_wire_opts *o, struct nl_rules *rules, char *const *names,
	    struct ni_err *err)
{
	struct wire *w = calloc(1, sizeof(*w));
	if (!w)
		return ni_fail(err, NI_ERR_RUN, _("not enough memory"));
	w->o = o;
	w->rules = rules;
	int rc = nl_queue_init(&w->queue, err);
	for (unsigned i = 0; i < 2; i++)
		w->side[i].link.fd = -1;
	for (unsigned i = 0; i < 2 && !rc; i++)
		rc = nl_link_open(&w->side[i].link, names[i], err);
	if (rc)
		goto out;
	w->start = nl_now();
	printf("%s=%s\n", w->side[0].link.name, w->side[1].link.name);
	rc = loop(w, err);
	drain(w);
	print_counts(w);
out:
	for (unsigned i = 0; i < 2; i++) {
		if (w->side[i].held)
			nl_flight_free(&w->queue, w->side[i].held);
		if (w->side[i].link.fd >= 0)
			nl_link_close(&w->side[i].link);
	}
	nl_queue_fini(&w->queue);
	free(w);
	return rc;
}
