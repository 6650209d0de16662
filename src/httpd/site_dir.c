/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files below a directory; see site.h. The kernel itself keeps every path beneath the root
 * (openat2 with RESOLVE_BENEATH: no "..", no absolute link, no link that leads out), so there is no
 * check here that a rename could outrun. What is no regular file is refused without waiting for it:
 * opening a FIFO blocks unless O_NONBLOCK.
 *
 * Open files are remembered for a moment, small ones with their content, and so is what a name
 * stands for if it is no file: nothing is faster than the system call that is not made.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "netinspect/err.h"
#include "site.h"

enum { SLOTS = 1024, MEM_MAX = 65536, NAME_MAX_CACHED = 256, OPEN_MAX = 16 };

struct entry {
	struct ni_hd_file file; /* first: a pointer to it is a pointer to the entry */
	atomic_uint refs;
	int64_t checked_ms;
	dev_t dev;
	ino_t ino;
	int64_t mtime_ns, ctime_ns;
	uint32_t hash;
	int answer; /* what open returns; unless that is NI_HD_SITE_FILE, there is no file */
	char *content;
	char path[];
};

struct dir {
	struct ni_hd_site ops;
	char *name;
	int fd;
	uint32_t cache_ms, seed;
	pthread_mutex_t lock; /* of fd and slot */
	struct entry *slot[SLOTS];
	unsigned nopen; /* of them with a descriptor */
};

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The seed keeps names apart that somebody chose to fall into one slot. */
static uint32_t
hash(uint32_t seed, const char *s)
{
	uint32_t h = 2166136261 ^ seed;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619;
	return h;
}

static void
drop(struct entry *e)
{
	if (!e || atomic_fetch_sub(&e->refs, 1) != 1)
		return;
	if (e->file.fd >= 0)
		close(e->file.fd);
	free(e->content);
	free(e);
}

static int
status_of(int err)
{
	switch (err) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return 404;
	case EACCES:
	case EPERM:
	case EXDEV: /* the path leads out of the root */
	case ELOOP:
	case ENXIO: /* a socket */
		return 403;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return 503;
	default:
		return 500;
	}
}

static int
open_beneath(int root, const char *path, uint64_t flags)
{
	struct open_how how = {.flags = flags | O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	return (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
}

static int64_t
ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool
same(const struct entry *e, const struct stat *st)
{
	return e->dev == st->st_dev && e->ino == st->st_ino && e->mtime_ns == ns(st->st_mtim) &&
	       e->ctime_ns == ns(st->st_ctim) && e->file.size == (uint64_t)st->st_size;
}

static void
read_content(struct entry *e)
{
	size_t n = (size_t)e->file.size;
	size_t got = 0;
	e->content = malloc(n + 1);
	while (e->content && got < n) {
		ssize_t k = pread(e->file.fd, e->content + got, n - got, (off_t)got);
		if (k <= 0)
			break;
		got += (size_t)k;
	}
	if (got != n || !e->content) {
		free(e->content);
		e->content = NULL;
		return;
	}
	e->file.mem = e->content;
	close(e->file.fd);
	e->file.fd = -1;
}

static struct entry *
new_entry(const char *path, uint32_t h, int answer)
{
	size_t n = strlen(path);
	struct entry *e = calloc(1, sizeof(*e) + n + 1);
	if (!e)
		return NULL;
	e->refs = 1;
	e->file.fd = -1;
	e->hash = h;
	e->answer = answer;
	memcpy(e->path, path, n + 1);
	return e;
}

static int
answer_of(int fd, struct stat *st)
{
	if (fstat(fd, st))
		return 500;
	if (S_ISDIR(st->st_mode))
		return NI_HD_SITE_DIR;
	return S_ISREG(st->st_mode) ? NI_HD_SITE_FILE : 403;
}

/*
 * Look at the disk. 0 with @out (one reference: the caller's own if it is @old, which has not
 * changed), or a status that is nothing to be remembered.
 */
static int
load(struct dir *d, const char *path, struct entry *old, struct entry **out)
{
	struct stat st;
	pthread_mutex_lock(&d->lock);
	int fd = open_beneath(d->fd, path, 0);
	int rc = fd < 0 ? status_of(errno) : 0;
	pthread_mutex_unlock(&d->lock);
	if (fd >= 0)
		rc = answer_of(fd, &st);
	struct entry *e = NULL;
	if (!rc && old && !old->answer && same(old, &st)) {
		*out = old;
	} else if (rc < 500) {
		*out = e = new_entry(path, hash(d->seed, path), rc);
		rc = e ? rc : 503;
	}
	if (rc || !e) {
		if (fd >= 0)
			close(fd);
		return rc < 500 ? 0 : rc;
	}
	e->file.fd = fd;
	e->file.size = (uint64_t)st.st_size;
	e->file.mtime = st.st_mtim.tv_sec;
	e->dev = st.st_dev;
	e->ino = st.st_ino;
	e->mtime_ns = ns(st.st_mtim);
	e->ctime_ns = ns(st.st_ctim);
	ni_hd_file_describe(&e->file, path, (uint64_t)st.st_mtim.tv_nsec >> 6);
	if (d->cache_ms && e->file.size <= MEM_MAX)
		read_content(e);
	return 0;
}

static bool
is_open(const struct entry *e)
{
	return e && e->file.fd >= 0;
}

/* Keep @e in @slot, unless that held more files open than clients leave room for. What is no file
 * displaces no file that is still fresh: else a client could empty the cache by asking for names
 * that do not exist. */
static void
keep(struct dir *d, struct entry **slot, struct entry *e, int64_t now)
{
	pthread_mutex_lock(&d->lock);
	struct entry *was = *slot;
	unsigned nopen = d->nopen - is_open(was) + is_open(e);
	e->checked_ms = now;
	if (was != e && nopen <= OPEN_MAX &&
	    (!e->answer || !was || was->answer || now - was->checked_ms >= d->cache_ms)) {
		atomic_fetch_add(&e->refs, 1);
		*slot = e;
		d->nopen = nopen;
		drop(was);
	}
	pthread_mutex_unlock(&d->lock);
}

/* The file of @e to the caller, or what the name stands for. */
static int
hand_out(struct entry *e, const struct ni_hd_file **f)
{
	int answer = e->answer;
	if (answer == NI_HD_SITE_FILE)
		*f = &e->file;
	else
		drop(e);
	return answer;
}

static int
dir_open(struct ni_hd_site *s, const char *path, const struct ni_hd_file **f)
{
	struct dir *d = (struct dir *)(void *)s;
	uint32_t h = hash(d->seed, path);
	int64_t now = d->cache_ms ? now_ms() : 0;
	struct entry *e = NULL;
	struct entry *old = NULL;
	struct entry **slot = &d->slot[h % SLOTS];
	if (d->cache_ms) {
		pthread_mutex_lock(&d->lock);
		old = *slot;
		if (old && (old->hash != h || strcmp(old->path, path) != 0))
			old = NULL;
		if (old)
			atomic_fetch_add(&old->refs, 1);
		bool fresh = old && now - old->checked_ms < d->cache_ms;
		pthread_mutex_unlock(&d->lock);
		if (fresh)
			return hand_out(old, f);
	}
	int rc = load(d, path, old, &e);
	if (e != old)
		drop(old);
	if (rc)
		return rc;
	if (d->cache_ms && strlen(path) < NAME_MAX_CACHED)
		keep(d, slot, e, now);
	return hand_out(e, f);
}

static void
dir_put(struct ni_hd_site *s, const struct ni_hd_file *f)
{
	(void)s;
	/* The file is the first member of its entry, which was never const. */
	union {
		const struct ni_hd_file *file;
		struct entry *entry;
	} u = {f};
	drop(u.entry);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in @dir, sorted, without dot files. Returns how many. */
static size_t
read_names(DIR *dir, char ***names)
{
	enum { NAMES_MAX = 10000 };
	size_t n = 0;
	*names = calloc(NAMES_MAX, sizeof(**names));
	for (struct dirent *e; *names && n < NAMES_MAX && (e = readdir(dir));)
		if (e->d_name[0] != '.' && ((*names)[n] = strdup(e->d_name)))
			n++;
	if (n)
		qsort(*names, n, sizeof(**names), compare);
	return n;
}

static int
dir_list(struct ni_hd_site *s, const char *path,
	 void (*each)(void *arg, const char *name, bool dir, uint64_t size), void *arg)
{
	struct dir *d = (struct dir *)(void *)s;
	char **names = NULL;
	pthread_mutex_lock(&d->lock);
	int fd = open_beneath(d->fd, path, O_DIRECTORY);
	int rc = fd < 0 ? status_of(errno) : 0;
	pthread_mutex_unlock(&d->lock);
	if (rc)
		return rc;
	DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return 500;
	}
	size_t n = read_names(dir, &names);
	for (size_t i = 0; i < n; i++) {
		struct stat st;
		if (!fstatat(dirfd(dir), names[i], &st, AT_SYMLINK_NOFOLLOW) &&
		    (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
			each(arg, names[i], S_ISDIR(st.st_mode), (uint64_t)st.st_size);
		free(names[i]);
	}
	free(names);
	closedir(dir);
	return 0;
}

static int
dir_reload(struct ni_hd_site *s)
{
	struct dir *d = (struct dir *)(void *)s;
	int fd = open(d->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1; /* the old root stays */
	pthread_mutex_lock(&d->lock);
	close(d->fd);
	d->fd = fd;
	for (unsigned i = 0; i < SLOTS; i++) {
		drop(d->slot[i]);
		d->slot[i] = NULL;
	}
	d->nopen = 0;
	pthread_mutex_unlock(&d->lock);
	return 0;
}

struct ni_hd_site *
ni_hd_site_dir(const char *root, uint32_t cache_ms, struct ni_err *err)
{
	struct dir *d = calloc(1, sizeof(*d));
	if (!d) {
		ni_fail(err, NI_ERR_RUN, "out of memory");
		return NULL;
	}
	d->ops = (struct ni_hd_site){dir_open, dir_put, dir_list, dir_reload};
	d->name = realpath(root, NULL);
	d->fd = d->name ? open(d->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	d->cache_ms = cache_ms;
	if (getrandom(&d->seed, sizeof(d->seed), GRND_NONBLOCK) < 0)
		d->seed = (uint32_t)time(NULL);
	pthread_mutex_init(&d->lock, NULL);
	if (d->fd < 0) {
		ni_fail(err, NI_ERR_INPUT, "--root %s: %s", root, strerror(errno));
		free(d->name);
		free(d);
		return NULL;
	}
	return &d->ops;
}
