/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pcapng format as output; its blocks are described at the front of pcapng.c. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "file.h"
#include "i18n.h"
#include "pcapng_opts.h"
#include "writer_impl.h"

enum {
	SHB_FIXED = 24, /* of a section header: type, length, magic, version, section length */
	IDB_FIXED = 16,
	EPB_FIXED = 28,
	ISB_FIXED = 20,
	TRAILER = 4,
	MAX_OPTION = 65535,
	DEFAULT_SNAPLEN = 262144,
	DECLARE_AT_ONCE = 64, /* interfaces; beyond, each is declared when its first packet comes */
};

#ifndef PACKAGE_STRING
#define PACKAGE_STRING "netinspect"
#endif

static size_t
record_len(const uint8_t *p, size_t n)
{
	return n < 8 ? 0 : ni_file32(p + 4, false);
}

static uint8_t *
put16(uint8_t *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
	return p + sizeof(v);
}

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
	return p + sizeof(v);
}

static size_t
option_len(size_t len)
{
	return 4 + ni_pad4((uint32_t)len);
}

static uint8_t *
put_option(uint8_t *p, uint16_t code, const void *value, size_t len)
{
	size_t padded = ni_pad4((uint32_t)len);
	p = put16(p, code);
	p = put16(p, (uint16_t)len);
	if (len > 0)
		memcpy(p, value, len);
	memset(p + len, 0, padded - len);
	return p + padded;
}

static uint8_t *
put_number(uint8_t *p, uint16_t code, uint64_t v)
{
	return put_option(p, code, &v, sizeof(v));
}

/* Begin a block of at most @room bytes; its length is put in by end_block(). */
static uint8_t *
begin_block(struct ni_writer *w, uint32_t type, size_t room, struct ni_err *err)
{
	uint8_t *p = ni_outfile_reserve(&w->out, room, err);
	return p ? put32(put32(p, type), 0) : NULL;
}

/* End the block that begins at the end of what was committed; @p stands behind its body. */
static void
end_block(struct ni_writer *w, uint8_t *p)
{
	uint8_t *start = w->out.buf + w->out.len;
	uint32_t total = (uint32_t)(p + TRAILER - start);
	put32(p, total);
	put32(start + 4, total);
	ni_outfile_commit(&w->out, total);
}

static uint16_t
clip(size_t len)
{
	return (uint16_t)(len < MAX_OPTION ? len : MAX_OPTION);
}

static int
write_section(struct ni_writer *w, struct ni_err *err)
{
	static const char program[] = PACKAGE_STRING;
	size_t n = sizeof(program) - 1;
	uint8_t *p = begin_block(w, NI_PCAPNG_SHB, SHB_FIXED + option_len(n) + 4 + TRAILER, err);
	if (!p)
		return NI_ERR_RUN;
	p = put32(p, 0x1a2b3c4d);
	p = put16(p, 1);
	p = put16(p, 0);
	/* The section's length is not known: all ones. */
	memset(p, 0xff, 8);
	p = put_option(p + 8, NI_OPT_SHB_USERAPPL, program, n);
	p = put_option(p, NI_OPT_END, NULL, 0);
	end_block(w, p);
	return NI_SUCCESS;
}

static bool
grow_blocks(struct ni_writer *w, uint32_t n)
{
	if (n <= w->blocks_room)
		return true;
	uint32_t room = n + 16;
	uint32_t *p = realloc(w->blocks, room * sizeof(*p));
	if (!p)
		return false;
	memset(p + w->blocks_room, 0, (room - w->blocks_room) * sizeof(*p));
	w->blocks = p;
	w->blocks_room = room;
	return true;
}

/* Declare interface @number of the source, of which @i tells what is known. */
static int
declare(struct ni_writer *w, uint32_t number, const struct ni_source_iface *i, struct ni_err *err)
{
	if (!grow_blocks(w, number + 1))
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), w->out.name);
	size_t name = i->name ? clip(strlen(i->name)) : 0;
	size_t description = i->description ? clip(strlen(i->description)) : 0;
	size_t room =
	    IDB_FIXED + option_len(name) + option_len(description) + 3 * option_len(4) + TRAILER;
	uint8_t *p = begin_block(w, NI_BLOCK_INTERFACE, room, err);
	if (!p)
		return NI_ERR_RUN;
	/* Whole microseconds stay what they are; everything finer is written as nanoseconds. */
	uint8_t resolution = i->ts_digits <= 6 ? 6 : 9;
	uint8_t fcs = (uint8_t)i->fcs_len;
	p = put16(p, (uint16_t)i->linktype);
	p = put16(p, 0);
	p = put32(p, i->snaplen ? i->snaplen : DEFAULT_SNAPLEN);
	if (name)
		p = put_option(p, NI_OPT_IF_NAME, i->name, name);
	if (description)
		p = put_option(p, NI_OPT_IF_DESCRIPTION, i->description, description);
	p = put_option(p, NI_OPT_IF_TSRESOL, &resolution, 1);
	if (fcs)
		p = put_option(p, NI_OPT_IF_FCSLEN, &fcs, 1);
	p = put_option(p, NI_OPT_END, NULL, 0);
	end_block(w, p);
	w->blocks[number] = ++w->n_blocks;
	return NI_SUCCESS;
}

static int
pcapng_begin(struct ni_writer *w, struct ni_err *err)
{
	w->n_blocks = 0;
	for (uint32_t k = 0; k < w->blocks_room; k++)
		w->blocks[k] = 0;
	int r = write_section(w, err);
	const struct ni_source_iface *i;
	if (!w->input || ni_source_iface(w->input, DECLARE_AT_ONCE))
		return r;
	for (uint32_t k = 0; r == NI_SUCCESS && (i = ni_source_iface(w->input, k)); k++)
		r = declare(w, k, i, err);
	return r;
}

/* Declare the interface of @f if that has not been done. */
static int
need_interface(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err)
{
	if (f->iface < w->blocks_room && w->blocks[f->iface] != 0)
		return NI_SUCCESS;
	const struct ni_source_iface *known = w->input ? ni_source_iface(w->input, f->iface) : NULL;
	struct ni_source_iface made = {.name = f->ifname, .linktype = f->linktype, .ts_digits = 9};
	return declare(w, f->iface, known ? known : &made, err);
}

static uint64_t
to_ticks(const struct ni_writer *w, const struct ni_frame *f)
{
	const struct ni_source_iface *i = w->input ? ni_source_iface(w->input, f->iface) : NULL;
	/* Time stamps are unsigned, and nothing was captured before 1970. */
	uint64_t ns = f->ts_ns > 0 ? (uint64_t)f->ts_ns : 0;
	return i && i->ts_digits <= 6 ? ns / 1000 : ns;
}

/* A comment that is longer than an option can be becomes several. */
static uint8_t *
put_comment(uint8_t *p, const char *comment, size_t len)
{
	do {
		size_t n = clip(len);
		p = put_option(p, NI_OPT_COMMENT, comment, n);
		comment += n;
		len -= n;
	} while (len > 0);
	return put_option(p, NI_OPT_END, NULL, 0);
}

static int
pcapng_put(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err)
{
	int r = need_interface(w, f, err);
	if (r < 0)
		return r;
	size_t padded = ni_pad4(f->cap);
	size_t options = 0;
	if (f->comment)
		options = f->comment_len + 8 * (size_t)(f->comment_len / MAX_OPTION + 1) + 4;
	uint8_t *p = begin_block(w, NI_BLOCK_PACKET, EPB_FIXED + padded + options + TRAILER, err);
	if (!p)
		return NI_ERR_RUN;
	uint64_t ticks = to_ticks(w, f);
	p = put32(p, w->blocks[f->iface] - 1);
	p = put32(p, (uint32_t)(ticks >> 32));
	p = put32(p, (uint32_t)ticks);
	p = put32(p, f->cap);
	p = put32(p, f->len);
	if (f->cap > 0)
		memcpy(p, f->data, f->cap);
	memset(p + f->cap, 0, padded - f->cap);
	p += padded;
	if (f->comment)
		p = put_comment(p, f->comment, f->comment_len);
	w->offset = ni_outfile_size(&w->out) + EPB_FIXED;
	end_block(w, p);
	return NI_SUCCESS;
}

/* The counters of one interface, as the capturing kernel gave them. */
static int
write_statistics(struct ni_writer *w, uint32_t block, const struct ni_source_iface *i,
		 uint64_t ticks, struct ni_err *err)
{
	uint8_t *p =
	    begin_block(w, NI_BLOCK_STATISTICS, ISB_FIXED + 3 * option_len(8) + 4 + TRAILER, err);
	if (!p)
		return NI_ERR_RUN;
	p = put32(p, block);
	p = put32(p, (uint32_t)(ticks >> 32));
	p = put32(p, (uint32_t)ticks);
	p = put_number(p, NI_OPT_ISB_IFRECV, i->received);
	p = put_number(p, NI_OPT_ISB_IFDROP, i->if_dropped);
	p = put_number(p, NI_OPT_ISB_OSDROP, i->dropped);
	p = put_option(p, NI_OPT_END, NULL, 0);
	end_block(w, p);
	return NI_SUCCESS;
}

static int
pcapng_end(struct ni_writer *w, struct ni_err *err)
{
	if (!w->input)
		return NI_SUCCESS;
	struct ni_source_stats st;
	ni_source_stats(w->input, &st);
	uint64_t ns = (uint64_t)ni_now().wall_ns;
	int r = NI_SUCCESS;
	for (uint32_t k = 0; k < w->blocks_room && r == NI_SUCCESS; k++) {
		const struct ni_source_iface *i = ni_source_iface(w->input, k);
		if (!i || w->blocks[k] == 0 || !(i->received || i->dropped || i->if_dropped))
			continue;
		r = write_statistics(w, w->blocks[k] - 1, i, i->ts_digits <= 6 ? ns / 1000 : ns,
				     err);
	}
	return r;
}

const struct ni_writer_ops ni_pcapng_writer = {
    .record_len = record_len,
    .begin = pcapng_begin,
    .put = pcapng_put,
    .end = pcapng_end,
};
