/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture filters; see bpf.h. */
#include "config.h"

#include "bpf.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "linktype.h"
#include "source_impl.h"

enum {
	FILTER_SNAPLEN = 262144, /* only what the program returns for a match */
	LOCATE_MS = 100,
	SHOWN = 200, /* bytes of a filter in an error message */
};

struct ni_bpf {
	struct bpf_program program;
};

static int64_t
ms_since(int64_t start_ns)
{
	return (ni_mono_ns() - start_ns) / 1000000;
}

/* What may follow the beginning of a filter so that the whole is one. */
static const char *const endings[] = {
    "",
    " 1",
    " 1.2.3.4",
    " ip",
    " host 1.2.3.4",
    " port 1",
    " tcp port 1",
    " 1-2",
    " = 1",
    " 1 = 1",
    "] = 1",
    " 1:2:3:4:5:6",
    " host 1:2:3:4:5:6",
    " 1.0.0.0/8",
    " multicast",
    " proto 1",
};

static bool
compiles(pcap_t *p, const char *text)
{
	struct bpf_program program;
	if (pcap_compile(p, &program, text, 0, PCAP_NETMASK_UNKNOWN) < 0)
		return false;
	pcap_freecode(&program);
	return true;
}

/* Say whether @text[0..@len) can be the beginning of a filter. */
static bool
can_begin(pcap_t *p, const char *text, size_t len, int64_t start_ns)
{
	size_t open = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '(')
			open++;
		else if (text[i] == ')' && open > 0)
			open--;
	}
	char *close = malloc(open + 1);
	size_t size = len + open + 32;
	char *probe = malloc(size);
	bool ok = false;
	if (!close || !probe)
		goto out;
	memset(close, ')', open);
	close[open] = '\0';
	for (size_t i = 0; !ok && i < sizeof(endings) / sizeof(endings[0]); i++) {
		/* A name server that is slow to answer must not hold up the message. */
		if (ms_since(start_ns) > LOCATE_MS)
			break;
		snprintf(probe, size, "%.*s%s%s", (int)len, text, endings[i], close);
		ok = compiles(p, probe);
		if (ok || open == 0)
			continue;
		/* Parentheses also stand in arithmetic: tcp[13] & (2 | 16) = 2 */
		snprintf(probe, size, "%.*s%s%s = 1", (int)len, text, endings[i], close);
		ok = compiles(p, probe);
		if (ok)
			continue;
		snprintf(probe, size, "%.*s%s%s", (int)len, text, close, endings[i]);
		ok = compiles(p, probe);
	}
out:
	free(close);
	free(probe);
	return ok;
}

/* The word at or behind @at: its start in *@start, its end as the result; words and parentheses. */
static size_t
next_word(const char *text, size_t at, size_t *start)
{
	at += strspn(text + at, " \t\r\n");
	*start = at;
	if (text[at] == '(' || text[at] == ')')
		return at + 1;
	return at + strcspn(text + at, " \t\r\n()");
}

int
ni_bpf_locate(const char *text, uint32_t linktype)
{
	int64_t begin = ni_mono_ns();
	pcap_t *p = pcap_open_dead(ni_linktype_to_dlt(linktype), FILTER_SNAPLEN);
	if (!p)
		return -1;
	int place = -1;
	size_t at = 0;
	while (text[at]) {
		size_t start;
		at = next_word(text, at, &start);
		if (at == start)
			break;
		bool ok = can_begin(p, text, at, begin);
		if (ms_since(begin) > LOCATE_MS)
			goto out;
		if (!ok) {
			place = (int)start;
			goto out;
		}
	}
	place = (int)strlen(text);
out:
	pcap_close(p);
	return place;
}

/* Report that libpcap refused @text, with @reason, after @ms. */
static int
refuse(const char *text, uint32_t linktype, const char *reason, int64_t ms, struct ni_err *err)
{
	/* "can't parse filter expression: syntax error" says no more than its end. */
	static const char *const noise[] = {"can't parse filter expression: ",
					    "syntax error in filter expression: "};
	for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++) {
		size_t n = strlen(noise[i]);
		if (strncmp(reason, noise[i], n) == 0)
			reason += n;
	}
	int place = -1;
	if (strstr(reason, "syntax error") && ms < LOCATE_MS)
		place = ni_bpf_locate(text, linktype);
	if (place < 0) {
		ni_fail(err, NI_ERR_INPUT, _("capture filter '%.*s': %s"), SHOWN, text, reason);
	} else if (!text[place]) {
		ni_fail(err, NI_ERR_INPUT,
			_("capture filter '%.*s': %s, something is missing at its end"), SHOWN,
			text, reason);
	} else {
		size_t start;
		size_t end = next_word(text, (size_t)place, &start);
		int len = end - start < 40 ? (int)(end - start) : 40;
		ni_fail(err, NI_ERR_INPUT, _("capture filter '%.*s': %s at '%.*s' (column %d)"),
			SHOWN, text, reason, len, text + start, place + 1);
	}
	if (access(text, F_OK) == 0)
		ni_hint(err, _("there is a file of this name; to read it: -r FILE"));
	else
		ni_hint(err, _("man pcap-filter has the language; for example: 'tcp port 80 and "
			       "host 10.0.0.1'"));
	return NI_ERR_INPUT;
}

int
ni_bpf_compile(struct ni_bpf **out, const char *text, uint32_t linktype, struct ni_err *err)
{
	*out = NULL;
	struct ni_bpf *b = calloc(1, sizeof(*b));
	pcap_t *p = b ? pcap_open_dead(ni_linktype_to_dlt(linktype), FILTER_SNAPLEN) : NULL;
	if (!p) {
		free(b);
		return ni_fail(err, NI_ERR_RUN, _("capture filter: out of memory"));
	}
	int64_t start = ni_mono_ns();
	int r = NI_SUCCESS;
	if (pcap_compile(p, &b->program, text, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		r = refuse(text, linktype, pcap_geterr(p), ms_since(start), err);
		free(b);
	} else {
		*out = b;
	}
	pcap_close(p);
	return r;
}

bool
ni_bpf_match(const struct ni_bpf *b, const uint8_t *data, uint32_t cap, uint32_t len)
{
	struct pcap_pkthdr h = {.caplen = cap, .len = len};
	return pcap_offline_filter(&b->program, &h, data) != 0;
}

void
ni_bpf_free(struct ni_bpf **b)
{
	if (!*b)
		return;
	pcap_freecode(&(*b)->program);
	free(*b);
	*b = NULL;
}

int
ni_bpf_attach(struct pcap *p, const char *text, uint32_t netmask, struct ni_err *err)
{
	struct bpf_program program;
	int64_t start = ni_mono_ns();
	if (pcap_compile(p, &program, text, 1, netmask) < 0) {
		return refuse(text, ni_linktype_from_dlt(pcap_datalink(p)), pcap_geterr(p),
			      ms_since(start), err);
	}
	int r = NI_SUCCESS;
	if (pcap_setfilter(p, &program) < 0)
		r = ni_fail(err, NI_ERR_RUN, _("capture filter: %s"), pcap_geterr(p));
	pcap_freecode(&program);
	return r;
}
