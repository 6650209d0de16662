/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small site inside the program: a page that makes a browser ask for more, and one that says
 * what to look for in netinspect while it does. See site.h. */
#include <string.h>

#include "site.h"

/* clang-format off */
static const char index_html[] =
"<!doctype html>\n"
"<html lang=\"en\">\n"
"<head>\n"
"<meta charset=\"utf-8\">\n"
"<title>netinspect-httpd</title>\n"
"<link rel=\"stylesheet\" href=\"/style.css\">\n"
"<link rel=\"icon\" href=\"/picture.svg\">\n"
"</head>\n"
"<body>\n"
"<h1>It works</h1>\n"
"<p><img src=\"/picture.svg\" alt=\"two hosts and a wire\" width=\"320\" height=\"90\"></p>\n"
"<p>This page came over TCP. To show it, your browser asked for a style sheet, a picture and a\n"
"script as well: <span id=\"count\">several</span> requests, perhaps over one connection.</p>\n"
"<ul>\n"
"<li><a href=\"/what-to-look-for.html\">What to look for in netinspect</a></li>\n"
"<li><a href=\"/status.html\">What this server's sockets say of themselves</a></li>\n"
"<li><a href=\"/stream\">A response in chunks</a>,\n"
"<a href=\"/?drip=100/300\">one that drips</a>,\n"
"<a href=\"/?close-first=server&amp;http10\">one that ends the connection</a>,\n"
"<a href=\"/nothing-here\">one that fails</a></li>\n"
"</ul>\n"
"<form method=\"post\" action=\"/echo\"><input name=\"text\" value=\"hello\">\n"
"<button>POST it</button></form>\n"
"<script src=\"/script.js\"></script>\n"
"</body>\n"
"</html>\n";

static const char look_html[] =
"<!doctype html>\n"
"<html lang=\"en\">\n"
"<head>\n"
"<meta charset=\"utf-8\">\n"
"<title>What to look for</title>\n"
"<link rel=\"stylesheet\" href=\"/style.css\">\n"
"</head>\n"
"<body>\n"
"<h1>What to look for</h1>\n"
"<p>In a terminal: <code>sudo netinspect -i lo 'tcp port 7788'</code>. Then load the "
"<a href=\"/\">first page</a>.</p>\n"
"<ol>\n"
"<li>The three-way handshake: SYN, SYN-ACK, ACK. Which side sent the first?</li>\n"
"<li>The request: how many bytes, and which ACK covers them?</li>\n"
"<li>How many requests share one connection? Compare with <code>/?http10</code>.</li>\n"
"<li>The close: who sends the first FIN, and how many segments does it take? Usually three; with\n"
"<code>/?close-first=client&amp;close-delay=60</code> the textbook's four.</li>\n"
"<li>The reset: <code>/?abort=linger0</code>. Who is in TIME_WAIT now?</li>\n"
"<li>Chunks: <code>/stream?chunks=1,10,100</code>. Find the sizes in the bytes.</li>\n"
"</ol>\n"
"</body>\n"
"</html>\n";

static const char style_css[] =
"body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; "
"padding: 0 1rem; color: #222; background: #fff }\n"
"h1 { color: #14507a }\n"
"code { background: #eef3f7; padding: 0 .2em }\n"
"table { border-collapse: collapse } td, th { padding: .1em .6em; border: 1px solid #bbb }\n"
"@media (prefers-color-scheme: dark) { body { color: #ddd; background: #181c20 } "
"h1 { color: #8cc4ee } code { background: #2a3138 } a { color: #9fd0f5 } }\n";

static const char picture_svg[] =
"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 320 90\">\n"
"<g fill=\"none\" stroke=\"#14507a\" stroke-width=\"3\">\n"
"<rect x=\"8\" y=\"15\" width=\"80\" height=\"50\" rx=\"5\"/>\n"
"<rect x=\"232\" y=\"15\" width=\"80\" height=\"50\" rx=\"5\"/>\n"
"<path d=\"M92 30h132m-12-8l12 8-12 8M228 52H96m12-8l-12 8 12 8\"/>\n"
"</g>\n"
"<g font-family=\"sans-serif\" font-size=\"13\" fill=\"#14507a\" text-anchor=\"middle\">\n"
"<text x=\"48\" y=\"45\">client</text><text x=\"272\" y=\"45\">server</text>\n"
"<text x=\"160\" y=\"24\">SYN</text><text x=\"160\" y=\"72\">SYN, ACK</text>\n"
"</g>\n"
"</svg>\n";

static const char script_js[] =
"'use strict';\n"
"addEventListener('load', () => {\n"
"\tconst n = performance.getEntriesByType('resource').length + 1;\n"
"\tdocument.getElementById('count').textContent = String(n);\n"
"});\n";
/* clang-format on */

enum { NFILES = 5 };

static const struct {
	const char *path, *text;
	size_t n;
} pages[NFILES] = {
    {"index.html", index_html, sizeof(index_html) - 1},
    {"what-to-look-for.html", look_html, sizeof(look_html) - 1},
    {"style.css", style_css, sizeof(style_css) - 1},
    {"picture.svg", picture_svg, sizeof(picture_svg) - 1},
    {"script.js", script_js, sizeof(script_js) - 1},
};

struct builtin {
	struct ni_hd_site ops;
	struct ni_hd_file file[NFILES];
};

static int
builtin_open(struct ni_hd_site *s, const char *path, const struct ni_hd_file **f)
{
	struct builtin *b = (struct builtin *)(void *)s;
	if (!*path)
		return NI_HD_SITE_DIR;
	for (unsigned i = 0; i < NFILES; i++) {
		if (!strcmp(path, pages[i].path)) {
			*f = &b->file[i];
			return NI_HD_SITE_FILE;
		}
	}
	return 404;
}

static void
builtin_put(struct ni_hd_site *s, const struct ni_hd_file *f)
{
	(void)s;
	(void)f;
}

struct ni_hd_site *
ni_hd_site_builtin(void)
{
	enum { MADE = 1767225600 }; /* 2026-01-01: the pages change with the program only */
	static struct builtin b = {.ops = {.open = builtin_open, .put = builtin_put}};
	for (unsigned i = 0; i < NFILES; i++) {
		b.file[i].fd = -1;
		b.file[i].mem = pages[i].text;
		b.file[i].size = pages[i].n;
		b.file[i].mtime = MADE;
		ni_hd_file_describe(&b.file[i], pages[i].path, i);
	}
	return &b.ops;
}
