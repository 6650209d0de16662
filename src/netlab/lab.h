/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exercises of netlab: a lab is a folder with a network, steps, a text and questions
 * (labs/README.md). This header is what the parts of it share: the lab file as it was read, values
 * computed from captures, and answers of a student, which are never trusted.
 */
#ifndef NI_NETLAB_LAB_H
#define NI_NETLAB_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lab_pool.h"
#include "netinspect/err.h"

enum {
	NL_DRAWS_MAX = 32,
	NL_POINTS_MAX = 16,
	NL_LETS_MAX = 128,
	NL_QUESTIONS_MAX = 64,
	NL_VALIDS_MAX = 16,
	NL_WORDS_MAX = 32,    /* needs, choices, words of a draw */
	NL_FIELDS_MAX = 8,    /* of one value */
	NL_ALSO_MAX = 8,      /* further right values of a question */
	NL_WRONG_MAX = 16,    /* known mistakes of a question */
	NL_NAME_MAX = 32,     /* bytes in a name */
	NL_SEED_MAX = 64,     /* bytes in a seed */
	NL_FILE_MAX = 1 << 18 /* bytes in a lab file or a form */
};

/* ---- the lab file ---- */

enum nl_how { NL_PLAIN, NL_CALC, NL_FRAMES };

enum nl_take {
	NL_FIRST,
	NL_LAST,
	NL_NTH,
	NL_ANY,
	NL_COUNT,
	NL_DISTINCT,
	NL_LIST,
	NL_SET,
	NL_TURNS,
	NL_SUM,
	NL_MIN,
	NL_MAX,
	NL_MEDIAN,
	NL_GAP
};

/* How a value is come by; {names} are filled in when it is computed. */
struct nl_expr {
	enum nl_how how;
	const char *text; /* NL_PLAIN: itself; NL_CALC: the expression; NL_FRAMES: the filter */
	unsigned point, nfields, line;
	const char *nth; /* of NL_NTH: which frame */
	enum nl_take take;
	const char *field[NL_FIELDS_MAX];
	unsigned occurrence[NL_FIELDS_MAX]; /* in a frame, from 1 */
};

enum nl_kind {
	NL_KIND_NUMBER,
	NL_KIND_FRAME,
	NL_KIND_WORD,
	NL_KIND_MAC,
	NL_KIND_ADDRESS,
	NL_KIND_LIST,
	NL_KIND_TUPLE,
	NL_KIND_TEXT,
};

struct nl_choice {
	const char *word, *equals; /* equals: the value that means this word, or NULL */
};

struct nl_wrong {
	struct nl_expr value;
	const char *feedback;
};

struct nl_question {
	const char *name, *text;
	enum nl_kind kind;
	const char *unit;  /* of the value: "ms", "bytes"; or NULL */
	const char *empty; /* the value where no frame matches, or NULL */
	const char *truth; /* name in the run's own account, or NULL */
	double within;     /* how far off an answer may be; 0: not at all */
	bool within_part;  /* within is a part of the value, not a distance */
	bool predict;      /* can be asked before the run */
	unsigned nchoices, nalso, nwrong, line;
	bool has_value, has_show;
	struct nl_choice choice[NL_WORDS_MAX];
	struct nl_expr value, also[NL_ALSO_MAX];
	struct nl_expr show; /* where to look, if the value comes from no capture */
	struct nl_wrong wrong[NL_WRONG_MAX];
};

struct nl_draw {
	const char *name;
	unsigned nwords; /* 0: a number from lo to hi */
	const char *word[NL_WORDS_MAX];
	int64_t lo, hi;
	unsigned nexcept;
	const char *except[NL_WORDS_MAX]; /* draws that it must differ from */
};

struct nl_point {
	const char *name, *host, *iface, *filter;
};

struct nl_let {
	const char *name, *empty;
	struct nl_expr value;
};

struct nl_valid {
	unsigned point;
	const char *filter;
};

struct nl_lab {
	const char *name, *dir, *path; /* "10-teardown", its folder, its lab file */
	const char *title;
	unsigned seconds; /* that a run takes, about */
	unsigned nneeds, ndraws, npoints, nlets, nvalids, nquestions;
	const char *need[NL_WORDS_MAX];
	struct nl_draw draw[NL_DRAWS_MAX];
	struct nl_point point[NL_POINTS_MAX];
	struct nl_let let[NL_LETS_MAX];
	struct nl_valid valid[NL_VALIDS_MAX];
	struct nl_question question[NL_QUESTIONS_MAX];
};

/**
 * Read @n bytes at @text as a lab file into @lab, whose name, dir and path are set. @language
 * ("zh_CN", or "" for English) chooses between translations. Everything is allocated from @pool.
 * Returns 0 or NI_ERR_INPUT: "PATH:LINE: what is wrong".
 */
int nl_lab_parse(struct nl_lab *lab, struct nl_pool *pool, const char *text, size_t n,
		 const char *language, struct ni_err *err);

/** A number of digits alone from 1 to 9999; 0: it is none. */
unsigned nl_small_number(const char *s);

/** Read one expression, as behind `value`; for the parser and its tests. */
int nl_expr_parse(const struct nl_lab *lab, struct nl_pool *pool, const char *text,
		  struct nl_expr *e, struct ni_err *err);

/** The index of the capture point with this name of @n bytes, or -1. */
int nl_point_find(const struct nl_lab *lab, const char *name, size_t n);
/** The question with this name, or NULL. */
const struct nl_question *nl_question_find(const struct nl_lab *lab, const char *name);

/* ---- where labs are: lab_find.c ---- */

/** The language of texts: "zh_CN", or "" for English. */
const char *nl_language(void);

/** The folder of the labs: NETLAB_LABS, beside the program in a build tree, or where installed. */
const char *nl_labs_dir(struct nl_pool *pool, struct ni_err *err);

/** One of our programs: beside this one, else the bare name for PATH. */
const char *nl_program(struct nl_pool *pool, const char *name);

/** The names of all labs in their order, NULL-terminated. */
const char **nl_labs(struct nl_pool *pool, const char *dir, struct ni_err *err);

/** Read the lab that @word means: its number, name, both, or a folder. NULL with @err filled. */
struct nl_lab *nl_lab_open(struct nl_pool *pool, const char *word, struct ni_err *err);

/** Read a file of at most @max bytes, which may be anything; NUL-terminated. NULL with @err filled.
 */
char *nl_read_file(struct nl_pool *pool, const char *path, size_t max, size_t *n,
		   struct ni_err *err);

/* ---- parameters: lab_draw.c ---- */

/* What {names} stand for. */
struct nl_params {
	const char *seed, *nonce;
	const char *draw[NL_DRAWS_MAX];
};

/** Whether @seed can be one: letters, digits, dot, underscore, hyphen; UTF-8. */
int nl_seed_check(const char *seed, struct ni_err *err);
/** Make up a seed. */
const char *nl_seed_new(struct nl_pool *pool);
/** Draw all parameters of @lab from @seed. */
void nl_draw(const struct nl_lab *lab, struct nl_pool *pool, const char *seed, struct nl_params *p);

/* ---- values: lab_value.c, lab_calc.c ---- */

/* Cells that belong together: several fields of a frame, or a list. */
struct nl_row {
	const char **cell;
	size_t n;
};

struct nl_value {
	struct nl_row *row; /* each of them is right */
	size_t nrows;
	bool any_order;
	const struct nl_expr *none; /* no frame matched this */
};

/* A lab with its parameters and captures: what values are computed from. */
struct nl_world {
	const struct nl_lab *lab;
	struct nl_pool *pool;
	struct nl_params params;
	const char *program; /* netinspect */
	const char *file[NL_POINTS_MAX];
	struct nl_value let[NL_LETS_MAX];
	bool has_let[NL_LETS_MAX]; /* computed */
};

/**
 * Fill the {names} of @text. With @loose, for people: names that have no value yet stay, and drawn
 * words are in the reader's language. Sets *none if a
 * name stands for a value that no frame gave.
 */
const char *nl_fill(struct nl_world *w, const char *text, bool loose, const struct nl_expr **none,
		    struct ni_err *err);

/** Compute the lets that need no capture, for questions that name them. */
void nl_world_preview(struct nl_world *w);
/** Look whether the captures are this lab's with this seed, and compute the lets. */
int nl_world_open(struct nl_world *w, struct ni_err *err);

/** Compute a value. Nothing found is no failure: then v->none is set. */
int nl_value_get(struct nl_world *w, const struct nl_expr *e, struct nl_value *v,
		 struct ni_err *err);
/** As nl_value_get for a question: with its `empty`; nothing found is a failure. */
int nl_answer_get(struct nl_world *w, const struct nl_question *q, struct nl_value *v,
		  struct ni_err *err);

/** Call @say with every command that shows where the answer to @q comes from. */
void nl_commands(struct nl_world *w, const struct nl_question *q,
		 void (*say)(void *ctx, const char *command), void *ctx);

/** Compute @text: whole numbers, decimals, addresses. Returns its text, or NULL with @err filled.
 */
const char *nl_calc(struct nl_pool *pool, const char *text, struct ni_err *err);

/* ---- answers: lab_compare.c, lab_words.c ---- */

/** What is wrong with @answer as an answer of this kind whatever is right; NULL: nothing. */
const char *nl_answer_unreadable(struct nl_world *w, const struct nl_question *q,
				 const char *answer);
/** Whether @answer means one of the rows of @v. */
bool nl_answer_is(struct nl_world *w, const struct nl_question *q, const struct nl_value *v,
		  const char *answer);
/** The first row of @v as somebody would write it as an answer. */
const char *nl_answer_text(struct nl_world *w, const struct nl_question *q,
			   const struct nl_value *v);

/* A number with the unit that stands behind it. */
struct nl_quantity {
	long double v; /* in seconds or bytes, if it has such a unit */
	enum { NL_UNIT_NONE, NL_UNIT_TIME, NL_UNIT_BYTES, NL_UNIT_OTHER } unit;
};

/** Read "1,460", "0x5b4", "204 ms", "3 segments"; false: it is no number. */
bool nl_quantity_read(const char *text, struct nl_quantity *q);
/** What a unit is in seconds or bytes; 1 for others. */
long double nl_unit_factor(const char *unit);

/** Whether @given of @n bytes means @word, in English or in another language. */
bool nl_word_means(const char *word, const char *given, size_t n);
/** The word in the reader's language. */
const char *nl_word_shown(struct nl_pool *pool, const char *word);

/* ---- forms: lab_form.c ---- */

struct nl_form {
	const char *path, *lab, *seed; /* lab, seed: as it says, or NULL */
	const char *answer[NL_QUESTIONS_MAX];
};

/** Read a filled form. Returns 0 or NI_ERR_INPUT: "FILE:LINE: what is wrong". */
int nl_form_read(struct nl_form *f, const struct nl_lab *lab, struct nl_pool *pool,
		 const char *path, struct ni_err *err);
/** As nl_form_read for @n bytes of text; f->path is set. */
int nl_form_parse(struct nl_form *f, const struct nl_lab *lab, struct nl_pool *pool,
		  const char *text, size_t n, struct ni_err *err);

/** Write the beginning of a form. */
void nl_form_head(FILE *out, const struct nl_lab *lab, const char *seed);
/** Write question @i with an answer (or ""). */
void nl_form_question(FILE *out, struct nl_world *w, unsigned i, const char *answer);
/** The whole form, empty; with @predict only what is asked before the run. */
void nl_form_write(FILE *out, struct nl_world *w, bool predict);

/* ---- texts: lab_print.c ---- */

/**
 * Print @first and @text, with @prefix before every further line, in 80 columns, broken between
 * words or Chinese characters.
 */
void nl_wrap(FILE *out, const char *first, const char *prefix, const char *text);

/** @text for a terminal: control characters and what is no UTF-8 are escaped. */
const char *nl_escaped(struct nl_pool *pool, const char *text);

/** Print @before and @text as a string of JSON to standard output. */
void nl_json_string(struct nl_pool *pool, const char *before, const char *text);

/* ---- captures handed in: lab_hand_in.c ---- */

/* What one student handed in. */
struct nl_hand_in {
	const char *name;                /* the folder, or the form */
	const char *answers;             /* the form */
	const char *predictions, *truth; /* or NULL */
	const char *seed;                /* of the folder's own file, or NULL */
	const char *file[NL_POINTS_MAX];
};

/** Find what lies in the folder @dir; @form: there must be answers. */
int nl_hand_in_folder(struct nl_hand_in *h, const struct nl_lab *lab, struct nl_pool *pool,
		      const char *dir, bool form, struct ni_err *err);
/** Sort files by the capture points that their names mean. */
int nl_hand_in_files(struct nl_hand_in *h, const struct nl_lab *lab, struct nl_pool *pool,
		     char **files, unsigned n, struct ni_err *err);

bool nl_is_folder(const char *path);

/** Make the world of what was handed in: the seed is @seed, or else the folder's own. */
int nl_world_of(struct nl_world *w, const struct nl_hand_in *h, const struct nl_lab *lab,
		struct nl_pool *pool, const char *seed, struct ni_err *err);

/* ---- the commands ---- */

struct nl_lab_opts {
	const char *seed, *dir, *predictions, *node;
	bool predict, brief, json, help;
	int argc; /* operands */
	char **argv;
};

int nl_do_list(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
int nl_do_show(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
int nl_do_ask(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
int nl_do_run(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
int nl_do_shell(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
int nl_do_grade(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
int nl_do_solve(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);

/* After a run: compare what the run knows with what the captures show. */
int nl_truth_check(struct nl_world *w, const char *path, struct ni_err *err);

/* What the commands return instead of a failure when something was wrong but nothing broke. */
enum { NL_NOT_ALL_RIGHT = 1 };

#endif
