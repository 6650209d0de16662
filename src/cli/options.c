/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line; see options.h. Every option stands in the table below and nowhere else. */
#include "options_priv.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/buf.h"
#include "stat.h"

/* clang-format off */
const struct word ni_cli_formats[] = {
    {"text", NI_FORMAT_TEXT},
    {"tree", NI_FORMAT_TREE},
    {"fields", NI_FORMAT_FIELDS},
    {"json", NI_FORMAT_JSON},
    {"records", NI_FORMAT_RECORDS},
    {"report", NI_FORMAT_REPORT},
    {"ladder", NI_FORMAT_LADDER},
    {NULL, 0},
};
const struct word ni_cli_times[] = {
    {"r", NI_TIME_RELATIVE}, {"a", NI_TIME_ABSOLUTE},         {"ad", NI_TIME_ABSOLUTE_DATE},
    {"d", NI_TIME_DELTA},    {"dd", NI_TIME_DELTA_DISPLAYED}, {"e", NI_TIME_EPOCH},
    {"u", NI_TIME_UTC},      {"ud", NI_TIME_UTC_DATE},        {NULL, 0},
};
const struct word ni_cli_colors[] = {{"auto", 0}, {"always", 1}, {"never", 2}, {NULL, 0}};
/* clang-format on */

/* Find @arg among @words; else fail with all of them in the hint. */
static int
pick(const struct word *words, const char *arg, const char *option, int *value, struct ni_err *err)
{
	char all[256];
	struct ni_buf b = ni_buf(all, sizeof(all));
	for (const struct word *w = words; w->name; w++) {
		if (!strcmp(w->name, arg)) {
			*value = w->value;
			return NI_SUCCESS;
		}
		ni_buf_fmt(&b, "%s%s", w == words ? "" : ", ", w->name);
	}
	ni_fail(err, NI_ERR_INPUT, _("%s %s: no such choice"), option, arg);
	ni_hint(err, _("one of: %s"), ni_buf_z(&b));
	return NI_ERR_INPUT;
}

static int
set_format(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	char name[64];
	int v = 0;
	int rc = pick(ni_cli_formats, arg, ni_opts_called(opt, name), &v, err);
	cli->format = (enum ni_format)v;
	return rc;
}

static int
set_time(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	char name[64];
	int v = 0;
	int rc = pick(ni_cli_times, arg, ni_opts_called(opt, name), &v, err);
	cli->time = (enum ni_time_format)v;
	return rc;
}

static int
set_color(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	char name[64];
	int v = 0;
	cli->color = arg;
	return pick(ni_cli_colors, arg, ni_opts_called(opt, name), &v, err);
}

static int
set_only(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	size_t n = strlen(arg);
	size_t k = 0;
	if (n >= sizeof(cli->only_mem))
		return ni_fail(err, NI_ERR_INPUT, _("-O: the list is too long"));
	memcpy(cli->only_mem, arg, n + 1);
	char *save = NULL;
	for (char *w = strtok_r(cli->only_mem, ", ", &save); w && k < NI_OPT_LIST_MAX;
	     w = strtok_r(NULL, ", ", &save))
		cli->only[k++] = w;
	cli->only[k] = NULL;
	cli->tree = true;
	return NI_SUCCESS;
}

static bool
is_yes(const char *v)
{
	return v[0] == 'y' || v[0] == 'Y';
}

/* "/t" and "/s" are tshark's words for a tab and a space. */
static int
set_char(char *to, const char *v, const char *what, struct ni_err *err)
{
	if (!strcmp(v, "/t"))
		*to = '\t';
	else if (!strcmp(v, "/s"))
		*to = ' ';
	else if (v[0] && !v[1])
		*to = v[0];
	else
		return ni_fail(err, NI_ERR_INPUT, _("-E %s=%s: not one character, /t or /s"), what,
			       v);
	return NI_SUCCESS;
}

static int
set_layout(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	static const struct word quotes[] = {{"n", 0}, {"s", '\''}, {"d", '"'}, {NULL, 0}};
	static const struct word which[] = {{"a", 'a'}, {"f", 'f'}, {"l", 'l'}, {NULL, 0}};
	struct ni_fields_opts *e = &cli->layout;
	const char *v = strchr(arg, '=');
	size_t n = v ? (size_t)(v - arg) : strlen(arg);
	int c = 0;
	int rc = NI_SUCCESS;
	v = v ? v + 1 : "";
	if (n == 6 && !strncmp(arg, "header", n)) {
		e->header = is_yes(v);
	} else if (n == 3 && !strncmp(arg, "bom", n)) {
		e->bom = is_yes(v);
	} else if (n == 9 && !strncmp(arg, "separator", n)) {
		rc = set_char(&e->separator, v, "separator", err);
	} else if (n == 10 && !strncmp(arg, "aggregator", n)) {
		rc = set_char(&e->aggregator, v, "aggregator", err);
	} else if (n == 5 && !strncmp(arg, "quote", n)) {
		rc = pick(quotes, v, "-E quote", &c, err);
		e->quote = (char)c;
	} else if (n == 10 && !strncmp(arg, "occurrence", n)) {
		rc = pick(which, v, "-E occurrence", &c, err);
		e->occurrence = (char)c;
	} else {
		rc = ni_fail(err, NI_ERR_INPUT, _("-E %s: no such setting"), arg);
		ni_hint(err, _("header=y|n, bom=y|n, separator=/t|/s|CHAR, occurrence=f|l|a, "
			       "aggregator=,|/s|CHAR, quote=d|s|n"));
	}
	return rc;
}

static int
unknown_record(const char *word, size_t n, struct ni_err *err)
{
	char all[128];
	struct ni_buf b = ni_buf(all, sizeof(all));
	for (unsigned i = 0; ni_record_name(i); i++)
		ni_buf_fmt(&b, "%s%s", i ? ", " : "", ni_record_name(i));
	ni_fail(err, NI_ERR_INPUT, _("--records: '%.*s' is no kind of record"), (int)n, word);
	ni_hint(err, _("the kinds are: %s"), ni_buf_z(&b));
	return NI_ERR_INPUT;
}

static int
set_records(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	cli->records = 0;
	for (const char *w = arg;; w++) {
		size_t n = strcspn(w, ",");
		unsigned i = 0;
		while (ni_record_name(i) &&
		       (strlen(ni_record_name(i)) != n || strncmp(ni_record_name(i), w, n) != 0))
			i++;
		if (!ni_record_name(i))
			return unknown_record(w, n, err);
		cli->records |= 1U << i;
		w += n;
		if (!*w)
			break;
	}
	if (cli->format == NI_FORMAT_DEFAULT)
		cli->format = NI_FORMAT_RECORDS;
	return NI_SUCCESS;
}

static int
add_field(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	if (cli->fields.n == NI_OPT_LIST_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("-e: more than %d fields"), NI_OPT_LIST_MAX);
	cli->fields.v[cli->fields.n++] = arg;
	if (cli->format == NI_FORMAT_DEFAULT)
		cli->format = NI_FORMAT_FIELDS;
	return NI_SUCCESS;
}

static int
set_read(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	if (cli->read_second)
		return ni_fail(err, NI_ERR_INPUT, _("-r %s: at most two files are compared"), arg);
	if (cli->read_file)
		cli->read_second = arg;
	else
		cli->read_file = arg;
	return NI_SUCCESS;
}

static int
add_stat(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	if (!strcmp(arg, "help")) {
		cli->list_stats = true;
		return NI_SUCCESS;
	}
	if (cli->stats.n == NI_CLI_STATS)
		return ni_fail(err, NI_ERR_INPUT, _("-z: more than %d statistics"), NI_CLI_STATS);
	cli->stats.v[cli->stats.n++] = arg;
	return ni_stat_find(arg, NULL, err) ? NI_SUCCESS : NI_ERR_INPUT;
}

/* Take in connections @first to @last. */
static int
add_conns(struct ni_cli *cli, uint64_t first, uint64_t last, struct ni_err *err)
{
	for (uint64_t n = first; n <= last; n++) {
		if (cli->nconns == NI_CLI_CONNS)
			return ni_fail(err, NI_ERR_INPUT, _("--conn: more than %d connections"),
				       NI_CLI_CONNS);
		cli->conns[cli->nconns++] = (uint32_t)n;
	}
	return NI_SUCCESS;
}

/* "3", "0,4-7" */
static int
set_conns(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_cli *cli = o;
	(void)opt;
	char *end = NULL;
	for (const char *s = arg;; s = end + 1) {
		unsigned long first = strtoul(s, &end, 10);
		unsigned long last = first;
		bool good = *s >= '0' && *s <= '9';
		if (good && *end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (!good || (*end && *end != ',') || last > UINT32_MAX || first > last) {
			ni_fail(err, NI_ERR_INPUT, _("--conn %s: not a list of numbers"), arg);
			ni_hint(err, _("for example --conn 3 or --conn 0,4-7; -e tcp.stream shows "
				       "the numbers"));
			return NI_ERR_INPUT;
		}
		int rc = add_conns(cli, first, last, err);
		if (rc || !*end)
			return rc;
	}
}

/* A number of bytes, with k, M, G, T for powers of 1024. */
static int
set_size(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	static const char units[] = "kMGT";
	uint64_t *to = (uint64_t *)(void *)((char *)o + opt->at);
	char name[64];
	char *end = NULL;
	errno = 0;
	unsigned long long v = strtoull(arg, &end, 10);
	const char *u = *end ? strchr(units, *end == 'K' ? 'k' : *end) : NULL;
	unsigned shift = u ? 10 * ((unsigned)(u - units) + 1) : 0;
	if (arg[0] < '0' || arg[0] > '9' || errno || (*end && (!u || end[1])) ||
	    v > UINT64_MAX >> shift) {
		ni_fail(err, NI_ERR_INPUT, _("%s %s: not a size"), ni_opts_called(opt, name), arg);
		ni_hint(err, "%s", _("for example 500M or 2G"));
		return NI_ERR_INPUT;
	}
	*to = v << shift;
	return NI_SUCCESS;
}

/* Shorter in the rows. */
#define HEADING    NI_OPT_HEADING
#define FLAG       NI_OPT_FLAG
#define STRING     NI_OPT_STRING
#define LIST       NI_OPT_LIST
#define NUMBER     NI_OPT_NUMBER
#define BIGNUMBER  NI_OPT_BIG
#define CALL       NI_OPT_CALL
#define AT(member) offsetof(struct ni_cli, member)

/* clang-format off */
static const struct ni_opt options[] = {
	{HEADING, 0, "Input", NULL, NULL, 0, 0, NULL},
	{LIST, 'i', "interface", "IFACE", "capture on IFACE, a name or number from -D; may be repeated", AT(ifaces), 0, NULL},
	{CALL, 'r', "read-file", "FILE", "read a capture file, - for standard input (pcap or pcapng, also gzip or zstd); with -T report a second one from the other side of a router or NAT", 0, 0, set_read},
	{FLAG, 0, "follow", NULL, "with -r: wait for more at the end of a file that is still being written", AT(follow), 0, NULL},
	{STRING, 'f', "capture-filter", "FILTER", "capture filter (BPF syntax); the trailing words mean the same", AT(filter), 0, NULL},
	{STRING, 'Y', "display-filter", "FILTER", "show (and with -w write) only packets that match FILTER, in Wireshark's language; see netinspect-filter(5)", AT(display_filter), 0, NULL},
	{BIGNUMBER, 'c', "packet-count", "N", "stop after N packets that pass the capture filter", AT(count), 0, NULL},
	{NUMBER, 's', "snapshot-length", "BYTES", "keep at most BYTES of each packet (default 262144)", AT(snaplen), 262144, NULL},
	{FLAG, 'p', "no-promiscuous-mode", NULL, "do not put the interface into promiscuous mode", AT(no_promisc), 0, NULL},
	{NUMBER, 'B', "buffer-size", "MIB", "size of the kernel's buffer", AT(buffer_mib), 2047, NULL},
	{STRING, 'y', "linktype", "TYPE", "link type to capture with, from -L", AT(linktype), 0, NULL},
	{LIST, 'a', "autostop", "WHAT:N", "stop after duration:SECONDS, filesize:KB, files:N or packets:N", AT(autostop), 0, NULL},
	{FLAG, 'D', "list-interfaces", NULL, "list interfaces with their addresses and state, then exit", AT(list_ifaces), 0, NULL},
	{FLAG, 'L', "list-data-link-types", NULL, "list the link types of the interface, then exit", AT(list_linktypes), 0, NULL},
	{STRING, 'Z', "relinquish-privileges", "USER", "run as USER once everything is open (default: who called sudo)", AT(user), 0, NULL},
	{FLAG, 0, "no-sandbox", NULL, "do not limit what the program may ask of the kernel while it looks at packets (for debuggers)", AT(no_sandbox), 0, NULL},

	{HEADING, 0, "Output", NULL, NULL, 0, 0, NULL},
	{CALL, 'T', "format", "FORMAT", "text (a line a packet), tree (-V), fields (-e), json, records (what was exchanged, as JSON), report, or ladder (TCP connections as arrow diagrams)", 0, 0, set_format},
	{FLAG, 0, "tui", NULL, "the terminal view (the default on a terminal when no other output is asked for)", AT(tui), 0, NULL},
	{FLAG, 0, "no-mouse", NULL, "terminal view: leave the mouse to the terminal", AT(no_mouse), 0, NULL},
	{CALL, 0, "memory", "SIZE", "terminal view: memory for index and tables (default 1G); the oldest packets go when it is full", AT(memory), 0, set_size},
	{CALL, 0, "spool-size", "SIZE", "terminal view: temporary file for live packets (default 1G); the oldest go when it is full", AT(spool), 0, set_size},
	{CALL, 'e', "field", "FIELD", "with -T fields: a field to print, or a test with a regular expression, of which the groups are printed; may be repeated", 0, 0, add_field},
	{CALL, 'E', "field-layout", "SETTING", "header=, separator=, quote=, occurrence=, aggregator=, bom=", 0, 0, set_layout},
	{FLAG, 'V', "tree", NULL, "show every field of every layer", AT(tree), 0, NULL},
	{CALL, 'O', "tree-of", "PROTOCOLS", "as -V, but only these protocols in detail (comma-separated)", 0, 0, set_only},
	{FLAG, 'x', "hex", NULL, "also show the bytes of each packet", AT(hex), 0, NULL},
	{FLAG, 0, "explain", NULL, "with text, tree and ladder: say in sentences what TCP segments and connections mean", AT(explain), 0, NULL},
	{FLAG, 'q', "quiet", NULL, "print no packets", AT(quiet), 0, NULL},
	{CALL, 't', "time", "FORMAT", "r relative, a clock, ad date and clock, d delta, dd delta of displayed, e epoch, u UTC, ud UTC with date", 0, 0, set_time},
	{FLAG, 'l', "line-buffered", NULL, "write every line at once, as to a terminal", AT(line_buffered), 0, NULL},
	{FLAG, 'n', "no-names", NULL, "do not resolve names (nothing is ever resolved; for habit)", AT(no_names), 0, NULL},
	{CALL, 'z', "statistic", "STAT", "print a statistic behind the packets, for example follow,tcp,ascii,0; with -q nothing else; may be repeated; -z help lists them", 0, 0, add_stat},
	{FLAG, 0, "json", NULL, "write statistics as JSON, one line each", AT(stats_json), 0, NULL},
	{STRING, 0, "html", "FILE", "beside any output: write the report as a page for a browser, with ladders, to FILE", AT(html), 0, NULL},
	{CALL, 0, "conn", "NUMBER", "ladder: only these TCP connections (as 3 or 0,4-7; tcp.stream has the number); may be repeated", 0, 0, set_conns},
	{CALL, 0, "records", "KINDS", "with -T records: only these kinds (comma-separated): conn, http, dns, arp, dhcp, ntp, note", 0, 0, set_records},
	{FLAG, 0, "full", NULL, "report: cut no list short; ladder: fold nothing", AT(full), 0, NULL},
	{STRING, 0, "net", "NETWORK", "the clients' own network, for example 192.168.1.0/24: what DHCP in the capture does not tell", AT(net), 0, NULL},
	{STRING, 0, "export-objects", "http,DIR", "write the bodies of HTTP messages, decoded, as files into DIR, which is made if it is missing", AT(export_objects), 0, NULL},
	{CALL, 0, "color", "WHEN", "auto, always or never (NO_COLOR is honoured)", 0, 0, set_color},
	{NUMBER, 0, "width", "COLUMNS", "width of reports and ladders (default: the terminal's, else 80)", AT(width), 1000, NULL},
	{FLAG, 0, "ascii", NULL, "use no characters outside ASCII", AT(ascii), 0, NULL},

	{HEADING, 0, "Files", NULL, NULL, 0, 0, NULL},
	{STRING, 'w', "write-file", "FILE", "write the packets to FILE (as pcap if it ends in .pcap, .cap or .dmp, else as pcapng), - for standard output", AT(write_file), 0, NULL},
	{STRING, 'F', "file-format", "FORMAT", "of -w: pcap, nsecpcap or pcapng", AT(write_format), 0, NULL},
	{FLAG, 'P', "print", NULL, "also print packets when writing them with -w", AT(print), 0, NULL},
	{LIST, 'b', "ring-buffer", "WHAT:N", "switch to a new file after duration:SECONDS, filesize:KB or packets:N; keep files:N", AT(ring), 0, NULL},

	{HEADING, 0, "Dissection", NULL, NULL, 0, 0, NULL},
	{LIST, 'd', "decode-as", "KEY==N,PROTO", "for example tcp.port==8000,http or udp.port==5000-5010,dns", AT(decode_as), 0, NULL},
	{FLAG, 0, "check-checksums", NULL, "verify checksums (offloading makes good packets look bad; then it says so)", AT(check_checksums), 0, NULL},
	{FLAG, 0, "absolute-seq", NULL, "show TCP sequence numbers as they are, not from 0", AT(absolute_seq), 0, NULL},
	{STRING, 'G', "glossary", "WHAT", "print fields, protocols, values or decodes as tshark does, and exit", AT(glossary), 0, NULL},
	{STRING, 0, "list-fields", "GLOB", "print the fields whose key fits GLOB, with type, meaning and values, and exit", AT(list_fields), 0, NULL},

	{HEADING, 0, "Help", NULL, NULL, 0, 0, NULL},
	{STRING, 0, "completion", "SHELL", "print the completion script for bash, zsh or fish and exit", AT(completion), 0, NULL},
	{FLAG, 'h', "help", NULL, "this text", AT(help), 0, NULL},
	{FLAG, 'v', "version", NULL, "version and libraries", AT(version), 0, NULL},
};
/* clang-format on */

const struct ni_opt_table ni_cli_options = {"netinspect", options,
					    sizeof(options) / sizeof(*options)};

/*
 * Whether @word is the name of a capture file, which no capture filter begins with. Of a name that
 * could be one, ni_bpf_compile() has to say it.
 */
static bool
names_a_file(const char *word)
{
	static const char *const ends[] = {".pcap", ".pcapng", ".cap", ".dmp"};
	if (word[0] == '/' || !strncmp(word, "./", 2) || !strncmp(word, "../", 3))
		return true;
	size_t n = strlen(word);
	for (size_t i = 0; i < 2; i++) {
		const char *packed = i ? ".zst" : ".gz";
		size_t k = strlen(packed);
		if (n > k && !strcmp(word + n - k, packed)) {
			n -= k;
			break;
		}
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t k = strlen(ends[i]);
		if (n > k && !strncmp(word + n - k, ends[i], k))
			return true;
	}
	return false;
}

/* A file was named without -r. */
static int
refuse_file(const struct ni_cli *cli, const char *name, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, _("%s: a file, where a capture filter was expected"), name);
	if (cli->read_file)
		ni_hint(err, _("one file at a time; two sides of a router: -T report -r %s -r %s"),
			cli->read_file, name);
	else
		ni_hint(err, _("to read it: netinspect -r %s"), name);
	return NI_ERR_INPUT;
}

/* The words after the options are a capture filter, as in tcpdump. */
static int
join_words(struct ni_cli *cli, int n, char **words, struct ni_err *err)
{
	struct ni_buf b = ni_buf(cli->filter_mem, sizeof(cli->filter_mem));
	if (!n)
		return NI_SUCCESS;
	if (names_a_file(words[0]))
		return refuse_file(cli, words[0], err);
	if (cli->filter)
		return ni_fail(err, NI_ERR_INPUT, _("capture filter given twice: -f and '%s'"),
			       words[0]);
	for (int i = 0; i < n; i++) {
		if (i)
			ni_buf_c(&b, ' ');
		ni_buf_str(&b, words[i]);
	}
	if (b.len == b.cap || b.cut)
		return ni_fail(err, NI_ERR_INPUT, _("capture filter: longer than %zu bytes"),
			       b.cap);
	cli->filter = ni_buf_z(&b);
	return NI_SUCCESS;
}

/* What cannot be meant together. */
static int
check(struct ni_cli *cli, struct ni_err *err)
{
	if (cli->read_file && cli->ifaces.n)
		return ni_fail(err, NI_ERR_INPUT, _("-r and -i: a file or an interface, not both"));
	bool more = cli->write_file || cli->stats.n || cli->export_objects || cli->follow ||
		    cli->display_filter || cli->html;
	if (cli->read_second && (cli->format != NI_FORMAT_REPORT || more)) {
		ni_fail(err, NI_ERR_INPUT,
			more ? _("-r %s: a second file is compared only with -T report, and with "
				 "nothing else")
			     : _("-r %s: a second file is compared only with -T report"),
			cli->read_second);
		ni_hint(err, _("netinspect -T report -r inside.pcap -r outside.pcap"));
		return NI_ERR_INPUT;
	}
	if (cli->fields.n && cli->format != NI_FORMAT_FIELDS)
		return ni_fail(err, NI_ERR_INPUT, _("-e: only with -T fields"));
	if (cli->records && cli->format != NI_FORMAT_RECORDS)
		return ni_fail(err, NI_ERR_INPUT, _("--records: only with -T records"));
	if (cli->nconns && cli->format != NI_FORMAT_LADDER)
		return ni_fail(err, NI_ERR_INPUT, _("--conn: only with -T ladder"));
	if (cli->format == NI_FORMAT_FIELDS && !cli->fields.n) {
		ni_fail(err, NI_ERR_INPUT, _("-T fields: no -e given"));
		ni_hint(err, _("for example -T fields -e frame.number -e ip.src -e tcp.port"));
		return NI_ERR_INPUT;
	}
	if (cli->explain && (cli->format == NI_FORMAT_FIELDS || cli->format == NI_FORMAT_JSON ||
			     cli->format == NI_FORMAT_RECORDS || cli->format == NI_FORMAT_REPORT))
		return ni_fail(err, NI_ERR_INPUT,
			       _("--explain: only with -T text, tree or ladder"));
	if (cli->follow && !cli->read_file)
		return ni_fail(err, NI_ERR_INPUT, _("--follow: only with -r FILE"));
	if (cli->ring.n && !cli->write_file)
		return ni_fail(err, NI_ERR_INPUT, _("-b: only with -w FILE"));
	if (cli->print && !cli->write_file)
		cli->print = false;
	if (cli->format == NI_FORMAT_TREE)
		cli->tree = true;
	return NI_SUCCESS;
}

int
ni_cli_parse(struct ni_cli *cli, int argc, char **argv, struct ni_err *err)
{
	*cli = (struct ni_cli){
	    .layout = {.separator = '\t', .aggregator = ',', .occurrence = 'a'},
	};
	int rc = ni_opts_parse(&ni_cli_options, cli, argc, argv, err);
	if (!rc)
		rc = join_words(cli, argc - optind, argv + optind, err);
	return rc ? rc : check(cli, err);
}
