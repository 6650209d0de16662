/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets have in common; see fuzz.h. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUTS = 5, MAX_FLOWS = 64, STREAM_KIB = 64 };

void
fuzz_fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static int
nowhere(void)
{
	static int fd = -1;
	if (fd < 0)
		fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		fuzz_fail("/dev/null cannot be opened");
	return fd;
}

static void
add(struct fuzz_session *f, struct ni_sink *sink)
{
	if (!sink || ni_session_add(f->s, sink, NULL))
		fuzz_fail("no sink");
}

void
fuzz_check(const struct ni_dis *d)
{
	if (d->nlayers > NI_MAX_LAYERS || d->nsources > NI_MAX_SOURCES || d->nnotes > NI_MAX_NOTES)
		fuzz_fail("too many layers, sources or notes");
	for (unsigned i = 0; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		if (l->src >= d->nsources || (uint64_t)l->off + l->len > d->sources[l->src].len)
			fuzz_fail("a layer ends behind its source");
	}
}

/* Buffers are made once: most of the time would be spent in making them. */
static struct ni_out *
outputs(void)
{
	static struct ni_out out[OUTPUTS];
	for (unsigned i = 0; i < OUTPUTS; i++)
		if (!out[i].mem && ni_out_init(&out[i], nowhere(), NULL))
			fuzz_fail("no memory");
	return out;
}

void
fuzz_begin(struct fuzz_session *f)
{
	struct ni_session_opts opts = {
	    .check_checksums = true,
	    .seed = 1,
	    .max_flows = MAX_FLOWS,
	    .max_stream_kib = STREAM_KIB,
	};
	/* So little memory that connections take it from each other. */
	struct ni_ladder_opts ladder = {.explain = true, .live = true, .memory = 32 << 10};
	struct ni_text_opts text = {.summary = true, .tree = true, .hex = true};
	memset(f, 0, sizeof(*f));
	f->ts_ns = 1700000000000000000;
	f->s = ni_session_new(&opts, NULL);
	if (!f->s)
		fuzz_fail("no session");
	f->out = outputs();
	f->input = (struct ni_report_input){.name = "fuzz", .format = "pcap"};
	struct ni_report_opts report = {.full = true, .input = &f->input, .session = f->s};
	add(f, ni_text_sink(&f->out[0], &text));
	add(f, ni_json_sink(&f->out[1], true));
	add(f, ni_report_sink(&f->out[2], &report, NULL));
	add(f, ni_records_sink(&f->out[3], 0, true));
	add(f, ni_ladder_sink(&f->out[4], &ladder));
}

void
fuzz_frame(struct fuzz_session *f, uint32_t linktype, const uint8_t *p, uint32_t cap, uint32_t len)
{
	uint8_t *copy = malloc(cap ? cap : 1);
	if (!copy)
		fuzz_fail("no memory");
	memcpy(copy, p, cap);
	struct ni_frame frame = {
	    .data = copy,
	    .cap = cap,
	    .len = len < cap ? cap : len,
	    .number = ++f->number,
	    .ts_ns = f->ts_ns,
	    .offset = UINT64_MAX,
	    .linktype = linktype,
	    .ts_digits = 9,
	};
	const struct ni_dis *d = ni_session_frame(f->s, &frame);
	if (d)
		fuzz_check(d);
	free(copy);
}

void
fuzz_end(struct fuzz_session *f)
{
	if (ni_session_end(f->s, NULL))
		fuzz_fail("the end failed");
	ni_session_free(&f->s);
}
