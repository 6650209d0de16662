/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters from a seed. Each is taken from SHA-256 of "netlab", the lab, the seed and the
 * parameter's name (NUL between them): the same on every machine, and adding one changes no other.
 */
#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "i18n.h"
#include "lab.h"
#include "lab_lines.h"

int
nl_seed_check(const char *seed, struct ni_err *err)
{
	size_t n = strlen(seed);
	bool good = n && n <= NL_SEED_MAX && *seed != '-' && *seed != '.';
	for (size_t i = 0; good && i < n;) {
		size_t len = nl_utf8(seed + i, n - i);
		char c = seed[i];
		good = len > 1 || (len == 1 && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
						(c >= 'A' && c <= 'Z') || strchr("._-", c)));
		i += len;
	}
	if (good)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%.80s: not a seed"), seed);
	ni_hint(err,
		_("at most %d letters, digits, dots, underscores or hyphens, for example a "
		  "student's number"),
		NL_SEED_MAX);
	return NI_ERR_INPUT;
}

const char *
nl_seed_new(struct nl_pool *pool)
{
	uint32_t v = 0;
	if (getrandom(&v, sizeof(v), 0) != (ssize_t)sizeof(v))
		abort();
	return nl_fmt(pool, "%08x", v);
}

static uint64_t
hash(const char *lab, const char *seed, const char *name)
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	const char *part[] = {"netlab", lab, seed, name};
	uint64_t v = 0;
	sha256_init(&ctx);
	for (size_t i = 0; i < 4; i++)
		sha256_update(&ctx, strlen(part[i]) + 1, (const uint8_t *)part[i]);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(v); i++)
		v = v << 8 | digest[i];
	return v;
}

/* Whether @text is the value of a draw that @d must differ from. */
static bool
forbidden(const struct nl_lab *lab, const struct nl_draw *d, const struct nl_params *p,
	  const char *text)
{
	for (unsigned i = 0; i < d->nexcept; i++)
		for (unsigned k = 0; k < lab->ndraws; k++)
			if (!strcmp(lab->draw[k].name, d->except[i]) && p->draw[k] &&
			    !strcmp(p->draw[k], text))
				return true;
	return false;
}

static const char *
draw(const struct nl_lab *lab, struct nl_pool *pool, const struct nl_draw *d,
     const struct nl_params *p)
{
	const char *text = "";
	/* As often as it takes, almost surely; a range of two that excludes both has no luck. */
	for (unsigned try = 0; try < 100; try++) {
		uint64_t v =
		    hash(lab->name, p->seed, try ? nl_fmt(pool, "%s/%u", d->name, try) : d->name);
		int64_t number = d->lo + (int64_t)(v % (uint64_t)(d->hi - d->lo + 1));
		text = d->nwords ? d->word[v % d->nwords] : nl_fmt(pool, "%" PRId64, number);
		if (!forbidden(lab, d, p, text))
			break;
	}
	return text;
}

void
nl_draw(const struct nl_lab *lab, struct nl_pool *pool, const char *seed, struct nl_params *p)
{
	*p = (struct nl_params){.seed = seed};
	p->nonce = nl_fmt(pool, "%016llx", (unsigned long long)hash(lab->name, seed, "nonce"));
	for (unsigned i = 0; i < lab->ndraws; i++)
		p->draw[i] = draw(lab, pool, &lab->draw[i], p);
}
