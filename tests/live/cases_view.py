# SPDX-License-Identifier: GPL-2.0-or-later
"""The terminal view of a live capture, in a terminal emulator (tests/tui/terminal)."""

import os
import subprocess

import libtest
import pcapread
from cases_capture import expect, lacks, limits_calls, ping, status
from world import A, B, PORT, WORK

TERMINAL = os.path.abspath(os.environ.get('TERMINAL') or 'tests/tui/terminal')

# Datagrams to the discard port, as fast as they go.
FLOOD = '''
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range({count}):
    try: s.sendto(b"x" * 1000, ("{to}", 9))
    except OSError: pass
'''

# A few of them, for as long as it runs.
TRICKLE = '''
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
while True:
    for to in ("{to}", "127.0.0.1"):
        try: s.sendto(b"x" * 100, (to, 9))
        except OSError: pass
    time.sleep(0.05)
'''


class View:
    """The view in a terminal, and commands as tests/tui/README.md has them."""

    def __init__(self, host, words, *before):
        self.process = host.start(TERMINAL, '-i', stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, cwd=WORK, text=True,
                                  env=libtest.environment(NETINSPECT=libtest.NETINSPECT,
                                                          HOME=WORK))
        self.do('== live', *before, f'run {words}')

    def do(self, *commands):
        """Each must be answered by ok."""
        for command in commands:
            self.process.stdin.write(command + '\n')
            self.process.stdin.flush()
            said = []
            for line in self.process.stdout:
                if line in ('ok\n', 'failed\n'):
                    break
                said.append(line)
            expect(line == 'ok\n', ''.join(said))

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        rest, _ = self.process.communicate(timeout=20)
        if kind is None:
            expect(self.process.returncode == 0, rest)


def parent(pid):
    return status(pid, 'PPid') or 0


def number(path):
    """Which file this is, by number: in another mount namespace it may have another name."""
    try:
        file = os.stat(path)
    except OSError:
        return None
    return file.st_dev, file.st_ino


def executable(pid):
    return number(f'/proc/{pid}/exe')


def no_view():
    """Why there is nothing to be tested, or None."""
    if not os.access(TERMINAL, os.X_OK):
        return 'built without libvterm or curses'
    return lacks('ping')


def view_shows_packets_as_they_come(hosts):
    """The view is there before any packet; then they come, and the newest is followed."""
    if no_view():
        return no_view()
    ping(hosts.client, B)               # so that ARP is over
    with View(hosts.client, '-i eth0 icmp') as view:
        view.do('see LIVE 0 packets', 'see no packets yet', 'see follow on')
        ping(hosts.client, B, 10, 0.01)
        view.do('see LIVE 20 packets', 'selected 20 ', 'see 20/20', 'see Echo (ping) reply')
        view.do('press k', 'see follow off', 'selected 19 ')
        ping(hosts.client, B, 10, 0.01)
        view.do('see LIVE 40 packets', 'selected 19 ', 'see 19/40')
        view.do('press G', 'see follow on', 'selected 40 ')
        ping(hosts.client, B)
        view.do('see LIVE 42 packets', 'selected 42 ', 'see dropped 0')


def view_held_goes_on_capturing(hosts):
    """p holds the display and says how many have come since."""
    if no_view():
        return no_view()
    ping(hosts.client, B)
    with View(hosts.client, '-i eth0 icmp') as view:
        ping(hosts.client, B, 2)
        view.do('see LIVE 4 packets', 'press p', 'see HELD 4 packets')
        ping(hosts.client, B, 5)
        view.do('see +10 held', 'selected 4 ', 'see 4/4', 'press p', 'see LIVE 14 packets',
                'selected 14 ')


def view_stops_and_begins_again(hosts):
    """S stops, R forgets all and begins again, q asks about packets that are nowhere else."""
    if no_view():
        return no_view()
    ping(hosts.client, B)
    with View(hosts.client, '-i eth0 icmp') as view:
        ping(hosts.client, B, 2)
        view.do('see LIVE 4 packets', 'press S', 'see STOPPED 4 packets')
        ping(hosts.client, B)
        view.do('settle', 'see STOPPED 4 packets', 'press R', 'see LIVE 0 packets')
        ping(hosts.client, B)
        view.do('see LIVE 2 packets', 'press q', 'see not saved', 'press j', 'press q',
                'see not saved', 'press q', 'exits 0', 'restored')


def view_writes_what_it_has(hosts):
    """w writes the packets that are shown, and then q asks nothing."""
    if no_view():
        return no_view()
    ping(hosts.client, B)
    os.makedirs(f'{WORK}/view', exist_ok=True)
    os.chmod(f'{WORK}/view', 0o777)     # rights are given up before keys are read
    with View(hosts.client, '-i eth0 icmp') as view:
        ping(hosts.client, B, 3)
        view.do('see LIVE 6 packets', 'press w', f'type {WORK}/view/shown.pcap', 'press Enter',
                'see 6 packets are in')
    written = pcapread.packets(f'{WORK}/view/shown.pcap')
    expect(len(written) == 6, f'{len(written)} packets are in the file')


def view_shows_connections_while_they_last(hosts):
    """A connection appears with its states, and how it closed."""
    if no_view() or lacks('curl') or not hosts.has_nginx:
        return no_view() or lacks('curl') or 'no nginx'
    with View(hosts.client, f"-i eth0 'tcp port {PORT}'") as view:
        view.do('press 2', 'see LIVE 0 packets')
        hosts.client.run('curl', '-s', '-o', '/dev/null', f'http://{B}:{PORT}/')
        view.do(f'see {B}:{PORT}', 'see 3-way', 'see 3-segment', 'see GET 200', 'selected 1',
                'press Enter', 'see SYN_RECEIVED', 'see OPEN 3-way', 'press G', 'see CLOSE')
        view.do('press q', 'press 3', 'see GET', 'press 2', 'press x', 'see GET / HTTP',
                'press R', 'see begun again')
        hosts.client.run('curl', '-s', '-o', '/dev/null', f'http://{B}:{PORT}/')
        view.do('gone LIVE 0 packets', 'press 2', 'see 3-segment', 'selected 1')


def view_says_what_was_dropped(hosts):
    """Packets that the kernel had no room for while the view slept are counted and shown."""
    if no_view():
        return no_view()
    with View(hosts.client, "-i eth0 -B 1 'udp port 9'") as view:
        view.do('see dropped 0', 'signal all STOP', 'stopped')
        hosts.client.python(FLOOD.format(count=20000, to=B)).wait(30)
        view.do('continue', 'see LIVE', 'gone dropped 0', 'gone LIVE 0 packets')


def view_survives_its_interface(hosts):
    """The interface goes down: that is said, and what was captured is still there."""
    if no_view():
        return no_view()
    hosts.client.run('ip', 'link', 'add', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1')
    hosts.client.run('ip', 'link', 'set', 'gone0', 'up')
    with View(hosts.client, '-i gone0') as view:
        view.do('see LIVE')
        hosts.client.run('ip', 'link', 'delete', 'gone0')
        view.do('see gone0: the interface disappeared', 'see ENDED 0 packets')


def view_picks_an_interface(hosts):
    """Without -i nothing is captured until an interface is chosen, with the filter typed there."""
    if no_view():
        return no_view()
    ping(hosts.client, B)
    with View(hosts.client, '') as view:
        view.do('see [6 Interfaces]', 'see READY 0 packets', f'see {A}/2', 'press g', 'press /',
                'type eth0', 'press Enter', 'selected eth0', 'press Enter', 'see capture filter',
                'type icmp and prot 6', 'press Enter', 'see (column 10)',
                'underlined prot', 'press ^E ^U', 'type http.host == 1', 'press Enter',
                'see a display filter; f takes those', 'press ^E ^U', 'type icmp',
                'press Enter', 'see [1 Packets]',
                'see LIVE 0 packets', 'see eth0  icmp')
        ping(hosts.client, B, 3)
        view.do('see LIVE 6 packets', 'see Echo (ping) reply', 'press Q', 'exits 0', 'restored')


def view_captures_elsewhere(hosts):
    """Another interface, then two at once: first asked for, then opened, then the old one goes."""
    if no_view():
        return no_view()
    ping(hosts.client, B)
    with View(hosts.client, '-i eth0 -Y icmp icmp') as view:
        ping(hosts.client, B, 2)
        view.do('see LIVE 4 packets', 'see Destination', 'press :',
                'type set columns number,source,info', 'press Enter', 'gone Destination',
                'press 6', 'see running', 'selected eth0', 'press /', 'type lo', 'press Enter',
                'selected lo', 'press #', 'press S', 'see not saved', 'press S', 'see [1 Packets]',
                'see sequence numbers as on the wire', 'see lo  icmp', 'see filter: icmp', 'see LIVE 0 packets',
                'gone Destination')
        ping(hosts.client, '127.0.0.1', 3)
        view.do('see LIVE 6 packets', 'press 6', 'see running', 'selected lo', 'press Space',
                'see chosen', 'press g', 'press /', 'type eth0', 'press Enter', 'selected eth0',
                'press Space', 'see Enter captures on lo, eth0', 'press S', 'press S',
                'see lo, eth0', 'see LIVE 0 packets')
        ping(hosts.client, '127.0.0.1', 1)
        ping(hosts.client, B, 1)
        view.do('see LIVE 4 packets', f'see {B}', 'see 127.0.0.1', 'press ^Z', 'stopped',
                'restored')
        ping(hosts.client, B, 1)
        view.do('continue', 'see LIVE 6 packets', 'press Q', 'exits 0', 'restored')


def view_captures_beside_a_file(hosts):
    """A file is open; an interface that is down cannot be captured, and another one can."""
    if no_view():
        return no_view()
    hosts.client.run('ip', 'link', 'add', 'down0', 'type', 'veth', 'peer', 'name', 'down1')
    try:
        with View(hosts.client, f'-r {libtest.CAPTURES}/page-load.pcap') as view:
            view.do('see 29 packets', 'press :', 'type capture down0', 'press Enter',
                    'see down0: the interface is down', 'see FILE 29 packets', 'press :',
                    'type capture eth0,lo icmp', 'press Enter', 'see eth0, lo  icmp',
                    'see LIVE 0 packets')
            ping(hosts.client, B, 2)
            view.do('see LIVE 4 packets', 'signal view ABRT', 'exits signal 6', 'restored')
    finally:
        hosts.client.run('ip', 'link', 'delete', 'down0')


def view_has_no_rights(hosts):
    """The view has no capability, cannot get any, and captures elsewhere all the same."""
    if no_view():
        return no_view()
    with View(hosts.client, '-i eth0 icmp') as view:
        view.do('see LIVE', 'press :', 'type capture lo icmp', 'press Enter', 'see lo  icmp',
                'see LIVE 0 packets', 'see [1 Packets]')
        seats = [pid for pid in map(int, filter(str.isdigit, os.listdir('/proc')))
                 if number(libtest.NETINSPECT) == executable(pid) == executable(parent(pid))]
        expect(seats, 'the view has no process of its own')
        for pid in seats:
            expect(status(pid, 'CapEff') == status(pid, 'CapPrm') == '0' * 16,
                   f'capabilities {status(pid, "CapEff")}')
            expect(status(pid, 'NoNewPrivs') == '1', 'more rights could be had')
            if limits_calls():
                expect(status(pid, 'Seccomp') == '2', 'system calls are not limited')


def view_takes_any_key(hosts):
    """Keys at random, those that begin captures on this and other interfaces among them."""
    if no_view():
        return no_view()
    traffic = hosts.client.python(TRICKLE.format(to=B))
    try:
        for seed in (21, 24):
            with View(hosts.client, '-i lo') as view:
                view.do('see LIVE', 'press 6', 'settle', f'random {seed} 400')
    finally:
        traffic.kill()
        traffic.wait()


CASES = [view_shows_packets_as_they_come, view_held_goes_on_capturing, view_stops_and_begins_again,
         view_writes_what_it_has, view_shows_connections_while_they_last,
         view_says_what_was_dropped, view_survives_its_interface, view_picks_an_interface,
         view_captures_elsewhere, view_captures_beside_a_file, view_has_no_rights,
         view_takes_any_key]
