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
	{"io,phs", "[,FILTER]", N_("packets and bytes of each protocol, as a tree"), ni_stat_counts},
	{"io,stat", "INTERVAL[,COLUMN]...", N_("a row for every INTERVAL seconds; a COLUMN is a display filter or COUNT, SUM, MIN, MAX or AVG(FIELD)FILTER"), ni_stat_iostat},
	{"conv,eth", "[,FILTER]", N_("who talked to whom: Ethernet"), ni_stat_pairs},
	{"conv,ip", "[,FILTER]", N_("who talked to whom: IPv4"), ni_stat_pairs},
	{"conv,ipv6", "[,FILTER]", N_("who talked to whom: IPv6"), ni_stat_pairs},
	{"conv,tcp", "[,FILTER]", N_("who talked to whom: TCP"), ni_stat_pairs},
	{"conv,udp", "[,FILTER]", N_("who talked to whom: UDP"), ni_stat_pairs},
	{"endpoints,eth", "[,FILTER]", N_("who sent and received how much: Ethernet"), ni_stat_pairs},
	{"endpoints,ip", "[,FILTER]", N_("who sent and received how much: IPv4"), ni_stat_pairs},
	{"endpoints,ipv6", "[,FILTER]", N_("who sent and received how much: IPv6"), ni_stat_pairs},
	{"endpoints,tcp", "[,FILTER]", N_("who sent and received how much: TCP"), ni_stat_pairs},
	{"endpoints,udp", "[,FILTER]", N_("who sent and received how much: UDP"), ni_stat_pairs},
	{"http,tree", "[,FILTER]", N_("HTTP requests by method, responses by status"), ni_stat_tree},
	{"http_req,tree", "[,FILTER]", N_("HTTP requests by host and URI"), ni_stat_tree},
	{"http_srv,tree", "[,FILTER]", N_("HTTP requests and responses by server"), ni_stat_tree},
	{"dns,tree", "[,FILTER]", N_("DNS messages by code, type and size"), ni_stat_tree},
	{"expert", "[,chat|note|warn|error][,FILTER]", N_("remarks about packets and marks of segments, counted"), ni_stat_counts},
	{"verdict", "[,FILTER]", N_("how TCP connections opened and closed, counted"), ni_stat_counts},
	{"rtt,tcp", "[,FILTER]", N_("the handshake's round-trip time of every connection, and quantiles"), ni_stat_rtt},
	{"flow,tcp", "[,FILTER]", N_("TCP segments as arrows between the columns of their hosts"), ni_stat_flow},
	{"follow,http", "ascii|hex|raw,STREAM[,RANGE]", N_("the HTTP messages of a TCP connection, their bodies decoded"), ni_stat_follow},
	{"follow,tcp", "ascii|hex|raw,STREAM[,RANGE]", N_("what both sides of a TCP connection sent, in the order of capture"), ni_stat_follow},
	{"follow,udp", "ascii|hex|raw,STREAM[,RANGE]", N_("the datagrams of a UDP conversation"), ni_stat_follow},
	{"story", "[,CLIENT]", N_("a page load told over all protocols, of the client with this address; without one, of the busiest"), ni_stat_story},
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

/* How far @text is from a name, looking at no more of it than the name is long. */
static unsigned
distance(const char *text, const char *name)
{
	char same[64];
	snprintf(same, sizeof(same), "%.*s", (int)strlen(name), text);
	return ni_word_distance(name, same);
}

/* The names that look most like what was typed; if none does, those that share its first word. */
static void
suggest(const char *text, struct ni_err *err)
{
	char list[256];
	struct ni_buf b = ni_buf(list, sizeof(list));
	unsigned found = 0;
	size_t word = strcspn(text, ",");
	for (unsigned d = 1; d < NEAR && !found; d++)
		for (unsigned i = 0; i < NSTATS && found < SUGGESTIONS; i++)
			if (distance(text, stats[i].name) == d &&
			    d <= 1 + strlen(stats[i].name) / 3 &&
			    strlen(text) + 2 > strcspn(stats[i].name, ","))
				ni_buf_fmt(&b, "%s%s", found++ ? ", " : "", stats[i].name);
	bool near = found > 0;
	for (unsigned i = 0; i < NSTATS; i++)
		if (!near && found < SUGGESTIONS && strcspn(stats[i].name, ",") == word &&
		    !strncmp(stats[i].name, text, word))
			ni_buf_fmt(&b, "%s%s", found++ ? ", " : "", stats[i].name);
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

/* What stands between its name and how its arguments are written; optional ones bring theirs. */
static const char *
comma(const struct ni_stat *stat)
{
	return stat->args[0] == '[' || !stat->args[0] ? "" : ",";
}

int
ni_stat_bad(const struct ni_stat *stat, const char *args, const char *why, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, "-z %s%s%s: %s", stat->name, args[0] ? "," : "", args, why);
	ni_hint(err, _("it is written -z %s%s%s"), stat->name, comma(stat), stat->args);
	return NI_ERR_INPUT;
}

int
ni_stat_only_text(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
		  struct ni_err *err)
{
	if (!env->json)
		return NI_SUCCESS;
	ni_stat_bad(stat, args, _("has no form in JSON"), err);
	ni_hint(err, _("ask for it without --json"));
	return NI_ERR_INPUT;
}

void
ni_stat_help(FILE *f)
{
	for (unsigned i = 0; i < NSTATS; i++)
		fprintf(f, "  %s%s%s\n      %s\n", stats[i].name, comma(&stats[i]), stats[i].args,
			_(stats[i].help));
}

void
ni_stat_man(FILE *f)
{
	for (unsigned i = 0; i < NSTATS; i++)
		fprintf(f, ".TP\n\\fB%s\\fR%s\\fI%s\\fR\n%s.\n", stats[i].name, comma(&stats[i]),
			stats[i].args, stats[i].help);
}
