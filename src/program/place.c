/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where this program lies; see place.h. */
#include "config.h"

#include "place.h"

#include <string.h>
#include <unistd.h>

bool
ni_own_folder(char *path, size_t n)
{
	ssize_t len = readlink("/proc/self/exe", path, n);
	if (len < 0 || (size_t)len == n)
		return false;
	path[len] = '\0';
	char *slash = strrchr(path, '/');
	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}
