/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed into prompts and what becomes of it: filter, search, command line, file names. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "i18n.h"
#include "netinspect/proto.h"

/* ---- completion of filters ---- */

static bool
in_key(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool
starts(const char *key, const char *stem, size_t n)
{
	return key && !strncmp(key, stem, n);
}

/* The @n-th protocol or field whose key begins with what was typed; aliases only once. */
static const char *
find_key(const struct ni_registry *reg, const char *stem, size_t len, unsigned n)
{
	const char *last = "";
	for (unsigned p = 0; p < ni_registry_count(reg); p++) {
		const struct ni_proto *proto = ni_registry_proto(reg, p);
		if (!proto)
			continue;
		if (starts(proto->key, stem, len) && n-- == 0)
			return proto->key;
		for (const struct ni_field *f = proto->fields; f && f->key; f++) {
			if (starts(f->key, stem, len) && strcmp(f->key, last) != 0 && n-- == 0)
				return f->key;
			last = f->key;
		}
	}
	return NULL;
}

static const char *
complete_filter(void *ctx, const struct ni_prompt *p, size_t *from, unsigned n)
{
	struct ni_app *a = ctx;
	size_t at = p->at;
	while (at && in_key(p->text[at - 1]))
		at--;
	*from = at;
	return find_key(ni_model_registry(a->model), p->text + at, p->at - at, n);
}

/* ---- beginning ---- */

void
ni_app_ask(struct ni_app *a, enum ni_prompt_kind kind, const char *text)
{
	a->asking = kind;
	ni_prompt_begin(&a->prompt, text, &a->history[kind]);
	a->prompt.ctx = a;
	if (kind == NI_PROMPT_FILTER)
		a->prompt.complete = complete_filter;
	else if (kind == NI_PROMPT_COMMAND)
		a->prompt.complete = ni_app_complete_command;
	a->dirty = true;
}

/* ---- filter ---- */

static void
say_filter_error(struct ni_app *a, const struct ni_filter_error *e)
{
	ni_app_say(a, NI_ROLE_BAD, e->hint[0] ? "%s: %s" : "%s%s", e->what, e->hint);
}

/* Check the filter as far as it is typed. */
static void
check_filter(struct ni_app *a)
{
	struct ni_filter_error e = {.what = ""};
	struct ni_filter *f = ni_filter_compile(ni_model_registry(a->model), a->prompt.text, &e);
	a->caret_len = f || !a->prompt.len ? 0 : (e.len ? e.len : 1);
	a->caret_at = e.at;
	if (!f && a->prompt.len)
		say_filter_error(a, &e);
	else
		a->message[0] = '\0';
	ni_filter_free(&f);
}

static void
set_filter(struct ni_app *a, const char *text)
{
	struct ni_filter_error e = {.what = ""};
	if (!ni_filtering_set(a->filter, text, &e)) {
		a->caret_len = 0;
		return;
	}
	say_filter_error(a, &e);
	a->asking = NI_PROMPT_FILTER; /* go on typing */
	a->caret_at = e.at;
	a->caret_len = e.len ? e.len : 1;
	a->prompt.at = e.at < a->prompt.len ? e.at : a->prompt.len;
}

/* ---- search ---- */

/* Go to the nearest match behind (or before) the cursor, if it is known by now. */
static void
jump(struct ni_app *a, int way)
{
	struct ni_pass *p = ni_search_pass(a->search);
	const struct ni_set *s = ni_pass_found(p);
	uint64_t at = ni_app_packet(a);
	uint64_t rank = ni_set_rank(s, way > 0 ? at + 1 : at);
	bool all = ni_pass_percent(p) == 100;
	if (way < 0 && ni_pass_seen(p) + 1 < at)
		return; /* there may be nearer ones */
	uint64_t to = way > 0 ? ni_set_select(s, rank) : rank ? ni_set_select(s, rank - 1) : 0;
	if (to) {
		a->search_way = 0;
		ni_app_go(a, to);
		return;
	}
	if (!all)
		return;
	a->search_way = 0;
	if (!s->count) {
		ni_app_say(a, NI_ROLE_WARN, _("%s: not found"), ni_search_text(a->search));
		return;
	}
	ni_app_go(a, ni_set_select(s, way > 0 ? 0 : s->count - 1));
	ni_app_went_on(a, way);
}

static const char *
last_search(const struct ni_app *a)
{
	const struct ni_history *h = &a->history[NI_PROMPT_SEARCH];
	return h->n ? h->line[h->n - 1] : "";
}

void
ni_app_find(struct ni_app *a, const char *text, int way)
{
	struct ni_err err = {.what = "", .hint = ""};
	struct ni_view *v = ni_app_active(a);
	if (v->ops->search) {
		if (way)
			ni_app_look(a, v, text ? text : last_search(a), way);
		return;
	}
	if (text) {
		ni_search_free(&a->search);
		a->search = ni_search_new(a->model, text, &err);
		if (!a->search) {
			ni_app_say(a, NI_ROLE_BAD, "%s", err.what);
			return;
		}
	}
	if (!a->search) {
		ni_app_say(a, NI_ROLE_WARN, "%s", _("nothing was searched for yet"));
		return;
	}
	if (way)
		a->search_way = way;
	if (a->search_way)
		jump(a, a->search_way);
}

/* ---- what was entered ---- */

int
ni_app_write(struct ni_app *a, const char *path, const struct ni_set *members, uint64_t last,
	     struct ni_err *err)
{
	if (a->writing)
		return ni_fail(err, NI_ERR_RUN, _("%s is still being written; Esc stops that"),
			       ni_writing_path(a->writing));
	a->writing = ni_writing_new(a->model, path, members, last, err);
	a->writing_all = members ? 0 : last;
	return a->writing ? NI_SUCCESS : NI_ERR_RUN;
}

int
ni_app_write_conn(struct ni_app *a, const char *path, uint32_t conn, struct ni_err *err)
{
	const struct ni_index *ix = ni_model_index(a->model);
	uint64_t last = ni_index_last(ix);
	struct ni_set members = {.bits = NULL};
	bool room = true;
	for (uint64_t k = ni_index_first(ix); k <= last && room; k++)
		room = ni_set_add(&members, k, ni_index_conn(ix, k) == conn);
	int rc = room ? ni_app_write(a, path, &members, last, err)
		      : ni_fail(err, NI_ERR_RUN, "%s", _("there is no memory left"));
	ni_set_free(&members);
	return rc;
}

bool
ni_app_write_work(struct ni_app *a, int64_t ns)
{
	struct ni_err err = {.what = "", .hint = ""};
	uint64_t n;
	if (!a->writing || ni_writing_work(a->writing, ns))
		return a->writing;
	if (ni_writing_finish(a->writing, &n, &err)) {
		ni_app_say(a, NI_ROLE_BAD, "%s", err.what);
	} else {
		a->saved = a->writing_all ? a->writing_all : a->saved;
		a->quit |= a->quit_written;
		ni_app_say(a, NI_ROLE_GOOD,
			   NI_PLURAL("%s packet is in %s", "%s packets are in %s", n),
			   ni_app_word(n).z, ni_writing_path(a->writing));
	}
	a->quit_written = false;
	ni_writing_free(&a->writing);
	return false;
}

static void
write_file(struct ni_app *a, const char *path)
{
	char text[256];
	struct ni_buf said = ni_buf(text, sizeof(text));
	struct ni_err err = {.what = "", .hint = ""};
	struct ni_view *v = ni_app_active(a);
	if (!*path)
		return;
	size_t n = strlen(path);
	bool directory = n && path[n - 1] == '/'; /* into which files are put */
	if (!directory && access(path, F_OK) == 0)
		ni_app_say(a, NI_ROLE_BAD, _("%s: is there already; choose another name"), path);
	else if (!v->ops->write)
		ni_app_say(a, NI_ROLE_WARN, "%s", _("this view has nothing to write"));
	else if (v->ops->write(v, path, &said, &err))
		ni_app_say(a, NI_ROLE_BAD, "%s", err.what);
	else if (said.len)
		ni_app_say(a, NI_ROLE_GOOD, "%s", ni_buf_z(&said));
}

static void
entered(struct ni_app *a)
{
	char text[NI_PROMPT_MAX];
	enum ni_prompt_kind kind = a->asking;
	memcpy(text, a->prompt.text, a->prompt.len + 1);
	a->asking = NI_PROMPT_NONE;
	if (kind == NI_PROMPT_FILTER)
		set_filter(a, text);
	else if (kind == NI_PROMPT_SEARCH)
		ni_app_find(a, *text ? text : NULL, 1); /* as before, if nothing was typed */
	else if (kind == NI_PROMPT_COMMAND)
		ni_app_command(a, text);
	else if (kind == NI_PROMPT_WRITE)
		write_file(a, text);
	else if (kind == NI_PROMPT_CAPTURE)
		ni_starting_entered(a, text);
}

void
ni_app_prompt_key(struct ni_app *a, uint32_t key)
{
	bool nothing = !a->prompt.len && key == NI_KEY_BACKSPACE && a->asking != NI_PROMPT_FILTER &&
		       a->asking != NI_PROMPT_CAPTURE;
	enum ni_prompt_result r = nothing ? NI_PROMPT_CANCELLED : ni_prompt_key(&a->prompt, key);
	if (r == NI_PROMPT_ENTERED) {
		entered(a);
	} else if (r == NI_PROMPT_CANCELLED) {
		a->asking = NI_PROMPT_NONE;
		a->caret_len = 0;
	} else if (a->asking == NI_PROMPT_FILTER) {
		check_filter(a);
	} else {
		a->caret_len = 0;
	}
}

/* ---- the command line ---- */

struct command {
	const char *name;
	void (*run)(struct ni_app *a, const char *arg);
};

static void
cmd_quit(struct ni_app *a, const char *arg)
{
	(void)arg;
	a->quit = true;
}

/* ":w" alone asks for the name. */
static void
cmd_write(struct ni_app *a, const char *arg)
{
	if (*arg)
		write_file(a, arg);
	else
		ni_app_ask(a, NI_PROMPT_WRITE, "");
}

/* Leaves when it is written; what goes wrong is said, and nobody leaves. */
static void
cmd_write_quit(struct ni_app *a, const char *arg)
{
	cmd_write(a, arg);
	a->quit_written = a->writing;
	a->quit |= !a->quit_written && a->message[0] && a->message_role == NI_ROLE_GOOD;
}

static void
cmd_filter(struct ni_app *a, const char *arg)
{
	ni_app_ask(a, NI_PROMPT_FILTER, arg);
	entered(a);
}

static void
cmd_help(struct ni_app *a, const char *arg)
{
	(void)arg;
	ni_app_act(a, NI_ACT_HELP);
}

/* The view that a number or a name stands for, which the table of keys has; or -1. */
static int
tab_named(const char *name, size_t n)
{
	static const char prefix[] = "view-";
	if (n == 1 && name[0] >= '1' && name[0] < '1' + NI_APP_TABS)
		return name[0] - '1';
	for (const struct ni_key_row *r = ni_keys_table(); r->name; r++)
		if (r->act >= NI_ACT_VIEW_1 && r->act <= NI_ACT_VIEW_6 &&
		    strlen(r->name) == strlen(prefix) + n &&
		    !strncmp(r->name + strlen(prefix), name, n))
			return (int)r->act - NI_ACT_VIEW_1;
	return -1;
}

static void
cmd_view(struct ni_app *a, const char *arg)
{
	int tab = tab_named(arg, strlen(arg));
	if (tab < 0)
		ni_app_say(a, NI_ROLE_BAD, _("%s: no such view; packets, connections, http, …"),
			   arg);
	else
		ni_app_tab(a, (unsigned)tab);
}

static void
set_time(struct ni_app *a, const char *v)
{
	static const struct {
		const char *name;
		enum ni_time_format t;
	} names[] = {{"relative", NI_TIME_RELATIVE}, {"delta", NI_TIME_DELTA},
		     {"clock", NI_TIME_ABSOLUTE},    {"date", NI_TIME_ABSOLUTE_DATE},
		     {"utc", NI_TIME_UTC},           {"epoch", NI_TIME_EPOCH}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, v)) {
			a->time = names[i].t;
			return;
		}
	ni_app_say(a, NI_ROLE_BAD,
		   _("%s: no such format; relative, delta, clock, date, utc, epoch"), v);
}

static void
set_theme(struct ni_app *a, const char *v)
{
	static const char *const names[] = {"dark", "light", "mono"};
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(names[i], v)) {
			ni_screen_theme((enum ni_theme)i);
			return;
		}
	ni_app_say(a, NI_ROLE_BAD, _("%s: no such theme; dark, light, mono"), v);
}

/* "VIEW NAME,NAME", or the names alone for the view that is open. */
static void
set_columns(struct ni_app *a, const char *v)
{
	struct ni_err err = {.what = "", .hint = ""};
	const char *names = strchr(v, ' ');
	int tab = names ? tab_named(v, (size_t)(names - v)) : (int)a->tab;
	if (tab < 0 || !ni_app_tabs[tab]) {
		ni_app_say(a, NI_ROLE_BAD, _("%s: no such view"), v);
		return;
	}
	names = names ? names + 1 : v;
	const struct ni_view_ops *ops = ni_app_tabs[tab];
	if (!ops->columns)
		ni_app_say(a, NI_ROLE_WARN, "%s", _("this view has no columns to choose"));
	else if (ni_columns_parse(&a->columns[tab], ops->columns, names, &err))
		ni_app_say(a, NI_ROLE_BAD, _("columns: %s%s%s"), err.what, *err.what ? "; " : "",
			   err.hint);
}

static void
set_layout(struct ni_app *a, const char *v)
{
	for (unsigned i = 0; ni_layout_name(i); i++)
		if (!strcmp(ni_layout_name(i), v)) {
			a->layout = (enum ni_layout)i;
			return;
		}
	ni_app_say(a, NI_ROLE_BAD, _("%s: no such layout; auto, beside, below"), v);
}

/* For the view of another capture; columns of the open view with its number. */
static void
keep_setting(struct ni_app *a, const char *word, const char *v)
{
	char line[NI_PROMPT_MAX];
	if (!strcmp(word, "columns") && !strchr(v, ' '))
		snprintf(line, sizeof(line), "%s %u %s", word, a->tab + 1, v);
	else
		snprintf(line, sizeof(line), "%s %s", word, v);
	ni_app_append(a->settings, sizeof(a->settings), line);
}

static void
cmd_set(struct ni_app *a, const char *arg)
{
	char word[32];
	const char *v = arg + strcspn(arg, " =");
	snprintf(word, sizeof(word), "%.*s", (int)(v - arg), arg);
	v += strspn(v, " =");
	if (!strcmp(word, "time"))
		set_time(a, v);
	else if (!strcmp(word, "theme"))
		set_theme(a, v);
	else if (!strcmp(word, "columns"))
		set_columns(a, v);
	else if (!strcmp(word, "layout"))
		set_layout(a, v);
	else
		ni_app_say(a, NI_ROLE_BAD, _("%s: no such setting; time, theme, columns, layout"),
			   word);
	if (!a->message[0]) /* nothing was wrong with it */
		keep_setting(a, word, v);
}

void
ni_app_settings(struct ni_app *a, const char *lines)
{
	while (*lines) {
		char line[NI_PROMPT_MAX];
		size_t n = strcspn(lines, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)n, lines);
		cmd_set(a, line);
		lines += n + (lines[n] == '\n');
	}
}

/* By a column called as in the configuration; without a name there is a menu. */
static void
cmd_sort(struct ni_app *a, const char *arg)
{
	struct ni_view *v = ni_app_top(a);
	struct ni_sorts s = {.n = 0};
	if (v->ops->sorts)
		s = v->ops->sorts(v);
	if (!*arg || !s.n) {
		ni_app_act(a, NI_ACT_SORT);
		return;
	}
	for (int i = 0; i < s.n; i++)
		if (*s.columns[i].title && !strcmp(s.columns[i].name, arg)) {
			v->ops->sort(v, i);
			return;
		}
	ni_app_say(a, NI_ROLE_BAD, _("%s: no such column"), arg);
}

static void
cmd_messages(struct ni_app *a, const char *arg)
{
	struct ni_view_arg page = {.text = a->said, .title = _("Messages")};
	(void)arg;
	ni_app_push(a, &ni_page_view, &page);
}

static const struct command commands[] = {
    {"capture", ni_starting_command},
    {"filter", cmd_filter},
    {"help", cmd_help},
    {"messages", cmd_messages},
    {"q", cmd_quit},
    {"quit", cmd_quit},
    {"set", cmd_set},
    {"sort", cmd_sort},
    {"view", cmd_view},
    {"w", cmd_write},
    {"wq", cmd_write_quit},
    {"write", cmd_write},
    {"x", cmd_write_quit},
};
enum { NCOMMANDS = sizeof(commands) / sizeof(commands[0]) };

const char *
ni_app_complete_command(void *ctx, const struct ni_prompt *p, size_t *from, unsigned n)
{
	static const char *const settings[] = {
	    "time ",         "time relative", "time delta",  "time clock", "time epoch",
	    "columns ",      "theme dark",    "theme light", "theme mono", "layout auto",
	    "layout beside", "layout below",  NULL};
	*from = 0;
	if (!strncmp(p->text, "filter ", 7) && p->at >= 7)
		return complete_filter(ctx, p, from, n);
	if (!strncmp(p->text, "set ", 4) && p->at >= 4) {
		*from = 4;
		for (const char *const *s = settings; *s; s++)
			if (starts(*s, p->text + 4, p->at - 4) && n-- == 0)
				return *s;
		return NULL;
	}
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (starts(commands[i].name, p->text, p->at) && n-- == 0)
			return commands[i].name;
	return NULL;
}

/* By its name, or else by its first letters. */
static const struct command *
find_command(const char *line, size_t n)
{
	const struct command *found = NULL;
	for (size_t i = 0; n && i < NCOMMANDS; i++) {
		if (strncmp(commands[i].name, line, n) != 0)
			continue;
		if (strlen(commands[i].name) == n)
			return &commands[i];
		found = found ? found : &commands[i];
	}
	return found;
}

void
ni_app_command(struct ni_app *a, const char *line)
{
	char *end;
	line += strspn(line, " :");
	unsigned long long number = strtoull(line, &end, 10);
	if (line[0] >= '0' && line[0] <= '9' && !*end) {
		ni_app_go(a, number);
		return;
	}
	size_t n = strcspn(line, " !");
	const char *arg = line + n + strspn(line + n, " !");
	const struct command *c = find_command(line, n);
	if (c)
		c->run(a, arg);
	else if (n == 1 && line[0] == '$')
		ni_app_act(a, NI_ACT_BOTTOM);
	else if (n)
		ni_app_say(a, NI_ROLE_BAD, _("%.*s: no such command; Tab shows them all"), (int)n,
			   line);
}
