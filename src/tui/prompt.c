/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Line editing; see prompt.h. */
#include "prompt.h"

#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "line.h"

enum {
	CTRL_A = 1,
	CTRL_C = 3,
	CTRL_D,
	CTRL_E,
	CTRL_K = 11,
	CTRL_N = 14,
	CTRL_P = 16,
	CTRL_U = 21,
	CTRL_W = 23
};

void
ni_history_add(struct ni_history *h, const char *line)
{
	if (!*line || (h->n && !strcmp(h->line[h->n - 1], line)))
		return;
	char *copy = strdup(line);
	if (!copy)
		return;
	if (h->n == NI_PROMPT_HISTORY) {
		free(h->line[0]);
		memmove(h->line, h->line + 1, (NI_PROMPT_HISTORY - 1) * sizeof(h->line[0]));
		h->n--;
	}
	h->line[h->n++] = copy;
}

void
ni_history_free(struct ni_history *h)
{
	while (h->n)
		free(h->line[--h->n]);
}

static void
set(struct ni_prompt *p, const char *text)
{
	size_t n = strlen(text);
	p->len = n < sizeof(p->text) ? n : sizeof(p->text) - 1;
	memcpy(p->text, text, p->len);
	p->text[p->len] = '\0';
	p->at = p->len;
}

void
ni_prompt_begin(struct ni_prompt *p, const char *text, struct ni_history *history)
{
	*p = (struct ni_prompt){.history = history};
	set(p, text);
}

/* The beginning of the character before (-1) or behind (+1) @at. */
static size_t
step(const struct ni_prompt *p, size_t at, int way)
{
	if (way < 0 && !at)
		return 0;
	if (way > 0 && at >= p->len)
		return p->len;
	do {
		at += way > 0 ? 1 : SIZE_MAX;
	} while (at && at < p->len && (p->text[at] & 0xc0) == 0x80);
	return at;
}

static void
erase(struct ni_prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->at = from;
}

static void
insert(struct ni_prompt *p, const char *s, size_t n)
{
	if (n > sizeof(p->text) - 1 - p->len)
		return;
	memmove(p->text + p->at + n, p->text + p->at, p->len - p->at + 1);
	memcpy(p->text + p->at, s, n);
	p->at += n;
	p->len += n;
}

static void
insert_char(struct ni_prompt *p, uint32_t c)
{
	char s[4];
	struct ni_buf b = ni_buf(s, sizeof(s));
	ni_line_put(&b, c);
	insert(p, s, b.len);
}

static size_t
word_begin(const struct ni_prompt *p)
{
	size_t at = p->at;
	while (at && p->text[at - 1] == ' ')
		at--;
	while (at && p->text[at - 1] != ' ')
		at--;
	return at;
}

static void
recall(struct ni_prompt *p, int way)
{
	unsigned n = p->history ? p->history->n : 0;
	if (way > 0 ? p->past >= n : !p->past)
		return;
	if (!p->past)
		memcpy(p->typed, p->text, p->len + 1);
	p->past += way > 0 ? 1U : UINT32_MAX;
	set(p, p->history && p->past ? p->history->line[n - p->past] : p->typed);
}

static void
complete(struct ni_prompt *p)
{
	size_t from = 0;
	if (!p->complete)
		return;
	if (!p->tabs) {
		if (!p->complete(p->ctx, p, &from, 0) || p->at - from >= sizeof(p->stem))
			return;
		p->from = from;
		memcpy(p->stem, p->text + from, p->at - from);
		p->stem[p->at - from] = '\0';
	}
	/* Ask with what was typed, not with what was offered last. */
	erase(p, p->from, p->at);
	insert(p, p->stem, strlen(p->stem));
	const char *word = p->complete(p->ctx, p, &from, p->tabs);
	p->tabs = word ? p->tabs + 1 : 0;
	if (!word)
		return; /* round once: what was typed stands there again */
	erase(p, p->from, p->at);
	insert(p, word, strlen(word));
}

static void
edit(struct ni_prompt *p, uint32_t key)
{
	if (key == NI_KEY_LEFT)
		p->at = step(p, p->at, -1);
	else if (key == NI_KEY_RIGHT)
		p->at = step(p, p->at, 1);
	else if (key == NI_KEY_HOME || key == CTRL_A)
		p->at = 0;
	else if (key == NI_KEY_END || key == CTRL_E)
		p->at = p->len;
	else if (key == NI_KEY_BACKSPACE || key == 8 || key == 127)
		erase(p, step(p, p->at, -1), p->at);
	else if (key == NI_KEY_DELETE || key == CTRL_D)
		erase(p, p->at, step(p, p->at, 1));
	else if (key == CTRL_U)
		erase(p, 0, p->at);
	else if (key == CTRL_K)
		erase(p, p->at, p->len);
	else if (key == CTRL_W)
		erase(p, word_begin(p), p->at);
	else if (key == NI_KEY_UP || key == CTRL_P)
		recall(p, 1);
	else if (key == NI_KEY_DOWN || key == CTRL_N)
		recall(p, -1);
	else if (key >= 0x20 && key < 0x110000)
		insert_char(p, key);
}

enum ni_prompt_result
ni_prompt_key(struct ni_prompt *p, uint32_t key)
{
	if (key == NI_KEY_TAB) {
		complete(p);
		return NI_PROMPT_GOES_ON;
	}
	p->tabs = 0;
	if (key == NI_KEY_ENTER) {
		if (p->history)
			ni_history_add(p->history, p->text);
		return NI_PROMPT_ENTERED;
	}
	if (key == NI_KEY_ESC || key == CTRL_C)
		return NI_PROMPT_CANCELLED;
	edit(p, key);
	return NI_PROMPT_GOES_ON;
}
