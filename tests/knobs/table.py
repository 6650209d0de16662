# SPDX-License-Identifier: GPL-2.0-or-later
"""The knobs, and what netinspect must see of each."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field

import libtest

# What differs between distributions and would change what is seen.
SYSCTL = {
    'net.ipv4.tcp_fastopen': 3,
    'net.ipv4.tcp_congestion_control': 'reno',
    'net.ipv4.tcp_ecn': 0,
    'net.ipv4.tcp_tw_reuse': 0,
    'net.ipv4.ip_local_port_range': '40000 60000',
}
CLOSED_PORT = 9
STREAM = '/stream?bytes=1000000&chunks=60000'


@dataclass(eq=False)
class Case:
    """One knob: the server's options and the path, the client's options, and what is to be seen."""
    name: str
    server: tuple = ()          # None: nobody listens
    path: str = '/'
    client: tuple = ()
    expect: dict = field(default_factory=dict)
    check: object = None        # function(Connection), or of a list if `several`: true, or a reason
    status: int = 0             # of netlab
    slow: bool = False          # beside the others
    several: bool = False

    def judge(self, seen):
        """What is not as expected, or None."""
        for one in seen if self.several else [seen]:
            for name, value in self.expect.items():
                if getattr(one, name) != value:
                    return f'{name}: {getattr(one, name)}, not {value}'
        if self.check:
            result = self.check(seen)
            if result is not True:
                return f'check: {result}'
        return None


def gap(c, sender, n=0):
    """Seconds between the last segment before the n-th data segment of a side, and that one."""
    at = c.frames.index(c.data(sender)[n])
    return c.data(sender)[n].time - c.frames[at - 1].time


def late(c, sender, n):
    """Whether n bytes of that side came after the other's FIN."""
    other = 'server' if sender == 'client' else 'client'
    after = sum(f.len for f in c.data(sender) if f.n > c.fin(other).n)
    return after == n or f'{after} bytes after the FIN'


def marked(mark, sender, least=1):
    def check(c):
        n = sum(mark in f.marks for f in c.by(sender))
        return n >= least or f'{n} segments marked {mark}'
    return check


def biggest(sender, most, least=1):
    def check(c):
        sizes = [f.len for f in c.data(sender)]
        return len(sizes) >= least and max(sizes) <= most or f'{sizes[:20]}'
    return check


def paced(sender, size, seconds):
    """Segments of that size, so far apart on average."""
    def check(c):
        some = c.data(sender)
        span = (some[-1].time - some[0].time) / max(len(some) - 1, 1)
        return len(some) > 2 and max(f.len for f in some) <= size and span >= 0.9 * seconds or \
            f'{[f.len for f in some][:20]}, {span:.3f} s apart'
    return check


def waits(sender, seconds):
    return lambda c: gap(c, sender) >= 0.95 * seconds or gap(c, sender)


def every(name, sender, value):
    def check(c):
        found = set(c.values(name, sender))
        return found == {value} or found
    return check


def syn_mss(sender, value):
    return lambda c: c.values('tcp.options.mss_val', sender)[:1] == [str(value)] or \
        c.values('tcp.options.mss_val', sender)


def window(sender, most):
    def check(c):
        # The field of a SYN is not scaled yet.
        top = max(f.win for f in c.by(sender) if not f.syn and not f.rst)
        return top <= most or top
    return check


def window_at_the_end(sender, most):
    """What was promised before is not taken back: only the last windows count."""
    def check(c):
        top = max(f.win for f in c.by(sender)[-3:] if not f.rst)
        return top <= most or top
    return check


def in_flight(sender, most):
    def check(c):
        top = max(int(v) for v in c.values('tcp.analysis.bytes_in_flight', sender))
        return top <= most or top
    return check


def pure_acks_before_answer(c, k=0):
    """Of the server, before its k-th answer."""
    answer = c.data('server')[k]
    asked = c.data('client')[k]
    return sum(f.sender == 'server' and not f.len and asked.n < f.n < answer.n for f in c.frames)


def acks_of_answer(c):
    """Of the client, between the first and the last piece of the answer."""
    first, last = c.data('server')[0].n, c.data('server')[-1].n
    return sum(not f.len and first < f.n < last for f in c.by('client'))


def both(*checks):
    def check(c):
        for one in checks:
            result = one(c)
            if result is not True:
                return result
        return True
    return check


def requests(n):
    return lambda c: len(c.values('http.request.method')) == n or c.values('http.request.method')


def statuses(*codes):
    return lambda c: c.values('http.response.code') == list(codes) or \
        c.values('http.response.code')


def duration(least, most):
    def check(c):
        took = c.frames[-1].time - c.frames[0].time
        return least <= took <= most or f'{took:.3f} s'
    return check


def retransmitted_syns(several):
    n = sum(f.syn and not f.ack and 'retransmission' in f.marks for c in several for f in c.frames)
    return n >= 1 or 'no SYN was sent again'


def fast_opened(several):
    """The last one at least: the first one may have to ask for a cookie."""
    return several[-1].open == 'fast-open' or [c.open for c in several]


def reset_after(sender, most):
    def check(c):
        n = sum(f.len for f in c.data('server'))
        return c.reset_by == sender and n > 0 and n <= most or f'{c.reset_by}, {n} bytes'
    return check


def pipelined(c):
    """All requests on the wire before the first answer."""
    n = sum(len(f.get('http.request.method').split(',')) for f in c.data('client')
            if f.n < c.data('server')[0].n and f.get('http.request.method'))
    return n == 5 or f'{n} requests before the first answer'


def rate_kept(several):
    times = sorted(c.frames[0].time for c in several)
    return len(times) == 20 and times[-1] - times[0] >= 0.36 or (len(times), times[-1] - times[0])


def overlap(several):
    """How many were open at a time."""
    top = max(sum(o.frames[0].time <= c.frames[0].time < o.frames[-1].time for o in several)
              for c in several)
    return len(several) == 12 and top == 4 or f'{len(several)} connections, {top} at a time'


SERVER_KNOBS = [
    Case('server close-first=server', path='/?close-first=server',
         client=('--close-first', 'server'),
         expect={'open': '3-way', 'close': '3-segment', 'first': 'server', 'state': 'SF'}),
    Case('server close-first=client', path='/?close-first=client', client=('--hold', '30'),
         expect={'close': '3-segment', 'first': 'client', 'state': 'SF'}),
    Case('server close-delay=0', path='/?close-first=client&close-delay=0',
         expect={'close': '3-segment', 'first': 'client'}),
    Case('server close-delay=80', ('--close-delay', '80'),
         expect={'close': '4-way', 'first': 'client'},
         check=lambda c: c.fin('server').time - c.fin('client').time >= 0.078 or 'too early'),
    Case('server half-close', path='/?half-close', client=('--late-data', '33'),
         expect={'first': 'server', 'state': 'SF'}, check=lambda c: late(c, 'client', 33)),
    Case('server fin-with-data', ('--fin-with-data',), client=('--close-first', 'server'),
         expect={'first': 'server', 'state': 'SF'},
         check=lambda c: c.fin('server').len > 0 or 'a FIN of its own'),
    Case('server late-data', path='/?close-first=client&late-data=70',
         client=('--half-close',),
         expect={'first': 'client', 'state': 'SF'},
         check=lambda c: sum(f.len for f in c.data('server') if f.n > c.fin('client').n) >= 70),
    Case('server abort=linger0', path='/?abort=linger0', status=1,
         expect={'close': 'reset', 'first': 'server', 'reset_by': 'server'}),
    Case('server abort=unread', path='/echo?abort=unread', client=('--body', '50000'), status=1,
         expect={'close': 'reset', 'reset_by': 'server'}),
    Case('server abort=after', path='/stream?bytes=50000&abort=after=1000&segment=500', status=1,
         expect={'close': 'reset'}, check=reset_after('server', 1500)),
    Case('server delay-first', path='/?delay-first=150', check=waits('server', 0.15)),
    Case('server drip', path='/?drip=200/30', check=paced('server', 200, 0.03)),
    Case('server segment', path='/?segment=50', check=biggest('server', 50, 10)),
    Case('server no-read', ('--no-read', '300', '--rcvbuf', '4096'), '/echo',
         ('--body', '500000'), check=marked('zero_window', 'server')),
    Case('server chunks', path='/stream?bytes=130&chunks=1,10,100',
         check=lambda c: c.values('http.chunk_size')[:3] == ['1', '10', '100'] or
         c.values('http.chunk_size')),
    Case('server bad-length=+10', path='/?bad-length=+10', status=1,
         expect={'first': 'server'}),
    Case('server bad-chunk', path='/?bad-chunk', status=1, expect={'close': '3-segment'}),
    Case('server no-length', path='/?no-length',
         expect={'first': 'server', 'close': '3-segment'},
         check=lambda c: not c.values('http.content_length_header') and
         bool(c.values('http.response.code'))),
    Case('server http10', path='/?http10', expect={'first': 'server'},
         check=every('http.response.version', 'server', 'HTTP/1.0')),
    Case('server http09', ('--http09',), client=('--http09',), expect={'first': 'server'},
         check=lambda c: not c.values('http.response.code') and len(c.data('server')) == 1 and
         c.data('client')[0].len == 7),
    Case('server http09 in a URL', path='/style.css?http09', expect={'first': 'server'},
         check=lambda c: not c.values('http.response.code') and bool(c.data('server'))),
    Case('server backlog', ('--model', 'file', '--backlog', '1'),
         client=('-c', '6', '-C', '6', '--no-request', '--hold', '1500', '--timeout', '3'),
         check=retransmitted_syns, slow=True, several=True, status=1),
    Case('server delay-accept', ('--model', 'thread', '--delay-accept', '200'),
         client=('--timeout', '5'), check=waits('server', 0.15), slow=True),
    Case('server rcvbuf', ('--rcvbuf', '4096'), '/echo', ('--body', '30000'),
         check=window('server', 8192)),
    Case('server sndbuf', ('--sndbuf', '8192'), STREAM, check=in_flight('server', 70000)),
    Case('server window-clamp', ('--window-clamp', '2000'), '/echo', ('--body', '30000'),
         check=window('server', 4000)),
    Case('server mss', ('--mss', '536'), '/stream?bytes=5000&chunks=5000',
         check=both(syn_mss('server', 536), lambda c: c.open == '3-way')),
    Case('server nodelay=1', ('--nodelay', '1'), '/?segment=100', check=biggest('server', 100, 10)),
    # Nagle's algorithm waits for an ACK, and on loopback it comes at once unless it is delayed.
    Case('server nodelay=0', ('--nodelay', '0'), '/?segment=100', ('--quickack', '0'),
         check=lambda c: len(c.data('server')) < 10 or f'{len(c.data("server"))} segments'),
    Case('server cork', ('--cork',), '/?segment=100',
         check=both(lambda c: len(c.data('server')) <= 2 or len(c.data('server')),
                    waits('server', 0.18))),
    # What comes before accept() has returned is acknowledged as the kernel likes.
    Case('server quickack=0', ('--quickack', '0'), '/?delay-first=15', ('--delay-send', '30'),
         check=lambda c: pure_acks_before_answer(c) == 0),
    Case('server quickack=1', ('--quickack', '1'), '/?delay-first=15', ('--delay-send', '30'),
         check=lambda c: pure_acks_before_answer(c) == 1),
    Case('server defer-accept', ('--defer-accept', '1'), client=('--delay-send', '1500'),
         check=lambda c: sum(f.syn for f in c.by('server')) >= 2 or 'one SYN,ACK', slow=True),
    Case('server fastopen', ('--fastopen', '8'), client=('--fastopen', '-c', '2'),
         check=fast_opened, several=True),
    Case('server tcp-keepalive', ('--tcp-keepalive', '1,1,3'),
         client=('--no-request', '--hold', '2600'), check=marked('keep_alive', 'server', 2),
         slow=True),
    Case('server ttl', ('--ttl', '9'), check=every('ip.ttl', 'server', '9')),
    Case('server tos', ('--tos', '16'), check=every('ip.dsfield', 'server', '0x10')),
    # The same from the query of a URL, of a server that was started without any of them.
    Case('server nodelay=0 in a URL', path='/?segment=100&nodelay=0', client=('--quickack', '0'),
         check=lambda c: len(c.data('server')) < 10 or f'{len(c.data("server"))} segments'),
    Case('server cork in a URL', path='/?segment=100&cork',
         check=both(lambda c: len(c.data('server')) <= 2 or len(c.data('server')),
                    waits('server', 0.18))),
    # What brought the query is acknowledged before it is read: the second request tells.
    Case('server quickack=0 in a URL', path='/?delay-first=15&quickack=0', client=('-n', '2'),
         check=lambda c: pure_acks_before_answer(c, 1) == 0),
    Case('server quickack=1 in a URL', path='/?delay-first=15&quickack=1', client=('-n', '2'),
         check=lambda c: pure_acks_before_answer(c, 1) == 1),
    Case('server rcvbuf in a URL', path='/echo?rcvbuf=4096&no-read=300',
         client=('--body', '500000'), check=marked('zero_window', 'server')),
    Case('server sndbuf in a URL', path=STREAM + '&sndbuf=8192', check=in_flight('server', 70000)),
    Case('server window-clamp in a URL', path='/echo?window-clamp=2000',
         client=('--body', '200000'), check=window_at_the_end('server', 4000)),
    Case('server tcp-keepalive in a URL', path='/?tcp-keepalive=1,1,3', client=('--hold', '2600'),
         check=marked('keep_alive', 'server', 2), slow=True),
    Case('server ttl in a URL', path='/?ttl=9',
         check=lambda c: c.values('ip.ttl', 'server')[-1] == '9' or c.values('ip.ttl', 'server')),
    Case('server tos in a URL', path='/?tos=16',
         check=lambda c: c.values('ip.dsfield', 'server')[-1] == '0x10' or
         c.values('ip.dsfield', 'server')),
    Case('server no such value in a URL', path='/?ttl=256', check=statuses('400')),
    Case('server keepalive', ('--keepalive', '1'),
         client=('--close-first', 'server', '--hold', '2000'), expect={'first': 'server'},
         slow=True),
    Case('server header-timeout', ('--header-timeout', '1'), client=('--partial', '20'),
         expect={'first': 'server'}, check=both(statuses('408'), duration(0.9, 2.5)), slow=True),
    Case('server max-requests', ('--max-requests', '2'), client=('-n', '3'), status=1,
         expect={'first': 'server'}, check=statuses('200', '200')),
    Case('server et-bug', ('--et-bug',), client=('-H', 'X: ' + 'a' * 200, '--timeout', '1'),
         status=1, expect={'first': 'client'},
         check=lambda c: '200' not in c.values('http.response.code') or 'it answered', slow=True),
]

CLIENT_KNOBS = [
    Case('client requests', client=('-n', '5'), check=both(requests(5), statuses(*['200'] * 5)),
         expect={'state': 'SF'}),
    Case('client pipeline', client=('-n', '5', '--pipeline', '5'), check=pipelined),
    Case('client method', client=('-X', 'HEAD'),
         check=both(every('http.request.method', 'client', 'HEAD'), statuses('200'))),
    Case('client body', path='/echo', client=('--body', '2000'),
         check=both(every('http.request.method', 'client', 'POST'),
                    lambda c: sum(f.len for f in c.data('client')) > 2000)),
    Case('client no-request', client=('--no-request',),
         expect={'open': '3-way', 'close': '3-segment', 'first': 'client'},
         check=lambda c: not c.data('client') and not c.data('server')),
    Case('client partial', client=('--partial', '10', '--hold', '50'),
         check=lambda c: [f.len for f in c.data('client')] == [10]),
    Case('client delay-send', client=('--delay-send', '120'), check=waits('client', 0.12)),
    Case('client send', client=('--send', '10/20'), check=paced('client', 10, 0.02)),
    Case('client send byte by byte', client=('--send', '1/2'), check=biggest('client', 1, 60)),
    Case('client segment', client=('--segment', '10'), check=biggest('client', 10, 6)),
    Case('client no-read', path=STREAM, client=('--no-read', '600', '--rcvbuf', '4096'),
         check=both(marked('zero_window', 'client'), marked('window_full', 'server'),
                    marked('window_update', 'client'))),
    Case('client read', path='/stream?bytes=60000&chunks=60000',
         client=('--read', '3000/10', '--rcvbuf', '4096'),
         check=marked('window_full', 'server', 3)),
    Case('client close-first client', client=('--close-first', 'client'),
         expect={'close': '3-segment', 'first': 'client', 'state': 'SF'}),
    Case('client close-first server', client=('--close-first', 'server'),
         expect={'close': '3-segment', 'first': 'server', 'state': 'SF'}),
    Case('client close-delay 0', client=('--close-first', 'server', '--close-delay', '0'),
         expect={'close': '3-segment', 'first': 'server'}),
    Case('client close-delay 80', client=('--close-delay', '80'),
         expect={'close': '4-way', 'first': 'server'}),
    Case('client half-close', path='/?delay-first=100', client=('--half-close',),
         expect={'first': 'client', 'state': 'SF'},
         check=lambda c: c.fin('client').n < c.data('server')[0].n or 'FIN after the answer'),
    Case('client late-data', path='/?half-close', client=('--late-data', '50'),
         check=lambda c: late(c, 'client', 50)),
    Case('client late-data to a closed socket', client=('--late-data', '50'),
         expect={'first': 'server', 'reset_by': 'server'}),
    Case('client abort linger0', client=('--abort', 'linger0'),
         expect={'close': 'reset', 'first': 'client', 'reset_by': 'client'}),
    Case('client abort unread', client=('--abort', 'unread'),
         expect={'close': 'reset', 'reset_by': 'client'}),
    Case('client abort after', path=STREAM, client=('--abort', 'after=1000', '--rcvbuf', '4096'),
         expect={'close': 'reset', 'reset_by': 'client'}),
    Case('client vanish', ('--keepalive', '1'), client=('--vanish',),
         expect={'first': 'server', 'reset_by': 'client'}, slow=True,
         check=lambda c: not c.fin('client')),
    Case('client timeout', path='/?delay-first=5000', client=('--timeout', '1'), status=1,
         # Not how long it all lasts: the answer still comes, if the watching does not end before.
         expect={'first': 'client'}, slow=True, check=lambda c:
         0.9 < c.fin('client').time - c.frames[0].time < 2.5 or 'the FIN at another time'),
    Case('client source', client=('--source', '127.0.0.5'),
         check=every('ip.src', 'client', '127.0.0.5')),
    Case('client fastopen', ('--fastopen', '9'), client=('--fastopen', '-c', '2'),
         check=both(fast_opened, lambda several: 'fast_open_data' in several[-1].marks('client') or
                    several[-1].text()), several=True),
    Case('client rcvbuf', path='/', client=('--rcvbuf', '4096'), check=window('client', 8192)),
    Case('client sndbuf', path='/echo', client=('--sndbuf', '8192', '--body', '500000'),
         check=in_flight('client', 70000)),
    Case('client window-clamp', path='/stream?bytes=30000', client=('--window-clamp', '2000'),
         check=window('client', 4000)),
    Case('client mss', path='/stream?bytes=5000&chunks=5000', client=('--mss', '536'),
         check=both(syn_mss('client', 536), biggest('client', 536))),
    Case('client nodelay 1', client=('--nodelay', '1', '--segment', '10'),
         check=biggest('client', 10, 6)),
    Case('client nodelay 0', ('--quickack', '0'),
         client=('--nodelay', '0', '--segment', '10', '--delay-send', '30'),
         check=lambda c: 1 < len(c.data('client')) < 6 or len(c.data('client'))),
    Case('client cork', client=('--cork', '--segment', '10'),
         check=both(waits('client', 0.18), lambda c: len(c.data('client')) == 1 or 'several')),
    Case('client quickack 0', path='/?drip=625/15', client=('--quickack', '0'),
         check=lambda c: acks_of_answer(c) == 0 or acks_of_answer(c)),
    Case('client quickack 1', path='/?drip=625/15', client=('--quickack', '1'),
         check=lambda c: acks_of_answer(c) == 1 or acks_of_answer(c)),
    Case('client tcp-keepalive', client=('--no-request', '--hold', '2600',
                                         '--tcp-keepalive', '1,1,3'),
         check=both(marked('keep_alive', 'client', 2), marked('keep_alive_ack', 'server')),
         slow=True),
    Case('client hold', client=('--hold', '150'), check=duration(0.14, 0.8)),
    Case('client ttl', client=('--ttl', '7'), check=every('ip.ttl', 'client', '7')),
    Case('client tos', client=('--tos', '8'), check=every('ip.dsfield', 'client', '0x08')),
    Case('client connections, concurrency', path='/?delay-first=20',
         client=('-c', '12', '-C', '4'), check=overlap, several=True),
    Case('client rate', client=('-c', '20', '-C', '20', '--rate', '50'), check=rate_kept,
         several=True),
    Case('client refused', None, status=1,
         expect={'open': 'refused', 'state': 'REJ', 'reset_by': 'server'}),
]

CASES = SERVER_KNOBS + CLIENT_KNOBS

REFUSED = [
    (['client', '-c', '100', '192.0.2.1'], '--any-target'),
    (['client', '-c', '100001'], 'at most 100000'),
    (['client', '--seconds', '301'], 'at most 300'),
    (['client', '--abort', 'x'], 'linger0, unread, after=BYTES'),
    (['client', '--close-first', 'x'], 'client, server, both'),
    (['client', '--send', '5'], 'BYTES/MS'),
    (['client', '--concurrency', '0'], 'at least 1'),
    (['client', 'a', 'b'], 'one target'),
    (['client', 'example.net'], 'not an IP address'),
    (['client', '--source', '::1'], 'other version of IP'),
    (['nothing'], 'no such command'),
    ([], 'no command'),
]


# Knobs whose effect is on the host, not on the wire.

def _serve(httpd, *options):
    process = subprocess.Popen([httpd, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True)
    line = process.stdout.readline()
    found = re.search(r':(\d+)/', line)
    return process, int(found.group(1)) if found else None


def _stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdout, process.stderr):
        stream.close()


def _client(netlab, *options):
    ran = subprocess.run([netlab, 'client', '--json', *options], capture_output=True, text=True,
                         timeout=20, check=False)
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return ran.returncode, lines[-1] if lines else {}


def server_reuseaddr(httpd, netlab):
    """The server closes first, so its port is in TIME_WAIT: bind() fails without SO_REUSEADDR."""
    process, port = _serve(httpd, '--port', '0', '--listen', '127.0.0.1')
    _client(netlab, '--close-first', 'server', f'127.0.0.1:{port}')
    _stop(process)
    again, found = _serve(httpd, '--port', str(port), '--listen', '127.0.0.1', '--reuseaddr', '0')
    if found:
        _stop(again)
        return 'bound without SO_REUSEADDR while a connection was in TIME_WAIT'
    again.wait(timeout=5)
    if again.returncode != 1 or 'in use' not in again.stderr.read():
        return f'ended with {again.returncode}'
    again, found = _serve(httpd, '--port', str(port), '--listen', '127.0.0.1')
    _stop(again)
    return None if found == port else 'did not bind with SO_REUSEADDR'


def server_reuseport(httpd, _netlab):
    one, port = _serve(httpd, '--port', '0', '--listen', '127.0.0.1', '--reuseport')
    two, same = _serve(httpd, '--port', str(port), '--listen', '127.0.0.1', '--reuseport')
    _stop(one)
    _stop(two)
    return None if same == port else 'the second one could not share the port'


def client_reuseaddr(httpd, netlab):
    """The client closed first from a port of its own: TIME_WAIT is here."""
    process, port = _serve(httpd, '--port', '0')
    target = f'127.0.0.1:{port}'
    first = _client(netlab, '--source-port', '9001', target)
    second = _client(netlab, '--source-port', '9001', '--reuseaddr', '0', target)
    _stop(process)
    if first[1].get('end') != 'fin':
        return f'the first one: {first}'
    return None if second[0] == 1 and 'in use' in second[1].get('error', '') else f'{second}'


def client_reuseport(httpd, netlab):
    """Two sockets at a time on one port, to two servers."""
    servers = [_serve(httpd, '--port', '0') for _ in range(2)]
    ran = []
    for option in ('--reuseport', None):
        options = ['--reuseaddr', '0', '--source-port', '9002' if option else '9003',
                   *([option] if option else [])]
        first = subprocess.Popen([netlab, 'client', '-q', '--hold', '700', *options,
                                  f'127.0.0.1:{servers[0][1]}'], stdout=subprocess.DEVNULL)
        time.sleep(0.3)
        ran.append(_client(netlab, *options, f'127.0.0.1:{servers[1][1]}')[0])
        first.wait(timeout=10)
    for process, _ in servers:
        _stop(process)
    return None if ran == [0, 1] else f'exit status with and without: {ran}'


def _congestion_control(process_options, client_options, httpd, netlab, mine):
    """The congestion control of a live connection, by ss."""
    process, port = _serve(httpd, '--port', '0', *process_options)
    client = subprocess.Popen([netlab, 'client', '-q', '--no-request', '--hold', '800',
                               *client_options, f'127.0.0.1:{port}'], stdout=subprocess.DEVNULL)
    time.sleep(0.3)
    side = 'dport' if mine == 'client' else 'sport'
    text = subprocess.run(['ss', '-Htin', 'state', 'established', f'( {side} = {port} )'],
                          capture_output=True, text=True, check=False).stdout
    client.wait(timeout=10)
    _stop(process)
    return None if ' cubic ' in text else text or 'no such connection'


def _has_cubic():
    with open('/proc/sys/net/ipv4/tcp_available_congestion_control', encoding='ascii') as file:
        return 'cubic' in file.read()


def server_cc_url(httpd, netlab):
    """/?cc=cubic changes the connection, and what is not there is refused."""
    process, port = _serve(httpd, '--port', '0')
    client = subprocess.Popen([netlab, 'client', '-q', '--hold', '800',
                               f'127.0.0.1:{port}/?cc=cubic'], stdout=subprocess.DEVNULL)
    time.sleep(0.3)
    text = subprocess.run(['ss', '-Htin', 'state', 'established', f'( sport = {port} )'],
                          capture_output=True, text=True, check=False).stdout
    client.wait(timeout=10)
    refused = subprocess.run([netlab, 'client', '--json', f'127.0.0.1:{port}/?cc=nothing'],
                             capture_output=True, text=True, check=False).stdout
    _stop(process)
    return None if ' cubic ' in text and '"status":400' in refused else f'{text} {refused}'


def server_cc(httpd, netlab):
    return _has_cubic() and _congestion_control(('--cc', 'cubic'), (), httpd, netlab, 'server')


def client_cc(httpd, netlab):
    return _has_cubic() and _congestion_control((), ('--cc', 'cubic'), httpd, netlab, 'client')


def broken_framing(httpd, netlab):
    """What the report says of responses that are shorter than announced."""
    process, port = _serve(httpd, '--port', '0')
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'x.pcapng')
        watcher = subprocess.Popen([libtest.NETINSPECT, '-i', 'lo', '-q', '-w', path],
                                   stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while not (os.path.exists(path) and os.path.getsize(path)) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.05)
        for query in ('bad-length=+10', 'bad-chunk'):
            _client(netlab, f'127.0.0.1:{port}/?{query}')
        time.sleep(0.1)
        watcher.send_signal(signal.SIGINT)
        watcher.wait(timeout=20)
        report = subprocess.run([libtest.NETINSPECT, '-r', path, '-T', 'report'],
                                capture_output=True, check=True).stdout.decode()
    _stop(process)
    return None if re.search(r'\n +2 +HTTP response cut off', report) else report


ON_THE_HOST = [
    ('server bad-length, bad-chunk', broken_framing),
    ('server reuseaddr', server_reuseaddr),
    ('server reuseport', server_reuseport),
    ('client reuseaddr', client_reuseaddr),
    ('client reuseport', client_reuseport),
    ('server cc', server_cc),
    ('server cc in a URL', lambda httpd, netlab: _has_cubic() and server_cc_url(httpd, netlab)),
    ('client cc', client_cc),
]
