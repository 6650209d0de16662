/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items that record data are made of: numbers, strings, addresses, names. See dns.h. */
#include <inttypes.h>

#include "dns.h"
#include "dns_fields.h"

enum { NS = 1000000000 };

void
dns_space(struct dns_out *o)
{
	if (o->b && o->show)
		ni_buf_c(o->b, ' ');
}

void
dns_put_uint(struct dns_out *o, unsigned f, uint32_t off, uint32_t len, uint64_t v)
{
	if (o->w)
		ni_put_uint(o->w, &dns_fields[f], o->m->base + off, len, v);
}

void
dns_put_heading(struct dns_out *o, unsigned f, uint32_t off, uint32_t len, const char *text)
{
	if (!o->w)
		return;
	if (text)
		ni_put_label(o->w, &dns_fields[f], o->m->base + off, len, "%s: %s",
			     dns_fields[f].name, text);
	else
		ni_put_label(o->w, &dns_fields[f], o->m->base + off, len, NULL);
}

static uint64_t
take_number(struct dns_out *o, struct ni_cur *c, unsigned size)
{
	const uint8_t *p = ni_take(c, size);
	uint64_t v = 0;
	for (unsigned i = 0; p && i < size; i++)
		v = v << 8 | p[i];
	o->last.off = c->off - size;
	o->last.len = size;
	o->last.value = v;
	return v;
}

uint32_t
dns_take_uint(struct dns_out *o, struct ni_cur *c, unsigned f, unsigned size)
{
	uint64_t v = take_number(o, c, size);
	if (c->rc != NI_OK)
		return 0;
	dns_put_uint(o, f, o->last.off, size, v);
	if (o->b && o->show) {
		dns_space(o);
		ni_buf_u64(o->b, v);
	}
	return (uint32_t)v;
}

void
dns_take_time(struct dns_out *o, struct ni_cur *c, unsigned f, unsigned size)
{
	uint64_t v = take_number(o, c, size);
	if (c->rc != NI_OK)
		return;
	/* 48 bits of seconds do not fit into 64 of nanoseconds; the rest is the year 2262 and
	 * later. */
	int64_t ns = v > INT64_MAX / NS ? INT64_MAX : (int64_t)v * NS;
	if (o->w)
		ni_put_time(o->w, &dns_fields[f], o->m->base + o->last.off, size, ns);
	if (o->b && o->show) {
		dns_space(o);
		ni_buf_u64(o->b, v);
	}
}

static void
print_bytes(struct dns_out *o, unsigned type, const uint8_t *p, uint32_t n)
{
	dns_space(o);
	if (type == NI_IP4 && n == 4)
		ni_buf_ip4(o->b, p);
	else if (type == NI_IP6 && n == 16)
		ni_buf_ip6(o->b, p);
	else if (type == NI_ETHER)
		ni_buf_hexbytes(o->b, p, n, ':');
	else if (type != NI_STR)
		ni_buf_hexbytes(o->b, p, n, 0);
	else if (o->all)
		ni_buf_mem(o->b, p, n);
	else
		ni_buf_escape(o->b, p, n);
}

const uint8_t *
dns_take_bytes(struct dns_out *o, struct ni_cur *c, unsigned f, uint32_t n)
{
	const uint8_t *p = ni_take(c, n);
	if (!p)
		return NULL;
	if (o->w)
		ni_put_bytes(o->w, &dns_fields[f], o->m->base + c->off - n, n);
	if (o->b && o->show)
		print_bytes(o, dns_fields[f].type, p, n);
	return p;
}

void
dns_take_string(struct dns_out *o, struct ni_cur *c, unsigned f)
{
	bool show = o->show;
	o->show = false;
	uint32_t n = dns_take_uint(o, c, f, 1);
	o->show = show;
	dns_take_bytes(o, c, f + 1, n);
}

void
dns_take_counted(struct dns_out *o, struct ni_cur *c, unsigned f)
{
	uint32_t n = dns_take_uint(o, c, f, 2);
	if (n)
		dns_take_bytes(o, c, f + 1, n);
}

void
dns_take_name(struct dns_out *o, struct ni_cur *c, unsigned f)
{
	struct dns_name n;
	uint32_t off = c->off;
	if (!dns_name(o->m, c, &n))
		return;
	if (o->w)
		ni_put_made(o->w, &dns_fields[f], o->m->base + off, c->off - off, n.text, n.n);
	if (!o->b || !o->show)
		return;
	dns_space(o);
	if (o->all)
		ni_buf_mem(o->b, n.text, n.n);
	else
		dns_name_print(o->b, &n);
}

void
dns_put_bits(struct dns_out *o, unsigned f, unsigned last)
{
	for (; f <= last; f++)
		dns_put_uint(o, f, o->last.off, o->last.len, o->last.value);
}
