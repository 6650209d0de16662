/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes of a packet, with the two lengths that must never be confused: how many were captured, and
 * how many the enclosing layer claims there were. Everything that reads packet bytes goes through
 * ni_need() (once a header), ni_field_get() (a declared field) or struct ni_cur (variable parts).
 */
#ifndef NETINSPECT_SPAN_H
#define NETINSPECT_SPAN_H

#include <stdbool.h>
#include <stdint.h>

/* Why a layer could not be taken apart completely. Four different things, never mixed up. */
enum ni_rc {
	NI_OK,
	NI_TRUNCATED,   /* the bytes existed but the capture does not hold them (snap length) */
	NI_MALFORMED,   /* the packet contradicts itself or its protocol */
	NI_UNSUPPORTED, /* whole, but of a kind that nothing here takes apart */
	NI_TOO_DEEP,    /* more nested headers than NI_MAX_DEPTH */
};

struct ni_span {
	const uint8_t *p;
	uint32_t cap; /* bytes that may be read at p; cap <= len always */
	uint32_t len; /* bytes that were there according to the enclosing layer */
};

static inline uint16_t
ni_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
ni_be24(const uint8_t *p)
{
	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t
ni_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t
ni_be64(const uint8_t *p)
{
	return (uint64_t)ni_be32(p) << 32 | ni_be32(p + 4);
}

/** Say whether @n bytes can be read at the start of @s, and if not, whose fault it is. */
static inline enum ni_rc
ni_need(struct ni_span s, uint32_t n)
{
	if (s.cap >= n)
		return NI_OK;
	return s.len >= n ? NI_TRUNCATED : NI_MALFORMED;
}

/** Return the rest of @s from @off; an empty span if @off lies behind its end. */
static inline struct ni_span
ni_from(struct ni_span s, uint32_t off)
{
	uint32_t c = off < s.cap ? off : s.cap;
	uint32_t l = off < s.len ? off : s.len;
	return (struct ni_span){s.p + c, s.cap - c, s.len - l};
}

/** Shorten @s so that it claims at most @len bytes. */
static inline struct ni_span
ni_clip(struct ni_span s, uint32_t len)
{
	if (s.len > len)
		s.len = len;
	if (s.cap > len)
		s.cap = len;
	return s;
}

/*
 * A cursor over variable parts. The first failed read makes it sticky: every later read gives 0 or
 * NULL, and rc says what went wrong. Loops run `while (ni_more(&c))`, and every turn must read.
 */
struct ni_cur {
	const uint8_t *p;
	uint32_t off; /* next byte to read, from p */
	uint32_t cap;
	uint32_t len;
	enum ni_rc rc;
};

static inline struct ni_cur
ni_cur(struct ni_span s)
{
	return (struct ni_cur){s.p, 0, s.cap, s.len, NI_OK};
}

/** Say whether bytes are claimed behind the cursor and nothing has gone wrong yet. */
static inline bool
ni_more(const struct ni_cur *c)
{
	return c->rc == NI_OK && c->off < c->len;
}

/** Bytes claimed behind the cursor. */
static inline uint32_t
ni_left(const struct ni_cur *c)
{
	return c->rc == NI_OK ? c->len - c->off : 0;
}

/** Read @n bytes; NULL, and the cursor stuck, when they are not all there. */
static inline const uint8_t *
ni_take(struct ni_cur *c, uint32_t n)
{
	if (c->rc != NI_OK)
		return 0;
	if (n > c->cap - c->off) {
		c->rc = n > c->len - c->off ? NI_MALFORMED : NI_TRUNCATED;
		return 0;
	}
	c->off += n;
	return c->p + (c->off - n);
}

static inline uint8_t
ni_take8(struct ni_cur *c)
{
	const uint8_t *p = ni_take(c, 1);
	return p ? *p : 0;
}

static inline uint16_t
ni_take16(struct ni_cur *c)
{
	const uint8_t *p = ni_take(c, 2);
	return p ? ni_be16(p) : 0;
}

static inline uint32_t
ni_take32(struct ni_cur *c)
{
	const uint8_t *p = ni_take(c, 4);
	return p ? ni_be32(p) : 0;
}

/** Step over @n claimed bytes, captured or not; malformed if fewer are claimed. */
static inline void
ni_skip(struct ni_cur *c, uint32_t n)
{
	if (c->rc != NI_OK)
		return;
	if (n > c->len - c->off) {
		c->rc = NI_MALFORMED;
		return;
	}
	c->off += n;
	if (c->off > c->cap) {
		c->off = c->cap;
		c->rc = NI_TRUNCATED;
	}
}

/** Take the next @n claimed bytes as a cursor of their own; offsets in it stay those of the parent.
 */
static inline struct ni_cur
ni_sub(struct ni_cur *c, uint32_t n)
{
	struct ni_cur s = *c;
	if (c->rc == NI_OK && n > c->len - c->off) {
		s.rc = c->rc = NI_MALFORMED;
		return s;
	}
	if (c->rc == NI_OK) {
		s.len = c->off + n;
		s.cap = s.cap < s.len ? s.cap : s.len;
	}
	ni_skip(c, n);
	return s;
}

#endif
