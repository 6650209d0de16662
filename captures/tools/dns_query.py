#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks a DNS server for names; prints the response codes.

    dns_query.py [--tcp] SERVER NAME TYPE [NAME TYPE]...

With --tcp all questions go over one connection.
"""

import socket
import struct
import sys

TYPES = {'A': 1, 'NS': 2, 'CNAME': 5, 'SOA': 6, 'PTR': 12, 'MX': 15, 'TXT': 16, 'AAAA': 28}


def question(number, name, kind):
    """A query message (RFC 1035 section 4.1), recursion desired."""
    labels = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.') if label)
    return struct.pack('!6H', number, 0x0100, 1, 0, 0, 0) + labels + b'\0' + \
        struct.pack('!HH', TYPES[kind], 1)


def receive_exactly(stream, size):
    """So many bytes of a TCP connection."""
    data = b''
    while len(data) < size:
        part = stream.recv(size - len(data))
        if not part:
            sys.exit('dns_query.py: the server closed the connection')
        data += part
    return data


def ask_udp(server, message):
    """The response to a message, each from a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
        end.settimeout(3)
        end.connect((server, 53))
        end.send(message)
        return end.recv(65535)


def ask_tcp(stream, message):
    """The response to a message; over TCP a length comes first (RFC 7766)."""
    stream.sendall(struct.pack('!H', len(message)) + message)
    size, = struct.unpack('!H', receive_exactly(stream, 2))
    return receive_exactly(stream, size)


def main():
    """Runs the command line."""
    words = sys.argv[1:]
    over_tcp = words[0] == '--tcp'
    server, *words = words[over_tcp:]
    stream = socket.create_connection((server, 53), 3) if over_tcp else None
    for i in range(0, len(words), 2):
        message = question(0x1000 + i // 2, words[i], words[i + 1])
        response = ask_tcp(stream, message) if over_tcp else ask_udp(server, message)
        print(words[i], words[i + 1], 'code', response[3] & 15)
    if stream:
        stream.close()


if __name__ == '__main__':
    main()
