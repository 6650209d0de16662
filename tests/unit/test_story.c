/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The story of a page load: networks, ways, and sentences that captures/ has no case for. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/err.h"
#include "story.h"

static struct ni_addr
ip(const char *text)
{
	struct ni_addr a;
	assert_true(ni_addr_parse(&a, text));
	return rp_addr_key(&a);
}

static void
networks(void **state)
{
	(void)state;
	static const char *const wrong[] = {"",
					    "/",
					    "10.0.0.0",
					    "10.0.0.0/",
					    "10.0.0.0/33",
					    "10.0.0/8",
					    "10.0.0.0/-1",
					    "10.0.0.0/8x",
					    "2001:db8::/129",
					    "x/8",
					    "10.0.0.0/+8",
					    "10.0.0.0/ 8"};
	static const struct {
		const char *net, *addr;
		bool in;
	} table[] = {
	    {"10.0.0.0/8", "10.255.0.1", true},
	    {"10.0.0.0/8", "11.0.0.1", false},
	    {"192.168.7.128/25", "192.168.7.200", true},
	    {"192.168.7.128/25", "192.168.7.1", false},
	    {"192.168.7.10/24", "192.168.7.1", true},
	    {"1.2.3.4/32", "1.2.3.4", true},
	    {"1.2.3.4/32", "1.2.3.5", false},
	    {"0.0.0.0/0", "9.9.9.9", true},
	    {"0.0.0.0/0", "::1", false},
	    {"2001:db8::/32", "2001:db8:7::1", true},
	    {"2001:db8::/128", "2001:db8::1", false},
	};
	struct ni_net net;
	struct ni_err err;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(ni_net_parse(&net, wrong[i], &err), NI_ERR_INPUT);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct ni_addr a = ip(table[i].addr);
		assert_int_equal(ni_net_parse(&net, table[i].net, &err), 0);
		assert_int_equal(ni_net_has(&net, &a), table[i].in);
	}
}

/* What is said of the way from 10.1.0.5, with a lease of @bits if not 0. */
static const char *
way(const char *net_text, unsigned bits, const char *to_text)
{
	static char words[1024];
	struct ni_buf b = ni_buf(words, sizeof(words));
	struct ni_net net = {.bits = 0};
	struct ni_story s;
	struct ni_addr key[2] = {ip("10.1.0.5"), ip(to_text)};
	if (net_text)
		assert_int_equal(ni_net_parse(&net, net_text, NULL), 0);
	ni_story_init(&s, &net);
	if (bits) {
		struct ni_story_lease *l = rp_list_add(&s.leases);
		assert_non_null(l);
		*l = (struct ni_story_lease){key[0], (uint8_t)bits, ip("10.1.0.1"), 4};
	}
	struct ni_story_hop *h = rp_map_get(&s.hops, key);
	assert_non_null(h);
	memcpy(h->mac, "\2\0\0\0\0\1", 6);
	struct ni_arp_event *a = rp_list_add(&s.arp);
	assert_non_null(a);
	*a = (struct ni_arp_event){.kind = NI_ARP_ANSWERED, .mac = {2, 0, 0, 0, 0, 1}};
	a->ip = ip("10.1.0.1");
	ni_story_say_way(&s, &b, &key[0], &key[1]);
	ni_story_free(&s);
	return ni_buf_z(&b);
}

static void
ways(void **state)
{
	(void)state;
	assert_string_equal(way(NULL, 0, "10.1.0.1"),
			    "Packets for 10.1.0.1 go straight to its own MAC address "
			    "02:00:00:00:00:01.");
	assert_string_equal(
	    way(NULL, 24, "10.2.0.1"),
	    "10.2.0.1 is in another network: the first 24 bits are not those of its "
	    "address 10.1.0.5 (mask from DHCP, frame 4). Packets for 10.2.0.1 go to "
	    "the MAC address 02:00:00:00:00:01 of the gateway 10.1.0.1, which passes "
	    "them on.");
	assert_string_equal(way(NULL, 8, "10.1.0.1"),
			    "10.1.0.1 is in its own network: the first 8 bits are those of its "
			    "address 10.1.0.5 (mask from DHCP, frame 4). Packets for 10.1.0.1 go "
			    "straight to its own MAC address 02:00:00:00:00:01.");
	/* What the user says goes before what DHCP said, if it is about this client. */
	assert_non_null(strstr(way("10.1.0.0/16", 8, "10.2.0.1"), "given with --net"));
	assert_non_null(strstr(way("10.9.0.0/16", 8, "10.2.0.1"), "mask from DHCP"));
	assert_null(strstr(way("10.9.0.0/16", 0, "10.2.0.1"), "network"));
}

static const char *
neighbour(const struct ni_arp_event *e)
{
	static char words[1024];
	struct ni_buf b = ni_buf(words, sizeof(words));
	ni_story_say_arp(&b, e);
	return ni_buf_z(&b);
}

static void
neighbours(void **state)
{
	(void)state;
	struct ni_arp_event e = {.kind = NI_ARP_ANSWERED,
				 .mac = {2, 0, 0, 0, 0, 1},
				 .ip = ip("10.1.0.1"),
				 .request_frame = 5,
				 .reply_frame = 6,
				 .rtt_ns = 1500000};
	assert_string_equal(
	    neighbour(&e), "It does not know the MAC address of 10.1.0.1 and asks everybody in its "
			   "network by broadcast (frame 5). 1.50 ms later the owner answers it "
			   "alone, by unicast: 02:00:00:00:00:01 (frame 6).");
	e.known = true;
	assert_string_equal(neighbour(&e),
			    "It asks everybody in its network once more by broadcast who has "
			    "10.1.0.1 (frame 5). 1.50 ms later the owner answers it alone, by "
			    "unicast: 02:00:00:00:00:01 (frame 6).");
	e.alone = true;
	assert_string_equal(neighbour(&e),
			    "It makes sure that 10.1.0.1 is still at its MAC address: it asks that "
			    "host alone, by unicast (frame 5). 1.50 ms later the answer comes: "
			    "02:00:00:00:00:01 (frame 6).");
	e.kind = NI_ARP_UNANSWERED;
	assert_string_equal(neighbour(&e),
			    "It asks 10.1.0.1 alone, by unicast, whether it is still "
			    "there (frame 5), but no answer was seen.");
	e.alone = false;
	assert_non_null(strstr(neighbour(&e), "by broadcast who has 10.1.0.1"));
}

static void
lookups(void **state)
{
	(void)state;
	char words[1024];
	struct ni_story_dns q = {.client = ip("10.1.0.5"),
				 .server = ip("10.1.0.1"),
				 .query_frame = 3,
				 .response_frame = 5,
				 .rtt_ns = 1500000,
				 .rcode = 3,
				 .type = "A",
				 .name = "no\033[2J.test",
				 .rcode_name = "No such name"};
	struct ni_buf b = ni_buf(words, sizeof(words));
	ni_story_say_dns(&b, &q);
	assert_string_equal(ni_buf_z(&b),
			    "It asks the DNS server 10.1.0.1 for the A record of no\\x1b[2J.test "
			    "(frame 3); 1.50 ms later the answer is an error: No such name "
			    "(frame 5).");
	b.len = 0;
	q.rtt_ns = -1;
	ni_story_say_dns(&b, &q);
	assert_non_null(strstr(ni_buf_z(&b), "no answer was seen"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(networks), cmocka_unit_test(ways),
					   cmocka_unit_test(lookups), cmocka_unit_test(neighbours)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
