/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether this is a network of a lab; see world.h.
 *
 * Labs run in namespaces of their own for processes, mounts and networks, and labs/lib.sh leaves in
 * the file /run/netlab which they are:
 *
 *     outside net:[4026531833]    the network namespace from which the lab was started
 *     inside pid:[4026532201]     the process namespace that was made for it
 *
 * All of this must hold:
 * - there is that file, and it is about the process namespace that we are in, which is not the
 *   first one of the machine: a copy of the file, or one that was left behind, says nothing;
 * - our network namespace is not the one outside. What process 1 has is no measure of that: in a
 *   process namespace of its own that is the lab's, and in a container it is the container's;
 * - it is one of those with a name in /run/netns, which only the lab's mounts have: the namespace
 * of some container, or one that a program made for itself, is none;
 * - the interface is a virtual cable (veth): a network card that somebody moved in leads out.
 */
#include "world.h"

/* <linux/ethtool.h> needs it, and <limits.h> would be the one of src/capture. */
#define INT_MAX __INT_MAX__

#include <dirent.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"

#define MARK  "/run/netlab"
#define NAMES "/run/netns"

enum { ID_MAX = 64, MARK_MAX = 256 };

/* The first process namespace of every kernel has this name (PROC_PID_INIT_INO). */
static const char first_pid[] = "pid:[4026531836]";

struct mark {
	char outside[ID_MAX], inside[ID_MAX];
};

/* The mark, if there is one that root of this user namespace left. */
static bool
read_mark(struct mark *m)
{
	char text[MARK_MAX];
	struct stat st;
	int end = 0;
	int fd = open(MARK, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = -1;
	if (fd < 0)
		return false;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_uid == 0)
		n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return false;
	text[n] = '\0';
	return sscanf(text, "outside %63s\ninside %63s\n%n", m->outside, m->inside, &end) == 2 &&
	       end == n && !strncmp(m->outside, "net:[", 5) && !strncmp(m->inside, "pid:[", 5);
}

/* Whether the link @path to a namespace of ours leads to @id. An unreadable one leads nowhere. */
static bool
leads_to(const char *path, const char *id)
{
	char now[ID_MAX];
	ssize_t n = readlink(path, now, sizeof(now) - 1);
	if (n < 0)
		return false;
	now[n] = '\0';
	return !strcmp(now, id);
}

static bool
is_named(void)
{
	struct stat here;
	struct stat st;
	bool found = false;
	DIR *dir = opendir(NAMES);
	const struct dirent *e;
	if (!dir)
		return false;
	if (!stat("/proc/self/ns/net", &here))
		while (!found && (e = readdir(dir)))
			found = !fstatat(dirfd(dir), e->d_name, &st, 0) &&
				st.st_dev == here.st_dev && st.st_ino == here.st_ino;
	closedir(dir);
	return found;
}

static bool
is_cable(const char *name)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq r = {.ifr_flags = 0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	r.ifr_data = (void *)&info;
	bool yes = fd >= 0 && !ioctl(fd, SIOCETHTOOL, &r) && !strcmp(info.driver, "veth");
	if (fd >= 0)
		close(fd);
	return yes;
}

static int
refuse(const char *why, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, "%s", why);
	ni_hint(err, _("forged frames go into a lab's own network alone: netlab shell LAB"));
	return NI_ERR_INPUT;
}

int
nl_world_check(struct ni_err *err)
{
	struct mark m;
	if (!read_mark(&m))
		return refuse(_("this is no network of a lab (there is no " MARK ")"), err);
	if (!leads_to("/proc/self/ns/pid", m.inside) || !strcmp(m.inside, first_pid))
		return refuse(_("this is no network of a lab (" MARK " is about another)"), err);
	if (leads_to("/proc/self/ns/net", m.outside))
		return refuse(_("this is the network outside of the lab"), err);
	if (!is_named())
		return refuse(_("this is no host of the lab (its network is not in " NAMES ")"),
			      err);
	return NI_SUCCESS;
}

int
nl_world_check_cable(const char *name, struct ni_err *err)
{
	char why[128];
	if (is_cable(name))
		return NI_SUCCESS;
	snprintf(why, sizeof(why), _("%s: not a cable of the lab (no veth interface)"), name);
	return refuse(why, err);
}
