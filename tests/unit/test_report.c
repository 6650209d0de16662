/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text report, from made-up frames and events: what it says, that it is never wider than the
 * page, that nothing from the wire reaches a terminal raw, and that whatever is bounded says so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report_bench.h"

/* ---- sections ---- */

static void
nothing_at_all(void **state)
{
	(void)state;
	begin(false);
	input.problem = "cut at packet 0\033[2J";
	end();
	has("── Capture ──");
	has("x.pcap, pcap");
	has("none");
	has("cut at packet 0\\x1b[2J");
	assert_null(strstr(flat, "Nothing:"));
	assert_null(strstr(flat, "TCP"));
}

static void
a_connection_on_the_blackboard(void **state)
{
	struct ni_conn c = good_conn(0);
	(void)state;
	begin(false);
	frame(1, 60, NULL);
	end_conn(&c);
	end();
	has("Nothing: 1 TCP connection, and no error among them.");
	assert_non_null(strstr(text,
			       "\n#0  10.9.0.1:40000 → 10.9.0.2:80  http  890 ms  6+5 packets\n"
			       "  opening\n"
			       "       1  -0.001000  client → server  SYN      seq=11\n"
			       "       2   0.011000  server → client  SYN,ACK  seq=44\n"
			       "                                               ack=12 = 11 + 1\n"
			       "       3   0.023000  client → server  ACK      ack=45 = 44 + 1"));
	has("three-way handshake in 24.0 ms");
	has("58 B client → server, 279 B server → client; 1 request: a short connection");
	has("10 0.512000 server → client FIN,ACK seq=324 11 ");
	has("closed by the client first, 4 segments (FIN, ACK, FIN, ACK); the client waits in "
	    "TIME_WAIT Zeek");
	has("ShADadFf");
}

/* With one direction captured nobody knows whether the other side closed. */
static void
one_direction_is_no_half_close(void **state)
{
	struct ni_conn c = good_conn(7);
	(void)state;
	c.close = NI_CLOSE_HALF_CLOSED;
	c.packets[NI_SERVER] = 0;
	begin(false);
	frame(1, 60, NULL);
	end_conn(&c);
	end();
	has("closed by the client; the other direction was not captured");
	assert_null(strstr(text, "half-closed: only"));
}

/* Every way to open and to close says its piece and fits the page. */
static void
every_verdict(void **state)
{
	static const char *const opens[] = {
	    [NI_OPEN_NONE] = "too little was seen",
	    [NI_OPEN_3WAY] = "three-way handshake",
	    [NI_OPEN_SIMULTANEOUS] = "simultaneous open",
	    [NI_OPEN_FAST] = "TCP Fast Open",
	    [NI_OPEN_REFUSED] = "refused: the SYN was answered by RST",
	    [NI_OPEN_NO_ANSWER] = "no answer after 4 SYNs in 890 ms",
	    [NI_OPEN_HALF_OPEN] = "half-open: the ACK",
	    [NI_OPEN_ABORTED] = "aborted: the client sent RST",
	    [NI_OPEN_MID_STREAM] = "the capture begins when it is open already",
	    [NI_OPEN_STRAY] = "no connection: nothing",
	};
	static const char *const closes[] = {
	    [NI_CLOSE_NONE] = "",
	    [NI_CLOSE_OPEN] = "still open when the capture ends (client TIME_WAIT,",
	    [NI_CLOSE_4WAY] = "4 segments (FIN, ACK, FIN, ACK)",
	    [NI_CLOSE_3SEGMENT] = "3 segments (FIN, FIN+ACK, ACK)",
	    [NI_CLOSE_SIMULTANEOUS] = "closed by both sides at once",
	    [NI_CLOSE_RESET] = "reset by the server in ESTABLISHED",
	    [NI_CLOSE_HALF_CLOSED] = "half-closed: only one FIN was seen, the client's",
	    [NI_CLOSE_TIMEOUT] = "given up here: it fell silent",
	};
	(void)state;
	for (unsigned o = 0; o < sizeof(opens) / sizeof(opens[0]); o++) {
		for (unsigned k = 0; k < sizeof(closes) / sizeof(closes[0]); k++) {
			struct ni_conn c = good_conn(7);
			c.open = (uint8_t)o;
			c.close = (uint8_t)k;
			c.reset_by = NI_SERVER;
			c.reset_state = NI_TCP_ESTABLISHED;
			c.syn_repeats = 3;
			begin(false);
			frame(1, 60, NULL);
			end_conn(&c);
			end();
			has(opens[o]);
			has(closes[k]);
		}
	}
}

static void
troubles_come_first(void **state)
{
	(void)state;
	begin(false);
	frame(5000, 60, NULL);
	for (uint32_t i = 0; i < 5; i++) {
		struct ni_conn c = refused_conn(i);
		c.port[0] = (uint16_t)(40000 + i);
		c.opening[1].frame = 2 + i;
		end_conn(&c);
	}
	struct ni_http_exchange x = exchange(9, 404);
	end_exchange(&x);
	snprintf(x.uri, sizeof(x.uri), "/other");
	end_exchange(&x);
	x.status = 503;
	end_exchange(&x);
	x.status = 0;
	x.response_frame = x.response_first = 0;
	end_exchange(&x);
	end();
	has(" 5 refused 10.9.0.2:80 2, 3, 4 …");
	has(" 1 HTTP 503 Unavailable www.example.org/other 6 ");
	has(" 1 HTTP without response www.example.org/other 4 ");
	has(" 2 HTTP 404 Not Found www.example.org, several 6 ");
	assert_true(strstr(text, "did not end well") < strstr(text, "TCP connections"));
	assert_true(strstr(text, "503") < strstr(text, "404"));
}

static void
every_trouble_has_a_name(void **state)
{
	struct rp_bad bad = {0};
	struct rp_seen seen = {0};
	(void)state;
	begin(true);
	struct rp_page page = rp_page(&out);
	bool no_memory = false;
	struct rp_ctx ctx = {.page = &page, .full = true, .no_memory = &no_memory};
	for (uint32_t k = 1; k < RP_NBAD; k++) {
		struct rp_case c = {.key = {.kind = k}, .name = "here"};
		rp_bad_add(&bad, &c);
	}
	rp_bad_write(&bad, &ctx, &seen);
	rp_bad_free(&bad);
	end();
	assert_int_equal(count("  here\n"), RP_NBAD - 1);
	assert_null(strstr(text, "    1  here"));
}

static void
dhcp_and_ntp_that_failed(void **state)
{
	struct ni_dhcp_exchange lease = {.outcome = NI_DHCP_REFUSED, .total = 2, .last_frame = 8};
	struct ni_ntp_exchange hour = {.rtt_ns = -1, .server_port = 123, .request_frame = 9};
	struct ni_event e = {.kind = NI_EV_DHCP, .dhcp = &lease};
	(void)state;
	lease.last.mac = (struct ni_addr){6, {2, 0, 0, 0, 0, 9}};
	lease.frame[0] = 7;
	hour.client = (struct ni_addr){4, {10, 9, 0, 1}};
	hour.server = (struct ni_addr){4, {10, 9, 0, 2}};
	begin(false);
	frame(5000, 60, NULL);
	sink->ops->event(sink, &e);
	lease.outcome = NI_DHCP_SILENT;
	sink->ops->event(sink, &e);
	lease.outcome = NI_DHCP_ACKNOWLEDGED;
	sink->ops->event(sink, &e);
	e = (struct ni_event){.kind = NI_EV_NTP, .ntp = &hour};
	sink->ops->event(sink, &e);
	hour.rtt_ns = 5;
	sink->ops->event(sink, &e);
	end();
	has(" 1 DHCP refused 02:00:00:00:00:09 8 ");
	has(" 1 DHCP without answer 02:00:00:00:00:09 7 ");
	has(" 1 NTP without answer 10.9.0.1:0 → 10.9.0.2:123 9 ");
	has("── DHCP leases ");
}

static void
silence_at_the_very_end_is_no_trouble(void **state)
{
	struct ni_conn c = refused_conn(0);
	struct ni_http_exchange x = exchange(1, 0);
	(void)state;
	c.open = NI_OPEN_NO_ANSWER;
	for (unsigned late = 0; late < 2; late++) {
		begin(false);
		frame(late ? 900 : 3000, 60, NULL);
		end_conn(&c);
		end_exchange(&x);
		end();
		if (late) {
			has("Nothing: 1 TCP connection, 1 HTTP exchange, and no error among them.");
			has("no answer after 1 SYN; the capture ends 10.0 ms later");
		} else {
			has(" 1 no answer to SYN 10.9.0.1:40000 → 10.9.0.2:80 1 ");
			has(" 1 HTTP without response www.example.org/index.html 6 ");
		}
	}
}

/* A request without response is none's fault if the server's packets were not captured. */
static void
what_was_not_captured_is_no_trouble(void **state)
{
	struct ni_conn c = good_conn(7);
	struct ni_http_exchange x = exchange(1, 0);
	struct ni_event e = {.kind = NI_EV_HTTP, .http = &x, .conn = &c};
	(void)state;
	for (unsigned missed = 0; missed < 2; missed++) {
		c.marks[NI_MARK_ACK_LOST_SEGMENT] = missed;
		begin(false);
		frame(3000, 60, NULL);
		end_conn(&c);
		sink->ops->event(sink, &e);
		end();
		assert_int_equal(strstr(text, "HTTP without response") == NULL, missed);
	}
}

static void
no_flood_of_one_kind_hides_another(void **state)
{
	(void)state;
	begin(true);
	frame(5000, 60, NULL);
	for (uint32_t i = 0; i < 70000; i++) {
		struct ni_conn c = refused_conn(i);
		c.port[1] = (uint16_t)i;
		end_conn(&c);
	}
	struct ni_conn c = refused_conn(70000);
	c.open = NI_OPEN_NO_ANSWER;
	end_conn(&c);
	end();
	has("69,935 refused: others");
	has("no answer to SYN");
	has("70,000 refused, 1 no-answer");
}

/* ---- lists ---- */

static void
long_lists_are_cut(void **state)
{
	(void)state;
	for (unsigned full = 0; full < 2; full++) {
		begin(full);
		frame(1, 60, NULL);
		for (uint32_t i = 0; i < 1222; i++) {
			struct ni_conn c = good_conn(i);
			c.port[0] = (uint16_t)(1000 + i);
			end_conn(&c);
		}
		end();
		assert_int_equal(count("4-way client"), full ? 1222 : RP_ROWS);
		assert_int_equal(count("… and 1,202 more (--full shows all)\n"), !full);
		has("1,222 3-way");
	}
}

/* The words of a verdict are whole on a page of 80 columns, however long the ends' names are. */
static void
verdicts_are_whole_in_the_table(void **state)
{
	(void)state;
	begin(false);
	frame(1, 60, NULL);
	for (uint32_t i = 0; i < RP_BLOCKS + 4; i++) {
		struct ni_conn c = good_conn(i);
		for (unsigned k = 0; k < 2; k++) {
			c.addr[k].len = 16;
			memset(c.addr[k].b, 0xda, 16);
		}
		c.close = i % 2 ? NI_CLOSE_SIMULTANEOUS : NI_CLOSE_HALF_CLOSED;
		c.closed_first = NI_SERVER;
		end_conn(&c);
	}
	end();
	has(" simultaneous server ");
	has(" half-closed server ");
}

/* Many exchanges are counted by host, status and type. */
static void
exchanges_are_counted_together(void **state)
{
	struct ni_http_exchange x = exchange(1, 200);
	(void)state;
	begin(false);
	frame(1, 60, NULL);
	for (uint32_t i = 0; i < 30; i++) {
		x.number = i + 1;
		x.status = i % 3 ? 200 : 404;
		snprintf(x.reason, sizeof(x.reason), i % 3 ? "OK" : "Not Found");
		snprintf(x.host, sizeof(x.host), i < 10 ? "one" : "two");
		snprintf(x.type, sizeof(x.type), i % 2 ? "text/html; charset=x" : "image/png");
		x.response_body = 1000;
		end_exchange(&x);
	}
	end();
	has(" 200 OK 20 20.0 kB ");
	has(" 404 Not Found 10 10.0 kB ");
	has(" text/html 15 5 15.0 kB ");
	has(" image/png 15 5 15.0 kB ");
	has(" two 20 6 20.0 kB ");
}

/* What an address sends and receives is summed up over its peers, whoever spoke first. */
static void
hosts_that_talk_most(void **state)
{
	(void)state;
	begin(false);
	frame(1, 60, NULL);
	for (uint32_t i = 0; i < 8; i++) {
		struct ni_conn c = good_conn(i);
		unsigned server = i % 2; /* 10.9.0.9 is now the client, now the server */
		c.addr[!server] = (struct ni_addr){4, {10, 9, 0, (uint8_t)(20 + i)}};
		c.addr[server] = (struct ni_addr){4, {10, 9, 0, 9}};
		c.packets[server] = 100;
		c.packets[!server] = 7;
		c.ip_bytes[server] = 50000;
		c.ip_bytes[!server] = 250;
		end_conn(&c);
	}
	end();
	has("── Hosts ");
	has(" 10.9.0.9 800 56 400 kB 2.00 kB 8 ");
	has(" 10.9.0.20 7 100 250 B 50.0 kB 1 ");
	has(" 10.9.0.27 7 100 250 B 50.0 kB 1 ");
}

static void
handshakes_are_set_against_requests(void **state)
{
	(void)state;
	begin(false);
	frame(1, 60, NULL);
	for (uint32_t i = 0; i < RP_BLOCKS + 4; i++) {
		struct ni_conn c = good_conn(i);
		c.requests = i < 4 ? 5 : 1;
		end_conn(&c);
	}
	end();
	has("10 short connections: one request for each handshake; 4 long connections: 5.0 "
	    "requests for each handshake, that is 0.20 handshakes a request; most requests: 5 on "
	    "#0");
}

/* Of a few connections those that did not end well are told first. */
static void
troubled_connections_come_first(void **state)
{
	struct ni_conn good = good_conn(0);
	struct ni_conn bad = refused_conn(1);
	(void)state;
	begin(false);
	frame(5000, 60, NULL);
	end_conn(&good);
	end_conn(&bad);
	end();
	assert_non_null(strstr(text, "\n#0  "));
	assert_non_null(strstr(text, "\n#1  "));
	assert_true(strstr(text, "\n#1  ") < strstr(text, "\n#0  "));
}

static void
what_is_not_kept_is_counted(void **state)
{
	enum { ROOM = RP_CONNS - RP_TROUBLED };
	struct ni_conn c = good_conn(0);
	(void)state;
	begin(false);
	frame(1, 60, NULL);
	for (uint32_t i = 0; i < ROOM + 1; i++) {
		c.id = i;
		end_conn(&c);
	}
	c = refused_conn(ROOM + 1);
	end_conn(&c);
	end();
	has("1 further connection was not kept: no room for it");
	has("#90001 10.9.0.1:40000 → 10.9.0.2:80");
	begin(false);
	frame(1, 60, NULL);
	struct ni_http_exchange x = exchange(1, 200);
	for (uint32_t i = 0; i < RP_EXCHANGES + 2345; i++)
		end_exchange(&x);
	end();
	has("2,345 further exchanges were not kept: no room for them");
	has("22,345 2xx");
}

/* ---- hostile and unusual input ---- */

static void
hostile_text_is_escaped_and_elided(void **state)
{
	struct ni_http_exchange x = exchange(3, 404);
	(void)state;
	for (unsigned ascii = 0; ascii < 2; ascii++) {
		begin(false);
		out.ascii = ascii;
		frame(1, 60, NULL);
		memset(x.uri, 'a', sizeof(x.uri) - 1);
		memcpy(x.uri, "/first\033[31m", 11);
		memcpy(x.uri + sizeof(x.uri) - 6, ".last", 5);
		snprintf(x.host, sizeof(x.host), "h\xc3\xa4sslich\n.example\xff");
		snprintf(x.method, sizeof(x.method), "G\tET");
		memcpy(x.type, "\r\n\x7f/\x9b;", 6);
		end_exchange(&x);
		end();
		has(ascii ? "h\\xc3\\xa4sslich\\n.example\\xff" : "hässlich\\n.example\\xff");
		has("G\\tET");
		has(".last");
		has("\\x1b");
		if (!ascii)
			has("…");
	}
}

/* One of everything, as large and as odd as it can be. */
static void
everything_extreme(void)
{
	static struct ni_dns_answer answers[NI_DNS_ANSWER_MAX];
	struct ni_conn c;
	frame(1, 60, NULL);
	frame(UINT64_MAX, 65000, NULL);
	for (uint32_t i = 0; i < 14; i++) {
		memset(&c, 0xff, sizeof(c));
		c.id = UINT32_MAX - i;
		c.ipproto = 6;
		c.open = (uint8_t)i;
		c.close = (uint8_t)i;
		c.addr[0].len = c.addr[1].len = 16;
		c.service = "http";
		memset(c.history, 'S', sizeof(c.history));
		c.history[NI_HISTORY_MAX - 1] = '\0';
		c.first_ns = INT64_MIN;
		c.last_ns = INT64_MAX;
		end_conn(&c);
	}
	struct ni_http_exchange x = exchange(UINT32_MAX, 65535);
	memset(x.host, 'h', sizeof(x.host) - 1);
	memset(x.method, 'M', sizeof(x.method) - 1);
	memset(x.type, 't', sizeof(x.type) - 1);
	x.number = UINT32_MAX;
	x.response_body = UINT64_MAX;
	x.response_first_ns = INT64_MAX;
	x.request_last_ns = INT64_MIN;
	end_exchange(&x);
	struct ni_dns_lookup l = {.rcode = 4000,
				  .rtt_ns = INT64_MAX,
				  .query_frame = UINT64_MAX,
				  .answers_total = UINT32_MAX,
				  .nanswers = NI_DNS_ANSWER_MAX,
				  .answers = answers,
				  .repeats = UINT32_MAX};
	memset(l.query, 1, NI_DNS_NAME_MAX);
	for (unsigned i = 0; i < NI_DNS_ANSWER_MAX; i++)
		memset(answers[i].text, 2, NI_DNS_TEXT_MAX - 1);
	struct ni_event e = {.kind = NI_EV_DNS, .dns = &l};
	sink->ops->event(sink, &e);
	l.rcode = 0;
	sink->ops->event(sink, &e);
	l.outcome = NI_DNS_TIMED_OUT;
	sink->ops->event(sink, &e);
	for (unsigned i = 0; i < 8; i++) {
		struct ni_arp_event a;
		memset(&a, 0xff, sizeof(a));
		a.ip.len = a.asker.len = 16;
		a.kind = (uint8_t)(i % 5);
		a.mac[5] = (uint8_t)i;
		e = (struct ni_event){.kind = NI_EV_ARP, .arp = &a};
		sink->ops->event(sink, &e);
	}
}

static void
extremes_fit_the_page(void **state)
{
	static const unsigned widths[] = {60, 80, 132, 250};
	(void)state;
	for (unsigned i = 0; i < 16; i++) {
		begin(i & 1);
		out.width = widths[i / 4];
		out.ascii = i & 2;
		everything_extreme();
		end();
	}
}

static void
colour_only_repeats(void **state)
{
	(void)state;
	begin(true);
	everything_extreme();
	end();
	char *plain = text;
	text = NULL;
	begin(true);
	out.color = true;
	everything_extreme();
	end();
	assert_non_null(strstr(text, "\033["));
	char *to = text;
	for (const char *s = text; *s; s++) {
		if (*s == 033)
			s = strchr(s, 'm');
		else
			*to++ = *s;
	}
	*to = '\0';
	assert_string_equal(text, plain);
	free(plain);
}

static int
set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	registry = ni_registry_new();
	return registry ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	free(text);
	free(flat);
	ni_registry_free(&registry);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_at_all),
	    cmocka_unit_test(a_connection_on_the_blackboard),
	    cmocka_unit_test(every_verdict),
	    cmocka_unit_test(what_was_not_captured_is_no_trouble),
	    cmocka_unit_test(one_direction_is_no_half_close),
	    cmocka_unit_test(troubles_come_first),
	    cmocka_unit_test(every_trouble_has_a_name),
	    cmocka_unit_test(dhcp_and_ntp_that_failed),
	    cmocka_unit_test(silence_at_the_very_end_is_no_trouble),
	    cmocka_unit_test(no_flood_of_one_kind_hides_another),
	    cmocka_unit_test(long_lists_are_cut),
	    cmocka_unit_test(verdicts_are_whole_in_the_table),
	    cmocka_unit_test(exchanges_are_counted_together),
	    cmocka_unit_test(hosts_that_talk_most),
	    cmocka_unit_test(handshakes_are_set_against_requests),
	    cmocka_unit_test(troubled_connections_come_first),
	    cmocka_unit_test(what_is_not_kept_is_counted),
	    cmocka_unit_test(hostile_text_is_escaped_and_elided),
	    cmocka_unit_test(extremes_fit_the_page),
	    cmocka_unit_test(colour_only_repeats),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
