/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the DHCP dissector share: the rows of its field table, and the options. */
#ifndef NI_DHCP_H
#define NI_DHCP_H

#include "netinspect/proto.h"

enum {
	H_TYPE,
	H_HW_TYPE,
	H_HW_LEN,
	H_HOPS,
	H_ID,
	H_SECS,
	H_FLAGS,
	H_FLAGS_BC,
	H_FLAGS_RESERVED,
	H_CIADDR,
	H_YIADDR,
	H_SIADDR,
	H_GIADDR,
	H_HW_ADDR,
	H_HW_MAC,
	H_HW_PADDING,
	H_SERVER,
	H_FILE,
	H_COOKIE,
	H_VENDOR,
	H_OPTION,
	H_LENGTH,
	H_VALUE,
	H_VALUE_SHOWN,
	H_PADDING,
	H_END,
	H_OVERLOADED_SNAME,
	H_OVERLOADED_FILE,
	H_SUBNET_MASK,
	H_TIME_OFFSET,
	H_ROUTER,
	H_TIME_SERVER,
	H_NAME_SERVER,
	H_DOMAIN_NAME_SERVER,
	H_LOG_SERVER,
	H_QUOTES_SERVER,
	H_LPR_SERVER,
	H_IMPRESS_SERVER,
	H_RESOURCE_LOCATION_SERVER,
	H_HOSTNAME,
	H_BOOT_FILE_SIZE,
	H_MERIT_DUMP_FILE,
	H_DOMAIN_NAME,
	H_SWAP_SERVER,
	H_ROOT_PATH,
	H_EXTENSION_PATH,
	H_IP_FORWARDING,
	H_NON_LOCAL_SOURCE_ROUTING,
	H_POLICY_FILTER_IP,
	H_POLICY_FILTER_SUBNET_MASK,
	H_MAX_DATAGRAM_REASSEMBLY_SIZE,
	H_DEFAULT_IP_TTL,
	H_PATH_MTU_AGING_TIMEOUT,
	H_PATH_MTU_PLATEAU_TABLE_ITEM,
	H_INTERFACE_MTU,
	H_ALL_SUBNETS_ARE_LOCAL,
	H_BROADCAST_ADDRESS,
	H_PERFORM_MASK_DISCOVERY,
	H_MASK_SUPPLIER,
	H_PERFORM_ROUTER_DISCOVER,
	H_ROUTER_SOLICITATION_ADDRESS,
	H_STATIC_ROUTE_IP,
	H_STATIC_ROUTE_ROUTER,
	H_TRAILER_ENCAPSULATION,
	H_ARP_CACHE_TIMEOUT,
	H_ETHERNET_ENCAPSULATION,
	H_TCP_DEFAULT_TTL,
	H_TCP_KEEPALIVE_INTERVAL,
	H_TCP_KEEPALIVE_GARBAGE,
	H_NIS_DOMAIN,
	H_NIS_SERVER,
	H_NTP_SERVER,
	H_VENDOR_VALUE,
	H_NETBIOS_OVER_TCPIP_NAME_SERVER,
	H_NETBIOS_OVER_TCPIP_DD_NAME_SERVER,
	H_NETBIOS_OVER_TCPIP_NODE_TYPE,
	H_NETBIOS_OVER_TCPIP_SCOPE,
	H_XWINDOWS_SYSTEM_FONT_SERVER,
	H_XWINDOWS_SYSTEM_DISPLAY_MANAGER,
	H_REQUESTED_IP_ADDRESS,
	H_IP_ADDRESS_LEASE_TIME,
	H_OPTION_OVERLOAD,
	H_DHCP,
	H_DHCP_SERVER_ID,
	H_REQUEST_LIST_ITEM,
	H_MESSAGE,
	H_DHCP_MAX_MESSAGE_SIZE,
	H_RENEWAL_TIME_VALUE,
	H_REBINDING_TIME_VALUE,
	H_VENDOR_CLASS_ID,
	H_NIS_PLUS_DOMAIN,
	H_NIS_PLUS_SERVER,
	H_TFTP_SERVER_NAME,
	H_BOOTFILE_NAME,
	H_MOBILE_IP_HOME_AGENT,
	H_SMTP_SERVER,
	H_POP3_SERVER,
	H_NNTP_SERVER,
	H_DEFAULT_WWW_SERVER,
	H_DEFAULT_FINGER_SERVER,
	H_DEFAULT_IRC_SERVER,
	H_STREETTALK_SERVER,
	H_STREETTALK_DA_SERVER,
	H_NOVELL_DSS_IP,
	H_NOVELL_DS_TREE_NAME,
	H_NOVELL_DS_CONTEXT,
	H_CLIENT_LAST_TRANSACTION_TIME,
	H_ASSOCIATED_IP_OPTION,
	H_CLIENT_SYSTEM_ARCHITECTURE,
	H_TZ_PCODE,
	H_TZ_TCODE,
	H_NETINFO_PARENT_SERVER_ADDRESS,
	H_NETINFO_PARENT_SERVER_TAG,
	H_CAPTIVE_PORTAL,
	H_DHCP_AUTO_CONFIGURATION,
	H_SUBNET_SELECTION_OPTION,
	H_PANA_AGENT,
	H_CAPWAP_ACCESS_CONTROLLER,
	H_ANDSF_SERVER,
	H_FORCERENEW_NONCE_ALGORITHM,
	H_TFTP_SERVER_ADDRESS,
	H_MUDURL,
	H_PXE_CONFIG_FILE,
	H_PXE_PATH_PREFIX,
	H_PRIVATE_PROXY_AUTODISCOVERY,
	H_CID_TYPE,
	H_CID_UNDEF,
	H_CID_UUID,
	H_CID_IAID,
	H_DUID_TYPE,
	H_DUID_LLT_HW,
	H_DUID_TIME,
	H_DUID_LL_HW,
	H_DUID_LL,
	H_DUID_ENTERPRISE,
	H_DUID_ID,
	H_USER_CLASS,
	H_USER_CLASS_LEN,
	H_USER_CLASS_DATA,
	H_USER_CLASS_TEXT,
	H_FQDN_FLAGS,
	H_FQDN_MBZ,
	H_FQDN_N,
	H_FQDN_E,
	H_FQDN_O,
	H_FQDN_S,
	H_FQDN_RCODE1,
	H_FQDN_RCODE2,
	H_FQDN_NAME,
	H_AGENT,
	H_SUB_LEN,
	H_AGENT_VALUE,
	H_AGENT_CIRCUIT,
	H_AGENT_REMOTE,
	H_AGENT_DOCSIS,
	H_AGENT_LINK,
	H_AGENT_SUBSCRIBER,
	H_AGENT_RADIUS,
	H_AGENT_AUTH,
	H_AGENT_ENTERPRISE,
	H_AGENT_VI_LEN,
	H_AGENT_FLAGS,
	H_AGENT_SERVER,
	H_AGENT_RELAY,
	H_NETWORK_MAJOR,
	H_NETWORK_MINOR,
	H_V6ONLY,
	H_SEARCH,
	H_SIP_ENCODING,
	H_SIP_NAME,
	H_SIP_ADDRESS,
	H_ROUTE,
	H_VICLASS_ENTERPRISE,
	H_VICLASS_DATA,
	H_VI_ENTERPRISE,
	H_VI_LEN,
	H_VI_VALUE,
};

extern const struct ni_field dhcp_fields[];

/* dhcp_labels.c */
extern const struct ni_label dhcp_l_agent[];
extern const struct ni_label dhcp_l_archs[];
extern const struct ni_label dhcp_l_auto[];
extern const struct ni_label dhcp_l_broadcast[];
extern const struct ni_label dhcp_l_duids[];
extern const struct ni_label dhcp_l_hardware[];
extern const struct ni_label dhcp_l_messages[];
extern const struct ni_label dhcp_l_node_types[];
extern const struct ni_label dhcp_l_ops[];
extern const struct ni_label dhcp_l_options[];
extern const struct ni_label dhcp_l_overload[];
extern const struct ni_label dhcp_l_sip[];

enum {
	DHCP_HDR = 240, /* options begin here */
	DHCP_PAD = 0,
	DHCP_OVERLOAD = 52,
	DHCP_MESSAGE = 53,
	DHCP_SEARCH = 119,
	DHCP_END = 255,
};

/* ---- dhcp_option.c ---- */

/** Whether an option of this code can be @n bytes long. */
bool dhcp_option_fits(uint8_t code, uint32_t n);

/** Show the value of option @code: the next @n bytes at @c. */
void dhcp_option_walk(struct ni_walk *w, uint8_t code, const struct ni_cur *c, uint32_t n);

/* ---- dhcp_special.c: options that are more than a list of values ---- */

typedef void dhcp_option_fn(struct ni_walk *w, struct ni_cur *c);

dhcp_option_fn dhcp_walk_agent, dhcp_walk_client_id, dhcp_walk_fqdn, dhcp_walk_network,
    dhcp_walk_routes, dhcp_walk_search, dhcp_walk_sip, dhcp_walk_user_class, dhcp_walk_uuid,
    dhcp_walk_vi, dhcp_walk_vi_class;

#endif
