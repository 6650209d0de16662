/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving rights up; see privilege.h. */
#include "config.h"

#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifdef HAVE_LIBCAP_NG
#include <cap-ng.h>
#endif

#include "i18n.h"

/* Say whether user namespace maps @id of the file @map, "/proc/self/uid_map" or gid_map. */
static bool
is_mapped(const char *map, unsigned long id)
{
	FILE *f = fopen(map, "re");
	/* No /proc: the kernel will tell. */
	if (!f)
		return true;
	/* First id in here, first id out there, how many. */
	char line[128];
	bool found = false;
	while (!found && fgets(line, sizeof(line), f)) {
		char *p = line;
		unsigned long inside = strtoul(p, &p, 10);
		(void)strtoul(p, &p, 10);
		unsigned long count = strtoul(p, &p, 10);
		found = id >= inside && id - inside < count;
	}
	fclose(f);
	return found;
}

/* Say whether this user namespace allows setgroups(), which those with a single uid do not. */
static bool
groups_allowed(void)
{
	FILE *f = fopen("/proc/self/setgroups", "re");
	if (!f)
		return true;
	char word[16] = "";
	if (!fgets(word, sizeof(word), f))
		word[0] = '\0';
	fclose(f);
	return strncmp(word, "deny", 4) != 0;
}

static bool
parse_id(const char *s, unsigned long *id)
{
	if (!s || !*s || strlen(s) > 10 || s[strspn(s, "0123456789")])
		return false;
	*id = strtoul(s, NULL, 10);
	return *id < UINT32_MAX;
}

static void
set_user(struct ni_user *u, uid_t uid, gid_t gid)
{
	const struct passwd *pw = getpwuid(uid);
	*u = (struct ni_user){.known = true, .uid = uid, .gid = gid};
	if (pw)
		snprintf(u->name, sizeof(u->name), "%s", pw->pw_name);
}

static int
find_named(struct ni_user *u, const char *name, struct ni_err *err)
{
	const struct passwd *pw = getpwnam(name);
	unsigned long id;
	if (!pw && parse_id(name, &id))
		pw = getpwuid((uid_t)id);
	if (!pw)
		return ni_fail(err, NI_ERR_INPUT, _("-Z %s: no such user"), name);
	if (pw->pw_uid == geteuid())
		return NI_SUCCESS;
	if (geteuid() != 0 || !is_mapped("/proc/self/uid_map", pw->pw_uid)) {
		ni_fail(err, NI_ERR_INPUT, _("-Z %s: only root can become another user"), name);
		return NI_ERR_INPUT;
	}
	set_user(u, pw->pw_uid, pw->pw_gid);
	return NI_SUCCESS;
}

int
ni_user_find(struct ni_user *u, const char *name, struct ni_err *err)
{
	*u = (struct ni_user){0};
	/* It would read and write any file for anybody, and believe its caller's environment. */
	if (getuid() != geteuid() || getgid() != getegid()) {
		ni_fail(err, NI_ERR_RUN,
			_("privileges: netinspect does not run set-uid or set-gid"));
		ni_hint(err, _("chmod ug-s it, then: setcap cap_net_raw,cap_net_admin+ep"));
		return NI_ERR_RUN;
	}
	if (name)
		return find_named(u, name, err);
	unsigned long uid;
	unsigned long gid;
	if (geteuid() != 0 || !parse_id(getenv("SUDO_UID"), &uid) ||
	    !parse_id(getenv("SUDO_GID"), &gid) || uid == 0)
		return NI_SUCCESS;
	if (!is_mapped("/proc/self/uid_map", uid) || !is_mapped("/proc/self/gid_map", gid))
		return NI_SUCCESS;
	set_user(u, (uid_t)uid, (gid_t)gid);
	return NI_SUCCESS;
}

static int
failed(const char *what, struct ni_err *err)
{
	return ni_fail(err, NI_ERR_RUN, _("privileges: cannot be dropped: %s: %s"), what,
		       strerror(errno));
}

static int
become(const struct ni_user *u, struct ni_err *err)
{
	/* In this order: without uid 0 the groups could not be changed any more. */
	if (geteuid() == 0 && groups_allowed()) {
		int r = u->name[0] ? initgroups(u->name, u->gid) : setgroups(0, NULL);
		if (r < 0)
			return failed("setgroups", err);
	}
	if (setresgid(u->gid, u->gid, u->gid) < 0)
		return failed("setgid", err);
	if (setresuid(u->uid, u->uid, u->uid) < 0)
		return failed("setuid", err);
	/* Believe it when the way back is seen to be closed. */
	if (u->uid != 0 && setuid(0) == 0) {
		return ni_fail(err, NI_ERR_RUN,
			       _("privileges: were dropped, but root could be had back"));
	}
	return NI_SUCCESS;
}

#ifdef HAVE_LIBCAP_NG

/* The bounding set can only be emptied as long as there is CAP_SETPCAP; it is a second lock. */
static void
clear_bounds(void)
{
	capng_get_caps_process();
	if (!capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		return;
	capng_clear(CAPNG_SELECT_BOUNDS);
	(void)capng_apply(CAPNG_SELECT_BOUNDS);
}

static int
clear_capabilities(bool keep_dac, struct ni_err *note, struct ni_err *err)
{
	(void)note;
	capng_clear(CAPNG_SELECT_CAPS);
	if (keep_dac) {
		(void)capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_OVERRIDE);
	}
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		return failed("capset", err);
	return NI_SUCCESS;
}

#else

static void
clear_bounds(void)
{
}

/* Becoming a user other than root clears the capabilities all the same. */
static int
clear_capabilities(bool keep_dac, struct ni_err *note, struct ni_err *err)
{
	(void)keep_dac;
	(void)err;
	if (geteuid() == 0)
		ni_fail(note, 0,
			_("privileges: kept, this build has no libcap-ng to drop them with"));
	return NI_SUCCESS;
}

#endif

int
ni_privilege_drop(const struct ni_user *u, bool later_files, struct ni_err *note,
		  struct ni_err *err)
{
	note->what[0] = '\0';
	bool stays_root = geteuid() == 0 && !u->known;
	clear_bounds();
	if (u->known) {
		int r = become(u, err);
		if (r < 0)
			return r;
	}
	int r = clear_capabilities(stays_root && later_files, note, err);
	if (r < 0)
		return r;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return failed("no_new_privs", err);
	return NI_SUCCESS;
}
