/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What we write, as tshark and capinfos read it. Skipped (exit status 77) without them. */
#include "test_capture_util.h"

#include "capture/writer.h"

static char dir[] = "/tmp/netinspect-test-XXXXXX";

/* Run @fmt with the path of @name in the directory; its output, without the last newline. */
static const char *
output_of(const char *fmt, const char *name)
{
	static char text[1024];
	char command[512];
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int n = snprintf(command, sizeof(command), "%s %s 2>&1 | grep -v 'Running as'", fmt, path);
	assert_true(n > 0 && n < (int)sizeof(command));
	FILE *f = popen(command, "re");
	assert_non_null(f);
	size_t len = fread(text, 1, sizeof(text) - 1, f);
	pclose(f);
	text[len > 0 ? len - 1 : 0] = '\0';
	return text;
}

static void
write_three(const char *name, enum ni_writer_format format)
{
	static const uint8_t zero[64];
	char path[128];
	struct ni_writer *w;
	struct ni_err err;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	struct ni_writer_options o = {.path = path, .format = format};
	assert_int_equal(ni_writer_open(&w, &o, &err), 0);
	for (uint32_t i = 0; i < 3; i++) {
		struct ni_frame f = {.data = zero,
				     .cap = 20 + i,
				     .len = 1500,
				     .ts_ns = INT64_C(1700000000123456789) + i,
				     .linktype = 1,
				     .iface = format == NI_WRITER_PCAPNG ? i % 2 : 0,
				     .ifname = i % 2 ? "eth1" : "eth0"};
		if (i == 1) {
			f.comment = "look here";
			f.comment_len = 9;
		}
		assert_int_equal(ni_writer_put(w, &f, &err), 0);
	}
	assert_int_equal(ni_writer_close(&w, &err), 0);
}

static const char tshark[] =
    "tshark -n -T fields -e frame.len -e frame.cap_len -e frame.time_epoch";

static void
pcapng(void **state)
{
	(void)state;
	char command[256];
	write_three("x.pcapng", NI_WRITER_PCAPNG);
	snprintf(command, sizeof(command), "%s -e frame.interface_name -e frame.comment -r",
		 tshark);
	assert_string_equal(output_of(command, "x.pcapng"),
			    "1500\t20\t1700000000.123456789\teth0\t\n"
			    "1500\t21\t1700000000.123456790\teth1\tlook here\n"
			    "1500\t22\t1700000000.123456791\teth0\t");
	const char *info = output_of("capinfos -tEcIm", "x.pcapng");
	assert_non_null(strstr(info, "pcapng"));
	assert_non_null(strstr(info, "Number of interfaces in file: 2"));
	assert_null(strstr(info, "appears"));
}

static void
pcap(void **state)
{
	(void)state;
	char command[256];
	snprintf(command, sizeof(command), "%s -r", tshark);
	write_three("x.pcap", NI_WRITER_PCAP_NS);
	assert_string_equal(output_of(command, "x.pcap"), "1500\t20\t1700000000.123456789\n"
							  "1500\t21\t1700000000.123456790\n"
							  "1500\t22\t1700000000.123456791");
	write_three("y.pcap", NI_WRITER_PCAP);
	assert_string_equal(output_of(command, "y.pcap"), "1500\t20\t1700000000.123456000\n"
							  "1500\t21\t1700000000.123456000\n"
							  "1500\t22\t1700000000.123456000");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pcapng),
	    cmocka_unit_test(pcap),
	};
	if (system("tshark -v >/dev/null 2>&1 && capinfos -v >/dev/null 2>&1") != 0) {
		puts("skipped: no tshark and capinfos");
		return 77;
	}
	if (!mkdtemp(dir))
		return 1;
	int r = cmocka_run_group_tests(tests, NULL, NULL);
	char command[96];
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command) == 0 ? r : 1;
}
