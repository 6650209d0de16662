/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of keys; see keys.h. */
#include "keys.h"

#include <string.h>

#include "i18n.h"
#include "line.h"

enum {
	LISTS = NI_AT_ALL & ~(NI_AT_TEXT | NI_AT_MESSAGE | NI_AT_STREAM | NI_AT_CHOICE),
	SORTS = LISTS & ~(NI_AT_LADDER | NI_AT_STATS),
	SHOWS_PACKETS = NI_AT_PACKETS | NI_AT_LADDER,
	SPEAKS = SHOWS_PACKETS | NI_AT_CONNS | NI_AT_HTTP,
};

/* clang-format off */
static const struct ni_key_row table[] = {
	{NI_ACT_HELP, "help", NI_AT_ALL, "F1 ?", N_("Help"), 1, N_("this help")},
	{NI_ACT_OPEN, "open", (LISTS & ~NI_AT_STATS) | NI_AT_CHOICE, "Enter", N_("Open"), 2, N_("go deeper: connection, packet, bytes; open in a tree")},
	{NI_ACT_BACK, "back", NI_AT_ALL, "Esc", NULL, 0, N_("go back; stop what takes long")},
	{NI_ACT_FILTER, "filter", LISTS, "f F4 F7", N_("Filter"), 3, N_("edit the display filter; empty shows everything")},
	{NI_ACT_SEARCH, "search", NI_AT_ALL, "/ F3", N_("Find"), 4, N_("search text; '/x 0d0a' bytes, '/~ RE' a regular expression")},
	{NI_ACT_SEARCH_NEXT, "search-next", NI_AT_ALL, "n", NULL, 0, N_("next match")},
	{NI_ACT_SEARCH_PREVIOUS, "search-previous", NI_AT_ALL, "N", NULL, 0, N_("previous match")},
	{NI_ACT_TROUBLE, "trouble", NI_AT_ALL, "T", N_("Trouble"), 5, N_("the next connection that something is wrong with")},
	{NI_ACT_EXPLAIN, "explain", SPEAKS, "e", N_("Explain"), 5, N_("explain the selected packet or connection")},
	{NI_ACT_STREAM, "stream", SPEAKS | NI_AT_STREAM | NI_AT_MESSAGE, "x", N_("Stream"), 8, N_("follow the stream; again: as bytes")},
	{NI_ACT_WRITE, "write", NI_AT_ALL, "w F2", N_("Write"), 9, N_("write what is shown to a file")},
	{NI_ACT_HOLD, "hold", NI_AT_ALL, "p", N_("Hold"), 10, N_("hold the display; the capture goes on")},
	{NI_ACT_FOLLOW, "follow", (LISTS | NI_AT_STREAM) & ~NI_AT_STATS, "F", N_("Follow"), 11, N_("follow the newest; moving up ends it")},
	{NI_ACT_LEAVE, "leave", NI_AT_ALL, "q", N_("Back"), 6, N_("go back; leave the program at the top")},
	{NI_ACT_QUIT, "quit", NI_AT_ALL, "Q ^C F10", NULL, 0, N_("leave the program at once")},
	{NI_ACT_UP, "up", NI_AT_ALL, "Up k ^P", NULL, 0, N_("a row up")},
	{NI_ACT_DOWN, "down", NI_AT_ALL, "Down j ^N", NULL, 0, N_("a row down")},
	{NI_ACT_LEFT, "left", NI_AT_ALL, "Left h", NULL, 0, N_("left; close in a tree")},
	{NI_ACT_RIGHT, "right", NI_AT_ALL, "Right l", NULL, 0, N_("right; open in a tree")},
	{NI_ACT_CHOOSE, "choose", NI_AT_IFACES, "Space", N_("Choose"), 3, N_("choose an interface to capture on, or several")},
	{NI_ACT_PAGE_UP, "page-up", NI_AT_ALL, "PgUp ^B b", NULL, 0, N_("a page up")},
	{NI_ACT_PAGE_DOWN, "page-down", NI_AT_ALL, "PgDn Space", NULL, 0, N_("a page down")},
	{NI_ACT_PAGE_DOWN, "page-down", NI_AT_ALL, "^F", NULL, 0, NULL},
	{NI_ACT_HALF_UP, "half-page-up", NI_AT_ALL, "^U u", NULL, 0, N_("half a page up")},
	{NI_ACT_HALF_DOWN, "half-page-down", NI_AT_ALL, "^D d", NULL, 0, N_("half a page down")},
	{NI_ACT_SCROLL_UP, "scroll-up", NI_AT_ALL, "^Y", NULL, 0, N_("scroll a row up")},
	{NI_ACT_SCROLL_DOWN, "scroll-down", NI_AT_ALL, "^E", NULL, 0, N_("scroll a row down")},
	{NI_ACT_SCREEN_TOP, "screen-top", NI_AT_ALL, "H", NULL, 0, N_("to the first row on the screen")},
	{NI_ACT_SCREEN_MIDDLE, "screen-middle", NI_AT_ALL, "M", NULL, 0, N_("to the row in the middle of the screen")},
	{NI_ACT_SCREEN_BOTTOM, "screen-bottom", NI_AT_ALL, "L", NULL, 0, N_("to the last row on the screen")},
	{NI_ACT_TOP, "top", NI_AT_ALL, "g Home", NULL, 0, N_("to the top")},
	{NI_ACT_BOTTOM, "bottom", NI_AT_ALL, "G End", NULL, 0, N_("to the end; live it follows again")},
	{NI_ACT_NEXT_PANE, "next-pane", LISTS, "Tab", N_("Pane"), 12, N_("next pane")},
	{NI_ACT_PREVIOUS_PANE, "previous-pane", LISTS, "S-Tab", NULL, 0, N_("previous pane")},
	{NI_ACT_ZOOM, "zoom", LISTS, "z", N_("Zoom"), 13, N_("this pane alone, or all again")},
	{NI_ACT_LARGER, "larger", LISTS, "+", NULL, 0, N_("this pane larger")},
	{NI_ACT_SMALLER, "smaller", LISTS, "-", NULL, 0, N_("this pane smaller")},
	{NI_ACT_LAYOUT, "layout", LISTS, "|", NULL, 0, N_("panes side by side, or below each other")},
	{NI_ACT_WINDOW, "window", LISTS, "^W", NULL, 0, N_("then w: next pane; o: zoom; + -: size")},
	{NI_ACT_SORT, "sort", SORTS | NI_AT_CHOICE, "F6", N_("Sort"), 15, N_("choose the column to sort by")},
	{NI_ACT_SORT_LEFT, "sort-left", SORTS, "<", NULL, 0, N_("sort by the column to the left")},
	{NI_ACT_SORT_RIGHT, "sort-right", SORTS, ">", NULL, 0, N_("sort by the column to the right")},
	{NI_ACT_SORT_REVERSE, "sort-reverse", SORTS, "I", NULL, 0, N_("sort the other way round")},
	{NI_ACT_MARK, "mark", LISTS, "m", NULL, 0, N_("set mark a to z at this packet")},
	{NI_ACT_JUMP, "jump", LISTS, "'", NULL, 0, N_("jump to a mark; '' back to where you were")},
	{NI_ACT_SCALE, "scale", NI_AT_HTTP, "s", N_("Scale"), 7, N_("bars to scale with all exchanges, these rows, this connection")},
	{NI_ACT_TIME, "time", LISTS, "t", N_("Time"), 14, N_("times: since the start, since the last packet, clock, epoch")},
	{NI_ACT_SEQUENCE, "sequence", LISTS, "#", NULL, 0, N_("sequence numbers relative or as on the wire")},
	{NI_ACT_COPY, "copy", NI_AT_ALL, "y", NULL, 0, N_("copy the row, field or bytes to the clipboard (OSC 52)")},
	{NI_ACT_COMMAND, "command", NI_AT_ALL, ":", NULL, 0, N_("command line; Tab completes")},
	{NI_ACT_STOP, "stop", NI_AT_ALL, "S", NULL, 0, N_("stop the capture; on another interface that is selected: begin one")},
	{NI_ACT_RESTART, "restart", NI_AT_ALL, "R", NULL, 0, N_("forget what was captured and begin again")},
	{NI_ACT_VIEW_1, "view-packets", NI_AT_ALL, "1", NULL, 0, N_("packets")},
	{NI_ACT_VIEW_2, "view-connections", NI_AT_ALL, "2", NULL, 0, N_("connections")},
	{NI_ACT_VIEW_3, "view-http", NI_AT_ALL, "3", NULL, 0, N_("HTTP exchanges")},
	{NI_ACT_VIEW_4, "view-statistics", NI_AT_ALL, "4", NULL, 0, N_("statistics")},
	{NI_ACT_VIEW_5, "view-network", NI_AT_ALL, "5", NULL, 0, N_("addresses and names")},
	{NI_ACT_VIEW_6, "view-interfaces", NI_AT_ALL, "6", NULL, 0, N_("interfaces")},
	{NI_ACT_REDRAW, "redraw", NI_AT_ALL, "^L", NULL, 0, N_("draw the screen anew")},
	{NI_ACT_SUSPEND, "suspend", NI_AT_ALL, "^Z", NULL, 0, N_("suspend; 'fg' comes back")},
	{NI_ACT_NONE, NULL, 0, NULL, NULL, 0, NULL},
};

static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{"Up", NI_KEY_UP}, {"Down", NI_KEY_DOWN}, {"Left", NI_KEY_LEFT}, {"Right", NI_KEY_RIGHT},
	{"Home", NI_KEY_HOME}, {"End", NI_KEY_END}, {"PgUp", NI_KEY_PGUP}, {"PgDn", NI_KEY_PGDN},
	{"Tab", NI_KEY_TAB}, {"S-Tab", NI_KEY_BACKTAB}, {"Enter", NI_KEY_ENTER}, {"Esc", NI_KEY_ESC},
	{"Space", ' '}, {"Del", NI_KEY_DELETE}, {"Backspace", NI_KEY_BACKSPACE},
};
/* clang-format on */

enum { NNAMES = sizeof(names) / sizeof(names[0]) };

const struct ni_key_row *
ni_keys_table(void)
{
	return table;
}

uint32_t
ni_key_parse(const char *name, size_t n)
{
	for (size_t i = 0; i < NNAMES; i++)
		if (strlen(names[i].name) == n && !strncmp(names[i].name, name, n))
			return names[i].key;
	if (n == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return (uint32_t)(name[1] - '@');
	if ((n == 2 || n == 3) && name[0] == 'F' && name[1] >= '1' && name[1] <= '9') {
		unsigned f = (unsigned)(name[1] - '0');
		if (n == 3 && (name[2] < '0' || name[2] > '2' || f != 1))
			return NI_KEY_NONE;
		f = n == 3 ? 10 + (unsigned)(name[2] - '0') : f;
		return NI_KEY_F1 + f - 1;
	}
	const char *s = name;
	uint32_t c = n ? ni_line_next(&s, name + n) : NI_KEY_NONE;
	return n && s == name + n && c > ' ' && c != 0xfffd ? c : NI_KEY_NONE;
}

void
ni_key_print(struct ni_buf *b, uint32_t key)
{
	for (size_t i = 0; i < NNAMES; i++)
		if (names[i].key == key) {
			ni_buf_str(b, names[i].name);
			return;
		}
	if (key >= NI_KEY_F1 && key <= NI_KEY_F12)
		ni_buf_fmt(b, "F%u", key - NI_KEY_F1 + 1);
	else if (key < 0x20)
		ni_buf_fmt(b, "^%c", (char)('@' + key));
	else if (key < 0x7f)
		ni_buf_c(b, (char)key);
	else
		ni_buf_fmt(b, "U+%04X", key);
}

static void
bind(struct ni_keymap *k, uint32_t key, enum ni_act act)
{
	if (k->n < sizeof(k->bind) / sizeof(k->bind[0]))
		k->bind[k->n++] = (struct ni_key_binding){key, (uint8_t)act};
}

void
ni_keymap_init(struct ni_keymap *k)
{
	k->n = 0;
	for (const struct ni_key_row *r = table; r->name; r++) {
		for (const char *s = r->keys; *s;) {
			size_t n = strcspn(s, " ");
			bind(k, ni_key_parse(s, n), r->act);
			s += n + (s[n] == ' ');
		}
	}
}

int
ni_keymap_set(struct ni_keymap *k, const char *key, const char *act, struct ni_err *err)
{
	uint32_t c = ni_key_parse(key, strlen(key));
	const struct ni_key_row *r = table;
	if (c == NI_KEY_NONE) {
		ni_fail(err, NI_ERR_INPUT, _("%s: no such key"), key);
		ni_hint(err, "%s", _("keys are called a, ^A, F4, Enter, Space, PgUp and the like"));
		return NI_ERR_INPUT;
	}
	while (r->name && strcmp(r->name, act) != 0)
		r++;
	if (!r->name && strcmp(act, "none") != 0) {
		ni_fail(err, NI_ERR_INPUT, _("%s: no such action"), act);
		ni_hint(err, "%s", _("the help lists them"));
		return NI_ERR_INPUT;
	}
	for (size_t i = k->n; i-- > 0;)
		if (k->bind[i].key == c)
			k->bind[i] = k->bind[--k->n];
	if (r->name)
		bind(k, c, r->act);
	return NI_SUCCESS;
}

static unsigned
places_of(enum ni_act act)
{
	for (const struct ni_key_row *r = table; r->name; r++)
		if (r->act == act)
			return r->places;
	return 0;
}

enum ni_act
ni_keymap_find(const struct ni_keymap *k, uint32_t key, unsigned place)
{
	enum ni_act found = NI_ACT_NONE;
	int fewest = 8 * sizeof(unsigned) + 1;
	/* What a key means in few places hides what it means in all. */
	for (size_t i = 0; i < k->n; i++) {
		unsigned places = places_of(k->bind[i].act);
		int n = __builtin_popcount(places);
		if (k->bind[i].key != key || !(places & place) || n >= fewest)
			continue;
		found = k->bind[i].act;
		fewest = n;
	}
	return found;
}

void
ni_keymap_keys(struct ni_buf *b, const struct ni_keymap *k, enum ni_act act, unsigned place,
	       int max)
{
	int n = 0;
	for (size_t i = 0; i < k->n && n < max; i++) {
		if (k->bind[i].act != act ||
		    (place && ni_keymap_find(k, k->bind[i].key, place) != act))
			continue;
		if (n++)
			ni_buf_c(b, ' ');
		ni_key_print(b, k->bind[i].key);
	}
}

static int
entry(struct ni_buf *b, const struct ni_keymap *k, const struct ni_key_row *r, unsigned place)
{
	size_t start = b->len;
	ni_keymap_keys(b, k, r->act, place, 1);
	if (b->len == start)
		return 0; /* nobody can press it */
	ni_buf_c(b, ' ');
	ni_buf_str(b, _(r->label));
	return ni_line_width(b->p + start, b->len - start);
}

/* Columns that the entries up to importance @most take. */
static int
bar_width(const struct ni_keymap *k, unsigned place, unsigned most)
{
	char text[64];
	int sum = 0;
	for (const struct ni_key_row *r = table; r->name; r++) {
		struct ni_buf b = ni_buf(text, sizeof(text));
		if (!r->label || !(r->places & place) || r->importance > most)
			continue;
		int w = entry(&b, k, r, place);
		sum += w ? w + 2 : 0;
	}
	return sum ? sum - 2 : 0;
}

/* The least important entry that there is room for. */
static unsigned
least_important(const struct ni_keymap *k, unsigned place, int width)
{
	unsigned most = 0;
	for (const struct ni_key_row *r = table; r->name; r++)
		most = r->importance > most ? r->importance : most;
	while (most && bar_width(k, place, most) > width)
		most--;
	return most;
}

/* The entry of @r, if it is one of those. */
static bool
has_entry(struct ni_buf *b, const struct ni_keymap *k, const struct ni_key_row *r, unsigned place,
	  unsigned most)
{
	return r->label && r->places & place && r->importance <= most && entry(b, k, r, place) > 0;
}

void
ni_keymap_bar(struct ni_buf *b, const struct ni_keymap *k, unsigned place, int width)
{
	char text[64];
	size_t start = b->len;
	unsigned most = least_important(k, place, width);
	for (const struct ni_key_row *r = table; r->name; r++) {
		struct ni_buf one = ni_buf(text, sizeof(text));
		if (!has_entry(&one, k, r, place, most))
			continue;
		ni_buf_str(b, b->len > start ? "  " : "");
		ni_buf_mem(b, text, one.len);
	}
}

enum ni_act
ni_keymap_bar_at(const struct ni_keymap *k, unsigned place, int width, int x)
{
	char text[64];
	int from = 0;
	unsigned most = least_important(k, place, width);
	for (const struct ni_key_row *r = table; r->name; r++) {
		struct ni_buf one = ni_buf(text, sizeof(text));
		if (!has_entry(&one, k, r, place, most))
			continue;
		int to = from + ni_line_width(text, one.len);
		if (x >= from && x < to)
			return r->act;
		from = to + 2;
	}
	return NI_ACT_NONE;
}
