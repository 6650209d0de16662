/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bodies of HTTP messages and their content codings, in pieces of any size and with gaps.
 *
 * OFFSET SIZE FIELD
 *      0    1 how many bytes each piece has; 0: all in one
 *      1    1 0x80: bytes are missing in the middle; the rest is the length of the coding's name
 *      2      what Content-Encoding says, then the body
 */
#include "fuzz.h"

#include "netinspect/body.h"

enum { HEADER = 2, GAP = 0x80, LENGTH = 0x7f, MAX_BYTES = 2 << 20, MAX_RATIO = 64 };

static void
take(void *ctx, const uint8_t *p, size_t n)
{
	uint64_t *out = ctx;
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += p[i]; /* touched: the sanitizer looks */
	if (!n || sum > 255U * n)
		fuzz_fail("a piece without bytes");
	*out += n;
}

/* Decode @p in pieces of @step bytes; *@out gets how many came out. */
static enum ni_body_outcome
decode(const uint8_t *name, size_t name_len, const uint8_t *p, size_t n, size_t step, bool gap,
       uint64_t *out)
{
	struct ni_body_opts opts = {
	    .max_bytes = MAX_BYTES, .max_ratio = MAX_RATIO, .out = take, .ctx = out};
	struct ni_body *b = ni_body_new(name, name_len, &opts);
	enum ni_body_outcome was = NI_BODY_OK;
	*out = 0;
	if (!b)
		fuzz_fail("no memory");
	for (size_t at = 0; at < n; at += step) {
		enum ni_body_outcome now = ni_body_put(b, p + at, n - at < step ? n - at : step);
		if (was != NI_BODY_OK && now != was)
			fuzz_fail("an outcome that changes");
		was = now;
		if (gap && at <= n / 2 && n / 2 < at + step)
			was = ni_body_lost(b);
	}
	enum ni_body_outcome end = ni_body_end(b);
	if (end >= NI_BODY_NOUTCOMES || end != ni_body_end(b) || (was != NI_BODY_OK && end != was))
		fuzz_fail("an end that changes");
	if (*out != ni_body_out(b) || *out > MAX_BYTES || ni_body_in(b) > n)
		fuzz_fail("bytes miscounted");
	if (!*ni_body_text(end) && end != NI_BODY_OK)
		fuzz_fail("an outcome without a text");
	ni_body_free(&b);
	return end;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < HEADER || size - HEADER < (data[1] & LENGTH))
		return 0;
	const uint8_t *name = data + HEADER;
	size_t name_len = data[1] & LENGTH;
	const uint8_t *body = name + name_len;
	size_t n = size - HEADER - name_len;
	bool gap = data[1] & GAP;
	uint64_t whole;
	uint64_t pieces;
	enum ni_body_outcome a = decode(name, name_len, body, n, n ? n : 1, gap, &whole);
	enum ni_body_outcome b =
	    decode(name, name_len, body, n, data[0] ? data[0] : (n ? n : 1), gap, &pieces);
	if (!gap && a == NI_BODY_OK && b == NI_BODY_OK && whole != pieces)
		fuzz_fail("pieces decode to another length");
	return 0;
}
