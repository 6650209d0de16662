/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report over made-up frames and events; see report_bench.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "report_bench.h"

enum { TEXT = 64 << 20 };

struct ni_registry *registry;
struct ni_out out;
struct ni_sink *sink;
struct ni_report_input input;
static FILE *file;
char *text; /* what finish() wrote */
char *flat; /* the same as one line: lines and blanks between words are one blank */

/* ---- the bench: a report over made-up input ---- */

void
begin(bool full)
{
	input = (struct ni_report_input){.name = "x.pcap", .format = "pcap"};
	struct ni_report_opts opts = {.full = full, .input = &input};
	file = tmpfile();
	assert_non_null(file);
	assert_int_equal(ni_out_init(&out, fileno(file), NULL), 0);
	sink = ni_report_sink(&out, &opts, NULL);
	assert_non_null(sink);
}

static size_t
line_columns(const char *s, size_t n)
{
	size_t cols = 0;
	for (size_t i = 0; i < n; i++)
		cols += ((uint8_t)s[i] & 0xc0) != 0x80;
	return cols;
}

/* What holds for every report: width, no controls, no blanks at the end of a line. */
static void
check_page(void)
{
	size_t n;
	for (const char *s = text; *s; s += n + 1) {
		n = strcspn(s, "\n");
		assert_int_equal(s[n], '\n');
		if (!out.color)
			assert_true(line_columns(s, n) <= out.width);
		assert_false(n && s[n - 1] == ' ');
		for (size_t i = 0; i < n; i++) {
			if (out.ascii)
				assert_false((uint8_t)s[i] & 0x80);
			assert_true((uint8_t)s[i] >= 0x20 || (out.color && s[i] == 033));
			assert_int_not_equal(s[i], 0x7f);
		}
	}
}

static void
flatten(void)
{
	char *to = flat = malloc(strlen(text) + 1);
	assert_non_null(flat);
	for (const char *s = text; *s; s++)
		if ((*s != ' ' && *s != '\n') || (to > flat && to[-1] != ' '))
			*to++ = (char)(*s == '\n' ? ' ' : *s);
	*to = '\0';
}

void
end(void)
{
	free(text);
	free(flat);
	text = flat = NULL;
	assert_int_equal(sink->ops->finish(sink, NULL), 0);
	off_t size = lseek(fileno(file), 0, SEEK_END);
	assert_true(size > 0 && size < TEXT);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(pread(fileno(file), text, (size_t)size, 0), size);
	sink->ops->free(sink);
	check_page();
	flatten();
	ni_out_free(&out);
	fclose(file);
}

void
has(const char *what)
{
	if (!strstr(flat, what))
		print_error("not in the report: %s\n%.6000s\n", what, text);
	assert_non_null(strstr(flat, what));
}

unsigned
count(const char *what)
{
	unsigned n = 0;
	for (const char *s = text; (s = strstr(s, what)); s++)
		n++;
	return n;
}

/* A frame of protocols by their keys, which end with NULL. */
void
frame(uint64_t number, uint32_t len, const char *const *keys)
{
	static struct ni_dis d;
	static uint8_t bytes[1 << 16];
	struct ni_frame f = {.data = bytes,
			     .cap = len,
			     .len = len,
			     .number = number,
			     .ts_ns = T0 + (int64_t)number * MS,
			     .linktype = 1};
	d = (struct ni_dis){.frame = &f, .reg = registry, .nlayers = 1, .nsources = 1};
	d.sources[0] = (struct ni_source_bytes){bytes, len, len, "Frame"};
	d.net_layer = d.transport_layer = 0xff;
	for (; keys && *keys; keys++) {
		const struct ni_proto *p = ni_registry_find(registry, *keys);
		assert_non_null(p);
		d.layers[d.nlayers++].proto = ni_proto_number(registry, p);
	}
	sink->ops->frame(sink, &d);
}

static struct ni_addr
ip4(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return (struct ni_addr){4, {(uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d}};
}

/* A good connection of twelve segments: 3-way, one exchange, 4-way by the client. */
struct ni_conn
good_conn(uint32_t id)
{
	return (struct ni_conn){.id = id,
				.ipproto = 6,
				.port = {40000, 80},
				.addr = {ip4(10, 9, 0, 1), ip4(10, 9, 0, 2)},
				.first_frame = 1,
				.last_frame = 11,
				.first_ns = T0,
				.last_ns = T0 + 890 * MS,
				.packets = {6, 5},
				.ip_bytes = {370, 591},
				.data_bytes = {58, 279},
				.state = {NI_TCP_TIME_WAIT, NI_TCP_CLOSED},
				.open = NI_OPEN_3WAY,
				.close = NI_CLOSE_4WAY,
				.closed_first = NI_CLIENT,
				.time_wait = NI_CLIENT,
				.reset_by = NI_NOBODY,
				.initial_rtt_ns = 24 * MS,
				.service = "http",
				.requests = 1,
				.opening = {{1, T0, 11, 0, 0, 2, 0},
					    {2, T0 + 12 * MS, 44, 12, 0, 0x12, 1},
					    {3, T0 + 24 * MS, 12, 45, 0, 0x10, 0}},
				.closing = {{8, T0 + 500 * MS, 70, 324, 0, 0x11, 0},
					    {9, T0 + 512 * MS, 324, 71, 0, 0x10, 1},
					    {10, T0 + 513 * MS, 324, 71, 0, 0x11, 1},
					    {11, T0 + 525 * MS, 71, 325, 0, 0x10, 0}},
				.history = "ShADadFf"};
}

struct ni_conn
refused_conn(uint32_t id)
{
	struct ni_conn c = good_conn(id);
	memset(c.opening, 0, sizeof(c.opening));
	memset(c.closing, 0, sizeof(c.closing));
	c.opening[0] = (struct ni_step){1, T0, 11, 0, 0, 2, 0};
	c.opening[1] = (struct ni_step){2, T0 + MS, 0, 12, 0, 0x14, 1};
	c.open = NI_OPEN_REFUSED;
	c.close = NI_CLOSE_NONE;
	c.closed_first = c.time_wait = NI_NOBODY;
	c.requests = 0;
	c.service = NULL;
	c.data_bytes[0] = c.data_bytes[1] = 0;
	c.initial_rtt_ns = 0;
	return c;
}

void
end_conn(const struct ni_conn *c)
{
	struct ni_event e = {.kind = NI_EV_CONN_END, .conn = c};
	sink->ops->event(sink, &e);
}

struct ni_http_exchange
exchange(uint32_t stream, uint16_t status)
{
	return (struct ni_http_exchange){.stream = stream,
					 .number = 1,
					 .status = status,
					 .method = "GET",
					 .uri = "/index.html",
					 .host = "www.example.org",
					 .type = "text/html; charset=utf-8",
					 .response_body = 12600,
					 .request_frame = 4,
					 .response_frame = 6,
					 .request_first = 4,
					 .response_first = 5,
					 .request_first_ns = T0,
					 .request_last_ns = T0,
					 .response_first_ns = T0 + 2 * MS,
					 .response_last_ns = T0 + 5 * MS};
}

void
end_exchange(const struct ni_http_exchange *x)
{
	struct ni_event e = {.kind = NI_EV_HTTP, .http = x};
	sink->ops->event(sink, &e);
}
