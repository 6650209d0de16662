# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The servers that the captures' functions start on their hosts, and the client
# that visits them. To be sourced by make, after lib.sh.

# text KILOBYTES: lines of text.
text() {
	local i
	for ((i = 1; i <= $1 * 16; i++)); do
		printf '%06d The quick brown fox jumps over the lazy dog, again.\n' "$i"
	done
}

# web_server HOST [ADDRESS:]PORT: nginx with a small site.
web_server() {
	local site=$WORK/site
	mkdir -p "$site"
	cat >"$site/index.html" <<-EOT
		<!DOCTYPE html>
		<title>A small page</title>
		<link rel="stylesheet" href="/style.css">
		<script src="/script.js"></script>
		<img src="/logo.png" alt="a logo">
		<p>Everything that it takes to see this can be seen in the capture.</p>
	EOT
	echo 'body { font-family: serif; margin: 4em; }' >"$site/style.css"
	echo 'document.title += ", with a script";' >"$site/script.js"
	# shellcheck disable=SC2154  # here: set by make
	python3 "$here/tools/noise_png.py" >"$site/logo.png"
	text 8 >"$site/lines.txt"
	gzip -k "$site/lines.txt"
	{
		echo '<!DOCTYPE html><title>Lines</title><pre>'
		text 8
		echo '</pre>'
	} >"$site/lines.html"
	text 400 >"$site/large.txt"
	cat >"$WORK/nginx.conf" <<-EOT
		daemon off;
		master_process off;
		pid $WORK/nginx.pid;
		error_log stderr;
		events { }
		http {
			types { text/html html; text/css css; text/javascript js;
				text/plain txt; image/png png; }
			access_log off;
			server_tokens off;
			if_modified_since before;
			gzip on;
			gzip_static on;
			server { listen $2; root $site; }
		}
	EOT
	on "$1" nginx -c "$WORK/nginx.conf" 2>"$WORK/nginx.log" &
	wait_until nginx listening "$1" "${2##*:}"
}

# fetch CURL-ARGUMENT...: curl on the client, its output thrown away. Several
# addresses in one call are fetched over one connection.
fetch() {
	on client curl -s -A netinspect-lab --remove-on-error --output-dir "$WORK" \
		--remote-name-all "$@"
}

# dns_server HOST ADDRESS: dnsmasq that knows the zone lab.test, and no other.
dns_server() {
	local long
	long=$(printf 'a%.0s' {1..250})
	on "$1" dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --no-daemon \
		--user=root --group=root --pid-file= --bind-interfaces \
		--listen-address="$2" --local=/lab.test/ --local-ttl=300 \
		--host-record=www.lab.test,203.0.113.80,2001:db8:113::80 \
		--host-record=mail.lab.test,203.0.113.25 \
		--cname=shop.lab.test,www.lab.test \
		--mx-host=lab.test,mail.lab.test,10 \
		--mx-host=lab.test,backup.lab.test,20 \
		--txt-record=lab.test,'v=spf1 mx -all' \
		--txt-record=long.lab.test,"$long","$long","$long" \
		2>"$WORK/dnsmasq.log" &
	wait_until dnsmasq udp_bound "$1" 53
}
