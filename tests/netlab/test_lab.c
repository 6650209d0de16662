/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exercises of netlab without any capture: lab files, sums, numbers as people write them,
 * answers, forms, draws. Lab files and forms are also cut at every byte and damaged in every byte:
 * they must be read or refused, in exact-size heap copies so that a sanitizer sees each overrun.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lab.h"
#include "lab_lines.h"

static struct nl_pool pool;

static int
setup(void **state)
{
	(void)state;
	pool = (struct nl_pool){NULL};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	nl_pool_free(&pool);
	return 0;
}

static const char good[] =
    "# a comment\n"
    "title        A title # not a comment\n"
    "title.zh_CN  标题\n"
    "needs        ip ss     # a comment\n"
    "seconds      20\r\n"
    "draw    port  7000-7999\n"
    "draw    first client server\n"
    "draw    third 1-3\n"
    "draw    other 1-3 not third\n"
    "draw    rate  10 20\n"
    "capture here  client eth0 tcp port 80\n"
    "capture there server eth1\n"
    "valid   here | http contains \"{nonce}\"\n"
    "let     b     calc {port} + 1\n"
    "let     n     here | tcp.port in {80, 443} || ip | nth {third} ip.src#2 tcp.port\n"
    "\tempty 7\n"
    "\n"
    "question one\n"
    "\tkind     word\n"
    "\tchoices  client={port} server neither\n"
    "\ttext     A long\n"
    "\t\tquestion about {late}?\n"
    "\ttext.zh_CN 很长的\n"
    "\t\t问题\n"
    "\tvalue    client\n"
    "\talso     neither\n"
    "\tshow     there | ip | list ip.src\n"
    "\twrong    server\n"
    "\t\tNo, it is not,\n"
    "\t\tit is {first}.\n"
    "\twrong.zh_CN 不对。\n"
    "\ttruth    who\n"
    "\tpredict\n"
    "question two-b\n"
    "\ttext     How much?\n"
    "\tunit     ms\n"
    "\twithin   10%\n"
    "\tvalue    {late}\n"
    "let     late  there | | count\n";

/* Read a lab file; what is wrong with it is in @err. */
static int
read_text(struct nl_lab *lab, const char *text, size_t n, const char *language, struct ni_err *err)
{
	*lab = (struct nl_lab){.name = "99-test", .dir = "/nowhere", .path = "lab"};
	return nl_lab_parse(lab, &pool, text, n, language, err);
}

static void
read_good(struct nl_lab *lab, const char *language)
{
	struct ni_err err = {.what = ""};
	int rc = read_text(lab, good, sizeof(good) - 1, language, &err);
	assert_string_equal(err.what, "");
	assert_int_equal(rc, NI_SUCCESS);
}

/* Large, and so not on the stack. */
static struct nl_lab lab;

static void
test_lab_file(void **state)
{
	(void)state;
	read_good(&lab, "");
	assert_string_equal(lab.title, "A title # not a comment");
	assert_int_equal(lab.seconds, 20);
	assert_int_equal(lab.nneeds, 2);
	assert_int_equal(lab.npoints, 2);
	/* Numbers as words are no range. */
	assert_int_equal(lab.draw[4].nwords, 2);
	assert_int_equal(lab.draw[4].lo, 0);
	assert_string_equal(lab.point[0].filter, "tcp port 80");
	assert_string_equal(lab.point[1].filter, "");
	const struct nl_expr *e = &lab.let[1].value;
	assert_int_equal(e->how, NL_FRAMES);
	assert_string_equal(e->text, "tcp.port in {80, 443} || ip");
	assert_int_equal(e->take, NL_NTH);
	assert_int_equal(e->nfields, 2);
	assert_string_equal(e->field[0], "ip.src");
	assert_int_equal(e->occurrence[0], 2);
	assert_string_equal(lab.let[1].empty, "7");
	assert_ptr_equal(nl_question_find(&lab, "one"), &lab.question[0]);
	assert_null(nl_question_find(&lab, "three"));
	assert_string_equal(lab.question[0].text, "A long question about {late}?");
	assert_string_equal(lab.question[0].wrong[0].feedback, "No, it is not, it is {first}.");
	assert_true(lab.question[0].predict);
	const struct nl_question *q = &lab.question[1];
	assert_true(q->within_part && q->within > 0.09 && q->within < 0.11);

	read_good(&lab, "zh_CN");
	assert_string_equal(lab.title, "标题");
	assert_string_equal(lab.question[0].text, "很长的问题");
	assert_string_equal(lab.question[0].wrong[0].feedback, "不对。");
	assert_string_equal(lab.question[1].text, "How much?");
}

/* What is said of a wrong line. */
static void
test_wrong_lines(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"", "lab: no title"},
	    {"nonsense x\n", "lab:1: nonsense: no such key"},
	    {"title x\n kind word\n", "lab:2: no key; indent with tabs"},
	    {"title x\n\tkind word\n", "there is nothing above that it could belong to"},
	    {"title x\n\t\tmore\n\t\t\tmore\n", NULL},
	    {"\t\tmore\n", "lab:1: nothing above that this line could continue"},
	    {"title x\nquestion a\n\tkind colour\n", "lab:3: kind: no such kind"},
	    {"title x\nquestion A\n", "a name is of small letters, digits and _"},
	    {"title x\nquestion a\nquestion a\n", "lab:3: question: this name is taken"},
	    {"title x\nquestion a\n\ttext x\n", "question a has no value"},
	    {"title x\nquestion a\n\ttext {b}\n\tvalue 1\n", "{b}: no draw or let of this name"},
	    {"title x\nquestion a\n\ttext x\n\tvalue p | ip | count\n", "p: no such capture point"},
	    {"title x\ncapture p h i\nlet a p | ip\n", "not of the form POINT | FILTER | TAKE"},
	    {"title x\ncapture p h i\nlet a p | ip | second ip.src\n", "not a way to take values"},
	    {"title x\ncapture p h i\nlet a p | ip | sum\n", "sum: 0 fields, but it takes 1 to 1"},
	    {"title x\ncapture p h i\nlet a p | ip | nth x ip.src\n", "nth: no number"},
	    {"title x\ncapture p h i\nlet a p | ip | first ip.src#0\n", "not a field"},
	    {"title x\nlet a {b}\nlet b 1\n", "lab:2: let: {b}: no draw or let"},
	    {"title x\ndraw a 5-2\n", NULL},
	    {"title x\ndraw a\n", "neither a range nor words"},
	    {"title x\ndraw a 1-2 x\n", "a range and words"},
	    {"title x\nseconds 0\n", "a number from 1 to 600"},
	    {"title x\ncapture p h\n", "a name, a host, an interface"},
	    {"title x\nvalid p | ip\n", "POINT | FILTER, with a capture point above"},
	    {"title x\nquestion a\n\twrong 1\n", "no feedback behind two tabs below"},
	    {"title x\nquestion a\n\twrong.zh_CN 1\n", "nothing above that it could belong to"},
	    {"title x\nquestion a\n\twithin much\n", "a number, or a number and %"},
	    {"title x\nkind word\n", "this key is behind a tab, below a question"},
	    {"title x\n\ttitle y\n", "this key stands at the margin"},
	    {"title x\nneeds.zh_CN y\n", "this key has no translations"},
	    {"title \xff\n", "lab:1: not UTF-8"},
	    {"title \x1b[31m\n", "lab:1: a control character"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ni_err err = {.what = ""};
		int rc = read_text(&lab, cases[i][0], strlen(cases[i][0]), "", &err);
		if (!cases[i][1])
			continue;
		assert_int_equal(rc, NI_ERR_INPUT);
		if (!strstr(err.what, cases[i][1]))
			fail_msg("%s\nwanted: %s\nsaid: %s", cases[i][0], cases[i][1], err.what);
	}
}

/* A copy that ends where the heap block ends. */
static char *
exact(const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	assert_non_null(copy);
	memcpy(copy, p, n);
	return copy;
}

static void
read_lab(const char *p, size_t n)
{
	char *copy = exact(p, n);
	struct ni_err err = {.what = ""};
	if (read_text(&lab, copy, n, "zh_CN", &err))
		assert_true(err.what[0] != '\0');
	free(copy);
	nl_pool_free(&pool);
}

static void
test_damaged_labs(void **state)
{
	(void)state;
	static const char bytes[] = {0, '\t', '\n', '|', '{', '}', '#', (char)0xff, (char)0xe4};
	char text[sizeof(good)];
	for (size_t n = 0; n < sizeof(good); n++)
		read_lab(good, n);
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		memcpy(text, good, sizeof(good));
		for (size_t k = 0; k < sizeof(bytes); k++) {
			text[i] = bytes[k];
			read_lab(text, sizeof(good) - 1);
		}
	}
}

static void
test_sums(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
	    {"1 + 2 * 3", "7"},
	    {"(1 + 2) * 3", "9"},
	    {"7 / 2", "3.5"},
	    {"8 / 2", "4"},
	    {"2 / 3", "0.666666667"},
	    {"7 % 4", "3"},
	    {"4294967295 + 1", "4294967296"},
	    {"(4294967295 + 1) % 4294967296", "0"},
	    {"0x1f & 0x0f", "15"},
	    {"1 | 6", "7"},
	    {"192.168.7.10 & 255.255.255.192", "192.168.7.0"},
	    {"192.168.7.0 + 5", "192.168.7.5"},
	    {"10.0.0.9 - 10.0.0.1", "8"},
	    {"1.5 - 0.25", "1.25"},
	    {"1700000000.123456789 - 1700000000", "0.123456789"},
	    {"3 > 2 ? 10 : 20", "10"},
	    {"10.0.0.1 == 10.0.0.1", "1"},
	    {"1 <= 1", "1"},
	    {"2 != 2", "0"},
	    {"-3 + 5", "2"},
	    {"-(2 - 5)", "3"},
	    {"9223372036854775807 + 1", "9223372036854775808"},
	    {"(0 - 9223372036854775807 - 1) / -1", "9223372036854775808"},
	    {"(0 - 9223372036854775807 - 1) % -1", "0"},
	    {"1 / 0", NULL},
	    {"1 % 0", NULL},
	    {"1.5 % 2", NULL},
	    {"1.5 & 2", NULL},
	    {"1 +", NULL},
	    {"(1", NULL},
	    {"1 2", NULL},
	    {"1 ? 2", NULL},
	    {"apple", NULL},
	    {"", NULL},
	    {"99999999999999999999", NULL},
	    {"((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))",
	     NULL},
	    {"----------------------------------------1", NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ni_err err = {.what = ""};
		const char *got = nl_calc(&pool, cases[i][0], &err);
		if (cases[i][1] && !got)
			fail_msg("%s: %s", cases[i][0], err.what);
		else if (cases[i][1])
			assert_string_equal(got, cases[i][1]);
		else if (got)
			fail_msg("%s: %s", cases[i][0], got);
		assert_true(got || err.what[0]);
	}
}

static void
test_quantities(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double v; /* below 0: it is no number */
	} cases[] = {
	    {"3", 3},
	    {"0x10", 16},
	    {"1,460", 1460},
	    {"1 460", 1460},
	    {"12,345,678", 12345678},
	    {"1'000", 1000},
	    {"3.5", 3.5},
	    {".5", 0.5},
	    {"3 segments", 3},
	    {"3 个", 3},
	    {"200 ms", 0.2},
	    {"200毫秒", 0.2},
	    {"1.5 KiB", 1536},
	    {"2 s.", 2},
	    {"3 or 4", -1},
	    {"", -1},
	    {"abc", -1},
	    {"1,46", -1},
	    {"0x", -1},
	    {"1.2.3", -1},
	    {"1 2 3", -1},
	    {"4-5", -1},
	    {"99999999999999999999999999999999999999999999999999999999999999999999999999999", -1},
	};
	struct nl_quantity q;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool good_one = nl_quantity_read(cases[i].text, &q);
		if (good_one != (cases[i].v >= 0) ||
		    (good_one && (q.v - cases[i].v > 1e-9L || cases[i].v - q.v > 1e-9L)))
			fail_msg("%s: %d %Lg", cases[i].text, good_one, q.v);
	}
}

/* A question of this kind with this value, in a world without captures. */
static bool
answer_is(enum nl_kind kind, const char *value, const char *answer)
{
	static struct nl_question q;
	struct nl_world w = {.lab = &lab, .pool = &pool};
	const char *cell[] = {value};
	struct nl_row row = {cell, 1};
	struct nl_value v = {.row = &row, .nrows = 1};
	q = (struct nl_question){.kind = kind};
	if (kind == NL_KIND_WORD) {
		q.choice[0] = (struct nl_choice){"client", "10.0.0.1"};
		q.choice[1] = (struct nl_choice){"server", "10.0.0.2"};
		q.choice[2] = (struct nl_choice){"neither", NULL};
		q.nchoices = 3;
	}
	return nl_answer_is(&w, &q, &v, answer);
}

static void
test_answers(void **state)
{
	(void)state;
	static const struct {
		enum nl_kind kind;
		bool same;
		const char *value, *answer;
	} cases[] = {
	    {NL_KIND_NUMBER, true, "1460", "1,460"},
	    {NL_KIND_NUMBER, true, "18", "0x0012"},
	    {NL_KIND_NUMBER, true, "4294967295", "4294967295"},
	    {NL_KIND_NUMBER, false, "4294967295", "4294967294"},
	    {NL_KIND_NUMBER, false, "3", "3 or 4"},
	    {NL_KIND_FRAME, true, "12", "#12"},
	    {NL_KIND_FRAME, true, "12", "第 12 帧"},
	    {NL_KIND_FRAME, false, "12", "12 13"},
	    {NL_KIND_FRAME, false, "12", "112"},
	    {NL_KIND_WORD, true, "10.0.0.1", "Client"},
	    {NL_KIND_WORD, true, "10.0.0.2", "服务器"},
	    {NL_KIND_WORD, true, "10.0.0.2", "10.0.0.2"},
	    {NL_KIND_WORD, false, "10.0.0.2", "client"},
	    {NL_KIND_WORD, true, "neither", "都没有"},
	    {NL_KIND_MAC, true, "02:00:00:aa:00:01", "0200.00AA.0001"},
	    {NL_KIND_MAC, true, "02:00:00:aa:00:01", "02-00-00-aa-00-01"},
	    {NL_KIND_MAC, false, "02:00:00:aa:00:01", "02:00:00:aa:00:02"},
	    {NL_KIND_MAC, false, "02:00:00:aa:00:01", "02:00:00:aa:00:01:00"},
	    {NL_KIND_ADDRESS, true, "10.0.0.1", " 10.0.0.1"},
	    {NL_KIND_ADDRESS, true, "2001:db8::1", "2001:DB8:0:0::1"},
	    {NL_KIND_ADDRESS, false, "10.0.0.1", "10.0.0.10"},
	    {NL_KIND_LIST, true, "SYN_SENT ESTABLISHED", "syn-sent → established"},
	    {NL_KIND_LIST, false, "SYN_SENT ESTABLISHED", "ESTABLISHED SYN_SENT"},
	    {NL_KIND_LIST, false, "SYN_SENT ESTABLISHED", "SYN_SENT"},
	    {NL_KIND_TUPLE, true, "10.0.0.1 80 10.0.0.2 5555", "(10.0.0.1:80, 10.0.0.2:5555)"},
	    {NL_KIND_TUPLE, true, "1 2", "1、2"},
	    {NL_KIND_TUPLE, false, "1 2", "2 1"},
	    {NL_KIND_TEXT, true, "GET /index.html HTTP/1.1", "get /index.html  http/1.1"},
	    {NL_KIND_TEXT, false, "GET /index.html", "GET /"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (answer_is(cases[i].kind, cases[i].value, cases[i].answer) != cases[i].same)
			fail_msg("%s: %s", cases[i].value, cases[i].answer);
}

static void
test_tolerance(void **state)
{
	(void)state;
	struct nl_world w = {.lab = &lab, .pool = &pool};
	const char *cell[] = {"204.5"};
	struct nl_row row = {cell, 1};
	struct nl_value v = {.row = &row, .nrows = 1};
	static struct nl_question q;
	q = (struct nl_question){.kind = NL_KIND_NUMBER, .unit = "ms", .within = 5};
	assert_true(nl_answer_is(&w, &q, &v, "200"));
	assert_true(nl_answer_is(&w, &q, &v, "0.2 s"));
	assert_true(nl_answer_is(&w, &q, &v, "209 ms"));
	assert_false(nl_answer_is(&w, &q, &v, "210"));
	assert_false(nl_answer_is(&w, &q, &v, "204.5 s"));
	assert_false(nl_answer_is(&w, &q, &v, "204.5 bytes"));
	q.within = 0.1;
	q.within_part = true;
	assert_true(nl_answer_is(&w, &q, &v, "220"));
	assert_false(nl_answer_is(&w, &q, &v, "230"));
}

static int
read_form(const char *text, size_t n, struct nl_form *f, struct ni_err *err)
{
	read_good(&lab, "");
	char *copy = exact(text, n);
	*f = (struct nl_form){.path = "form"};
	int rc = nl_form_parse(f, &lab, &pool, copy, n, err);
	free(copy);
	return rc;
}

static void
test_forms(void **state)
{
	(void)state;
	static const char text[] = "\xef\xbb\xbf# x\r\nlab = 99-test\r\n  seed=s1\r\n"
				   "one\t=  客户端 \r\ntwo-b ＝ １２　ｍｓ";
	static const struct {
		const char *text, *said;
	} cases[] = {
	    {"one\n", "form:1: not of the form NAME = ANSWER"},
	    {"three = 1\n", "form:1: three: 99-test has no such question"},
	    {"one = 1\none = 2\n", "form:2: one is answered twice"},
	    {"lab = 10-teardown\n", "this is the form of 10-teardown"},
	    {"one = \xc4\xe3\n", "form:1: not UTF-8"},
	    {"one = \x1b[m\n", "form:1: a control character"},
	    {"\xff\xfeo\0n\0", "form: UTF-16"},
	};
	struct nl_form f;
	struct ni_err err = {.what = ""};
	assert_int_equal(read_form(text, sizeof(text) - 1, &f, &err), NI_SUCCESS);
	assert_string_equal(f.seed, "s1");
	assert_string_equal(f.answer[0], "客户端");
	assert_string_equal(f.answer[1], "12 ms");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_form(cases[i].text, strlen(cases[i].text), &f, &err),
				 NI_ERR_INPUT);
		if (!strstr(err.what, cases[i].said))
			fail_msg("%s: %s", cases[i].said, err.what);
	}
	/* What is not read may be in any encoding. */
	assert_int_equal(read_form("# \xc4\xe3\n", 5, &f, &err), NI_SUCCESS);
	for (size_t n = 0; n < sizeof(text); n++)
		read_form(text, n, &f, &err);
	char bad[sizeof(text)];
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(bad, text, sizeof(text));
			bad[i] = (char)(bad[i] ^ (1 << bit));
			read_form(bad, sizeof(bad) - 1, &f, &err);
		}
		nl_pool_free(&pool);
	}
}

/* Lines of at most 80 columns, in which nothing is lost. */
static void
test_wrapping(void **state)
{
	(void)state;
	static const char *const texts[] = {
	    "How many segments does this close take, from the first FIN to the last one of all, "
	    "and which of them was sent by whom?",
	    "A 的另一端也没有数据要发送了，一得知第一个 FIN 就立即关闭。从第一个 FIN "
	    "到最后一个确认，"
	    "这次关闭一共用了几个报文段？请看抓包。",
	    "anexcessivelylongwordthatdoesnotfitintoalineofeightycolumnshoweverhardonetriestobreaki"
	    "t",
	    "",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *out = NULL;
		size_t n = 0;
		FILE *f = open_memstream(&out, &n);
		assert_non_null(f);
		nl_wrap(f, "# ", "# ", texts[i]);
		fclose(f);
		const char *want = texts[i];
		for (char *line = strtok(out, "\n"); line; line = strtok(NULL, "\n")) {
			unsigned columns = 0;
			for (size_t k = 0; line[k]; k += nl_utf8(line + k, strlen(line + k)))
				columns += (unsigned char)line[k] < 0xe2 ? 1 : 2;
			assert_memory_equal(line, "# ", 2);
			assert_true(columns <= 80 || !strchr(line + 2, ' '));
			want += strspn(want, " ");
			assert_memory_equal(line + 2, want, strlen(line + 2));
			want += strlen(line + 2);
		}
		assert_string_equal(want, "");
		free(out);
	}
}

static void
test_draws(void **state)
{
	(void)state;
	struct ni_err err = {.what = ""};
	read_good(&lab, "");
	struct nl_params a;
	struct nl_params b;
	bool differs = false;
	for (unsigned i = 0; i < 50; i++) {
		const char *seed = nl_fmt(&pool, "s%u", i);
		nl_draw(&lab, &pool, seed, &a);
		nl_draw(&lab, &pool, seed, &b);
		assert_string_equal(a.nonce, b.nonce);
		assert_int_equal(strlen(a.nonce), 16);
		assert_string_equal(a.draw[0], b.draw[0]);
		unsigned long port = strtoul(a.draw[0], NULL, 10);
		assert_in_range(port, 7000, 7999);
		assert_true(!strcmp(a.draw[1], "client") || !strcmp(a.draw[1], "server"));
		nl_draw(&lab, &pool, nl_fmt(&pool, "t%u", i), &b);
		differs |= strcmp(a.draw[0], b.draw[0]) != 0;
	}
	assert_true(differs);
	assert_int_equal(nl_seed_check("20231234", &err), NI_SUCCESS);
	assert_int_equal(nl_seed_check("张三", &err), NI_SUCCESS);
	static const char *const bad[] = {"", "-x", ".", "../x", "a b", "a/b", "\xff", "a\n"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(nl_seed_check(bad[i], &err), NI_ERR_INPUT);
	/* Known values: they must be the same on every machine, and stay so. */
	nl_draw(&lab, &pool, "20231234", &a);
	assert_string_equal(a.nonce, "83172b665d177246");
	assert_string_equal(a.draw[0], "7253");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_lab_file, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_wrong_lines, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_damaged_labs, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_sums, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_quantities, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_tolerance, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_wrapping, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_draws, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
