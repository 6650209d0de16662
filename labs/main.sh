# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What netlab runs for a lab, as `bash main.sh` in the folder for the results: a
# private world, the lab's topology() in it, captures, and its steps() or a shell.
# Not for the command line: netlab says in the environment what is wanted.
#
#     NETLAB_LIB, NETLAB_LAB     the folders of all labs and of this one
#     NETLAB_MODE                run, or shell
#     NETLAB_NODE                the host that the shell is on
#     NETLAB_POINTS              a line each: POINT HOST INTERFACE [CAPTURE FILTER...]
#     NETLAB_LANGUAGE            zh_CN, or empty for English
#     NETLAB, NETINSPECT, NETINSPECT_HTTPD     our programs
#     seed, nonce, and the lab's draws
#
# Writes POINT.pcapng, truth and log.
set -euE

# shellcheck source=lib.sh
. "$NETLAB_LIB/lib.sh"
if [ $$ != 1 ]; then
	world_permitted || exit 71
fi
private_world "$@"

# From here on what commands say goes into the log; say() and the shell have what
# were standard output and error.
exec 3>&1 4>&2 >log 2>&1
trap 'echo "${BASH_SOURCE[0]##*/}, line $LINENO: $BASH_COMMAND: failed"' ERR
uname -sr

# Our programs under their names, on every host.
mkdir "$WORK/bin"
ln -s "$(type -P "$NETLAB")" "$WORK/bin/netlab"
ln -s "$(type -P "$NETINSPECT")" "$WORK/bin/netinspect"
ln -s "$(type -P "$NETINSPECT_HTTPD")" "$WORK/bin/netinspect-httpd"
PATH=$WORK/bin:$PATH
# Whoever has this seed has these MAC addresses.
CABLE_MAC=02:${nonce:0:2}:${nonce:2:2}:${nonce:4:2}:00
: >truth

# shellcheck source=10-teardown/run
. "$NETLAB_LAB/run"

# capture_points: starts netinspect on every point, and waits until it listens.
POINT_PIDS=()
capture_points() {
	local point host iface filter
	while read -r point host iface filter; do
		[ -n "$point" ] || continue
		LC_ALL=C LANGUAGE='' ip netns exec "$host" netinspect -i "$iface" -w "$point.pcapng" \
			${filter:+-f "$filter"} 2>"$WORK/$point.log" &
		POINT_PIDS+=($!)
		wait_until "the capture $point" grep -qs Capturing "$WORK/$point.log"
	done <<<"$NETLAB_POINTS"
}

# capture_points_end: waits for what is still under way (an acknowledgement may be
# delayed by 40 ms), ends the captures, and insists that they lost nothing.
capture_points_end() {
	local pid point rest
	sleep 0.3
	for pid in "${POINT_PIDS[@]}"; do
		kill -TERM "$pid"
		wait "$pid" || die "a capture failed: $(cat "$WORK"/*.log)"
	done
	while read -r point rest; do
		[ -z "$point" ] || grep -q '^0 packets dropped by kernel' "$WORK/$point.log" ||
			die "the capture $point lost packets: $(grep dropped "$WORK/$point.log")"
	done <<<"$NETLAB_POINTS"
	cat "$WORK"/*.log
}

# shell_on HOST: a shell there, in which on() and its like work.
shell_on() {
	cat >"$WORK/shellrc" <<-EOT
		. "$NETLAB_LIB/lib.sh"
		WORK=$WORK
		PS1='[$1] \\$ '
	EOT
	[ -e "/run/netns/$1" ] || die "no such host: $1; there are: $(echo /run/netns/* | sed 's,/run/netns/,,g')"
	BASH_ENV=$WORK/shellrc ip netns exec "$1" bash --rcfile "$WORK/shellrc" >&3 2>&4 || true
}

topology
capture_points
if [ "$NETLAB_MODE" = shell ]; then
	shell_on "$NETLAB_NODE"
else
	# Steps read what programs say.
	export LC_ALL=C LANGUAGE=
	steps
fi
capture_points_end
exit 0
