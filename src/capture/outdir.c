/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory for files named by the wire; see outdir.h. */
#include "outdir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"

enum { PATH_LONGEST = 4096 };

static int
cannot(const char *path, struct ni_err *err)
{
	return ni_fail(err, NI_ERR_RUN, _("%s: cannot be created: %s"), path, strerror(errno));
}

int
ni_outdir_open(int *fd, const char *path, const struct ni_user *owner, struct ni_err *err)
{
	char bare[PATH_LONGEST];
	size_t n = strlen(path);
	/* With a slash behind it, a link would be followed. */
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n >= sizeof(bare)) {
		errno = ENAMETOOLONG;
		return cannot(path, err);
	}
	memcpy(bare, path, n);
	bare[n] = '\0';
	bool made = mkdir(bare, 0755) == 0;
	if (!made && errno != EEXIST)
		return cannot(path, err);
	*fd = open(bare, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0 && (errno == ELOOP || errno == ENOTDIR)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: is no directory, or only a link to one"), path);
		ni_hint(err, _("name a directory, or one that is to be made"));
		return NI_ERR_INPUT;
	}
	if (*fd < 0)
		return ni_fail(err, NI_ERR_RUN, _("%s: %s"), path, strerror(errno));
	/* As with files, this fails in a user namespace with a single uid, and matters nothing. */
	if (made && owner->known && fchown(*fd, owner->uid, owner->gid) < 0 && errno != EPERM &&
	    errno != EINVAL) {
		close(*fd);
		*fd = -1;
		return cannot(path, err);
	}
	return NI_SUCCESS;
}

int
ni_outdir_check(int fd, const char *path, struct ni_err *err)
{
	if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_RUN, _("%s: files cannot be created there: %s"), path, strerror(errno));
	ni_hint(err, _("name a directory of the user this runs as once everything is open (-Z)"));
	return NI_ERR_RUN;
}

int
ni_outdir_create(int fd, const char *name)
{
	return openat(fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY,
		      0644);
}
