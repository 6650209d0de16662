/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every byte vector through the dissectors and every output, in heap copies of exactly its size, so
 * that a sanitizer sees one byte read too many:
 *
 *   golden    the JSON is the line in vectors/<file>.json (NI_UPDATE=1 writes it)
 *   snap      cut after every byte as by a snap length: nothing becomes malformed that was not
 *   short     ended after every byte: anything but a crash
 *   flips     with every single bit flipped: anything but a crash
 *
 * What is shown of any of them is UTF-8 without control characters.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#ifdef HAVE_JANSSON
#include <jansson.h>
#endif

#include "outputs.h"
#include "state.h"
#include "vectors.h"

/* Of a long vector only some bits are flipped: all of its headers, then one in so many. */
enum { FLIP_ALL_BYTES = 96, FLIP_REST_BITS = 509, SNAP_ALL_BYTES = 256, SNAP_REST = 17 };

static struct ni_registry *registry;
static struct outputs outputs;
static struct vectors vectors;
static const char *directory;

/* Take @v apart; with @len bytes claimed, @cap of them captured, from the copy at @p. */
static void
dissect(struct ni_dis *d, struct ni_frame *f, const struct vector *v, const uint8_t *p,
	uint32_t cap, uint32_t len)
{
	static struct ni_state state;
	memset(d, 0xa5, sizeof(*d)); /* what ni_dissect() does not set, nobody may read */
	d->reg = registry;
	d->state = &state;
	d->clock = NULL;
	*f = (struct ni_frame){
	    .data = p,
	    .cap = cap,
	    .len = len,
	    .number = 1,
	    .ts_ns = 1700000000123456789,
	    .offset = UINT64_MAX,
	    .linktype = v->link,
	    .ts_digits = 9,
	};
	if (!v->proto) {
		ni_dissect(d, f);
		return;
	}
	const struct ni_proto *proto = ni_registry_find(registry, v->proto);
	if (!proto)
		fail_msg("%s: no such protocol", v->proto);
	/* A message of a stream: the frame around it is empty. */
	f->cap = f->len = 0;
	ni_dissect(d, f);
	struct ni_span s = {p, cap, len};
	ni_dissect_more(d, proto, s, ni_source_add(d, s, "Message"), 0);
}

static uint8_t *
copy_of(const uint8_t *p, size_t n)
{
	uint8_t *c = malloc(n ? n : 1);
	if (!c)
		fail_msg("no memory");
	memcpy(c, p, n);
	return c;
}

static void
show(const struct ni_dis *d, const char *what, size_t at)
{
	const char *wrong = outputs_show_all(&outputs, d);
	if (wrong)
		fail_msg("%s %zu: %s", what, at, wrong);
}

/* A layer claims no more than its source has, and its header lies inside it. */
static void
check_layers(const struct ni_dis *d, const char *what, size_t at)
{
	if (d->nlayers > NI_MAX_LAYERS || d->nsources > NI_MAX_SOURCES || d->nnotes > NI_MAX_NOTES)
		fail_msg("%s %zu: too many layers, sources or notes", what, at);
	for (unsigned i = 0; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		const char *key = ni_layer_proto(d, l)->key;
		if (l->src >= d->nsources)
			fail_msg("%s %zu: layer %s has no source", what, at, key);
		if ((uint64_t)l->off + l->len > d->sources[l->src].len)
			fail_msg("%s %zu: layer %s ends behind its source", what, at, key);
		if (l->rc == NI_OK && l->hdr > l->len)
			fail_msg("%s %zu: layer %s is shorter than its header", what, at, key);
	}
}

/* ---- golden ---- */

static void
golden_path(char *path, size_t size, const struct vector *v, const char *suffix)
{
	snprintf(path, size, "%s/%s%s", directory, v->file, suffix);
}

/* The number of @v among those of its file. */
static size_t
index_in_file(const struct vector *v)
{
	size_t n = 0;
	while (v > vectors.v && !strcmp(v[-1].file, v->file)) {
		v--;
		n++;
	}
	return n;
}

static void
write_golden(const struct vector *v, const char *text, size_t n)
{
	char path[4096];
	golden_path(path, sizeof(path), v, ".json");
	FILE *f = fopen(path, index_in_file(v) ? "a" : "w");
	if (!f || fwrite(text, 1, n, f) != n || fclose(f))
		fail_msg("%s: cannot be written", path);
}

static void
check_json(const char *text, size_t n)
{
#ifdef HAVE_JANSSON
	json_error_t error;
	json_t *j = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
	if (!j)
		fail_msg("not JSON: %s\n%.*s", error.text, (int)n, text);
	json_decref(j);
#else
	(void)text;
	(void)n;
#endif
}

/* Show where two lines part, with what stands around. */
static void
show_difference(const char *want, size_t n, const char *got, size_t m)
{
	enum { BEFORE = 40, AFTER = 160 };
	size_t at = 0;
	while (at < n && at < m && want[at] == got[at])
		at++;
	size_t from = at > BEFORE ? at - BEFORE : 0;
	fprintf(stderr, "expected …%.*s\n     got …%.*s\n",
		(int)(n - from < AFTER ? n - from : AFTER), want + from,
		(int)(m - from < AFTER ? m - from : AFTER), got + from);
}

static void
compare_golden(const struct vector *v, const char *text, size_t n)
{
	char path[4096];
	char *line = NULL;
	size_t size = 0;
	golden_path(path, sizeof(path), v, ".json");
	FILE *f = fopen(path, "r");
	if (!f)
		fail_msg("%s is missing; NI_UPDATE=1 makes it", path);
	ssize_t got = -1;
	for (size_t i = 0; i <= index_in_file(v); i++)
		got = getline(&line, &size, f);
	fclose(f);
	bool same = got >= 0 && (size_t)got == n && !memcmp(line, text, n);
	if (!same)
		show_difference(line, got < 0 ? 0 : (size_t)got, text, n);
	free(line);
	if (!same)
		fail_msg("%s, line %zu differs", path, index_in_file(v) + 1);
}

static void
golden(void **state)
{
	const struct vector *v = *state;
	uint8_t *p = copy_of(v->bytes, v->len);
	struct ni_frame f;
	struct ni_dis d;
	size_t n;
	dissect(&d, &f, v, p, (uint32_t)v->len, (uint32_t)v->len);
	check_layers(&d, "whole", v->len);
	show(&d, "whole", v->len);
	const char *text = outputs_show(&outputs, OUTPUT_JSON, &d, &n);
	check_json(text, n);
	if (getenv("NI_UPDATE"))
		write_golden(v, text, n);
	else
		compare_golden(v, text, n);
	free(p);
}

/* ---- snap lengths and short packets ---- */

/* The next length to try behind @n: every one at first, then some. */
static size_t
next_cut(size_t n)
{
	if (getenv("NI_QUICK"))
		return n + 7;
	return n < SNAP_ALL_BYTES ? n + 1 : n + SNAP_REST;
}

static bool
had_error(const struct ni_dis *whole, const struct ni_note_def *def)
{
	for (unsigned i = 0; i < whole->nnotes; i++)
		if (whole->notes[i].def == def)
			return true;
	return whole->notes_lost != 0;
}

/* What the capture does not hold may not count against the packet. */
static void
check_cut(const struct ni_dis *cut, const struct ni_dis *whole, size_t at)
{
	for (unsigned i = 0; i < cut->nlayers; i++) {
		const struct ni_layer *l = &cut->layers[i];
		bool was = i < whole->nlayers && whole->layers[i].proto == l->proto &&
			   whole->layers[i].rc == NI_MALFORMED;
		if (l->rc == NI_MALFORMED && !was)
			fail_msg("cut after %zu bytes, layer %s becomes malformed", at,
				 ni_layer_proto(cut, l)->key);
	}
	for (unsigned i = 0; i < cut->nnotes; i++) {
		const struct ni_note_def *def = cut->notes[i].def;
		if (def->severity == NI_ERROR && !had_error(whole, def))
			fail_msg("cut after %zu bytes there is a new error: %s", at, def->key);
	}
}

static void
snap(void **state)
{
	const struct vector *v = *state;
	uint8_t *all = copy_of(v->bytes, v->len);
	struct ni_frame f;
	struct ni_frame whole_f;
	struct ni_dis d;
	struct ni_dis whole;
	dissect(&whole, &whole_f, v, all, (uint32_t)v->len, (uint32_t)v->len);
	for (size_t n = 0; n < v->len; n = next_cut(n)) {
		uint8_t *p = copy_of(v->bytes, n);
		dissect(&d, &f, v, p, (uint32_t)n, (uint32_t)v->len);
		check_layers(&d, "cut after", n);
		check_cut(&d, &whole, n);
		show(&d, "cut after", n);
		free(p);
	}
	free(all);
}

static void
short_packet(void **state)
{
	const struct vector *v = *state;
	struct ni_frame f;
	struct ni_dis d;
	for (size_t n = 0; n < v->len; n = next_cut(n)) {
		uint8_t *p = copy_of(v->bytes, n);
		dissect(&d, &f, v, p, (uint32_t)n, (uint32_t)n);
		check_layers(&d, "ended after", n);
		show(&d, "ended after", n);
		free(p);
	}
}

static void
flips(void **state)
{
	const struct vector *v = *state;
	uint8_t *p = copy_of(v->bytes, v->len);
	struct ni_frame f;
	struct ni_dis d;
	size_t all = 8 * (v->len < FLIP_ALL_BYTES ? v->len : FLIP_ALL_BYTES);
	size_t step = (8 * v->len - all) / FLIP_REST_BITS;
	step = 2 * (step / 2) + 1; /* odd, so that all bits of a byte have their turn */
	size_t first = getenv("NI_QUICK") ? 13 : 1;
	for (size_t bit = 0; bit < 8 * v->len; bit += bit < all ? first : step) {
		p[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		dissect(&d, &f, v, p, (uint32_t)v->len, (uint32_t)v->len);
		check_layers(&d, "flipped bit", bit);
		show(&d, "flipped bit", bit);
		p[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	}
	free(p);
}

/* ---- the table of tests is made of the vectors ---- */

static const struct {
	const char *name;
	CMUnitTestFunction test;
} kinds[] = {{"golden", golden}, {"snap", snap}, {"short", short_packet}, {"flips", flips}};

enum { NKINDS = sizeof(kinds) / sizeof(kinds[0]) };

static struct CMUnitTest *
make_tests(void)
{
	struct CMUnitTest *tests = calloc(vectors.n * NKINDS, sizeof(*tests));
	for (size_t i = 0; tests && i < vectors.n * NKINDS; i++) {
		struct vector *v = &vectors.v[i / NKINDS];
		char *name = NULL;
		if (asprintf(&name, "%s: %s: %s", v->file, v->name, kinds[i % NKINDS].name) < 0)
			return NULL;
		tests[i] = (struct CMUnitTest){name, kinds[i % NKINDS].test, NULL, NULL, v};
	}
	return tests;
}

int
main(void)
{
	const char *top = getenv("NI_SRCDIR");
	char path[4096];
	snprintf(path, sizeof(path), "%s/tests/unit/vectors", top ? top : ".");
	directory = path;
	registry = ni_registry_new();
	if (!registry || !outputs_open(&outputs, registry) || vectors_read(&vectors, directory))
		return 99;
	struct CMUnitTest *tests = make_tests();
	if (!tests || !vectors.n)
		return vectors.n ? 99 : 77;
	int failed = _cmocka_run_group_tests("vectors", tests, vectors.n * NKINDS, NULL, NULL);
	for (size_t i = 0; i < vectors.n * NKINDS; i++)
		free((char *)(uintptr_t)tests[i].name);
	free(tests);
	vectors_free(&vectors);
	outputs_close(&outputs);
	ni_registry_free(&registry);
	return failed ? 1 : 0;
}
