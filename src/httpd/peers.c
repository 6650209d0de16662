/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is at the other end: addresses, and how many clients each of them has here.
 *
 * The count is of all workers together, so it lies in memory that they share. A slot is one word, a
 * keyed hash of the address and its clients, which is changed by compare-and-swap: no lock that a
 * process could take with it when it is killed. What such a process had counted is known as well,
 * by worker and slot, and taken back by its parent. The table is bounded: where all places of an
 * address are taken by others, it is not counted; whoever has that many addresses is not held by a
 * limit for each of them, but by the one for all.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL /* one function of it: no library to load for that */
#include <xxhash.h>

#include "server.h"

/* A word: 44 bits of the hash, 20 bits of the number; zero is a free place. */
enum { SLOTS = 1 << 15, PLACES = 16, COUNT_BITS = 20, COUNT_MAX = (1 << COUNT_BITS) - 1 };

struct ni_hd_peers {
	uint64_t seed;
	unsigned workers;
	size_t size; /* of the mapping */
	_Atomic uint64_t slot[SLOTS];
	atomic_uint had[][SLOTS]; /* by worker: what it counted and did not take back */
};

bool
ni_hd_is_loopback(const struct in6_addr *a)
{
	return IN6_IS_ADDR_LOOPBACK(a) || (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

void
ni_hd_map_address(struct sockaddr_in6 *to, const struct sockaddr_storage *from)
{
	memset(to, 0, sizeof(*to));
	if (from->ss_family == AF_INET6) {
		memcpy(to, from, sizeof(*to));
		return;
	}
	struct sockaddr_in in;
	memcpy(&in, from, sizeof(in));
	to->sin6_family = AF_INET6;
	to->sin6_port = in.sin_port;
	to->sin6_addr.s6_addr[10] = to->sin6_addr.s6_addr[11] = 0xff;
	memcpy(to->sin6_addr.s6_addr + 12, &in.sin_addr, 4);
}

void
ni_hd_put_address(struct ni_buf *b, const struct in6_addr *a)
{
	if (IN6_IS_ADDR_V4MAPPED(a))
		ni_buf_ip4(b, a->s6_addr + 12);
	else
		ni_buf_ip6(b, a->s6_addr);
}

struct ni_hd_peers *
ni_hd_peers_new(unsigned workers)
{
	size_t size = sizeof(struct ni_hd_peers) + workers * sizeof(atomic_uint[SLOTS]);
	/* Only pages that are written to take memory. */
	struct ni_hd_peers *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	if (getrandom(&p->seed, sizeof(p->seed), GRND_NONBLOCK) != sizeof(p->seed))
		p->seed = (uint64_t)time(NULL) ^ (uintptr_t)p;
	p->workers = workers;
	p->size = size;
	return p;
}

void
ni_hd_peers_free(struct ni_hd_peers **p)
{
	if (*p)
		munmap(*p, (*p)->size);
	*p = NULL;
}

/* The place of the address whose word is @tag and a number, or a free one; -1 if there is neither.
 * @word: what stands there. */
static int
find(struct ni_hd_peers *p, uint64_t tag, unsigned at, uint64_t *word)
{
	int vacant = -1;
	for (unsigned i = 0; i < PLACES; i++) {
		unsigned place = (at + i) % SLOTS;
		uint64_t w = atomic_load(&p->slot[place]);
		if (w && (w & ~(uint64_t)COUNT_MAX) == tag) {
			*word = w;
			return (int)place;
		}
		if (!w && vacant < 0)
			vacant = (int)place;
	}
	*word = 0;
	return vacant;
}

int
ni_hd_peers_enter(struct ni_hd_peers *p, unsigned worker, const struct in6_addr *a, uint32_t max)
{
	uint64_t h = XXH3_64bits_withSeed(a, sizeof(*a), p->seed);
	uint64_t tag = h & ~(uint64_t)COUNT_MAX;
	unsigned at = (unsigned)(h % SLOTS); /* of the bits that are not in the tag */
	for (;;) {
		uint64_t word;
		int place = find(p, tag, at, &word);
		if (place < 0)
			return NI_HD_UNCOUNTED;
		uint32_t n = (uint32_t)(word & COUNT_MAX);
		if (n >= max || n == COUNT_MAX)
			return NI_HD_CROWDED;
		if (!atomic_compare_exchange_weak(&p->slot[place], &word, tag | (n + 1)))
			continue; /* somebody was faster: look again */
		atomic_fetch_add(&p->had[worker][place], 1);
		return place;
	}
}

/* Take @n clients out of @place. */
static void
take(struct ni_hd_peers *p, unsigned place, uint32_t n)
{
	uint64_t w = atomic_load(&p->slot[place]);
	uint64_t left;
	do {
		uint64_t count = w & COUNT_MAX;
		left = count > n ? w - n : 0; /* the last one leaves the place free */
	} while (!atomic_compare_exchange_weak(&p->slot[place], &w, left));
}

void
ni_hd_peers_leave(struct ni_hd_peers *p, unsigned worker, int place)
{
	if (place < 0)
		return;
	atomic_fetch_sub(&p->had[worker][place], 1);
	take(p, (unsigned)place, 1);
}

void
ni_hd_peers_forget(struct ni_hd_peers *p, unsigned worker)
{
	for (unsigned i = 0; p && worker < p->workers && i < SLOTS; i++) {
		uint32_t n = atomic_exchange(&p->had[worker][i], 0);
		if (n)
			take(p, i, n);
	}
}
