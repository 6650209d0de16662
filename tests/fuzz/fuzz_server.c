/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target of the server's core and parser: the input goes in whole and cut in pieces (its first
 * byte says how), and both must give the same output.
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/httpd/core.h"
#include "fuzz.h"

enum { OUT_MAX = 1 << 24 };

struct output {
	char *p;
	size_t n;
};

static struct ni_hd_core core;
static struct ni_hd_env env;
static atomic_ullong memory; /* for bodies */

static bool
drain(struct ni_hd_conn *c, struct output *o)
{
	struct ni_hd_piece piece;
	for (;;) {
		unsigned w = ni_hd_conn_wants(c);
		if (w & (NI_HD_WANT_CLOSE | NI_HD_WANT_ABORT))
			return false;
		if (w & NI_HD_WANT_SHUT) {
			ni_hd_conn_shut(c);
		} else if ((w & NI_HD_WANT_WRITE) && ni_hd_conn_piece(c, &piece)) {
			if (piece.n > OUT_MAX - o->n)
				fuzz_fail("more output than can be");
			memcpy(o->p + o->n, piece.p, piece.n);
			o->n += piece.n;
			ni_hd_conn_sent(c, piece.n);
		} else if (c->hold_ms || c->read_hold_ms) {
			env.now_ms += 100;
			ni_hd_conn_tick(c);
		} else {
			return true;
		}
	}
}

static void
run(const uint8_t *data, size_t size, size_t step, struct output *o)
{
	struct ni_hd_conn c;
	bool open = true;
	ni_hd_conn_init(&c, &core, &env);
	for (size_t i = 0; i < size && open; i += step) {
		size_t n = size - i < step ? size - i : step;
		char *copy = malloc(n);
		if (!copy)
			abort();
		memcpy(copy, data + i, n);
		ni_hd_conn_feed(&c, copy, n);
		open = drain(&c, o);
		free(copy);
	}
	if (open) {
		ni_hd_conn_eof(&c);
		drain(&c, o);
	}
	ni_hd_conn_fini(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct output whole, parts;
	if (!core.site) {
		core.limits = (struct ni_hd_limits){.head_ms = 1000000000,
						    .body_ms = 1000000000,
						    .keepalive_ms = 1000000000,
						    .write_ms = 1000000000,
						    .linger_ms = 1000000000,
						    .body_max = 4096};
		core.site = ni_hd_site_builtin();
		core.url_knobs = true;
		core.body_used = &memory;
		core.body_total = OUT_MAX;
		ni_hd_env_set(&env, 1000, 1767225600);
		whole.p = malloc(OUT_MAX);
		parts.p = malloc(OUT_MAX);
	}
	if (size < 2 || !whole.p || !parts.p)
		return 0;
	whole.n = parts.n = 0;
	run(data + 1, size - 1, size - 1, &whole);
	run(data + 1, size - 1, (size_t)data[0] % 32 + 1, &parts);
	if (memory)
		fuzz_fail("memory for bodies was not given back");
	if (whole.n != parts.n || memcmp(whole.p, parts.p, whole.n) != 0)
		fuzz_fail("the answer depends on how the request was cut");
	return 0;
}
