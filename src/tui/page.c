/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of text to scroll in: help, explanations. Long lines are broken between words. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"

enum { MAX_LINES = 4096 };

struct page {
	struct ni_view view;
	char *text, *title;
	struct ni_list list;
	uint32_t start[MAX_LINES]; /* where each line on the screen begins in text … */
	uint16_t len[MAX_LINES];   /* … and its bytes … */
	uint8_t indent[MAX_LINES]; /* … and columns before it */
	uint32_t n;
	int width; /* that it was broken for */
};

static void
page_destroy(struct ni_view *v)
{
	struct page *p = (struct page *)v;
	free(p->text);
	free(p->title);
	free(p);
}

static struct ni_view *
page_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct page *p = calloc(1, sizeof(*p));
	if (p) {
		p->view = (struct ni_view){.ops = &ni_page_view, .app = a};
		p->text = strdup(arg->text ? arg->text : "");
		p->title = strdup(arg->title ? arg->title : "");
	}
	if (p && p->text && p->title)
		return &p->view;
	if (p)
		page_destroy(&p->view);
	ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	return NULL;
}

/* Of the line at @s, "  key  what it does": where what stands in its second column begins. */
static int
second_column(const char *s, size_t n, int width)
{
	size_t i = strspn(s, " ");
	if (i < 2)
		return 0;
	while (i + 1 < n && !(s[i] == ' ' && s[i + 1] == ' '))
		i++;
	while (i < n && s[i] == ' ')
		i++;
	int cells = ni_line_width(s, i);
	return i < n && cells < width / 2 ? cells : 0;
}

static void
wrap(struct page *p, int width)
{
	const char *s = p->text;
	int hang = 0;
	bool goes_on = false;
	p->n = 0;
	p->width = width;
	while (*s && p->n < MAX_LINES) {
		size_t n = strcspn(s, "\n");
		hang = goes_on ? hang : second_column(s, n, width);
		int indent = goes_on ? hang : 0;
		size_t k = ni_line_break(s, n, width - indent);
		p->start[p->n] = (uint32_t)(s - p->text);
		p->indent[p->n] = (uint8_t)indent;
		p->len[p->n++] = (uint16_t)k;
		goes_on = k < n;
		s += k;
		s += goes_on ? strspn(s, " ") : *s == '\n';
	}
}

static void
page_title(const struct ni_view *v, struct ni_buf *b)
{
	ni_buf_str(b, ((const struct page *)v)->title);
}

static void
page_draw(struct ni_view *v, struct ni_rect r)
{
	struct page *p = (struct page *)v;
	char line[1024];
	if (p->width != r.w - 2)
		wrap(p, r.w - 2);
	ni_list_resize(&p->list, p->n, r.h);
	for (int i = 0; i < r.h && p->list.top + (uint64_t)i < p->n; i++) {
		uint64_t at = p->list.top + (uint64_t)i;
		struct ni_buf b = ni_buf(line, sizeof(line));
		ni_buf_mem(&b, p->text + p->start[at], p->len[at]);
		int x = 1 + p->indent[at];
		ni_screen_text(r.y + i, r.x + x, r.w - x - 1, ni_buf_z(&b), NI_ROLE_TEXT, false);
	}
}

/* There is no cursor: keys scroll. */
static bool
page_act(struct ni_view *v, enum ni_act act)
{
	struct page *p = (struct page *)v;
	if (act == NI_ACT_UP || act == NI_ACT_DOWN)
		ni_list_scroll(&p->list, act == NI_ACT_UP ? -1 : 1);
	else if (act == NI_ACT_HELP)
		ni_app_pop(v->app);
	else if (!ni_list_act(&p->list, act))
		return false;
	return true;
}

static bool
page_search(struct ni_view *v, const char *text, int way)
{
	struct page *p = (struct page *)v;
	char line[1024];
	for (uint64_t i = 1; i <= p->n; i++) {
		uint64_t at = (p->list.top + (way > 0 ? i : p->n - i)) % p->n;
		struct ni_buf b = ni_buf(line, sizeof(line));
		ni_buf_mem(&b, p->text + p->start[at], p->len[at]);
		if (!strcasestr(ni_buf_z(&b), text))
			continue;
		p->list.top = at;
		ni_list_go(&p->list, at);
		return true;
	}
	return false;
}

static void
page_copy(struct ni_view *v, struct ni_buf *b)
{
	ni_buf_str(b, ((struct page *)v)->text);
}

static void
page_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	ni_list_scroll(&((struct page *)v)->list, 3 * (int64_t)m->wheel);
}

const struct ni_view_ops ni_page_view = {
    .name = N_("Page"),
    .place = NI_AT_TEXT,
    .create = page_create,
    .destroy = page_destroy,
    .draw = page_draw,
    .title = page_title,
    .act = page_act,
    .search = page_search,
    .copy = page_copy,
    .mouse = page_mouse,
};
