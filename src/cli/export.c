/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --export-objects; see export.h. */
#include "config.h"

#include "export.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "netinspect/session.h"
#include "outdir.h"

int
ni_export_parse(const char *arg, const char **dir, struct ni_err *err)
{
	static const char proto[] = "http,";
	if (!strncmp(arg, proto, sizeof(proto) - 1) && arg[sizeof(proto) - 1]) {
		*dir = arg + sizeof(proto) - 1;
		return NI_SUCCESS;
	}
	ni_fail(err, NI_ERR_INPUT, _("--export-objects %s: not PROTOCOL,DIR"), arg);
	ni_hint(err, _("for example --export-objects http,objects; http is the only protocol"));
	return NI_ERR_INPUT;
}

int
ni_export_open(struct ni_export *x, const char *arg, const struct ni_user *owner,
	       struct ni_err *err)
{
	int rc = ni_export_parse(arg, &x->opts.dir_name, err);
	if (!rc)
		rc = ni_outdir_open(&x->opts.dir, x->opts.dir_name, owner, err);
	x->opts.stats = &x->stats;
	x->opts.create = ni_outdir_create;
	return rc;
}

int
ni_export_add(struct ni_export *x, struct ni_session *s, struct ni_err *err)
{
	if (x->opts.dir < 0)
		return NI_SUCCESS;
	int rc = ni_outdir_check(x->opts.dir, x->opts.dir_name, err);
	if (rc)
		return rc;
	struct ni_sink *sink = ni_objects_sink(&x->opts);
	if (!sink)
		return ni_fail(err, NI_ERR_RUN, _("%s: no memory"), x->opts.dir_name);
	return ni_session_add(s, sink, err);
}

void
ni_export_sum_up(const struct ni_export *x)
{
	char line[512];
	struct ni_buf b = ni_buf(line, sizeof(line));
	if (x->opts.dir < 0)
		return;
	ni_objects_summary(&b, &x->opts);
	fprintf(stderr, "netinspect: %s\n", ni_buf_z(&b));
}

void
ni_export_close(struct ni_export *x)
{
	if (x->opts.dir >= 0)
		close(x->opts.dir);
	x->opts.dir = -1;
}
