#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""One end of one TCP connection that does what it is told, step by step.

    tcp_steps.py listen PORT STEP...
    tcp_steps.py connect HOST PORT STEP...

The steps:

    rcvbuf=N    a receive buffer of N bytes (before there is a connection)
    recv        waits for some data
    recv-all    waits until the peer has closed its side
    send=TEXT   sends; \\r and \\n in the text are carriage return and line feed
    fill=N      sends N bytes of text
    wait=MS     does nothing
    fin         closes this side only
    close       closes
    abort       closes with RST

What is still open at the end is closed. If the peer refuses or resets the
connection, that is the end of it.
"""

import socket
import struct
import sys
import time


def prepare(steps):
    """A socket with the options that the leading steps ask for."""
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    while steps and steps[0].startswith('rcvbuf='):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(steps.pop(0)[7:]))
    return end


def perform(connection, step):
    """One step."""
    name, _, value = step.partition('=')
    if name == 'recv':
        connection.recv(65536)
    elif name == 'recv-all':
        while connection.recv(65536):
            pass
    elif name == 'send':
        connection.sendall(value.replace('\\r', '\r').replace('\\n', '\n').encode())
    elif name == 'fill':
        line = b'All work and no play makes a dull capture.\n'
        connection.sendall((line * (int(value) // len(line) + 1))[:int(value)])
    elif name == 'wait':
        time.sleep(int(value) / 1000)
    elif name == 'fin':
        connection.shutdown(socket.SHUT_WR)
    elif name == 'close':
        connection.close()
    elif name == 'abort':
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        connection.close()
    else:
        sys.exit(f'tcp_steps.py: unknown step: {step}')


def main():
    """Runs the command line."""
    role, *steps = sys.argv[1:]
    if role == 'listen':
        port = int(steps.pop(0))
        listener = prepare(steps)
        listener.bind(('', port))
        listener.listen()
        connection, _ = listener.accept()
    else:
        target = steps.pop(0), int(steps.pop(0))
        connection = prepare(steps)
        connection.connect(target)
    # A client need not wait for the response to every write, nor should the
    # capture show Nagle's algorithm where it is not the subject.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for step in steps:
        perform(connection, step)
    connection.close()


if __name__ == '__main__':
    try:
        main()
    except ConnectionError:
        pass
