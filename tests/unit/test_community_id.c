/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Community ID against the vectors that its specification publishes. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/community_id.h"

struct vector {
	uint8_t ipproto;
	const char *from, *to;
	uint16_t port[2]; /* of ICMP: type and code */
	const char *id;
};

/* clang-format off */
static const struct vector vectors[] = {
	/* the baseline of the specification */
	{58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", {135, 0},
		"1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
	{58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", {136, 0},
		"1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
	{58, "fe80::260:97ff:fe07:69ea", "fe80::200:86ff:fe05:80da", {135, 0},
		"1:zavyT/cezQr1fmImYCwYnMXbgck="},
	{58, "fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", {136, 0},
		"1:zavyT/cezQr1fmImYCwYnMXbgck="},
	{58, "3ffe:501:1800:2345::2", "3ffe:507:0:1:200:86ff:fe05:80da", {3, 0},
		"1:2ObVBgIn28oZvibYZhZMBgh7WdQ="},
	{58, "3ffe:501:410:0:2c0:dfff:fe47:33e", "3ffe:507:0:1:200:86ff:fe05:80da", {1, 4},
		"1:hLZd0XGWojozrvxqE0dWB1iM6R0="},
	{58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:501:0:1001::2", {128, 0},
		"1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="},
	{58, "3ffe:501:0:1001::2", "3ffe:507:0:1:200:86ff:fe05:80da", {129, 0},
		"1:+TW+HtLHvV1xnGhV1lv7XoJrqQg="},
	{58, "fe80::200:86ff:fe05:80da", "ff02::2", {133, 0}, "1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0="},
	{58, "fe80::260:97ff:fe07:69ea", "ff02::1", {134, 0}, "1:pkvHqCL88/tg1k4cPigmZXUtL00="},
	{1, "192.168.0.89", "192.168.0.1", {8, 0}, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
	{1, "192.168.0.1", "192.168.0.89", {0, 8}, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
	{1, "10.0.0.1", "10.0.0.2", {11, 0}, "1:YHxtAirCG//0OzkcVAukqKQN9xM="},
	{6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", {63943, 25},
		"1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
	{6, "2607:f8b0:400c:c03::1a", "2001:470:e5bf:dead:4957:2174:e82c:4887", {25, 63943},
		"1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
	{132, "192.168.170.8", "192.168.170.56", {7, 7}, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="},
	{132, "192.168.170.56", "192.168.170.8", {7, 7}, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="},
	{6, "128.232.110.120", "66.35.250.204", {34855, 80}, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
	{6, "66.35.250.204", "128.232.110.120", {80, 34855}, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
	{17, "192.168.1.52", "8.8.8.8", {54585, 53}, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
	{17, "8.8.8.8", "192.168.1.52", {53, 54585}, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
	{46, "10.1.12.1", "10.1.12.2", {0, 0}, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="},
	{46, "10.1.12.2", "10.1.12.1", {1, 2}, "1:KHlLkgoJW7ifUTyTSgyVfkFHzKw="},
	/* those of its Python implementation */
	{1, "192.168.0.89", "192.168.0.1", {20, 0}, "1:3o2RFccXzUgjl7zDpqmY7yJi8rI="},
	{1, "192.168.0.89", "192.168.0.1", {20, 1}, "1:tz/fHIDUHs19NkixVVoOZywde+I="},
	{1, "192.168.0.1", "192.168.0.89", {0, 20}, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
	{58, "3ffe:507:0:1:260:97ff:fe07:69ea", "3ffe:507:0:1:200:86ff:fe05:80da", {3, 0},
		"1:NdobDX8PQNJbAyfkWxhtL2Pqp5w="},
	{58, "3ffe:507:0:1:200:86ff:fe05:80da", "3ffe:507:0:1:260:97ff:fe07:69ea", {3, 0},
		"1:/OGBt9BN1ofenrmSPWYicpij2Vc="},
	{132, "192.168.170.8", "192.168.170.56", {7, 80}, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
	{132, "192.168.170.56", "192.168.170.8", {80, 7}, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
	{6, "10.0.0.1", "10.0.0.2", {10, 11569}, "1:SXBGMX1lBOwhhoDrZynfROxnhnM="},
	{46, "10.1.24.4", "10.1.12.1", {0, 0}, "1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4="},
};
/* clang-format on */

static struct ni_addr
address(const char *s)
{
	struct ni_addr a = {.len = strchr(s, ':') ? 16 : 4};
	assert_int_equal(inet_pton(a.len == 16 ? AF_INET6 : AF_INET, s, a.b), 1);
	return a;
}

static void
published(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		struct ni_addr ends[2] = {address(v->from), address(v->to)};
		char id[NI_COMMUNITY_ID];
		assert_true(ni_community_id(id, ends, v->port, v->ipproto));
		assert_string_equal(id, v->id);
	}
}

/* Ends that differ by their ports alone: the smaller goes first. */
static void
same_address(void **state)
{
	struct ni_addr ends[2] = {address("127.0.0.1"), address("127.0.0.1")};
	const uint16_t forth[2] = {80, 40000};
	const uint16_t back[2] = {40000, 80};
	char a[NI_COMMUNITY_ID];
	char b[NI_COMMUNITY_ID];
	(void)state;
	assert_true(ni_community_id(a, ends, forth, 6));
	assert_true(ni_community_id(b, ends, back, 6));
	assert_string_equal(a, b);
	assert_true(ni_community_id(b, ends, back, 17));
	assert_string_not_equal(a, b);
}

static void
no_addresses(void **state)
{
	struct ni_addr ends[2] = {address("127.0.0.1"), address("::1")};
	const uint16_t port[2] = {1, 2};
	char id[NI_COMMUNITY_ID] = "x";
	(void)state;
	assert_false(ni_community_id(id, ends, port, 6));
	assert_string_equal(id, "");
	ends[0].len = ends[1].len = 6;
	assert_false(ni_community_id(id, ends, port, 6));
}

/* An echo's ports in the table are its identifier, which is no part of the Community ID. */
static void
of_a_conversation(void **state)
{
	struct ni_conn c = {.ipproto = 1, .port = {77, 77}};
	char id[NI_COMMUNITY_ID];
	(void)state;
	c.addr[0] = address("192.168.0.89");
	c.addr[1] = address("192.168.0.1");
	assert_true(ni_conn_community_id(id, &c));
	assert_string_equal(id, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
	c = (struct ni_conn){.ipproto = 58, .port = {77, 77}};
	c.addr[0] = address("3ffe:507:0:1:200:86ff:fe05:80da");
	c.addr[1] = address("3ffe:501:0:1001::2");
	assert_true(ni_conn_community_id(id, &c));
	assert_string_equal(id, "1:+TW+HtLHvV1xnGhV1lv7XoJrqQg=");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published),
	    cmocka_unit_test(same_address),
	    cmocka_unit_test(no_addresses),
	    cmocka_unit_test(of_a_conversation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
