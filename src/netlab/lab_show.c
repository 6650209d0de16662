/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab list, show and ask. */
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "lab.h"

enum { TEXT_MAX = 1 << 20 };

int
nl_do_list(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	const char *dir = nl_labs_dir(pool, err);
	const char **list = dir ? nl_labs(pool, dir, err) : NULL;
	int rc = list ? NI_SUCCESS : NI_ERR_INPUT;
	(void)o;
	for (size_t i = 0; list && list[i]; i++) {
		const struct nl_lab *lab = nl_lab_open(pool, list[i], err);
		if (!lab)
			rc = NI_ERR_INPUT; /* the last fault is said when the others are listed */
		else
			printf("%-20s %s\n", lab->name, lab->title);
	}
	return rc;
}

int
nl_do_show(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	struct nl_lab *lab = nl_lab_open(pool, o->argv[0], err);
	size_t n = 0;
	if (!lab)
		return NI_ERR_INPUT;
	const char *language = nl_language();
	const char *path = nl_fmt(pool, "%s/text.%s.md", lab->dir, language);
	if (!*language || access(path, R_OK))
		path = nl_fmt(pool, "%s/text.md", lab->dir);
	const char *text = nl_read_file(pool, path, TEXT_MAX, &n, err);
	if (!text)
		return NI_ERR_INPUT;
	fwrite(text, 1, n, stdout);
	return NI_SUCCESS;
}

int
nl_do_ask(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	struct nl_lab *lab = nl_lab_open(pool, o->argv[0], err);
	if (!lab || (o->seed && nl_seed_check(o->seed, err)))
		return NI_ERR_INPUT;
	struct nl_world *w = nl_take(pool, sizeof(*w));
	*w = (struct nl_world){.lab = lab, .pool = pool};
	nl_draw(lab, pool, o->seed ? o->seed : nl_seed_new(pool), &w->params);
	nl_world_preview(w);
	nl_form_write(stdout, w, o->predict);
	return NI_SUCCESS;
}
