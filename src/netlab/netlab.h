/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab: tools of a network lab, each a subcommand. */
#ifndef NI_NETLAB_H
#define NI_NETLAB_H

/* A subcommand. @argv[0] is its name; the result is the exit status. */
struct nl_command {
	const char *name, *help;
	int (*run)(int argc, char **argv);
	void (*man)(void); /* print its options as roff */
};

/** netlab list, show, ask, run, shell, grade, solve; see lab.h. */
int nl_lab(int argc, char **argv);
void nl_lab_man(const char *name);

/** netlab client; see client.h. */
int nl_client(int argc, char **argv);
void nl_client_man(void);

/** The small clients, each in the file of its name. */
int nl_arping(int argc, char **argv);
void nl_arping_man(void);
int nl_dhcp(int argc, char **argv);
void nl_dhcp_man(void);
int nl_dns(int argc, char **argv);
void nl_dns_man(void);
int nl_send(int argc, char **argv);
void nl_send_man(void);
int nl_tcp(int argc, char **argv);
void nl_tcp_man(void);
int nl_udp(int argc, char **argv);
void nl_udp_man(void);
int nl_trace(int argc, char **argv);
void nl_trace_man(void);
int nl_wire(int argc, char **argv);
void nl_wire_man(void);

#endif
