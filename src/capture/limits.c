/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a capture stops by itself, or goes on in another file; see limits.h. */
#include "config.h"

#include "limits.h"

#include <stddef.h>
#include <string.h>

#include "i18n.h"
#include "source_impl.h"

enum { MAX_FILES = 99999 };

static const char autostop_help[] = N_("-a duration:SECONDS, filesize:KB, files:N or packets:N");
static const char ring_help[] =
    N_("-b duration:SECONDS, interval:SECONDS, filesize:KB, packets:N, files:N or nametimenum:1|2");

/* Parse digits alone. Returns false if there is anything else, or too many of them. */
static bool
parse_count(const char *s, uint64_t *out)
{
	uint64_t v = 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v))
			return false;
	}
	*out = v;
	return true;
}

/* Parse "12" or "0.5" into nanoseconds; not by strtod(), which obeys the locale and knows "inf". */
static bool
parse_seconds(const char *s, int64_t *out)
{
	int64_t v = 0;
	int64_t unit = 1000000000;
	bool digits = false;
	bool point = false;
	for (; *s; s++) {
		if (*s == '.' && !point) {
			point = true;
			continue;
		}
		if (*s < '0' || *s > '9')
			return false;
		digits = true;
		if (point) {
			unit /= 10;
			v += (*s - '0') * unit;
		} else if (v > INT64_C(100000000) * 1000000000) {
			return false;
		} else {
			v = v * 10 + (*s - '0') * unit;
		}
	}
	*out = v;
	return digits && v > 0;
}

static int
bad(const char *option, const char *text, const char *what, const char *help, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, "%s %s: %s", option, text, _(what));
	ni_hint(err, "%s", _(help));
	return NI_ERR_INPUT;
}

/* What one word of -a or -b sets; exactly one of the pointers. */
struct criterion {
	const char *word;
	int64_t *seconds;
	uint64_t *kilobytes;
	uint64_t *count;
	uint32_t *files;
};

static const char *
set_criterion(const struct criterion *c, const char *value)
{
	uint64_t n;
	if (c->seconds)
		return parse_seconds(value, c->seconds) ? NULL
							: N_("not a number of seconds above 0");
	if (!parse_count(value, &n) || n == 0)
		return N_("not a whole number above 0");
	if (c->files) {
		*c->files = (uint32_t)n;
		return n <= MAX_FILES ? NULL : N_("more than 99999 files");
	}
	if (c->count) {
		*c->count = n;
		return NULL;
	}
	return __builtin_mul_overflow(n, 1000u, c->kilobytes) ? N_("too large") : NULL;
}

static int
parse(const char *option, const char *text, const struct criterion *c, size_t n, const char *help,
      struct ni_err *err)
{
	const char *colon = strchr(text, ':');
	if (!colon)
		return bad(option, text, N_("not of the form WORD:VALUE"), help, err);
	for (size_t i = 0; i < n; i++) {
		size_t len = (size_t)(colon - text);
		if (strlen(c[i].word) != len || strncmp(c[i].word, text, len) != 0)
			continue;
		const char *wrong = set_criterion(&c[i], colon + 1);
		return wrong ? bad(option, text, wrong, help, err) : NI_SUCCESS;
	}
	return bad(option, text, N_("unknown criterion"), help, err);
}

int
ni_limits_autostop(struct ni_limits *l, const char *text, struct ni_err *err)
{
	const struct criterion c[] = {
	    {.word = "duration", .seconds = &l->stop_ns},
	    {.word = "filesize", .kilobytes = &l->stop_bytes},
	    {.word = "files", .files = &l->stop_files},
	    {.word = "packets", .count = &l->stop_packets},
	};
	return parse("-a", text, c, sizeof(c) / sizeof(c[0]), autostop_help, err);
}

int
ni_limits_ring(struct ni_limits *l, const char *text, struct ni_err *err)
{
	uint64_t order = 1;
	const struct criterion c[] = {
	    {.word = "duration", .seconds = &l->next_ns},
	    {.word = "interval", .seconds = &l->next_interval_ns},
	    {.word = "filesize", .kilobytes = &l->next_bytes},
	    {.word = "packets", .count = &l->next_packets},
	    {.word = "files", .files = &l->keep_files},
	    {.word = "nametimenum", .count = &order},
	};
	int r = parse("-b", text, c, sizeof(c) / sizeof(c[0]), ring_help, err);
	if (r < 0)
		return r;
	if (order > 2)
		return bad("-b", text, N_("neither 1 (number first) nor 2 (time first)"), ring_help,
			   err);
	l->several = true;
	l->time_first = l->time_first || order == 2;
	return NI_SUCCESS;
}

int
ni_limits_check(const struct ni_limits *l, const char *path, struct ni_err *err)
{
	bool when = l->next_ns || l->next_interval_ns || l->next_bytes || l->next_packets ||
		    (l->several && l->stop_bytes);
	if (l->several && !when) {
		ni_fail(err, NI_ERR_INPUT, _("-b: when to begin the next file is not said"));
		ni_hint(err,
			_("add -b filesize:KB, duration:SECONDS, interval:SECONDS or packets:N"));
		return NI_ERR_INPUT;
	}
	if (l->several && (!path || strcmp(path, "-") == 0)) {
		ni_fail(err, NI_ERR_INPUT, _("-b: several files need a name"));
		ni_hint(err,
			_("add -w NAME.pcapng; files are then called NAME_00001_TIME.pcapng ..."));
		return NI_ERR_INPUT;
	}
	if (l->stop_files && !l->several) {
		ni_fail(err, NI_ERR_INPUT, _("-a files:%u: there is only one file"), l->stop_files);
		ni_hint(err, _("say with -b when the next one begins"));
		return NI_ERR_INPUT;
	}
	if (l->stop_bytes && !path) {
		ni_fail(err, NI_ERR_INPUT, _("-a filesize: no file is written"));
		ni_hint(err, _("add -w FILE"));
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}

struct ni_now
ni_now(void)
{
	return (struct ni_now){ni_mono_ns(), ni_wall_ns()};
}

void
ni_progress_start(struct ni_progress *p, struct ni_now now)
{
	*p = (struct ni_progress){.start = now, .file_start = now};
}

void
ni_progress_start_file(struct ni_progress *p, struct ni_now now)
{
	p->files++;
	p->file_packets = 0;
	p->file_bytes = 0;
	p->file_start = now;
}

enum ni_due
ni_limits_by_time(const struct ni_limits *l, const struct ni_progress *p, struct ni_now now)
{
	if (l->stop_ns && now.mono_ns - p->start.mono_ns >= l->stop_ns)
		return NI_DUE_STOP;
	if (l->next_ns && now.mono_ns - p->file_start.mono_ns >= l->next_ns)
		return NI_DUE_NEXT_FILE;
	int64_t every = l->next_interval_ns;
	if (every && now.wall_ns / every > p->file_start.wall_ns / every)
		return NI_DUE_NEXT_FILE;
	return NI_DUE_NOTHING;
}

enum ni_due
ni_limits_by_size(const struct ni_limits *l, const struct ni_progress *p)
{
	if (l->stop_packets && p->packets >= l->stop_packets)
		return NI_DUE_STOP;
	if (l->stop_bytes && p->file_bytes >= l->stop_bytes)
		return l->several ? NI_DUE_NEXT_FILE : NI_DUE_STOP;
	if (l->next_bytes && p->file_bytes >= l->next_bytes)
		return NI_DUE_NEXT_FILE;
	if (l->next_packets && p->file_packets >= l->next_packets)
		return NI_DUE_NEXT_FILE;
	return NI_DUE_NOTHING;
}
