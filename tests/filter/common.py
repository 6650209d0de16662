# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames that filters are tried on, and the two programs that say which of them match."""

import concurrent.futures
import gzip
import os
import re
import struct
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import libtest  # noqa: E402

ETHERNET = 1
START = 1700000000
BATCH = 40              # filters that one run of tshark answers
MAGIC = {b'\xd4\xc3\xb2\xa1': '<', b'\xa1\xb2\xc3\xd4': '>',
         b'\x4d\x3c\xb2\xa1': '<', b'\xa1\xb2\x3c\x4d': '>'}


def frames(path):
    """(link type, [(length on the wire, bytes)]) of a pcap file; (None, []) of others."""
    with open(path, 'rb') as file:
        data = file.read()
    if path.endswith('.gz'):
        data = gzip.decompress(data)
    order = MAGIC.get(data[:4])
    if not order or len(data) < 24:
        return None, []
    link = struct.unpack(order + 'I', data[20:24])[0] & 0xffff
    found, at = [], 24
    while at + 16 <= len(data):
        captured, length = struct.unpack(order + 'II', data[at + 8:at + 16])
        at += 16
        if at + captured > len(data):
            break
        found.append((length, data[at:at + captured]))
        at += captured
    return link, found


def merge(paths, out, most):
    """Writes at most `most` frames of each capture into one, a millisecond apart, so that the
    time says which frame it is. Returns the names of the captures by frame, from 1."""
    names = ['']
    with open(out, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, ETHERNET))
        for path in paths:
            link, found = frames(path)
            if link != ETHERNET:
                continue
            for length, data in found[:most]:
                ms = len(names)
                file.write(struct.pack('<IIII', START + ms // 1000, ms % 1000 * 1000, len(data),
                                       length) + data)
                names.append(libtest.short_name(path))
        # io,stat does not show the last interval: it gets a frame that nobody asks for.
        ms = len(names)
        file.write(struct.pack('<IIII', START + ms // 1000, ms % 1000 * 1000, 14, 14) + bytes(14))
    return names


def tshark(*arguments):
    """Runs tshark; (standard output, what it complained about)."""
    ran = subprocess.run(['tshark', '-n', '-2', *arguments], text=True, errors='replace',
                         env=libtest.environment(), stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    errors = [line for line in ran.stderr.splitlines() if not line.startswith('Running as')]
    return ran.stdout, '\n'.join(errors) if ran.returncode else ''


def numbers(text):
    return frozenset(int(line) for line in text.split())


def ask_one(capture, text):
    """Frames that tshark finds, or what it says is wrong."""
    out, err = tshark('-r', capture, '-Y', text, '-T', 'fields', '-e', 'frame.number')
    return err or numbers(out)


def ask_batch(capture, texts):
    """The same for many filters without commas, in one run: a statistic that counts frames in
    each millisecond, a column a filter."""
    out, err = tshark('-q', '-r', capture, '-z', 'io,stat,0.001,' + ','.join(texts))
    if err:
        if len(texts) == 1:
            return [err]
        half = len(texts) // 2
        return ask_batch(capture, texts[:half]) + ask_batch(capture, texts[half:])
    found = [set() for _ in texts]
    first = None
    for line in out.splitlines():
        row = re.match(r'\|\s*([0-9.]+) <>\s*\S+\s*\|(.*)\|$', line)
        if not row:
            continue
        ms = round(float(row[1]) * 1000)
        first = ms if first is None else first
        cells = row[2].split('|')
        for i in range(len(texts)):
            if int(cells[2 * i]):
                found[i].add(ms - first + 1)
    return [frozenset(one) for one in found]


def alone(text):
    """A comma would end the filter for io,stat, and there protocols have no length."""
    return ',' in text or 'len(' in text


def ask_tshark(capture, texts):
    """{filter: frames or complaint}."""
    plain = [text for text in texts if not alone(text)]
    batches = [plain[i:i + BATCH] for i in range(0, len(plain), BATCH)]
    answers = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        ones = [text for text in texts if alone(text)]
        for one, answer in zip(ones, pool.map(lambda text: ask_one(capture, text), ones)):
            answers[one] = answer
        for batch, found in zip(batches, pool.map(lambda b: ask_batch(capture, b), batches)):
            answers.update(zip(batch, found))
    return answers


def ask_us_one(capture, text):
    """Frames that we find, or the complaint."""
    ran = libtest.run('-r', capture, '-Y', text, '-T', 'fields', '-e', 'frame.number')
    if ran.broken() or ran.status:
        return ran.broken() or ran.text()
    return numbers(ran.out.decode())


def ask_us(capture, texts):
    """{filter: frames or complaint}."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return dict(zip(texts, pool.map(lambda text: ask_us_one(capture, text), texts)))


def strangers(capture):
    """Frames that hold protocols which we do not take apart, or take apart otherwise: whether the
    dissectors are right is the question of tests/oracle."""
    words = ('-r', capture, '-T', 'fields', '-e', 'frame.protocols')
    theirs = tshark(*words)[0].splitlines()
    ours = libtest.run(*words).out.decode().splitlines()
    return frozenset(n for n, (a, b) in enumerate(zip(theirs, ours), 1) if a != b)


def difference(names, ours, theirs):
    """What a person needs to see of two answers that are not the same."""
    if isinstance(ours, str) or isinstance(theirs, str):
        return '\n'.join(f'{who}: {answer if isinstance(answer, str) else "accepts it"}'
                         for who, answer in (('tshark', theirs), ('netinspect', ours)))
    lines = []
    for title, only in (('only netinspect', ours - theirs), ('only tshark', theirs - ours)):
        if only:
            shown = ', '.join(f'{n} ({names[n]})' for n in sorted(only)[:6])
            lines.append(f'{title}: {len(only)} frames: {shown}')
    return '\n'.join(lines)
