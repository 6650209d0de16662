/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairing DNS queries and responses: which belong together, which do not, and what is forgotten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns_pair.h"
#include "netinspect/proto.h"

enum { RAW_IP = 101, MAX_TOLD = 32, CLIENT = 1, SERVER = 53, OTHER = 54, GROUP = 252 };

static const int64_t MS = 1000000;

static struct ni_registry *registry;
static struct ni_dis dis;
static struct ni_frame frame;
static uint8_t packet[600];

/* What done() was told, and its answers. */
static struct ni_dns_lookup told[MAX_TOLD];
static char first_answer[MAX_TOLD][NI_DNS_TEXT_MAX];
static unsigned ntold;

static void
done(void *ctx, const struct ni_dns_lookup *l)
{
	(void)ctx;
	assert_true(ntold < MAX_TOLD);
	told[ntold] = *l;
	first_answer[ntold][0] = '\0';
	if (l->nanswers)
		strcpy(first_answer[ntold], l->answers[0].text);
	told[ntold++].answers = NULL;
}

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* One message on the wire. */
struct message {
	uint8_t from, to; /* last bytes of 10.0.0.x; 252: 224.0.0.252 */
	uint16_t sport, dport;
	uint16_t id, flags;
	const char *name; /* "www.example.com"; NULL: no question */
	uint16_t type;
	bool answer; /* with one A record */
};

static unsigned
put_name(uint8_t *p, const char *s)
{
	uint8_t *start = p;
	while (*s) {
		size_t n = strcspn(s, ".");
		*p++ = (uint8_t)n;
		memcpy(p, s, n);
		p += n;
		s += n + (s[n] == '.');
	}
	*p++ = 0;
	return (unsigned)(p - start);
}

static unsigned
put_dns(uint8_t *p, const struct message *m)
{
	static const uint8_t record[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1};
	unsigned n = 12;
	memset(p, 0, n);
	put16(p, m->id);
	put16(p + 2, m->flags);
	p[5] = m->name != NULL;
	p[7] = m->answer;
	if (m->name) {
		n += put_name(p + n, m->name);
		put16(p + n, m->type ? m->type : 1);
		put16(p + n + 2, 1);
		n += 4;
	}
	if (m->answer) {
		memcpy(p + n, record, sizeof(record));
		n += sizeof(record);
	}
	return n;
}

static void
put_address(uint8_t *p, uint8_t host)
{
	static const uint8_t net[4] = {10, 0, 0, 0}, group[4] = {224, 0, 0, 0};
	memcpy(p, host == GROUP ? group : net, 4);
	p[3] = host;
}

/* Take in one message at @ms; returns what it is, NULL if it takes no part. */
static const struct ni_dns_pair *
take(struct ni_dns_pairs *p, int64_t ms, const struct message *m)
{
	unsigned n = 28 + put_dns(packet + 28, m);
	memset(packet, 0, 28);
	packet[0] = 0x45;
	put16(packet + 2, n);
	packet[8] = 64;
	packet[9] = 17;
	put_address(packet + 12, m->from);
	put_address(packet + 16, m->to);
	put16(packet + 20, m->sport);
	put16(packet + 22, m->dport);
	put16(packet + 24, n - 20);
	uint64_t number = frame.number + 1;
	frame = (struct ni_frame){
	    .data = packet,
	    .cap = n,
	    .len = n,
	    .number = number,
	    .ts_ns = 1700000000000 * MS + ms * MS,
	    .linktype = RAW_IP,
	};
	ni_dissect(&dis, &frame);
	ni_dns_pairs_frame(p, &dis);
	return dis.dns;
}

static struct message
query(uint16_t id, const char *name)
{
	return (struct message){CLIENT, SERVER, 40000, 53, id, 0x0100, name, 1, false};
}

static struct message
response(uint16_t id, const char *name)
{
	return (struct message){SERVER, CLIENT, 53, 40000, id, 0x8180, name, 1, true};
}

static const struct ni_dns_pair *
ask(struct ni_dns_pairs *p, int64_t ms, uint16_t id, const char *name)
{
	struct message m = query(id, name);
	return take(p, ms, &m);
}

static const struct ni_dns_pair *
reply(struct ni_dns_pairs *p, int64_t ms, uint16_t id, const char *name)
{
	struct message m = response(id, name);
	return take(p, ms, &m);
}

static int
begin(void **state)
{
	struct ni_dns_pairs_opts o = {.seed = 7, .max = 4, .done = done};
	memset(&dis, 0, sizeof(dis));
	dis.reg = registry;
	frame.number = 0;
	ntold = 0;
	*state = ni_dns_pairs_new(&o);
	return *state ? 0 : -1;
}

static int
end(void **state)
{
	struct ni_dns_pairs *p = *state;
	ni_dns_pairs_free(&p);
	return p ? -1 : 0;
}

static void
answered(void **state)
{
	const struct ni_dns_pair *q = ask(*state, 0, 1, "www.example.com");
	assert_non_null(q);
	assert_false(q->response || q->retransmission || q->unsolicited);
	const struct ni_dns_pair *r = reply(*state, 20, 1, "www.example.com");
	assert_true(r->response);
	assert_int_equal(r->query_frame, 1);
	assert_int_equal(r->rtt_ns, 20 * MS);
	assert_int_equal(ntold, 1);
	const struct ni_dns_lookup *l = &told[0];
	assert_int_equal(l->outcome, NI_DNS_ANSWERED);
	assert_string_equal(l->query, "www.example.com");
	assert_string_equal(l->type_name, "A");
	assert_string_equal(l->rcode_name, "No error");
	assert_string_equal(first_answer[0], "192.0.2.1");
	assert_int_equal(l->nanswers, 1);
	assert_int_equal(l->query_frame, 1);
	assert_int_equal(l->response_frame, 2);
	assert_int_equal(l->rtt_ns, 20 * MS);
	assert_int_equal(l->client.b[3], CLIENT);
	assert_int_equal(l->server.b[3], SERVER);
	assert_int_equal(l->client_port, 40000);
	ni_dns_pairs_end(*state);
	assert_int_equal(ntold, 1); /* what was answered is told once */
}

static void
query_repeated(void **state)
{
	ask(*state, 0, 1, "a.example");
	const struct ni_dns_pair *q = ask(*state, 1000, 1, "a.example");
	assert_true(q->retransmission);
	assert_int_equal(q->query_frame, 1);
	q = ask(*state, 5000, 1, "a.example"); /* as late as that it is sent anew */
	assert_false(q->retransmission);
	const struct ni_dns_pair *r = reply(*state, 5010, 1, "a.example");
	assert_int_equal(r->query_frame, 3);
	assert_int_equal(r->rtt_ns, 10 * MS);
	assert_int_equal(ntold, 1); /* but it is one lookup */
	assert_int_equal(told[0].query_frame, 1);
	assert_int_equal(told[0].rtt_ns, 5010 * MS);
	assert_int_equal(told[0].repeats, 2);
}

static void
response_repeated(void **state)
{
	ask(*state, 0, 1, "a.example");
	reply(*state, 10, 1, "a.example");
	const struct ni_dns_pair *r = reply(*state, 12, 1, "a.example");
	assert_true(r->retransmission);
	assert_int_equal(r->response_frame, 2);
	assert_int_equal(r->query_frame, 1);
	assert_int_equal(ntold, 1);
	/* The same question anew is another lookup. */
	assert_false(ask(*state, 20, 1, "a.example")->retransmission);
	r = reply(*state, 25, 1, "a.example");
	assert_false(r->retransmission);
	assert_int_equal(r->query_frame, 4);
	assert_int_equal(ntold, 2);
}

static void
unsolicited(void **state)
{
	ask(*state, 0, 1, "a.example");
	struct message m = response(1, "a.example");
	m.from = OTHER; /* another server */
	assert_true(take(*state, 1, &m)->unsolicited);
	m = response(1, "a.example");
	m.dport = 40001; /* another socket */
	assert_true(take(*state, 2, &m)->unsolicited);
	assert_true(reply(*state, 3, 2, "a.example")->unsolicited);
	assert_true(reply(*state, 4, 1, "b.example")->unsolicited);
	m = response(1, "a.example");
	m.type = 28;
	assert_true(take(*state, 5, &m)->unsolicited);
	assert_int_equal(ntold, 0);
	assert_false(reply(*state, 6, 1, "A.eXample")->unsolicited); /* case does not count */
	assert_int_equal(ntold, 1);
}

static void
other_networks(void **state)
{
	/* The same packet on another VLAN is another conversation. */
	ask(*state, 0, 1, "a.example");
	struct message m = response(1, "a.example");
	take(*state, 1, &m);
	assert_int_equal(ntold, 1);
	ask(*state, 2, 1, "a.example");
	dis.flow_tag = 5;
	ni_dns_pairs_frame(*state, &dis);
	assert_false(dis.dns->retransmission);
}

static void
error_without_question(void **state)
{
	ask(*state, 0, 1, "a.example");
	struct message m = response(1, NULL);
	m.flags = 0x8181;
	m.answer = false;
	assert_int_equal(take(*state, 1, &m)->query_frame, 1);
	assert_int_equal(ntold, 1);
	assert_string_equal(told[0].rcode_name, "Format error");
	assert_int_equal(told[0].nanswers, 0);
}

static void
given_up(void **state)
{
	ask(*state, 0, 1, "a.example");
	ask(*state, 1000, 2, "b.example");
	ni_dns_pairs_tick(*state, frame.ts_ns + 59500 * MS);
	assert_int_equal(ntold, 1);
	assert_int_equal(told[0].outcome, NI_DNS_TIMED_OUT);
	assert_string_equal(told[0].query, "a.example");
	assert_int_equal(told[0].rtt_ns, -1);
	assert_int_equal(told[0].response_frame, 0);
	assert_true(reply(*state, 61000, 1, "a.example")->unsolicited);
	ni_dns_pairs_end(*state);
	assert_int_equal(ntold, 2);
	assert_int_equal(told[1].outcome, NI_DNS_ENDED);
}

static void
no_room(void **state)
{
	static const char *const names[] = {"a.x", "b.x", "c.x", "d.x", "e.x", "f.x"};
	for (uint16_t i = 0; i < 6; i++)
		ask(*state, i, i, names[i]);
	assert_int_equal(ni_dns_pairs_evicted(*state), 2);
	assert_int_equal(ntold, 2);
	assert_int_equal(told[0].outcome, NI_DNS_EVICTED);
	assert_string_equal(told[0].query, "a.x");
	assert_true(reply(*state, 9, 0, "a.x")->unsolicited);
	assert_int_equal(reply(*state, 10, 5, "f.x")->query_frame, 6);
}

/* Someone who asks everything with one id and one port fills his own place, not the table. */
static void
alike(void **state)
{
	struct ni_dns_pairs *p = ni_dns_pairs_new(&(struct ni_dns_pairs_opts){.done = done});
	char name[] = "a.example";
	(void)state;
	assert_non_null(p);
	ask(p, 0, 9, "quiet.example");
	for (int i = 0; i < 20; i++) {
		name[0] = (char)('a' + i);
		ask(p, i, 1, name);
	}
	assert_int_equal(ni_dns_pairs_evicted(p), 12);
	assert_int_equal(reply(p, 30, 9, "quiet.example")->query_frame, 1);
	ni_dns_pairs_free(&p);
}

static void
multicast(void **state)
{
	struct message m = {CLIENT, GROUP, 5353, 5353, 0, 0, "a.local", 1, false};
	assert_null(take(*state, 0, &m));
	/* LLMNR: the group is asked, a member answers. */
	m = (struct message){CLIENT, GROUP, 40000, 5355, 5, 0, "host", 1, false};
	assert_non_null(take(*state, 1, &m));
	m = (struct message){OTHER, CLIENT, 5355, 40000, 5, 0x8000, "host", 1, true};
	assert_int_equal(take(*state, 2, &m)->query_frame, 2);
	assert_int_equal(ntold, 1);
	assert_string_equal(told[0].proto, "llmnr");
	assert_int_equal(told[0].server.b[3], OTHER);
}

static void
nobody_listens(void **state)
{
	struct ni_dns_pairs *p = ni_dns_pairs_new(NULL);
	(void)state;
	assert_non_null(p);
	ask(p, 0, 1, "a.example");
	assert_int_equal(reply(p, 1, 1, "a.example")->query_frame, 1);
	ask(p, 2, 2, "b.example");
	ni_dns_pairs_end(p);
	ni_dns_pairs_free(&p);
	assert_null(p);
	ni_dns_pairs_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(answered, begin, end),
	    cmocka_unit_test_setup_teardown(query_repeated, begin, end),
	    cmocka_unit_test_setup_teardown(response_repeated, begin, end),
	    cmocka_unit_test_setup_teardown(unsolicited, begin, end),
	    cmocka_unit_test_setup_teardown(other_networks, begin, end),
	    cmocka_unit_test_setup_teardown(error_without_question, begin, end),
	    cmocka_unit_test_setup_teardown(given_up, begin, end),
	    cmocka_unit_test_setup_teardown(no_room, begin, end),
	    cmocka_unit_test_setup_teardown(alike, begin, end),
	    cmocka_unit_test_setup_teardown(multicast, begin, end),
	    cmocka_unit_test_setup_teardown(nobody_listens, begin, end),
	};
	registry = ni_registry_new();
	if (!registry)
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	ni_registry_free(&registry);
	return failed;
}
