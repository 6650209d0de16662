/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much goes over each interface of this machine right now, as its kernel counts. */
#ifndef NI_IFRATES_H
#define NI_IFRATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NI_IFRATES_MAX = 256, NI_IFRATES_NAME = 32, NI_IFRATES_PAST = 60 };

enum { NI_IF_RX, NI_IF_TX };

struct ni_ifrate {
	char name[NI_IFRATES_NAME];
	uint64_t bytes[2], packets[2], drops[2]; /* since the interface is there; received, sent */
	double bytes_s[2], packets_s[2];
	float past[NI_IFRATES_PAST]; /* bytes a second both ways, the last sample at the end */
	bool there;                  /* in the last sample */
};

struct ni_ifrates {
	struct ni_ifrate rate[NI_IFRATES_MAX];
	unsigned n;
	unsigned left_out; /* interfaces that found no room */
	int64_t sampled_ns;
};

/** Take in a sample, the text of /proc/net/dev at @now_ns. */
void ni_ifrates_take(struct ni_ifrates *r, const char *text, int64_t now_ns);

/** Read /proc/net/dev if the last sample is a second old. Returns whether there was a new one. */
bool ni_ifrates_sample(struct ni_ifrates *r);

/** The one called @name, or NULL. */
const struct ni_ifrate *ni_ifrates_find(const struct ni_ifrates *r, const char *name);

#endif
