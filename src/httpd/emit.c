/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Framing a response: status line, fields, content (RFC 9112 section 6), right or wrong by knob. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn_priv.h"
#include "netinspect/buf.h"

static const struct {
	int status;
	const char *line, *text; /* code and reason phrase; what it means here */
} reasons[] = {
    {200, "200 OK", ""},
    {204, "204 No Content", ""},
    {206, "206 Partial Content", ""},
    {301, "301 Moved Permanently", "A directory's name ends with a slash."},
    {304, "304 Not Modified", ""},
    {400, "400 Bad Request", "The request breaks the rules of HTTP/1.1 (RFC 9112)."},
    {403, "403 Forbidden", "This may not be read, or it is no regular file."},
    {404, "404 Not Found", "There is nothing here by that name."},
    {405, "405 Method Not Allowed",
     "This can be read, not written; POST and PUT go to / or /echo."},
    {408, "408 Request Timeout", "The request was not complete in time."},
    {411, "411 Length Required", "A body needs a Content-Length, or chunks."},
    {412, "412 Precondition Failed", "What you have is not what is here."},
    {413, "413 Content Too Large", "The body is larger than this server takes."},
    {414, "414 URI Too Long", "The address is longer than this server takes."},
    {416, "416 Range Not Satisfiable", "The range lies outside the content."},
    {417, "417 Expectation Failed", "Only 100-continue can be expected."},
    {431, "431 Request Header Fields Too Large", "The header is longer than this server takes."},
    {500, "500 Internal Server Error", "The server could not read this."},
    {501, "501 Not Implemented", "The method or the transfer coding is unknown to this server."},
    {503, "503 Service Unavailable", "The server has no room left; try again later."},
    {505, "505 HTTP Version Not Supported", "This server speaks HTTP/1.0 and HTTP/1.1."},
};

/* "404 Not Found" */
static const char *
status_line(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].line;
	return "500 Internal Server Error";
}

enum { CONTENT_MAX = 1 << 20 }; /* that a framing knob works on */

/* Put @n bytes at @p as chunks of the sizes the knob lists; the last size repeats. */
static void
put_chunks(struct ni_hd_conn *c, const char *p, size_t n)
{
	static const uint32_t usual[] = {100};
	const struct ni_hd_knobs *k = c->knobs;
	const uint32_t *sizes = k->nchunks ? k->chunks : usual;
	uint32_t nsizes = k->nchunks ? k->nchunks : 1;
	char line[24];
	for (uint32_t i = 0; n; i += i + 1 < nsizes) {
		size_t size = sizes[i] < n ? sizes[i] : n;
		struct ni_buf b = ni_buf(line, sizeof(line));
		if (k->bad_chunk)
			ni_buf_str(&b, "xyz");
		else
			ni_buf_hex(&b, size, 1);
		ni_buf_str(&b, "\r\n");
		ni_hd_put(c, b.p, b.len);
		ni_hd_put(c, p, size);
		ni_hd_put(c, "\r\n", 2);
		p += size;
		n -= size;
	}
	ni_hd_put(c, "0\r\n\r\n", 5);
}

static void
put_file_chunks(struct ni_hd_conn *c, const struct ni_hd_reply *rep)
{
	const struct ni_hd_file *f = rep->file;
	size_t n = (size_t)rep->n;
	if (f->mem) {
		put_chunks(c, f->mem + rep->off, n);
	} else {
		char *p = malloc(n + 1);
		ssize_t got = p ? pread(f->fd, p, n, (off_t)rep->off) : -1;
		if (got < 0)
			c->phase = NI_HD_ABORTED;
		else
			put_chunks(c, p, (size_t)got);
		free(p);
	}
	c->core->site->put(c->core->site, f);
}

static bool
wants_chunks(const struct ni_hd_conn *c, const struct ni_hd_request *r,
	     const struct ni_hd_reply *rep)
{
	return (c->knobs->nchunks || c->knobs->bad_chunk) && r->minor && rep->type &&
	       !c->knobs->http10 && !c->knobs->http09 && rep->n && rep->n <= CONTENT_MAX &&
	       rep->status == 200;
}

/* The fields of the content. Returns whether its length is among them. */
static bool
put_content_fields(struct ni_buf *b, const struct ni_hd_conn *c, const struct ni_hd_reply *rep)
{
	const struct ni_hd_file *f = rep->file;
	if (f && rep->type == f->mime) {
		bool whole = rep->status == 200 && !c->knobs->any;
		ni_buf_mem(b, f->head, whole ? f->full_len : f->head_len);
		return whole;
	}
	if (rep->type)
		ni_buf_fmt(b, "Content-Type: %s\r\n", rep->type);
	return false;
}

/* Content-Length, Transfer-Encoding and Connection. Returns whether the connection must close. */
static bool
put_framing(struct ni_buf *b, const struct ni_hd_conn *c, const struct ni_hd_request *r,
	    const struct ni_hd_reply *rep, bool chunks)
{
	bool has_length = put_content_fields(b, c, rep);
	const struct ni_hd_knobs *k = c->knobs;
	bool close = rep->close || k->http10 || k->http09 || k->half_close ||
		     k->close_first == NI_HD_CLOSE_SERVER || k->close_first == NI_HD_CLOSE_BOTH;
	if (chunks) {
		ni_buf_str(b, "Transfer-Encoding: chunked\r\n");
		close |= k->bad_chunk;
	} else if (k->no_length && rep->type) {
		close = true;
	} else if (!has_length && (rep->type || rep->status == 301)) {
		int64_t n = (int64_t)rep->n + k->bad_length;
		ni_buf_str(b, "Content-Length: ");
		ni_buf_u64(b, n > 0 ? (uint64_t)n : 0);
		ni_buf_str(b, "\r\n");
		close |= k->bad_length != 0;
	}
	if (close)
		ni_buf_str(b, "Connection: close\r\n");
	else if (!r->minor)
		ni_buf_str(b, "Connection: keep-alive\r\n");
	ni_buf_str(b, "\r\n");
	return close;
}

void
ni_hd_emit(struct ni_hd_conn *c, const struct ni_hd_request *r, const struct ni_hd_reply *rep)
{
	char head[2048];
	struct ni_buf b = ni_buf(head, sizeof(head));
	bool chunks = wants_chunks(c, r, rep);
	bool content = rep->type && r->method != NI_HD_HEAD;
	if (!c->out) {
		c->deadline_ms = c->env->now_ms + c->core->limits.write_ms;
		c->phase_bytes = 0;
		if (c->knobs->delay_first_ms) {
			c->hold_ms = c->env->now_ms + c->knobs->delay_first_ms;
			c->deadline_ms += c->knobs->delay_first_ms;
		}
	}
	/* Who does not read what he asked for would fill the memory of all. If there is none for
	 * that answer either, the connection is aborted. */
	if (content && rep->body && rep->status != 503 &&
	    !ni_hd_room(c, sizeof(head) + (size_t)rep->n)) {
		ni_hd_emit_error(c, r, 503, "", true);
		return;
	}
	ni_buf_str(&b, c->knobs->http10 ? "HTTP/1.0 " : "HTTP/1.1 ");
	ni_buf_str(&b, status_line(rep->status));
	ni_buf_str(&b, "\r\nServer: netinspect-httpd\r\nDate: ");
	ni_buf_mem(&b, c->env->date, 29);
	ni_buf_str(&b, "\r\n");
	ni_buf_str(&b, rep->extra);
	bool close = put_framing(&b, c, r, rep, chunks);
	if (!c->knobs->http09)
		ni_hd_put(c, b.p, b.len);
	if (rep->file && content && chunks)
		put_file_chunks(c, rep);
	else if (rep->file && content)
		ni_hd_put_file(c, rep->file, rep->off, rep->n);
	else if (rep->file)
		c->core->site->put(c->core->site, rep->file);
	else if (content && chunks)
		put_chunks(c, rep->body, (size_t)rep->n);
	else if (content && rep->body)
		ni_hd_put(c, rep->body, (size_t)rep->n);
	/* The client has asked for more perhaps, before it reads that there will be none. */
	c->unread |= rep->close && r->keep_alive;
	close |= c->knobs->abort == NI_HD_ABORT_LINGER0;
	if (close && c->phase != NI_HD_ABORTED)
		c->phase = NI_HD_FLUSH;
	if (c->core->log)
		c->core->log(c, r, rep->status, content ? rep->n : 0);
}

void
ni_hd_emit_error(struct ni_hd_conn *c, const struct ni_hd_request *r, int status, const char *extra,
		 bool close)
{
	char page[512];
	const char *text = "";
	struct ni_buf b = ni_buf(page, sizeof(page));
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			text = reasons[i].text;
	ni_buf_fmt(&b,
		   "<!doctype html>\n<html lang=\"en\"><title>%s</title>\n<h1>%s</h1>\n"
		   "<p>%s</p>\n</html>\n",
		   status_line(status), status_line(status), text);
	struct ni_hd_reply rep = {.status = status,
				  .close = close,
				  .type = "text/html; charset=utf-8",
				  .extra = extra,
				  .body = b.p,
				  .n = b.len};
	ni_hd_emit(c, r, &rep);
}
