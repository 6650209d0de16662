/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The script that is being run, and what it can wait for. */
#ifndef NI_TEST_WAITS_H
#define NI_TEST_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "term.h"

enum {
	LINE_MAX_BYTES = 4096,
	ARGS = 40,
	ENVS = 8,
	PATIENCE_MS = 5000,
	MS = 1000000,
};

#ifdef __SANITIZE_ADDRESS__
enum { SLOWER = 4, SANITIZED = 1 };
#else
enum { SLOWER = 1, SANITIZED = 0 };
#endif

struct script {
	struct term term;
	char name[200];
	bool in_case, failed, skip, unchecked, interactive, running;
	unsigned line, passed, failures, skipped;
	char command[LINE_MAX_BYTES]; /* what was run last */
	int64_t patience_ms;
	char type[40], locale[40];
	char env[ENVS][200];
	unsigned envs;
	const char *program, *goldens;
	bool update;
};

extern struct script run;

/** Say what went wrong. The first failure of a case counts; the rest of the case is left out. */
void script_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Something that can be waited for; @arg is the rest of the command's line. */
typedef bool script_condition(const char *arg);

/** Wait until @there says yes. False: it did not, or the case has failed. */
bool script_wait(script_condition *there, const char *arg);

script_condition script_ended, script_quiet, script_started, script_tidy;

/* One command that waits. */
struct script_waits {
	const char *name;
	script_condition *wait;
	const char *why; /* what to say of it otherwise */
};
/** Those there are; ends with name NULL. */
extern const struct script_waits script_waits[];

#endif
