/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Media types, dates and the describing fields of a file; see site.h. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "netinspect/buf.h"
#include "netinspect/err.h"
#include "site.h"

static const struct {
	const char *ext, *type;
} types[] = {
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"xml", "text/xml; charset=utf-8"},
    {"json", "application/json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"avif", "image/avif"},
    {"ico", "image/vnd.microsoft.icon"},
    {"bmp", "image/bmp"},
    {"pdf", "application/pdf"},
    {"wasm", "application/wasm"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"ttf", "font/ttf"},
    {"otf", "font/otf"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
    {"webm", "video/webm"},
    {"gz", "application/gzip"},
    {"zip", "application/zip"},
    {"tar", "application/x-tar"},
    {"zst", "application/zstd"},
    {"pcap", "application/vnd.tcpdump.pcap"},
    {"pcapng", "application/vnd.tcpdump.pcap"},
};

enum { EXTRA_MAX = 20000, LINE_LEN = 4096, TYPE_LEN = 100 };

/* The operator's own, sorted by extension. */
struct extra {
	char *ext, *type;
};
static struct extras {
	struct extra *v;
	size_t n;
} extras;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int
compare(const void *a, const void *b)
{
	return strcasecmp(((const struct extra *)a)->ext, ((const struct extra *)b)->ext);
}

static void
extras_free(struct extras *x)
{
	for (size_t i = 0; i < x->n; i++) {
		free(x->v[i].ext);
		free(x->v[i].type);
	}
	free(x->v);
	*x = (struct extras){NULL, 0};
}

/* Letters and digits and what else RFC 9110 section 5.6.2 allows, and a '/' between. */
static bool
is_type(const char *s)
{
	const char *slash = strchr(s, '/');
	return slash && slash > s && slash[1] && strlen(s) < TYPE_LEN && !strchr(slash + 1, '/') &&
	       !s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "!#$&^_.+-/")];
}

/* Take one line of the file; false without memory. */
static bool
add_line(struct extras *x, const char *type, char **save)
{
	const char *text = strncmp(type, "text/", 5) ? "" : "; charset=utf-8";
	for (char *ext;
	     (ext = strtok_r(NULL, " \t\r\n", save)) && *ext != '#' && x->n < EXTRA_MAX;) {
		struct extra *e = &x->v[x->n];
		size_t n = strlen(type) + strlen(text) + 1;
		*e = (struct extra){strdup(ext), malloc(n)};
		x->n++;
		if (!e->ext || !e->type)
			return false;
		snprintf(e->type, n, "%s%s", type, text);
	}
	return true;
}

static int
read_lines(FILE *f, const char *name, struct extras *x, struct ni_err *err)
{
	char line[LINE_LEN];
	for (unsigned number = 1; fgets(line, sizeof(line), f); number++) {
		char *save = NULL;
		const char *type = strtok_r(line, " \t\r\n", &save);
		if (!type || *type == '#')
			continue;
		if (!is_type(type)) {
			ni_fail(err, NI_ERR_INPUT,
				"--mime-types %s: line %u begins with no media type", name, number);
			ni_hint(err,
				"a line is a type and its extensions, as: text/markdown md mkd");
			return NI_ERR_INPUT;
		}
		if (!add_line(x, type, &save))
			return ni_fail(err, NI_ERR_RUN, "out of memory");
	}
	if (x->n)
		qsort(x->v, x->n, sizeof(*x->v), compare);
	return NI_SUCCESS;
}

int
ni_hd_mime_read(const char *name, struct ni_err *err)
{
	struct extras x = {calloc(EXTRA_MAX, sizeof(*x.v)), 0};
	FILE *f = x.v ? fopen(name, "re") : NULL;
	int rc = f ? read_lines(f, name, &x, err)
		   : ni_fail(err, NI_ERR_INPUT, "--mime-types %s: %s", name, strerror(errno));
	if (f)
		fclose(f);
	if (!rc) {
		pthread_mutex_lock(&lock);
		struct extras was = extras;
		extras = x;
		pthread_mutex_unlock(&lock);
		x = was;
	}
	extras_free(&x);
	return rc;
}

static int
by_extension(const void *ext, const void *e)
{
	return strcasecmp(ext, ((const struct extra *)e)->ext);
}

/* The operator's type of extension @ext into @to, or false. */
static bool
own_type(const char *ext, char to[static 128])
{
	pthread_mutex_lock(&lock);
	const struct extra *e =
	    extras.n ? bsearch(ext, extras.v, extras.n, sizeof(*extras.v), by_extension) : NULL;
	if (e)
		snprintf(to, 128, "%s", e->type);
	pthread_mutex_unlock(&lock);
	return e;
}

void
ni_hd_mime(const char *path, char to[static 128])
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');
	char ext[64];
	snprintf(ext, sizeof(ext), "%s", dot ? dot + 1 : "");
	if (dot && own_type(ext, to))
		return;
	const char *type = "application/octet-stream";
	for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++)
		if (!strcasecmp(dot + 1, types[i].ext))
			type = types[i].type;
	snprintf(to, 128, "%s", type);
}

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

void
ni_hd_date(char *to, int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;
	if (!gmtime_r(&when, &tm) || tm.tm_year > 8099 || tm.tm_year < 0) {
		when = 0;
		gmtime_r(&when, &tm);
	}
	char text[64];
	snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
		 days + 3L * tm.tm_wday, tm.tm_mday % 100, months + 3L * tm.tm_mon,
		 (tm.tm_year + 1900) % 10000, tm.tm_hour % 100, tm.tm_min % 100, tm.tm_sec % 100);
	memcpy(to, text, 29);
	to[29] = '\0';
}

int64_t
ni_hd_date_parse(const char *p, size_t n)
{
	/* IMF-fixdate, then the two obsolete forms that must still be read. */
	static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT",
					    "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"};
	char text[64];
	if (n >= sizeof(text))
		return -1;
	memcpy(text, p, n);
	text[n] = '\0';
	for (unsigned i = 0; i < 3; i++) {
		struct tm tm = {0};
		const char *end = strptime(text, forms[i], &tm);
		if (end && !*end)
			return (int64_t)timegm(&tm);
	}
	return -1;
}

void
ni_hd_file_describe(struct ni_hd_file *f, const char *path, uint64_t salt)
{
	struct ni_buf b = ni_buf(f->etag, sizeof(f->etag) - 1);
	ni_buf_c(&b, '"');
	ni_buf_hex(&b, (uint64_t)f->mtime, 1);
	ni_buf_c(&b, '-');
	ni_buf_hex(&b, f->size, 1);
	ni_buf_c(&b, '-');
	ni_buf_hex(&b, salt & 0xffffff, 1);
	ni_buf_c(&b, '"');
	ni_buf_z(&b);
	ni_hd_date(f->modified, f->mtime);
	ni_hd_mime(path, f->mime);
	b = ni_buf(f->head, sizeof(f->head));
	ni_buf_fmt(&b,
		   "Content-Type: %s\r\nLast-Modified: %s\r\nETag: %s\r\nAccept-Ranges: bytes\r\n",
		   f->mime, f->modified, f->etag);
	f->head_len = (uint32_t)b.len;
	ni_buf_str(&b, "Content-Length: ");
	ni_buf_u64(&b, f->size);
	ni_buf_str(&b, "\r\n");
	f->full_len = (uint32_t)b.len;
}
