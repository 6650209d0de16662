/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counting addresses over all workers: limits, places that become free, processes that count at the
 * same time, and those that are killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "server.h"

enum { MAX = 5, WORKERS = 4 };

static struct in6_addr
address(uint32_t n)
{
	struct in6_addr a = {0};
	a.s6_addr[0] = 0xfd;
	memcpy(a.s6_addr + 12, &n, sizeof(n));
	return a;
}

static int
enter(struct ni_hd_peers *p, unsigned worker, uint32_t n)
{
	struct in6_addr a = address(n);
	return ni_hd_peers_enter(p, worker, &a, MAX);
}

static void
limits(void **state)
{
	struct ni_hd_peers *p = ni_hd_peers_new(WORKERS);
	int place = -1;
	(void)state;
	assert_non_null(p);
	for (unsigned i = 0; i < MAX; i++) {
		int at = enter(p, i % WORKERS, 1);
		assert_true(at >= 0);
		assert_true(!i || at == place);
		place = at;
	}
	for (unsigned i = 0; i < WORKERS; i++)
		assert_int_equal(enter(p, i, 1), NI_HD_CROWDED);
	assert_true(enter(p, 0, 2) >= 0);
	ni_hd_peers_leave(p, 1, place);
	assert_int_equal(enter(p, 3, 1), place);
	assert_int_equal(enter(p, 3, 1), NI_HD_CROWDED);
	ni_hd_peers_leave(p, 0, NI_HD_UNCOUNTED);
	ni_hd_peers_leave(p, 0, NI_HD_CROWDED);
	assert_int_equal(enter(p, 3, 1), NI_HD_CROWDED);
	ni_hd_peers_free(&p);
	assert_null(p);
}

/* More addresses than there are places: those without one are let in, and all places come back. */
static void
full(void **state)
{
	enum { MANY = 100000 };
	struct ni_hd_peers *p = ni_hd_peers_new(1);
	int *place = calloc(MANY, sizeof(*place));
	unsigned counted = 0;
	(void)state;
	assert_non_null(place);
	for (unsigned i = 0; i < MANY; i++) {
		place[i] = enter(p, 0, i);
		assert_int_not_equal(place[i], NI_HD_CROWDED);
		counted += place[i] >= 0;
	}
	assert_in_range(counted, 30000, 32768);
	for (unsigned i = 0; i < MANY; i++)
		ni_hd_peers_leave(p, 0, place[i]);
	for (unsigned i = 0; i < MANY; i++) {
		for (unsigned k = 0; k < MAX; k++)
			assert_true((place[i] = enter(p, 0, i)) >= 0);
		assert_int_equal(enter(p, 0, i), NI_HD_CROWDED);
		for (unsigned k = 0; k < MAX; k++)
			ni_hd_peers_leave(p, 0, place[i]);
	}
	free(place);
	ni_hd_peers_free(&p);
}

/* Workers that come and go at the same time; at the end one is killed with clients in it. */
static void
processes(void **state)
{
	enum { ROUNDS = 20000, ADDRESSES = 3 };
	struct ni_hd_peers *p = ni_hd_peers_new(WORKERS);
	pid_t pid[WORKERS];
	(void)state;
	for (unsigned w = 0; w < WORKERS; w++) {
		pid[w] = fork();
		assert_true(pid[w] >= 0);
		if (pid[w])
			continue;
		for (unsigned i = 0; i < ROUNDS; i++)
			ni_hd_peers_leave(p, w, enter(p, w, i % ADDRESSES));
		for (unsigned n = 0; w == 0 && n < MAX;)
			n += enter(p, w, 0) >= 0;
		_exit(0);
	}
	for (unsigned w = 0; w < WORKERS; w++) {
		int status = 1;
		assert_int_equal(waitpid(pid[w], &status, 0), pid[w]);
		assert_int_equal(status, 0);
	}
	assert_int_equal(enter(p, 1, 0), NI_HD_CROWDED);
	ni_hd_peers_forget(p, 0);
	ni_hd_peers_forget(p, 0);
	for (unsigned a = 0; a < ADDRESSES; a++) {
		for (unsigned i = 0; i < MAX; i++)
			assert_true(enter(p, i % WORKERS, a) >= 0);
		assert_int_equal(enter(p, 0, a), NI_HD_CROWDED);
	}
	ni_hd_peers_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits),
	    cmocka_unit_test(full),
	    cmocka_unit_test(processes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
