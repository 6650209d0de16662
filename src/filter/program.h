/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a filter is compiled to: a list of instructions over registers, each of which holds the
 * values that a field, a function or a sum has in the frame at hand. All memory is taken when the
 * filter is compiled.
 */
#ifndef NI_FILTER_PROGRAM_H
#define NI_FILTER_PROGRAM_H

#include "regex.h"
#include "syntax.h"

/* Types as the language sees them. */
enum ni_ft {
	NI_FT_NONE, /* only there or not */
	NI_FT_BOOL,
	NI_FT_UINT,
	NI_FT_SINT,
	NI_FT_DOUBLE,
	NI_FT_RELTIME,
	NI_FT_ABSTIME,
	NI_FT_STR, /* from here on with bytes at p */
	NI_FT_BYTES,
	NI_FT_ETHER,
	NI_FT_IP4,
	NI_FT_IP6,
	NI_FT_PROTO,
};

struct ni_val {
	union {
		uint64_t u;
		int64_t i;
		double d;
		const uint8_t *p;
	};
	uint32_t n;   /* bytes at p */
	uint32_t len; /* what len() says */
	uint8_t type; /* enum ni_ft */
	uint8_t bits; /* of an address literal: its prefix */
};

struct ni_reg {
	const struct ni_val *v;
	uint32_t n;
};

/* A field, or a protocol, and in which layers it is looked for. */
struct ni_slot {
	struct ni_field_ref *refs;
	unsigned nrefs; /* 0: a protocol */
	const char *key;
	const struct ni_part_range *layers;
	unsigned nlayers; /* 0: all */
	bool walk;        /* some row is found by a walk alone */
	bool of_frame;
	uint64_t seen; /* frame that the register is of */
	struct ni_reg reg;
	uint8_t protos[32]; /* bit n: its layers may hold it */
};

enum ni_op {
	NI_OP_LOAD,   /* c = slot a */
	NI_OP_SLICE,  /* c = parts of a */
	NI_OP_CALL,   /* c = fn(a … a + b - 1 in args) */
	NI_OP_NEG,    /* c = -a */
	NI_OP_ARITH,  /* c = a fn b */
	NI_OP_CMP,    /* a fn b */
	NI_OP_PLAIN,  /* slot a, which is plain, fn the one whole number b */
	NI_OP_MEMBER, /* a in the c pairs of registers (lowest, highest) from b on in args */
	NI_OP_MATCH,  /* a matches regex b */
	NI_OP_EXISTS, /* slot a */
	NI_OP_TRUE,   /* some value of a is not zero */
	NI_OP_NOT,
	NI_OP_IF,     /* go to c if true */
	NI_OP_UNLESS, /* go to c if false */
	NI_OP_SAVE,   /* the result as bit c */
	NI_OP_XOR,    /* the result with bit c */
};

struct ni_insn {
	uint8_t op;
	uint8_t fn;
	bool all;
	uint16_t a, b, c;
	const struct ni_part_range *parts;
	unsigned nparts;
	const struct ni_field *field; /* that the values came from, for their text; or NULL */
};

enum { NI_FLT_VALUES = 8192, NI_FLT_SCRATCH = 512 << 10, NI_FLT_ARGS = 64, NI_FLT_XORS = 256 };

struct ni_filter {
	const struct ni_registry *reg;
	struct ni_tree tree; /* ranges and strings live in it */
	char *text;
	struct ni_insn *code;
	unsigned ncode, max_code;
	struct ni_reg *regs;
	unsigned nregs;
	struct ni_val *consts;
	unsigned nconsts;
	struct ni_slot *slots;
	unsigned nslots;
	struct ni_re **res;
	unsigned nres;
	uint16_t *args;
	unsigned nargs;
	uint8_t *literals; /* bytes of literals */
	size_t nliterals;
	bool finals;
	unsigned xors;

	/* of the frame at hand */
	const struct ni_dis *dis;
	uint64_t frame;
	struct ni_val *vals;
	uint32_t nvals;
	uint8_t *scratch;
	size_t nscratch;
	bool saved[NI_FLT_XORS];
	struct ni_filter_limits limits;
};

/* An operand while it is compiled. */
struct ni_operand {
	enum ni_ft type;
	const struct ni_field *field; /* the first row; NULL: none, or a protocol */
	const char *key;              /* of the field as it was typed; NULL: none */
	unsigned reg;
};

/* The functions of the language. */
enum ni_fn {
	NI_FN_LEN,
	NI_FN_COUNT,
	NI_FN_UPPER,
	NI_FN_LOWER,
	NI_FN_ABS,
	NI_FN_MIN,
	NI_FN_MAX,
	NI_FN_STRING,
	NI_FN_LABEL, /* the name of a value; has no name itself */
	NI_NFN,
};

struct ni_fn_def {
	const char *name;
	unsigned min_args, max_args;
	bool (*takes)(enum ni_ft t);
	enum ni_ft gives; /* NI_FT_NONE: what it takes */
	const char *wants;
};

extern const struct ni_fn_def ni_fns[NI_NFN];

/** Convert the literal @n to @type; field: of the other side, for names of values, or NULL. */
int ni_flt_literal(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
		   struct ni_val *out);

bool ni_flt_is_int(enum ni_ft t);
bool ni_flt_is_bytes(enum ni_ft t); /* text too */
const char *ni_flt_type_name(const struct ni_operand *o);
/** What stands in the filter at @n, for messages: its length for %.*s is the result's. */
int ni_flt_quote(const struct ni_node *n);

/* ---- of the compiler ---- */

const struct ni_node *ni_flt_node(const struct ni_filter *f, int n);
struct ni_insn *ni_flt_emit(struct ni_filter *f, enum ni_op op);
bool ni_flt_is_literal(const struct ni_node *n);
/** Whether values of both types can be compared. */
bool ni_flt_compatible(enum ni_ft a, enum ni_ft b);
/** The number of the slot of field @n; -1 when memory is short. */
int ni_flt_slot(struct ni_filter *f, const struct ni_node *n);
/** Make the instructions for a value; a literal becomes one of @like's type (NULL: it may be none).
 */
int ni_flt_value(struct ni_filter *f, int n, const struct ni_operand *like, struct ni_operand *out);

/** Compile the tree; 0, or -1 with the tree's err filled. */
int ni_flt_compile(struct ni_filter *f, int root);

/** The type a field's values have in the language. */
enum ni_ft ni_flt_type(unsigned field_type);

/** Do one instruction that makes values. */
void ni_flt_load(struct ni_filter *f, struct ni_slot *s);
/** Whether the slot's values are those of one row, which is in every layer of its protocol. */
bool ni_flt_is_plain(const struct ni_slot *s);
bool ni_flt_test_plain(const struct ni_filter *f, const struct ni_insn *i);
bool ni_flt_exists(const struct ni_filter *f, const struct ni_slot *s);
void ni_flt_call(struct ni_filter *f, const struct ni_insn *i);
void ni_flt_slice(struct ni_filter *f, const struct ni_insn *i);
void ni_flt_arith(struct ni_filter *f, const struct ni_insn *i);
void ni_flt_negate(struct ni_filter *f, const struct ni_insn *i);
bool ni_flt_compare(const struct ni_insn *i, const struct ni_reg *a, const struct ni_reg *b);
bool ni_flt_member(const struct ni_filter *f, const struct ni_insn *i);
bool ni_flt_holds(enum ni_cmp op, int order);
int ni_flt_order(const struct ni_val *a, const struct ni_val *b);

/** Room for one more value; NULL, and counted, when there is none. */
struct ni_val *ni_flt_more(struct ni_filter *f);
/** Room for @n bytes until the next frame; NULL, and counted, when there is none. */
uint8_t *ni_flt_bytes(struct ni_filter *f, size_t n);

#endif
