/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP connection whose two byte streams are the input: HTTP and whatever else is found by its
 * content, with segments cut, left out, sent twice and out of order.
 *
 * The input is a list of segments:
 * OFFSET SIZE FIELD
 *      0    2 little-endian: 0x8000 the server sends, 0x4000 not captured, 0x2000 sent twice,
 *             0x1000 behind the next segment; the rest is how many bytes follow
 *      2      the bytes
 */
#include "fuzz.h"

#include <string.h>

enum {
	SERVER = 0x8000,
	LOST = 0x4000,
	TWICE = 0x2000,
	LATE = 0x1000,
	LENGTH = 0x0fff,
	IP = 14,
	TCP = IP + 20,
	HEADERS = TCP + 20,
	FIN = 1,
	SYN = 2,
	ACK = 16,
};

/* The connection as its two ends would go on. */
struct talk {
	struct fuzz_session f;
	uint32_t next[2]; /* sequence numbers */
	uint8_t late[HEADERS + LENGTH];
	uint32_t late_len;
};

static void
put32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* Ethernet, IPv4 and TCP headers in front of @n bytes that side @from sends. */
static uint32_t
segment(struct talk *t, uint8_t *p, int from, uint8_t flags, const uint8_t *data, uint32_t n)
{
	static const uint8_t ports[2][2] = {{0x9c, 0x40}, {0x1e, 0x6c}}; /* 40000, 7788 */
	int to = !from;
	memset(p, 0, HEADERS);
	p[5] = (uint8_t)(1 + to);
	p[11] = (uint8_t)(1 + from);
	p[12] = 0x08;
	p[IP] = 0x45;
	p[IP + 2] = (uint8_t)((n + 40) >> 8);
	p[IP + 3] = (uint8_t)(n + 40);
	p[IP + 8] = 64;
	p[IP + 9] = 6;
	put32(p + IP + 12, 0x0a000001 + (uint32_t)from);
	put32(p + IP + 16, 0x0a000001 + (uint32_t)to);
	memcpy(p + TCP, ports[from], 2);
	memcpy(p + TCP + 2, ports[to], 2);
	put32(p + TCP + 4, t->next[from]);
	put32(p + TCP + 8, flags & ACK ? t->next[to] : 0);
	p[TCP + 12] = 0x50;
	p[TCP + 13] = flags;
	p[TCP + 14] = 0xff;
	if (n)
		memcpy(p + HEADERS, data, n);
	t->next[from] += n + ((flags & (SYN | FIN)) != 0);
	return HEADERS + n;
}

static void
deliver(struct talk *t, const uint8_t *p, uint32_t n)
{
	t->f.ts_ns += 1000000;
	fuzz_frame(&t->f, 1, p, n, n);
}

static void
control(struct talk *t, int from, uint8_t flags)
{
	uint8_t p[HEADERS];
	deliver(t, p, segment(t, p, from, flags, NULL, 0));
}

static void
take_segment(struct talk *t, uint16_t head, const uint8_t *data, uint32_t n)
{
	uint8_t p[HEADERS + LENGTH];
	uint32_t len = segment(t, p, (head & SERVER) != 0, ACK, data, n);
	if (head & LATE && !t->late_len) {
		memcpy(t->late, p, len);
		t->late_len = len;
		return;
	}
	if (!(head & LOST))
		deliver(t, p, len);
	if (head & TWICE)
		deliver(t, p, len);
	if (t->late_len) {
		deliver(t, t->late, t->late_len);
		t->late_len = 0;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct talk t;
	memset(&t, 0, sizeof(t));
	fuzz_begin(&t.f);
	t.next[0] = 0xfffffe00; /* the numbers wrap soon */
	t.next[1] = 5000;
	control(&t, 0, SYN);
	control(&t, 1, SYN | ACK);
	control(&t, 0, ACK);
	while (size >= 2) {
		uint16_t head = fuzz_le16(data);
		uint32_t n = head & LENGTH;
		data += 2;
		size -= 2;
		if (n > size)
			n = (uint32_t)size;
		take_segment(&t, head, data, n);
		data += n;
		size -= n;
	}
	control(&t, 0, FIN | ACK);
	control(&t, 1, FIN | ACK);
	control(&t, 0, ACK);
	fuzz_end(&t.f);
	return 0;
}
