/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a student hands in: a folder as `netlab run` makes it, or a form and captures. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "lab.h"

static const char *const endings[] = {".pcapng",  ".pcap",       ".cap",     ".pcapng.gz",
				      ".pcap.gz", ".pcapng.zst", ".pcap.zst"};

enum { NENDINGS = sizeof(endings) / sizeof(endings[0]) };

static int
check_regular(const char *path, struct ni_err *err)
{
	struct stat st;
	if (stat(path, &st))
		return ni_fail(err, NI_ERR_INPUT, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return ni_fail(err, NI_ERR_INPUT, _("%s: not a file"), path);
	return NI_SUCCESS;
}

static const char *
if_there(struct nl_pool *pool, const char *dir, const char *name)
{
	const char *path = nl_fmt(pool, "%s/%s", dir, name);
	return access(path, F_OK) ? NULL : path;
}

static const char *
points_of(const struct nl_lab *lab, struct nl_pool *pool)
{
	char *list = nl_copy(pool, "", 0);
	for (unsigned i = 0; i < lab->npoints; i++)
		list = nl_fmt(pool, "%s%s%s", list, i ? ", " : "", lab->point[i].name);
	return list;
}

int
nl_hand_in_folder(struct nl_hand_in *h, const struct nl_lab *lab, struct nl_pool *pool,
		  const char *dir, bool form, struct ni_err *err)
{
	size_t n = 0;
	*h = (struct nl_hand_in){.name = dir};
	if (!nl_is_folder(dir))
		return ni_fail(err, NI_ERR_INPUT, _("%s: not a folder"), dir);
	h->answers = if_there(pool, dir, "answers.txt");
	h->predictions = if_there(pool, dir, "predictions");
	h->truth = if_there(pool, dir, "truth");
	const char *seed = if_there(pool, dir, "seed");
	if (seed) {
		seed = nl_read_file(pool, seed, NL_FILE_MAX, &n, err);
		if (!seed)
			return NI_ERR_INPUT;
		h->seed = nl_copy(pool, seed, strcspn(seed, "\r\n"));
	}
	if (form && !h->answers) {
		ni_fail(err, NI_ERR_INPUT, _("%s: no answers.txt in it"), dir);
		ni_hint(err,
			_("wanted is a folder that 'netlab run %s' made, or many of them: "
			  "netlab grade %s FOLDER/*/"),
			lab->name, lab->name);
		return NI_ERR_INPUT;
	}
	for (unsigned i = 0; i < lab->npoints; i++) {
		for (unsigned k = 0; k < NENDINGS && !h->file[i]; k++)
			h->file[i] = if_there(pool, dir,
					      nl_fmt(pool, "%s%s", lab->point[i].name, endings[k]));
		if (!h->file[i]) {
			ni_fail(err, NI_ERR_INPUT, _("%s: no %s.pcapng in it"), dir,
				lab->point[i].name);
			ni_hint(err, _("'netlab run %s' makes it"), lab->name);
			return NI_ERR_INPUT;
		}
		int rc = check_regular(h->file[i], err);
		if (rc)
			return rc;
	}
	return NI_SUCCESS;
}

/* Whether the name of a file of @n bytes is @point, or begins or ends with it as with a word of its
 * own: "client", "client-20231234". */
static bool
names_point(const char *name, size_t n, const char *point)
{
	size_t len = strlen(point);
	if (n < len)
		return false;
	bool begins =
	    !strncasecmp(name, point, len) && (n == len || !isalnum((unsigned char)name[len]));
	bool ends = !strncasecmp(name + n - len, point, len) &&
		    (n == len || !isalnum((unsigned char)name[n - len - 1]));
	return begins || ends;
}

static int
place(struct nl_hand_in *h, const struct nl_lab *lab, struct nl_pool *pool, const char *path,
      struct ni_err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = strcspn(name, ".");
	int point = lab->npoints == 1 ? 0 : -1;
	for (unsigned i = 0; i < lab->npoints; i++)
		if (names_point(name, n, lab->point[i].name))
			point = (int)i;
	int rc = check_regular(path, err);
	if (rc)
		return rc;
	if (point < 0) {
		ni_fail(err, NI_ERR_INPUT, _("%s: which capture is this?"), path);
		ni_hint(err, _("its name should be one of: %s"), points_of(lab, pool));
		return NI_ERR_INPUT;
	}
	if (h->file[point])
		return ni_fail(err, NI_ERR_INPUT, _("%s: %s is already the capture %s"), path,
			       h->file[point], lab->point[point].name);
	h->file[point] = path;
	return NI_SUCCESS;
}

int
nl_hand_in_files(struct nl_hand_in *h, const struct nl_lab *lab, struct nl_pool *pool, char **files,
		 unsigned n, struct ni_err *err)
{
	int rc = h->answers ? check_regular(h->answers, err) : NI_SUCCESS;
	for (unsigned i = 0; !rc && i < n; i++)
		rc = place(h, lab, pool, files[i], err);
	for (unsigned i = 0; !rc && i < lab->npoints; i++)
		if (!h->file[i]) {
			rc = ni_fail(err, NI_ERR_INPUT, _("the capture %s is missing"),
				     lab->point[i].name);
			ni_hint(err, _("wanted are: %s"), points_of(lab, pool));
		}
	return rc;
}

bool
nl_is_folder(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int
nl_world_of(struct nl_world *w, const struct nl_hand_in *h, const struct nl_lab *lab,
	    struct nl_pool *pool, const char *seed, struct ni_err *err)
{
	if (!seed || !*seed)
		seed = h->seed;
	if (!seed) {
		ni_fail(err, NI_ERR_INPUT, _("%s: it does not say its seed"), h->name);
		ni_hint(err, _("a line \"seed = ...\" in the form, or --seed"));
		return NI_ERR_INPUT;
	}
	int rc = nl_seed_check(seed, err);
	if (rc)
		return rc;
	*w = (struct nl_world){.lab = lab, .pool = pool};
	w->program = nl_program(pool, "netinspect");
	memcpy(w->file, h->file, sizeof(w->file));
	nl_draw(lab, pool, seed, &w->params);
	return nl_world_open(w, err);
}
