/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How TLS records are found in a TCP stream: RFC 8446 5.1. A message is one record; but records
 * that share a handshake message belong together, so that it can be read in one piece.
 *
 * On the way this learns what later records cannot say of themselves: the version and the cipher
 * suite (from the Server Hello), and from where on handshake messages are encrypted.
 */
#include "netinspect/stream.h"

#include "tls.h"
#include "tls_fields.h"

enum {
	MAX_JOINED = 64 * 1024, /* bytes of records that are read together */
	MAX_MESSAGE = 1 << 17,  /* bytes of a handshake message that is believed */
	HELLO_FIXED = 35,       /* bytes of a Server Hello before the session id */
};

/* Of one direction. */
struct state {
	uint32_t done;  /* bytes of this message (its records so far) that are read */
	uint32_t start; /* where the record being read begins in it */
	uint8_t hdr[TLS_RECORD_HDR];
	uint8_t have;  /* bytes of hdr */
	uint32_t left; /* bytes of the record's body to come */

	/* The handshake message being read, over records. */
	uint8_t msg[TLS_MESSAGE_HDR];
	uint8_t msg_have;
	uint32_t msg_left;
	uint32_t hello; /* a Server Hello's body begins here in the message; 0: none */
	uint32_t hello_len;
	bool stop;   /* what the record holds from here on are no handshake messages */
	bool opaque; /* nor what it begins with: it must be encrypted */
};

struct shared {
	uint16_t version, suite;
	bool encrypted[2]; /* handshake messages are, from here on */
	bool lost[2];      /* and it is not known where one begins */
};

static uint32_t
info_of(const struct shared *sh, unsigned dir)
{
	uint32_t version = sh->version ? (sh->version & 0xffU) + 1 : 0;
	return sh->suite | (version & TLS_I_VERSION) << TLS_I_VERSION_SHIFT |
	       (sh->encrypted[dir] ? TLS_I_ENCRYPTED : 0U) | (sh->lost[dir] ? TLS_I_LOST : 0U);
}

bool
tls_plausible(uint8_t type, uint32_t len)
{
	return ni_label_find(tls_l_handshakes, type) && len < MAX_MESSAGE;
}

static bool
is_header(const uint8_t *p)
{
	return p[0] >= TLS_CHANGE_CIPHER_SPEC && p[0] <= TLS_HEARTBEAT && p[1] == 3 && p[2] <= 4 &&
	       ni_be16(p + 3) <= TLS_RECORD_MAX;
}

/* A record's header and, for what begins a connection, the kind of message in it. */
static enum ni_probe
probe(struct ni_span s)
{
	static const uint8_t least[TLS_RECORD_HDR] = {TLS_HANDSHAKE, 3, 0, 0, 0};
	uint8_t h[TLS_RECORD_HDR];
	for (unsigned i = 0; i < TLS_RECORD_HDR; i++)
		h[i] = i < s.cap ? s.p[i] : least[i];
	if (!is_header(h))
		return NI_PROBE_NO;
	if (s.cap <= TLS_RECORD_HDR)
		return NI_PROBE_MORE;
	uint16_t len = ni_be16(h + 3);
	uint8_t first = s.p[TLS_RECORD_HDR];
	bool fits = len >= 1;
	if (h[0] == TLS_CHANGE_CIPHER_SPEC)
		fits = len == 1 && first == 1;
	else if (h[0] == TLS_ALERT)
		fits = len == 2 ? first == 1 || first == 2 : len > 16;
	else if (h[0] == TLS_HANDSHAKE)
		fits = len >= TLS_MESSAGE_HDR;
	return fits ? NI_PROBE_YES : NI_PROBE_NO;
}

/* Learn from the Server Hello whose body begins at @p. */
static void
learn(struct shared *sh, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	bool retry = tls_is_retry(s.p, s.cap);
	uint16_t version = ni_take16(&c);
	ni_skip(&c, HELLO_FIXED - 3);
	ni_skip(&c, ni_take8(&c));
	uint16_t suite = ni_take16(&c);
	ni_skip(&c, 1);
	if (c.rc != NI_OK)
		return;
	if (ni_more(&c))
		ni_take16(&c);
	while (ni_more(&c)) {
		uint16_t type = ni_take16(&c);
		struct ni_cur data = ni_sub(&c, ni_take16(&c));
		uint16_t chosen = type == TLS_EXT_SUPPORTED_VERSIONS ? ni_take16(&data) : 0;
		if (chosen && data.rc == NI_OK)
			version = chosen;
	}
	if (version >> 8 != 3 && version >> 8 != 0x7f)
		return;
	sh->version = version >> 8 == 3 ? version : TLS_1_3;
	if (!retry)
		sh->suite = suite;
	/* The Change Cipher Spec of TLS 1.3 changes nothing (RFC 8446 D.4). */
	if (sh->version == TLS_1_3)
		sh->encrypted[0] = sh->encrypted[1] = false;
}

static void
forget_message(struct state *st)
{
	st->msg_have = 0;
	st->msg_left = 0;
}

/* Follow handshake messages through @n more bytes of a record's body. */
static void
follow(struct state *st, struct shared *sh, unsigned dir, const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n && !sh->encrypted[dir] && !st->stop;) {
		if (st->msg_have < TLS_MESSAGE_HDR) {
			st->msg[st->msg_have++] = p[i++];
			if (st->msg_have < TLS_MESSAGE_HDR)
				continue;
			st->msg_left = ni_be24(st->msg + 1);
			if (!tls_plausible(st->msg[0], st->msg_left)) {
				uint32_t at = st->done + i - TLS_MESSAGE_HDR;
				st->stop = true;
				st->opaque = at == TLS_RECORD_HDR;
				forget_message(st);
				return;
			}
			if (st->msg[0] == TLS_SERVER_HELLO) {
				st->hello = st->done + i;
				st->hello_len = st->msg_left;
			}
		}
		uint32_t take = st->msg_left < n - i ? st->msg_left : n - i;
		i += take;
		st->msg_left -= take;
		if (!st->msg_left)
			st->msg_have = 0;
	}
}

/* The record's body is complete. */
static void
end_record(struct ni_scan_ctx *c, struct state *st, struct shared *sh)
{
	uint8_t type = st->hdr[0];
	if (type == TLS_CHANGE_CIPHER_SPEC && sh->version != TLS_1_3) {
		sh->encrypted[c->dir] = true;
		forget_message(st);
	}
	/* It is read only where it lies in one piece. */
	if (st->hello > st->start && st->hello_len <= st->done - st->hello &&
	    c->msg_len >= st->done)
		learn(sh, (struct ni_span){c->msg + st->hello, st->hello_len, st->hello_len});
	st->hello = 0;
	st->have = 0;
	st->start = st->done;
}

/* Whether the handshake message at hand goes on in the next record. */
static bool
is_split(const struct state *st, const struct shared *sh, unsigned dir)
{
	return st->hdr[0] == TLS_HANDSHAKE && !sh->encrypted[dir] && !sh->lost[dir] && st->msg_have;
}

static enum ni_scan
finish(struct ni_scan_ctx *c, struct state *st, struct shared *sh, uint32_t info)
{
	/* What the message itself tells counts for it; not what it changes for those after it. */
	uint32_t keep = TLS_I_ENCRYPTED | TLS_I_LOST;
	c->info = (info_of(sh, c->dir) & ~keep) | (info & keep);
	if (st->opaque)
		c->info |= TLS_I_ENCRYPTED;
	return NI_SCAN_DONE;
}

/* A new message: whatever of a handshake message was read before goes on. */
static void
begin(struct state *st)
{
	st->done = st->start = st->hello = 0;
	st->have = 0;
	st->stop = st->opaque = false;
}

/* What is encrypted need not be looked at, nor is its loss one. */
static enum ni_scan
wait_for_body(struct ni_scan_ctx *c, struct state *st)
{
	if (st->hdr[0] == TLS_APPLICATION_DATA) {
		c->skip = st->left;
		st->done += st->left;
		st->left = 0;
	}
	return NI_SCAN_MORE;
}

static enum ni_scan
scan(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used)
{
	struct state *st = c->state;
	struct shared *sh = c->shared;
	uint32_t info = info_of(sh, c->dir);
	*used = 0;
	if (c->fresh)
		begin(st);
	for (;;) {
		/* Records between which a message is split are one; but only handshake records. */
		if (st->start && !st->have && (n == *used ? c->eof : p[*used] != TLS_HANDSHAKE)) {
			forget_message(st);
			return finish(c, st, sh, info);
		}
		while (st->have < TLS_RECORD_HDR && *used < n) {
			st->hdr[st->have++] = p[(*used)++];
			st->done++;
			if (st->have == TLS_RECORD_HDR)
				st->left = ni_be16(st->hdr + 3);
		}
		if (st->have < TLS_RECORD_HDR)
			return c->eof && st->done ? finish(c, st, sh, info) : NI_SCAN_MORE;
		if (!is_header(st->hdr))
			return NI_SCAN_REJECT;
		uint32_t take = st->left < n - *used ? st->left : n - *used;
		if (st->hdr[0] == TLS_HANDSHAKE && !sh->lost[c->dir])
			follow(st, sh, c->dir, p + *used, take);
		st->done += take;
		st->left -= take;
		*used += take;
		if (st->left && c->eof)
			return finish(c, st, sh, info);
		if (st->left)
			return wait_for_body(c, st);
		end_record(c, st, sh);
		if (!is_split(st, sh, c->dir))
			return finish(c, st, sh, info);
		if (st->done > MAX_JOINED) {
			sh->lost[c->dir] = true;
			return finish(c, st, sh, info);
		}
	}
}

/* What there is of a record says at least what it was. */
static bool
lost(struct ni_scan_ctx *c)
{
	struct state *st = c->state;
	*st = (struct state){0};
	c->info = info_of(c->shared, c->dir);
	return c->msg_len > TLS_RECORD_HDR;
}

const struct ni_stream_ops tls_stream = {
    .state_size = sizeof(struct state),
    .shared_size = sizeof(struct shared),
    .probe = probe,
    .scan = scan,
    .lost = lost,
};
