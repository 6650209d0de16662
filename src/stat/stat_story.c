/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -z story: a page load told over all protocols; see story.h. */
#include "config.h"

#include <stdlib.h>

#include "i18n.h"
#include "sink.h"
#include "stat.h"
#include "story.h"

struct stat_story {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_story story;
	struct ni_addr client; /* len 0: the busiest */
	bool begun;
	int64_t zero_ns;
};

static void
frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct stat_story *t = (struct stat_story *)s;
	if (!t->begun)
		t->zero_ns = d->frame->ts_ns;
	t->begun = true;
	ni_story_frame(&t->story, d);
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	ni_story_event(&((struct stat_story *)s)->story, e);
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	struct stat_story *t = (struct stat_story *)s;
	struct rp_page page = rp_page(t->out);
	bool known = t->client.len || ni_story_busiest(&t->story, &t->client);
	if (!known || !ni_story_tell(&t->story, &page, &t->client, t->zero_ns, true)) {
		rp_heading(&page, _("A page load as a story"), NULL);
		rp_para(&page, RP_INDENT, NULL,
			_("Nobody, or not this client, asked for a page in this capture."));
	}
	return ni_out_flush(t->out, err);
}

static void
destroy(struct ni_sink *s)
{
	ni_story_free(&((struct stat_story *)s)->story);
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "story", .frame = frame, .event = event, .finish = finish, .free = destroy};

struct ni_sink *
ni_stat_story(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	      struct ni_err *err)
{
	struct ni_addr client = {.len = 0};
	struct ni_net net = {.bits = 0};
	if (args[0] && !ni_addr_parse(&client, args)) {
		ni_stat_bad(stat, args, _("not an address"), err);
		return NULL;
	}
	if (ni_stat_only_text(env, stat, args, err))
		return NULL;
	if (env->net && ni_net_parse(&net, env->net, err))
		return NULL;
	struct stat_story *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->sink.ops = &ops;
	t->out = env->out;
	t->client = client;
	ni_story_init(&t->story, &net);
	return &t->sink;
}
