/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line that is being typed: editing, history, completion. No curses in here. */
#ifndef NI_PROMPT_H
#define NI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NI_PROMPT_MAX = 1024, NI_PROMPT_HISTORY = 50 };

/* Lines that were entered before; the newest last. */
struct ni_history {
	char *line[NI_PROMPT_HISTORY];
	unsigned n;
};

struct ni_prompt {
	char text[NI_PROMPT_MAX]; /* UTF-8, NUL-terminated */
	size_t len, at;           /* bytes; where the cursor is */
	struct ni_history *history;
	unsigned past;             /* lines back from the newest; 0: the one being typed */
	char typed[NI_PROMPT_MAX]; /* that one, meanwhile */
	/*
	 * Offer the @n-th word that may stand in place of text[*from..at]; NULL when there are no
	 * more. May be NULL.
	 */
	const char *(*complete)(void *ctx, const struct ni_prompt *p, size_t *from, unsigned n);
	void *ctx;
	unsigned tabs;  /* completions shown so far */
	size_t from;    /* where the completed word begins … */
	char stem[128]; /* … and what was typed of it */
};

enum ni_prompt_result {
	NI_PROMPT_GOES_ON,
	NI_PROMPT_ENTERED,
	NI_PROMPT_CANCELLED,
};

/** Begin with @text in it. @history stays the caller's. */
void ni_prompt_begin(struct ni_prompt *p, const char *text, struct ni_history *history);

/** Take in @key (Unicode or NI_KEY_*). */
enum ni_prompt_result ni_prompt_key(struct ni_prompt *p, uint32_t key);

/** Remember @line as the newest, once; empty ones are not remembered. */
void ni_history_add(struct ni_history *h, const char *line);
void ni_history_free(struct ni_history *h);

#endif
