# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters made at random out of the field tables.

Only fields are taken that both programs know under the same type and of which both print the same
in every frame: what is compared is the language, not the dissectors.
"""

import random
import re

import common
import libtest

FIELDS = 120            # that are looked at
NUMBERS = ('FT_UINT8', 'FT_UINT16', 'FT_UINT24', 'FT_UINT32', 'FT_UINT64', 'FT_INT32')
TYPES = NUMBERS + ('FT_STRING', 'FT_BYTES', 'FT_ETHER', 'FT_IPv4', 'FT_IPv6', 'FT_BOOLEAN',
                   'FT_RELATIVE_TIME')
ORDER = ('==', '!=', '<', '<=', '>', '>=', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', '===', '!==')
SAME = ('==', '!=', 'eq', 'ne', '===', '!==')


def table(text):
    """{key: type} of what -G fields prints; keys with two types are left out."""
    types = {}
    for line in text.splitlines():
        row = line.split('\t')
        if row[0] == 'F' and row[3] in TYPES:
            types[row[2]] = row[3] if types.get(row[2], row[3]) == row[3] else ''
    return types


def values(capture, keys, strange):
    """{key: distinct values}, of the fields that both programs print alike."""
    words = ['-r', capture, '-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=/s']
    for key in keys:
        words += ['-e', key]
    theirs = common.tshark(*words)[0].splitlines()
    ours = libtest.run(*words).out.decode('utf-8', 'replace').splitlines()
    found = {key: {} for key in keys}
    for n, (a, b) in enumerate(zip(ours, theirs), 1):
        if n in strange:
            continue
        for key, one, other in zip(keys, a.split('\t'), b.split('\t')):
            if one != other:
                found.pop(key, None)
            elif one and key in found:
                found[key][one] = True
    return {key: list(seen) for key, seen in found.items() if seen}


def quoted(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'


def of_number(rng, key, value):
    v = value.split(' ')[0]
    n = int(v, 0)
    low, high = max(0, n - rng.randint(0, 40)), n
    return rng.choice((
        f'{key} {rng.choice(ORDER)} {v}',
        f'{key} {rng.choice(ORDER)} {v}',
        f'{rng.choice(("any", "all"))} {key} {rng.choice(ORDER[:6])} {v}',
        f'{key} in {{{low}..{high}}}',
        f'{key} not in {{{low}..{high}}}',
        f'{key} & {rng.choice((1, 2, 4, 7, 0x10, 0xf0))}',
        f'{key} & {hex(rng.randint(1, 255))} == {rng.randint(0, 3)}',
        f'{key} % {rng.randint(2, 9)} == {rng.randint(0, 2)}',
        f'{key} + {rng.randint(1, 9)} {rng.choice(ORDER[:6])} {n + 3}',
        f'count({key}) {rng.choice(ORDER[:6])} {rng.randint(1, 3)}',
        f'{rng.choice(("min", "max"))}({key}) {rng.choice(ORDER[:6])} {v}',
    ))


def of_string(rng, key, value):
    a = rng.randrange(len(value))
    part = value[a:a + rng.randint(1, 6)]
    pattern = re.sub('([^A-Za-z0-9])', r'[\1]', part)
    return rng.choice((
        f'{key} {rng.choice(SAME)} {quoted(value)}',
        f'{key} contains {quoted(part)}',
        f'{key} matches {quoted(pattern)}',
        f'{key} {rng.choice(ORDER)} {quoted(part)}',
        f'upper({key}) contains {quoted(part.upper())}',
        f'lower({key}) == {quoted(value.lower())}',
        f'{key}[0:{len(value[:2])}] == {quoted(value[:2])}',
        f'count({key}) {rng.choice(ORDER[:6])} {rng.randint(1, 3)}',
    ))


def of_bytes(rng, key, value):
    plain = value.split(' ')[0].replace(':', '')[:40]
    pairs = [plain[i:i + 2] for i in range(0, len(plain), 2)]
    a = rng.randrange(len(pairs))
    part = ':'.join(pairs[a:a + rng.randint(2, 4)])
    n = rng.randint(1, min(3, len(pairs)))
    return rng.choice((
        f'{key} {rng.choice(ORDER)} {":".join(pairs[:6]) if len(pairs) > 5 else "00:11:22:33:44:55"}',
        f'{key}[0:{n}] {rng.choice(SAME[:2])} {":".join(pairs[:n])}',
        f'{key}[-1] == {pairs[-1]}',
        f'{key} contains {part if ":" in part else part + ":"}' if ':' in part else f'{key}',
        f'{key}[0] & {pairs[0]}',
    ))


def of_address(rng, key, value):
    v = value.split(' ')[0]
    bits = rng.randint(0, 128 if ':' in v else 32)
    return rng.choice((
        f'{key} {rng.choice(ORDER)} {v}',
        f'{key} == {v}/{bits}',
        f'{key} != {v}/{bits}',
        f'{key} in {{{v}..{v}}}',
        f'{rng.choice(("any", "all"))} {key} == {v}/{bits}',
        f'count({key}) == {rng.randint(1, 3)}',
    ))


def relation(rng, key, kind, seen):
    value = rng.choice(seen)
    if rng.random() < 0.1:
        return key
    if kind in NUMBERS:
        return of_number(rng, key, value)
    if kind == 'FT_BOOLEAN':
        return f'{key} {rng.choice(SAME)} {rng.randint(0, 1)}'
    if kind == 'FT_RELATIVE_TIME':
        return f'{key} {rng.choice(ORDER)} {value.split(" ")[0]}'
    if kind == 'FT_STRING':
        return of_string(rng, key, value)
    if kind in ('FT_IPv4', 'FT_IPv6'):
        return of_address(rng, key, value)
    return of_bytes(rng, key, value)


def combine(rng, make, depth):
    draw = rng.random()
    if depth > 3 or draw < 0.55:
        return make()
    if draw < 0.65:
        return f'{rng.choice(("not ", "!", "! "))}({combine(rng, make, depth + 1)})'
    join = rng.choice((' and ', ' && ', ' or ', ' || ', '&&', '||'))
    text = combine(rng, make, depth + 1) + join + combine(rng, make, depth + 1)
    return f'({text})' if rng.random() < 0.4 else text


def make(seed, count, capture, strange):
    """`count` filters, always the same for a seed and a capture."""
    rng = random.Random(seed)
    ours = table(libtest.run('-G', 'fields').out.decode())
    theirs = table(common.tshark('-G', 'fields')[0])
    keys = sorted(key for key, kind in ours.items() if kind and theirs.get(key) == kind)
    seen = values(capture, sorted(rng.sample(keys, min(FIELDS, len(keys))) +
                                  ['ip.ttl', 'ip.src', 'tcp.flags', 'http.host', 'eth.src']), strange)
    known = sorted(seen)

    def one():
        key = rng.choice(known)
        return relation(rng, key, ours[key], seen[key])

    texts = []
    while len(texts) < count:
        text = combine(rng, one, 0)
        if ',' not in text and '\n' not in text and text not in texts and text.isascii():
            texts.append(text)
    return texts
