/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link types; see linktype.h. */
#include "config.h"

#include "linktype.h"

#include <pcap/pcap.h>
#include <stddef.h>

#include "i18n.h"

/* LINKTYPE_ values whose DLT_ value is another one here; libpcap has this table, but hides it. */
static const struct {
	uint32_t linktype;
	int dlt;
} differ[] = {
    {100, DLT_ATM_RFC1483}, {NI_LINKTYPE_RAW, DLT_RAW}, {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP},
};

uint32_t
ni_linktype_max_cap(uint32_t linktype)
{
	switch (linktype) {
	case 231: /* D-Bus */
	case 220: /* USB, Linux, mmapped */
	case 249: /* USBPcap */
		return 128 * 1024 * 1024;
	case 279: /* EBHSCR */
		return 8 * 1024 * 1024;
	default:
		return 262144;
	}
}

uint32_t
ni_linktype_from_file(uint32_t linktype)
{
	/* Old programs wrote their system's DLT_RAW (12, OpenBSD 14) and DLT_ATM_RFC1483 (11). */
	switch (linktype) {
	case 12:
	case 14:
		return NI_LINKTYPE_RAW;
	case 11:
		return 100;
	default:
		return linktype;
	}
}

uint32_t
ni_linktype_from_dlt(int dlt)
{
	for (size_t i = 0; i < sizeof(differ) / sizeof(differ[0]); i++) {
		if (differ[i].dlt == dlt)
			return differ[i].linktype;
	}
	return (uint32_t)dlt;
}

int
ni_linktype_to_dlt(uint32_t linktype)
{
	for (size_t i = 0; i < sizeof(differ) / sizeof(differ[0]); i++) {
		if (differ[i].linktype == linktype)
			return differ[i].dlt;
	}
	return (int)linktype;
}

const char *
ni_linktype_name(uint32_t linktype)
{
	return pcap_datalink_val_to_name(ni_linktype_to_dlt(linktype));
}

const char *
ni_linktype_description(uint32_t linktype)
{
	return pcap_datalink_val_to_description(ni_linktype_to_dlt(linktype));
}

int
ni_linktype_parse(const char *name, int *dlt, struct ni_err *err)
{
	*dlt = pcap_datalink_name_to_val(name);
	if (*dlt >= 0)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("link type '%s': unknown"), name);
	ni_hint(err, _("netinspect -L lists those of an interface"));
	return NI_ERR_INPUT;
}
