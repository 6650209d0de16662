# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Captures by tcpdump, on the hosts of ../labs/lib.sh: what netinspect is tested
# with is not captured by netinspect. To be sourced after lib.sh. Needs root:
# tcpdump will not write a file as the root of a user namespace.

# capture HOST INTERFACE FILE [TCPDUMP-ARGUMENT...]: starts tcpdump and returns
# when it listens.
CAPTURE_PID=
capture() {
	CAPTURE_LOG=$WORK/tcpdump-$1-$2.log
	ip netns exec "$1" tcpdump -Z root -n -s 0 -i "$2" -w "$3" "${@:4}" 2>"$CAPTURE_LOG" &
	CAPTURE_PID=$!
	wait_until "tcpdump on $1 $2" grep -qs 'listening on' "$CAPTURE_LOG"
}

# capture_end: waits for the last packets, stops tcpdump, and insists that it
# lost none.
capture_end() {
	sleep 0.3
	kill -TERM "$CAPTURE_PID" 2>/dev/null || true
	capture_wait
}

# capture_wait: as capture_end, for a tcpdump that ends by itself (-c).
capture_wait() {
	wait "$CAPTURE_PID" || die "tcpdump: $(cat "$CAPTURE_LOG")"
	CAPTURE_PID=
	grep -q '^0 packets dropped by kernel' "$CAPTURE_LOG" ||
		die "tcpdump lost packets: $(grep dropped "$CAPTURE_LOG")"
}
