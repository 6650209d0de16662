/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab wire: its options, the line and its loop; see wire.h. */
#include "wire.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "link.h"
#include "look.h"
#include "netinspect/session.h"
#include "netlab.h"
#include "tool.h"

enum {
	DELAY_MAX_MS = 60000,
	SECONDS_MAX = 3600,
	HOLD_US = NL_SECOND, /* a frame to be swapped waits so long for the next one */
	BATCH = 64,          /* frames of one side before the other has its turn */
	DRAIN = 1024,        /* such turns at the end */
	FIELDS_MAX = 16,
	LINE_MAX_BYTES = 4096,
};

struct options {
	int64_t delay_us, loss; /* loss in thousandths of a percent */
	uint64_t rate;          /* bits a second; 0: any */
	uint64_t queue, seed;
	uint32_t seconds;
	struct ni_opt_list field, drop, dup, swap;
	bool quiet, help;
};

#define AT(member) offsetof(struct options, member)

static int
set_loss(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	return nl_take_thousandths(opt, arg, 100000, _("percent"), &((struct options *)o)->loss,
				   err);
}

/* "1500000", "1500k", "1.5M": what stands before the letter is in thousandths. */
static int
set_rate(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct options *o = opts;
	char digits[32];
	size_t n = strlen(arg);
	uint64_t unit = 1;
	int64_t v = 0;
	if (n && strchr("kKmMgG", arg[n - 1])) {
		char c = (char)(arg[n - 1] | 0x20);
		unit = c == 'k' ? 1000 : c == 'm' ? 1000000 : 1000000000;
		n--;
	}
	snprintf(digits, sizeof(digits), "%.*s", (int)n, arg);
	int rc = nl_take_thousandths(opt, digits, 100000000000000, _("bits a second"), &v, err);
	o->rate = (uint64_t)v * unit / 1000;
	if (!rc && (o->rate < 1000 || o->rate > 100000000000)) {
		ni_fail(err, NI_ERR_INPUT, _("--rate %s: not such a rate"), arg);
		ni_hint(err, _("bits a second, from 1k to 100G"));
		rc = NI_ERR_INPUT;
	}
	return rc;
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("The line"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 'd', "delay", "MS", N_("a frame arrives so much later, in either direction; decimals are allowed"), AT(delay_us), (uint64_t)DELAY_MAX_MS * NL_MS, nl_opt_ms},
	{NI_OPT_CALL, 'r', "rate", "BIT/S", N_("so fast in each direction: 2M, 512k; a frame counts from its Ethernet header on"), 0, 0, set_rate},
	{NI_OPT_BIG, 0, "queue", "BYTES", N_("with --rate, frames of so many bytes wait for the line, others are dropped (default 100000)"), AT(queue), 1 << 25, NULL},

	{NI_OPT_HEADING, 0, N_("What happens to frames (may be repeated)"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_LIST, 0, "drop", "'K,K-K FILTER'", N_("drop the K-th of the frames that match the display filter, counted from 1; no filter: of all"), AT(drop), 0, NULL},
	{NI_OPT_LIST, 0, "dup", "'K,K-K FILTER'", N_("deliver it twice"), AT(dup), 0, NULL},
	{NI_OPT_LIST, 0, "swap", "'K,K-K FILTER'", N_("deliver it behind the next frame of its direction, or after a second"), AT(swap), 0, NULL},
	{NI_OPT_CALL, 0, "loss", "PERCENT", N_("lose so many, by chance"), 0, 0, set_loss},
	{NI_OPT_BIG, 0, "seed", "N", N_("of that chance: the same N loses the same frames (default 1)"), AT(seed), 0, NULL},

	{NI_OPT_HEADING, 0, N_("What is printed, and the end"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_LIST, 'e', "field", "FIELD", N_("with each frame that something happened to, this field; may be repeated"), AT(field), 0, NULL},
	{NI_OPT_FLAG, 'q', "quiet", NULL, N_("only the counts at the end"), AT(quiet), 0, NULL},
	{NI_OPT_NUMBER, 0, "seconds", "N", N_("end after so long, at most 3600 (default 600)"), AT(seconds), SECONDS_MAX, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct nl_tool tool = {
    {"netlab wire", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab wire [options] INTERFACE INTERFACE\n\n"
       "Join two Ethernet interfaces: what comes in at one goes out at the other. Prints a line\n"
       "when it does, one for each frame that something happened to, and counts at the end\n"
       "(SIGINT, SIGTERM, or --seconds)."),
    N_("Exit status: 0 at the end, 1 if an interface failed, 2 on wrong usage."),
    AT(help),
    NULL,
    NULL,
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
	const struct options *o;
	struct side side[2];
	struct nl_rules rules;
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
	struct nl_verdict v = nl_rules_judge(&w->rules, w->buf, n, now);
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

static int
run(struct wire *w, char *const *names, struct ni_err *err)
{
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
	return rc;
}

/* The rules of the command line, and its fields. */
static int
set_rules(struct wire *w, struct ni_err *err)
{
	const struct {
		enum nl_act act;
		const char *name;
		const struct ni_opt_list *list;
	} all[] = {{NL_DROP, "drop", &w->o->drop},
		   {NL_DUP, "dup", &w->o->dup},
		   {NL_SWAP, "swap", &w->o->swap}};
	int rc = NI_SUCCESS;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (size_t k = 0; k < all[i].list->n && !rc; k++)
			rc =
			    nl_rule_add(&w->rules, all[i].act, all[i].name, all[i].list->v[k], err);
	if (!rc && w->o->field.n > FIELDS_MAX)
		rc = ni_fail(err, NI_ERR_INPUT, _("-e: more than %d fields"), FIELDS_MAX);
	if (!rc)
		rc = nl_rules_ready(&w->rules, !w->o->quiet && (w->o->loss || w->o->rate), err);
	if (!rc && w->rules.session)
		for (size_t i = 0; i < w->o->field.n && !rc; i++)
			rc = nl_look_known(ni_session_registry(w->rules.session), w->o->field.v[i],
					   err);
	return rc;
}

static int
check(const struct options *o, int argc, char **argv, struct ni_err *err)
{
	if (argc - optind != 2) {
		ni_fail(err, NI_ERR_INPUT, _("a wire has two ends"));
		ni_hint(err, _("netlab wire INTERFACE INTERFACE"));
		return NI_ERR_INPUT;
	}
	if (!strcmp(argv[optind], argv[optind + 1]))
		return ni_fail(err, NI_ERR_INPUT, _("%s: a wire has two ends"), argv[optind]);
	if (!o->seconds)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"), "seconds");
	return NI_SUCCESS;
}

int
nl_wire(int argc, char **argv)
{
	static struct options o = {.queue = 100000, .seed = 1, .seconds = 600};
	struct ni_err err = {"", ""};
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	struct wire *w = calloc(1, sizeof(*w));
	if (!w) {
		ni_fail(&err, NI_ERR_RUN, _("not enough memory"));
		return nl_tool_fail(&tool, &err, NI_ERR_RUN);
	}
	w->o = &o;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = check(&o, argc, argv, &err);
	if (!rc)
		rc = set_rules(w, &err);
	if (!rc) {
		nl_stop_on_signals();
		rc = run(w, argv + optind, &err);
	}
	nl_rules_free(&w->rules);
	free(w);
	return rc ? nl_tool_fail(&tool, &err, rc) : 0;
}

void
nl_wire_man(void)
{
	nl_tool_man(&tool);
}
