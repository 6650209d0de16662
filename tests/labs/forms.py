# SPDX-License-Identifier: GPL-2.0-or-later
"""What a teacher may be handed: the files that the commands in `expected` here are about.

The lab ./nat is about two captures that lie in captures/; its only valid seed is 7, for the number of
a frame stands for what a run would have left in them.
"""

import os

LAB = '''title  What the gateway changes
title.zh_CN  网关改写了什么
draw   what   ttl id
capture inside  gateway lan0
capture outside gateway wan0
valid  inside | frame.number == {seed} && tcp.flags == 0x002
valid  outside | tcp.flags == 0x002
let    sport  inside | tcp.flags == 0x002 | first tcp.srcport
let    ttl    inside | tcp.flags == 0x002 | first ip.ttl

question source
	kind     address
	text     From which address do requests come outside?
	text.zh_CN 在外侧，请求来自哪个地址？
	value    outside | tcp.flags == 0x002 | first ip.src
	wrong    inside | tcp.flags == 0x002 | first ip.src
		That is the address inside of the gateway.
	wrong.zh_CN 这是网关内侧的地址。

question ttl
	text     Which TTL have they there?
	text.zh_CN 那里的 TTL 是多少？
	value    calc {ttl} - 1
	wrong    {ttl}
		A gateway is a router: it takes one off.
	wrong.zh_CN 网关也是路由器：要减一。
	predict

question ends
	kind     tuple
	text     Between which ports is the first connection?
	text.zh_CN 第一个连接在哪两个端口之间？
	value    inside | tcp.flags == 0x002 | first tcp.srcport tcp.dstport

question asked
	kind     list
	text     Which pages are asked for, in their order?
	text.zh_CN 依次请求了哪些网页？
	value    outside | http.request | list http.request.uri

question who
	kind     word
	choices  client=192.168.7.10 server=203.0.113.80 neither
	text     Who closes first?
	text.zh_CN 哪一端先关闭？
	value    inside | tcp.flags.fin == 1 | first ip.src
'''

RIGHT = '''lab = nat
seed = 7
source = 203.0.113.1
ttl = 63
ends = {port} → 7788
asked = /index.html, /style.css
who = client
'''


def form(**answers):
    lines = ['lab = nat', 'seed = 7'] + [f'{k} = {v}' for k, v in answers.items()]
    return '\n'.join(lines).encode() + b'\n'


def files(captures):
    """Every file by its path, and its bytes."""
    sides = {}
    for side in 'inside', 'outside':
        with open(os.path.join(captures, f'nat-{side}.pcap'), 'rb') as file:
            sides[side] = file.read()
    chinese = '# 请填写\nlab = nat\nseed = 7\nwho = 客户端\nttl ＝ ６３\n'
    made = {
        'nat/lab': LAB.encode(),
        'broken/lab': b'title Broken\nquestion one\n\tkind colour\n',
        'inside.pcap': sides['inside'],
        'outside.pcap': sides['outside'],
        'client.pcap': sides['inside'],
        'cut/inside.pcap': sides['inside'][:500],
        'text/inside.pcapng': b'This is not a capture.\n',
        'form.txt': form(ttl=64, who='server', source='192.168.7.10'),
        'odd.txt': form(ttl='63 or 64', source='the gateway', who='nobody', ends='33502:7788'),
        'binary.txt': bytes(range(256)) * 8,
        'gbk.txt': chinese.encode('gb18030'),
        'utf8.txt': b'\xef\xbb\xbf' + chinese.replace('\n', '\r\n').encode(),
        'utf16.txt': chinese.encode('utf-16'),
        'escape.txt': form(who='\x1b[31mclient'),
        'no-seed.txt': b'ttl = 63\n',
        'other-seed.txt': b'seed = 8\nttl = 63\n',
        'bad-seed.txt': b'seed = ../../etc\nttl = 63\n',
        'other-lab.txt': b'lab = 10-teardown\nseed = 7\n',
        'misspelt.txt': form(tttl=63),
        'twice.txt': form(ttl=63) + b'ttl = 64\n',
        'no-equals.txt': form() + b'ttl 63\n',
        'long.txt': form(ttl='6' * 5000),
        'class/a-1/answers.txt': RIGHT.replace('{port}', '33502').encode(),
        'class/b-2/answers.txt': form(ttl=64, who=''),
        'class/b-2/predictions': form(ttl=63),
        'class/c-3/notes.txt': b'',
        'class/\x1b[31md/answers.txt': b'\0',
    }
    for student in 'a-1', 'b-2', 'c-3', '\x1b[31md':
        for side, data in sides.items():
            made[f'class/{student}/{side}.pcap'] = data
    return made


def make(captures):
    """Makes them in the current directory."""
    for path, data in files(captures).items():
        os.makedirs(os.path.dirname(path) or '.', exist_ok=True)
        with open(path, 'wb') as file:
            file.write(data)
    with open('huge.txt', 'wb') as file:
        file.truncate(1 << 30)      # a hole: it takes no space
    if not os.path.exists('fifo.txt'):
        os.mkfifo('fifo.txt')
