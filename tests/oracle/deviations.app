# Where netinspect and tshark 4.0.17 differ on purpose: DNS, DHCP, NTP, TLS.
# KEY  FILE-GLOB  reason

# DNS
dns.opt.cookie.server   *                               tshark prints <MISSING> for a server cookie that is not there; we print nothing
dns.opt.data            edns-opts.pcap                  tshark prints <MISSING> for an option without data; we print nothing
dns.opt.chain.fqdn      *                               tshark joins the labels without dots
dns.data                dns-uri.pcap                    URI records (RFC 7553) are taken apart
dns.resp.type           *mdns*                          tshark gives the types in an NSEC bit map the key of the record's own type; ours is dns.nsec.type
dns.rr.udp_payload_size *mdns*                          tshark prints it in hexadecimal under mDNS alone
dns.unsolicited         *mdns*                          mDNS asks and answers everybody: there is nothing to pair
dns.retransm*           *mdns*                          mDNS asks and answers everybody: there is nothing to pair
dns.*                   dns_udp_8053.pcap               tshark guesses DNS on any UDP port; we go by the port and by -d
dns.*                   dns_tcp_8053.pcap               DNS over TCP is found by its content on any port; tshark goes by the port
_ws.col.*               dns_tcp_8053.pcap               DNS over TCP is found by its content on any port; tshark goes by the port
dns.*                   someip1.pcap                    tshark takes SOME/IP for DNS
dns.qry.*               dns-badlabel.pcap               a label of a type that was withdrawn: tshark stops, we go on where a name's end is known
dns.count.labels        dns-badlabel.pcap               of a name that is none no labels are counted
dns.qry.name*           dns_fwdptr.pcap                 where a bad name can be told to loop it is not called too long; remarks have no length
dns.count.labels        dns_fwdptr.pcap                 of a name that is none no labels are counted
_ws.col.Info            dns_fwdptr.pcap                 where a bad name can be told to loop it is not called too long
_ws.col.Info            dns-badlabel.pcap               a label of a type that was withdrawn: tshark stops, we go on where a name's end is known
_ws.col.*               dns_udp_8053.pcap               tshark guesses DNS on any UDP port; we go by the port and by -d
_ws.col.*               someip1.pcap                    tshark takes SOME/IP for DNS
dns.unsolicited         dns-badlabel.pcap               tshark does not pair malformed messages
dns.unsolicited         dns_fwdptr.pcap                 tshark does not pair malformed messages
dns.response_to         dns_udp_2.pcap                  tshark does not pair messages cut by the snap length
dns.time                dns_udp_2.pcap                  tshark does not pair messages cut by the snap length

# DHCP
dhcp.option.type        *                               tshark gives the end option (255) the type 0
dhcp.option.value       dhcp-option-33.pcap             tshark prints <MISSING> for an option without a value; we print nothing
dhcp.client_id.undef    dhcpv4v6-*                      tshark cuts text at its first NUL
dhcp.vendor_specific_options  dhcp-rfc4388.pcap         fewer than 64 bytes are shown, too
dhcp.*                  bootp_asan*.pcap                a header cut by the snap length: tshark shows none of it, we what there is
dhcp.*                  rx_serviceid_oobr.pcap          a header shorter than it must be: tshark shows none of it, we what there is

# NTP
ntp.reftime             *                               tshark prints NULL for a timestamp of zero; for us there is none
ntp.org                 *                               tshark prints NULL for a timestamp of zero; for us there is none
ntp.rec                 *                               tshark prints NULL for a timestamp of zero; for us there is none
ntp.ctrl.associd        ntp-control.pcap                what control messages carry is not taken apart
ntp.ctrl.status         ntp-control.pcap                what control messages carry is not taken apart
ntp.stratum             ntp-mode7.pcap                  what private messages carry is not taken apart
ntp.ppoll               ntp-mode7.pcap                  what private messages carry is not taken apart

# TLS
tls.record*             nfs-write-verf-cookie.pcapng    tshark takes NFS on port 443 or the like for SSL 2
