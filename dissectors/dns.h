/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the DNS dissector share: a message, names in it, records, the field table. */
#ifndef NI_DNS_H
#define NI_DNS_H

#include "netinspect/dns.h"
#include "netinspect/proto.h"

enum {
	DNS_HDR = 12,
	DNS_PREFIX = 2, /* over TCP: the message's length */
	DNS_NAME_WIRE = 255,
	DNS_POINTERS = 127,
	DNS_SRV = 33, /* types with a meaning outside their data */
	DNS_OPT = 41,
};

/* What is wrong with a message, gathered while it is read; each becomes a note. */
enum dns_fault {
	DNS_F_LOOP = 1 << 0,    /* pointers that lead nowhere */
	DNS_F_LONG = 1 << 1,    /* more than 255 bytes */
	DNS_F_LABEL = 1 << 2,   /* label types 01 and 10 */
	DNS_F_OUTSIDE = 1 << 3, /* a pointer behind the end or into the header */
	DNS_F_FORWARD = 1 << 4, /* a pointer to what comes later */
	DNS_F_RDATA = 1 << 5,   /* the record's length does not fit its contents */
};

/* A message, counted from its header; what stands before it in the layer is @base bytes long. */
struct dns_msg {
	struct ni_span s;
	uint32_t base;
	uint32_t lowest; /* first byte where a pointer may lead */
	bool mdns;
	bool llmnr;
	uint8_t faults; /* enum dns_fault */
};

struct dns_name {
	uint8_t text[DNS_NAME_WIRE]; /* labels with dots between them, as sent */
	uint8_t n;
	uint8_t labels;
	bool bad; /* text is a remark in <…>, not a name */
};

/* One record; its data are read with a cursor of their own. */
struct dns_rr {
	struct dns_name name;
	uint32_t off, name_len; /* where its name stands */
	uint32_t fixed;         /* where type, class, TTL and length stand */
	uint16_t type, class;
	uint32_t ttl;
	uint16_t len;
	struct ni_cur data;
};

/*
 * How record data are read: shown field by field to a walk, written as text, or (neither) only
 * judged. The same functions do all three, so that they cannot disagree.
 */
struct dns_out {
	struct dns_msg *m;
	const struct dns_rr *rr;
	struct ni_walk *w; /* fields go here, or NULL */
	struct ni_buf *b;  /* text goes here, or NULL */
	bool all;          /* all the data as text; else what the Info column shows */
	bool show;         /* the item being read is part of the text */
	struct {
		uint32_t off, len;
		uint64_t value;
	} last; /* number read */
};

/* ---- dns_name.c ---- */

/** Read the name at @c. Sets @m->faults; @c gets stuck when the name itself is not all there. */
bool dns_name(struct dns_msg *m, struct ni_cur *c, struct dns_name *out);

/** Append @n as it is shown in the Info column. */
void dns_name_print(struct ni_buf *b, const struct dns_name *n);

/* ---- dns_item.c: one item of record data; @f is a row of dns_fields ---- */

uint32_t dns_take_uint(struct dns_out *o, struct ni_cur *c, unsigned f, unsigned size);
/** A moment in seconds since 1970. */
void dns_take_time(struct dns_out *o, struct ni_cur *c, unsigned f, unsigned size);
/** Bytes, text or an address. */
const uint8_t *dns_take_bytes(struct dns_out *o, struct ni_cur *c, unsigned f, uint32_t n);
/** A string behind its length in one byte: rows @f and @f + 1. */
void dns_take_string(struct dns_out *o, struct ni_cur *c, unsigned f);
/** Bytes behind their length in two bytes: rows @f and @f + 1. */
void dns_take_counted(struct dns_out *o, struct ni_cur *c, unsigned f);
void dns_take_name(struct dns_out *o, struct ni_cur *c, unsigned f);
/** Parts of the number read last: rows @f to @last. */
void dns_put_bits(struct dns_out *o, unsigned f, unsigned last);
void dns_put_uint(struct dns_out *o, unsigned f, uint32_t off, uint32_t len, uint64_t v);
/** A heading over @len bytes. */
void dns_put_heading(struct dns_out *o, unsigned f, uint32_t off, uint32_t len, const char *text);
/** Put a space in front of the next piece of text. */
void dns_space(struct dns_out *o);

/* ---- dns_rdata.c, dns_opt.c: data that are more than a row of items ---- */

typedef void dns_rdata_fn(struct dns_out *o, struct ni_cur *c);

dns_rdata_fn dns_read_a6, dns_read_apl, dns_read_bitmap, dns_read_caa, dns_read_csync, dns_read_hip,
    dns_read_ipseckey, dns_read_key_id, dns_read_loc, dns_read_naptr, dns_read_nsec3, dns_read_nxt,
    dns_read_opt, dns_read_subnet, dns_read_svcb, dns_read_tsig, dns_read_wks, dns_read_dso;

/* ---- dns_rr.c ---- */

/** Read the fixed part of the record at @c and step behind the record. */
bool dns_rr_next(struct dns_msg *m, struct ni_cur *c, struct dns_rr *rr);

/** Read the data of @o->rr. */
void dns_rdata(struct dns_out *o);

/** Append the headline of a record in the detail tree, behind its name. */
void dns_rr_headline(struct dns_msg *m, const struct dns_rr *rr, struct ni_buf *b);

/** Append what the Info column says of a record, its type first. */
void dns_rr_summary(struct dns_msg *m, const struct dns_rr *rr, struct ni_buf *b);

/** Append the data of a record as a line of text for reports. */
void dns_rr_text(struct dns_msg *m, const struct dns_rr *rr, struct ni_buf *b);

/** Append "MX" or "Unknown (77)". */
void dns_type_print(struct ni_buf *b, uint16_t type);

/* ---- dns.c ---- */

extern const struct ni_proto ni_proto_dns, ni_proto_mdns, ni_proto_llmnr;

struct dns_question {
	struct dns_name name;
	uint32_t off;   /* where its name stands */
	uint32_t fixed; /* where type and class stand */
	uint16_t type, class;
};

/* Goes through a message: all questions first, then the records of all sections. */
struct dns_reader {
	struct dns_msg *m;
	struct ni_cur c;
	uint16_t flags;
	uint16_t left[4]; /* questions, answers, authority, additional: still to be read */
	unsigned section; /* of the record read last */
};

/** Where the message of @l stands. */
struct dns_msg dns_message(const struct ni_dis *d, const struct ni_layer *l);

/** Begin to read @m. False when not even its flags are there. */
bool dns_reader(struct dns_reader *r, struct dns_msg *m);

/** Read the next question; false when there is none, or it cannot be read. */
bool dns_question(struct dns_reader *r, struct dns_question *q);

/** Read the next record behind the questions; the same. */
bool dns_record(struct dns_reader *r, struct dns_rr *rr);

/* ---- dns_stream.c ---- */

extern const struct ni_stream_ops dns_stream;

#endif
