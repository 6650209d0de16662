/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab wire: its command line; see wire.h. */
#include "wire.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "netinspect/session.h"
#include "netlab.h"
#include "tool.h"

enum { DELAY_MAX_MS = 60000, SECONDS_MAX = 3600, FIELDS_MAX = 16 };

#define AT(member) offsetof(struct nl_wire_opts, member)

static int
set_loss(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	return nl_take_thousandths(opt, arg, 100000, _("percent"),
				   &((struct nl_wire_opts *)o)->loss, err);
}

/* "1500000", "1500k", "1.5M": what stands before the letter is in thousandths. */
static int
set_rate(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct nl_wire_opts *o = opts;
	char digits[32];
	size_t n = strlen(arg);
	uint64_t unit = 1;
	int64_t v = 0;
	if (n && strchr("kKmMgG", arg[n - 1])) {
		char c = (char)(arg[n - 1] | 0x20);
		unit = c == 'k' ? 1000 : c == 'm' ? 1000000 : 1000000000;
		n--;
	}
	snprintf(digits, sizeof(digits), "%.*s", (int)n, arg);
	int rc = nl_take_thousandths(opt, digits, 100000000000000, _("bits a second"), &v, err);
	o->rate = (uint64_t)v * unit / 1000;
	if (!rc && (o->rate < 1000 || o->rate > 100000000000)) {
		ni_fail(err, NI_ERR_INPUT, _("--rate %s: not such a rate"), arg);
		ni_hint(err, _("bits a second, from 1k to 100G"));
		rc = NI_ERR_INPUT;
	}
	return rc;
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("The line"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 'd', "delay", "MS", N_("a frame arrives so much later, in either direction; decimals are allowed"), AT(delay_us), (uint64_t)DELAY_MAX_MS * NL_MS, nl_opt_ms},
	{NI_OPT_CALL, 'r', "rate", "BIT/S", N_("so fast in each direction: 2M, 512k; a frame counts from its Ethernet header on"), 0, 0, set_rate},
	{NI_OPT_BIG, 0, "queue", "BYTES", N_("with --rate, frames of so many bytes wait for the line, others are dropped (default 100000)"), AT(queue), 1 << 25, NULL},

	{NI_OPT_HEADING, 0, N_("What happens to frames (may be repeated)"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_LIST, 0, "drop", "'K,K-K FILTER'", N_("drop the K-th of the frames that match the display filter, counted from 1; no filter: of all"), AT(drop), 0, NULL},
	{NI_OPT_LIST, 0, "dup", "'K,K-K FILTER'", N_("deliver it twice"), AT(dup), 0, NULL},
	{NI_OPT_LIST, 0, "swap", "'K,K-K FILTER'", N_("deliver it behind the next frame of its direction, or after a second"), AT(swap), 0, NULL},
	{NI_OPT_CALL, 0, "loss", "PERCENT", N_("lose so many, by chance"), 0, 0, set_loss},
	{NI_OPT_BIG, 0, "seed", "N", N_("of that chance: the same N loses the same frames (default 1)"), AT(seed), 0, NULL},

	{NI_OPT_HEADING, 0, N_("What is printed, and the end"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_LIST, 'e', "field", "FIELD", N_("with each frame that something happened to, this field; may be repeated"), AT(field), 0, NULL},
	{NI_OPT_FLAG, 'q', "quiet", NULL, N_("only the counts at the end"), AT(quiet), 0, NULL},
	{NI_OPT_NUMBER, 0, "seconds", "N", N_("end after so long, at most 3600 (default 600)"), AT(seconds), SECONDS_MAX, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct nl_tool tool = {
    {"netlab wire", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab wire [options] INTERFACE INTERFACE\n\n"
       "Join two Ethernet interfaces: what comes in at one goes out at the other. Prints a line\n"
       "when it does, one for each frame that something happened to, and counts at the end\n"
       "(SIGINT, SIGTERM, or --seconds)."),
    N_("Exit status: 0 at the end, 1 if an interface failed, 2 on wrong usage."),
    AT(help),
    NULL,
    NULL,
};

/* The rules of the command line, and its fields. */
static int
set_rules(struct nl_rules *r, const struct nl_wire_opts *o, struct ni_err *err)
{
	const struct {
		enum nl_act act;
		const char *name;
		const struct ni_opt_list *list;
	} all[] = {
	    {NL_DROP, "drop", &o->drop}, {NL_DUP, "dup", &o->dup}, {NL_SWAP, "swap", &o->swap}};
	int rc = NI_SUCCESS;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (size_t k = 0; k < all[i].list->n && !rc; k++)
			rc = nl_rule_add(r, all[i].act, all[i].name, all[i].list->v[k], err);
	if (!rc && o->field.n > FIELDS_MAX)
		rc = ni_fail(err, NI_ERR_INPUT, _("-e: more than %d fields"), FIELDS_MAX);
	/* What is said of a frame that was lost takes it apart, too. */
	if (!rc)
		rc = nl_rules_ready(r, !o->quiet && (o->loss || o->rate || o->field.n), err);
	for (size_t i = 0; i < o->field.n && r->session && !rc; i++)
		rc = nl_look_known(ni_session_registry(r->session), o->field.v[i], err);
	return rc;
}

static int
check(const struct nl_wire_opts *o, int argc, char **argv, struct ni_err *err)
{
	if (argc - optind != 2) {
		ni_fail(err, NI_ERR_INPUT, _("a wire has two ends"));
		ni_hint(err, _("netlab wire INTERFACE INTERFACE"));
		return NI_ERR_INPUT;
	}
	if (!strcmp(argv[optind], argv[optind + 1]))
		return ni_fail(err, NI_ERR_INPUT, _("%s: a wire has two ends"), argv[optind]);
	if (!o->seconds)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"), "seconds");
	return NI_SUCCESS;
}

int
nl_wire(int argc, char **argv)
{
	static struct nl_wire_opts o = {.queue = 100000, .seed = 1, .seconds = 600};
	static struct nl_rules rules;
	struct ni_err err = {"", ""};
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = check(&o, argc, argv, &err);
	if (!rc)
		rc = set_rules(&rules, &o, &err);
	if (!rc) {
		nl_stop_on_signals();
		rc = nl_wire_run(&o, &rules, argv + optind, &err);
	}
	nl_rules_free(&rules);
	return rc ? nl_tool_fail(&tool, &err, rc) : 0;
}

void
nl_wire_man(void)
{
	nl_tool_man(&tool);
}
