/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Media types, dates and the describing fields of a file; see site.h. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "netinspect/buf.h"
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

const char *
ni_hd_mime(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *dot = strrchr(slash ? slash : path, '.');
	for (size_t i = 0; dot && i < sizeof(types) / sizeof(*types); i++)
		if (!strcasecmp(dot + 1, types[i].ext))
			return types[i].type;
	return "application/octet-stream";
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
	f->mime = ni_hd_mime(path);
	b = ni_buf(f->head, sizeof(f->head));
	ni_buf_fmt(&b,
		   "Content-Type: %s\r\nLast-Modified: %s\r\nETag: %s\r\nAccept-Ranges: bytes\r\n",
		   f->mime, f->modified, f->etag);
	f->head_len = (uint32_t)b.len;
}
