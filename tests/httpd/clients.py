#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""netinspect-httpd and the clients that people use: curl, wrk, ab, a browser.

Usage: clients.py SERVER

Those that are not installed are skipped and said so. Loopback only.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from probes import Server, check, failures, make_root

BINARY = sys.argv[1]
MODELS = os.environ.get('NI_MODELS', 'epoll-et epoll-lt thread pool coroutine').split()


def run(*command, timeout=60, **more):
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False,
                          **more)


def curl(root):
    """Ranges, a resumed download, a conditional request, an upload with 100-continue, HEAD."""
    s = Server(BINARY, MODELS[0], '--root', root)
    base = f'http://127.0.0.1:{s.port}'
    got = os.path.join(root, 'got')
    whole = os.path.join(root, 'big.bin')
    with open(whole, 'rb') as f:
        content = f.read()
    p = run('curl', '-sS', '-r', '0-99', '-o', got, base + '/big.bin')
    p2 = run('curl', '-sS', '-C', '-', '-o', got, base + '/big.bin')
    with open(got, 'rb') as f:
        check('curl', 'resumed download', f.read() == content, p.stderr + p2.stderr)
    etags = os.path.join(root, 'etag')
    run('curl', '-sS', '--etag-save', etags, '-o', os.devnull, base + '/file.txt')
    p = run('curl', '-sS', '--etag-compare', etags, '-o', os.devnull, '-w', '%{http_code}',
            base + '/file.txt')
    check('curl', 'etag', p.stdout == '304', p.stdout + p.stderr)
    p = run('curl', '-sS', '-H', 'Expect: 100-continue', '--data-binary', '@' + whole, '-o', got,
            '-w', '%{http_code}', base + '/echo')
    with open(got, 'rb') as f:
        check('curl', 'upload', p.stdout == '200' and f.read() == content, p.stdout + p.stderr)
    p = run('curl', '-sS', '-H', 'Transfer-Encoding: chunked', '-T', whole, '-o', got,
            base + '/echo')
    with open(got, 'rb') as f:
        check('curl', 'chunked upload', f.read() == content, p.stderr)
    p = run('curl', '-sS', '--compressed', base + '/a.css')
    check('curl', 'compressed', p.stdout == 'body { color: red }\n' * 20, p.stderr)
    p = run('curl', '-sSI', base + '/file.txt')
    check('curl', 'HEAD', 'Content-Length: 1000' in p.stdout, p.stdout + p.stderr)
    p = run('curl', '-sS', '--http1.0', '-o', os.devnull, '-w', '%{http_code} %{size_download}',
            base + '/file.txt', base + '/file.txt', '-o', os.devnull)
    check('curl', 'HTTP/1.0', p.stdout == '200 1000200 1000', p.stdout + p.stderr)
    s.stop()


def wrk(root):
    for model in MODELS:
        s = Server(BINARY, model, '--root', root)
        for fields in ([], ['-H', 'Connection: close']):
            p = run('wrk', '-t1', '-c8', '-d1s', *fields, f'http://127.0.0.1:{s.port}/file.txt')
            n = re.search(r'(\d+) requests in', p.stdout)
            # wrk 4.1 counts the end of a response as a read error if the connection closes.
            good = n and int(n.group(1)) > 50 and 'Non-2xx' not in p.stdout and \
                not re.search(r'(connect|write|timeout) [1-9]', p.stdout)
            check(model, 'wrk' + ' '.join(fields), good, p.stdout + p.stderr)
        s.stop()


def ab(root):
    for model in MODELS:
        s = Server(BINARY, model, '--root', root)
        for options in (['-k'], []):
            p = run('ab', '-q', '-n', '500', '-c', '8', *options,
                    f'http://127.0.0.1:{s.port}/file.txt')
            good = re.search(r'Complete requests: +500\n', p.stdout) and \
                re.search(r'Failed requests: +0\n', p.stdout) and 'Non-2xx' not in p.stdout
            check(model, 'ab ' + ' '.join(options), good, p.stdout + p.stderr)
        s.stop()


def chromium(root):
    """The built-in site: the page asks for its style sheet, its picture and its script."""
    log = os.path.join(root, 'log')
    s = Server(BINARY, MODELS[0], '--access-log', log, '--log-format', 'json')
    name = shutil.which('chromium') or shutil.which('chromium-browser')
    with tempfile.TemporaryDirectory() as profile:
        p = run(name, '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
                '--disable-background-networking', '--disable-component-update', '--disable-sync',
                '--disable-default-apps', '--disable-extensions', '--no-proxy-server',
                '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
                '--user-data-dir=' + profile, '--timeout=20000', '--dump-dom',
                f'http://127.0.0.1:{s.port}/')
    s.stop()
    with open(log, encoding='utf-8') as f:
        asked = {e['request']: e['status'] for e in map(json.loads, f) if 'request' in e}
    check('chromium', 'page', '<h1' in p.stdout, p.stdout[:500] + p.stderr[-500:])
    for name in ('style.css', 'script.js'):
        check('chromium', name, any(name in k and v == 200 for k, v in asked.items()), asked)
    check('chromium', 'picture', any('.svg' in k or '.png' in k for k in asked), asked)


def main():
    tried = 0
    with tempfile.TemporaryDirectory() as root:
        make_root(root)
        for test in (curl, wrk, ab, chromium):
            if shutil.which(test.__name__) or \
                    (test is chromium and shutil.which('chromium-browser')):
                tried += 1
                test(root)
            else:
                print(f'skipped {test.__name__}: not installed')
    print(f'{tried} clients, {len(failures)} failures')
    return 1 if failures else 0 if tried == 4 else 77


if __name__ == '__main__':
    sys.exit(main())
