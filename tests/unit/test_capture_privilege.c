/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Giving rights up, each time in a child. Needs root; else it is skipped (exit status 77). */
#include "test_capture_util.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "capture/privilege.h"
#include "capture/writer.h"

enum { NOBODY = 65534 };

/* Run @what in a child; its result must be 0. */
static void
in_child(int (*what)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(what());
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The hexadecimal number behind @key in /proc/self/status. */
static unsigned long long
status_of(const char *key)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	unsigned long long v = ~0ULL;
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, key, strlen(key)) == 0)
			v = strtoull(line + strlen(key) + 1, NULL, 16);
	}
	if (f)
		fclose(f);
	return v;
}

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                    \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

static int
drop_to_sudo_user(void)
{
	struct ni_user u;
	struct ni_err err;
	struct ni_err note;
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	EXPECT(ni_user_find(&u, NULL, &err) == 0);
	EXPECT(u.known && u.uid == NOBODY && u.gid == NOBODY);
	EXPECT(ni_privilege_drop(&u, true, &note, &err) == 0);
	EXPECT(getuid() == NOBODY && geteuid() == NOBODY && getgid() == NOBODY);
	EXPECT(setuid(0) < 0);
	EXPECT(status_of("CapEff:") == 0 && status_of("CapPrm:") == 0);
	EXPECT(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	gid_t groups[64];
	int n = getgroups(64, groups);
	for (int i = 0; i < n; i++)
		EXPECT(groups[i] == NOBODY);
	return 0;
}

static void
to_sudo_user(void **state)
{
	(void)state;
	in_child(drop_to_sudo_user);
}

static int
drop_as_root(void)
{
	struct ni_user u;
	struct ni_err err;
	struct ni_err note;
	unsetenv("SUDO_UID");
	EXPECT(ni_user_find(&u, NULL, &err) == 0);
	EXPECT(!u.known);
	EXPECT(ni_user_find(&u, "root", &err) == 0);
	EXPECT(!u.known);
	EXPECT(ni_privilege_drop(&u, false, &note, &err) == 0);
	EXPECT(geteuid() == 0);
#ifdef HAVE_LIBCAP_NG
	EXPECT(status_of("CapEff:") == 0 && status_of("CapPrm:") == 0);
	EXPECT(note.what[0] == '\0');
#endif
	return 0;
}

static void
root_without_capabilities(void **state)
{
	(void)state;
	in_child(drop_as_root);
}

static void
users(void **state)
{
	(void)state;
	struct ni_user u;
	struct ni_err err;
	assert_int_equal(ni_user_find(&u, "nobody", &err), 0);
	assert_true(u.known);
	assert_int_equal(u.uid, NOBODY);
	assert_string_equal(u.name, "nobody");
	assert_int_equal(ni_user_find(&u, "65534", &err), 0);
	assert_true(u.known);
	assert_int_equal(ni_user_find(&u, "no-such-user", &err), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "-Z no-such-user: no such user"));
	static const char *const lies[] = {"0", "", "x", "-1", "4294967295", "99999999999"};
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		setenv("SUDO_UID", lies[i], 1);
		setenv("SUDO_GID", "65534", 1);
		assert_int_equal(ni_user_find(&u, NULL, &err), 0);
		assert_false(u.known);
	}
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
}

static int
drop_in_namespace(void)
{
	struct ni_user u;
	struct ni_err err;
	struct ni_err note;
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	if (unshare(CLONE_NEWUSER) < 0)
		return 77;
	int fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	EXPECT(write(fd, "0 0 1\n", 6) == 6);
	close(fd);
	/* The user of sudo does not exist in here, and setgroups() need not be allowed. */
	EXPECT(ni_user_find(&u, NULL, &err) == 0);
	EXPECT(!u.known);
	EXPECT(ni_privilege_drop(&u, true, &note, &err) == 0);
	EXPECT(geteuid() == 0);
	return 0;
}

static void
in_user_namespace(void **state)
{
	(void)state;
	in_child(drop_in_namespace);
}

static char dir[] = "/tmp/netinspect-test-XXXXXX";

/* Files belong to the user, further ring files can be made, and foreign directories are told of. */
static int
write_ring(void)
{
	struct ni_user u = {.known = true, .uid = NOBODY, .gid = NOBODY, .name = "nobody"};
	struct ni_limits l = {.several = true, .next_packets = 1, .keep_files = 2};
	struct ni_err err;
	struct ni_err note;
	struct stat st;
	char path[64];
	struct ni_writer_options o = {.path = path, .limits = &l, .owner = &u};
	struct ni_writer *w;
	struct ni_writer_stats ws;
	struct ni_frame f = {
	    .linktype = 1, .ts_ns = 1, .data = (const uint8_t *)"x", .cap = 1, .len = 1};
	snprintf(path, sizeof(path), "%s/x.pcap", dir);
	umask(022);
	EXPECT(ni_writer_open(&w, &o, &err) == 0);
	EXPECT(ni_privilege_drop(&u, true, &note, &err) == 0);
	EXPECT(stat(dir, &st) == 0);
	if (st.st_uid != NOBODY) {
		EXPECT(ni_writer_check_ring(w, &err) == NI_ERR_RUN);
		EXPECT(strstr(err.what, "user nobody cannot create the next files") != NULL);
		ni_writer_close(&w, NULL);
		return 0;
	}
	EXPECT(ni_writer_check_ring(w, &err) == 0);
	for (int i = 0; i < 5; i++) {
		EXPECT(ni_writer_put(w, &f, &err) == 0);
		ni_writer_stats(w, &ws);
		EXPECT(stat(ws.path, &st) == 0);
		EXPECT(st.st_uid == NOBODY && st.st_gid == NOBODY);
		EXPECT((st.st_mode & 0777) == 0644);
	}
	EXPECT(ni_writer_close(&w, &err) == 0);
	return 0;
}

static void
ring_files(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chmod(dir, 0755), 0);
	in_child(write_ring);
	assert_int_equal(chown(dir, NOBODY, NOBODY), 0);
	in_child(write_ring);
	char command[96];
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(to_sudo_user), cmocka_unit_test(root_without_capabilities),
	    cmocka_unit_test(users),        cmocka_unit_test(in_user_namespace),
	    cmocka_unit_test(ring_files),
	};
	struct ni_user u;
	/* In a namespace that maps a single uid there is nobody to become. */
	if (geteuid() != 0 || ni_user_find(&u, "nobody", NULL) < 0 || !u.known) {
		puts("skipped: needs root");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
