/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields: every value that a protocol has, each named in exactly one row of its table. The row
 * feeds the detail tree, -e, JSON, the display filter, the hex highlighting and the reference.
 */
#ifndef NETINSPECT_FIELD_H
#define NETINSPECT_FIELD_H

#include <stdbool.h>
#include <stdint.h>

struct ni_buf;
struct ni_dis;
struct ni_layer;

enum ni_type {
	NI_NONE, /* a heading: has children, or says something by being there */
	NI_BOOL,
	NI_U8,
	NI_U16,
	NI_U24,
	NI_U32,
	NI_U64,
	NI_I32,
	NI_I64,
	NI_DOUBLE,
	NI_STR,
	NI_BYTES,
	NI_ETHER,
	NI_IP4,
	NI_IP6,
	NI_RELTIME, /* a span of time, ns in value.i */
	NI_ABSTIME, /* a moment, ns since 1970 UTC in value.i */
};

enum ni_base {
	NI_DEC,
	NI_HEX,
	NI_DEC_HEX, /* 17 (0x11) */
	NI_HEX_DEC, /* 0x11 (17) */
	NI_OCT,
};

enum ni_field_flag {
	NI_F_FIXED = 1 << 0,    /* in every layer of its protocol: may be fetched without a walk */
	NI_F_COMPUTED = 1 << 1, /* not bytes of the packet: the tree shows it in [brackets] */
	NI_F_HIDDEN = 1 << 2,   /* findable, not shown in tree and JSON */
	NI_F_LE = 1 << 3,       /* declared field in little-endian order */
};

/* Names of values: the first row whose range holds the value counts; ends with text NULL. */
struct ni_label {
	uint32_t lo, hi;
	const char *text;
};

struct ni_value {
	uint32_t off; /* where its bytes stand, counted from the start of the layer's source */
	uint32_t len; /* how many; 0: computed */
	uint32_t n;   /* NI_STR, NI_BYTES and addresses: bytes at p */
	union {
		uint64_t u;
		int64_t i;
		double d;
		const uint8_t *p;
	};
	const char *text; /* shown in the tree instead of "Name: value", or NULL */
};

typedef bool ni_get_fn(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v);

struct ni_field {
	const char *key;  /* Wireshark's: "tcp.flags.syn" */
	const char *name; /* "Syn" */
	uint8_t type;     /* enum ni_type */
	uint8_t base;     /* enum ni_base */
	uint8_t depth;    /* indent below the protocol's line: 0, 1, 2 … */
	uint8_t flags;    /* enum ni_field_flag */
	uint16_t off;     /* declared field: bytes from the start of the layer … */
	uint16_t len;     /* … and its size; 0: emitted by walk() or computed by get() alone */
	uint64_t mask;    /* of the big-endian number at off; 0: all of it */
	const struct ni_label *labels;
	ni_get_fn *get;    /* computed; NULL otherwise */
	const char *alias; /* also found under this key ("ip.addr"), or NULL */
	const char *ref;   /* "RFC 9293 3.1" */
	const char *doc;   /* one sentence where the name does not say it */
	/* NI_STR: it has no other values than these, 0, 1 … ("" is none); "?" behind the last. */
	const char *(*word)(unsigned i);
};

/**
 * Fetch a declared or computed field of one layer.
 * Returns false when it is absent, behind the capture or behind the layer's end. Does not allocate.
 */
bool ni_field_get(const struct ni_dis *d, const struct ni_layer *l, const struct ni_field *f,
		  struct ni_value *v);

/** Find the name of @value, or NULL. @labels may be NULL. */
const char *ni_label_find(const struct ni_label *labels, uint64_t value);

/** Append @v as `tshark -T fields` prints it: plain numbers, 0x0800, 1, aa:bb:…, text escaped. */
void ni_field_print(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v);

/** Append the line of the detail tree: "Type: IPv4 (0x0800)", bit fields with their bits drawn. */
void ni_field_print_tree(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v);

/** Append @v as a JSON value of its native type. */
void ni_field_print_json(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v);

/** "Unsigned integer (16 bits)" and the like, for the reference and for error messages. */
const char *ni_type_name(unsigned type);

#endif
