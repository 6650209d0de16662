/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The classic format as output. It has one link type, and room neither for names of interfaces nor
 * for comments. Its header stands at the front of pcapfile.c.
 */
#include "config.h"

#include <string.h>

#include "i18n.h"
#include "linktype.h"
#include "writer_impl.h"

enum { FILE_HDR = 24, RECORD_HDR = 16, DEFAULT_SNAPLEN = 262144 };

static const uint32_t MAGIC_US = 0xa1b2c3d4;
static const uint32_t MAGIC_NS = 0xa1b23c4d;

static size_t
record_len(const uint8_t *p, size_t n)
{
	uint32_t cap;
	if (n < RECORD_HDR)
		return 0;
	memcpy(&cap, p + 8, sizeof(cap));
	return RECORD_HDR + (size_t)cap;
}

static void
put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static const char *
linktype_text(uint32_t linktype)
{
	const char *s = ni_linktype_description(linktype);
	return s ? s : _("an unknown link type");
}

static int
second_linktype(const struct ni_writer *w, uint32_t linktype, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, _("%s: a pcap file has one link type, but here are %s and %s"),
		w->out.name, linktype_text(w->linktype), linktype_text(linktype));
	ni_hint(err, _("give it the suffix .pcapng or add -F pcapng: that format can hold both"));
	return NI_ERR_INPUT;
}

/* Write the file header for @linktype, with what the input knows beside it. */
static int
write_header(struct ni_writer *w, uint32_t linktype, struct ni_err *err)
{
	uint32_t snaplen = 0;
	uint32_t fcs = 0;
	unsigned digits = w->input ? 0 : 9;
	const struct ni_source_iface *i;
	for (uint32_t k = 0; w->input && (i = ni_source_iface(w->input, k)); k++) {
		snaplen = i->snaplen > snaplen ? i->snaplen : snaplen;
		digits = i->ts_digits > digits ? i->ts_digits : digits;
		fcs = i->fcs_len;
	}
	if (w->any_resolution)
		w->nanoseconds = digits > 6;
	uint8_t *p = ni_outfile_reserve(&w->out, FILE_HDR, err);
	if (!p)
		return NI_ERR_RUN;
	static const uint16_t version[2] = {2, 4};
	memset(p, 0, FILE_HDR);
	put32(p, w->nanoseconds ? MAGIC_NS : MAGIC_US);
	memcpy(p + 4, version, sizeof(version));
	put32(p + 16, snaplen ? snaplen : DEFAULT_SNAPLEN);
	put32(p + 20, fcs ? linktype | 0x04000000 | fcs / 2 << 28 : linktype);
	ni_outfile_commit(&w->out, FILE_HDR);
	w->linktype = linktype;
	w->has_header = true;
	/* By itself, as it is no record. */
	return ni_outfile_flush(&w->out, err);
}

/* As far as the link type is known, so that who reads a pipe sees the header at once. */
static int
pcap_begin(struct ni_writer *w, struct ni_err *err)
{
	w->has_header = false;
	const struct ni_source_iface *first = w->input ? ni_source_iface(w->input, 0) : NULL;
	if (!first)
		return NI_SUCCESS;
	w->linktype = first->linktype;
	const struct ni_source_iface *i;
	for (uint32_t k = 1; (i = ni_source_iface(w->input, k)); k++) {
		if (i->linktype != first->linktype)
			return second_linktype(w, i->linktype, err);
	}
	return write_header(w, first->linktype, err);
}

static int
pcap_put(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err)
{
	int r = w->has_header ? NI_SUCCESS : write_header(w, f->linktype, err);
	if (r < 0)
		return r;
	if (f->linktype != w->linktype)
		return second_linktype(w, f->linktype, err);
	uint8_t *p = ni_outfile_reserve(&w->out, RECORD_HDR + (size_t)f->cap, err);
	if (!p)
		return NI_ERR_RUN;
	int64_t sec = f->ts_ns / 1000000000;
	int64_t ns = f->ts_ns % 1000000000;
	if (ns < 0) {
		sec--;
		ns += 1000000000;
	}
	put32(p, (uint32_t)sec);
	put32(p + 4, (uint32_t)(w->nanoseconds ? ns : ns / 1000));
	put32(p + 8, f->cap);
	put32(p + 12, f->len);
	if (f->cap > 0)
		memcpy(p + RECORD_HDR, f->data, f->cap);
	w->offset = ni_outfile_size(&w->out) + RECORD_HDR;
	w->lost_comments += f->comment != NULL;
	ni_outfile_commit(&w->out, RECORD_HDR + (size_t)f->cap);
	return NI_SUCCESS;
}

/* A file without packets is one nevertheless. */
static int
pcap_end(struct ni_writer *w, struct ni_err *err)
{
	return w->has_header ? NI_SUCCESS : write_header(w, NI_LINKTYPE_ETHERNET, err);
}

const struct ni_writer_ops ni_pcap_writer = {
    .record_len = record_len,
    .begin = pcap_begin,
    .put = pcap_put,
    .end = pcap_end,
};
