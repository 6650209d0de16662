/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where labs and our other programs are, and in which language texts are read. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "lab.h"
#include "netinspect/lookup.h"
#include "place.h"

enum { LABS_MAX = 256, PATH_BYTES = 4096 };

const char *
nl_language(void)
{
	static const char *const names[] = {"LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *v = getenv(names[i]);
		if (!v || !*v)
			continue;
		/* Texts are UTF-8: what the terminal cannot show stays English. */
		bool shown = !strcmp(nl_langinfo(CODESET), "UTF-8") || strcasestr(v, "utf-8") ||
			     strcasestr(v, "utf8");
		return shown && !strncmp(v, "zh", 2) ? "zh_CN" : "";
	}
	return "";
}

char *
nl_read_file(struct nl_pool *pool, const char *path, size_t max, size_t *n, struct ni_err *err)
{
	struct stat st;
	/* O_NONBLOCK: a FIFO must not hold us up. */
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st)) {
		ni_fail(err, NI_ERR_INPUT, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	char *text = NULL;
	if (!S_ISREG(st.st_mode)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: not a file"), path);
	} else if ((uint64_t)st.st_size > max) {
		ni_fail(err, NI_ERR_INPUT, _("%s: larger than %zu bytes"), path, max);
	} else {
		ssize_t got;
		size_t size = (size_t)st.st_size;
		text = nl_take(pool, size + 1);
		*n = 0;
		while (*n < size && (got = read(fd, text + *n, size - *n)) > 0)
			*n += (size_t)got;
	}
	close(fd);
	return text;
}

/* The folder of this program, without the slash; NULL: not known. */
static const char *
own_folder(struct nl_pool *pool)
{
	char path[PATH_BYTES];
	return ni_own_folder(path, sizeof(path)) ? nl_copy(pool, path, strlen(path)) : NULL;
}

const char *
nl_program(struct nl_pool *pool, const char *name)
{
	const char *dir = own_folder(pool);
	const char *path = dir ? nl_fmt(pool, "%s/%s", dir, name) : name;
	return access(path, X_OK) ? name : path;
}

const char *
nl_labs_dir(struct nl_pool *pool, struct ni_err *err)
{
	const char *named = getenv("NETLAB_LABS");
	const char *own = own_folder(pool);
	const char *dirs[] = {named, own ? nl_fmt(pool, "%s/labs", own) : NULL, LABSDIR};
	for (size_t i = named ? 0 : 1; i < (named ? 1 : 3); i++)
		if (dirs[i] && !access(nl_fmt(pool, "%s/lib.sh", dirs[i]), R_OK)) {
			char *real = realpath(dirs[i], NULL);
			const char *dir = real ? nl_copy(pool, real, strlen(real)) : dirs[i];
			free(real);
			return dir;
		}
	ni_fail(err, NI_ERR_INPUT, _("%s: no labs here"), named ? named : LABSDIR);
	ni_hint(err, _("the environment variable NETLAB_LABS says where they are"));
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **
nl_labs(struct nl_pool *pool, const char *dir, struct ni_err *err)
{
	const char **list = nl_take(pool, (LABS_MAX + 1) * sizeof(*list));
	size_t n = 0;
	struct dirent *d;
	DIR *f = opendir(dir);
	if (!f) {
		ni_fail(err, NI_ERR_INPUT, "%s: %s", dir, strerror(errno));
		return NULL;
	}
	while (n < LABS_MAX && (d = readdir(f)))
		if (isdigit((unsigned char)d->d_name[0]) &&
		    !access(nl_fmt(pool, "%s/%s/lab", dir, d->d_name), R_OK))
			list[n++] = nl_copy(pool, d->d_name, strlen(d->d_name));
	closedir(f);
	qsort(list, n, sizeof(*list), by_name);
	return list;
}

/* Whether @word means the lab @name: "10-teardown", "teardown", "10". */
static bool
means(const char *word, const char *name)
{
	const char *dash = strchr(name, '-');
	char *end;
	if (!strcmp(word, name) || (dash && !strcmp(word, dash + 1)))
		return true;
	return isdigit((unsigned char)*word) && strlen(word) < 4 &&
	       strtoul(word, &end, 10) == strtoul(name, NULL, 10) && !*end;
}

static const char *
find(struct nl_pool *pool, const char *word, struct ni_err *err)
{
	const char *labs = nl_labs_dir(pool, err);
	const char **list = labs ? nl_labs(pool, labs, err) : NULL;
	const char *near = NULL;
	unsigned best = 3;
	for (size_t i = 0; list && list[i]; i++) {
		const char *dash = strchr(list[i], '-');
		unsigned d = ni_word_distance(word, dash ? dash + 1 : list[i]);
		if (means(word, list[i]))
			return nl_fmt(pool, "%s/%s", labs, list[i]);
		if (d < best) {
			best = d;
			near = list[i];
		}
	}
	if (!list)
		return NULL;
	ni_fail(err, NI_ERR_INPUT, _("%s: no such lab"), word);
	if (near)
		ni_hint(err, _("did you mean %s?"), near);
	else
		ni_hint(err, _("'netlab list' lists them"));
	return NULL;
}

struct nl_lab *
nl_lab_open(struct nl_pool *pool, const char *word, struct ni_err *err)
{
	const char *dir = word;
	if (!strchr(word, '/'))
		dir = find(pool, word, err);
	if (!dir)
		return NULL;
	char *real = realpath(dir, NULL);
	if (!real) {
		ni_fail(err, NI_ERR_INPUT, "%s: %s", dir, strerror(errno));
		return NULL;
	}
	struct nl_lab *lab = nl_take(pool, sizeof(*lab));
	size_t n = 0;
	lab->dir = nl_copy(pool, real, strlen(real));
	lab->name = strrchr(lab->dir, '/') + 1;
	lab->path = nl_fmt(pool, "%s/lab", dir);
	free(real);
	const char *text = nl_read_file(pool, lab->path, NL_FILE_MAX, &n, err);
	if (!text || nl_lab_parse(lab, pool, text, n, nl_language(), err))
		return NULL;
	return lab;
}
