/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a program on libpcap can do with a capture: look at every packet's length. */
#include <pcap/pcap.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char errbuf[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const u_char *data;
	unsigned long packets = 0, bytes = 0;
	pcap_t *p = argc == 2 ? pcap_open_offline(argv[1], errbuf) : NULL;
	if (!p)
		return 2;
	while (pcap_next_ex(p, &header, &data) == 1) {
		packets++;
		bytes += header->len;
	}
	pcap_close(p);
	printf("%lu packets, %lu bytes\n", packets, bytes);
	return 0;
}
