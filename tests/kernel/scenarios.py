# SPDX-License-Identifier: GPL-2.0-or-later
"""The named scenarios: one phenomenon each, and what is to be said about it.

A scenario is a function that gets a Lab and makes things happen in it. With it
stands the verdict that an inspector should give on each of its connections, in
the order in which they begin:

    open    how it opened: 3-way, simultaneous, fast-open, refused, no-answer,
            half-open, aborted, mid-stream, stray
    close   how it closed: 4-way, 3-segment, simultaneous, reset, half-closed,
            open, none
    first   who closed first: client, server, both, or '' if nobody

Where more than one word is right, they are separated by '|'; None is not
judged.
"""

import socket
import time
from dataclasses import dataclass

from lab import Fate, Segment, SequenceShift, abort, forget, receive

CLIENT_PORT = 40000
SERVER_PORT = 80

REQUEST = b'GET /index.html HTTP/1.1\r\nHost: lab\r\nUser-Agent: lab/1\r\n\r\n'
RESPONSE = (b'HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Type: text/plain\r\n'
            b'Content-Length: 200\r\n\r\n' + b'x' * 200)


@dataclass
class Verdict:
    """What to say about one connection."""
    open: str
    close: str
    first: str


USUAL = Verdict('3-way', '4-way', 'client')


@dataclass
class Scenario:
    """A function and the world it runs in."""
    run: object
    verdicts: tuple
    version: int = 4
    sysctl: dict = None


SCENARIOS = {}


def scenario(*verdicts, **world):
    """Registers the function under its name."""
    def register(function):
        SCENARIOS[function.__name__] = Scenario(function, verdicts or (USUAL,), **world)
        return function
    return register


# What scenarios are made of.

def establish(lab, port=CLIENT_PORT, idle=0.07, client_options=(), listener_options=()):
    """A connection, in as many steps as its packets' fates make it take."""
    listener = lab.listen('B', SERVER_PORT, listener_options)
    return (listener, *connect(lab, listener, port, idle, client_options))


def connect(lab, listener, port=CLIENT_PORT, idle=0.07, options=()):
    """Another connection to the same listener: both its ends."""
    client = lab.connect('A', port, SERVER_PORT, options)
    lab.run(idle)
    return client, lab.accept(listener)


def exchange(lab, client, server):
    """A request and its response."""
    client.send(REQUEST)
    lab.run()
    receive(server)
    server.send(RESPONSE)
    lab.run()
    receive(client)


def talk(lab, **how):
    """A connection with a request and its response already behind it."""
    listener, client, server = establish(lab, **how)
    exchange(lab, client, server)
    return listener, client, server


def close(lab, first, second):
    """The orderly close in four segments: the second end takes its time."""
    first.close()
    lab.run()
    receive(second)
    second.close()
    lab.run()


def nth(fate, match, *numbers):
    """The fate of the given ones (default: the first) of the packets for which
    match(segment, sender) is true."""
    seen = 0

    def decide(segment, sender):
        nonlocal seen
        if not match(segment, sender):
            return None
        seen += 1
        return fate if seen in (numbers or (1,)) else None
    return decide


def all_that(match, fate):
    """The fate of every packet for which match(segment, sender) is true."""
    return lambda segment, sender: fate if match(segment, sender) else None


def last_of(lab, host):
    """The last row of the log that the host sent."""
    return [row for row in lab.log if row['dir'] == host][-1]


def forge_from_client(lab, ahead, flags, note):
    """A bare segment in the client's name, so far ahead of its last one."""
    row = last_of(lab, 'A')
    lab.forge('A', Segment(CLIENT_PORT, SERVER_PORT, row['seq'] + row['len'] + ahead, 0,
                           flags, 0, 65535), note)
    lab.run()


# The orderly close.

@scenario()
def close4_client_first(lab):
    _, client, server = talk(lab)
    close(lab, client, server)


@scenario(Verdict('3-way', '4-way', 'server'))
def close4_server_first(lab):
    _, client, server = talk(lab)
    close(lab, server, client)


@scenario(Verdict('3-way', '3-segment', 'client'))
def close3_fin_ack_combined(lab):
    # The server's bare ACK of the FIN never gets to the wire, so its FIN+ACK
    # acknowledges and closes at once, as when it closes within 40 ms.
    _, client, server = talk(lab)
    lab.fate = all_that(lambda s, sender: sender == 'B' and s.flags == 'A', Fate.VANISH)
    client.close()
    lab.run()
    lab.fate = None
    receive(server)
    server.close()
    lab.run()


@scenario(Verdict('3-way', '4-way', 'server'))
def close_fin_with_data(lab):
    _, client, server = talk(lab)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    server.send(b'bye')
    server.shutdown(socket.SHUT_WR)
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
    lab.run()
    receive(client)
    client.close()
    lab.run()


@scenario()
def half_close_with_data(lab):
    _, client, server = talk(lab)
    client.shutdown(socket.SHUT_WR)
    lab.run()
    receive(server)
    for size in (3000, 100):
        server.send(b'y' * size)
        lab.run()
        receive(client)
    server.close()
    lab.run()


@scenario(Verdict('3-way', 'simultaneous', 'both|client'))
def simultaneous_close(lab):
    _, client, server = talk(lab)
    lab.fate = all_that(lambda s, _: 'F' in s.flags, Fate.DELAY)
    client.close()
    server.close()
    lab.run()
    lab.fate = None
    lab.release()
    lab.run()


@scenario()
def out_of_order_fin(lab):
    # The FIN overtakes the last data.
    _, client, server = talk(lab)
    lab.fate = all_that(lambda s, sender: sender == 'A' and s.len and 'F' not in s.flags,
                        Fate.REORDER)
    client.send(b'tail-data')
    lab.run(idle=0.03)
    client.close()
    lab.run(idle=0.03)
    lab.fate = None
    lab.release()
    lab.run()
    receive(server)
    server.close()
    lab.run()


@scenario()
def fin_retransmit(lab):
    _, client, server = talk(lab)
    lab.fate = nth(Fate.LOSE, lambda s, sender: sender == 'A' and 'F' in s.flags)
    client.close()
    lab.run(idle=0.6)
    receive(server)
    server.close()
    lab.run()


@scenario()
def last_ack_lost(lab):
    _, client, server = talk(lab)
    client.close()
    lab.run()
    receive(server)
    lab.fate = nth(Fate.LOSE, lambda s, sender: sender == 'A' and s.flags == 'A')
    server.close()
    lab.run(idle=0.6)


# The handshake.

@scenario(Verdict('simultaneous', '4-way', 'client'))
def simultaneous_open(lab):
    lab.fate = all_that(lambda s, _: s.flags == 'S', Fate.DELAY)
    a = lab.connect('A', CLIENT_PORT, SERVER_PORT)
    b = lab.connect('B', SERVER_PORT, CLIENT_PORT)
    lab.run()
    lab.fate = None
    lab.release()
    lab.run()
    a.send(b'hello')
    lab.run()
    receive(b)
    b.send(b'world')
    lab.run()
    receive(a)
    close(lab, a, b)


@scenario()
def syn_retransmit(lab):
    lab.fate = nth(Fate.LOSE, lambda s, _: s.flags == 'S')
    _, client, server = talk(lab, idle=1.3)
    close(lab, client, server)


@scenario(Verdict('no-answer', 'none', ''))
def syn_no_answer(lab):
    lab.fate = all_that(lambda *_: True, Fate.LOSE)
    lab.listen('B', SERVER_PORT)
    lab.connect('A', CLIENT_PORT, SERVER_PORT)
    lab.run(idle=2.4, limit=8)


@scenario(Verdict('refused', 'none', ''))
def syn_refused_rst(lab):
    lab.connect('A', CLIENT_PORT, 81)
    lab.run()


@scenario()
def synack_lost(lab):
    lab.fate = nth(Fate.LOSE, lambda s, _: s.flags == 'SA')
    _, client, server = talk(lab, idle=1.4)
    close(lab, client, server)


@scenario()
def handshake_ack_lost(lab):
    lab.fate = nth(Fate.LOSE, lambda s, sender: sender == 'A' and s.flags == 'A')
    _, client, server = talk(lab, idle=1.4)
    close(lab, client, server)


@scenario(Verdict('half-open', 'none|open', ''))
def half_open_no_final_ack(lab):
    lab.fate = all_that(lambda s, sender: sender == 'A' and 'S' not in s.flags, Fate.VANISH)
    lab.listen('B', SERVER_PORT)
    lab.connect('A', CLIENT_PORT, SERVER_PORT)
    lab.run(idle=2.2, limit=4)


@scenario(USUAL, Verdict('fast-open', '4-way', 'client'),
          sysctl={'net.ipv4.tcp_fastopen': 3})
def tfo_data_in_syn(lab):
    # The first connection fetches the cookie, the second uses it.
    listener = lab.listen('B', SERVER_PORT, [(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)])
    client = lab.connect('A', CLIENT_PORT, SERVER_PORT, data=REQUEST)
    lab.run()
    server = lab.accept(listener)
    exchange(lab, client, server)
    close(lab, client, server)
    client = lab.connect('A', CLIENT_PORT + 1, SERVER_PORT, data=REQUEST)
    lab.run()
    server = lab.accept(listener)
    receive(server)
    server.send(RESPONSE)
    lab.run()
    receive(client)
    close(lab, client, server)


@scenario(sysctl={'net.ipv4.tcp_ecn': 1})
def ecn_handshake(lab):
    _, client, server = talk(lab)
    close(lab, client, server)


@scenario(sysctl={'net.ipv4.tcp_timestamps': 0, 'net.ipv4.tcp_sack': 0,
                  'net.ipv4.tcp_window_scaling': 0})
def no_options(lab):
    _, client, server = talk(lab)
    close(lab, client, server)


@scenario(version=6)
def ipv6_close4(lab):
    _, client, server = talk(lab)
    close(lab, client, server)


# Resets.

@scenario(Verdict('3-way', 'reset', 'client'))
def rst_abort_client(lab):
    _, client, _ = talk(lab)
    abort(client)
    lab.run()


@scenario(Verdict('3-way', 'reset', 'server'))
def rst_abort_server(lab):
    *_, server = talk(lab)
    abort(server)
    lab.run()


@scenario(Verdict('3-way', 'reset', 'server'))
def rst_server_unread_data(lab):
    _, client, server = talk(lab)
    client.send(b'unread')
    lab.run()
    server.close()
    lab.run()


@scenario(Verdict('3-way', 'reset', 'server'))
def rst_after_fin_client_sends(lab):
    _, client, server = talk(lab)
    server.close()
    lab.run()
    client.send(b'late data')
    lab.run()


@scenario(Verdict('3-way', 'reset', 'client'))
def rst_after_own_fin(lab):
    _, client, _ = talk(lab)
    client.shutdown(socket.SHUT_WR)
    lab.run()
    abort(client)
    lab.run()


@scenario(Verdict('aborted', 'none', ''))
def rst_before_established(lab):
    lab.fate = all_that(lambda s, _: s.flags == 'S', Fate.LOSE)
    lab.listen('B', SERVER_PORT)
    lab.connect('A', CLIENT_PORT, SERVER_PORT)
    lab.run()
    lab.forge('A', Segment(CLIENT_PORT, SERVER_PORT, lab.log[0]['seq'] + 1, 0, 'R', 0, 65535),
              'forged')


@scenario()
def blind_rst_out_of_window(lab):
    _, client, server = talk(lab)
    forge_from_client(lab, 0x40000000, 'R', 'forged, out of window')
    client.send(b'still here')
    lab.run()
    receive(server)
    close(lab, client, server)


@scenario()
def rst_in_window_challenge(lab):
    # RFC 5961 section 3.2: in the window but not exact gets a challenge ACK.
    _, client, server = talk(lab)
    forge_from_client(lab, 5, 'R', 'forged, in window')
    client.send(b'still here')
    lab.run()
    receive(server)
    close(lab, client, server)


@scenario()
def syn_in_established_challenge(lab):
    # RFC 5961 section 4.2.
    _, client, server = talk(lab)
    forge_from_client(lab, 100000, 'S', 'forged')
    client.send(b'still here')
    lab.run()
    receive(server)
    close(lab, client, server)


# The same ports again.

@scenario(Verdict('3-way', '4-way', 'server'), USUAL)
def time_wait_reuse(lab):
    listener, client, server = talk(lab)
    close(lab, server, client)
    time.sleep(1.1)                     # net.ipv4.tcp_tw_reuse_delay
    client, server = connect(lab, listener)
    exchange(lab, client, server)
    close(lab, client, server)


@scenario(Verdict('3-way', 'reset', 'client'), USUAL)
def port_reuse_after_rst(lab):
    listener, client, _ = talk(lab)
    abort(client)
    lab.run()
    client, server = connect(lab, listener)
    exchange(lab, client, server)
    close(lab, client, server)


@scenario(Verdict('3-way', 'reset', 'client'), USUAL)
def half_open_discovery(lab):
    # RFC 9293 figure 9: the client has forgotten the connection and dials again.
    listener, client, _ = talk(lab)
    forget(client)
    client, server = connect(lab, listener, idle=1.4)
    client.send(REQUEST)
    lab.run()
    receive(server)
    close(lab, client, server)


# Keep-alive, flow control, loss, numbers.

def keepalive_every_second(probes):
    """Socket options: a probe after a second without traffic."""
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, probes)]


@scenario()
def keepalive(lab):
    _, client, server = talk(lab, client_options=keepalive_every_second(9))
    lab.run(idle=1.4, limit=3.5)
    close(lab, client, server)


@scenario(Verdict('3-way', 'reset', 'client'))
def keepalive_dead_peer(lab):
    talk(lab, client_options=keepalive_every_second(2))
    lab.fate = all_that(lambda _, sender: sender == 'A', Fate.LOSE)
    lab.run(idle=1.5, limit=6)


@scenario()
def zero_window(lab):
    _, client, server = talk(
        lab, listener_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)],
        client_options=[(socket.SOL_SOCKET, socket.SO_SNDBUF, 200000)])
    sent = 0
    try:
        while sent < 60000:
            sent += client.send(b'w' * 4000)
    except BlockingIOError:
        pass
    lab.run(idle=0.6, limit=3)
    while receive(server):
        lab.run(idle=0.05)
    lab.run()
    close(lab, client, server)


@scenario()
def seq_wraparound(lab):
    lab.shift = SequenceShift('A', 0xffffff00)
    _, client, server = talk(lab)
    client.send(b'a' * 900)
    lab.run()
    receive(server)
    server.send(b'ok')
    lab.run()
    receive(client)
    close(lab, client, server)


def from_server_with_data(segment, sender):
    """Whether it is data of the server."""
    return sender == 'B' and segment.len


@scenario()
def fast_retransmit(lab):
    _, client, server = talk(lab)
    lab.fate = nth(Fate.VANISH, from_server_with_data, 3)
    server.send(b'd' * 14480)
    lab.run(idle=0.3)
    receive(client)
    close(lab, client, server)


@scenario()
def rto_retransmit(lab):
    _, client, server = talk(lab)
    lab.fate = nth(Fate.LOSE, from_server_with_data, 1, 2)
    server.send(b'tail')
    lab.run(idle=1.2)
    receive(client)
    close(lab, client, server)


@scenario()
def reordered_data(lab):
    _, client, server = talk(lab)
    lab.fate = nth(Fate.REORDER, from_server_with_data, 2)
    server.send(b'd' * 8000)
    lab.run(idle=0.02)
    lab.fate = None
    lab.release()
    lab.run()
    receive(client)
    close(lab, client, server)


@scenario()
def duplicate_packets(lab):
    lab.fate = all_that(lambda s, _: s.len or 'S' in s.flags, Fate.DUPLICATE)
    _, client, server = talk(lab)
    close(lab, client, server)


# Scans: segments of no connection.

@scenario(Verdict('aborted', 'none|reset', '|client'))
def scan_syn_rst(lab):
    # The scanner's own kernel answers the SYN+ACK with RST: it sent no SYN.
    lab.listen('B', SERVER_PORT)
    lab.forge('A', Segment(CLIENT_PORT, SERVER_PORT, 1000, 0, 'S', 0, 65535), 'crafted')
    lab.run(idle=0.2)


@scenario(Verdict('mid-stream|aborted|stray', 'none|reset', None))
def synack_unsolicited(lab):
    lab.forge('B', Segment(SERVER_PORT, CLIENT_PORT, 9000, 1001, 'SA', 0, 65535), 'crafted')
    lab.run()


@scenario(*[Verdict('stray', 'none', '')] * 8, Verdict('stray|refused', 'none', ''))
def scans_null_fin_xmas(lab):
    lab.listen('B', SERVER_PORT)
    probes = (('', 80), ('F', 80), ('FPU', 80), ('', 81), ('F', 81), ('FPU', 81),
              ('A', 80), ('A', 81), ('SF', 81))
    for i, (flags, port) in enumerate(probes):
        ack = 7000 if flags == 'A' else 0
        lab.forge('A', Segment(41000 + i, port, 5000, ack, flags, 0, 65535), 'crafted')
        lab.run(idle=0.03)
