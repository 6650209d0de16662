/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture file as a source: which format it is, the filter, and how it ends. */
#include "config.h"

#include "file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "i18n.h"

/*
 * Frames that the filter refuses before the caller gets to look at its signals: a few milliseconds'
 * worth.
 */
enum { REFUSED_AT_ONCE = 16384 };

static const char reads[] =
    N_("netinspect reads pcap and pcapng files, plain or compressed with gzip "
       "or zstd; 'editcap -F pcapng IN OUT' converts many others");

void
ni_file_hint_whole(const struct ni_file *f, struct ni_err *err)
{
	if (f->packets == 0)
		ni_hint(err, _("no whole packet stands before it"));
	else if (f->packets == 1)
		ni_hint(err, _("the packet before it is whole"));
	else
		ni_hint(err, _("the %llu packets before it are whole"),
			(unsigned long long)f->packets);
}

int
ni_file_cut(struct ni_file *f, uint64_t need, struct ni_err *err)
{
	f->over = true;
	struct ni_bytes *b = &f->bytes;
	uint64_t left = ni_bytes_ready(b);
	/* What a pipe or a growing file was about to say when the user stopped is not missing. */
	if (ni_source_stopped(&f->base))
		return NI_SOURCE_END;
	unsigned long long at = (unsigned long long)ni_bytes_offset(b);
	unsigned long long next = (unsigned long long)f->packets + 1;
	if (b->cut_inside) {
		ni_fail(err, NI_ERR_INPUT,
			_("%s: cut short in packet %llu at byte %llu: the %s data ends there"),
			f->name, next, at, b->unpack->name);
	} else if (b->skip > 0) {
		ni_fail(
		    err, NI_ERR_INPUT,
		    _("%s: cut short behind packet %llu at byte %llu: %llu bytes of a block are "
		      "missing"),
		    f->name, next - 1, at, (unsigned long long)b->skip);
	} else {
		ni_fail(err, NI_ERR_INPUT,
			_("%s: cut short in packet %llu at byte %llu: %llu bytes needed, %llu are "
			  "there"),
			f->name, next, at, (unsigned long long)need, (unsigned long long)left);
	}
	ni_file_hint_whole(f, err);
	return NI_ERR_INPUT;
}

/* Nothing, or too little to tell what it is, came before the end. */
static int
too_short(struct ni_file *f, struct ni_err *err)
{
	f->over = true;
	if (ni_source_stopped(&f->base))
		return NI_SOURCE_END;
	if (f->bytes.cut_inside) {
		return ni_fail(err, NI_ERR_INPUT,
			       _("%s: the %s data is cut before anything can be read"), f->name,
			       f->bytes.unpack->name);
	}
	size_t n = ni_bytes_ready(&f->bytes);
	if (n == 0) {
		ni_fail(err, NI_ERR_INPUT, _("%s: is empty, it has not even a file header"),
			f->name);
	} else {
		ni_fail(err, NI_ERR_INPUT, _("%s: is no capture file, it has only %zu bytes"),
			f->name, n);
	}
	ni_hint(err, "%s", _(reads));
	return NI_ERR_INPUT;
}

static int
unknown(struct ni_file *f, struct ni_err *err)
{
	f->over = true;
	const char *unpack;
	const char *what =
	    ni_magic_describe(ni_bytes_at(&f->bytes), ni_bytes_ready(&f->bytes), &unpack);
	const char *z = f->bytes.unpack ? f->bytes.unpack->name : NULL;
	if (z) {
		ni_fail(err, NI_ERR_INPUT, _("%s: is no capture file, but %s in a %s file"),
			f->name, what, z);
	} else {
		ni_fail(err, NI_ERR_INPUT, _("%s: is no capture file, but looks like %s"), f->name,
			what);
	}
	if (unpack)
		ni_hint(err, _("%s FILE | netinspect -r -"), unpack);
	else
		ni_hint(err, "%s", _(reads));
	return NI_ERR_INPUT;
}

/* Compile the filter for interface @i if that has not been done. */
static int
prepare_filter(struct ni_file *f, uint32_t i, struct ni_err *err)
{
	if (i >= f->bpf_room) {
		uint32_t room = f->base.room;
		struct ni_bpf **p = realloc(f->bpf, room * sizeof(struct ni_bpf *));
		if (!p)
			return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), f->name);
		memset(p + f->bpf_room, 0, (room - f->bpf_room) * sizeof(struct ni_bpf *));
		f->bpf = p;
		f->bpf_room = room;
	}
	return f->bpf[i] ? NI_SUCCESS
			 : ni_bpf_compile(&f->bpf[i], f->filter, f->base.ifaces[i].linktype, err);
}

/* Recognise the format and read what stands before the first packet. */
static int
start(struct ni_file *f, struct ni_err *err)
{
	if (!f->format) {
		int r = ni_bytes_need(&f->bytes, 4, err);
		if (r == NI_BYTES_END)
			return too_short(f, err);
		if (r != NI_BYTES_HAVE)
			return r;
		uint32_t magic = ni_file32(ni_bytes_at(&f->bytes), false);
		if (magic == NI_PCAPNG_SHB)
			f->format = &ni_pcapng_format;
		else if (ni_pcapfile_magic(magic) || ni_pcapfile_magic(__builtin_bswap32(magic)))
			f->format = &ni_pcapfile_format;
		else
			return unknown(f, err);
	}
	int r = f->format->start(f, err);
	if (r != NI_SOURCE_FRAME)
		return r;
	/* Here rather than at the first packet, so that a wrong filter is told at once. */
	if (f->filter && f->base.n_ifaces > 0) {
		int s = prepare_filter(f, 0, err);
		if (s < 0)
			return s;
	}
	f->started = true;
	return r;
}

static int
next_passing(struct ni_file *f, struct ni_frame *frame, struct ni_err *err)
{
	for (int i = 0; i < REFUSED_AT_ONCE; i++) {
		int r = f->format->next(f, frame, err);
		if (r != NI_SOURCE_FRAME)
			return r;
		r = prepare_filter(f, frame->iface, err);
		if (r < 0)
			return r;
		if (ni_bpf_match(f->bpf[frame->iface], frame->data, frame->cap, frame->len))
			return NI_SOURCE_FRAME;
	}
	return NI_SOURCE_IDLE;
}

static int
file_next(struct ni_source *s, struct ni_frame *frame, struct ni_err *err)
{
	struct ni_file *f = (struct ni_file *)s;
	if (f->over)
		return NI_SOURCE_END;
	/* A file that lies there complete has nothing that a stopped user would miss. */
	if (ni_source_stopped(s) && f->bytes.regular && !f->bytes.follow) {
		f->over = true;
		return NI_SOURCE_END;
	}
	int r;
	if (!f->started) {
		r = start(f, err);
		if (r != NI_SOURCE_FRAME)
			goto out;
	}
	r = f->filter ? next_passing(f, frame, err) : f->format->next(f, frame, err);
out:
	if (r < 0 || r == NI_SOURCE_END)
		f->over = true;
	return r;
}

static void
file_info(struct ni_source *s, struct ni_source_info *info)
{
	struct ni_file *f = (struct ni_file *)s;
	struct ni_bytes *b = &f->bytes;
	struct stat st;
	if (b->regular && fstat(b->fd, &st) == 0) {
		info->size = (uint64_t)st.st_size;
		info->dev = st.st_dev;
		info->ino = st.st_ino;
	}
	info->name = f->name;
	info->format = f->format_name ? f->format_name : "";
	info->compression = b->unpack ? b->unpack->name : NULL;
	info->position = ni_bytes_position(b);
	info->store_fd = b->regular && !b->unpack ? b->fd : -1;
}

static void
file_stats(struct ni_source *s, struct ni_source_stats *st)
{
	struct ni_file *f = (struct ni_file *)s;
	st->received = f->packets;
	st->dropped = f->ng.dropped;
	for (uint32_t i = 0; i < s->n_ifaces; i++) {
		st->dropped += s->ifaces[i].dropped;
		st->if_dropped += s->ifaces[i].if_dropped;
	}
}

static int
file_fd(const struct ni_source *s)
{
	const struct ni_file *f = (const struct ni_file *)s;
	if (f->bytes.regular)
		return f->bytes.watch;
	return f->bytes.fd;
}

static void
file_close(struct ni_source *s)
{
	struct ni_file *f = (struct ni_file *)s;
	ni_bytes_close(&f->bytes);
	for (uint32_t i = 0; i < f->bpf_room; i++)
		ni_bpf_free(&f->bpf[i]);
	free(f->bpf);
	ni_pcapng_free(&f->ng);
	free(f->path);
	free(f->filter);
	ni_source_fini(s);
	free(f);
}

static const struct ni_source_ops file_ops = {
    .next = file_next,
    .info = file_info,
    .stats = file_stats,
    .fd = file_fd,
    .close = file_close,
};

int
ni_source_open_file(struct ni_source **out, const struct ni_file_options *opt, struct ni_err *err)
{
	*out = NULL;
	struct ni_file *f = calloc(1, sizeof(*f));
	if (!f)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), opt->path);
	ni_source_init(&f->base, &file_ops);
	f->path = strdup(opt->path);
	f->filter = opt->filter && opt->filter[0] ? strdup(opt->filter) : NULL;
	f->name = strcmp(opt->path, "-") == 0 ? _("standard input") : f->path;
	f->bytes = (struct ni_bytes){.fd = -1,
				     .watch = -1,
				     .name = f->name,
				     .follow = opt->follow,
				     .stop = &f->base.stop,
				     .wait_ms = &f->base.wait_ms};
	int r = NI_SUCCESS;
	if (!f->path || (opt->filter && opt->filter[0] && !f->filter))
		r = ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), opt->path);
	if (r == NI_SUCCESS)
		r = ni_bytes_open(&f->bytes, opt->path, err);
	if (r == NI_SUCCESS && f->bytes.regular) {
		r = start(f, err);
		/* A file cut in its first blocks is no reason to refuse what next() can still say.
		 */
		if (r > 0)
			r = NI_SUCCESS;
	}
	if (r < 0) {
		file_close(&f->base);
		return r;
	}
	*out = &f->base;
	return NI_SUCCESS;
}
