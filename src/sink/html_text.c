/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the page of --html is made of beside its content: escaping, style, and its one script. */
#include <stdint.h>

#include "html.h"
#include "netinspect/buf.h"

/* Bytes of the UTF-8 sequence at @s that a page may hold; 0: none. */
static size_t
good_sequence(const uint8_t *s, size_t n)
{
	char mem[16];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	size_t k = s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	if (!k || k > n)
		return 0;
	/* What need not be escaped for a terminal is harmless here, too. */
	ni_buf_escape(&b, s, k);
	return b.len == k && (uint8_t)mem[0] == s[0] ? k : 0;
}

void
ni_html_text(struct ni_buf *b, const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint8_t c = (uint8_t)s[i];
		const char *entity = c == '&'    ? "&amp;"
				     : c == '<'  ? "&lt;"
				     : c == '>'  ? "&gt;"
				     : c == '"'  ? "&quot;"
				     : c == '\'' ? "&#39;"
						 : NULL;
		size_t k = 1;
		if (entity)
			ni_buf_str(b, entity);
		else if (c >= 0x20 && c < 0x7f)
			ni_buf_c(b, (char)c);
		else if (c >= 0x80 && (k = good_sequence((const uint8_t *)s + i, n - i)))
			ni_buf_mem(b, s + i, k);
		else
			ni_buf_str(b, "\xef\xbf\xbd");
		i += k ? k : 1;
	}
}

/* clang-format off */
const char ni_html_style[] =
":root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#667079;--line:#d5dae0;--soft:#f4f6f8;"
"--good:#1a7f37;--warn:#9a5b00;--bad:#c4221b;--talk:#0a5fb4;--bar:#5b8fc7;--wait:#c9d3de}\n"
"@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#dde3e8;--dim:#8d98a3;--line:#333b43;"
"--soft:#1c2126;--good:#4fc26b;--warn:#e0a040;--bad:#ff6b62;--talk:#6cb2f5;--bar:#4a7eb5;--wait:#414c58}}\n"
"*{box-sizing:border-box}\n"
"body{margin:0 auto;max-width:72rem;padding:1.5rem 1.5rem 4rem;background:var(--bg);color:var(--fg);"
"font:15px/1.5 system-ui,sans-serif}\n"
"h1{font-size:1.5rem;margin:0 0 .25rem;overflow-wrap:anywhere}\n"
"h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-bottom:.25rem;border-bottom:2px solid var(--line)}\n"
"h3{font-size:1rem;margin:1.75rem 0 .5rem;overflow-wrap:anywhere}\n"
".n{color:var(--dim);font-weight:normal}h2 .n{float:right}\n"
"p{margin:.5rem 0}a{color:var(--talk);text-decoration:none}a:hover{text-decoration:underline}\n"
"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.25rem;margin:.5rem 0}\n"
"dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}\n"
".scroll{overflow-x:auto}\n"
"table{border-collapse:collapse;margin:.75rem 0;font-variant-numeric:tabular-nums}\n"
"th,td{padding:.2rem .75rem .2rem 0;text-align:left;vertical-align:top;white-space:pre}\n"
"td{border-top:1px solid var(--line)}th{color:var(--dim);font-weight:600}\n"
"td.long{white-space:pre-wrap;overflow-wrap:anywhere;min-width:5rem}\n"
".r{text-align:right}tbody tr:hover{background:var(--soft)}\n"
"th.sort{cursor:pointer}th[aria-sort=ascending]::after{content:\" \\25b4\"}th[aria-sort=descending]::after{content:\" \\25be\"}\n"
"input{font:inherit;color:inherit;background:var(--soft);border:1px solid var(--line);border-radius:4px;padding:.2rem .5rem;width:18rem;max-width:100%}\n"
"pre{font:13px/1.45 ui-monospace,monospace;overflow-x:auto;margin:.75rem 0}\n"
".dim{color:var(--dim)}.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}.note{color:inherit}.bold{font-weight:600}\n"
".story{max-width:60rem}\n"
"figure{margin:.75rem 0}figcaption{color:var(--dim);font-size:.9rem}\n"
"svg{display:block;width:100%;height:auto;font:12px ui-monospace,monospace;fill:currentColor}\n"
"svg .e{text-anchor:end}svg .m{text-anchor:middle}svg .lane{font-weight:600}\n"
"svg .axis,svg .life{stroke:var(--line);fill:none}svg .life{stroke:var(--dim)}\n"
"svg .dim{fill:var(--dim)}svg .st{fill:var(--fg);font-weight:600}svg .tx{fill:var(--talk)}\n"
"svg .arrow{stroke:currentColor;stroke-width:1.3;fill:none}svg .fold{stroke-width:3;stroke-dasharray:9 3}\n"
"svg .quiet{color:var(--dim)}svg .talk{color:var(--talk)}svg text.good{fill:var(--good)}svg text.warn{fill:var(--warn)}svg text.bad{fill:var(--bad)}\n"
"svg .bar{fill:var(--bar)}svg .bar.warn{fill:var(--warn)}\n"
"svg .send{fill:var(--talk)}svg .wait{fill:var(--wait)}svg .recv{fill:var(--good)}\n"
".key{display:inline-block;width:.9em;height:.7em;margin-left:.75em}.key.send{background:var(--talk)}.key.wait{background:var(--wait)}.key.recv{background:var(--good)}\n"
"footer{margin-top:3rem;color:var(--dim);font-size:.9rem}\n"
"@media print{:root{--bg:#fff;--fg:#000;--dim:#444;--line:#bbb;--soft:#fff;--good:#0a5a22;--warn:#7a4700;--bad:#a00f0a;--talk:#06407a;--bar:#456f9c;--wait:#c9d3de;color-scheme:light}\n"
"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
"body{max-width:none;padding:0;font-size:10pt}input{display:none}.scroll{overflow:visible}\n"
"h2,h3{break-after:avoid}svg{break-inside:avoid}tr,figcaption{break-inside:avoid}thead{display:table-header-group}a{color:inherit}\n"
"td,th{white-space:pre-wrap;overflow-wrap:anywhere;padding-right:.4rem}table{font-size:8.5pt}}\n";

/* Tables of more than a few rows can be sorted by a click on a title and narrowed by a word. */
const char ni_html_script[] =
"'use strict';\n"
"const units={B:1,kB:1e3,MB:1e6,GB:1e9,TB:1e12,ns:1e-9,'\\u00b5s':1e-6,ms:1e-3,s:1,min:60,h:3600,d:86400};\n"
"function key(text){\n"
"  const m=/^[#\\u2265\\s]*(-?[\\d,]*\\.?\\d+)\\s*([A-Za-z\\u00b5]*)/.exec(text);\n"
"  if(!m||(m[2]&&!(m[2] in units)))return text.toLowerCase();\n"
"  return parseFloat(m[1].replace(/,/g,''))*(m[2]?units[m[2]]:1);\n"
"}\n"
"function before(a,b){\n"
"  if(typeof a===typeof b)return a<b?-1:a>b?1:0;\n"
"  return typeof a==='number'?-1:1;\n"
"}\n"
"for(const table of document.querySelectorAll('table')){\n"
"  const body=table.tBodies[0],head=table.tHead.rows[0];\n"
"  if(body.rows.length<3)continue;\n"
"  [...head.cells].forEach((th,i)=>{\n"
"    th.className+=' sort';th.tabIndex=0;\n"
"    const sort=()=>{\n"
"      const up=th.getAttribute('aria-sort')!=='ascending';\n"
"      for(const other of head.cells)other.removeAttribute('aria-sort');\n"
"      th.setAttribute('aria-sort',up?'ascending':'descending');\n"
"      const rows=[...body.rows].map(r=>[key(r.cells[i].textContent),r]);\n"
"      rows.sort((x,y)=>up?before(x[0],y[0]):before(y[0],x[0]));\n"
"      for(const r of rows)body.appendChild(r[1]);\n"
"    };\n"
"    th.addEventListener('click',sort);\n"
"    th.addEventListener('keydown',e=>{if(e.key==='Enter')sort();});\n"
"  });\n"
"  if(body.rows.length<8)continue;\n"
"  const input=document.createElement('input');\n"
"  input.type='search';input.placeholder=document.body.dataset.filter;\n"
"  input.setAttribute('aria-label',document.body.dataset.filter);\n"
"  input.addEventListener('input',()=>{\n"
"    const words=input.value.toLowerCase().split(/\\s+/);\n"
"    for(const r of body.rows){\n"
"      const text=r.textContent.toLowerCase();\n"
"      r.hidden=!words.every(w=>text.includes(w));\n"
"    }\n"
"  });\n"
"  table.parentNode.before(input);\n"
"}\n";
/* clang-format on */
