/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the core gets files from: a directory on disk, or the small site built into the program. */
#ifndef NI_HTTPD_SITE_H
#define NI_HTTPD_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ni_err;

struct ni_hd_file {
	int fd;          /* -1: the content is in mem */
	const char *mem; /* NULL: the content is in fd */
	uint64_t size;
	int64_t mtime; /* seconds */
	char mime[128];
	char etag[44];     /* with its quotes; strong (RFC 9110 section 8.8.3) */
	char modified[30]; /* mtime as text */
	char head[400];    /* the fields every full response has, ready to send: */
	uint32_t head_len; /* those of any part too, */
	uint32_t full_len; /* and with its Content-Length */
};

enum { NI_HD_SITE_FILE = 0, NI_HD_SITE_DIR = 1 };

struct ni_hd_site {
	/* Open @path (decoded, no leading '/', "" for the top). Returns NI_HD_SITE_FILE with @f,
	 * which is to be given back, NI_HD_SITE_DIR, or a status code: 403, 404, 500, 503. */
	int (*open)(struct ni_hd_site *s, const char *path, const struct ni_hd_file **f);
	void (*put)(struct ni_hd_site *s, const struct ni_hd_file *f);
	/* Call @each for every name in the directory @path. 0 or a status code; NULL: no lists. */
	int (*list)(struct ni_hd_site *s, const char *path,
		    void (*each)(void *arg, const char *name, bool dir, uint64_t size), void *arg);
	/* Begin anew: SIGHUP. May be NULL. */
	int (*reload)(struct ni_hd_site *s);
};

/** The site inside the program. Never freed, safe in all threads. */
struct ni_hd_site *ni_hd_site_builtin(void);

/**
 * Serve the directory @root; @cache_ms: how long a file may be served without looking at the disk
 * again. Safe in all threads. Returns NULL with @err filled if @root is no readable directory.
 */
struct ni_hd_site *ni_hd_site_dir(const char *root, uint32_t cache_ms, struct ni_err *err);

/** Fill in mime, etag, modified and head of @f, whose size and mtime are set. @salt: for etag. */
void ni_hd_file_describe(struct ni_hd_file *f, const char *path, uint64_t salt);

/** The media type of a name by its extension (RFC 9110 section 8.3) into @to. */
void ni_hd_mime(const char *path, char to[static 128]);

/**
 * Read media types from the file @name (lines of a type and its extensions, as /etc/mime.types);
 * they go before those the program knows. On failure (@err filled, NI_ERR_INPUT or NI_ERR_RUN)
 * what was read before stays. Safe in all threads.
 */
int ni_hd_mime_read(const char *name, struct ni_err *err);

/** IMF-fixdate into @to, 30 bytes. */
void ni_hd_date(char *to, int64_t t);

/** Read one of the three date forms (RFC 9110 section 5.6.7); -1 if it is none. */
int64_t ni_hd_date_parse(const char *p, size_t n);

#endif
