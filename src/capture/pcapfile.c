/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The classic capture file, draft-ietf-opsawg-pcap.
 *
 *   OFFSET SIZE FIELD
 *     0      4  magic: byte order, resolution of the time stamps, variant
 *     4      2  major version, 2
 *     6      2  minor version, 4
 *     8      8  time zone and accuracy, always 0
 *    16      4  snapshot length
 *    20      4  link type in the lower 26 bits; FCS length (16-bit words) in the upper 4 if bit 26
 *               is set
 *   then records:
 *     0      4  seconds
 *     4      4  microseconds or nanoseconds
 *     8      4  captured length
 *    12      4  original length
 *    16     (8) in Kuznetzov's variant: interface index, protocol, packet type, padding
 */
#include "config.h"

#include "file.h"
#include "i18n.h"
#include "linktype.h"

enum { FILE_HDR = 24, RECORD_HDR = 16, SANE_SNAPLEN = 1024 * 1024 };

static const struct variant {
	uint32_t magic;
	uint32_t hdr_len;
	uint32_t ns_per_unit;
	uint32_t extra; /* bytes between the file header and the first record */
	const char *name;
} variants[] = {
    {0xa1b2c3d4, 16, 1000, 0, N_("pcap (microseconds)")},
    {0xa1b23c4d, 16, 1, 0, N_("pcap (nanoseconds)")},
    {0xa1b2cd34, 24, 1000, 0, N_("pcap (microseconds, Kuznetzov's)")},
    {0x1c0001ac, 16, 1, 4, N_("pcap (nanoseconds, Ixia hardware)")},
    {0x1c0001ab, 16, 1, 4, N_("pcap (nanoseconds, Ixia software)")},
};

/*
 * Patched libraries wrote longer record headers under a magic that does not say so: Nokia's
 * firewalls, and the Linux distributions of 1999. They are tried when the first records make no
 * sense.
 */
static const struct {
	uint32_t hdr_len;
	const char *name;
} guesses[] = {
    {16, N_("pcap (microseconds)")},
    {20, N_("pcap (microseconds, Nokia's)")},
    {24, N_("pcap (microseconds, Kuznetzov's)")},
    {28, N_("pcap (microseconds, ss990915's)")},
};

static const struct variant *
find_variant(uint32_t magic)
{
	for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
		if (variants[i].magic == magic)
			return &variants[i];
	}
	return NULL;
}

bool
ni_pcapfile_magic(uint32_t magic)
{
	return find_variant(magic) != NULL;
}

static int
check_version(struct ni_file *f, unsigned major, unsigned minor, struct ni_err *err)
{
	/* 543.0 is DG/UX. Before 2.3, and there, the two lengths of a record stood the other way.
	 */
	if (major == 543 && minor == 0) {
		f->pcap.lens = NI_LENS_SWAPPED;
		return NI_SUCCESS;
	}
	if (major != 2 || minor > 4) {
		return ni_fail(err, NI_ERR_INPUT,
			       _("%s: pcap version %u.%u is unknown, 2.4 is usual"), f->name, major,
			       minor);
	}
	/* Some wrote 2.3 and the old order. */
	f->pcap.lens = minor < 3 ? NI_LENS_SWAPPED : minor == 3 ? NI_LENS_EITHER : NI_LENS_NORMAL;
	return NI_SUCCESS;
}

static int
pcapfile_start(struct ni_file *f, struct ni_err *err)
{
	struct ni_bytes *b = &f->bytes;
	uint32_t magic = ni_file32(ni_bytes_at(b), false);
	const struct variant *v = find_variant(magic);
	f->swap = !v;
	if (!v)
		v = find_variant(__builtin_bswap32(magic));
	if (!v)
		return ni_fail(err, NI_ERR_INPUT, _("%s: is no pcap file"), f->name);
	uint32_t need = FILE_HDR + v->extra;
	int r = ni_bytes_need(b, need, err);
	if (r == NI_BYTES_END && !ni_source_stopped(&f->base)) {
		return ni_fail(
		    err, NI_ERR_INPUT,
		    _("%s: cut short in its file header: %u bytes needed, %zu are there"), f->name,
		    need, ni_bytes_ready(b));
	}
	if (r != NI_BYTES_HAVE)
		return r;
	const uint8_t *p = ni_bytes_at(b);
	r = check_version(f, ni_file16(p + 4, f->swap), ni_file16(p + 6, f->swap), err);
	if (r < 0)
		return r;
	struct ni_source_iface *i = ni_source_add_iface(&f->base, NULL, 0, NULL, 0);
	if (!i)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), f->name);
	uint32_t link = ni_file32(p + 20, f->swap);
	i->linktype = ni_linktype_from_file(link & 0x03ffffff);
	i->fcs_len = link & 0x04000000 ? link >> 28 << 1 : 0;
	i->snaplen = ni_file32(p + 16, f->swap);
	i->ts_digits = v->ns_per_unit == 1 ? 9 : 6;
	f->pcap.hdr_len = v->hdr_len;
	f->pcap.ns_per_unit = v->ns_per_unit;
	f->pcap.max_cap = ni_linktype_max_cap(i->linktype);
	if (i->snaplen > f->pcap.max_cap && i->snaplen <= SANE_SNAPLEN)
		f->pcap.max_cap = i->snaplen;
	f->format_name = v->name;
	b->pos += need;
	return NI_SOURCE_FRAME;
}

/* Count the records from @p on, at most 3, that make sense with headers of @hdr_len; -1 if one does
 * not. */
static int
sensible(const struct ni_file *f, const uint8_t *p, size_t n, uint32_t hdr_len)
{
	int count = 0;
	for (; count < 3 && n >= hdr_len; count++) {
		uint32_t frac = ni_file32(p + 4, f->swap);
		uint32_t cap = ni_file32(p + 8, f->swap);
		uint32_t len = ni_file32(p + 12, f->swap);
		if (cap > f->pcap.max_cap || cap > len || len > SANE_SNAPLEN || frac >= 1000000)
			return -1;
		if (n - hdr_len < cap)
			break;
		p += hdr_len + cap;
		n -= hdr_len + cap;
	}
	return count;
}

/*
 * Say whether the records from @p on can be what the magic says, however odd what they contain: one
 * impossible number is damage, two at once are another layout.
 */
static bool
possible(const struct ni_file *f, const uint8_t *p, size_t n)
{
	for (int i = 0; i < 3 && n >= f->pcap.hdr_len; i++) {
		uint32_t frac = ni_file32(p + 4, f->swap);
		uint32_t cap = ni_file32(p + 8, f->swap);
		uint32_t len = ni_file32(p + 12, f->swap);
		if (cap > f->pcap.max_cap || (cap > len && frac >= 1000000))
			return false;
		if (n - f->pcap.hdr_len < cap)
			return true;
		p += f->pcap.hdr_len + cap;
		n -= f->pcap.hdr_len + cap;
	}
	return true;
}

static void
guess_layout(struct ni_file *f)
{
	const uint8_t *p = ni_bytes_at(&f->bytes);
	size_t n = ni_bytes_ready(&f->bytes);
	if (f->pcap.ns_per_unit == 1 || f->pcap.lens != NI_LENS_NORMAL || possible(f, p, n))
		return;
	for (size_t i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		/* One sensible record may be chance. */
		if (sensible(f, p, n, guesses[i].hdr_len) < 2)
			continue;
		f->pcap.hdr_len = guesses[i].hdr_len;
		f->format_name = guesses[i].name;
		return;
	}
}

/* The record at pos is not all there. */
static int
incomplete(struct ni_file *f, int why, uint64_t need, struct ni_err *err)
{
	if (why != NI_BYTES_END)
		return why;
	if (ni_bytes_ready(&f->bytes) == 0 && !f->bytes.cut_inside)
		return NI_SOURCE_END;
	return ni_file_cut(f, need, err);
}

static int
implausible(struct ni_file *f, uint32_t cap, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT,
		_("%s: damaged: packet %llu at byte %llu claims %u captured bytes"), f->name,
		(unsigned long long)f->packets + 1, (unsigned long long)ni_bytes_offset(&f->bytes),
		cap);
	ni_file_hint_whole(f, err);
	return NI_ERR_INPUT;
}

static void
fill_frame(const struct ni_file *f, const uint8_t *p, uint32_t cap, uint32_t len,
	   struct ni_frame *frame)
{
	int64_t sec = ni_file32(p, f->swap);
	int64_t frac = ni_file32(p + 4, f->swap);
	frame->data = p + f->pcap.hdr_len;
	frame->cap = cap;
	frame->len = len < cap ? cap : len;
	frame->ts_ns = sec * 1000000000 + frac * f->pcap.ns_per_unit;
	frame->offset = ni_bytes_offset(&f->bytes) + f->pcap.hdr_len;
	frame->linktype = f->base.ifaces[0].linktype;
	frame->iface = 0;
	frame->has_iface = false;
	frame->ts_digits = (uint8_t)f->base.ifaces[0].ts_digits;
	frame->ifname = NULL;
	frame->comment = NULL;
	frame->comment_len = 0;
}

static int
pcapfile_next(struct ni_file *f, struct ni_frame *frame, struct ni_err *err)
{
	struct ni_bytes *b = &f->bytes;
	struct ni_pcapfile *pf = &f->pcap;
	int r = ni_bytes_need(b, pf->hdr_len, err);
	if (r != NI_BYTES_HAVE)
		return incomplete(f, r, pf->hdr_len, err);
	if (f->packets == 0)
		guess_layout(f);
	const uint8_t *p = ni_bytes_at(b);
	uint32_t cap = ni_file32(p + 8, f->swap);
	uint32_t len = ni_file32(p + 12, f->swap);
	if (pf->lens == NI_LENS_SWAPPED || (pf->lens == NI_LENS_EITHER && cap > len)) {
		uint32_t t = cap;
		cap = len;
		len = t;
	}
	if (cap > pf->max_cap)
		return implausible(f, cap, err);
	size_t whole = (size_t)pf->hdr_len + cap;
	r = ni_bytes_need(b, whole, err);
	if (r != NI_BYTES_HAVE)
		return incomplete(f, r, whole, err);
	fill_frame(f, ni_bytes_at(b), cap, len, frame);
	b->pos += whole;
	f->packets++;
	return NI_SOURCE_FRAME;
}

const struct ni_file_format ni_pcapfile_format = {
    .start = pcapfile_start,
    .next = pcapfile_next,
};
