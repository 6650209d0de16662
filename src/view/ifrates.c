/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rates of interfaces; see ifrates.h. /proc/net/dev has two lines of titles, then one an interface:
 *
 *   NAME: BYTES PACKETS errs DROP fifo frame compressed multicast BYTES PACKETS errs DROP …
 */
#include "ifrates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS = 12, TEXT = 64 * 1024, APART_MS = 900 };

static struct ni_ifrate *
get(struct ni_ifrates *r, const char *name, size_t n)
{
	for (unsigned i = 0; i < r->n; i++)
		if (strlen(r->rate[i].name) == n && !memcmp(r->rate[i].name, name, n))
			return &r->rate[i];
	if (r->n == NI_IFRATES_MAX || n >= NI_IFRATES_NAME) {
		r->left_out++;
		return NULL;
	}
	struct ni_ifrate *x = &r->rate[r->n++];
	*x = (struct ni_ifrate){.there = false};
	memcpy(x->name, name, n);
	return x;
}

/* Counters may begin anew when an interface does. */
static double
rate(uint64_t now, uint64_t before, double seconds)
{
	return now >= before && seconds > 0 ? (double)(now - before) / seconds : 0;
}

static void
take_line(struct ni_ifrates *r, const char *line, const char *colon, double seconds)
{
	uint64_t v[COLUMNS] = {0};
	char *end = NULL;
	const char *s = colon + 1;
	line += strspn(line, " ");
	struct ni_ifrate *x = get(r, line, (size_t)(colon - line));
	if (!x)
		return;
	for (unsigned i = 0; i < COLUMNS; i++, s = end)
		v[i] = strtoull(s, &end, 10);
	bool fresh = !x->bytes[0] && !x->bytes[1] && !x->packets[0] && !x->packets[1];
	for (unsigned i = 0; i < 2; i++) {
		const uint64_t *p = v + 8 * (size_t)i;
		x->bytes_s[i] = fresh ? 0 : rate(p[0], x->bytes[i], seconds);
		x->packets_s[i] = fresh ? 0 : rate(p[1], x->packets[i], seconds);
		x->bytes[i] = p[0];
		x->packets[i] = p[1];
		x->drops[i] = p[3];
	}
	memmove(x->past, x->past + 1, sizeof(x->past) - sizeof(x->past[0]));
	x->past[NI_IFRATES_PAST - 1] = (float)(x->bytes_s[0] + x->bytes_s[1]);
	x->there = true;
}

void
ni_ifrates_take(struct ni_ifrates *r, const char *text, int64_t now_ns)
{
	double seconds = r->sampled_ns ? (double)(now_ns - r->sampled_ns) / 1e9 : 0;
	r->sampled_ns = now_ns;
	r->left_out = 0;
	for (unsigned i = 0; i < r->n; i++)
		r->rate[i].there = false;
	while (*text) {
		size_t n = strcspn(text, "\n");
		const char *colon = memchr(text, ':', n);
		if (colon)
			take_line(r, text, colon, seconds);
		text += n + (text[n] == '\n');
	}
}

bool
ni_ifrates_sample(struct ni_ifrates *r)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	int64_t now = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
	if (r->sampled_ns && now - r->sampled_ns < APART_MS * INT64_C(1000000))
		return false;
	FILE *f = fopen("/proc/net/dev", "re");
	char *text = f ? malloc(TEXT) : NULL;
	if (text) {
		text[fread(text, 1, TEXT - 1, f)] = '\0';
		ni_ifrates_take(r, text, now);
	}
	r->sampled_ns = now;
	free(text);
	if (f)
		fclose(f);
	return true;
}

const struct ni_ifrate *
ni_ifrates_find(const struct ni_ifrates *r, const char *name)
{
	for (unsigned i = 0; i < r->n; i++)
		if (!strcmp(r->rate[i].name, name))
			return &r->rate[i];
	return NULL;
}
