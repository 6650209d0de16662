# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections between real kernels: how they opened, how they closed, who holds TIME_WAIT."""

import re
import time

from cases_capture import expect
from world import A, B, WORK, Capture, wait_until

SERVER_PORT = 9100

# One side of a conversation: words that are done one after the other.
SIDE = '''
import socket, struct, sys, time
words = sys.argv[3:]
if sys.argv[1] == "listen":
    l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    l.bind(("", int(sys.argv[2]))); l.listen(5)
    s, _ = l.accept()
else:
    host, port = sys.argv[2].split(":")
    s = socket.create_connection((host, int(port)), 5)
for word in words:
    if word == "send": s.sendall(b"x" * 100)
    elif word == "recv": s.recv(100000)
    elif word == "end":
        while s.recv(100000): pass
    elif word == "shut": s.shutdown(socket.SHUT_WR)
    elif word == "close": s.close()
    elif word == "reset":
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()
    elif word.startswith("wait"): time.sleep(int(word[4:]) / 1000)
'''

FIELDS = ('tcp.stream', 'tcp.dstport', 'conn.open', 'conn.close', 'conn.closed_first',
          'tcp.state.client', 'tcp.state.server')


def talk(hosts, port, client, server):
    """A conversation between the two hosts."""
    listener = hosts.server.python(SIDE, 'listen', str(port), *server.split())
    wait_until('the server', lambda: hosts.server.listens(port))
    caller = hosts.client.python(SIDE, 'connect', f'{B}:{port}', *client.split())
    for process in (caller, listener):
        process.wait(10)


# What each side does, and the verdict: conn.open, conn.close, conn.closed_first.
TALKS = [
    ('client first, the server waits: 4 segments', 'send recv close', 'recv send end wait150 close',
     ('3-way', '4-way', 'client')),
    ('server first, the client waits: 4 segments', 'send recv end wait150 close', 'recv send close',
     ('3-way', '4-way', 'server')),
    ('client first, at once: 3 segments', 'send recv close', 'recv send end close',
     ('3-way', '3-segment', 'client')),
    ('half-close: the server goes on sending', 'send shut end close',
     'recv end wait100 send wait100 send close', ('3-way', '4-way', 'client')),
    ('the client aborts', 'send recv wait50 reset', 'recv send wait400 close',
     ('3-way', 'reset', 'client')),
    ('the server aborts', 'send recv wait400 close', 'recv send wait50 reset',
     ('3-way', 'reset', 'server')),
    ('the server has not read everything', 'send wait400 close', 'wait100 close',
     ('3-way', 'reset', 'server')),
]


def verdicts(hosts):
    """Opens and closes of real kernels get the right verdict, live and from the file."""
    arguments = ['-T', 'fields', '-l']
    for key in FIELDS:
        arguments += ['-e', key]
    path = f'{WORK}/verdicts.pcapng'
    capture = Capture(hosts.client, '-i', 'eth0', '-w', path, '-P', *arguments, 'tcp')
    for number, (_, client, server, _) in enumerate(TALKS):
        talk(hosts, SERVER_PORT + number, client, server)
    refused = hosts.client.run('python3', '-c', REFUSED.format(host=B))
    expect('refused' in refused, refused)
    expect(capture.stop() == 0, capture.err())
    check_verdicts(hosts, path)
    # Live, the last line of a stream is the verdict so far, which is final for all of these.
    check_lines(capture.lines(), 'live')


REFUSED = '''
import socket
try: socket.create_connection(("{host}", 9), 3)
except ConnectionRefusedError: print("refused")
'''


def check_verdicts(hosts, path):
    """What a later reading of the file says."""
    arguments = ['-r', path, '-T', 'fields']
    for key in FIELDS:
        arguments += ['-e', key]
    capture = Capture(hosts.client, *arguments, wait=False)
    expect(capture.wait() == 0, capture.err())
    check_lines(capture.lines(), 'from the file')


def check_lines(lines, where):
    """The last word about every stream is the verdict wanted."""
    last = {}
    for line in lines:
        values = line.split('\t')
        if values[0]:
            last[int(values[0])] = values
    wanted = [(title, verdict) for title, _, _, verdict in TALKS]
    wanted.append(('refused', ('refused', 'none', None)))
    expect(len(last) == len(wanted), f'{where}: {len(last)} streams, not {len(wanted)}')
    wrong = []
    for (_, values), (title, verdict) in zip(sorted(last.items()), wanted):
        if any(want is not None and got != want for got, want in zip(values[2:5], verdict)):
            wrong.append(f'{where}: {title}: {values[2:5]} instead of {verdict}')
    expect(not wrong, '\n'.join(wrong))


def who_holds_time_wait(hosts):
    """The side that netinspect says is in TIME_WAIT is the one whose kernel says so."""
    for closer, client, server in (('client', 'send recv close', 'recv send end wait150 close'),
                                   ('server', 'send recv end wait150 close', 'recv send close')):
        port = 9200 if closer == 'client' else 9201
        capture = Capture(hosts.client, '-i', 'eth0', '-T', 'fields', '-l', '-e', 'tcp.state.client',
                          '-e', 'tcp.state.server', 'tcp', 'port', str(port))
        talk(hosts, port, client, server)
        time.sleep(0.2)
        kernel = ['TIME_WAIT' if time_wait(host, port) else '' for host in
                  (hosts.client, hosts.server)]
        expect(capture.stop() == 0, capture.err())
        ours = capture.lines()[-1].split('\t')
        ours = [state if state == 'TIME_WAIT' else '' for state in ours]
        expect(ours == kernel, f'{closer} closes first: {ours}, the kernels say {kernel}')
        expect(kernel[closer == 'server'] == 'TIME_WAIT', f'the kernels say {kernel}')


def time_wait(host, port):
    """Whether a host's kernel holds a connection with this port in TIME-WAIT."""
    return host.run('ss', '-Htan', 'state', 'time-wait',
                    f'( sport = :{port} or dport = :{port} )') != ''


def no_answer(hosts):
    """A SYN that nobody answers, repeated."""
    hosts.client.run('ip', 'neigh', 'replace', '10.8.0.200', 'lladdr', '02:00:00:00:00:99',
                     'dev', 'eth0')
    capture = Capture(hosts.client, '-i', 'eth0', '-w', f'{WORK}/noanswer.pcap', 'tcp', 'port', '81')
    hosts.client.run('python3', '-c', 'import socket\ntry: '
                     'socket.create_connection(("10.8.0.200", 81), 2.4)\nexcept OSError: pass')
    expect(capture.stop() == 0, capture.err())
    reader = Capture(hosts.client, '-r', f'{WORK}/noanswer.pcap', '-T', 'fields', '-e', 'conn.open',
                     '-e', 'conn.close', '-e', 'tcp.state.client', '-e',
                     'tcp.analysis.retransmission', wait=False)
    expect(reader.wait() == 0, reader.err())
    rows = [line.split('\t') for line in reader.lines()]
    expect(len(rows) >= 2, reader.out())
    expect(all(row[:3] == ['no-answer', 'none', 'SYN_SENT'] for row in rows), reader.out())
    expect(rows[1][3] == '1', 'the second SYN is a retransmission:\n' + reader.out())


def report_of_a_live_capture(hosts):
    """-T report of a live capture: the connection with its verdict."""
    capture = Capture(hosts.client, '-i', 'eth0', '-T', 'report', 'tcp', 'port', '9300')
    talk(hosts, 9300, 'send recv close', 'recv send end wait150 close')
    expect(capture.stop() == 0, capture.err())
    out = capture.out()
    for wanted in (A, B, '9300', 'SYN'):
        expect(wanted in out, f'{wanted} is missing:\n{out}')
    expect(re.search(r'seq=\d+', out), 'no sequence numbers:\n' + out)
    expect(all(len(line) <= 80 for line in out.splitlines()), 'wider than 80 columns:\n' + out)


CASES = [verdicts, who_holds_time_wait, no_answer, report_of_a_live_capture]
