/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the keeper of rights believes of what a view says, and the list it shows to views. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper.h"

static char lo[] = "lo", eth0[] = "eth0", about[] = "a card";
static struct ni_ifaddr addrs[2] = {{"192.0.2.1/24"}, {"02:00:00:00:00:01"}};
static struct ni_ifentry entries[] = {
    {.number = 1, .name = eth0, .description = about, .up = true, .addrs = addrs, .n_addrs = 2},
    {.number = 2, .name = lo, .loopback = true, .up = true, .running = true},
};
static const struct ni_iflist list = {.entries = entries, .n = 2};

static struct ni_wish
wish(const char *a, const char *b)
{
	struct ni_wish w;
	memset(&w, 0, sizeof(w));
	for (; a; a = b, b = NULL)
		strncpy(w.iface[w.n++], a, NI_WISH_NAME - 1);
	return w;
}

static void
test_wishes(void **state)
{
	struct ni_err err = {.what = ""};
	struct ni_wish w = wish("eth0", "lo");
	(void)state;
	assert_true(ni_wish_check(&w, &list, &err));
	w = wish("eth0", "eth");
	assert_false(ni_wish_check(&w, &list, &err));
	assert_string_equal(err.what, "eth: no such interface");
	w = wish("/etc/passwd\033[2J", NULL);
	assert_false(ni_wish_check(&w, &list, &err));
	assert_null(strchr(err.what, '\033'));
}

static void
test_wishes_that_do_not_end(void **state)
{
	(void)state;
	struct ni_wish w = wish("eth0", NULL);
	memset(w.filter, 'x', sizeof(w.filter));
	assert_false(ni_wish_check(&w, &list, NULL));
	w = wish("eth0", NULL);
	memset(w.display, 'x', sizeof(w.display));
	assert_false(ni_wish_check(&w, &list, NULL));
	w = wish("eth0", NULL);
	memset(w.settings, 'x', sizeof(w.settings));
	assert_false(ni_wish_check(&w, &list, NULL));
	w = wish("eth0", NULL);
	memset(w.iface[0], 'x', sizeof(w.iface[0]));
	assert_false(ni_wish_check(&w, &list, NULL));
	w = wish("eth0", NULL);
	w.n = 0;
	assert_false(ni_wish_check(&w, &list, NULL));
	w.n = NI_WISH_IFACES + 1;
	assert_false(ni_wish_check(&w, &list, NULL));
	w.n = UINT32_MAX;
	assert_false(ni_wish_check(&w, &list, NULL));
}

static void
test_list(void **state)
{
	struct ni_keeper_list *shared = calloc(1, sizeof(*shared));
	(void)state;
	assert_non_null(shared);
	ni_keeper_publish(shared, &list);
	struct ni_iflist *l = ni_keeper_published(shared);
	assert_non_null(l);
	assert_int_equal(l->n, 2);
	assert_string_equal(l->entries[0].name, "eth0");
	assert_string_equal(l->entries[0].description, "a card");
	assert_int_equal(l->entries[0].n_addrs, 2);
	assert_string_equal(l->entries[0].addrs[1].text, "02:00:00:00:00:01");
	assert_true(l->entries[0].up);
	assert_false(l->entries[0].running);
	assert_int_equal(l->entries[1].number, 2);
	assert_true(l->entries[1].loopback);
	assert_null(l->entries[1].description);
	ni_iflist_free(&l);
	free(shared);
}

/* A view that has gone mad writes where another one reads. */
static void
test_list_scribbled(void **state)
{
	struct ni_keeper_list *shared = malloc(sizeof(*shared));
	(void)state;
	assert_non_null(shared);
	memset(shared, 0xff, sizeof(*shared));
	struct ni_iflist *l = ni_keeper_published(shared);
	assert_non_null(l);
	assert_int_equal(l->n, NI_KEEPER_IFACES);
	assert_int_equal(strlen(l->entries[0].name), NI_WISH_NAME - 1);
	assert_int_equal(l->entries[0].n_addrs, NI_KEEPER_ADDRESSES);
	assert_true(strlen(l->entries[0].addrs[0].text) < sizeof(l->entries[0].addrs[0].text));
	ni_iflist_free(&l);
	free(shared);
}

static void
test_messages(void **state)
{
	struct ni_keeper_msg m;
	int pair[2];
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(ni_keeper_take(pair[1], &m, false), 0);
	assert_true(ni_keeper_tell(pair[0], NI_KEEPER_LEFT));
	assert_int_equal(ni_keeper_take(pair[1], &m, false), 1);
	assert_int_equal(m.kind, NI_KEEPER_LEFT);
	assert_int_equal(send(pair[0], "x", 1, 0), 1);
	assert_int_equal(ni_keeper_take(pair[1], &m, true), -1);
	/* Whoever does not read does not hold the other up. */
	unsigned n = 0;
	while (ni_keeper_tell(pair[0], NI_KEEPER_LIST))
		n++;
	assert_true(n > 1);
	close(pair[0]);
	while (n--)
		assert_int_equal(ni_keeper_take(pair[1], &m, true), 1);
	assert_int_equal(ni_keeper_take(pair[1], &m, true), -1);
	assert_false(ni_keeper_tell(pair[1], NI_KEEPER_GO));
	close(pair[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_wishes),   cmocka_unit_test(test_wishes_that_do_not_end),
	    cmocka_unit_test(test_list),     cmocka_unit_test(test_list_scribbled),
	    cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
