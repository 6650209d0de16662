/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every sink there is; see sinks.h. */
#include "sinks.h"

#include <fcntl.h>

#include "stat.h"

/* Statistics with all that their arguments can ask for. */
static const char *const stats[] = {
    "io,phs,ip",
    "io,stat,0.1,COUNT(tcp.flags)tcp,AVG(frame.len)ip",
    "conv,eth",
    "conv,tcp,ip",
    "endpoints,ip",
    "endpoints,udp",
    "http,tree",
    "http_req,tree",
    "http_srv,tree",
    "dns,tree,udp",
    "expert,note",
    "verdict",
    "rtt,tcp,tcp",
    "flow,tcp",
    "follow,http,ascii,0",
    "follow,tcp,hex,0",
    "follow,udp,raw,0",
    "story",
};

enum { NSTATS = sizeof(stats) / sizeof(stats[0]) };

/* Whether @sink, which the session owns from now on, could not be made or added. */
static unsigned
failed(struct ni_session *s, struct ni_sink *sink)
{
	if (!sink)
		return 1;
	if (!ni_session_add(s, sink, NULL))
		return 0;
	sink->ops->free(sink);
	return 1;
}

unsigned
sinks_add_outputs(struct sinks *k, struct ni_session *s, struct ni_out *out)
{
	struct ni_text_opts text = {.summary = true, .tree = true, .hex = true, .explain = true};
	struct ni_report_opts report = {.full = true, .input = &k->about, .session = s};
	struct ni_ladder_opts ladder = {.explain = true, .live = true, .memory = k->ladder_memory};
	return failed(s, ni_text_sink(out, &text)) + failed(s, ni_json_sink(out, true)) +
	       failed(s, ni_report_sink(out, &report, NULL)) +
	       failed(s, ni_html_sink(out, &report)) + failed(s, ni_ladder_sink(out, &ladder)) +
	       failed(s, ni_records_sink(out, 0, true));
}

unsigned
sinks_add_stats(struct sinks *k, struct ni_session *s, struct ni_out *out)
{
	struct ni_stat_env env = {
	    .out = out, .session = s, .about = &k->about, .net = "10.0.0.0/8"};
	unsigned n = 0;
	for (unsigned i = 0; i < NSTATS; i++) {
		struct ni_err err = {.what = ""};
		n += failed(s, ni_stat_open(&env, stats[i], &err));
	}
	return n;
}

static int
nowhere(int dir, const char *name)
{
	(void)dir;
	(void)name;
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

unsigned
sinks_add_others(struct sinks *k, struct ni_session *s)
{
	struct ni_objects_opts objects = {
	    .dir = -1, .dir_name = "nowhere", .stats = &k->objects, .create = nowhere};
	ni_point_init(&k->point, "capture");
	return failed(s, ni_objects_sink(&objects)) + failed(s, ni_point_sink(&k->point));
}
