/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who made the network card of a MAC address, from a list of the system, if it has one. */
#ifndef NI_VENDOR_H
#define NI_VENDOR_H

#include <stddef.h>
#include <stdint.h>

struct ni_vendors;

/**
 * Read the list at @path: lines of "00-00-0C (hex) Name", "00000C Name" or "00:00:0C Name".
 * @path NULL: where systems have it. Never NULL but for want of memory; empty where there is none.
 */
struct ni_vendors *ni_vendors_new(const char *path);
void ni_vendors_free(struct ni_vendors **v);

/** Entries. */
size_t ni_vendors_count(const struct ni_vendors *v);

/** The maker of @mac, or what kind of address it is that nobody made ("locally administered"). Raw,
 * not escaped. "" if it is not known. Valid as long as @v. */
const char *ni_vendor(const struct ni_vendors *v, const uint8_t mac[6]);

#endif
