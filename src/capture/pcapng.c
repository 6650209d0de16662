/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pcapng capture file, draft-ietf-opsawg-pcapng.
 *
 *   OFFSET SIZE FIELD
 *     0      4  block type
 *     4      4  total length L, a multiple of 4
 *     8   L-12  body, ends with options
 *   L-4      4  total length again
 *
 * A section header sets the byte order and forgets the interfaces; an interface block declares one
 * with its link type and the resolution of its time stamps; packet blocks refer to it by number.
 * Name resolution, secrets, journal and custom blocks are stepped over.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "i18n.h"
#include "linktype.h"
#include "pcapng_opts.h"

enum {
	BLOCK_HDR = 8,
	TRAILER = 4,
	PASSED = 3,         /* beside the results of ni_source_next(): a block without a packet */
	MAX_IFACES = 65536, /* of all sections together */
	MAX_OPTIONS = 16 * 1024 * 1024 /* bytes of a block beside its packet */
};

/* Blocks without a packet before the caller gets to look at its signals. */
enum { PASSED_AT_ONCE = 4096 };

static const uint32_t ORDER_MAGIC = 0x1a2b3c4d;

struct block {
	const uint8_t *p;
	uint32_t type;
	uint32_t total;
};

static int
damaged(const struct ni_file *f, const char *what, uint64_t n, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT,
		_("%s: damaged: the block at byte %llu, behind packet %llu, %s %llu"), f->name,
		(unsigned long long)ni_bytes_offset(&f->bytes), (unsigned long long)f->packets,
		_(what), (unsigned long long)n);
	ni_file_hint_whole(f, err);
	return NI_ERR_INPUT;
}

static int
incomplete(struct ni_file *f, int why, uint64_t need, struct ni_err *err)
{
	if (why != NI_BYTES_END)
		return why;
	if (ni_bytes_ready(&f->bytes) == 0 && f->bytes.skip == 0 && !f->bytes.cut_inside)
		return NI_SOURCE_END;
	return ni_file_cut(f, need, err);
}

/* Have all of the block at pos, and check its two lengths. */
static int
whole_block(struct ni_file *f, struct block *k, struct ni_err *err)
{
	int r = ni_bytes_need(&f->bytes, k->total, err);
	if (r != NI_BYTES_HAVE)
		return incomplete(f, r, k->total, err);
	k->p = ni_bytes_at(&f->bytes);
	uint32_t again = ni_file32(k->p + k->total - TRAILER, f->swap);
	if (again != k->total)
		return damaged(f, N_("repeats its length wrongly as"), again, err);
	return NI_BYTES_HAVE;
}

static struct ni_opts
options(const struct ni_file *f, const struct block *k, uint32_t from)
{
	return (struct ni_opts){
	    .p = k->p + from, .left = k->total - TRAILER - from, .swap = f->swap};
}

static int
section_header(struct ni_file *f, struct block *k, struct ni_err *err)
{
	if (k->total < 28)
		return damaged(f, N_("is a section header of"), k->total, err);
	int r = whole_block(f, k, err);
	if (r != NI_BYTES_HAVE)
		return r;
	unsigned major = ni_file16(k->p + 12, f->swap);
	if (major != 1) {
		return ni_fail(err, NI_ERR_INPUT,
			       _("%s: pcapng version %u.%u is unknown, 1.0 is usual"), f->name,
			       major, ni_file16(k->p + 14, f->swap));
	}
	f->ng.first = f->base.n_ifaces;
	f->format_name = "pcapng";
	return PASSED;
}

/* Take if_tsresol: negative power of ten, or of two if the highest bit is set. */
static bool
set_resolution(struct ni_pcapng_iface *c, unsigned *digits, uint8_t v)
{
	unsigned e = v & 0x7f;
	if (v & 0x80) {
		if (e > 63)
			return false;
		c->shift = e;
		c->mul = 1000000000;
		c->div = 1;
		*digits = e >= 30 ? 9 : (e * 31 + 99) / 100; /* log 2 = 0.301 */
		return true;
	}
	if (e > 27)
		return false;
	c->shift = 0;
	c->mul = c->div = 1;
	for (unsigned i = e; i < 9; i++)
		c->mul *= 10;
	for (unsigned i = 9; i < e; i++)
		c->div *= 10;
	*digits = e < 9 ? e : 9;
	return true;
}

/* A time stamp that does not fit is shown as the last one that does. */
static int64_t
to_ns(const struct ni_pcapng_iface *c, uint64_t ticks)
{
	uint64_t ns;
	if (c->shift == 0) {
		if (__builtin_mul_overflow(ticks, c->mul, &ns))
			return INT64_MAX;
		ns /= c->div;
	} else {
		uint64_t frac = ticks & ((UINT64_C(1) << c->shift) - 1);
		unsigned s = c->shift;
		if (s > 34) {
			frac >>= s - 34;
			s = 34;
		}
		if (__builtin_mul_overflow(ticks >> c->shift, UINT64_C(1000000000), &ns))
			return INT64_MAX;
		ns += frac * 1000000000 >> s;
	}
	int64_t sum;
	if (ns > INT64_MAX || __builtin_add_overflow((int64_t)ns, c->offset_ns, &sum))
		return INT64_MAX;
	return sum;
}

static bool
grow_ifaces(struct ni_pcapng *ng, uint32_t n)
{
	if (n <= ng->room)
		return true;
	uint32_t room = ng->room ? ng->room * 2 : 4;
	struct ni_pcapng_iface *p = realloc(ng->ifaces, room * sizeof(*p));
	if (!p)
		return false;
	ng->ifaces = p;
	ng->room = room;
	return true;
}

/* What the options of an interface block say, before it is stored. */
struct declared {
	struct ni_opts name;
	struct ni_opts description;
	struct ni_pcapng_iface c;
	unsigned digits;
	uint32_t fcs_len;
};

static int
interface_options(struct ni_file *f, const struct block *k, struct declared *d, struct ni_err *err)
{
	set_resolution(&d->c, &d->digits, 6);
	struct ni_opts o = options(f, k, 16);
	while (ni_opts_next(&o)) {
		int64_t sec;
		switch (o.code) {
		case NI_OPT_IF_NAME:
			d->name = o;
			break;
		case NI_OPT_IF_DESCRIPTION:
			d->description = o;
			break;
		case NI_OPT_IF_TSRESOL:
			if (o.len >= 1 && !set_resolution(&d->c, &d->digits, o.value[0]))
				return damaged(f, N_("has the time resolution"), o.value[0], err);
			break;
		case NI_OPT_IF_FCSLEN:
			/* Some give bits. */
			if (o.len >= 1)
				d->fcs_len = o.value[0] > 8 ? o.value[0] / 8 : o.value[0];
			break;
		case NI_OPT_IF_TSOFFSET:
			if (o.len < 8)
				break;
			sec = (int64_t)ni_file64(o.value, f->swap);
			if (__builtin_mul_overflow(sec, INT64_C(1000000000), &d->c.offset_ns))
				d->c.offset_ns = 0;
			break;
		default:
			break;
		}
	}
	return o.broken ? damaged(f, N_("has a broken option"), o.code, err) : NI_SUCCESS;
}

static int
interface_block(struct ni_file *f, struct block *k, struct ni_err *err)
{
	if (k->total < 20)
		return damaged(f, N_("is an interface block of"), k->total, err);
	int r = whole_block(f, k, err);
	if (r != NI_BYTES_HAVE)
		return r;
	if (f->base.n_ifaces >= MAX_IFACES) {
		return ni_fail(err, NI_ERR_INPUT, _("%s: more than %d interfaces"), f->name,
			       MAX_IFACES);
	}
	struct declared d = {0};
	r = interface_options(f, k, &d, err);
	if (r < 0)
		return r;
	struct ni_source_iface *i = NULL;
	if (grow_ifaces(&f->ng, f->base.n_ifaces + 1)) {
		i = ni_source_add_iface(&f->base, (const char *)d.name.value, d.name.len,
					(const char *)d.description.value, d.description.len);
	}
	if (!i)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), f->name);
	i->linktype = ni_linktype_from_file(ni_file16(k->p + 8, f->swap));
	i->snaplen = ni_file32(k->p + 12, f->swap);
	i->fcs_len = d.fcs_len;
	i->ts_digits = d.digits;
	d.c.max_cap = ni_linktype_max_cap(i->linktype);
	f->ng.ifaces[f->base.n_ifaces - 1] = d.c;
	return PASSED;
}

static int
statistics_block(struct ni_file *f, struct block *k, struct ni_err *err)
{
	if (k->total < 24)
		return damaged(f, N_("is a statistics block of"), k->total, err);
	int r = whole_block(f, k, err);
	if (r != NI_BYTES_HAVE)
		return r;
	uint32_t id = ni_file32(k->p + 8, f->swap);
	if (id >= f->base.n_ifaces - f->ng.first)
		return PASSED;
	struct ni_source_iface *i = &f->base.ifaces[f->ng.first + id];
	struct ni_opts o = options(f, k, 20);
	while (ni_opts_next(&o)) {
		if (o.len != 8)
			continue;
		/* The counters run from the start of the capture: the last block counts. */
		uint64_t v = ni_file64(o.value, f->swap);
		if (o.code == NI_OPT_ISB_IFRECV)
			i->received = v;
		else if (o.code == NI_OPT_ISB_IFDROP)
			i->if_dropped = v;
		else if (o.code == NI_OPT_ISB_OSDROP)
			i->dropped = v;
	}
	return PASSED;
}

/* Keep the first comment where it lies; join further ones, each on a line of its own. */
static void
add_comment(struct ni_file *f, const struct ni_opts *o, struct ni_frame *frame)
{
	if (!frame->comment) {
		frame->comment = (const char *)o->value;
		frame->comment_len = o->len;
		return;
	}
	struct ni_pcapng *ng = &f->ng;
	size_t n = (size_t)frame->comment_len + 1 + o->len;
	bool joined = frame->comment == ng->comment;
	if (n > ng->comment_room) {
		char *p = realloc(ng->comment, n * 2);
		/* Rather a comment short than a packet. */
		if (!p)
			return;
		ng->comment = p;
		ng->comment_room = n * 2;
	}
	if (!joined)
		memcpy(ng->comment, frame->comment, frame->comment_len);
	ng->comment[frame->comment_len] = '\n';
	memcpy(ng->comment + frame->comment_len + 1, o->value, o->len);
	frame->comment = ng->comment;
	frame->comment_len = (uint32_t)n;
}

static void
packet_options(struct ni_file *f, const struct block *k, uint32_t from, struct ni_frame *frame)
{
	frame->comment = NULL;
	frame->comment_len = 0;
	if (k->total - TRAILER - from < 4)
		return;
	struct ni_opts o = options(f, k, from);
	while (ni_opts_next(&o)) {
		if (o.code == NI_OPT_COMMENT)
			add_comment(f, &o, frame);
	}
}

/* Fill @frame with the @cap bytes at @at of a whole block, received by interface @id. */
static int
deliver(struct ni_file *f, const struct block *k, uint32_t id, uint32_t at, uint32_t cap,
	struct ni_frame *frame)
{
	const struct ni_source_iface *i = &f->base.ifaces[f->ng.first + id];
	frame->data = k->p + at;
	frame->cap = cap;
	frame->offset = ni_bytes_offset(&f->bytes) + at;
	frame->linktype = i->linktype;
	frame->iface = f->ng.first + id;
	frame->has_iface = true;
	frame->ts_digits = (uint8_t)i->ts_digits;
	frame->ifname = i->name;
	packet_options(f, k, at + ni_pad4(cap), frame);
	f->packets++;
	f->bytes.pos += k->total;
	return NI_SOURCE_FRAME;
}

static int
no_interface(struct ni_file *f, uint32_t id, struct ni_err *err)
{
	return damaged(f, N_("has a packet of an undeclared interface, number"), id, err);
}

static int
claims(struct ni_file *f, uint32_t cap, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT,
		_("%s: damaged: packet %llu at byte %llu claims %u captured bytes"), f->name,
		(unsigned long long)f->packets + 1, (unsigned long long)ni_bytes_offset(&f->bytes),
		cap);
	ni_file_hint_whole(f, err);
	return NI_ERR_INPUT;
}

/* Enhanced packet block; the obsolete packet block differs in the first field alone. */
static int
packet_block(struct ni_file *f, struct block *k, struct ni_frame *frame, struct ni_err *err)
{
	if (k->total < 32)
		return damaged(f, N_("is a packet block of"), k->total, err);
	int r = ni_bytes_need(&f->bytes, 28, err);
	if (r != NI_BYTES_HAVE)
		return incomplete(f, r, k->total, err);
	k->p = ni_bytes_at(&f->bytes);
	bool old = k->type == NI_BLOCK_OLD_PACKET;
	uint32_t id = old ? ni_file16(k->p + 8, f->swap) : ni_file32(k->p + 8, f->swap);
	uint32_t cap = ni_file32(k->p + 20, f->swap);
	if (id >= f->base.n_ifaces - f->ng.first)
		return no_interface(f, id, err);
	/* Before the whole block is asked for: a lie must not make us read and keep a gigabyte. */
	const struct ni_pcapng_iface *c = &f->ng.ifaces[f->ng.first + id];
	if (cap > c->max_cap || ni_pad4(cap) > k->total - 32)
		return claims(f, cap, err);
	if (k->total - 32 - cap > MAX_OPTIONS)
		return damaged(f, N_("claims a length of"), k->total, err);
	r = whole_block(f, k, err);
	if (r != NI_BYTES_HAVE)
		return r;
	uint32_t len = ni_file32(k->p + 24, f->swap);
	uint64_t high = ni_file32(k->p + 12, f->swap);
	frame->len = len < cap ? cap : len;
	frame->ts_ns = to_ns(c, high << 32 | ni_file32(k->p + 16, f->swap));
	if (old && ni_file16(k->p + 10, f->swap) != UINT16_MAX)
		f->ng.dropped += ni_file16(k->p + 10, f->swap);
	return deliver(f, k, id, 28, cap, frame);
}

/* Its captured length is not written down, but follows from those of the interface and the block.
 */
static int
simple_packet(struct ni_file *f, struct block *k, struct ni_frame *frame, struct ni_err *err)
{
	if (k->total < 16)
		return damaged(f, N_("is a packet block of"), k->total, err);
	if (f->base.n_ifaces == f->ng.first)
		return no_interface(f, 0, err);
	const struct ni_source_iface *i = &f->base.ifaces[f->ng.first];
	int r = ni_bytes_need(&f->bytes, 12, err);
	if (r != NI_BYTES_HAVE)
		return incomplete(f, r, k->total, err);
	uint32_t len = ni_file32(ni_bytes_at(&f->bytes) + 8, f->swap);
	uint32_t cap = i->snaplen && len > i->snaplen ? i->snaplen : len;
	if (cap > k->total - 16)
		cap = k->total - 16;
	if (cap > f->ng.ifaces[f->ng.first].max_cap)
		return claims(f, cap, err);
	if (k->total - 16 - cap > MAX_OPTIONS)
		return damaged(f, N_("claims a length of"), k->total, err);
	r = whole_block(f, k, err);
	if (r != NI_BYTES_HAVE)
		return r;
	frame->len = len;
	frame->ts_ns = 0;
	return deliver(f, k, 0, 12, cap, frame);
}

/* Look at the header of the block at pos. */
static int
block_header(struct ni_file *f, struct block *k, struct ni_err *err)
{
	struct ni_bytes *b = &f->bytes;
	int r = ni_bytes_need(b, BLOCK_HDR, err);
	if (r != NI_BYTES_HAVE)
		return incomplete(f, r, BLOCK_HDR, err);
	k->p = ni_bytes_at(b);
	k->type = ni_file32(k->p, f->swap);
	if (k->type == NI_PCAPNG_SHB) {
		/* The byte order stands behind the length. */
		r = ni_bytes_need(b, 12, err);
		if (r != NI_BYTES_HAVE)
			return incomplete(f, r, 28, err);
		k->p = ni_bytes_at(b);
		uint32_t order = ni_file32(k->p + 8, false);
		f->swap = order != ORDER_MAGIC;
		if (f->swap && order != __builtin_bswap32(ORDER_MAGIC))
			return damaged(f, N_("is a section header of byte order"), order, err);
	}
	k->total = ni_file32(k->p + 4, f->swap);
	if (k->total < BLOCK_HDR + TRAILER || k->total % 4 != 0)
		return damaged(f, N_("claims a length of"), k->total, err);
	return NI_BYTES_HAVE;
}

/* Take one block in that has no packet. */
static int
other_block(struct ni_file *f, struct block *k, struct ni_err *err)
{
	bool known = k->type == NI_PCAPNG_SHB || k->type == NI_BLOCK_INTERFACE ||
		     k->type == NI_BLOCK_STATISTICS;
	if (known && k->total > MAX_OPTIONS)
		return damaged(f, N_("claims a length of"), k->total, err);
	int r = PASSED;
	if (k->type == NI_PCAPNG_SHB)
		r = section_header(f, k, err);
	else if (k->type == NI_BLOCK_INTERFACE)
		r = interface_block(f, k, err);
	else if (k->type == NI_BLOCK_STATISTICS)
		r = statistics_block(f, k, err);
	if (r == PASSED)
		ni_bytes_skip(&f->bytes, k->total);
	return r;
}

static bool
has_packet(const struct block *k)
{
	return k->type == NI_BLOCK_PACKET || k->type == NI_BLOCK_SIMPLE_PACKET ||
	       k->type == NI_BLOCK_OLD_PACKET;
}

static int
pcapng_start(struct ni_file *f, struct ni_err *err)
{
	for (;;) {
		struct block k = {0};
		int r = block_header(f, &k, err);
		if (r == NI_SOURCE_END)
			return NI_SOURCE_FRAME;
		if (r != NI_BYTES_HAVE)
			return r;
		if (has_packet(&k))
			return NI_SOURCE_FRAME;
		r = other_block(f, &k, err);
		if (r != PASSED)
			return r;
	}
}

static int
pcapng_next(struct ni_file *f, struct ni_frame *frame, struct ni_err *err)
{
	for (int i = 0; i < PASSED_AT_ONCE; i++) {
		struct block k = {0};
		int r = block_header(f, &k, err);
		if (r != NI_BYTES_HAVE)
			return r;
		if (!has_packet(&k))
			r = other_block(f, &k, err);
		else if (k.type == NI_BLOCK_SIMPLE_PACKET)
			r = simple_packet(f, &k, frame, err);
		else
			r = packet_block(f, &k, frame, err);
		if (r != PASSED)
			return r;
	}
	return NI_SOURCE_IDLE;
}

void
ni_pcapng_free(struct ni_pcapng *ng)
{
	free(ng->ifaces);
	free(ng->comment);
	*ng = (struct ni_pcapng){0};
}

const struct ni_file_format ni_pcapng_format = {
    .start = pcapng_start,
    .next = pcapng_next,
};
