# SPDX-License-Identifier: GPL-2.0-or-later
"""Live captures: the same packets as tcpdump, how they stop, who owns what."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time

import libtest
import pcapread
from world import A, B, PORT, WORK, Capture, wait_until

TRAFFIC_FILTER = 'not ether proto 0x88cc'
NOBODY = 65534


def lacks(*programs):
    """Why a test is to be skipped, or None."""
    missing = [name for name in programs if not shutil.which(name)]
    return f'not installed: {" ".join(missing)}' if missing else None


def expect(condition, why):
    if not condition:
        raise AssertionError(why)


def status(pid, key):
    """An entry of /proc/PID/status, "" if there is none."""
    try:
        with open(f'/proc/{pid}/status', encoding='ascii', errors='replace') as file:
            return next((line.split(':', 1)[1].strip() for line in file
                         if line.startswith(key + ':')), '')
    except OSError:
        return ''


def limits_calls():
    """Whether this build has a list of system calls."""
    ran = subprocess.run([libtest.NETINSPECT, '--version'], stdout=subprocess.PIPE, text=True,
                         check=True)
    return 'libseccomp' in ran.stdout


def ping(host, address, n=1, interval=0.05):
    host.run('ping', '-n', '-c', str(n), '-i', str(interval), '-W', '2', address)


def start_tcpdump(host, iface, path, *args):
    """tcpdump, listening."""
    log = f'{path}.log'
    with open(log, 'wb') as err:
        process = host.start('tcpdump', '-Z', 'root', '-n', '-s', '0', '-i', iface, '-w', path,
                             '--immediate-mode', *args, stderr=err)
    wait_until('tcpdump', lambda: 'listening on' in open(log, encoding='utf-8').read())
    return process


def all_kinds_of_traffic(hosts):
    """ARP, ICMP, UDP, DNS, TCP and HTTP, by whoever is installed."""
    client = hosts.client
    client.run('ip', 'neigh', 'flush', 'dev', 'eth0')
    ping(client, B, 3)
    if shutil.which('arping'):
        client.run('arping', '-c', '2', '-i' if 'Habets' in arping_kind() else '-I', 'eth0', B,
                   check=False)
    if hosts.has_nginx and shutil.which('curl'):
        client.run('curl', '-s', '-o', '/dev/null', f'http://{B}:{PORT}/',
                   '--next', '-s', '-o', '/dev/null', f'http://{B}:{PORT}/large.bin',
                   '--next', '-s', '-o', '/dev/null', f'http://{B}:{PORT}/missing')
        client.run('curl', '-s', '-o', '/dev/null', f'http://{B}:9/', check=False)
    if shutil.which('dnsmasq'):
        server = hosts.server.start('dnsmasq', '-k', '-C', '/dev/null', '--no-hosts', '--no-resolv',
                                    '-p', '53', '--user=root', f'--pid-file={WORK}/dnsmasq.pid',
                                    '--address=/lab.example/10.8.0.99', '--bind-interfaces',
                                    f'--listen-address={B}')
        wait_until('dnsmasq', lambda: hosts.server.run('ss', '-Hun', '-l', 'sport = :53'))
        client.python(DNS_QUERIES.format(server=B)).wait(10)
        server.terminate()
        server.wait()


DNS_QUERIES = '''
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2)
for i, name in enumerate((b"lab", b"nothing")):
    q = bytes([0, i, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name)]) + name
    s.sendto(q + b"\\x07example\\0\\0\\1\\0\\1", ("{server}", 53))
    try: s.recv(999)
    except OSError: pass
'''


def arping_kind():
    return subprocess.run(['arping', '-h'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False).stdout


def capture_both(hosts, path):
    """The same traffic by netinspect and by tcpdump: paths of the two files."""
    dump = start_tcpdump(hosts.client, 'eth0', f'{path}.tcpdump.pcap', TRAFFIC_FILTER)
    ours = Capture(hosts.client, '-i', 'eth0', '-w', f'{path}.pcapng', TRAFFIC_FILTER)
    all_kinds_of_traffic(hosts)
    time.sleep(0.3)
    # A packet may come in between: quiet first, then both stop.
    status = ours.stop()
    dump.send_signal(signal.SIGINT)
    dump.wait()
    expect(status == 0, f'exit status {status}: {ours.err()}')
    expect(ours.counts().get('dropped by kernel') == 0, ours.err())
    return f'{path}.pcapng', f'{path}.tcpdump.pcap', ours


def same_as_tcpdump(hosts):
    """The same packets: number, bytes, lengths, time stamps."""
    if lacks('tcpdump', 'ping'):
        return lacks('tcpdump', 'ping')
    ours_path, theirs_path, capture = capture_both(hosts, f'{WORK}/same')
    ours, theirs = pcapread.packets(ours_path), pcapread.packets(theirs_path)
    expect(len(theirs) >= 10, f'only {len(theirs)} packets')
    expect(len(ours) == len(theirs), f'{len(ours)} packets, tcpdump has {len(theirs)}')
    # Two packets at once on two processors may be swapped in one of them: by content, then time.
    def key(packet):
        return packet[2:], packet[:2]

    for a, b in zip(sorted(ours, key=key), sorted(theirs, key=key)):
        expect(a[2:] == b[2:], f'one of them alone has {min(a[3], b[3])[:80].hex()}')
        apart = abs((a[0] - b[0]) * 10**9 + a[1] - b[1])
        expect(apart < 5_000_000, f'time stamps are {apart} ns apart')
    captured = capture.counts().get('captured')
    expect(captured == len(ours), f'{captured} captured, {len(ours)} in the file')


def fields_agree_with_tshark(hosts):
    """What is written is read by tshark as by us."""
    if lacks('tcpdump', 'tshark', 'ping'):
        return lacks('tcpdump', 'tshark', 'ping')
    path, _, _ = capture_both(hosts, f'{WORK}/fields')
    oracle = os.path.join(libtest.TOP, 'tests', 'oracle', 'run')
    os.makedirs(f'{WORK}/oracle', exist_ok=True)
    # In a directory of its own: this one's lock is ours.
    ran = subprocess.run([sys.executable, oracle, path], cwd=f'{WORK}/oracle', text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                         env=libtest.environment(XDG_CACHE_HOME=f'{WORK}/oracle',
                                                 NETINSPECT=libtest.NETINSPECT))
    if ran.returncode == libtest.SKIPPED:
        return ran.stdout.splitlines()[0]
    expect(ran.returncode == 0, ran.stdout[-4000:])
    return None


def stopping_loses_nothing(hosts):
    """Stopped 0.1 s after two packets, both are shown."""
    if lacks('ping'):
        return lacks('ping')
    ping(hosts.client, B)               # so that ARP is over
    for attempt in range(3):
        capture = Capture(hosts.client, '-i', 'eth0', 'icmp')
        ping(hosts.client, B)
        status = capture.stop(pause=0.1)
        expect(status == 0, f'exit status {status}: {capture.err()}')
        expect(len(capture.lines()) == 2,
               f'attempt {attempt}: {len(capture.lines())} of 2 packets:\n{capture.out()}')
        expect(capture.counts().get('captured') == 2, capture.err())
    return None


def statistics_on_usr1(hosts):
    """SIGUSR1 prints the counts, and the capture goes on."""
    capture = Capture(hosts.client, '-i', 'eth0', '-l', 'icmp')
    ping(hosts.client, B, 2)
    wait_until('four packets', lambda: len(capture.lines()) >= 4)
    capture.signal(signal.SIGUSR1)
    wait_until('statistics', lambda: 'packets captured' in capture.err(), 3)
    expect(capture.counts()['captured'] == 4, capture.err())
    ping(hosts.client, B, 1)
    status = capture.stop()
    expect(status == 0, f'exit status {status}')
    counts = capture.counts()           # the last ones
    expect(counts['captured'] == 6 and counts['received by filter'] >= 6, capture.err())
    expect(counts['dropped by kernel'] == 0, capture.err())


def packet_count(hosts):
    """-c stops after so many packets that pass the filter."""
    capture = Capture(hosts.client, '-i', 'eth0', '-c', '3', 'icmp')
    ping(hosts.client, B, 4)
    expect(capture.wait() == 0, capture.err())
    expect(len(capture.lines()) == 3, capture.out())


def autostop(hosts):
    """-a packets:, duration: and filesize: end the capture."""
    capture = Capture(hosts.client, '-i', 'eth0', '-a', 'packets:2', 'icmp')
    ping(hosts.client, B, 2)
    expect(capture.wait() == 0 and len(capture.lines()) == 2, capture.out() + capture.err())
    started = time.monotonic()
    capture = Capture(hosts.client, '-i', 'eth0', '-a', 'duration:1', 'icmp')
    expect(capture.wait() == 0, capture.err())
    took = time.monotonic() - started
    expect(0.9 < took < 2.5, f'-a duration:1 took {took:.2f} s')
    path = f'{WORK}/limit.pcap'
    capture = Capture(hosts.client, '-i', 'eth0', '-w', path, '-a', 'filesize:4', 'icmp')
    hosts.client.run('ping', '-n', '-c', '10', '-i', '0.02', '-s', '1000', B)
    expect(capture.wait() == 0, capture.err())
    size = os.path.getsize(path)
    expect(4000 <= size <= 7000, f'-a filesize:4 made {size} bytes')
    pcapread.packets(path)


def ring_files(hosts):
    """-b goes on in the next file and keeps so many; no packet falls in between."""
    directory = f'{WORK}/ring'
    os.makedirs(directory)
    capture = Capture(hosts.client, '-i', 'eth0', '-w', f'{directory}/r.pcapng', '-b', 'packets:4',
                      'icmp')
    ping(hosts.client, B, 7, 0.02)
    expect(capture.stop() == 0, capture.err())
    names = sorted(os.listdir(directory))
    expect(len(names) == 4, f'14 packets by fours are in {names}')
    expect(all(re.fullmatch(r'r_\d{5}_\d{14}\.pcapng', name) for name in names), str(names))
    found = [p for name in names for p in pcapread.packets(f'{directory}/{name}')]
    expect(len(found) == 14, f'{len(found)} of 14 packets')
    shutil.rmtree(directory)
    os.makedirs(directory)
    capture = Capture(hosts.client, '-i', 'eth0', '-w', f'{directory}/r.pcap', '-b', 'packets:2',
                      '-b', 'files:2', 'icmp')
    ping(hosts.client, B, 5, 0.02)
    expect(capture.stop() == 0, capture.err())
    names = sorted(os.listdir(directory))
    expect(len(names) == 2, f'-b files:2 left {names}')
    found = [p for name in names for p in pcapread.packets(f'{directory}/{name}')]
    expect(2 < len(found) <= 4, f'{len(found)} packets in the last two files')


def files_belong_to_who_called_sudo(hosts):
    """-w under sudo: the file, and the process, are the user's."""
    path = f'{WORK}/open'
    os.makedirs(path, exist_ok=True)
    os.chmod(path, 0o777)
    capture = Capture(hosts.client, '-i', 'eth0', '-w', f'{path}/mine.pcap', 'icmp',
                      env={'SUDO_UID': str(NOBODY), 'SUDO_GID': str(NOBODY), 'SUDO_USER': 'nobody'})
    with open(f'/proc/{capture.process.pid}/status', encoding='utf-8') as file:
        status = file.read()
    expect(re.search(rf'^Uid:\t{NOBODY}\t{NOBODY}\t{NOBODY}', status, re.M),
           'privileges were not given up:\n' + status)
    expect(re.search(r'^CapEff:\t0+$', status, re.M), 'capabilities are left:\n' + status)
    expect(re.search(r'^NoNewPrivs:\t1$', status, re.M), 'no_new_privs is not set')
    ping(hosts.client, B, 2)
    expect(capture.stop() == 0, capture.err())
    owner = os.stat(f'{path}/mine.pcap')
    expect((owner.st_uid, owner.st_gid) == (NOBODY, NOBODY), f'owner {owner.st_uid}')
    expect(len(pcapread.packets(f'{path}/mine.pcap')) == 4, 'packets are missing')
    os.makedirs(f'{path}/ring', exist_ok=True)
    os.chmod(f'{path}/ring', 0o777)
    capture = Capture(hosts.client, '-i', 'eth0', '-w', f'{path}/ring/r.pcap', '-b', 'packets:2',
                      'icmp', env={'SUDO_UID': str(NOBODY), 'SUDO_GID': str(NOBODY),
                                   'SUDO_USER': 'nobody'})
    ping(hosts.client, B, 2)
    expect(capture.stop() == 0, capture.err())
    owners = {os.stat(f'{path}/ring/{name}').st_uid for name in os.listdir(f'{path}/ring')}
    expect(owners == {NOBODY}, f'ring files belong to {owners}')


def all_interfaces_at_once(hosts):
    """-i any sees the cable and the loopback."""
    capture = Capture(hosts.client, '-i', 'any', '-w', f'{WORK}/any.pcapng', 'icmp')
    ping(hosts.client, B, 1)
    ping(hosts.client, '127.0.0.1', 1)
    expect(capture.stop() == 0, capture.err())
    lines = libtest.run('-r', f'{WORK}/any.pcapng', '-T', 'fields', '-e', 'ip.src', '-e', 'ip.dst',
                        '-e', '_ws.col.Protocol').out.decode().splitlines()
    expect(f'{A}\t{B}\tICMP' in lines and f'{B}\t{A}\tICMP' in lines, '\n'.join(lines))
    expect(lines.count('127.0.0.1\t127.0.0.1\tICMP') >= 2, '\n'.join(lines))


def two_interfaces(hosts):
    """Two -i: both, in the order of time, each with its name."""
    capture = Capture(hosts.client, '-i', 'eth0', '-i', 'lo', '-w', f'{WORK}/two.pcapng', 'icmp')
    for _ in range(3):
        ping(hosts.client, B, 1)
        ping(hosts.client, '127.0.0.1', 1)
    expect(capture.stop() == 0, capture.err())
    lines = libtest.run('-r', f'{WORK}/two.pcapng', '-T', 'fields', '-e', 'frame.interface_name',
                        '-e', 'frame.time_epoch').out.decode().splitlines()
    names = [line.split('\t')[0] for line in lines]
    expect(names.count('eth0') == 6, f'eth0: {names}')
    expect(names.count('lo') == 6, f'lo: {names}')
    times = [line.split('\t')[1] for line in lines]
    expect(times == sorted(times), 'not in the order of time')


def without_permission(hosts):
    """Nobody is told, in one line and a hint, what to type."""
    if lacks('setpriv'):
        return lacks('setpriv')
    program = f'{WORK}/netinspect'
    shutil.copy(libtest.NETINSPECT, program)
    os.chmod(program, 0o755)
    capture = Capture(hosts.client, '-i', 'eth0', program=program, wait=False,
                      before=('setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}',
                              '--clear-groups', '--inh-caps=-all', '--bounding-set=-all'))
    status = capture.wait()
    lines = capture.err().splitlines()
    expect(status == 1, f'exit status {status}: {capture.err()}')
    expect(1 <= len(lines) <= 2 and lines[0].startswith('netinspect: '), capture.err())
    expect('sudo ' in capture.err() and 'setcap cap_net_raw,cap_net_admin' in capture.err(),
           capture.err())
    return None


def what_netfilter_logs(hosts):
    """A device that is no network interface: it may have nothing to say for a while."""
    if lacks('nft', 'ping'):
        return lacks('nft', 'ping')
    for words in ('add table inet seen',
                  'add chain inet seen out { type filter hook output priority 0 ; }',
                  'add rule inet seen out icmp type echo-request log group 0'):
        hosts.client.run('nft', *words.split())
    try:
        capture = Capture(hosts.client, '-i', 'nflog', '-c', '3')
        time.sleep(0.3)
        expect(capture.process.poll() is None, capture.err())
        ping(hosts.client, B, 3)
        expect(capture.wait() == 0, capture.err())
        expect(len(capture.lines()) == 3, f'{len(capture.lines())} packets')
    finally:
        hosts.client.run('nft', 'delete', 'table', 'inet', 'seen')
    return None


def system_calls_are_limited(hosts):
    """While packets are looked at the kernel refuses what is not on a list."""
    if not limits_calls():
        return 'built without libseccomp, or with a sanitizer'
    for option, mode in (([], '2'), (['--no-sandbox'], '0')):
        capture = Capture(hosts.client, '-i', 'eth0', '-Y', 'http.host matches "a|b"', *option)
        expect(status(capture.process.pid, 'Seccomp') == mode, f'{option}: not mode {mode}')
        expect(capture.stop(0) == 0, capture.err())
        expect('sandbox' not in capture.err(), capture.err())
    return None


def interface_list(hosts):
    """-D has names, addresses and state; -L the link types; numbers from -D work."""
    listed = hosts.client.run(libtest.NETINSPECT, '-D')
    expect(re.search(rf'eth0.*{A}', listed), listed)
    expect(re.search(r'\blo\b.*127\.0\.0\.1', listed), listed)
    types = hosts.client.run(libtest.NETINSPECT, '-i', 'eth0', '-L')
    expect('EN10MB' in types, types)
    number = re.search(r'^\s*(\d+)\.?\s+eth0', listed, re.M)
    expect(number, listed)
    capture = Capture(hosts.client, '-i', number[1], '-c', '1', 'icmp')
    ping(hosts.client, B)
    expect(capture.wait() == 0 and len(capture.lines()) == 1, capture.err())


def snap_length(hosts):
    """-s cuts, and a cut packet is not called malformed."""
    path = f'{WORK}/snap.pcap'
    capture = Capture(hosts.client, '-i', 'eth0', '-s', '60', '-w', path, '-P', 'icmp')
    hosts.client.run('ping', '-n', '-c', '2', '-i', '0.05', '-s', '400', B)
    expect(capture.stop() == 0, capture.err())
    found = pcapread.packets(path)
    expect({(p[2], len(p[3])) for p in found} == {(442, 60)}, 'not cut to 60 bytes')
    expect(len(capture.lines()) == 4, '-P prints as well:\n' + capture.out())
    expect('alformed' not in capture.out(), capture.out())


def interface_that_goes_away(hosts):
    """The capture ends with a word, and what there was is whole."""
    hosts.client.run('ip', 'link', 'add', 'gone0', 'type', 'veth', 'peer', 'name', 'gone1')
    for name, address in (('gone0', '10.9.1.1/24'), ('gone1', '10.9.1.2/24')):
        hosts.client.run('ip', 'address', 'add', address, 'dev', name)
        hosts.client.run('ip', 'link', 'set', name, 'up')
    capture = Capture(hosts.client, '-i', 'gone0', '-w', f'{WORK}/gone.pcap', 'arp')
    hosts.client.run('ping', '-n', '-c', '1', '-W', '1', '-I', 'gone0', '10.9.1.77', check=False)
    hosts.client.run('ip', 'link', 'del', 'gone0')
    status = capture.wait()
    expect(status in (0, 1), f'exit status {status}')
    expect('gone0' in capture.err(), 'not a word about the interface:\n' + capture.err())
    expect(len(pcapread.packets(f'{WORK}/gone.pcap')) >= 1, 'the file is empty')


def a_flood_without_loss(hosts):
    """A hundred thousand small packets at once, into a file."""
    if lacks('ping'):
        return lacks('ping')
    path = f'{WORK}/flood.pcap'
    capture = Capture(hosts.client, '-i', 'lo', '-w', path, 'udp port 9999')
    hosts.client.python(FLOOD).wait(60)
    expect(capture.stop() == 0, capture.err())
    counts = capture.counts()
    found = len(pcapread.packets(path))
    expect(found == counts['captured'], f'{counts["captured"]} captured, {found} in the file')
    expect(counts['dropped by kernel'] == 0 and found == 100000,
           f'{found} of 100000 in the file; {capture.err()}')
    return None


FLOOD = '''
import socket
r = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); r.bind(("127.0.0.1", 9999))
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(("127.0.0.1", 9999))
for i in range(100000): s.send(b"x" * 64)
'''

CASES = [same_as_tcpdump, fields_agree_with_tshark, stopping_loses_nothing, statistics_on_usr1,
         packet_count, autostop, ring_files, files_belong_to_who_called_sudo,
         all_interfaces_at_once, two_interfaces, without_permission, system_calls_are_limited,
         what_netfilter_logs, interface_list, snap_length, interface_that_goes_away, a_flood_without_loss]
