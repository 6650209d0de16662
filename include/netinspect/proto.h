/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a protocol is to netinspect: a table of fields, a decoder that finds the header's bounds, a
 * walk over its variable parts, and the line in the Info column. One file in dissectors/ each.
 */
#ifndef NETINSPECT_PROTO_H
#define NETINSPECT_PROTO_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/buf.h"
#include "netinspect/dis.h"
#include "netinspect/field.h"
#include "netinspect/span.h"

/* Where a parent looks up its child. Every key is 16 bits wide. */
enum ni_table {
	NI_BY_LINKTYPE,
	NI_BY_ETHERTYPE, /* Ethernet, VLAN, SNAP, SLL, GRE … */
	NI_BY_LLC,       /* DSAP */
	NI_BY_PPP,       /* PPP protocol number */
	NI_BY_IPPROTO,
	NI_BY_UDP_PORT,
	NI_BY_TCP_PORT,
	NI_NTABLES,
};

/* "tcp.port" and the like, as decode-as and lists call a table. Never NULL. */
const char *ni_table_name(unsigned table);

struct ni_bind {
	uint8_t table;
	uint16_t key;
};

/* Shows what the fields of a layer are, one call a field, in the order of the tree. */
typedef void ni_visit_fn(void *ctx, const struct ni_field *f, const struct ni_value *v,
			 unsigned depth);

struct ni_walk {
	const struct ni_dis *dis;
	const struct ni_layer *layer;
	const struct ni_proto *proto;
	ni_visit_fn *visit;
	void *ctx;
	bool want_text; /* the visitor shows labels; without it ni_put_label() formats nothing */
	uint8_t depth;  /* added to each field's own */
	char scratch[512];
};

struct ni_stream_ops;

struct ni_proto {
	const char *key;               /* "arp": what filters and JSON call it */
	const char *name;              /* "ARP": the Protocol column */
	const char *title;             /* "Address Resolution Protocol" */
	const char *ref;               /* "RFC 826" */
	const struct ni_field *fields; /* ends with key NULL */
	const struct ni_bind *binds;   /* ends with table NI_NTABLES; or NULL */

	/*
	 * Hot. Validate the header at the start of @s, set l->hdr (and shorten l->len to what the
	 * header says), choose what comes next with ni_next_*(). No output, no allocation. @l->len
	 * is preset to s.len, @l->off and @l->src to where @s stands.
	 */
	enum ni_rc (*decode)(struct ni_dis *d, struct ni_layer *l, struct ni_span s);

	/* Cold. Call the ni_put_*() functions for all fields in tree order. NULL: all declared
	 * ones. */
	void (*walk)(struct ni_walk *w);

	/* Cold. Append the Info column's text. NULL: the layer below speaks. */
	void (*summary)(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b);

	/* Cold. Append the headline in the tree behind the title (", Src: …"). NULL: title alone.
	 */
	void (*headline)(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b);

	/* Cold. The Protocol column where it is not constant ("TLSv1.2", "MDNS"). NULL: name. */
	const char *(*column)(const struct ni_dis *d, const struct ni_layer *l);

	/* No layer ever is of this protocol: its fields (all NI_F_FIXED) say something about the
	 * frame as a whole, and are fetched with its first layer. */
	bool of_frame;

	/* Carried by TCP streams: how its messages are found there. NULL otherwise. */
	const struct ni_stream_ops *stream;
};

/** Ask the loop to go on with @s as whatever @table has under @key; with plain data if nothing. */
void ni_next(struct ni_dis *d, enum ni_table table, uint16_t key, struct ni_span s);

/** Ask the loop to go on with @s as @proto. */
void ni_next_proto(struct ni_dis *d, const struct ni_proto *proto, struct ni_span s);

/** Ask the loop to go on with @s in the new source @src, as ni_next() would. */
void ni_next_source(struct ni_dis *d, enum ni_table table, uint16_t key, struct ni_span s,
		    uint8_t src);

/** The protocol bound to @key in @table, or NULL. */
const struct ni_proto *ni_lookup(const struct ni_registry *r, enum ni_table table, uint16_t key);

/** The number of that protocol in the registry, 0 if none. */
uint8_t ni_lookup_number(const struct ni_registry *r, enum ni_table table, uint16_t key);
/** The number of @proto in the registry, 0 if it is not there. */
uint8_t ni_proto_number(const struct ni_registry *r, const struct ni_proto *proto);

/* ---- for walk(): emit one field each; offsets count from the start of the layer ---- */

/** Emit declared or computed field @f if it is there. Returns whether it was. */
bool ni_put(struct ni_walk *w, const struct ni_field *f);

/** Emit the rows @first to @last of a field table, each if it is there. */
void ni_put_range(struct ni_walk *w, const struct ni_field *first, const struct ni_field *last);

/** Emit a number (or boolean) that stands at @off, @len bytes long (0: computed). */
void ni_put_uint(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len,
		 uint64_t value);

/** Emit a time in nanoseconds. */
void ni_put_time(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len,
		 int64_t ns);

/**
 * Emit text, bytes or an address that stands at @off in the layer. Nothing is emitted if it starts
 * behind the capture; it is shortened if it ends there (addresses: left out).
 */
void ni_put_bytes(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len);

/** Emit text or bytes that were made elsewhere (a decompressed name); @off, @len: where it came
 * from. */
void ni_put_made(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len,
		 const void *p, uint32_t n);

/** Emit a heading or mark (NI_NONE) with formatted text for the tree. */
void ni_put_label(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len,
		  const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** Visit every field of @l in tree order. */
void ni_walk_layer(const struct ni_dis *d, const struct ni_layer *l, ni_visit_fn *visit, void *ctx,
		   bool want_text);

/* ---- the registry: all protocols, their numbers and tables ---- */

struct ni_registry;

/** Build the registry of every protocol compiled in. NULL when memory is short. */
struct ni_registry *ni_registry_new(void);
void ni_registry_free(struct ni_registry **r);

/**
 * Decode-as: from now on @key of @table means @proto (NULL: nothing), whatever its bytes look like.
 * Returns false when memory is short.
 */
bool ni_registry_bind(struct ni_registry *r, enum ni_table table, uint16_t key,
		      const struct ni_proto *proto);
/** Whether @key was bound by the user. */
bool ni_registry_forced(const struct ni_registry *r, enum ni_table table, uint16_t key);

unsigned ni_registry_count(const struct ni_registry *r);
const struct ni_proto *ni_registry_proto(const struct ni_registry *r, unsigned id);
const struct ni_proto *ni_registry_find(const struct ni_registry *r, const char *key);

#endif
