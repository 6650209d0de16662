/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of a capture file, decompressed, in large blocks; see bytes.h. */
#include "config.h"

#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "source_impl.h"

/*
 * A block should fill the L2 cache and no more: the kernel's copy into it and the parser's walk
 * over it then meet in the cache. 128 to 512 KiB measure alike, 64 KiB and 2 MiB a tenth slower.
 */
enum { BLOCK = 256 * 1024, IN_BLOCK = 128 * 1024 };

/* After a break: how long a pipe may be silent, and how long it is drained at all. */
enum { DRAIN_SILENT_MS = 100 };
static const int64_t DRAIN_NS = 1000000000;

/*
 * With AddressSanitizer, a parser that reads behind the last byte that was read from the file is
 * caught although the buffer goes on.
 */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>

static void
open_tail(struct ni_bytes *b)
{
	__asan_unpoison_memory_region(b->buf, b->size);
}

static void
close_tail(struct ni_bytes *b)
{
	__asan_poison_memory_region(b->buf + b->end, b->size - b->end);
}

#else

static void
open_tail(struct ni_bytes *b)
{
	(void)b;
}

static void
close_tail(struct ni_bytes *b)
{
	(void)b;
}

#endif

static int
open_input(struct ni_bytes *b, const char *path, struct ni_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	/* Without O_NONBLOCK opening a FIFO would hang until somebody writes to it. */
	b->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (b->fd < 0)
		return ni_fail(err, NI_ERR_INPUT, _("%s: %s"), b->name, strerror(errno));
	struct stat st;
	if (fstat(b->fd, &st) < 0)
		return ni_fail(err, NI_ERR_INPUT, _("%s: %s"), b->name, strerror(errno));
	if (S_ISDIR(st.st_mode)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: is a directory"), b->name);
		ni_hint(err, _("give a capture file in it"));
		return NI_ERR_INPUT;
	}
	if (is_stdin && isatty(b->fd)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: is a terminal, not a capture"), b->name);
		ni_hint(err, _("tcpdump -U -w - | netinspect -r -"));
		return NI_ERR_INPUT;
	}
	b->regular = S_ISREG(st.st_mode);
	b->follow = b->follow && b->regular;
	return NI_SUCCESS;
}

int
ni_bytes_open(struct ni_bytes *b, const char *path, struct ni_err *err)
{
	b->watch = -1;
	int r = open_input(b, path, err);
	if (r < 0)
		return r;
	if (b->regular) {
		/* Standard input may have been read from before; offsets are those of the file. */
		off_t at = lseek(b->fd, 0, SEEK_CUR);
		b->base = b->raw = at > 0 ? (uint64_t)at : 0;
		(void)posix_fadvise(b->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	if (b->follow) {
		/* Only to wake up earlier: without it the end is looked at every wait_ms. */
		b->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (b->watch >= 0)
			(void)inotify_add_watch(b->watch, path, IN_MODIFY);
	}
	b->buf = malloc(BLOCK);
	if (!b->buf)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), b->name);
	b->size = BLOCK;
	return NI_SUCCESS;
}

/* The end of a growing file. Returns END after a break, else waits for more. */
static int
wait_for_growth(struct ni_bytes *b, struct ni_err *err)
{
	struct stat st;
	if (fstat(b->fd, &st) == 0 && (uint64_t)st.st_size < b->raw) {
		return ni_fail(err, NI_ERR_INPUT,
			       _("%s: was cut from %llu to %llu bytes while being followed"),
			       b->name, (unsigned long long)b->raw, (unsigned long long)st.st_size);
	}
	if (atomic_load_explicit(b->stop, memory_order_relaxed))
		return NI_BYTES_END;
	struct pollfd p = {.fd = b->watch, .events = POLLIN};
	if (poll(&p, 1, *b->wait_ms) > 0) {
		char events[1024];
		while (read(b->watch, events, sizeof(events)) > 0)
			;
	}
	return NI_BYTES_IDLE;
}

/* Wait for a pipe to have bytes. After a break it is drained, for what is in it was sent to us. */
static int
wait_for_pipe(struct ni_bytes *b)
{
	bool stop = atomic_load_explicit(b->stop, memory_order_relaxed);
	if (stop) {
		int64_t now = ni_mono_ns();
		if (b->give_up_ns == 0)
			b->give_up_ns = now + DRAIN_NS;
		else if (now > b->give_up_ns)
			return NI_BYTES_END;
	}
	struct pollfd p = {.fd = b->fd, .events = POLLIN};
	int n = poll(&p, 1, stop ? DRAIN_SILENT_MS : *b->wait_ms);
	if (n > 0)
		return NI_BYTES_HAVE;
	return n == 0 && stop ? NI_BYTES_END : NI_BYTES_IDLE;
}

/* Read up to @n bytes of the file as it is into @dst, and set @got. */
static int
raw_read(struct ni_bytes *b, uint8_t *dst, size_t n, size_t *got, struct ni_err *err)
{
	if (b->raw_end)
		return NI_BYTES_END;
	if (!b->regular) {
		int r = wait_for_pipe(b);
		if (r == NI_BYTES_END)
			b->raw_end = true;
		if (r != NI_BYTES_HAVE)
			return r;
	}
	ssize_t k = read(b->fd, dst, n);
	if (k > 0) {
		b->raw += (size_t)k;
		*got = (size_t)k;
		return NI_BYTES_HAVE;
	}
	if (k < 0 && (errno == EINTR || errno == EAGAIN))
		return NI_BYTES_IDLE;
	if (k < 0) {
		return ni_fail(err, NI_ERR_INPUT, _("%s: cannot be read at byte %llu: %s"), b->name,
			       (unsigned long long)b->raw, strerror(errno));
	}
	if (b->follow) {
		int r = wait_for_growth(b, err);
		if (r != NI_BYTES_END)
			return r;
	}
	b->raw_end = true;
	return NI_BYTES_END;
}

static int
start_unpacking(struct ni_bytes *b, const char *name, struct ni_err *err)
{
	bool missing;
	b->unpack = ni_unpack_new(name, 0, &missing);
	if (missing) {
		ni_fail(err, NI_ERR_INPUT,
			_("%s: is compressed with %s, which this build cannot read"), b->name,
			name);
		ni_hint(err, _("%s -dc FILE | netinspect -r -"), name);
		return NI_ERR_INPUT;
	}
	b->in = malloc(IN_BLOCK);
	if (!b->unpack || !b->in)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), b->name);
	/* What was read so far is at most one read of the first few bytes. */
	memcpy(b->in, b->buf, b->end);
	b->in_end = b->end;
	b->base = b->end = 0;
	return NI_BYTES_HAVE;
}

/* Find out from the first bytes whether the file is compressed. */
static int
probe(struct ni_bytes *b, struct ni_err *err)
{
	while (b->end < NI_UNPACK_MAGIC) {
		size_t got = 0;
		int r = raw_read(b, b->buf + b->end, IN_BLOCK - b->end, &got, err);
		if (r == NI_BYTES_END)
			break;
		if (r != NI_BYTES_HAVE)
			return r;
		b->end += got;
	}
	b->probed = true;
	const char *name = ni_unpack_probe(b->buf, b->end);
	return name ? start_unpacking(b, name, err) : NI_BYTES_HAVE;
}

static int
damaged(const struct ni_bytes *b, const char *wrong, struct ni_err *err)
{
	return ni_fail(err, NI_ERR_INPUT,
		       _("%s: the %s data is damaged near byte %llu of the file: %s"), b->name,
		       b->unpack->name, (unsigned long long)(b->raw - (b->in_end - b->in_pos)),
		       _(wrong));
}

static int
unpacked_read(struct ni_bytes *b, size_t *got, struct ni_err *err)
{
	for (;;) {
		struct ni_unpack_io io = {
		    .in = b->in + b->in_pos,
		    .n_in = b->in_end - b->in_pos,
		    .out = b->buf + b->end,
		    .n_out = b->size - b->end,
		};
		const char *wrong = b->unpack->run(b->unpack, &io);
		b->in_pos += io.used;
		*got = io.made;
		/* An error after good bytes is found again by the next call. */
		if (io.made)
			return NI_BYTES_HAVE;
		if (wrong)
			return damaged(b, wrong, err);
		if (io.used)
			continue;
		if (b->in_pos < b->in_end)
			return damaged(b, N_("no progress"), err);
		size_t n = 0;
		int r = raw_read(b, b->in, IN_BLOCK, &n, err);
		if (r == NI_BYTES_END)
			b->cut_inside = !b->unpack->whole;
		if (r != NI_BYTES_HAVE)
			return r;
		b->in_pos = 0;
		b->in_end = n;
	}
}

/* Have room for at least one byte behind end and for @n at pos, moving what is unparsed to the
 * front. */
static int
make_room(struct ni_bytes *b, size_t n, struct ni_err *err)
{
	if (b->pos > 0) {
		memmove(b->buf, b->buf + b->pos, b->end - b->pos);
		b->base += b->pos;
		b->end -= b->pos;
		b->pos = 0;
	}
	if (n <= b->size && b->end < b->size)
		return NI_SUCCESS;
	size_t size = (n + BLOCK) & ~(size_t)(BLOCK - 1);
	uint8_t *p = realloc(b->buf, size);
	if (!p)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory (a record of %zu bytes)"),
			       b->name, n);
	b->buf = p;
	b->size = size;
	return NI_SUCCESS;
}

static void
drop_skipped(struct ni_bytes *b)
{
	uint64_t ready = b->end - b->pos;
	size_t k = (size_t)(b->skip < ready ? b->skip : ready);
	b->pos += k;
	b->skip -= k;
}

static int
fill(struct ni_bytes *b, size_t n, struct ni_err *err)
{
	if (!b->probed) {
		int r = probe(b, err);
		if (r != NI_BYTES_HAVE)
			return r;
	}
	for (;;) {
		drop_skipped(b);
		if (b->skip == 0 && b->end - b->pos >= n)
			return NI_BYTES_HAVE;
		int r = make_room(b, n, err);
		if (r < 0)
			return r;
		size_t got = 0;
		if (b->unpack)
			r = unpacked_read(b, &got, err);
		else
			r = raw_read(b, b->buf + b->end, b->size - b->end, &got, err);
		if (r != NI_BYTES_HAVE)
			return r;
		b->end += got;
	}
}

int
ni_bytes_fill(struct ni_bytes *b, size_t n, struct ni_err *err)
{
	open_tail(b);
	int r = fill(b, n, err);
	close_tail(b);
	return r;
}

void
ni_bytes_skip(struct ni_bytes *b, uint64_t n)
{
	b->skip += n;
	drop_skipped(b);
}

uint64_t
ni_bytes_position(const struct ni_bytes *b)
{
	return b->unpack ? b->raw - (b->in_end - b->in_pos) : b->raw - (b->end - b->pos);
}

void
ni_bytes_close(struct ni_bytes *b)
{
	if (b->fd >= 0)
		close(b->fd);
	if (b->watch >= 0)
		close(b->watch);
	if (b->unpack)
		b->unpack->free(b->unpack);
	free(b->in);
	free(b->buf);
	b->fd = b->watch = -1;
	b->unpack = NULL;
	b->in = b->buf = NULL;
}
