/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chunked transfer coding, RFC 9112 section 7.1; see request.h. */
#include <string.h>

#include "request.h"

enum state { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, TRAILER_LF, TRAILER_TEXT };

enum { EXTENSION_MAX = 1024, TRAILER_MAX = 8192 };

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* A byte of the chunk-size line. */
static int
size_byte(struct ni_hd_chunked *d, char c)
{
	int v = hex(c);
	if (d->state == SIZE && v >= 0) {
		if (++d->digits > 15)
			return 413;
		d->left = d->left << 4 | (uint64_t)v;
		return 0;
	}
	if (!d->digits)
		return 400;
	if (c == '\r') {
		d->state = SIZE_LF;
		return 0;
	}
	/* Extensions are ignored, but they must begin with ';' and must not go on for ever. */
	if (d->state == SIZE && c != ';' && c != ' ' && c != '\t')
		return 400;
	if ((c < 0x20 && c != '\t') || c == 0x7f)
		return 400;
	d->state = EXTENSION;
	return ++d->line > EXTENSION_MAX ? 400 : 0;
}

/* A byte of the trailer section, which is dropped (RFC 9110 section 6.5.1). */
static int
trailer_byte(struct ni_hd_chunked *d, char c)
{
	if (++d->line > TRAILER_MAX)
		return 431;
	if (d->state == TRAILER && c == '\r') {
		d->state = TRAILER_LF;
	} else if (d->state == TRAILER_TEXT && c == '\r') {
		d->state = TRAILER_LF;
		d->digits = 1; /* the line was not empty */
	} else if ((c < 0x20 && c != '\t') || c == 0x7f) {
		return 400;
	} else {
		d->state = TRAILER_TEXT;
	}
	return 0;
}

static int
framing_byte(struct ni_hd_chunked *d, char c)
{
	switch ((enum state)d->state) {
	case SIZE:
	case EXTENSION:
		return size_byte(d, c);
	case SIZE_LF:
		if (c != '\n')
			return 400;
		d->state = d->left ? DATA : TRAILER;
		d->line = d->digits = 0;
		return 0;
	case DATA_CR:
		d->state = DATA_LF;
		return c == '\r' ? 0 : 400;
	case DATA_LF:
		d->state = SIZE;
		return c == '\n' ? 0 : 400;
	case TRAILER:
	case TRAILER_TEXT:
		return trailer_byte(d, c);
	case TRAILER_LF:
		if (c != '\n')
			return 400;
		if (!d->digits)
			return 1;
		d->digits = 0;
		d->state = TRAILER;
		return 0;
	case DATA:
		break;
	}
	return 400;
}

int
ni_hd_chunked_decode(struct ni_hd_chunked *d, const char *in, size_t *n, char *out, size_t *out_len,
		     uint64_t max)
{
	size_t i = 0;
	size_t o = 0;
	int rc = 0;
	while (i < *n && !rc) {
		if (d->state != DATA) {
			rc = framing_byte(d, in[i++]);
			if (d->left > max - o)
				rc = 413;
			continue;
		}
		size_t k = *n - i < d->left ? *n - i : (size_t)d->left;
		if (out)
			memcpy(out + o, in + i, k);
		i += k;
		o += k;
		d->left -= k;
		if (!d->left)
			d->state = DATA_CR;
	}
	*n = i;
	*out_len = o;
	return rc;
}
