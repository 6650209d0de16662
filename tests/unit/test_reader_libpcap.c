/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libpcap as a second opinion on real captures: those in $NETINSPECT_CAPTURES, or beside the
 * checkout. Skipped (exit status 77) where there are none. We differ on purpose in three things:
 * libpcap cuts packets to the snap length of the file, passes on an original length below the
 * captured one, and takes seconds as signed.
 */
#include "test_capture_util.h"

#include <dirent.h>
#include <pcap/pcap.h>
#include <sys/stat.h>

static const char *const places[] = {
    "../shared/captures/tcpdump",
    "../../shared/captures/tcpdump",
};

static const char *
captures(void)
{
	struct stat st;
	const char *dir = getenv("NETINSPECT_CAPTURES");
	if (dir)
		return dir;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (stat(places[i], &st) == 0)
			return places[i];
	}
	return NULL;
}

static void
differ(const char *path, uint64_t number, const char *what, long long ours, long long theirs)
{
	fail_msg("%s: packet %llu: %s %lld, libpcap says %lld", path, (unsigned long long)number,
		 what, ours, theirs);
}

static void
compare_frame(const char *path, const struct ni_frame *f, const struct pcap_pkthdr *h,
	      const u_char *data, uint32_t snaplen)
{
	uint32_t cap = f->cap < snaplen ? f->cap : snaplen;
	uint32_t len = h->len < f->cap ? f->cap : h->len;
	/* Impossible microseconds overflow there. */
	bool sane = h->ts.tv_usec >= 0 && h->ts.tv_usec < 1000000000;
	if (cap != h->caplen)
		differ(path, f->number, "captured length", cap, h->caplen);
	if (f->len != len)
		differ(path, f->number, "length", f->len, len);
	if (sane && ((uint32_t)(f->ts_ns / 1000000000) != (uint32_t)h->ts.tv_sec ||
		     f->ts_ns % 1000000000 != h->ts.tv_usec))
		differ(path, f->number, "time", (long long)f->ts_ns, (long long)h->ts.tv_sec);
	if (cap > 0 && memcmp(f->data, data, cap) != 0)
		differ(path, f->number, "bytes", 0, 0);
}

/* Returns the number of packets compared. */
static unsigned
compare(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	struct ni_source *s = NULL;
	struct ni_err err;
	struct ni_file_options o = {.path = path};
	pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	int r = ni_source_open_file(&s, &o, &err);
	if (p && r < 0)
		fail_msg("%s", err.what);
	unsigned n = 0;
	while (p && s) {
		struct ni_frame f;
		struct pcap_pkthdr *h;
		const u_char *data;
		r = ni_source_next(s, &f, &err);
		int theirs = pcap_next_ex(p, &h, &data);
		if ((r == NI_SOURCE_FRAME) != (theirs == 1))
			differ(path, n + 1, "result", r, theirs);
		if (theirs != 1)
			break;
		compare_frame(path, &f, h, data, (uint32_t)pcap_snapshot(p));
		n++;
	}
	if (p)
		pcap_close(p);
	ni_source_close(&s);
	return n;
}

static void
all_captures(void **state)
{
	(void)state;
	struct dirent **e;
	int files = scandir(captures(), &e, NULL, alphasort);
	unsigned packets = 0;
	for (int i = 0; i < files; i++) {
		char path[600];
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", captures(), e[i]->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			packets += compare(path);
		free(e[i]);
	}
	free(e);
	print_message("%u packets compared\n", packets);
	assert_true(packets > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_captures),
	};
	if (!captures()) {
		puts("skipped: no captures beside the checkout");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
