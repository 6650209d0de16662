/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of numbers that more than one protocol carries. */
#ifndef NI_LABELS_H
#define NI_LABELS_H

#include "netinspect/field.h"

extern const struct ni_label ni_ethertypes[];       /* IANA "Ethernet Numbers" */
extern const struct ni_label ni_ipprotos[];         /* IANA "Assigned Internet Protocol Numbers" */
extern const struct ni_label ni_hardware_types[];   /* ARP's, and Linux's own above 255 */
extern const struct ni_label ni_set[];              /* "Set", "Not set" */
extern const struct ni_label ni_dscp[];             /* IANA "DSCP" (RFC 2474) */
extern const struct ni_label ni_ecn[];              /* RFC 3168 5 */
extern const struct ni_label ni_quick_start_func[]; /* RFC 4782 3.1 */
extern const struct ni_label ni_quick_start_rate[];

#endif
