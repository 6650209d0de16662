/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An output file that always ends behind a whole record; see outfile.h. */
#include "config.h"

#include "outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"

enum { BUFFER = 256 * 1024 };

static int
cannot(const struct ni_outfile *o, const char *what, struct ni_err *err)
{
	return ni_fail(err, NI_ERR_RUN, _("%s: cannot be %s: %s"), o->name, _(what),
		       strerror(errno));
}

static int
prepare(struct ni_outfile *o, const char *name, struct ni_err *err)
{
	*o = (struct ni_outfile){.fd = -1, .record_len = o->record_len};
	o->name = strdup(name);
	o->buf = malloc(BUFFER);
	o->size = BUFFER;
	if (o->name && o->buf)
		return NI_SUCCESS;
	free(o->name);
	free(o->buf);
	o->name = NULL;
	o->buf = NULL;
	return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), name);
}

/*
 * Create the file, or open what is there without touching it yet. With O_EXCL first, a file that is
 * new is known to be ours, and only such a one is given to the caller of sudo.
 */
static int
open_or_create(const struct ni_outfile_place *at, bool *created)
{
	int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
	/* Somebody may delete it between the two. */
	for (int i = 0; i < 3; i++) {
		int fd = openat(at->dir, at->base, flags | O_CREAT | O_EXCL, 0644);
		*created = fd >= 0;
		if (fd >= 0 || errno != EEXIST)
			return fd;
		fd = openat(at->dir, at->base, flags);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	return -1;
}

static int
check_not_input(const struct ni_outfile *o, const struct ni_outfile_place *at, struct ni_err *err)
{
	struct stat st;
	if (fstat(o->fd, &st) < 0)
		return cannot(o, N_("written"), err);
	if (at->input_ino == 0 || st.st_ino != at->input_ino || st.st_dev != at->input_dev)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s: is the file that is being read"), o->name);
	ni_hint(err, _("write to another name"));
	return NI_ERR_INPUT;
}

static int
start_file(struct ni_outfile *o, const struct ni_outfile_place *at, bool created,
	   struct ni_err *err)
{
	int r = check_not_input(o, at, err);
	if (r < 0)
		return r;
	struct stat st;
	if (fstat(o->fd, &st) == 0 && S_ISREG(st.st_mode) && ftruncate(o->fd, 0) < 0)
		return cannot(o, N_("overwritten"), err);
	/* Where a user namespace knows a single uid this fails, and the file is the caller's
	 * anyway. */
	if (created && at->owner && at->owner->known &&
	    fchown(o->fd, at->owner->uid, at->owner->gid) < 0 && errno != EPERM && errno != EINVAL)
		return cannot(o, N_("given to its user"), err);
	return NI_SUCCESS;
}

int
ni_outfile_open(struct ni_outfile *o, const struct ni_outfile_place *at, struct ni_err *err)
{
	bool is_stdout = strcmp(at->base, "-") == 0;
	int r = prepare(o, at->name, err);
	if (r < 0)
		return r;
	if (is_stdout) {
		o->fd = STDOUT_FILENO;
		r = check_not_input(o, at, err);
	} else {
		bool created;
		o->owned = true;
		o->fd = open_or_create(at, &created);
		r = o->fd < 0 ? cannot(o, N_("created"), err) : start_file(o, at, created, err);
	}
	if (r < 0) {
		o->failed = true;
		(void)ni_outfile_close(o, NULL);
	}
	return r;
}

int
ni_outfile_adopt(struct ni_outfile *o, int fd, const char *name, struct ni_err *err)
{
	int r = prepare(o, name, err);
	if (r == NI_SUCCESS)
		o->fd = fd;
	return r;
}

/* Of the @n bytes from the buffer's start, how many are whole records. */
static size_t
whole_part(const struct ni_outfile *o, size_t n)
{
	size_t whole = 0;
	while (whole < n) {
		size_t len = o->record_len ? o->record_len(o->buf + whole, n - whole) : 0;
		if (len == 0 || len > n - whole)
			break;
		whole += len;
	}
	return whole;
}

/* A write failed after @done bytes of the buffer: leave the file with whole records alone. */
static int
write_failed(struct ni_outfile *o, size_t done, struct ni_err *err)
{
	int why = errno;
	o->failed = true;
	size_t whole = whole_part(o, done);
	off_t at = lseek(o->fd, 0, SEEK_CUR);
	/* Pipes have no position. */
	if (at >= (off_t)(done - whole) && whole < done)
		(void)!ftruncate(o->fd, at - (off_t)(done - whole));
	o->written += whole;
	o->len = 0;
	o->hung_up = why == EPIPE;
	bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
	ni_fail(err, NI_ERR_RUN, _("%s: cannot be written: %s"), o->name, strerror(why));
	if (full)
		ni_hint(err, _("the file was cut back to its last whole packet"));
	return NI_ERR_RUN;
}

int
ni_outfile_flush(struct ni_outfile *o, struct ni_err *err)
{
	if (o->failed)
		return ni_fail(err, NI_ERR_RUN, _("%s: cannot be written any more"),
			       o->name ? o->name : "output");
	size_t done = 0;
	while (done < o->len) {
		ssize_t k = write(o->fd, o->buf + done, o->len - done);
		if (k > 0) {
			done += (size_t)k;
			continue;
		}
		if (k < 0 && errno == EINTR)
			continue;
		/* Standard output may be a pipe that somebody else made non-blocking. */
		if (k < 0 && errno == EAGAIN) {
			struct pollfd p = {.fd = o->fd, .events = POLLOUT};
			(void)poll(&p, 1, 100);
			continue;
		}
		return write_failed(o, done, err);
	}
	o->written += done;
	o->len = 0;
	return NI_SUCCESS;
}

uint8_t *
ni_outfile_reserve(struct ni_outfile *o, size_t n, struct ni_err *err)
{
	if ((o->failed || n > o->size - o->len) && ni_outfile_flush(o, err) < 0)
		return NULL;
	if (n > o->size) {
		uint8_t *p = realloc(o->buf, n);
		if (!p) {
			ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), o->name);
			return NULL;
		}
		o->buf = p;
		o->size = n;
	}
	return o->buf + o->len;
}

int
ni_outfile_close(struct ni_outfile *o, struct ni_err *err)
{
	int r = NI_SUCCESS;
	if (o->len > 0 && !o->failed)
		r = ni_outfile_flush(o, err);
	/* Network file systems may tell only here that the disk is full. */
	if (o->owned && o->fd >= 0 && close(o->fd) < 0 && r == NI_SUCCESS && !o->failed)
		r = cannot(o, N_("written"), err);
	free(o->name);
	free(o->buf);
	/* Like this, writing to a closed file fails. */
	*o = (struct ni_outfile){
	    .fd = -1, .failed = true, .hung_up = o->hung_up, .record_len = o->record_len};
	return r;
}
