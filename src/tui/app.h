/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal view as a whole: views and what they share. A view is a const struct of functions;
 * the application owns the screen's frame (title, filter, status, key bar), the prompts, and the
 * loop.
 */
#ifndef NI_APP_H
#define NI_APP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "columns_fit.h"
#include "filtering.h"
#include "keeper.h"
#include "keys.h"
#include "list.h"
#include "model.h"
#include "panes.h"
#include "prompt.h"
#include "screen.h"
#include "sink.h"
#include "writing.h"

struct ni_app;
struct ni_messages;
struct ni_tables;
struct ni_view;

/* What a view is given when it is made. */
struct ni_view_arg {
	uint32_t conn;    /* packets or ladder of one conversation; NI_IX_NO_CONN: all */
	uint64_t packet;  /* to be selected; 0: none */
	uint32_t number;  /* of an HTTP exchange on conn; 0: the message that begins in packet */
	bool trouble;     /* a ladder: begin where something went wrong */
	const char *text; /* of a page, copied */
	const char *title;
};

/* The columns that rows are sorted by; those without a title cannot be chosen. */
struct ni_sorts {
	const struct ni_column_def *columns;
	int n, by; /* by -1: as they came */
	bool reverse;
};

/* Every member but name, create, destroy, draw and act may be NULL. */
struct ni_view_ops {
	const char *name; /* N_(), in the title line */
	unsigned place;   /* enum ni_key_place: which keys mean something */
	struct ni_view *(*create)(struct ni_app *app, const struct ni_view_arg *arg,
				  struct ni_err *err);
	void (*destroy)(struct ni_view *v);
	/* With panes: bring them up to date, then ni_panes_draw(). */
	void (*draw)(struct ni_view *v, struct ni_rect r);
	/* What stands above it. */
	void (*title)(const struct ni_view *v, struct ni_buf *b);
	/* Of a view with panes: */
	void (*draw_pane)(struct ni_view *v, unsigned pane, struct ni_rect r);
	void (*pane_title)(const struct ni_view *v, unsigned pane, struct ni_buf *b);
	/* Rows (@beside: columns) of @r above border @border; NULL: half of them. */
	int (*border)(struct ni_view *v, unsigned border, struct ni_rect r, bool beside);
	int least_rows; /* to show more than one of them below each other */
	/* The view that stands in pane @pane, which work() makes; NULL: the pane is the view's own.
	 */
	struct ni_view *(*inner)(struct ni_view *v, unsigned pane);
	/* Do @act; false: it means nothing here. */
	bool (*act)(struct ni_view *v, enum ni_act act);
	/* What the status line shows at its end: row (1-based) and rows; 0, 0: nothing. */
	void (*position)(const struct ni_view *v, uint64_t *row, uint64_t *rows);
	/* Work in the background for about @ns; returns whether there is more to do at once. */
	bool (*work)(struct ni_view *v, int64_t ns);
	/* What y copies. */
	void (*copy)(struct ni_view *v, struct ni_buf *b);
	void (*mouse)(struct ni_view *v, const struct ni_mouse *m);
	/* Select packet @number. */
	void (*go)(struct ni_view *v, uint64_t number);
	/* The packet that is selected; 0: none. */
	uint64_t (*packet)(const struct ni_view *v);
	/* Look for text from the selected row on (@way 1) or back (-1); false: this view leaves it
	 * to the search over packets. It begins with row look.looked and asks ni_app_looks(). */
	bool (*search)(struct ni_view *v, const char *text, int way);
	/* Write what is shown to @path. 0 or NI_ERR_RUN; what was written is said in @said. */
	int (*write)(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err);
	/* Whether it stays at the newest. */
	bool (*follows)(const struct ni_view *v);
	/* What its rows can be sorted by; sort them by column @column, and the other way round if
	 * they are already. */
	struct ni_sorts (*sorts)(const struct ni_view *v);
	void (*sort)(struct ni_view *v, int column);
	/* The columns that can be chosen; NULL: none. */
	const struct ni_column_def *columns;
	int ncolumns;
	/* Bytes that it holds for each row, or NULL. */
	uint64_t (*bytes)(const struct ni_view *v);
	/* What takes long at the moment, for the last line; Esc is given to act() first then. */
	void (*busy)(const struct ni_view *v, struct ni_buf *b);
	/* What e shows. */
	void (*explain)(struct ni_view *v, struct ni_buf *b);
};

/* The first member of every view's own struct. */
struct ni_view {
	const struct ni_view_ops *ops;
	struct ni_app *app;
	struct ni_panes panes;
	bool passive; /* it is a pane that has not the keys: nothing is selected in it */
};

struct ni_app_opts {
	struct ni_model *model;         /* stays the caller's */
	const struct ni_tables *tables; /* that it fills; stay the caller's */
	const char *capture_filter;
	const char *filter; /* display filter to begin with, or NULL */
	bool ascii, mouse;
	bool color;    /* false: monochrome, whatever the terminal can do */
	bool absolute; /* sequence numbers as on the wire */
	bool picks;    /* there is no capture yet: an interface is to be chosen */
	enum ni_time_format time;
	/* Fetches what was said about interfaces since the last time; false: nothing. Or NULL. */
	bool (*notices)(char *text, size_t n);
	const struct ni_keeper *keeper; /* who can open interfaces */
	const char *settings;           /* lines for :set, of the view before; or NULL */
};

enum {
	NI_APP_DEPTH = 16,
	NI_APP_TABS = 6,
	NI_APP_MESSAGE = 1024,
	NI_APP_SAID = 16384,
	NI_APP_MARKS = 26
};

enum ni_prompt_kind {
	NI_PROMPT_NONE,
	NI_PROMPT_FILTER,
	NI_PROMPT_SEARCH,
	NI_PROMPT_COMMAND,
	NI_PROMPT_WRITE,
	NI_PROMPT_CAPTURE, /* a capture filter */
	NI_NPROMPTS,
};

/* A capture on other interfaces, as far as it has got. */
struct ni_starting {
	struct ni_wish wish;
	bool asked;     /* whether packets that are not saved may go */
	bool opening;   /* the keeper has been asked, and has not answered */
	bool listing;   /* the same about the list of interfaces */
	unsigned lists; /* how often there was a new one */
};

/* Looking through the rows of a view for a text, which may take more than a slice. */
struct ni_look {
	struct ni_view *v; /* NULL: nobody looks */
	int way;
	uint64_t from, rows; /* position where it began */
	char text[NI_PROMPT_MAX];
	uint64_t looked;  /* rows that were looked at */
	int64_t until_ns; /* of this slice */
	bool more;        /* it goes on in the next */
};

struct ni_app {
	struct ni_app_opts o;
	struct ni_model *model;
	struct ni_keymap keys;
	enum ni_time_format time;
	struct ni_view *tabs[NI_APP_TABS];      /* made when first shown */
	unsigned tab;                           /* the current one */
	struct ni_columns columns[NI_APP_TABS]; /* that the user has chosen */
	struct ni_view *stack[NI_APP_DEPTH];    /* on top of it */
	unsigned depth;
	struct ni_filtering *filter;
	struct ni_search *search;   /* NULL: nothing was searched for */
	struct ni_writing *writing; /* NULL: nothing is being written */
	uint64_t writing_all;       /* packets that all are, if these are all; else 0 */
	int search_way;             /* a match is waited for in this direction; 0: none */
	struct ni_look look;        /* into the rows of a view */
	enum ni_prompt_kind asking;
	struct ni_prompt prompt;
	struct ni_history history[NI_NPROMPTS];
	char message[NI_APP_MESSAGE]; /* shown until the next key */
	enum ni_role message_role;
	char said[NI_APP_SAID]; /* messages before it, a line each; the oldest go */
	bool held;
	enum ni_layout layout; /* of panes */
	bool absolute;         /* sequence numbers as on the wire */
	uint64_t restyled;     /* how often rows had to be made anew, as they look otherwise */
	struct ni_model_stats held_stats; /* when it was held */
	enum ni_act pending;              /* m and ' wait for a letter */
	uint64_t marks[NI_APP_MARKS], came_from;
	bool quit, dirty, ask_quit;
	bool quit_written; /* to be left when what is being written is */
	int tab_x[NI_APP_TABS +
		  1]; /* where each begins in the title, and where the last one ends */
	uint64_t turns, drawn_turns; /* how often another view came on top; of those drawn */
	bool pressed;                /* a key was, and is not on the screen yet */
	uint64_t saved;              /* packets that there were when they were written to a file */
	size_t caret_at, caret_len;  /* what is wrong in the filter being typed */
	struct ni_starting starting;
	char settings[NI_WISH_SETTINGS]; /* what :set was told, a line each, for the next view */
	unsigned home;                   /* the tab that q leaves the program from */
	bool problem_said;               /* what went wrong with the source */
	int64_t rate_ns;                 /* for packets a second */
	uint64_t rate_packets, rate;
};

/* The views behind the keys 1 to 6; NULL where there is none. */
extern const struct ni_view_ops *const ni_app_tabs[NI_APP_TABS];
extern const struct ni_view_ops ni_packets_view, ni_conns_view, ni_page_view, ni_choose_view;
extern const struct ni_view_ops ni_ladder_view, ni_stream_view, ni_message_view;
enum { NI_LADDER_ROOM = 72 }; /* columns that a ladder needs to show times */
extern const struct ni_view_ops ni_http_view, ni_ifaces_view, ni_network_view, ni_stats_view;

/** Run the view until the user leaves it. 0 or NI_ERR_RUN. */
int ni_app_run(const struct ni_app_opts *o, struct ni_err *err);

struct ni_view *ni_app_top(struct ni_app *a);
/** The view in the pane that has the keys: the one on top, or one inside it. */
struct ni_view *ni_app_active(struct ni_app *a);
/** Where keys mean something at the moment: enum ni_key_place. */
unsigned ni_app_place(struct ni_app *a);
/** The packet that is selected; 0: none. */
uint64_t ni_app_packet(struct ni_app *a);
/** Show another view on top. False, and the reason is shown, when it cannot be made. */
bool ni_app_push(struct ni_app *a, const struct ni_view_ops *ops, const struct ni_view_arg *arg);
/** Back to the view below; false when there is none. */
bool ni_app_pop(struct ni_app *a);
/** Show tab @tab (0-based). */
void ni_app_tab(struct ni_app *a, unsigned tab);

/** Show the stream that the selected packet belongs to. */
void ni_stream_follow(struct ni_app *a);

/** Write the decoded body of the response (or else of the request) to the new file @path. 0 or
 * NI_ERR_RUN. */
int ni_message_write_body(const struct ni_messages *m, const char *path, struct ni_buf *said,
			  struct ni_err *err);

/** Say something in the line of the status, until the next key. */
void ni_app_say(struct ni_app *a, enum ni_role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Take in a key. */
void ni_app_key(struct ni_app *a, uint32_t key);
/** Do what a key stands for. */
void ni_app_act(struct ni_app *a, enum ni_act act);
/** A key while a prompt is open. */
void ni_app_prompt_key(struct ni_app *a, uint32_t key);
void ni_app_ask(struct ni_app *a, enum ni_prompt_kind kind, const char *text);
/**
 * Begin to write the packets up to @last that are in @members (NULL: all) to @path. 0, or
 * NI_ERR_RUN with @err filled.
 */
int ni_app_write(struct ni_app *a, const char *path, const struct ni_set *members, uint64_t last,
		 struct ni_err *err);
/** The same for the packets of conversation @conn. */
int ni_app_write_conn(struct ni_app *a, const char *path, uint32_t conn, struct ni_err *err);
/** Write on for about @ns. Returns whether there is more to write. */
bool ni_app_write_work(struct ni_app *a, int64_t ns);
/** Say why a list is empty although there are @all rows without the filter. */
void ni_app_none(struct ni_app *a, struct ni_buf *b, uint64_t all);
/** Run a line typed after a colon. */
void ni_app_command(struct ni_app *a, const char *line);
/** Offers for Tab; see struct ni_prompt. */
const char *ni_app_complete_command(void *ctx, const struct ni_prompt *p, size_t *from, unsigned n);
/** Do what @lines told :set in another view. */
void ni_app_settings(struct ni_app *a, const char *lines);

/** Append @line to @text; the oldest lines go where there is no room. */
void ni_app_append(char *text, size_t size, const char *line);

/** Whether packets of a capture would be lost with this view. */
bool ni_app_unsaved(const struct ni_app *a);

/** Name what a.starting.wish holds: "eth0, lo". */
void ni_starting_names(const struct ni_wish *w, struct ni_buf *b);
/** Ask for the capture filter of a.starting.wish, then begin that capture. */
void ni_starting_ask(struct ni_app *a);
/** Begin it with the filter that is there. */
void ni_starting_go(struct ni_app *a);
/** What was typed into the prompt. */
void ni_starting_entered(struct ni_app *a, const char *filter);
/** ":capture IFACE[,IFACE…] [FILTER]". */
void ni_starting_command(struct ni_app *a, const char *arg);
/** Take in what the keeper says. */
void ni_starting_hear(struct ni_app *a);
/** Ask the keeper which interfaces there are. */
void ni_starting_list(struct ni_app *a);

/** Look for @text from the cursor on. */
void ni_app_find(struct ni_app *a, const char *text, int way);
/** Look for @text in the rows of @v, which does that itself. */
void ni_app_look(struct ni_app *a, struct ni_view *v, const char *text, int way);
/** Say that a search in direction @way went on from the other end. */
void ni_app_went_on(struct ni_app *a, int way);
/** Whether to look at row @i, counted from where the search began; false: not in this slice. */
bool ni_app_looks(struct ni_app *a, uint64_t i);
/** Go on looking into the rows of the view on top. Returns whether there is more to look at. */
bool ni_app_look_work(struct ni_app *a);
/** Stop that. */
void ni_app_look_end(struct ni_app *a);
/** Select packet @number, in the packet view if this one has no packets. */
void ni_app_go(struct ni_app *a, uint64_t number);
/** Whether the view on top stays at the newest. */
bool ni_app_follows(struct ni_app *a);
/** Draw everything. */
void ni_app_draw(struct ni_app *a);
/** Write the configuration's wishes into @a; what is wrong with it is said. */
void ni_app_config(struct ni_app *a);

/** Append @n with a comma at every third digit. */
void ni_app_number(struct ni_buf *b, uint64_t n);
/** The same in a sentence: ni_app_word(n).z */
struct ni_app_word {
	char z[32];
};
struct ni_app_word ni_app_word(uint64_t n);
/** "3 of 1,234 match" */
void ni_app_found(struct ni_buf *b, uint64_t n, uint64_t all);
/** Append a span of time: "0.40ms", "350ms", "1.2s". */
void ni_app_span(struct ni_buf *b, int64_t ns);
/** Append @n as "38 KiB". */
void ni_app_bytes(struct ni_buf *b, uint64_t n);
/** Move in a list as @act says. False: it says nothing about that. */
bool ni_list_act(struct ni_list *l, enum ni_act act);

#endif
