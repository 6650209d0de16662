#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An HTTP server whose only page comes in chunks, with extensions and trailers,
one chunk at a time (RFC 9112 section 7.1).

    chunked_server.py PORT
"""

import http.server
import sys
import time

CHUNKS = (b'A page that is not ready yet\n', b'comes in chunks, ', b'each with its length',
          b' in front of it.\n', b'x' * 2000 + b'\n')


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every GET alike."""
    protocol_version = 'HTTP/1.1'

    def version_string(self):
        return 'chunked'

    def do_GET(self):
        """The page."""
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Transfer-Encoding', 'chunked')
        self.send_header('Trailer', 'X-Lines')
        self.end_headers()
        for i, chunk in enumerate(CHUNKS):
            extension = b';first=yes' if i == 0 else b''
            self.wfile.write(b'%x%s\r\n%s\r\n' % (len(chunk), extension, chunk))
            time.sleep(0.05)
        self.wfile.write(b'0\r\nX-Lines: 3\r\n\r\n')

    def log_message(self, *_):
        """Keeps quiet."""


http.server.ThreadingHTTPServer(('', int(sys.argv[1])), Handler).serve_forever()
