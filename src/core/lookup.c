/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding fields by the names that people type; see lookup.h. */
#include "netinspect/lookup.h"

#include <string.h>

#include "netinspect/session.h"
#include "protos.h"

enum { SUGGESTIONS = 3 };

static bool
answers_to(const struct ni_field *f, const char *key)
{
	return !strcmp(f->key, key) || (f->alias && !strcmp(f->alias, key));
}

size_t
ni_field_lookup(const struct ni_registry *r, const char *key, struct ni_field_ref *out, size_t max)
{
	size_t n = 0;
	for (unsigned id = 1; id <= ni_registry_count(r); id++) {
		const struct ni_field *f = ni_registry_proto(r, id)->fields;
		for (; f && f->key; f++) {
			if (!answers_to(f, key))
				continue;
			if (n < max)
				out[n] = (struct ni_field_ref){(uint8_t)id, f};
			n++;
		}
	}
	return n;
}

unsigned
ni_layer_needs(const struct ni_proto *proto)
{
	return proto->stream || proto == &ni_proto_data ? NI_NEED_ALL : 0;
}

unsigned
ni_field_needs(const struct ni_registry *r, const struct ni_field_ref *ref)
{
	const struct ni_proto *p = ni_registry_proto(r, ref->proto);
	const struct ni_field *f = ref->field;
	/* conn.* are rows of these protocols, too, and may be about what streams carry. */
	bool transport = !strncmp(f->key, "tcp.", 4) || !strncmp(f->key, "udp.", 4);
	if (!(f->flags & NI_F_FIXED) || p->of_frame || ni_layer_needs(p))
		return NI_NEED_ALL;
	if (transport && f->get)
		return NI_NEED_PAST; /* perhaps; sequence numbers are relative ones */
	return f->flags & NI_F_COMPUTED ? NI_NEED_ALL : 0;
}

/* The best few so far, nearest first. */
struct best {
	const char *key[SUGGESTIONS];
	unsigned distance[SUGGESTIONS];
	size_t n;
};

static void
offer(struct best *best, const char *key, unsigned distance)
{
	size_t i = best->n;
	for (size_t k = 0; k < best->n; k++)
		if (!strcmp(best->key[k], key))
			return;
	if (i == SUGGESTIONS && distance >= best->distance[i - 1])
		return;
	if (i == SUGGESTIONS)
		i--;
	else
		best->n++;
	for (; i > 0 && best->distance[i - 1] > distance; i--) {
		best->key[i] = best->key[i - 1];
		best->distance[i] = best->distance[i - 1];
	}
	best->key[i] = key;
	best->distance[i] = distance;
}

/* Whether both begin with the same protocol and end with the same word: tcp.syn, tcp.flags.syn. */
static bool
same_ends(const char *a, const char *b)
{
	const char *da = strchr(a, '.');
	const char *db = strchr(b, '.');
	if (!da || !db || da - a != db - b || strncmp(a, b, (size_t)(da - a)) != 0)
		return false;
	return !strcmp(strrchr(a, '.'), strrchr(b, '.'));
}

static void
offer_word(struct best *best, const char *word, const char *key)
{
	unsigned d = ni_word_distance(word, key);
	if (d > 2 && same_ends(word, key))
		d = 2;
	if (d <= 1 + strlen(key) / 4)
		offer(best, word, d);
}

void
ni_field_suggest(const struct ni_registry *r, const char *key, struct ni_buf *b)
{
	struct best best = {.n = 0};
	for (unsigned id = 1; id <= ni_registry_count(r); id++) {
		const struct ni_proto *p = ni_registry_proto(r, id);
		offer_word(&best, p->key, key);
		for (const struct ni_field *f = p->fields; f && f->key; f++) {
			offer_word(&best, f->key, key);
			if (f->alias)
				offer_word(&best, f->alias, key);
		}
	}
	for (size_t i = 0; i < best.n; i++) {
		ni_buf_str(b, !i ? "" : i + 1 == best.n ? " or " : ", ");
		ni_buf_str(b, best.key[i]);
	}
}
