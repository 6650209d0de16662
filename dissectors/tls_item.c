/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items that handshake messages are made of: numbers, bytes, vectors. See tls.h. */
#include "tls.h"
#include "tls_fields.h"

static uint32_t
place(const struct tls_out *o, uint32_t off)
{
	return o->gathered ? o->base : o->base + off;
}

static uint32_t
extent(const struct tls_out *o, uint32_t len)
{
	return o->gathered ? 0 : len;
}

void
tls_put(struct tls_out *o, unsigned f, uint32_t off, uint32_t len, uint64_t v)
{
	if (o->w)
		ni_put_uint(o->w, &tls_fields[f], place(o, off), extent(o, len), v);
}

void
tls_put_made(struct tls_out *o, unsigned f, uint32_t off, uint32_t len, const void *p, uint32_t n)
{
	if (o->w)
		ni_put_made(o->w, &tls_fields[f], place(o, off), extent(o, len), p, n);
}

void
tls_heading(struct tls_out *o, unsigned f, uint32_t off, uint32_t len, const char *text)
{
	if (!o->w)
		return;
	if (text)
		ni_put_label(o->w, &tls_fields[f], place(o, off), extent(o, len), "%s: %s",
			     tls_fields[f].name, text);
	else
		ni_put_label(o->w, &tls_fields[f], place(o, off), extent(o, len), NULL);
}

uint32_t
tls_uint(struct tls_out *o, struct ni_cur *c, unsigned f, unsigned size)
{
	const uint8_t *p = ni_take(c, size);
	uint32_t v = 0;
	for (unsigned i = 0; p && i < size; i++)
		v = v << 8 | p[i];
	if (p)
		tls_put(o, f, c->off - size, size, v);
	return v;
}

const uint8_t *
tls_bytes(struct tls_out *o, struct ni_cur *c, unsigned f, uint32_t n)
{
	const uint8_t *p = ni_take(c, n);
	if (p && n)
		tls_put_made(o, f, c->off - n, n, p, n);
	return p;
}

void
tls_deeper(struct tls_out *o, int levels)
{
	if (o->w)
		o->w->depth = (uint8_t)(o->w->depth + levels);
}

void
tls_rest(struct tls_out *o, struct ni_cur *c, unsigned f)
{
	if (ni_more(c))
		tls_bytes(o, c, f, ni_left(c));
}

struct ni_cur
tls_vector(struct tls_out *o, struct ni_cur *c, unsigned f, unsigned size)
{
	uint32_t n = tls_uint(o, c, f, size);
	return ni_sub(c, n);
}

void
tls_counted(struct tls_out *o, struct ni_cur *c, unsigned f, unsigned size)
{
	uint32_t n = tls_uint(o, c, f, size);
	tls_bytes(o, c, f + 1, n);
}

void
tls_end(struct tls_out *o, const struct ni_cur *c)
{
	if (c->rc == NI_MALFORMED || (c->rc == NI_OK && c->off < c->len))
		o->wrong = true;
}
