/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of statistics; see stat.h. */
#include "config.h"

#include <string.h>

#include "i18n.h"
#include "netinspect/buf.h"
#include "netinspect/lookup.h"
#include "stat.h"

/* clang-format off */
static const struct ni_stat stats[] = {
	{"follow,tcp", "ascii|hex|raw,STREAM[,RANGE]", N_("what both sides of a TCP connection sent, in the order of capture"), ni_stat_follow},
	{"follow,udp", "ascii|hex|raw,STREAM[,RANGE]", N_("the datagrams of a UDP conversation"), ni_stat_follow},
};
/* clang-format on */

enum { NSTATS = sizeof(stats) / sizeof(stats[0]), NEAR = 5, SUGGESTIONS = 3 };

/* Length of @name if @text begins with it and goes on with a comma or not at all; else 0. */
static size_t
begins(const char *text, const char *name)
{
	size_t n = strlen(name);
	return !strncmp(text, name, n) && (!text[n] || text[n] == ',') ? n : 0;
}

/* The names that look most like what was typed, or share its first word. */
static void
suggest(const char *text, struct ni_err *err)
{
	char list[256];
	struct ni_buf b = ni_buf(list, sizeof(list));
	unsigned found = 0;
	size_t word = strcspn(text, ",");
	for (unsigned i = 0; i < NSTATS && found < SUGGESTIONS; i++) {
		const char *name = stats[i].name;
		size_t first = strcspn(name, ",");
		char same[64];
		snprintf(same, sizeof(same), "%.*s", (int)strlen(name), text);
		bool near = ni_word_distance(name, same) < NEAR && strlen(same) + 2 > first;
		if (near || (first == word && !strncmp(name, text, word)))
			ni_buf_fmt(&b, "%s%s", found++ ? ", " : "", name);
	}
	if (found)
		ni_hint(err, _("did you mean %s?"), ni_buf_z(&b));
	else
		ni_hint(err, _("'netinspect -z help' lists all statistics"));
}

const struct ni_stat *
ni_stat_find(const char *text, const char **args, struct ni_err *err)
{
	const struct ni_stat *best = NULL;
	size_t most = 0;
	for (unsigned i = 0; i < NSTATS; i++) {
		size_t n = begins(text, stats[i].name);
		if (n > most) {
			best = &stats[i];
			most = n;
		}
	}
	if (!best) {
		ni_fail(err, NI_ERR_INPUT, _("-z %s: no such statistic"), text);
		suggest(text, err);
		return NULL;
	}
	if (args)
		*args = text[most] ? text + most + 1 : "";
	return best;
}

struct ni_sink *
ni_stat_open(const struct ni_stat_env *env, const char *text, struct ni_err *err)
{
	const char *args = "";
	const struct ni_stat *s = ni_stat_find(text, &args, err);
	if (!s)
		return NULL;
	return s->open(env, s, args, err);
}

int
ni_stat_bad(const struct ni_stat *stat, const char *args, const char *why, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, "-z %s%s%s: %s", stat->name, args[0] ? "," : "", args, why);
	ni_hint(err, _("it is written -z %s%s%s"), stat->name, stat->args[0] ? "," : "",
		stat->args);
	return NI_ERR_INPUT;
}

void
ni_stat_help(FILE *f)
{
	for (unsigned i = 0; i < NSTATS; i++)
		fprintf(f, "  %s%s%s\n      %s\n", stats[i].name, stats[i].args[0] ? "," : "",
			stats[i].args, _(stats[i].help));
}
