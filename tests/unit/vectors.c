/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading byte vectors; see vectors.h. */
#include "vectors.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 8192, MAX_BYTES = 65536 };

/* Where in which file the reader is. */
struct reader {
	struct vectors *all;
	const char *path;
	char *stem;
	unsigned line;
	struct vector now; /* the record being read */
	char key[16];      /* of the last "key: value" line */
};

static int
complain(const struct reader *r, const char *what)
{
	fprintf(stderr, "%s:%u: %s\n", r->path, r->line, what);
	return -1;
}

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Digits in pairs; blanks may stand between bytes. */
static int
add_hex(struct reader *r, const char *s)
{
	struct vector *v = &r->now;
	if (!v->bytes)
		v->bytes = malloc(MAX_BYTES);
	if (!v->bytes)
		return complain(r, "no memory");
	while (*s) {
		if (isspace((unsigned char)*s)) {
			s++;
			continue;
		}
		int hi = hex_digit((unsigned char)s[0]);
		int lo = hi < 0 ? -1 : hex_digit((unsigned char)s[1]);
		if (lo < 0 || v->len == MAX_BYTES)
			return complain(r, "not a pair of hex digits, or too many");
		v->bytes[v->len++] = (uint8_t)(hi << 4 | lo);
		s += 2;
	}
	return 0;
}

static int
add_value(struct reader *r, const char *value)
{
	struct vector *v = &r->now;
	if (!strcmp(r->key, "hex"))
		return add_hex(r, value);
	if (!strcmp(r->key, "name") && !v->name)
		return (v->name = strdup(value)) ? 0 : complain(r, "no memory");
	if (!strcmp(r->key, "proto") && !v->proto)
		return (v->proto = strdup(value)) ? 0 : complain(r, "no memory");
	if (!strcmp(r->key, "link")) {
		v->link = (uint32_t)strtoul(value, NULL, 10);
		return 0;
	}
	return complain(r, "expected name:, link:, proto: or hex:, each once");
}

static int
end_record(struct reader *r)
{
	struct vectors *all = r->all;
	if (!r->now.name && !r->now.bytes)
		return 0;
	if (!r->now.name || !r->now.bytes)
		return complain(r, "a record needs a name and bytes");
	struct vector *grown = realloc(all->v, (all->n + 1) * sizeof(*grown));
	if (!grown)
		return complain(r, "no memory");
	all->v = grown;
	r->now.file = strdup(r->stem);
	all->v[all->n++] = r->now;
	r->now = (struct vector){.link = 1};
	return 0;
}

static int
take_line(struct reader *r, char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '#')
		return 0;
	if (!line[strspn(line, " \t")])
		return end_record(r);
	if (line[0] == ' ' && line[1] == ' ')
		return add_value(r, line + 2);
	size_t n = strcspn(line, ":");
	if (line[n] != ':' || n >= sizeof(r->key))
		return complain(r, "expected key: value");
	memcpy(r->key, line, n);
	r->key[n] = '\0';
	line += n + 1;
	return add_value(r, line + strspn(line, " \t"));
}

static int
read_file(struct vectors *all, const char *dir, const char *name)
{
	char path[4096];
	char line[LINE];
	struct reader r = {.all = all, .path = path, .now = {.link = 1}};
	int rc = 0;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "r");
	if (!f)
		return complain(&r, "cannot be opened");
	r.stem = strndup(name, strlen(name) - strlen(".txt"));
	while (!rc && r.stem && fgets(line, sizeof(line), f)) {
		r.line++;
		rc = take_line(&r, line);
	}
	if (!rc)
		rc = end_record(&r);
	free(r.now.name);
	free(r.now.proto);
	free(r.now.bytes);
	free(r.stem);
	fclose(f);
	return rc;
}

static int
is_vectors(const struct dirent *e)
{
	size_t n = strlen(e->d_name);
	return n > 4 && !strcmp(e->d_name + n - 4, ".txt");
}

int
vectors_read(struct vectors *all, const char *dir)
{
	struct dirent **names = NULL;
	int rc = 0;
	*all = (struct vectors){NULL, 0};
	int n = scandir(dir, &names, is_vectors, alphasort);
	if (n < 0) {
		perror(dir);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		if (!rc)
			rc = read_file(all, dir, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return rc;
}

void
vectors_free(struct vectors *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].file);
		free(all->v[i].name);
		free(all->v[i].proto);
		free(all->v[i].bytes);
	}
	free(all->v);
	*all = (struct vectors){NULL, 0};
}
