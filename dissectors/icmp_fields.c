/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP's fields and names; its messages are in icmp.c. */
#include "icmp.h"

#include <stddef.h>

#include "cksum.h"
#include "inet.h"
#include "labels.h"

static const struct ni_label types[] = {
    {0, 0, "Echo (ping) reply"},
    {1, 2, "Reserved"},
    {3, 3, "Destination unreachable"},
    {4, 4, "Source quench (flow control)"},
    {5, 5, "Redirect"},
    {6, 6, "Alternate host address"},
    {8, 8, "Echo (ping) request"},
    {9, 9, "Router advertisement"},
    {10, 10, "Router solicitation"},
    {11, 11, "Time-to-live exceeded"},
    {12, 12, "Parameter problem"},
    {13, 13, "Timestamp request"},
    {14, 14, "Timestamp reply"},
    {15, 15, "Information request"},
    {16, 16, "Information reply"},
    {17, 17, "Address mask request"},
    {18, 18, "Address mask reply"},
    {19, 19, "Reserved (for security)"},
    {30, 30, "Traceroute"},
    {31, 31, "Datagram Conversion Error"},
    {32, 32, "Mobile Host Redirect"},
    {33, 33, "IPv6 Where-Are-You"},
    {34, 34, "IPv6 I-Am-Here"},
    {35, 35, "Mobile Registration Request"},
    {36, 36, "Mobile Registration Reply"},
    {37, 37, "Domain Name Request"},
    {38, 38, "Domain Name Reply"},
    {39, 39, "SKIP"},
    {40, 40, "Photuris"},
    {41, 41, "Experimental mobility protocols"},
    {42, 42, "Extended Echo request"},
    {43, 43, "Extended Echo reply"},
    {0, 0, NULL},
};

static const struct ni_label unreachable[] = {
    {0, 0, "Network unreachable"},
    {1, 1, "Host unreachable"},
    {2, 2, "Protocol unreachable"},
    {3, 3, "Port unreachable"},
    {4, 4, "Fragmentation needed"},
    {5, 5, "Source route failed"},
    {6, 6, "Destination network unknown"},
    {7, 7, "Destination host unknown"},
    {8, 8, "Source host isolated"},
    {9, 9, "Network administratively prohibited"},
    {10, 10, "Host administratively prohibited"},
    {11, 11, "Network unreachable for TOS"},
    {12, 12, "Host unreachable for TOS"},
    {13, 13, "Communication administratively filtered"},
    {14, 14, "Host precedence violation"},
    {15, 15, "Precedence cutoff in effect"},
    {0, 0, NULL},
};

static const struct ni_label redirect[] = {
    {0, 0, "Redirect for network"},
    {1, 1, "Redirect for host"},
    {2, 2, "Redirect for TOS and network"},
    {3, 3, "Redirect for TOS and host"},
    {0, 0, NULL},
};

static const struct ni_label alternate[] = {
    {0, 0, "Alternate address for host"},
    {0, 0, NULL},
};

static const struct ni_label advertisement[] = {
    {0, 0, "Normal router advertisement"},
    {16, 16, "Does not route common traffic"},
    {0, 0, NULL},
};

static const struct ni_label exceeded[] = {
    {0, 0, "Time to live exceeded in transit"},
    {1, 1, "Fragment reassembly time exceeded"},
    {0, 0, NULL},
};

static const struct ni_label parameter[] = {
    {0, 0, "Pointer indicates the error"},
    {1, 1, "Required option missing"},
    {2, 2, "Bad length"},
    {0, 0, NULL},
};

static const struct ni_label photuris[] = {
    {0, 0, "Bad SPI"},
    {1, 1, "Authentication Failed"},
    {2, 2, "Decompression Failed"},
    {3, 3, "Decryption Failed"},
    {4, 4, "Need Authentication"},
    {5, 5, "Need Authorization"},
    {0, 0, NULL},
};

const struct ni_label ni_icmp_ext_request[] = {
    {0, 0, "No error"},
    {0, 0, NULL},
};

const struct ni_label ni_icmp_ext_reply[] = {
    {0, 0, "No error"},
    {1, 1, "Malformed Query"},
    {2, 2, "No Such Interface"},
    {3, 3, "No Such Table Entry"},
    {4, 4, "Multiple Interfaces Satisfy Query"},
    {0, 0, NULL},
};

static const struct ni_label *const codes[256] = {
    [3] = unreachable,        [5] = redirect,   [6] = alternate, [9] = advertisement,
    [11] = exceeded,          [12] = parameter, [40] = photuris, [42] = ni_icmp_ext_request,
    [43] = ni_icmp_ext_reply,
};

const char *
ni_icmp_type_name(uint8_t type)
{
	const char *name = ni_label_find(types, type);
	return name ? name : "Unknown ICMP (obsolete or malformed?)";
}

const char *
ni_icmp_code_name(uint8_t type, uint8_t code)
{
	if (!codes[type])
		return NULL;
	const char *name = ni_label_find(codes[type], code);
	return name ? name : "";
}

/* ICMP's checksum is never left to the network card, so it is always verified where it is shown. */
static bool
get_status(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_cksum_field f = {.off = 2, .cover = l->len};
	v->u = ni_cksum_segment(d, l, &f).status;
	return ni_layer_span(d, l).cap >= 4;
}

const struct ni_label ni_icmp_ext_roles[] = {
    {0, 0, "IP interface upon which datagram arrived"},
    {1, 1, "sub-IP component of an IP interface upon which datagram arrived"},
    {2, 2, "IP interface through which datagram would be forwarded"},
    {3, 3, "IP next-hop to which datagram would be forwarded"},
    {0, 0, NULL},
};

const struct ni_label ni_icmp_ext_classes[] = {
    {1, 1, "MPLS Label Stack Class"},
    {2, 2, "Interface Information Object"},
    {3, 3, "Interface Identification Object"},
    {0, 0, NULL},
};

const struct ni_label ni_icmp_ext_states[] = {
    {0, 0, "Reserved"}, {1, 1, "Incomplete"}, {2, 2, "Reachable"}, {3, 3, "Stale"},
    {4, 4, "Delay"},    {5, 5, "Probe"},      {6, 6, "Failed"},    {0, 0, NULL},
};

static const struct ni_label mip_types[] = {
    {0, 0, "One byte padding extension"},
    {16, 16, "Mobility Agent Advertisement Extension"},
    {19, 19, "Prefix Lengths Extension"},
    {24, 24, "Challenge Extension"},
    {0, 0, NULL},
};

/* clang-format off */
const struct ni_field ni_icmp_fields[ICMP_NFIELDS + 1] = {
	[ICMP_TYPE] = {"icmp.type", "Type", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .labels = types, .ref = "RFC 792"},
	[ICMP_CODE] = {"icmp.code", "Code", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 1, .len = 1, .ref = "RFC 792"},
	[ICMP_CHECKSUM] = {"icmp.checksum", "Checksum", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .ref = "RFC 792"},
	[ICMP_CHECKSUM_STATUS] = {"icmp.checksum.status", "Checksum Status", NI_U8, NI_DEC,
		.flags = NI_F_FIXED | NI_F_COMPUTED, .labels = ni_cksum_status, .get = get_status},
	[ICMP_IDENT] = {"icmp.ident", "Identifier (BE)", NI_U16, NI_DEC_HEX, .ref = "RFC 792"},
	[ICMP_IDENT_LE] = {"icmp.ident_le", "Identifier (LE)", NI_U16, NI_DEC_HEX,
		.doc = "As hosts write it that forget about byte order."},
	[ICMP_SEQ] = {"icmp.seq", "Sequence Number (BE)", NI_U16, NI_DEC_HEX, .ref = "RFC 792"},
	[ICMP_SEQ_LE] = {"icmp.seq_le", "Sequence Number (LE)", NI_U16, NI_DEC_HEX},
	[ICMP_RESP_TO] = {"icmp.resp_to", "Request frame", NI_U64, NI_DEC, .flags = NI_F_COMPUTED},
	[ICMP_RESPTIME] = {"icmp.resptime", "Response time", NI_DOUBLE, .flags = NI_F_COMPUTED,
		.doc = "In milliseconds."},
	[ICMP_DATA_TIME] = {"icmp.data_time", "Timestamp from icmp data", NI_ABSTIME,
		.doc = "Where the payload begins like the time at which it was sent."},
	[ICMP_DATA_TIME_RELATIVE] = {"icmp.data_time_relative",
		"Timestamp from icmp data (relative)", NI_RELTIME, .flags = NI_F_COMPUTED},
	[ICMP_UNUSED] = {"icmp.unused", "Unused", NI_BYTES},
	[ICMP_LENGTH] = {"icmp.length", "Length", NI_U8, NI_DEC, .ref = "RFC 4884",
		.doc = "Of the datagram that is quoted, in words of 4 bytes."},
	[ICMP_ORIGINAL_LENGTH] = {"icmp.length.original_datagram", "Length of original datagram",
		NI_U8, NI_DEC, 1, NI_F_COMPUTED, .ref = "RFC 4884", .doc = "In bytes."},
	[ICMP_MTU] = {"icmp.mtu", "MTU of next hop", NI_U16, NI_DEC, .ref = "RFC 1191"},
	[ICMP_POINTER] = {"icmp.pointer", "Pointer", NI_U32, NI_DEC, .ref = "RFC 792"},
	[ICMP_REDIR_GW] = {"icmp.redir_gw", "Gateway Address", NI_IP4, .ref = "RFC 792"},
	[ICMP_NUM_ADDRS] = {"icmp.num_addrs", "Number of addresses", NI_U8, NI_DEC,
		.ref = "RFC 1256"},
	[ICMP_ENTRY_SIZE] = {"icmp.addr_entry_size", "Address entry size", NI_U8, NI_DEC,
		.ref = "RFC 1256"},
	[ICMP_LIFETIME] = {"icmp.lifetime", "Lifetime", NI_U16, NI_DEC, .ref = "RFC 1256"},
	[ICMP_ROUTER] = {"icmp.router_address", "Router address", NI_IP4, .ref = "RFC 1256"},
	[ICMP_PREFERENCE] = {"icmp.pref_level", "Preference level", NI_I32, NI_DEC,
		.ref = "RFC 1256"},
	[ICMP_ORIGINATE] = {"icmp.originate_timestamp", "Originate Timestamp", NI_U32, NI_DEC,
		.ref = "RFC 792", .doc = "Milliseconds since midnight UTC."},
	[ICMP_RECEIVE] = {"icmp.receive_timestamp", "Receive Timestamp", NI_U32, NI_DEC,
		.ref = "RFC 792"},
	[ICMP_TRANSMIT] = {"icmp.transmit_timestamp", "Transmit Timestamp", NI_U32, NI_DEC,
		.ref = "RFC 792"},
	[ICMP_MASK] = {"icmp.address_mask", "Address Mask", NI_IP4, .ref = "RFC 950"},
	[ICMP_MIP_TYPE] = {"icmp.mip.type", "Extension Type", NI_U8, NI_DEC, .labels = mip_types,
		.ref = "RFC 5944"},
	[ICMP_MIP_LENGTH] = {"icmp.mip.length", "Length", NI_U8, NI_DEC, 1, .ref = "RFC 5944"},
	[ICMP_MIP_PREFIX_LENGTH] = {"icmp.mip.prefixlength", "Prefix Length", NI_U8, NI_DEC, 1,
		.ref = "RFC 5944"},
	[ICMP_MIP_SEQ] = {"icmp.mip.seq", "Sequence Number", NI_U16, NI_DEC, 1, .ref = "RFC 5944"},
	[ICMP_MIP_LIFE] = {"icmp.mip.life", "Registration Lifetime", NI_U16, NI_DEC, 1,
		.ref = "RFC 5944"},
	[ICMP_MIP_FLAGS] = {"icmp.mip.flags", "Flags", NI_U16, NI_HEX, 1, .ref = "RFC 5944"},
	[ICMP_MIP_COA] = {"icmp.mip.coa", "Care-Of-Address", NI_IP4, .depth = 1, .ref = "RFC 5944"},
	[ICMP_MIP_CHALLENGE] = {"icmp.mip.challenge", "Challenge", NI_BYTES, .depth = 1,
		.ref = "RFC 4721"},
	[ICMP_MIP_CONTENT] = {"icmp.mip.content", "Content", NI_BYTES, .depth = 1},
	[ICMP_EXT_ECHO_SEQ] = {"icmp.ext.echo.seq", "Sequence Number", NI_U8, NI_DEC_HEX,
		.ref = "RFC 8335"},
	[ICMP_EXT_ECHO_RES] = {"icmp.ext.echo.req.res", "Reserved", NI_U8, NI_HEX,
		.len = 1, .mask = 0xfe},
	[ICMP_EXT_ECHO_LOCAL] = {"icmp.ext.echo.req.local", "Local bit", NI_BOOL,
		.len = 1, .mask = 0x01, .labels = ni_set, .ref = "RFC 8335"},
	[ICMP_EXT_ECHO_STATE] = {"icmp.ext.echo.rsp.state", "State", NI_U8, NI_DEC,
		.len = 1, .mask = 0xe0, .labels = ni_icmp_ext_states, .ref = "RFC 8335"},
	[ICMP_EXT_ECHO_RSP_RES] = {"icmp.ext.echo.rsp.res", "Reserved", NI_U8, NI_HEX,
		.len = 1, .mask = 0x18},
	[ICMP_EXT_ECHO_ACTIVE] = {"icmp.ext.echo.rsp.active", "Active bit", NI_BOOL,
		.len = 1, .mask = 0x04, .labels = ni_set, .ref = "RFC 8335"},
	[ICMP_EXT_ECHO_IPV4] = {"icmp.ext.echo.rsp.ipv4", "IPv4 bit", NI_BOOL,
		.len = 1, .mask = 0x02, .labels = ni_set, .ref = "RFC 8335"},
	[ICMP_EXT_ECHO_IPV6] = {"icmp.ext.echo.rsp.ipv6", "IPv6 bit", NI_BOOL,
		.len = 1, .mask = 0x01, .labels = ni_set, .ref = "RFC 8335"},
#define EXT_ROW(n) [n]
#include "icmp_ext.def"
	[ICMP_NFIELDS] = {0},
};
/* clang-format on */
