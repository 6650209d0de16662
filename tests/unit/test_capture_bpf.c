/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture filters, link types, and the names of interfaces. */
#include "test_capture_util.h"

#include "capture/bpf.h"
#include "capture/iflist.h"
#include "capture/linktype.h"

/* Ethernet, IPv4 10.0.0.1 > 10.0.0.2, TCP 1234 > 80 */
static const uint8_t tcp[54] = {
    2, 0,  0, 0, 0,  1, 2, 0, 0,  0, 0,    2, 8,  0, 0x45, 0, 0,    40,
    0, 0,  0, 0, 64, 6, 0, 0, 10, 0, 0,    1, 10, 0, 0,    2, 0x04, 0xd2,
    0, 80, 0, 0, 0,  0, 0, 0, 0,  0, 0x50, 2, 0,  0, 0,    0, 0,    0,
};

static bool
matches(const char *text, uint32_t linktype, const uint8_t *p, uint32_t n)
{
	struct ni_bpf *b;
	struct ni_err err;
	if (ni_bpf_compile(&b, text, linktype, &err) < 0)
		fail_msg("%s", err.what);
	bool r = ni_bpf_match(b, p, n, n);
	ni_bpf_free(&b);
	assert_null(b);
	return r;
}

static void
filters(void **state)
{
	(void)state;
	assert_true(matches("tcp port 80", 1, tcp, sizeof(tcp)));
	assert_true(matches("", 1, tcp, sizeof(tcp)));
	assert_false(matches("tcp port 81", 1, tcp, sizeof(tcp)));
	assert_false(matches("tcp port 80", 1, tcp, 30));
	assert_true(matches("tcp port 80", 101, tcp + 14, sizeof(tcp) - 14));
	assert_true(matches("less 54", 1, tcp, sizeof(tcp)));
}

static void
refusals(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int place; /* -1: none is tried */
		const char *error;
	} v[] = {
	    {"tcp prot 80", 4, "syntax error at 'prot' (column 5)"},
	    {"tcp port", 8, "something is missing at its end"},
	    {"(tcp port 80", 12, "something is missing at its end"},
	    {"tcp port 80)", 11, "at ')' (column 12)"},
	    {"tcp port 80 and and udp", 16, "at 'and' (column 17)"},
	    {"tcp.port == 80", 0, "at 'tcp.port' (column 1)"},
	    {"tcp[tcpflags] & (tcp-syn|tcp-ack = 1", 33, "at '=' (column 34)"},
	    {"ip[6] & 0x2000 = 0x2000 or", 26, "something is missing at its end"},
	    {"ether host 1", -1, "link layer address"},
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct ni_bpf *b;
		struct ni_err err;
		assert_int_equal(ni_bpf_compile(&b, v[i].text, 1, &err), NI_ERR_INPUT);
		assert_null(b);
		if (!strstr(err.what, v[i].error) || !strstr(err.what, v[i].text))
			fail_msg("%s", err.what);
		if (v[i].place >= 0)
			assert_int_equal(ni_bpf_locate(v[i].text, 1), v[i].place);
	}
}

static void
long_filter(void **state)
{
	(void)state;
	char text[4096];
	struct ni_bpf *b;
	struct ni_err err;
	memset(text, 'x', sizeof(text));
	memcpy(text, "tcp port 80 an\033 ", 16);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(ni_bpf_compile(&b, text, 1, &err), NI_ERR_INPUT);
	assert_true(strlen(err.what) < sizeof(err.what));
	assert_null(strchr(err.what, '\033'));
}

static void
link_types(void **state)
{
	(void)state;
	static const uint32_t same[] = {0, 1, 9, 50, 105, 108, 113, 127, 228, 229, 276};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_int_equal(ni_linktype_to_dlt(same[i]), same[i]);
		assert_int_equal(ni_linktype_from_dlt((int)same[i]), same[i]);
	}
	assert_int_equal(ni_linktype_to_dlt(101), 12);
	assert_int_equal(ni_linktype_from_dlt(12), 101);
	assert_string_equal(ni_linktype_name(1), "EN10MB");
	assert_string_equal(ni_linktype_description(113), "Linux cooked v1");
	assert_null(ni_linktype_name(65000));
	int dlt;
	struct ni_err err;
	assert_int_equal(ni_linktype_parse("en10mb", &dlt, &err), 0);
	assert_int_equal(dlt, 1);
	assert_int_equal(ni_linktype_parse("ETHERNETT", &dlt, &err), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "'ETHERNETT'"));
}

static void
interface_names(void **state)
{
	(void)state;
	char names[][16] = {"eth0", "lo", "wlp3s0", "any"};
	struct ni_ifentry e[4];
	memset(e, 0, sizeof(e));
	for (unsigned i = 0; i < 4; i++) {
		e[i].number = i + 1;
		e[i].name = names[i];
	}
	struct ni_iflist l = {e, 4};
	assert_ptr_equal(ni_iflist_find(&l, "lo"), &e[1]);
	assert_ptr_equal(ni_iflist_find(&l, "3"), &e[2]);
	static const char *const none[] = {"0", "5", "", "eth", "99999999999999999999", "1x", "-1"};
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(ni_iflist_find(&l, none[i]));
	assert_string_equal(ni_iflist_nearest(&l, "eth1"), "eth0");
	assert_string_equal(ni_iflist_nearest(&l, "etho"), "eth0");
	assert_string_equal(ni_iflist_nearest(&l, "l0"), "lo");
	assert_string_equal(ni_iflist_nearest(&l, "wlp3s1"), "wlp3s0");
	assert_string_equal(ni_iflist_nearest(&l, "an"), "any");
	assert_null(ni_iflist_nearest(&l, "docker0"));
	assert_null(ni_iflist_nearest(&l, "zz"));
}

static void
interface_list(void **state)
{
	(void)state;
	struct ni_iflist *l;
	struct ni_err err;
	assert_int_equal(ni_iflist_get(&l, &err), 0);
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	ni_iflist_print(l, f);
	fclose(f);
	size_t lines = 0;
	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	assert_int_equal(lines, l->n);
	free(text);
	for (size_t i = 0; i < l->n; i++)
		assert_int_equal(l->entries[i].number, i + 1);
	ni_iflist_free(&l);
	assert_null(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(filters),         cmocka_unit_test(refusals),
	    cmocka_unit_test(long_filter),     cmocka_unit_test(link_types),
	    cmocka_unit_test(interface_names), cmocka_unit_test(interface_list),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
