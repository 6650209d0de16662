/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies as one reads them: text in its charset, JSON with its structure, everything else as bytes.
 */
#ifndef NI_BODYTEXT_H
#define NI_BODYTEXT_H

#include <stddef.h>
#include <stdint.h>

enum ni_body_kind {
	NI_BODY_TEXT,
	NI_BODY_JSON,
	NI_BODY_MEDIA, /* pictures, sound, fonts: their type and size say more than their bytes */
	NI_BODY_HEX,
};

/** What a body is, from the value of Content-Type ("" for none) and its first bytes. */
enum ni_body_kind ni_bodytext_kind(const char *type, const uint8_t *p, size_t n);

/**
 * Make text to be shown of the @n bytes at @p: UTF-8 without control characters but line feeds.
 * The charset is that of @type; what is not valid in it is escaped. NULL when memory is short;
 * else the caller's to free, NUL-terminated, *@out bytes long.
 */
char *ni_bodytext(const char *type, const uint8_t *p, size_t n, enum ni_body_kind kind,
		  size_t *out);

/**
 * Make the lines of a hex dump of the @n bytes at @p, each no wider than @width where that can be
 * done; offsets count from @from, as bytes of a stream do. As ni_bodytext() otherwise.
 */
char *ni_bodytext_hex(const uint8_t *p, size_t n, uint64_t from, int width, size_t *out);

#endif
