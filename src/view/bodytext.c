/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies as text; see bodytext.h. */
#include "bodytext.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "netinspect/buf.h"

enum {
	LOOK = 1024, /* bytes that tell text from others */
	INDENT = 2,  /* blanks a level of JSON */
	LEVELS = 40, /* deeper ones stay where they are */
	ROW = 16,    /* bytes of a line in hex */
	WIDER = 8,   /* cells that a long offset may add */
	ESCAPED = 4, /* bytes that one becomes at most */
	CHARSET = 40,
};

static bool
has(const char *type, const char *word)
{
	return strcasestr(type, word) != NULL;
}

static bool
looks_like_text(const uint8_t *p, size_t n)
{
	size_t odd = 0;
	n = n < LOOK ? n : LOOK;
	for (size_t i = 0; i < n; i++) {
		if (!p[i])
			return false;
		odd += (p[i] < ' ' && p[i] != '\n' && p[i] != '\r' && p[i] != '\t') || p[i] == 0x7f;
	}
	return odd * 20 <= n;
}

enum ni_body_kind
ni_bodytext_kind(const char *type, const uint8_t *p, size_t n)
{
	static const char *const media[] = {"image/", "audio/", "video/", "font/"};
	static const char *const text[] = {"text/",      "xml",  "javascript", "ecmascript",
					   "urlencoded", "yaml", "csv",        "message/"};
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (!strncasecmp(type, media[i], strlen(media[i])) && !has(type, "svg"))
			return NI_BODY_MEDIA;
	if (has(type, "json"))
		return NI_BODY_JSON;
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		if (has(type, text[i]))
			return has(type, "utf-16") || has(type, "utf-32") || looks_like_text(p, n)
				   ? NI_BODY_TEXT
				   : NI_BODY_HEX;
	return !*type && looks_like_text(p, n) ? NI_BODY_TEXT : NI_BODY_HEX;
}

/* The charset that @type names; "" if it is the one we have. */
static void
charset_of(char out[CHARSET], const char *type)
{
	const char *s = strcasestr(type, "charset=");
	size_t n = 0;
	out[0] = '\0';
	if (!s)
		return;
	s += strlen("charset=");
	s += *s == '"';
	while (n + 1 < CHARSET && s[n] && !strchr("\" ;/,", s[n]))
		n++;
	memcpy(out, s, n);
	out[n] = '\0';
	if (!strcasecmp(out, "utf-8") || !strcasecmp(out, "utf8") || !strcasecmp(out, "us-ascii"))
		out[0] = '\0';
}

/* @p in UTF-8; NULL: leave it as it is. What cannot be converted becomes U+FFFD. */
static char *
to_utf8(const char *type, const uint8_t *p, size_t n, size_t *out)
{
	char name[CHARSET];
	charset_of(name, type);
	const iconv_t failed = (iconv_t)-1; /* NOLINT(performance-no-int-to-ptr) */
	iconv_t cd = *name ? iconv_open("UTF-8", name) : failed;
	if (cd == failed)
		return NULL;
	size_t room = n * 4 + 8;
	char *text = malloc(room);
	char *in = malloc(n + 1);
	if (text && in) {
		memcpy(in, p, n);
		char *from = in;
		char *to = text;
		size_t left = n;
		size_t space = room;
		while (left && iconv(cd, &from, &left, &to, &space) == (size_t)-1) {
			if (errno == E2BIG || space < 3)
				break;
			memcpy(to, "\xef\xbf\xbd", 3);
			to += 3;
			space -= 3;
			if (errno == EINVAL)
				break;
			from++;
			left--;
		}
		*out = (size_t)(to - text);
	}
	if (!in) {
		free(text);
		text = NULL;
	}
	free(in);
	iconv_close(cd);
	return text;
}

/* Backslashes are text here: they stay as they are. */
static void
put_bytes(struct ni_buf *b, const uint8_t *p, size_t n)
{
	while (n) {
		const uint8_t *slash = memchr(p, '\\', n);
		size_t k = slash ? (size_t)(slash - p) : n;
		ni_buf_escape(b, p, k);
		if (slash)
			ni_buf_c(b, '\\');
		k += slash != NULL;
		p += k;
		n -= k;
	}
}

/* Text line by line, so that line feeds stay; carriage returns before them go, tabs are blanks. */
static void
put_text(struct ni_buf *b, const uint8_t *p, size_t n)
{
	while (n) {
		const uint8_t *feed = memchr(p, '\n', n);
		size_t k = feed ? (size_t)(feed - p) : n;
		size_t shown = feed && k && p[k - 1] == '\r' ? k - 1 : k;
		for (size_t i = 0; i < shown;) {
			const uint8_t *tab = memchr(p + i, '\t', shown - i);
			size_t to = tab ? (size_t)(tab - p) : shown;
			put_bytes(b, p + i, to - i);
			if (tab)
				ni_buf_str(b, "    ");
			i = to + (tab != NULL);
		}
		if (feed)
			ni_buf_c(b, '\n');
		k += feed != NULL;
		p += k;
		n -= k;
	}
}

struct json {
	struct ni_buf *b;
	unsigned depth;
	bool string, escaped;
	bool fresh; /* a bracket was opened and nothing stands behind it yet */
};

static void
new_line(struct json *j)
{
	ni_buf_c(j->b, '\n');
	ni_buf_pad(j->b, ' ', (size_t)INDENT * (j->depth < LEVELS ? j->depth : LEVELS));
}

/* A character outside of strings. */
static void
put_token(struct json *j, uint8_t c)
{
	if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
		return;
	if (c == '}' || c == ']') {
		j->depth -= j->depth > 0;
		if (!j->fresh)
			new_line(j);
		j->fresh = false;
	} else if (j->fresh) {
		new_line(j);
		j->fresh = false;
	}
	j->string = c == '"';
	put_bytes(j->b, &c, 1);
	if (c == '{' || c == '[') {
		j->depth++;
		j->fresh = true;
	} else if (c == ',') {
		new_line(j);
	} else if (c == ':') {
		ni_buf_c(j->b, ' ');
	}
}

/* JSON is not checked, only broken into lines: what is none is shown all the same. */
static void
put_json(struct ni_buf *b, const uint8_t *p, size_t n)
{
	struct json j = {.b = b};
	size_t from = 0;
	for (size_t i = 0; i < n; i++) {
		if (!j.string) {
			put_token(&j, p[i]);
			from = i + 1;
			continue;
		}
		bool ends = p[i] == '"' && !j.escaped;
		j.escaped = p[i] == '\\' && !j.escaped;
		if (!ends)
			continue;
		put_bytes(b, p + from, i + 1 - from);
		from = i + 1;
		j.string = false;
	}
	if (j.string)
		put_bytes(b, p + from, n - from);
}

/* A row of @row bytes is this wide. */
static int
row_width(size_t row)
{
	enum { OFFSET = 8, A_BYTE = 4 };
	return OFFSET + (int)(row * A_BYTE + row / 8) + 1;
}

static void
put_row(struct ni_buf *b, const uint8_t *p, size_t n, size_t row)
{
	for (size_t i = 0; i < row; i++) {
		if (i < n)
			ni_buf_hex(b, p[i], 2);
		else
			ni_buf_str(b, "  ");
		ni_buf_pad(b, ' ', i % 8 == 7 || i + 1 == row ? 2 : 1);
	}
	for (size_t i = 0; i < n; i++)
		ni_buf_c(b, (char)(p[i] >= ' ' && p[i] < 0x7f ? p[i] : '.'));
	ni_buf_c(b, '\n');
}

char *
ni_bodytext_hex(const uint8_t *p, size_t n, uint64_t from, int width, size_t *out)
{
	size_t row = ROW;
	while (row > 1 && row_width(row) > width)
		row /= 2;
	size_t room = (n / row + 1) * (size_t)(row_width(row) + WIDER) + LOOK;
	char *mem = malloc(room);
	if (!mem)
		return NULL;
	struct ni_buf b = ni_buf(mem, room - 1);
	for (size_t at = 0; at < n; at += row) {
		ni_buf_hex(&b, from + at, from + n > 0xffffff ? 10 : 6);
		ni_buf_str(&b, "  ");
		put_row(&b, p + at, n - at < row ? n - at : row, row);
	}
	mem[b.len] = '\0';
	*out = b.len;
	return mem;
}

/* Bytes that @n of them may become. */
static size_t
room_for(size_t n, enum ni_body_kind kind)
{
	if (kind == NI_BODY_JSON)
		return n * (ESCAPED + INDENT * LEVELS / 2) + LOOK;
	return n * ESCAPED + LOOK;
}

char *
ni_bodytext(const char *type, const uint8_t *p, size_t n, enum ni_body_kind kind, size_t *out)
{
	size_t converted_n = n;
	if (kind != NI_BODY_TEXT && kind != NI_BODY_JSON)
		return ni_bodytext_hex(p, n, 0, 80, out);
	char *converted = to_utf8(type, p, n, &converted_n);
	const uint8_t *s = converted ? (const uint8_t *)converted : p;
	size_t room = room_for(converted_n, kind);
	char *mem = malloc(room);
	if (mem) {
		struct ni_buf b = ni_buf(mem, room - 1);
		if (kind == NI_BODY_JSON)
			put_json(&b, s, converted_n);
		else
			put_text(&b, s, converted_n);
		mem[b.len] = '\0';
		*out = b.len;
	}
	free(converted);
	return mem;
}
