/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: every option once, what cannot be meant, and what --help promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "options.h"

enum { MAX_ARGS = 2200 };

static struct ni_cli cli;
static struct ni_err err;

/* Parse words that are separated by '|', as the shell would have split them. */
static int
parse(const char *line)
{
	static char memory[16384];
	char *argv[MAX_ARGS + 2] = {(char[]){"netinspect"}};
	int argc = 1;
	char *save = NULL;
	snprintf(memory, sizeof(memory), "%s", line);
	for (char *w = strtok_r(memory, "|", &save); w; w = strtok_r(NULL, "|", &save)) {
		assert_true(argc <= MAX_ARGS);
		argv[argc++] = w;
	}
	optind = 0; /* glibc: begin anew */
	memset(&err, 0, sizeof(err));
	return ni_cli_parse(&cli, argc, argv, &err);
}

static void
nothing_given(void **state)
{
	(void)state;
	assert_int_equal(parse(""), NI_SUCCESS);
	assert_null(cli.read_file);
	assert_null(cli.filter);
	assert_int_equal(cli.format, NI_FORMAT_DEFAULT);
	assert_int_equal(cli.layout.separator, '\t');
	assert_int_equal(cli.layout.aggregator, ',');
	assert_int_equal(cli.layout.occurrence, 'a');
	assert_int_equal(cli.count, 0);
}

static void
files_and_interfaces(void **state)
{
	(void)state;
	assert_int_equal(parse("-r|a.pcap|-w|b.pcapng|-F|nsecpcap|-P"), NI_SUCCESS);
	assert_string_equal(cli.read_file, "a.pcap");
	assert_string_equal(cli.write_file, "b.pcapng");
	assert_string_equal(cli.write_format, "nsecpcap");
	assert_true(cli.print);
	assert_int_equal(parse("-i|lo|--interface=eth0|-p|-s|96|-B|64|-y|EN10MB"), NI_SUCCESS);
	assert_int_equal(cli.ifaces.n, 2);
	assert_string_equal(cli.ifaces.v[1], "eth0");
	assert_null(cli.ifaces.v[2]);
	assert_true(cli.no_promisc);
	assert_int_equal(cli.snaplen, 96);
	assert_int_equal(cli.buffer_mib, 64);
	assert_string_equal(cli.linktype, "EN10MB");
	assert_int_equal(parse("-w|x.pcap|-a|duration:5|-a|files:2|-b|filesize:10"), NI_SUCCESS);
	assert_int_equal(cli.autostop.n, 2);
	assert_int_equal(cli.ring.n, 1);
}

static void
trailing_words_are_a_capture_filter(void **state)
{
	(void)state;
	assert_int_equal(parse("-r|a|tcp|port|80"), NI_SUCCESS);
	assert_string_equal(cli.filter, "tcp port 80");
	assert_int_equal(parse("tcp port 80"), NI_SUCCESS);
	assert_string_equal(cli.filter, "tcp port 80");
	assert_int_equal(parse("-f|udp|-r|a"), NI_SUCCESS);
	assert_string_equal(cli.filter, "udp");
	assert_int_equal(parse("-f|udp|tcp"), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "twice"));
}

static void
a_filter_has_a_longest_length(void **state)
{
	static char line[6000];
	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	assert_int_equal(parse(line), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "longer than"));
}

static void
connections(void **state)
{
	(void)state;
	assert_int_equal(parse("-T|ladder|--conn|3|--conn|0,4-6"), NI_SUCCESS);
	assert_int_equal(cli.nconns, 5);
	assert_int_equal(cli.conns[0], 3);
	assert_int_equal(cli.conns[1], 0);
	assert_int_equal(cli.conns[4], 6);
	assert_int_equal(parse("-T|ladder|--width|100"), NI_SUCCESS);
	assert_int_equal(cli.nconns, 0);
	assert_int_equal(cli.width, 100);
	static const char *const wrong[] = {"",
					    ",",
					    "1,",
					    "-1",
					    "1-",
					    "5-4",
					    "1,,2",
					    "1 2",
					    "a",
					    "4294967296",
					    "0-1024",
					    "0-4294967295",
					    "99999999999999999999"};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char line[64];
		snprintf(line, sizeof(line), "-T|ladder|--conn=%s", wrong[i]);
		assert_int_equal(parse(line), NI_ERR_INPUT);
	}
	assert_int_equal(parse("-T|json|--conn|3"), NI_ERR_INPUT);
}

static void
formats(void **state)
{
	static const struct {
		const char *arg;
		enum ni_format format;
	} rows[] = {{"text", NI_FORMAT_TEXT},
		    {"tree", NI_FORMAT_TREE},
		    {"json", NI_FORMAT_JSON},
		    {"report", NI_FORMAT_REPORT},
		    {"ladder", NI_FORMAT_LADDER}};
	char line[64];
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(line, sizeof(line), "-T|%s", rows[i].arg);
		assert_int_equal(parse(line), NI_SUCCESS);
		assert_int_equal(cli.format, rows[i].format);
	}
	assert_int_equal(parse("-T|xml"), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "xml"));
	assert_non_null(strstr(err.hint, "json"));
	assert_int_equal(parse("-V|-x|-q|-l|-n"), NI_SUCCESS);
	assert_true(cli.tree && cli.hex && cli.quiet && cli.line_buffered && cli.no_names);
	assert_int_equal(parse("-O|tcp,ip"), NI_SUCCESS);
	assert_true(cli.tree);
	assert_string_equal(cli.only[0], "tcp");
	assert_string_equal(cli.only[1], "ip");
	assert_null(cli.only[2]);
}

static void
fields(void **state)
{
	(void)state;
	assert_int_equal(parse("-e|ip.src|-e|tcp.port"), NI_SUCCESS);
	assert_int_equal(cli.format, NI_FORMAT_FIELDS);
	assert_int_equal(cli.fields.n, 2);
	assert_int_equal(parse("-T|fields|-e|ip.src|-E|header=y|-E|separator=;|-E|quote=d|"
			       "-E|occurrence=f|-E|aggregator=/s|-E|bom=y"),
			 NI_SUCCESS);
	assert_true(cli.layout.header && cli.layout.bom);
	assert_int_equal(cli.layout.separator, ';');
	assert_int_equal(cli.layout.quote, '"');
	assert_int_equal(cli.layout.occurrence, 'f');
	assert_int_equal(cli.layout.aggregator, ' ');
	assert_int_equal(parse("-T|fields"), NI_ERR_INPUT);
	assert_int_equal(parse("-T|json|-e|ip.src"), NI_ERR_INPUT);
	assert_int_equal(parse("-e|a|-E|separator=ab"), NI_ERR_INPUT);
	assert_int_equal(parse("-e|a|-E|colour=y"), NI_ERR_INPUT);
	assert_int_equal(parse("-e|a|-E|quote=x"), NI_ERR_INPUT);
}

/* A program that compares all fields with somebody else's asks for all of them at once. */
static void
a_thousand_fields(void **state)
{
	static char line[8192];
	size_t n = 0;
	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "-ef%u|", i);
	assert_int_equal(parse(line), NI_SUCCESS);
	assert_int_equal(cli.fields.n, 1000);
	assert_string_equal(cli.fields.v[999], "f999");
}

static void
lists_have_an_end(void **state)
{
	static char line[16384];
	size_t n = 0;
	(void)state;
	for (unsigned i = 0; i < 2100; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "-ilo|");
	assert_int_equal(parse(line), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "more than"));
}

static void
numbers(void **state)
{
	static const char *const wrong[] = {"-c|x", "-c|-1",     "-c|1x",
					    "-c|",  "-s|999999", "-s|-1",
					    "-B|x", "-B|99999",  "-c|99999999999999999999"};
	(void)state;
	assert_int_equal(parse("-c|5000000000"), NI_SUCCESS);
	assert_true(cli.count == 5000000000);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parse(wrong[i]) != NI_ERR_INPUT || !err.what[0])
			fail_msg("'%s' is taken", wrong[i]);
}

static void
times_and_colours(void **state)
{
	(void)state;
	assert_int_equal(parse("-t|ad"), NI_SUCCESS);
	assert_int_equal(cli.time, NI_TIME_ABSOLUTE_DATE);
	assert_int_equal(parse("-t|x"), NI_ERR_INPUT);
	assert_int_equal(parse("--color=never"), NI_SUCCESS);
	assert_string_equal(cli.color, "never");
	assert_int_equal(parse("--color|sometimes"), NI_ERR_INPUT);
	assert_non_null(strstr(err.hint, "auto"));
}

static void
what_is_unknown_is_named(void **state)
{
	(void)state;
	assert_int_equal(parse("-@"), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "-@"));
	assert_int_equal(parse("--colour=never"), NI_ERR_INPUT);
	assert_non_null(strstr(err.hint, "--color"));
	assert_int_equal(parse("-r"), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "needs an argument"));
	assert_int_equal(parse("--read-file"), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "--read-file"));
	assert_int_equal(parse("-qX"), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "-X"));
}

static void
what_cannot_be_meant_together(void **state)
{
	static const char *const wrong[] = {"-r|a|-i|lo", "--follow", "--follow|-i|lo",
					    "-i|lo|-b|files:3"};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (parse(wrong[i]) != NI_ERR_INPUT)
			fail_msg("'%s' is taken", wrong[i]);
}

/* What a function writes to a file, in memory. */
static char *
written(void (*write)(FILE *), size_t *n)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, n);
	assert_non_null(f);
	write(f);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void
help_fits_a_terminal(void **state)
{
	size_t n = 0;
	char *text = written(ni_cli_help, &n);
	char *save = NULL;
	(void)state;
	assert_non_null(strstr(text, "Usage: netinspect"));
	assert_non_null(strstr(text, "--check-checksums"));
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strlen(line) > 80)
			fail_msg("longer than 80 columns: %s", line);
	free(text);
}

static void
manual_has_every_option(void **state)
{
	size_t n = 0;
	char *text = written(ni_cli_man, &n);
	(void)state;
	assert_non_null(strstr(text, ".SS Input"));
	assert_non_null(strstr(text, "\\-\\-read\\-file"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_given),
	    cmocka_unit_test(files_and_interfaces),
	    cmocka_unit_test(trailing_words_are_a_capture_filter),
	    cmocka_unit_test(a_filter_has_a_longest_length),
	    cmocka_unit_test(connections),
	    cmocka_unit_test(formats),
	    cmocka_unit_test(fields),
	    cmocka_unit_test(a_thousand_fields),
	    cmocka_unit_test(lists_have_an_end),
	    cmocka_unit_test(numbers),
	    cmocka_unit_test(times_and_colours),
	    cmocka_unit_test(what_is_unknown_is_named),
	    cmocka_unit_test(what_cannot_be_meant_together),
	    cmocka_unit_test(help_fits_a_terminal),
	    cmocka_unit_test(manual_has_every_option),
	};
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
