/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file that is no capture file looks like, so that the error can say it. */
#include "config.h"

#include <string.h>

#include "file.h"
#include "i18n.h"

static const struct {
	const char *name;
	const char *magic;
	size_t len;
	const char *unpack; /* a program that writes what is in it to its output */
} known[] = {
    {N_("an ELF program"), "\177ELF", 4, NULL},
    {N_("a gzip file"), "\x1f\x8b", 2, NULL},
    {N_("an xz file"), "\3757zXZ", 5, "xz -dc"},
    {N_("a bzip2 file"), "BZh", 3, "bzip2 -dc"},
    {N_("an lz4 file"), "\x04\x22\x4d\x18", 4, "lz4 -dc"},
    {N_("a zstd file"), "\x28\xb5\x2f\xfd", 4, NULL},
    {N_("a zip file"), "PK\3\4", 4, "unzip -p"},
    {N_("a snoop capture"), "snoop\0\0\0", 8, NULL},
    {N_("a Bluetooth btsnoop log"), "btsnoop\0", 8, NULL},
    {N_("a Microsoft Network Monitor capture"), "GMBU", 4, NULL},
    {N_("a Microsoft Network Monitor 1 capture"), "RTSS", 4, NULL},
    {N_("a Sniffer capture"), "TRSNIFF data", 12, NULL},
    {N_("a NetXRay capture"), "XCP\0", 4, NULL},
    {N_("a Visual Networks capture"), "\5VNF", 4, NULL},
    {N_("a Windows event trace log"), "ElfFile", 7, NULL},
    {N_("a PDF document"), "%PDF", 4, NULL},
    {N_("a PNG image"), "\x89PNG", 4, NULL},
    {N_("a JPEG image"), "\xff\xd8\xff", 3, NULL},
    {N_("an SQLite database"), "SQLite format 3", 15, NULL},
};

static bool
is_text(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* Everything from 0x80 may be UTF-8 or Latin-1. */
		if ((p[i] < ' ' && !strchr("\t\n\r\f\033", p[i])) || p[i] == 0 || p[i] == 0x7f)
			return false;
	}
	return n > 0;
}

const char *
ni_magic_describe(const uint8_t *p, size_t n, const char **unpack)
{
	*unpack = NULL;
	if (n > 512)
		n = 512;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (n >= known[i].len && memcmp(p, known[i].magic, known[i].len) == 0) {
			*unpack = known[i].unpack;
			return _(known[i].name);
		}
	}
	size_t zeros = 0;
	while (zeros < n && p[zeros] == 0)
		zeros++;
	if (n > 0 && zeros == n)
		return _("zeros (was the disk full when it was written?)");
	return is_text(p, n) ? _("text") : _("other data");
}
