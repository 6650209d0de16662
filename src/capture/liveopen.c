/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening an interface for capturing; see live.h. */
#include "config.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bpf.h"
#include "i18n.h"
#include "iflist.h"
#include "linktype.h"
#include "live.h"

enum {
	DEFAULT_SNAPLEN = 262144,
	DEFAULT_BUFFER_MIB = 32,
	MAX_BUFFER_MIB = 2047, /* libpcap counts bytes in an int */
};

/* Append @arg to @buf as a shell takes it. Returns false if it does not fit. */
static bool
quote(char *buf, size_t size, const char *arg)
{
	size_t n = strlen(buf);
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_./:=@%+,-";
	bool plain = arg[0] && arg[strspn(arg, safe)] == '\0';
	if (plain)
		return (size_t)snprintf(buf + n, size - n, " %s", arg) < size - n;
	n += (size_t)snprintf(buf + n, size - n, " '");
	for (; *arg && n < size; arg++)
		n += (size_t)snprintf(buf + n, size - n, *arg == '\'' ? "'\\''" : "%c", *arg);
	return n < size && (size_t)snprintf(buf + n, size - n, "'") < size - n;
}

/* The command line of this process, as one would type it, if it is not too long. */
static bool
own_command(char *buf, size_t size)
{
	buf[0] = '\0';
	FILE *f = fopen("/proc/self/cmdline", "re");
	if (!f)
		return false;
	char *arg = NULL;
	size_t room = 0;
	bool ok = true;
	while (ok && getdelim(&arg, &room, '\0', f) > 0)
		ok = quote(buf, size, arg);
	free(arg);
	fclose(f);
	return ok && buf[0];
}

/* One that would capture as @opt says. */
static bool
other_command(char *buf, size_t size, const char *exe, const struct ni_live_options *opt)
{
	buf[0] = '\0';
	bool ok = quote(buf, size, exe);
	for (size_t i = 0; ok && i < opt->n_ifaces; i++)
		ok = quote(buf, size, "-i") && quote(buf, size, opt->ifaces[i]);
	return opt->filter && opt->filter[0] ? ok && quote(buf, size, opt->filter) : ok;
}

bool
ni_live_allowed(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno != EPERM;
}

static int
no_permission(const char *name, const struct ni_live_options *opt, struct ni_err *err)
{
	ni_fail(err, NI_ERR_RUN, _("%s: no permission to capture"), name);
	if (geteuid() == 0) {
		ni_hint(err,
			_("root has no CAP_NET_RAW here, as in a container started without it"));
		return NI_ERR_RUN;
	}
	char command[256];
	char exe[200] = "netinspect";
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n > 0)
		exe[n] = '\0';
	if (opt->not_asked ? !other_command(command, sizeof(command), exe, opt)
			   : !own_command(command, sizeof(command)))
		snprintf(command, sizeof(command), " %s ...", exe);
	ni_hint(err, _("sudo%s   or, once for all: sudo setcap cap_net_raw,cap_net_admin+ep %s"),
		command, exe);
	return NI_ERR_RUN;
}

static int
not_found(const char *name, struct ni_err *err)
{
	struct ni_iflist *list = NULL;
	const char *near = NULL;
	if (ni_iflist_get(&list, NULL) == NI_SUCCESS)
		near = ni_iflist_nearest(list, name);
	ni_fail(err, NI_ERR_INPUT, _("%s: no such interface"), name);
	if (near)
		ni_hint(err, _("did you mean %s? netinspect -D lists them all"), near);
	else
		ni_hint(err, _("netinspect -D lists them all"));
	ni_iflist_free(&list);
	return NI_ERR_INPUT;
}

int
ni_live_name(char **name, const char *spec, struct ni_err *err)
{
	/* A list that cannot be had is no reason to refuse a name that may be right. */
	struct ni_iflist *list = NULL;
	const struct ni_ifentry *e = NULL;
	if (ni_iflist_get(&list, NULL) == NI_SUCCESS)
		e = ni_iflist_find(list, spec);
	*name = strdup(e ? e->name : spec);
	ni_iflist_free(&list);
	return *name ? NI_SUCCESS : ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), spec);
}

/* Say why pcap_activate() gave @status. */
static int
activation_error(pcap_t *p, const char *name, const struct ni_live_options *opt, int status,
		 struct ni_err *err)
{
	const char *more = pcap_geterr(p);
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return not_found(name, err);
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return no_permission(name, opt, err);
	case PCAP_ERROR_IFACE_NOT_UP:
		ni_fail(err, NI_ERR_RUN, _("%s: the interface is down"), name);
		ni_hint(err, _("sudo ip link set %s up"), name);
		return NI_ERR_RUN;
	default:
		return ni_fail(err, NI_ERR_RUN, _("%s: cannot be captured: %s"), name,
			       more[0] ? more : pcap_statustostr(status));
	}
}

static void
set_options(pcap_t *p, const char *name, const struct ni_live_options *opt)
{
	/* "any" is no device that could be switched to promiscuous mode. */
	bool promisc = !opt->no_promisc && strcmp(name, "any") != 0;
	uint32_t mib = opt->buffer_mib ? opt->buffer_mib : DEFAULT_BUFFER_MIB;
	if (mib > MAX_BUFFER_MIB)
		mib = MAX_BUFFER_MIB;
	/* These fail on activated handles alone. */
	pcap_set_snaplen(p, opt->snaplen ? (int)opt->snaplen : DEFAULT_SNAPLEN);
	pcap_set_promisc(p, promisc);
	pcap_set_timeout(p, NI_LIVE_RETIRE_MS);
	pcap_set_buffer_size(p, (int)(mib * 1024 * 1024));
	/* Where it is not offered, the time stamps stay in microseconds. */
	(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
}

static bool
offers(pcap_t *p, int dlt)
{
	int *list;
	int n = pcap_list_datalinks(p, &list);
	bool found = false;
	for (int i = 0; i < n; i++)
		found = found || list[i] == dlt;
	if (n > 0)
		pcap_free_datalinks(list);
	return found;
}

static int
set_linktype(pcap_t *p, const char *name, const char *wanted, struct ni_err *err)
{
	int dlt;
	if (!wanted) {
		/* The second version of the cooked header says which interface a frame came by. */
		if (strcmp(name, "any") == 0 && offers(p, DLT_LINUX_SLL2))
			(void)pcap_set_datalink(p, DLT_LINUX_SLL2);
		return NI_SUCCESS;
	}
	int r = ni_linktype_parse(wanted, &dlt, err);
	if (r < 0)
		return r;
	if (pcap_datalink(p) == dlt)
		return NI_SUCCESS;
	if (!offers(p, dlt) || pcap_set_datalink(p, dlt) < 0) {
		ni_fail(err, NI_ERR_INPUT, _("%s: does not offer link type %s"), name, wanted);
		ni_hint(err, _("netinspect -L -i %s lists those that it does"), name);
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}

int
ni_live_filter(pcap_t *p, const char *name, const char *filter, struct ni_err *err)
{
	if (!filter || !filter[0])
		return NI_SUCCESS;
	char why[PCAP_ERRBUF_SIZE];
	bpf_u_int32 net;
	bpf_u_int32 mask;
	if (strcmp(name, "any") == 0 || pcap_lookupnet(name, &net, &mask, why) < 0)
		mask = PCAP_NETMASK_UNKNOWN;
	return ni_bpf_attach(p, filter, mask, err);
}

static int
activate(pcap_t *p, const char *name, const struct ni_live_options *opt, struct ni_err *notice,
	 struct ni_err *err)
{
	int status = pcap_activate(p);
	if (status < 0)
		return activation_error(p, name, opt, status, err);
	if (status > 0) {
		const char *more = pcap_geterr(p);
		ni_fail(notice, 0, _("%s: %s"), name, more[0] ? more : pcap_statustostr(status));
	}
	return NI_SUCCESS;
}

int
ni_live_open(struct pcap **out, const char *name, const struct ni_live_options *opt,
	     struct ni_err *notice, struct ni_err *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	*out = NULL;
	notice->what[0] = '\0';
	pcap_t *p = pcap_create(name, why);
	if (!p)
		return ni_fail(err, NI_ERR_RUN, _("%s: %s"), name, why);
	set_options(p, name, opt);
	int r = activate(p, name, opt, notice, err);
	if (r == NI_SUCCESS)
		r = set_linktype(p, name, opt->linktype, err);
	if (r == NI_SUCCESS && !opt->filter_later)
		r = ni_live_filter(p, name, opt->filter, err);
	if (r == NI_SUCCESS && pcap_setnonblock(p, 1, why) < 0)
		r = ni_fail(err, NI_ERR_RUN, _("%s: %s"), name, why);
	if (r < 0)
		pcap_close(p);
	else
		*out = p;
	return r;
}

static struct ni_linktypes *
copy_types(const int *dlts, size_t n)
{
	struct ni_linktypes *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->entries = calloc(n, sizeof(*t->entries));
	if (!t->entries) {
		free(t);
		return NULL;
	}
	t->n = n;
	for (size_t i = 0; i < n; i++) {
		uint32_t link = ni_linktype_from_dlt(dlts[i]);
		t->entries[i] = (struct ni_linktype_entry){link, ni_linktype_name(link),
							   ni_linktype_description(link)};
	}
	return t;
}

/* Put the link type that is in use to the front. */
static void
usual_first(int *dlts, int n, int usual)
{
	for (int i = 1; i < n; i++) {
		if (dlts[i] == usual) {
			memmove(dlts + 1, dlts, (size_t)i * sizeof(*dlts));
			dlts[0] = usual;
		}
	}
}

int
ni_linktypes_get(struct ni_linktypes **out, const char *spec, struct ni_err *err)
{
	struct ni_live_options opt = {.buffer_mib = 1, .no_promisc = true};
	struct ni_err notice;
	char *name;
	*out = NULL;
	int r = ni_live_name(&name, spec, err);
	if (r < 0)
		return r;
	pcap_t *p;
	r = ni_live_open(&p, name, &opt, &notice, err);
	if (r < 0)
		goto out;
	int *dlts;
	int n = pcap_list_datalinks(p, &dlts);
	if (n <= 0) {
		r = ni_fail(err, NI_ERR_RUN, _("%s: its link types cannot be listed: %s"), name,
			    pcap_geterr(p));
	} else {
		usual_first(dlts, n, pcap_datalink(p));
		*out = copy_types(dlts, (size_t)n);
		pcap_free_datalinks(dlts);
		if (!*out)
			r = ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), name);
	}
	pcap_close(p);
out:
	free(name);
	return r;
}
