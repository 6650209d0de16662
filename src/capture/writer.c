/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing captures: which format, which file, and when the next one; see writer.h. */
#include "config.h"

#include "writer_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "i18n.h"

enum { MAX_NUMBER = 100000 }; /* file numbers start again at 0, as tshark's do */

int
ni_writer_format_parse(const char *name, enum ni_writer_format *format, struct ni_err *err)
{
	static const struct {
		const char *name;
		enum ni_writer_format format;
	} formats[] = {
	    {"pcap", NI_WRITER_PCAP},
	    {"nsecpcap", NI_WRITER_PCAP_NS},
	    {"pcapng", NI_WRITER_PCAPNG},
	};
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(name, formats[i].name) == 0) {
			*format = formats[i].format;
			return NI_SUCCESS;
		}
	}
	ni_fail(err, NI_ERR_INPUT, _("-F %s: unknown format"), name);
	ni_hint(err, _("-F pcap, nsecpcap or pcapng"));
	return NI_ERR_INPUT;
}

static bool
suffix_says_pcap(const char *path)
{
	static const char *const suffixes[] = {".pcap", ".cap", ".dmp"};
	size_t n = path ? strlen(path) : 0;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t k = strlen(suffixes[i]);
		if (n > k && strcasecmp(path + n - k, suffixes[i]) == 0)
			return true;
	}
	return false;
}

static void
choose_format(struct ni_writer *w, const struct ni_writer_options *opt)
{
	bool pcap = opt->format == NI_WRITER_PCAP || opt->format == NI_WRITER_PCAP_NS ||
		    (opt->format == NI_WRITER_AUTO && suffix_says_pcap(opt->path));
	w->ops = pcap ? &ni_pcap_writer : &ni_pcapng_writer;
	w->nanoseconds = opt->format == NI_WRITER_PCAP_NS;
	w->any_resolution = opt->format == NI_WRITER_AUTO;
	w->out.record_len = w->ops->record_len;
}

/* NAME_00001_20240714120117.pcap in the place of NAME.pcap. */
static char *
numbered_name(const struct ni_writer *w)
{
	time_t t = time(NULL);
	struct tm tm;
	char stamp[32] = "";
	if (!localtime_r(&t, &tm) || !strftime(stamp, sizeof(stamp), "%Y%m%d%H%M%S", &tm))
		stamp[0] = '\0';
	const char *dot = strrchr(w->base, '.');
	int stem = dot ? (int)(dot - w->base) : (int)strlen(w->base);
	unsigned number = (w->progress.files + 1) % MAX_NUMBER;
	char *name;
	int n =
	    w->limits.time_first
		? asprintf(&name, "%.*s_%s_%05u%s", stem, w->base, stamp, number, dot ? dot : "")
		: asprintf(&name, "%.*s_%05u_%s%s", stem, w->base, number, stamp, dot ? dot : "");
	return n < 0 ? NULL : name;
}

/* Remember @name, which is taken over, as the latest file, and delete the one that drops out. */
static void
keep(struct ni_writer *w, char *name)
{
	if (!w->kept) {
		free(name);
		return;
	}
	char **slot = &w->kept[w->progress.files % w->limits.keep_files];
	if (*slot && strcmp(*slot, name) != 0)
		(void)unlinkat(w->dir, *slot, 0);
	free(*slot);
	*slot = name;
}

static int
open_file(struct ni_writer *w, struct ni_err *err)
{
	bool is_stdout = !w->limits.several && strcmp(w->base, "-") == 0;
	char *base = w->limits.several ? numbered_name(w) : strdup(w->base);
	char *name = NULL;
	if (!base ||
	    asprintf(&name, "%s%s", w->dir_name, is_stdout ? _("standard output") : base) < 0) {
		free(base);
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), w->base);
	}
	struct ni_outfile_place at = {
	    .dir = w->dir, .base = base, .name = name, .owner = &w->owner};
	if (w->input) {
		struct ni_source_info info;
		ni_source_info(w->input, &info);
		at.input_dev = info.dev;
		at.input_ino = info.ino;
	}
	int r = ni_outfile_open(&w->out, &at, err);
	free(name);
	if (r < 0)
		free(base);
	else
		keep(w, base);
	return r;
}

static int
begin_file(struct ni_writer *w, struct ni_now now, struct ni_err *err)
{
	int r = open_file(w, err);
	if (r < 0)
		return r;
	ni_progress_start_file(&w->progress, now);
	return w->ops->begin(w, err);
}

static int
end_file(struct ni_writer *w, struct ni_err *err)
{
	int r = NI_SUCCESS;
	if (!w->out.failed)
		r = w->ops->end(w, err);
	w->bytes += ni_outfile_size(&w->out);
	int c = ni_outfile_close(&w->out, r < 0 ? NULL : err);
	return r < 0 ? r : c;
}

static int
next_file(struct ni_writer *w, struct ni_now now, struct ni_err *err)
{
	w->next_due = false;
	int r = end_file(w, err);
	return r < 0 ? r : begin_file(w, now, err);
}

/* Say whether a next file would be one more than -a allows. */
static bool
was_last_file(const struct ni_writer *w)
{
	return w->limits.stop_files && w->progress.files >= w->limits.stop_files;
}

/* Split the path, and open the directory while there is the right to. */
static int
open_directory(struct ni_writer *w, const char *path, struct ni_err *err)
{
	const char *slash = strrchr(path, '/');
	w->dir_name = slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup("");
	/* A file of that name in a folder is not standard output. */
	bool dash = slash && !strcmp(slash, "/-");
	w->base = strdup(dash ? "./-" : slash ? slash + 1 : path);
	if (!w->dir_name || !w->base)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), path);
	if (!w->base[0])
		return ni_fail(err, NI_ERR_INPUT, _("%s: is a directory, not a file name"), path);
	w->dir = open(slash ? w->dir_name : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->dir < 0)
		return ni_fail(err, NI_ERR_RUN, _("%s: %s"), path, strerror(errno));
	return NI_SUCCESS;
}

static int
open_path(struct ni_writer *w, const struct ni_writer_options *opt, struct ni_err *err)
{
	int r = open_directory(w, opt->path, err);
	if (r < 0)
		return r;
	if (w->limits.several && w->limits.keep_files) {
		w->kept = calloc(w->limits.keep_files, sizeof(char *));
		if (!w->kept)
			return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), opt->path);
	}
	return begin_file(w, ni_now(), err);
}

static int
open_fd(struct ni_writer *w, const struct ni_writer_options *opt, struct ni_err *err)
{
	w->limits.several = false;
	int r = ni_outfile_adopt(&w->out, opt->fd, _("capture file"), err);
	if (r < 0)
		return r;
	ni_progress_start_file(&w->progress, w->progress.start);
	return w->ops->begin(w, err);
}

static void
free_writer(struct ni_writer *w)
{
	(void)ni_outfile_close(&w->out, NULL);
	if (w->dir >= 0)
		close(w->dir);
	for (uint32_t i = 0; w->kept && i < w->limits.keep_files; i++)
		free(w->kept[i]);
	free(w->kept);
	free(w->dir_name);
	free(w->base);
	free(w->blocks);
	free(w);
}

int
ni_writer_open(struct ni_writer **out, const struct ni_writer_options *opt, struct ni_err *err)
{
	*out = NULL;
	struct ni_writer *w = calloc(1, sizeof(*w));
	if (!w)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"),
			       opt->path ? opt->path : "output");
	w->dir = -1;
	w->out.fd = -1;
	w->input = opt->input;
	w->capture_time = opt->capture_time;
	if (opt->limits)
		w->limits = *opt->limits;
	if (opt->owner)
		w->owner = *opt->owner;
	choose_format(w, opt);
	ni_progress_start(&w->progress, ni_now());
	int r = opt->path ? open_path(w, opt, err) : open_fd(w, opt, err);
	/* Whoever reads a pipe should see the header without waiting for packets. */
	if (r == NI_SUCCESS)
		r = ni_outfile_flush(&w->out, err);
	if (r < 0)
		free_writer(w);
	else
		*out = w;
	return r;
}

int
ni_writer_check_ring(const struct ni_writer *w, struct ni_err *err)
{
	if (!w->limits.several || faccessat(w->dir, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return NI_SUCCESS;
	const char *dir = w->dir_name[0] ? w->dir_name : "./";
	if (w->owner.known && w->owner.name[0]) {
		ni_fail(err, NI_ERR_RUN, _("%s: user %s cannot create the next files there"), dir,
			w->owner.name);
	} else {
		ni_fail(err, NI_ERR_RUN, _("%s: the next files cannot be created there: %s"), dir,
			strerror(errno));
	}
	ni_hint(err, _("write to a directory of that user, or add -Z root to stay root"));
	return NI_ERR_RUN;
}

/* What the time makes due, before a frame is taken or while there is none. */
static int
obey_time(struct ni_writer *w, struct ni_now now, struct ni_err *err)
{
	enum ni_due due = ni_limits_by_time(&w->limits, &w->progress, now);
	if (due == NI_DUE_NOTHING)
		return NI_WRITER_GO;
	if (due == NI_DUE_STOP || was_last_file(w))
		return NI_WRITER_STOP;
	return next_file(w, now, err);
}

static bool
has_time_limits(const struct ni_limits *l)
{
	return l->stop_ns || l->next_ns || l->next_interval_ns;
}

/* What must happen before @f is written. */
static int
before_frame(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err)
{
	if (!w->next_due && !has_time_limits(&w->limits))
		return NI_WRITER_GO;
	struct ni_now now = w->capture_time ? (struct ni_now){f->ts_ns, f->ts_ns} : ni_now();
	if (w->capture_time && !w->begun) {
		w->begun = true;
		w->progress.start = w->progress.file_start = now;
	}
	int r = obey_time(w, now, err);
	if (r == NI_WRITER_GO && w->next_due)
		r = next_file(w, now, err);
	return r;
}

int
ni_writer_put(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err)
{
	int r = before_frame(w, f, err);
	if (r != NI_WRITER_GO)
		return r;
	r = w->ops->put(w, f, err);
	if (r < 0)
		return r;
	w->progress.packets++;
	w->progress.file_packets++;
	w->progress.file_bytes = ni_outfile_size(&w->out);
	switch (ni_limits_by_size(&w->limits, &w->progress)) {
	case NI_DUE_NOTHING:
		return NI_WRITER_GO;
	case NI_DUE_NEXT_FILE:
		/* The next file is begun by the next frame, so that the last one is never empty. */
		w->next_due = true;
		return was_last_file(w) ? NI_WRITER_STOP : NI_WRITER_GO;
	case NI_DUE_STOP:
		break;
	}
	return NI_WRITER_STOP;
}

int
ni_writer_tick(struct ni_writer *w, struct ni_err *err)
{
	if (w->capture_time || !has_time_limits(&w->limits))
		return NI_WRITER_GO;
	return obey_time(w, ni_now(), err);
}

int
ni_writer_flush(struct ni_writer *w, struct ni_err *err)
{
	return ni_outfile_flush(&w->out, err);
}

uint64_t
ni_writer_offset(const struct ni_writer *w)
{
	return w->offset;
}

void
ni_writer_stats(const struct ni_writer *w, struct ni_writer_stats *st)
{
	*st = (struct ni_writer_stats){
	    .path = w->out.name,
	    .packets = w->progress.packets,
	    .bytes = w->bytes + ni_outfile_size(&w->out),
	    .files = w->progress.files,
	    .lost_comments = w->lost_comments,
	    .hung_up = w->out.hung_up,
	};
}

int
ni_writer_close(struct ni_writer **w, struct ni_err *err)
{
	if (!*w)
		return NI_SUCCESS;
	int r = end_file(*w, err);
	/* Whoever closes a pipe has seen enough. */
	if ((*w)->out.hung_up)
		r = NI_SUCCESS;
	free_writer(*w);
	*w = NULL;
	return r;
}
