/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A main() for a fuzz target where there is no libFuzzer: gives it the files named, and all in the
 * directories named; then, of each, as many variations as NI_FUZZ_RUNS says, always the same ones.
 * The input that breaks the target is in the file ./crash-input.
 */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_RUNS = 20, LARGEST = 1 << 20 };

static unsigned long runs = DEFAULT_RUNS;
static unsigned long done;

/* A mapped file survives whatever happens to us: what lies in it is the input that did it. */
static uint8_t *kept;
static int kept_fd = -1;

static void
run(const uint8_t *p, size_t n)
{
	if (kept && !ftruncate(kept_fd, (off_t)n))
		memcpy(kept, p, n);
	LLVMFuzzerTestOneInput(p, n);
	done++;
}

static uint32_t
chance(uint64_t *state, uint32_t below)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return below ? (uint32_t)(*state >> 33) % below : 0;
}

/* One to eight changes: bits, bytes, extreme numbers, pieces moved, the end cut off. */
static size_t
vary(uint8_t *p, size_t n, uint64_t *state)
{
	static const uint8_t extreme[] = {0, 1, 0x7f, 0x80, 0xff, ' ', '\n', ':'};
	for (uint32_t k = 1 + chance(state, 8); k && n; k--) {
		uint32_t at = chance(state, (uint32_t)n);
		uint32_t from = chance(state, (uint32_t)n);
		uint32_t m = 1 + chance(state, 16);
		if (m > n - at)
			m = (uint32_t)n - at;
		if (m > n - from)
			m = (uint32_t)n - from;
		switch (chance(state, 5)) {
		case 0:
			p[at] ^= (uint8_t)(1 << chance(state, 8));
			break;
		case 1:
			p[at] = extreme[chance(state, sizeof(extreme))];
			break;
		case 2:
			memmove(p + at, p + from, m);
			break;
		case 3:
			memset(p + at, extreme[chance(state, sizeof(extreme))], m);
			break;
		default:
			if (!chance(state, 8))
				n = at;
			break;
		}
	}
	return n;
}

static void
run_all(const uint8_t *p, size_t n)
{
	uint64_t state = n;
	run(p, n);
	for (unsigned long i = 0; i < runs; i++) {
		uint8_t *copy = malloc(n ? n : 1);
		if (!copy)
			fuzz_fail("no memory");
		memcpy(copy, p, n);
		size_t m = vary(copy, n, &state);
		uint8_t *exact = malloc(m ? m : 1);
		if (!exact)
			fuzz_fail("no memory");
		memcpy(exact, copy, m);
		free(copy);
		run(exact, m);
		free(exact);
	}
}

static void
take_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p = malloc(LARGEST);
	if (!f || !p)
		fuzz_fail(path);
	size_t n = fread(p, 1, LARGEST, f);
	fclose(f);
	uint8_t *exact = malloc(n ? n : 1);
	if (!exact)
		fuzz_fail("no memory");
	memcpy(exact, p, n);
	free(p);
	run_all(exact, n);
	free(exact);
}

static void
take(const char *path)
{
	struct dirent **names = NULL;
	struct stat st;
	if (stat(path, &st))
		fuzz_fail(path);
	if (!S_ISDIR(st.st_mode)) {
		take_file(path);
		return;
	}
	int n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char below[4096];
		snprintf(below, sizeof(below), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.')
			take(below);
		free(names[i]);
	}
	free(names);
}

int
main(int argc, char **argv)
{
	const char *said = getenv("NI_FUZZ_RUNS");
	if (said)
		runs = strtoul(said, NULL, 10);
	kept_fd = open("crash-input", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (kept_fd >= 0 && !ftruncate(kept_fd, LARGEST)) {
		void *m = mmap(NULL, LARGEST, PROT_READ | PROT_WRITE, MAP_SHARED, kept_fd, 0);
		kept = m == MAP_FAILED ? NULL : m;
	}
	for (int i = 1; i < argc; i++)
		take(argv[i]);
	printf("%lu inputs\n", done);
	unlink("crash-input");
	return done ? 0 : 77;
}
