/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live capture, in a network namespace of its own. Needs root, or the right to make user
 * namespaces; else it is skipped (exit status 77).
 */
#include "test_capture_util.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "capture/iflist.h"
#include "capture/writer.h"

enum { PORT = 7788 };

static char told[512]; /* what notice() was told last */

static void
notice(void *ctx, const struct ni_err *what)
{
	(void)ctx;
	snprintf(told, sizeof(told), "%s", what->what);
}

static bool
set_up(const char *name)
{
	struct ifreq r = {0};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	bool ok = ioctl(s, SIOCGIFFLAGS, &r) == 0;
	r.ifr_flags |= IFF_UP;
	ok = ok && ioctl(s, SIOCSIFFLAGS, &r) == 0;
	close(s);
	return ok;
}

/* Send @n datagrams to ourselves. */
static void
send_udp(int n)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < n; i++) {
		char text[32];
		int len = snprintf(text, sizeof(text), "datagram %d", i);
		sendto(s, text, (size_t)len, 0, (struct sockaddr *)&to, sizeof(to));
	}
	close(s);
}

static struct ni_source *
open_live(const char *const *ifaces, size_t n, const char *filter)
{
	struct ni_live_options o = {
	    .ifaces = ifaces, .n_ifaces = n, .filter = filter, .buffer_mib = 8, .notice = notice};
	struct ni_source *s;
	struct ni_err err;
	told[0] = '\0';
	if (ni_source_open_live(&s, &o, &err) < 0)
		fail_msg("%s", err.what);
	return s;
}

static const char *const lo[] = {"lo"};

static void
pause_ms(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
	nanosleep(&t, NULL);
}

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Two packets, and the stop 0.1 s later, or none: both are seen. */
static void
stopping_loses_nothing(void **state)
{
	(void)state;
	for (int pause = 0; pause <= 100; pause += 50) {
		struct got g = {0};
		struct ni_source *s = open_live(lo, 1, "udp port 7788");
		send_udp(2);
		pause_ms(pause);
		ni_source_break(s);
		/* These came too late. */
		pause_ms(1);
		double start = now();
		read_some(s, &g, 100);
		assert_int_equal(g.last, NI_SOURCE_END);
		assert_int_equal(g.n, 2);
		assert_int_equal(g.f[0].linktype, 1);
		assert_string_equal(g.f[0].ifname, "lo");
		assert_int_equal(g.f[0].cap, 14 + 20 + 8 + 10);
		assert_true(now() - start < 1);
		ni_source_close(&s);
	}
}

static void
counts(void **state)
{
	(void)state;
	struct got g = {0};
	struct ni_source *s = open_live(lo, 1, "udp port 7788");
	for (int i = 0; i < 20; i++) {
		send_udp(1000);
		ni_source_set_wait(s, 0);
		read_some(s, &g, 1);
	}
	ni_source_break(s);
	read_some(s, &g, 1000);
	while (g.last == NI_SOURCE_IDLE)
		read_some(s, &g, 1000);
	assert_int_equal(g.n, 20000);
	ni_source_stats(s, &g.stats);
	assert_int_equal(g.stats.captured, 20000);
	assert_int_equal(g.stats.dropped, 0);
	/* On loopback the kernel counts a packet when it leaves and when it arrives. */
	assert_int_equal(g.stats.received, 40000);
	struct ni_source_info info;
	ni_source_info(s, &info);
	assert_string_equal(info.name, "lo");
	assert_true(info.live);
	assert_int_equal(ni_source_iface(s, 0)->snaplen, 262144);
	ni_source_close(&s);
}

static atomic_bool flooding;

static void *
flood(void *arg)
{
	while (atomic_load(&flooding))
		send_udp(100);
	return arg;
}

static void
stops_under_load(void **state)
{
	(void)state;
	struct got g = {0};
	pthread_t t;
	struct ni_source *s = open_live(lo, 1, NULL);
	atomic_store(&flooding, true);
	assert_int_equal(pthread_create(&t, NULL, flood, NULL), 0);
	double start = now();
	while (now() - start < 0.2) {
		struct ni_frame f;
		assert_true(ni_source_next(s, &f, &g.err) >= 0);
	}
	ni_source_break(s);
	start = now();
	struct ni_frame f;
	while ((g.last = ni_source_next(s, &f, &g.err)) != NI_SOURCE_END)
		assert_true(g.last >= 0);
	assert_true(now() - start < 3);
	atomic_store(&flooding, false);
	pthread_join(t, NULL);
	ni_source_close(&s);
}

static void
polls(void **state)
{
	(void)state;
	struct got g = {0};
	struct ni_source *s = open_live(lo, 1, "udp port 7788");
	ni_source_set_wait(s, 0);
	read_some(s, &g, 1);
	assert_int_equal(g.n, 0);
	struct timeval wait = {1, 0};
	fd_set set;
	FD_ZERO(&set);
	FD_SET(ni_source_fd(s), &set);
	send_udp(1);
	double start = now();
	assert_int_equal(select(ni_source_fd(s) + 1, &set, NULL, NULL, &wait), 1);
	/* Soon enough for somebody who watches. */
	assert_true(now() - start < 0.2);
	read_some(s, &g, 1);
	assert_int_equal(g.n, 1);
	ni_source_close(&s);
}

static void
any_interface(void **state)
{
	(void)state;
	static const char *const any[] = {"any"};
	struct got g = {0};
	struct ni_source *s = open_live(any, 1, "udp port 7788");
	send_udp(1);
	ni_source_break(s);
	read_some(s, &g, 100);
	/* Out and in. */
	assert_in_range(g.n, 1, 2);
	assert_int_equal(g.f[0].linktype, 276);
	assert_int_equal(told[0], '\0');
	ni_source_close(&s);
}

static void
refusals(void **state)
{
	(void)state;
	static const struct {
		const char *ifaces[2];
		size_t n;
		const char *filter;
		const char *linktype;
		const char *error;
		const char *hint;
	} v[] = {
	    {{"l0"}, 1, NULL, NULL, "l0: no such interface", "did you mean lo?"},
	    {{"lo", "lo"}, 2, NULL, NULL, "lo: given twice", ""},
	    {{"lo"}, 1, "tcp prot 1", NULL, "syntax error at 'prot'", ""},
	    {{"lo"}, 1, NULL, "FOO", "link type 'FOO': unknown", "-L"},
	    {{"lo"}, 1, NULL, "PPP", "lo: does not offer link type PPP", "-L"},
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct ni_live_options o = {.ifaces = v[i].ifaces,
					    .n_ifaces = v[i].n,
					    .filter = v[i].filter,
					    .linktype = v[i].linktype,
					    .buffer_mib = 1};
		struct ni_source *s;
		struct ni_err err;
		assert_int_equal(ni_source_open_live(&s, &o, &err), NI_ERR_INPUT);
		assert_null(s);
		if (!strstr(err.what, v[i].error) || !strstr(err.hint, v[i].hint))
			fail_msg("%s (%s)", err.what, err.hint);
	}
}

static void
link_type_list(void **state)
{
	(void)state;
	struct ni_linktypes *t;
	struct ni_err err;
	assert_int_equal(ni_linktypes_get(&t, "any", &err), 0);
	assert_true(t->n >= 2);
	assert_string_equal(t->entries[0].name, "LINUX_SLL2");
	ni_linktypes_free(&t);
	assert_null(t);
}

/* ---- two ends of a cable ---- */

static bool
make_cable(void)
{
	return system("ip link add na type veth peer name nb 2>/dev/null") == 0 && set_up("na") &&
	       set_up("nb");
}

static void
send_raw(const char *iface, int n)
{
	static const uint8_t frame[60] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5};
	int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_halen = 6};
	to.sll_ifindex = (int)if_nametoindex(iface);
	for (int i = 0; i < n; i++) {
		sendto(s, frame, sizeof(frame), 0, (struct sockaddr *)(void *)&to, sizeof(to));
		pause_ms(1);
	}
	close(s);
}

static void
merges_by_time(void **state)
{
	(void)state;
	static const char *const both[] = {"nb", "na"};
	struct got g = {0};
	if (!make_cable())
		skip();
	struct ni_source *s = open_live(both, 2, "ether proto 0x88b5");
	send_raw("na", 15);
	ni_source_break(s);
	read_some(s, &g, 100);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_int_equal(g.n, 30);
	for (int i = 0; i < 30; i++) {
		/* It leaves by one end before it arrives at the other. */
		assert_string_equal(g.f[i].ifname, i % 2 ? "nb" : "na");
		assert_int_equal(g.f[i].iface, i % 2 ? 0 : 1);
		if (i > 0)
			assert_true(g.f[i].ts_ns >= g.f[i - 1].ts_ns);
	}
	ni_source_close(&s);
	assert_int_equal(system("ip link del na"), 0);
}

static void
survives_a_vanishing_interface(void **state)
{
	(void)state;
	static const char *const both[] = {"na", "lo"};
	struct got g = {0};
	if (!make_cable())
		skip();
	struct ni_source *s = open_live(both, 2, "ether proto 0x88b5 or udp port 7788");
	send_raw("na", 1);
	assert_int_equal(system("ip link del na"), 0);
	read_some(s, &g, 5);
	assert_string_equal(told, "na: the interface disappeared");
	send_udp(1);
	ni_source_break(s);
	read_some(s, &g, 100);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_int_equal(g.n, 2);
	ni_source_close(&s);
}

static void
ends_with_its_only_interface(void **state)
{
	(void)state;
	static const char *const one[] = {"na"};
	struct got g = {0};
	if (!make_cable())
		skip();
	struct ni_source *s = open_live(one, 1, "ether proto 0x88b5");
	send_raw("na", 2);
	assert_int_equal(system("ip link set na down; ip link set na up"), 0);
	send_raw("na", 1);
	assert_int_equal(system("ip link del na"), 0);
	read_some(s, &g, 100);
	assert_int_equal(g.n, 3);
	assert_error(&g, NI_ERR_RUN, "na: the capture ended");
	ni_source_close(&s);
}

static void
writes_counters(void **state)
{
	(void)state;
	struct ni_frame f;
	struct memfile m;
	put_file(&m, NULL, 0);
	struct ni_source *s = open_live(lo, 1, "udp port 7788");
	struct ni_writer_options o = {.fd = m.fd, .input = s};
	struct ni_writer *w;
	struct got g = {0};
	assert_int_equal(ni_writer_open(&w, &o, &g.err), 0);
	send_udp(5);
	ni_source_break(s);
	while ((g.last = ni_source_next(s, &f, &g.err)) != NI_SOURCE_END) {
		if (g.last == NI_SOURCE_FRAME)
			assert_int_equal(ni_writer_put(w, &f, &g.err), NI_WRITER_GO);
	}
	assert_int_equal(ni_writer_close(&w, &g.err), 0);
	ni_source_close(&s);
	struct ni_file_options in = {.path = m.path};
	memset(&g, 0, sizeof(g));
	assert_int_equal(ni_source_open_file(&s, &in, &g.err), 0);
	read_some(s, &g, 1);
	assert_int_equal(g.n, 5);
	assert_string_equal(g.f[0].ifname, "lo");
	assert_int_equal(ni_source_iface(s, 0)->received, 10);
	assert_int_equal(ni_source_iface(s, 0)->ts_digits, 9);
	ni_source_close(&s);
	drop_file(&m);
}

static bool
enter_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (s < 0)
		return false;
	close(s);
	return set_up("lo");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stopping_loses_nothing),
	    cmocka_unit_test(counts),
	    cmocka_unit_test(stops_under_load),
	    cmocka_unit_test(polls),
	    cmocka_unit_test(any_interface),
	    cmocka_unit_test(refusals),
	    cmocka_unit_test(link_type_list),
	    cmocka_unit_test(merges_by_time),
	    cmocka_unit_test(survives_a_vanishing_interface),
	    cmocka_unit_test(ends_with_its_only_interface),
	    cmocka_unit_test(writes_counters),
	};
	if (!enter_namespace()) {
		puts("skipped: neither root nor user namespaces with packet sockets here");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
