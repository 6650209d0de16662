/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a frame, by the inspector's own eyes: its fields, its Info column. */
#ifndef NI_NETLAB_LOOK_H
#define NI_NETLAB_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/buf.h"
#include "netinspect/err.h"

struct ni_dis;
struct ni_registry;
struct nl_look;

/* What the bytes begin with. */
enum nl_look_from {
	NL_FROM_ETHERNET,
	NL_FROM_IP,
	NL_FROM_DNS, /* a DNS message without its length */
};

/** Make one. NULL with @err filled when memory is short. Each frame is seen alone. */
struct nl_look *nl_look_new(struct ni_err *err);
void nl_look_free(struct nl_look **k);

/** Take @n bytes at @p apart. What it gives is valid until the next call, or the end of @p. */
const struct ni_dis *nl_look_at(struct nl_look *k, enum nl_look_from from, const uint8_t *p,
				uint32_t n);

/** Find field @key in the first layer that has it; @quoted: in what an ICMP error quotes. */
bool nl_look_number(const struct ni_dis *d, const char *key, bool quoted, uint64_t *v);
bool nl_look_bytes(const struct ni_dis *d, const char *key, bool quoted, void *to, uint32_t n);

/** Append all values of field @key in @d, with commas between them. False if there are none. */
bool nl_look_print(struct ni_buf *b, const struct ni_dis *d, const char *key);

/** Append "SOURCE > DESTINATION PROTOCOL INFO". */
void nl_look_line(struct ni_buf *b, const struct ni_dis *d);

/** Whether some protocol has a field @key; else fail with what it might have been. */
int nl_look_known(const struct ni_registry *r, const char *key, struct ni_err *err);

#endif
