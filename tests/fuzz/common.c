/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets have in common; see fuzz.h. */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So little memory for ladders that connections take it from each other. */
enum { MAX_FLOWS = 64, STREAM_KIB = 64, LADDER_MEMORY = 32 << 10 };

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

/* Its buffer is made once: most of the time would be spent in making it. */
static struct ni_out *
output(void)
{
	static struct ni_out out;
	if (!out.mem && ni_out_init(&out, nowhere(), NULL))
		fuzz_fail("no memory");
	return &out;
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
	memset(f, 0, sizeof(*f));
	f->ts_ns = 1700000000000000000;
	f->s = ni_session_new(&opts, NULL);
	if (!f->s)
		fuzz_fail("no session");
	f->sinks.about = (struct ni_report_input){.name = "fuzz", .format = "pcap"};
	f->sinks.ladder_memory = LADDER_MEMORY;
	if (sinks_add_outputs(&f->sinks, f->s, output()) ||
	    sinks_add_stats(&f->sinks, f->s, output()) || sinks_add_others(&f->sinks, f->s))
		fuzz_fail("no sink");
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
	struct rp_page page = rp_page(output());
	if (!ni_points_compare(&f->sinks.point, &f->sinks.point, &page, true))
		fuzz_fail("no memory to compare");
	ni_point_free(&f->sinks.point);
}
