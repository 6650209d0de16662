# SPDX-License-Identifier: GPL-2.0-or-later
"""Two hosts with a wire between them that takes time, for what loopback cannot show: there a
segment has arrived before the call that sent it returns, so nothing ever crosses."""

import heapq
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

import libtest
import trace

sys.path.insert(0, os.path.join(libtest.TOP, 'tests', 'kernel'))
import lab  # noqa: E402

DELAY = 0.04  # each way: longer than two programs' inaccuracy on a busy machine


class SlowWire(lab.Lab):
    """A wire that delivers everything, DELAY seconds later."""

    def __init__(self):
        super().__init__()
        self._due = []
        self._over = False
        self._mover = threading.Thread(target=self._move, daemon=True)
        self._mover.start()

    def _move(self):
        while not self._over:
            wait = min(0.02, self._due[0][0] - time.monotonic()) if self._due else 0.02
            ready, _, _ = select.select(self._tun.values(), (), (), max(wait, 0))
            now = time.monotonic()
            for host in 'AB':
                if self._tun[host] in ready:
                    packet = os.read(self._tun[host], 65536)
                    heapq.heappush(self._due, (now + DELAY, len(self._due), host, packet))
            while self._due and self._due[0][0] <= time.monotonic():
                _, _, host, packet = heapq.heappop(self._due)
                os.write(self._tun[lab.peer(host)], packet)

    def start(self, host, *command, **more):
        """A program on a host."""
        namespace = f'/proc/self/fd/{self._namespace[host]}'
        return subprocess.Popen(['nsenter', f'--net={namespace}', *command],
                                pass_fds=[self._namespace[host]], text=True, **more)

    def end(self):
        self._over = True
        self._mover.join()


def _crossing_fins(wire, httpd, netlab):
    server = wire.start('B', httpd, '--listen', wire.address('B'), '--port', '80',
                        stdout=subprocess.PIPE)
    server.stdout.readline()
    client = wire.start('A', netlab, 'client', '--json', '--source-port', '5000',
                        '--close-first', 'both',
                        f'{wire.address("B")}:80/?close-first=both', stdout=subprocess.PIPE)
    out, _ = client.communicate(timeout=15)
    time.sleep(3 * DELAY)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    return 'end' if json.loads(out.splitlines()[-1])['end'] == 'fin' else out


def _crossing_syns(wire, _httpd, netlab):
    one, two = (wire.start(host, netlab, 'client', '--json', '--tick', '--no-request',
                           '--hold', '300', '--source-port', port,
                           f'{wire.address(lab.peer(host))}:{to}', stdout=subprocess.PIPE)
                for host, port, to in (('A', '5001', '6001'), ('B', '6001', '5001')))
    ends = [json.loads(p.communicate(timeout=15)[0].splitlines()[-1])['end'] for p in (one, two)]
    time.sleep(3 * DELAY)
    return 'end' if ends == ['fin', 'fin'] else str(ends)


CASES = [
    ('close-first both: FINs cross', _crossing_fins, 5000, 'close'),
    ('client tick: SYNs cross', _crossing_syns, 5001, 'open'),
]


def _watched(wire, directory, case, httpd, netlab):
    """What is wrong, or None."""
    name, test, port, what = case
    path = os.path.join(directory, f'{port}.pcapng')
    if os.path.exists(path):
        os.unlink(path)
    watcher = wire.start('A', libtest.NETINSPECT, '-i', 'tun0', '-q', '-w', path,
                         stderr=subprocess.DEVNULL)
    end = time.monotonic() + 10
    while not (os.path.exists(path) and os.path.getsize(path)) and time.monotonic() < end:
        time.sleep(0.01)
    time.sleep(0.05)
    word = test(wire, httpd, netlab)
    watcher.send_signal(signal.SIGINT)
    watcher.wait(timeout=10)
    if word != 'end':
        return f'{name}: the programs ended with {word}'
    found = trace.read(path)
    seen = [c for some in found.values() for c in some
            if str(port) in (c.frames[0].get('tcp.srcport'), c.frames[0].get('tcp.dstport'))]
    if not seen:
        return 'netinspect saw no such connection'
    verdict = getattr(seen[0], what)
    return None if verdict == 'simultaneous' else f'{what}: {verdict}\n{seen[0].text()}'


def run(results, httpd, netlab, names):
    """Runs the cases, each up to three times."""
    cases = [c for c in CASES if not names or c[0] in names]
    if not cases:
        return
    try:
        wire = SlowWire()
    except (OSError, subprocess.CalledProcessError) as error:
        for case in cases:
            results.skip(case[0], f'no two hosts: {error}')
        return
    httpd, netlab = os.path.abspath(httpd), os.path.abspath(netlab)
    with tempfile.TemporaryDirectory() as directory:
        for case in cases:
            why = None
            for _ in range(3):
                why = _watched(wire, directory, case, httpd, netlab)
                if not why:
                    break
            results.check(case[0], not why, why)
    wire.end()
