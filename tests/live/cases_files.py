# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that come through pipes, grow while they are read, or go to readers that leave."""

import os
import re
import shlex
import signal
import struct
import subprocess
import time

import libtest
import pcapread
from cases_capture import expect, lacks, ping, start_tcpdump
from world import B, WORK, Capture, wait_until

HEADER = struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
ARP = bytes.fromhex('ffffffffffff 020000000001 0806 0001080006040001'
                    '020000000001 0a000001 000000000000 0a000002')


def record(i):
    return struct.pack('<IIII', 1700000000 + i, 0, len(ARP), len(ARP)) + ARP


def shell(hosts, command, limit=20):
    """Runs a shell command in the client's network: (status, out, err)."""
    process = hosts.client.start('bash', '-c', command, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=libtest.environment())
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise TimeoutError(f'{command}: {err.decode()}') from None
    return process.returncode, out.decode('utf-8', 'replace'), err.decode('utf-8', 'replace')


def tcpdump_through_a_pipe(hosts):
    """tcpdump -w - | netinspect -r -: shown while tcpdump still runs."""
    if lacks('tcpdump', 'ping'):
        return lacks('tcpdump', 'ping')
    log = f'{WORK}/pipe.log'
    with open(log, 'wb') as err:
        dump = hosts.client.start('tcpdump', '-Z', 'root', '-i', 'eth0', '-n', '-U', '-w', '-',
                                  '--immediate-mode', 'icmp', stdout=subprocess.PIPE, stderr=err)
    capture = Capture(hosts.client, '-r', '-', '-l', stdin=dump.stdout, wait=False)
    dump.stdout.close()
    wait_until('tcpdump', lambda: 'listening on' in open(log, encoding='utf-8').read())
    ping(hosts.client, B, 2)
    wait_until('four packets', lambda: len(capture.lines()) == 4, 3)
    dump.send_signal(signal.SIGINT)
    dump.wait()
    expect(capture.wait() == 0, capture.err())
    expect(len(capture.lines()) == 4, capture.out())
    return None


def a_fifo(hosts):
    """A FIFO whose writer is slow, also inside a record."""
    path = f'{WORK}/fifo'
    os.mkfifo(path)
    capture = Capture(hosts.client, '-r', path, '-l', wait=False)
    with open(path, 'wb', buffering=0) as file:
        data = HEADER + record(0) + record(1)
        for at in range(0, len(data), 37):
            file.write(data[at:at + 37])
            time.sleep(0.03)
        wait_until('two packets', lambda: len(capture.lines()) == 2, 3)
        file.write(record(2)[:20])
    status = capture.wait()
    expect(len(capture.lines()) == 2, capture.out())
    expect(status == 2 and len(capture.err().splitlines()) <= 2 and capture.err(),
           f'the last record is cut: status {status}, {capture.err()}')


def a_growing_file(hosts):
    """--follow shows what is appended, within a second, until it is told to stop."""
    path = f'{WORK}/growing.pcap'
    with open(path, 'wb') as file:
        file.write(HEADER + record(0))
    capture = Capture(hosts.client, '-r', path, '--follow', '-l', wait=False)
    wait_until('the first packet', lambda: len(capture.lines()) == 1, 3)
    with open(path, 'ab', buffering=0) as file:
        for i in range(1, 4):
            whole = record(i)
            file.write(whole[:25])
            time.sleep(0.1)
            file.write(whole[25:])
            wait_until(f'packet {i + 1}', lambda i=i: len(capture.lines()) == i + 1, 1.5)
    expect(capture.stop(pause=0.1) == 0, capture.err())
    expect(len(capture.lines()) == 4, capture.out())


def readers_that_leave(hosts):
    """`| head` ends everything at once, without a word."""
    path = f'{WORK}/many.pcap'
    with open(path, 'wb') as file:
        file.write(HEADER + b''.join(record(i) for i in range(200000)))
    program = shlex.quote(libtest.NETINSPECT)
    for form in ('text', 'tree', 'json', 'fields -e frame.number', 'report'):
        status, out, err = shell(hosts, f'{program} -r {path} -T {form} | head -n 1; '
                                        'echo "${PIPESTATUS[0]}" >&2')
        lines = err.split()
        expect(len(out.splitlines()) == 1, f'-T {form}: {out}')
        expect(status == 0 and lines == ['0'], f'-T {form}: status {err}')
    started = time.monotonic()
    capture = Capture(hosts.client, '-i', 'eth0', '-l', 'icmp', wait=False,
                      before=('bash', '-c', '"$@" | head -n 1', 'bash'))
    wait_until('netinspect to listen', lambda: 'Capturing on' in capture.err())
    ping(hosts.client, B, 4, 0.2)
    expect(capture.wait(5) == 0, 'a live capture outlives its reader')
    expect(time.monotonic() - started < 5, 'a live capture outlives its reader')
    expect(capture.err().count('\n') <= 5, capture.err())


def a_full_disk(hosts):
    """What cannot be written is said in one line, and the status is 1."""
    path = f'{WORK}/many.pcap'
    if not os.path.exists(path):
        with open(path, 'wb') as file:
            file.write(HEADER + b''.join(record(i) for i in range(200000)))
    program = shlex.quote(libtest.NETINSPECT)
    for command in (f'{program} -r {path} >/dev/full', f'{program} -r {path} -w /dev/full'):
        status, _, err = shell(hosts, command)
        expect(status == 1 and 1 <= len(err.splitlines()) <= 2, f'{command}: {status} {err}')
        expect('No space left' in err, f'{command}: {err}')


def writing_to_standard_output(hosts):
    """-w - is a capture file on standard output."""
    program = shlex.quote(libtest.NETINSPECT)
    path = f'{WORK}/few.pcap'
    with open(path, 'wb') as file:
        file.write(HEADER + record(0) + record(1))
    status, _, err = shell(hosts, f'{program} -r {path} -w - >{WORK}/copy.pcap')
    expect(status == 0, err)
    copy = pcapread.packets(f'{WORK}/copy.pcap')
    expect(copy == pcapread.packets(path), 'the copy differs')
    status, out, err = shell(hosts, f'{program} -r {path} -w - | {program} -r -')
    expect(status == 0 and len(out.splitlines()) == 2, out + err)


def files_are_written_as_they_were(hosts):
    """-r X -w Y keeps every packet, in each format, through a filter too."""
    if lacks('tcpdump', 'ping'):
        return lacks('tcpdump', 'ping')
    dump = start_tcpdump(hosts.client, 'eth0', f'{WORK}/orig.pcap', 'icmp')
    ping(hosts.client, B, 3)
    time.sleep(0.3)
    dump.send_signal(signal.SIGINT)
    dump.wait()
    original = pcapread.packets(f'{WORK}/orig.pcap')
    for suffix, arguments in (('pcap', []), ('pcapng', []), ('x', ['-F', 'nsecpcap'])):
        copy = f'{WORK}/copy.{suffix}'
        ran = libtest.run('-r', f'{WORK}/orig.pcap', '-w', copy, *arguments)
        expect(ran.status == 0, ran.text())
        expect(pcapread.packets(copy) == original, f'{suffix}: the copy differs')
    ran = libtest.run('-r', f'{WORK}/orig.pcap', '-w', f'{WORK}/part.pcap', 'icmp[0] == 8')
    expect(ran.status == 0, ran.text())
    expect(len(pcapread.packets(f'{WORK}/part.pcap')) == 3, 'a filter on a file')
    return None


def a_story_on_loopback(hosts):
    """A curl on lo is told as it happens: handshake, request, response, close; each line
    within a second, with the states of both sides."""
    if lacks('curl') or not hosts.has_nginx:
        return lacks('curl', 'nginx')
    server = hosts.server
    capture = Capture(server, '-i', 'lo', 'tcp port 7788', '-T', 'fields', '-l',
                      '-e', 'frame.time_epoch', '-e', 'tcp.state.client', '-e', 'tcp.state.server',
                      '-e', '_ws.col.Protocol', '-e', '_ws.col.Info')
    text = Capture(server, '-i', 'lo', 'tcp port 7788', '-l')
    server.run('curl', '-s', '-o', '/dev/null', 'http://127.0.0.1:7788/')
    done = time.time()
    wait_until('the close', lambda: 'TIME_WAIT' in capture.out(), 3)
    expect(time.time() - done < 1, f'the close is told {time.time() - done:.2f} s late')
    for running in (capture, text):
        expect(running.stop() == 0, running.err())
    rows = [line.split('\t') for line in capture.lines()]
    states = [tuple(row[1:3]) for row in rows]
    for step in (('SYN_SENT', 'SYN_RECEIVED'), ('ESTABLISHED', 'SYN_RECEIVED'),
                 ('ESTABLISHED', 'ESTABLISHED')):
        expect(step in states[:3], f'{step} is missing from {states[:3]}')
    infos = [row[4] for row in rows]
    expect(any(row[3] == 'HTTP' and row[4].startswith('GET / HTTP/1.1') for row in rows),
           '\n'.join(infos))
    expect(any(row[3] == 'HTTP' and row[4].startswith('HTTP/1.1 200 OK') for row in rows),
           '\n'.join(infos))
    expect('TIME_WAIT' in states[-1], f'at the end: {states[-1]}')
    for wanted in ('[SYN]', '[SYN, ACK]', 'GET / HTTP/1.1', '200 OK', '[FIN, ACK]'):
        expect(wanted in text.out(), f'{wanted} is missing:\n{text.out()}')
    expect(re.search(r'→ 7788 \[SYN\] Seq=0 Win=\d+ Len=0 MSS=\d+', text.out()), text.out())
    return None


CASES = [tcpdump_through_a_pipe, a_fifo, a_growing_file, readers_that_leave, a_full_disk,
         writing_to_standard_output, files_are_written_as_they_were, a_story_on_loopback]
