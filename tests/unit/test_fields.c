/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields: fetching, printing, the registry of all of them, finding one by what a person types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/lookup.h"
#include "netinspect/proto.h"

#define U(s) ((const uint8_t *)(s))

static struct ni_registry *reg;

static int
open_registry(void **state)
{
	(void)state;
	reg = ni_registry_new();
	return reg ? 0 : -1;
}

static int
close_registry(void **state)
{
	(void)state;
	ni_registry_free(&reg);
	assert_null(reg);
	ni_registry_free(&reg);
	return 0;
}

/* ---- fetching ---- */

/* A dissection of nothing but @n bytes, of which the layer begins at 1. */
static void
make(struct ni_dis *d, struct ni_layer *l, const uint8_t *p, uint32_t cap, uint32_t len)
{
	memset(d, 0, sizeof(*d));
	d->nsources = 1;
	d->sources[0] = (struct ni_source_bytes){p, cap, len, "Frame"};
	*l = (struct ni_layer){.off = 1, .len = len - 1};
}

static void
get_loads_numbers(void **state)
{
	static const uint8_t bytes[] = {0xee, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0};
	struct ni_field f = {.key = "x", .name = "X", .type = NI_U16, .off = 1, .len = 2};
	struct ni_dis d;
	struct ni_layer l;
	struct ni_value v;
	(void)state;
	make(&d, &l, bytes, sizeof(bytes), sizeof(bytes));
	assert_true(ni_field_get(&d, &l, &f, &v));
	assert_int_equal(v.u, 0x3456);
	assert_int_equal(v.off, 2);
	assert_int_equal(v.len, 2);
	f.flags = NI_F_LE;
	assert_true(ni_field_get(&d, &l, &f, &v));
	assert_int_equal(v.u, 0x5634);
	f.flags = 0;
	f.mask = 0x0ff0;
	assert_true(ni_field_get(&d, &l, &f, &v));
	assert_int_equal(v.u, 0x45);
	f.mask = 0;
	f.type = NI_U64;
	f.off = 0;
	f.len = 8;
	assert_true(ni_field_get(&d, &l, &f, &v));
	assert_true(v.u == 0x123456789abcdef0);
	f.type = NI_BYTES;
	assert_true(ni_field_get(&d, &l, &f, &v));
	assert_int_equal(v.n, 8);
	assert_ptr_equal(v.p, bytes + 1);
}

static void
get_stops_at_capture_and_layer(void **state)
{
	static const uint8_t bytes[8];
	struct ni_field f = {.key = "x", .name = "X", .type = NI_U32, .off = 2, .len = 4};
	struct ni_dis d;
	struct ni_layer l;
	struct ni_value v;
	(void)state;
	make(&d, &l, bytes, 7, 8);
	assert_true(ni_field_get(&d, &l, &f, &v));
	make(&d, &l, bytes, 6, 8);
	assert_false(ni_field_get(&d, &l, &f, &v));
	make(&d, &l, bytes, 0, 8);
	assert_false(ni_field_get(&d, &l, &f, &v));
	make(&d, &l, bytes, 8, 8);
	l.len = 5;
	assert_false(ni_field_get(&d, &l, &f, &v));
	f.len = 0;
	assert_false(ni_field_get(&d, &l, &f, &v));
}

/* ---- printing ---- */

static const struct ni_label labels[] = {
    {1, 1, "one"}, {2, 5, "few"}, {0, 9, "small"}, {0, 0, NULL}};

/* One row: a field, a value, and how the three outputs write it. */
static const struct {
	struct ni_field f;
	struct ni_value v;
	const char *plain, *tree, *json;
} prints[] = {
    {{.name = "N", .type = NI_U16}, {.u = 7}, "7", "N: 7", "7"},
    {{.name = "N", .type = NI_U16, .base = NI_HEX}, {.u = 0x800}, "0x0800", "N: 0x0800", "2048"},
    {{.name = "N", .type = NI_U8, .base = NI_DEC_HEX}, {.u = 17}, "17", "N: 17 (0x11)", "17"},
    {{.name = "N", .type = NI_U8, .base = NI_HEX_DEC}, {.u = 17}, "0x11", "N: 0x11 (17)", "17"},
    {{.name = "N", .type = NI_U8, .base = NI_OCT}, {.u = 8}, "10", "N: 10", "8"},
    {{.name = "N", .type = NI_U8, .labels = labels}, {.u = 1}, "1", "N: one (1)", "1"},
    {{.name = "N", .type = NI_U8, .labels = labels}, {.u = 5}, "5", "N: few (5)", "5"},
    {{.name = "N", .type = NI_U8, .labels = labels}, {.u = 10}, "10", "N: 10", "10"},
    {{.name = "N", .type = NI_BOOL}, {.u = 1}, "1", "N: True", "true"},
    {{.name = "N", .type = NI_I32}, {.i = -5}, "-5", "N: -5", "-5"},
    {{.name = "N", .type = NI_NONE}, {.u = 0}, "1", "N", "true"},
    {{.name = "N", .type = NI_STR},
     {.n = 3, .p = U("a\x1b\"")},
     "a\\x1b\"",
     "N: a\\x1b\"",
     "\"a\\u001b\\\"\""},
    {{.name = "N", .type = NI_BYTES}, {.n = 2, .p = U("\xab\x01")}, "ab01", "N: ab01", "\"ab01\""},
    {{.name = "N", .type = NI_ETHER},
     {.n = 6, .p = U("\1\2\3\4\5\6")},
     "01:02:03:04:05:06",
     "N: 01:02:03:04:05:06",
     "\"01:02:03:04:05:06\""},
    {{.name = "N", .type = NI_IP4},
     {.n = 4, .p = U("\x7f\0\0\1")},
     "127.0.0.1",
     "N: 127.0.0.1",
     "\"127.0.0.1\""},
    {{.name = "N", .type = NI_RELTIME},
     {.i = 1500000000},
     "1.500000000",
     "N: 1.500000000 seconds",
     "1.500000000"},
    {{.name = "N", .type = NI_ABSTIME},
     {.i = 0},
     "Jan  1, 1970 00:00:00.000000000 UTC",
     "N: Jan  1, 1970 00:00:00.000000000 UTC",
     "0.000000000"},
    {{.name = "N", .type = NI_ABSTIME},
     {.i = -1},
     "Dec 31, 1969 23:59:59.999999999 UTC",
     "N: Dec 31, 1969 23:59:59.999999999 UTC",
     "-0.000000001"},
    {{.name = "N", .type = NI_U8, .len = 1, .mask = 0x30}, {.u = 1}, "1", "..01 .... = N: 1", "1"},
    {{.name = "N", .type = NI_U16, .flags = NI_F_COMPUTED}, {.u = 3}, "3", "[N: 3]", "3"},
    {{.name = "N", .type = NI_NONE}, {.text = "Said\notherwise"}, "1", "Said\\notherwise", "true"},
};

static void
values_as_text(void **state)
{
	char memory[256];
	(void)state;
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		struct ni_buf b = ni_buf(memory, sizeof(memory));
		ni_field_print(&b, &prints[i].f, &prints[i].v);
		assert_string_equal(ni_buf_z(&b), prints[i].plain);
		b = ni_buf(memory, sizeof(memory));
		ni_field_print_tree(&b, &prints[i].f, &prints[i].v);
		assert_string_equal(ni_buf_z(&b), prints[i].tree);
		b = ni_buf(memory, sizeof(memory));
		ni_field_print_json(&b, &prints[i].f, &prints[i].v);
		assert_string_equal(ni_buf_z(&b), prints[i].json);
	}
}

static void
first_label_counts(void **state)
{
	(void)state;
	assert_string_equal(ni_label_find(labels, 1), "one");
	assert_string_equal(ni_label_find(labels, 4), "few");
	assert_string_equal(ni_label_find(labels, 9), "small");
	assert_null(ni_label_find(labels, 10));
	assert_null(ni_label_find(labels, UINT64_MAX));
	assert_null(ni_label_find(NULL, 1));
}

/* ---- the tables themselves ---- */

static bool
is_key(const char *key)
{
	return key[0] &&
	       key[strspn(key, "abcdefghijklmnopqrstuvwxyz"
			       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0' &&
	       key[0] != '.' && key[strlen(key) - 1] != '.';
}

/* What the type of a field lets its row say. */
static void
check_row(const struct ni_proto *p, const struct ni_field *f)
{
	bool number = f->type >= NI_BOOL && f->type <= NI_U64;
	if (!is_key(f->key) || !f->name || !f->name[0])
		fail_msg("%s: row '%s' has no proper key or no name", p->key, f->key);
	if (f->alias && !is_key(f->alias))
		fail_msg("%s: alias '%s' is no proper key", f->key, f->alias);
	if (!*ni_type_name(f->type) || !strcmp(ni_type_name(f->type), "?"))
		fail_msg("%s: unknown type", f->key);
	if (f->mask && !number)
		fail_msg("%s: a mask, but no number", f->key);
	if (f->labels && !number && f->type != NI_I32 && f->type != NI_I64)
		fail_msg("%s: names of values, but no number", f->key);
	if (number && f->len > 8)
		fail_msg("%s: a number of more than eight bytes", f->key);
	if (f->len && f->len < 8 && f->mask >> (8 * f->len))
		fail_msg("%s: the mask is wider than the field", f->key);
	if (f->len && ((f->type == NI_IP4 && f->len != 4) || (f->type == NI_IP6 && f->len != 16) ||
		       (f->type == NI_ETHER && f->len != 6)))
		fail_msg("%s: an address of the wrong size", f->key);
}

static void
rows_make_sense(void **state)
{
	(void)state;
	assert_true(ni_registry_count(reg) > 1);
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		if (!p->key || !p->name || !p->title || !p->decode || !is_key(p->key))
			fail_msg("protocol %u lacks its key, name, title or decoder", id);
		for (const struct ni_field *f = p->fields; f && f->key; f++)
			check_row(p, f);
	}
}

/* Whether values of two types can be compared with each other: numbers may differ in width. */
static bool
same_kind(unsigned a, unsigned b)
{
	bool numbers = a >= NI_U8 && a <= NI_U64 && b >= NI_U8 && b <= NI_U64;
	return a == b || numbers;
}

/* A key that two protocols or rows share must mean the same kind of thing in both. */
static void
same_key_same_type(void **state)
{
	struct ni_field_ref refs[64];
	(void)state;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_field *f = ni_registry_proto(reg, id)->fields;
		for (; f && f->key; f++) {
			size_t n = ni_field_lookup(reg, f->key, refs, 64);
			assert_true(n >= 1 && n <= 64);
			for (size_t i = 0; i < n; i++)
				if (!strcmp(refs[i].field->key, f->key) &&
				    !same_kind(refs[i].field->type, f->type))
					fail_msg("%s is %s and %s", f->key, ni_type_name(f->type),
						 ni_type_name(refs[i].field->type));
		}
	}
}

static void
protocols_are_found_by_key(void **state)
{
	(void)state;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		if (ni_registry_find(reg, p->key) != p)
			fail_msg("protocol key %s is there twice", p->key);
		assert_int_equal(ni_proto_number(reg, p), id);
		for (const struct ni_bind *b = p->binds; b && b->table < NI_NTABLES; b++)
			if (!ni_lookup(reg, (enum ni_table)b->table, b->key))
				fail_msg("%s: bound to nothing", p->key);
	}
	assert_null(ni_registry_find(reg, "no such protocol"));
	assert_null(ni_registry_proto(reg, 0));
	assert_null(ni_registry_proto(reg, ni_registry_count(reg) + 1));
}

/* Two protocols that claim the same number: the later one would silently win. */
static void
binds_do_not_collide(void **state)
{
	(void)state;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		for (const struct ni_bind *b = p->binds; b && b->table < NI_NTABLES; b++) {
			const struct ni_proto *q = ni_lookup(reg, (enum ni_table)b->table, b->key);
			if (q != p)
				fail_msg("table %u, number %u: both %s and %s", b->table, b->key,
					 p->key, q->key);
		}
	}
}

static void
decode_as(void **state)
{
	const struct ni_proto *arp = ni_registry_find(reg, "arp");
	(void)state;
	assert_non_null(arp);
	assert_null(ni_lookup(reg, NI_BY_ETHERTYPE, 0x4321));
	assert_false(ni_registry_forced(reg, NI_BY_ETHERTYPE, 0x4321));
	assert_true(ni_registry_bind(reg, NI_BY_ETHERTYPE, 0x4321, arp));
	assert_ptr_equal(ni_lookup(reg, NI_BY_ETHERTYPE, 0x4321), arp);
	assert_true(ni_registry_forced(reg, NI_BY_ETHERTYPE, 0x4321));
	assert_false(ni_registry_forced(reg, NI_BY_ETHERTYPE, 0x4320));
	assert_true(ni_registry_bind(reg, NI_BY_ETHERTYPE, 0x4321, NULL));
	assert_null(ni_lookup(reg, NI_BY_ETHERTYPE, 0x4321));
	assert_true(ni_registry_forced(reg, NI_BY_ETHERTYPE, 0x4321));
}

/* ---- finding ---- */

static const char *
suggestion(const char *key)
{
	static char memory[256];
	struct ni_buf b = ni_buf(memory, sizeof(memory));
	ni_field_suggest(reg, key, &b);
	return ni_buf_z(&b);
}

static void
fields_are_found_and_suggested(void **state)
{
	struct ni_field_ref refs[4];
	(void)state;
	assert_int_equal(ni_field_lookup(reg, "arp.opcode", refs, 4), 1);
	assert_string_equal(refs[0].field->key, "arp.opcode");
	assert_string_equal(ni_registry_proto(reg, refs[0].proto)->key, "arp");
	assert_int_equal(ni_field_lookup(reg, "arp.opcode", NULL, 0), 1);
	assert_int_equal(ni_field_lookup(reg, "arp.opcodes", refs, 4), 0);
	assert_int_equal(ni_field_lookup(reg, "", refs, 4), 0);
	assert_non_null(strstr(suggestion("arp.opcodee"), "arp.opcode"));
	assert_non_null(strstr(suggestion("arp.pocode"), "arp.opcode"));
	assert_non_null(strstr(suggestion("eth.srcc"), "eth.src"));
	assert_string_equal(suggestion("qqqqqqqqqqqqqqqqqqqqq"), "");
}

static void
word_distance(void **state)
{
	char big[200];
	(void)state;
	assert_int_equal(ni_word_distance("", ""), 0);
	assert_int_equal(ni_word_distance("abc", "abc"), 0);
	assert_int_equal(ni_word_distance("abc", ""), 3);
	assert_int_equal(ni_word_distance("", "ab"), 2);
	assert_int_equal(ni_word_distance("abc", "abd"), 1);
	assert_int_equal(ni_word_distance("abc", "acb"), 1);
	assert_int_equal(ni_word_distance("abc", "xabc"), 1);
	assert_int_equal(ni_word_distance("kitten", "sitting"), 3);
	memset(big, 'a', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	assert_int_equal(ni_word_distance(big, "a"), 99);
	big[64] = '\0';
	assert_int_equal(ni_word_distance(big, big), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(get_loads_numbers),
	    cmocka_unit_test(get_stops_at_capture_and_layer),
	    cmocka_unit_test(values_as_text),
	    cmocka_unit_test(first_label_counts),
	    cmocka_unit_test(rows_make_sense),
	    cmocka_unit_test(same_key_same_type),
	    cmocka_unit_test(protocols_are_found_by_key),
	    cmocka_unit_test(binds_do_not_collide),
	    cmocka_unit_test(fields_are_found_and_suggested),
	    cmocka_unit_test(word_distance),
	    cmocka_unit_test(decode_as),
	};
	return cmocka_run_group_tests_name("fields", tests, open_registry, close_registry);
}
