/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What to answer: the resources of the server and their methods (RFC 9110 sections 9, 13, 14). */
#include <stdlib.h>
#include <string.h>

#include "conn_priv.h"
#include "netinspect/buf.h"

#define READ_ONLY  "Allow: GET, HEAD, OPTIONS\r\n"
#define READ_WRITE "Allow: GET, HEAD, OPTIONS, POST, PUT\r\n"
#define VARY       "Vary: Accept-Encoding\r\n"
#define BOUNDARY   "netinspect-httpd-b1d5c3a97e42"

bool
ni_hd_is_echo(const struct ni_hd_request *r)
{
	return (r->method == NI_HD_POST || r->method == NI_HD_PUT) &&
	       (!r->path_len || !strcmp(r->path, "echo"));
}

/* Whether this answer is the last one of its connection. */
static bool
is_last(const struct ni_hd_conn *c, const struct ni_hd_request *r)
{
	uint32_t max = c->core->limits.requests_max;
	return !r->keep_alive || c->draining || (max && c->requests >= max);
}

static void
emit_bytes(struct ni_hd_conn *c, const struct ni_hd_request *r, const char *type, const char *p,
	   size_t n)
{
	struct ni_hd_reply rep = {
	    .status = 200, .close = is_last(c, r), .type = type, .extra = "", .body = p, .n = n};
	ni_hd_emit(c, r, &rep);
}

static void
error(struct ni_hd_conn *c, const struct ni_hd_request *r, int status, const char *extra)
{
	ni_hd_emit_error(c, r, status, extra, is_last(c, r));
}

/* The bytes come back as they came, but never as something that a browser would run. */
static void
echo(struct ni_hd_conn *c, const struct ni_hd_request *r, const char *body, size_t n)
{
	struct ni_hd_reply rep = {.status = 200,
				  .close = is_last(c, r),
				  .type = "application/octet-stream",
				  .extra = "X-Content-Type-Options: nosniff\r\n",
				  .body = body,
				  .n = n};
	ni_hd_emit(c, r, &rep);
}

/* The number of the word @word in the query, @max at most, or @usual. */
static uint64_t
query_number(struct ni_hd_span q, const char *word, uint64_t usual, uint64_t max)
{
	struct ni_hd_span name;
	struct ni_hd_span value;
	while (ni_hd_query_next(&q, &name, &value)) {
		if (!ni_hd_span_is(name, word))
			continue;
		uint64_t v = 0;
		for (size_t i = 0; i < value.n && value.p[i] >= '0' && value.p[i] <= '9'; i++)
			v = v > max ? v : 10 * v + (uint64_t)(value.p[i] - '0');
		return v < max ? v : max;
	}
	return usual;
}

/* Numbered lines in chunked coding: what a server does that does not know the length yet. */
static void
stream(struct ni_hd_conn *c, const struct ni_hd_request *r)
{
	uint64_t max = c->core->url_knobs ? 1 << 20 : 1000; /* memory for the asking */
	size_t n = (size_t)query_number(r->query, "bytes", 1000, max);
	char *p = malloc(n + 1);
	if (!p) {
		error(c, r, 503, "");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		char digit = (char)('0' + i / 10 % 10);
		p[i] = (char)(i % 10 == 9 ? '\n' : digit);
	}
	struct ni_hd_knobs *own = malloc(sizeof(*own));
	if (own) {
		*own = *c->knobs;
		if (!own->nchunks)
			own->chunks[own->nchunks++] = 100;
		free(c->own_knobs);
		c->knobs = c->own_knobs = own;
	}
	emit_bytes(c, r, "text/plain; charset=utf-8", p, n);
	free(p);
}

/* Whether the client named this host, by a name that no other can have. A page from elsewhere may
 * point a name of its own here (DNS rebinding) and have a browser on this host read for it. */
static bool
is_local_name(struct ni_hd_span host)
{
	size_t n = host.n;
	while (n && host.p[n - 1] >= '0' && host.p[n - 1] <= '9')
		n--;
	if (n && host.p[n - 1] == ':')
		host.n = n - 1; /* without the port */
	if (!host.p || ni_hd_span_is(host, "localhost") || ni_hd_span_is(host, "[::1]"))
		return true;
	if (host.n < 4 || memcmp(host.p, "127.", 4) != 0)
		return false;
	for (size_t i = 4; i < host.n; i++)
		if (host.p[i] != '.' && (host.p[i] < '0' || host.p[i] > '9'))
			return false;
	return true;
}

static void
status_page(struct ni_hd_conn *c, const struct ni_hd_request *r, bool html)
{
	enum { STATUS_MAX = 1 << 18 };
	if (!is_local_name(r->field[NI_HD_F_HOST])) {
		error(c, r, 403, "");
		return;
	}
	char *p = malloc(STATUS_MAX);
	if (!p) {
		error(c, r, 503, "");
		return;
	}
	size_t n = c->core->status(c, html, p, STATUS_MAX);
	if (n)
		emit_bytes(c, r, html ? "text/html; charset=utf-8" : "application/json", p, n);
	else
		error(c, r, 403, "");
	free(p);
}

/* @rep as it stands, but for what becomes of the connection. */
static void
emit_file(struct ni_hd_conn *c, const struct ni_hd_request *r, struct ni_hd_reply *rep)
{
	rep->close = is_last(c, r);
	ni_hd_emit(c, r, rep);
}

/* RFC 9110 section 14.6: several ranges, each a part with its own fields. */
static void
emit_parts(struct ni_hd_conn *c, const struct ni_hd_request *r, const struct ni_hd_file *f,
	   const struct ni_hd_range *ranges, int n)
{
	static const char end[] = "\r\n--" BOUNDARY "--\r\n";
	char part[NI_HD_RANGES_MAX][256];
	char extra[128];
	size_t len[NI_HD_RANGES_MAX];
	struct ni_hd_reply rep = {.status = 206,
				  .close = is_last(c, r),
				  .type = "multipart/byteranges; boundary=" BOUNDARY,
				  .n = sizeof(end) - 1};
	for (int i = 0; i < n; i++) {
		struct ni_buf b = ni_buf(part[i], sizeof(part[i]));
		ni_buf_fmt(&b, "\r\n--" BOUNDARY "\r\nContent-Type: %s\r\nContent-Range: bytes ",
			   f->mime);
		ni_buf_u64(&b, ranges[i].first);
		ni_buf_c(&b, '-');
		ni_buf_u64(&b, ranges[i].first + ranges[i].n - 1);
		ni_buf_c(&b, '/');
		ni_buf_u64(&b, f->size);
		ni_buf_str(&b, "\r\n\r\n");
		len[i] = b.len;
		rep.n += b.len + ranges[i].n;
	}
	struct ni_buf b = ni_buf(extra, sizeof(extra));
	ni_buf_fmt(&b, "Last-Modified: %s\r\nETag: %s\r\n", f->modified, f->etag);
	rep.extra = ni_buf_z(&b);
	ni_hd_emit(c, r, &rep);
	for (int i = 0; i < n; i++) {
		const struct ni_hd_file *again = f;
		ni_hd_put(c, part[i], len[i]);
		if (i + 1 < n && c->core->site->open(c->core->site, r->path, &again)) {
			c->phase = NI_HD_ABORTED;
			break;
		}
		if (i + 1 < n && strcmp(again->etag, f->etag) != 0) {
			/* The file changed between two looks: no mixture goes out. */
			c->core->site->put(c->core->site, again);
			c->phase = NI_HD_ABORTED;
			break;
		}
		ni_hd_put_file(c, again, ranges[i].first, ranges[i].n);
		if (i + 1 == n)
			f = NULL;
	}
	if (f)
		c->core->site->put(c->core->site, f);
	ni_hd_put(c, end, sizeof(end) - 1);
}

/* Range applies: answer with a part, parts, or 416. False: the whole is to be sent. */
static bool
partial(struct ni_hd_conn *c, const struct ni_hd_request *r, const struct ni_hd_file *f)
{
	struct ni_hd_range ranges[NI_HD_RANGES_MAX];
	int n = ni_hd_ranges(r->field[NI_HD_F_RANGE], f->size, ranges);
	char extra[96];
	struct ni_buf b = ni_buf(extra, sizeof(extra));
	if (!n)
		return false;
	ni_buf_str(&b, "Content-Range: bytes ");
	if (n == 1) {
		ni_buf_u64(&b, ranges[0].first);
		ni_buf_c(&b, '-');
		ni_buf_u64(&b, ranges[0].first + ranges[0].n - 1);
	} else {
		ni_buf_c(&b, '*');
	}
	ni_buf_c(&b, '/');
	ni_buf_u64(&b, f->size);
	ni_buf_str(&b, "\r\n");
	ni_buf_z(&b);
	if (n < 0) {
		error(c, r, 416, extra);
		c->core->site->put(c->core->site, f);
	} else if (n == 1) {
		struct ni_hd_reply rep = {.status = 206,
					  .type = f->mime,
					  .extra = extra,
					  .file = f,
					  .off = ranges[0].first,
					  .n = ranges[0].n};
		emit_file(c, r, &rep);
	} else {
		emit_parts(c, r, f, ranges, n);
	}
	return true;
}

/* RFC 9110 section 15.4.5: what a 200 would have said of the content that a cache keeps. */
static void
not_modified(struct ni_hd_conn *c, const struct ni_hd_request *r, const struct ni_hd_file *f,
	     const char *vary)
{
	char extra[160];
	struct ni_buf b = ni_buf(extra, sizeof(extra));
	ni_buf_fmt(&b, "%sLast-Modified: %s\r\nETag: %s\r\n", vary, f->modified, f->etag);
	struct ni_hd_reply rep = {.status = 304, .extra = ni_buf_z(&b), .file = f};
	emit_file(c, r, &rep);
}

/* The compressed sibling of the file @path, if there is one and the client takes it, else NULL. */
static const struct ni_hd_file *
compressed(struct ni_hd_conn *c, const struct ni_hd_request *r, const char *path)
{
	struct ni_hd_site *s = c->core->site;
	const struct ni_hd_file *gz = NULL;
	char name[NI_HD_PATH_MAX + 16];
	struct ni_buf b = ni_buf(name, sizeof(name));
	if (r->field[NI_HD_F_RANGE].p || !ni_hd_accepts_gzip(r->field[NI_HD_F_ACCEPT_ENCODING]))
		return NULL;
	ni_buf_str(&b, path);
	ni_buf_str(&b, ".gz");
	return s->open(s, ni_buf_z(&b), &gz) == NI_HD_SITE_FILE ? gz : NULL;
}

/* The file @f, found at @path, or its compressed sibling. */
static void
send_file(struct ni_hd_conn *c, const struct ni_hd_request *r, const struct ni_hd_file *f,
	  const char *path)
{
	struct ni_hd_site *s = c->core->site;
	const struct ni_hd_file *gz = compressed(c, r, path);
	char mime[sizeof(f->mime)];
	char extra[160] = "";
	const char *type = f->mime;
	if (gz) {
		struct ni_buf b = ni_buf(extra, sizeof(extra));
		ni_buf_fmt(&b,
			   "Content-Encoding: gzip\r\n" VARY "Last-Modified: %s\r\nETag: %s\r\n",
			   gz->modified, gz->etag);
		ni_buf_z(&b);
		/* The type is that of what is compressed; the file itself goes back. */
		type = memcpy(mime, f->mime, sizeof(mime));
		s->put(s, f);
		f = gz;
	}
	int status = ni_hd_precondition(r, f);
	if (status == 304) {
		not_modified(c, r, f, gz ? VARY : "");
	} else if (status) {
		error(c, r, status, "");
		s->put(s, f);
	} else if (gz || !ni_hd_range_applies(r, f) || !partial(c, r, f)) {
		struct ni_hd_reply rep = {
		    .status = 200, .type = type, .extra = extra, .file = f, .n = f->size};
		emit_file(c, r, &rep);
	}
}

/* Percent-encode a path for a Location or a link. */
static void
put_url(struct ni_buf *b, const char *s)
{
	static const char hexdigit[] = "0123456789ABCDEF";
	for (; *s; s++) {
		unsigned char ch = (unsigned char)*s;
		bool plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
			     (ch >= '0' && ch <= '9') || strchr("-._~/", ch);
		if (plain) {
			ni_buf_c(b, (char)ch);
		} else {
			ni_buf_c(b, '%');
			ni_buf_c(b, hexdigit[ch >> 4]);
			ni_buf_c(b, hexdigit[ch & 15]);
		}
	}
}

static void
put_html(struct ni_buf *b, const char *s)
{
	for (; *s; s++) {
		if (*s == '<')
			ni_buf_str(b, "&lt;");
		else if (*s == '&')
			ni_buf_str(b, "&amp;");
		else if ((unsigned char)*s >= 0x20)
			ni_buf_c(b, *s);
	}
}

static void
list_row(void *arg, const char *name, bool dir, uint64_t size)
{
	struct ni_buf *b = arg;
	if (b->cap - b->len < 4096)
		return;
	ni_buf_str(b, "<tr><td><a href=\"./"); /* "./": a name may hold a colon */
	put_url(b, name);
	ni_buf_str(b, dir ? "/\">" : "\">");
	put_html(b, name);
	ni_buf_str(b, dir ? "/</a></td><td></td></tr>\n" : "</a></td><td>");
	if (!dir) {
		ni_buf_u64(b, size);
		ni_buf_str(b, "</td></tr>\n");
	}
}

static void
send_list(struct ni_hd_conn *c, const struct ni_hd_request *r)
{
	enum { LIST_MAX = 1 << 20 };
	char *p = malloc(LIST_MAX);
	struct ni_buf b = ni_buf(p, LIST_MAX);
	if (!p) {
		error(c, r, 503, "");
		return;
	}
	ni_buf_str(&b, "<!doctype html>\n<html lang=\"en\"><title>/");
	put_html(&b, r->path);
	ni_buf_str(&b, "</title>\n<h1>/");
	put_html(&b, r->path);
	ni_buf_str(&b, "</h1>\n<table>\n<tr><td><a href=\"../\">../</a></td></tr>\n");
	int status = c->core->site->list(c->core->site, r->path, list_row, &b);
	ni_buf_str(&b, "</table>\n</html>\n");
	if (status)
		error(c, r, status, "");
	else
		emit_bytes(c, r, "text/html; charset=utf-8", b.p, b.len);
	free(p);
}

/* A directory without its slash: where it is. */
static void
move_on(struct ni_hd_conn *c, const struct ni_hd_request *r)
{
	char name[3 * NI_HD_PATH_MAX + 64];
	struct ni_buf b = ni_buf(name, sizeof(name) - 1);
	ni_buf_str(&b, "Location: /");
	put_url(&b, r->path);
	ni_buf_str(&b, "/\r\n");
	ni_buf_z(&b);
	if (b.len < 1400)
		error(c, r, 301, name);
	else
		error(c, r, 414, "");
}

/* @path, which was asked for with a slash at its end: its index.html, or what is in it. */
static void
get_dir(struct ni_hd_conn *c, const struct ni_hd_request *r, const char *path)
{
	struct ni_hd_site *s = c->core->site;
	const struct ni_hd_file *f = NULL;
	char name[NI_HD_PATH_MAX + 16];
	struct ni_buf b = ni_buf(name, sizeof(name));
	ni_buf_str(&b, path);
	ni_buf_str(&b, *path ? "/index.html" : "index.html");
	int rc = s->open(s, ni_buf_z(&b), &f);
	if (rc == NI_HD_SITE_FILE) {
		send_file(c, r, f, name);
		return;
	}
	int is = rc == 404 ? s->open(s, path, &f) : NI_HD_SITE_DIR;
	if (is == NI_HD_SITE_FILE) {
		s->put(s, f);
		error(c, r, 404, "");
	} else if (is != NI_HD_SITE_DIR) {
		error(c, r, is, "");
	} else if (rc == 404 && c->core->list && s->list) {
		send_list(c, r);
	} else {
		error(c, r, rc == 404 || rc == NI_HD_SITE_DIR ? 403 : rc, "");
	}
}

/* Dot files are often secrets that were never meant to be served; RFC 8615's are meant to be. */
static bool
is_hidden(const char *path)
{
	for (const char *p = path; *p; p++)
		if (*p == '.' && (p == path || p[-1] == '/') &&
		    !(p == path && !strncmp(p, ".well-known/", 12)))
			return true;
	return false;
}

static void
get(struct ni_hd_conn *c, const struct ni_hd_request *r)
{
	struct ni_hd_site *s = c->core->site;
	const struct ni_hd_file *f = NULL;
	const char *path = c->core->fixed ? "" : r->path;
	const char *t = r->target.p;
	const char *q = memchr(t, '?', r->target.n);
	size_t n = q ? (size_t)(q - t) : r->target.n;
	bool slash = !*path || (n && t[n - 1] == '/');
	if (is_hidden(path)) {
		error(c, r, 404, "");
		return;
	}
	if (slash) {
		get_dir(c, r, path);
		return;
	}
	int rc = s->open(s, path, &f);
	if (rc == NI_HD_SITE_FILE)
		send_file(c, r, f, path);
	else if (rc == NI_HD_SITE_DIR)
		move_on(c, r);
	else
		error(c, r, rc, "");
}

static const char *
allowed(const struct ni_hd_request *r)
{
	bool writable = !r->path_len || !strcmp(r->path, "echo") || !strcmp(r->path, "*");
	return writable ? READ_WRITE : READ_ONLY;
}

void
ni_hd_respond(struct ni_hd_conn *c, const struct ni_hd_request *r, int status, const char *body,
	      size_t n)
{
	/* The fixed server has no resource but its one page, whatever the path. */
	const char *path = c->core->fixed ? "" : r->path;
	bool special = r->method == NI_HD_GET || r->method == NI_HD_HEAD;
	if (status) {
		ni_hd_emit_error(c, r, status, "", true);
		return;
	}
	if (ni_hd_is_echo(r)) {
		echo(c, r, body, n);
	} else if (r->method == NI_HD_OPTIONS) {
		struct ni_hd_reply rep = {
		    .status = 204, .close = is_last(c, r), .extra = allowed(r)};
		ni_hd_emit(c, r, &rep);
	} else if (!special) {
		error(c, r, 405, allowed(r));
	} else if (!strcmp(path, "echo")) {
		echo(c, r, r->query.p, r->query.n);
	} else if (!strcmp(path, "stream")) {
		stream(c, r);
	} else if (c->core->status && !strcmp(path, "status")) {
		status_page(c, r, false);
	} else if (c->core->status && !strcmp(path, "status.html")) {
		status_page(c, r, true);
	} else {
		get(c, r);
	}
}
