/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal sends; see press.h. */
#include "press.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>

#include "keys.h"
#include "line.h"

static const struct {
	uint32_t key;
	const char *capability;
} special[] = {
    {NI_KEY_UP, "kcuu1"},     {NI_KEY_DOWN, "kcud1"},    {NI_KEY_LEFT, "kcub1"},
    {NI_KEY_RIGHT, "kcuf1"},  {NI_KEY_HOME, "khome"},    {NI_KEY_END, "kend"},
    {NI_KEY_PGUP, "kpp"},     {NI_KEY_PGDN, "knp"},      {NI_KEY_BACKTAB, "kcbt"},
    {NI_KEY_DELETE, "kdch1"}, {NI_KEY_BACKSPACE, "kbs"}, {NI_KEY_F1, "kf1"},
    {NI_KEY_F1 + 1, "kf2"},   {NI_KEY_F1 + 2, "kf3"},    {NI_KEY_F1 + 3, "kf4"},
    {NI_KEY_F1 + 4, "kf5"},   {NI_KEY_F1 + 5, "kf6"},    {NI_KEY_F1 + 6, "kf7"},
    {NI_KEY_F1 + 7, "kf8"},   {NI_KEY_F1 + 8, "kf9"},    {NI_KEY_F1 + 9, "kf10"},
    {NI_KEY_F1 + 10, "kf11"}, {NI_KEY_F12, "kf12"},
};

static const char *
capability(const char *name)
{
	char copy[8];
	snprintf(copy, sizeof(copy), "%s", name);
	const char *s = tigetstr(copy);
	return s == (const char *)-1 ? NULL : s;
}

bool
press_terminal(const char *type)
{
	int rc;
	if (cur_term)
		del_curterm(cur_term);
	return setupterm(type, STDOUT_FILENO, &rc) == OK;
}

static const char *
bytes_of(uint32_t key)
{
	static char out[8];
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (special[i].key == key)
			return capability(special[i].capability);
	if (key == NI_KEY_NONE)
		return NULL;
	struct ni_buf b = ni_buf(out, sizeof(out));
	ni_line_put(&b, key == NI_KEY_ENTER ? '\r' : key);
	return ni_buf_z(&b);
}

const char *
press_key(const char *name)
{
	return bytes_of(ni_key_parse(name, strlen(name)));
}

void
press_mouse(char out[PRESS_MAX], int button, int col, int row, bool down)
{
	const char *prefix = capability("kmous");
	if (prefix && strstr(prefix, "[<"))
		snprintf(out, PRESS_MAX, "\033[<%d;%d;%d%c", button, col + 1, row + 1,
			 down ? 'M' : 'm');
	else
		snprintf(out, PRESS_MAX, "\033[M%c%c%c", 32 + (down || button >= 64 ? button : 3),
			 33 + col, 33 + row);
}

/* ---- at random ---- */

uint64_t
press_number(struct press_random *r, uint64_t below)
{
	/* xorshift64* by S. Vigna */
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (r->state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

/* Not those that end or stop the program or its output, nor what leads out of this directory. */
static bool
allowed(const struct press_random *r, uint32_t key)
{
	static const uint32_t never[] = {'Q', 3, 26, 17, 19, 28};
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (key == never[i])
			return false;
	return !r->names_file || (key != '/' && key != NI_KEY_TAB && key != '~');
}

static uint32_t
any_key(struct press_random *r)
{
	unsigned rows = 0;
	uint64_t kind = press_number(r, 8);
	if (kind == 0)
		return (uint32_t)(' ' + press_number(r, 95));
	if (kind == 1)
		return (uint32_t)press_number(r, 32);
	while (ni_keys_table()[rows].name)
		rows++;
	const char *keys = ni_keys_table()[press_number(r, rows)].keys;
	for (uint64_t skip = press_number(r, 3); skip && strchr(keys, ' '); skip--)
		keys = strchr(keys, ' ') + 1;
	return ni_key_parse(keys, strcspn(keys, " "));
}

void
press_next(struct press_random *r, char out[PRESS_MAX])
{
	if (r->rows && press_number(r, 20) == 0) {
		static const int which[] = {0, 0, 64, 65};
		press_mouse(out, which[press_number(r, 4)], (int)press_number(r, (uint64_t)r->cols),
			    (int)press_number(r, (uint64_t)r->rows), press_number(r, 2));
		return;
	}
	uint32_t key = any_key(r);
	const char *s = allowed(r, key) ? bytes_of(key) : NULL;
	if (s && (key == 'w' || key == ':'))
		r->names_file = true;
	else if (key == NI_KEY_ENTER || key == NI_KEY_ESC)
		r->names_file = false;
	snprintf(out, PRESS_MAX, "%s", s ? s : "");
}

void
press_table(void)
{
	for (const struct ni_key_row *r = ni_keys_table(); r->name; r++)
		printf("%s %s\n", r->name, r->keys);
}
