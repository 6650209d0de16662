# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Small networks out of network namespaces, for labs and for scripts that make
# captures. To be sourced by a bash script that runs under `set -eu`.
#
# Everything lives in private namespaces (network, mount, process), made by
# private_world: names cannot meet those of other people's networks, nothing
# is left behind in /run or /etc, and when the script ends, however it ends,
# the kernel kills what it started. There is therefore no clean-up code.

# WORK: scratch space on a private tmpfs, set by private_world.
WORK=

# What unshare is to make: for root, and for a user, who becomes root of a user
# namespace in which only the one user exists.
WORLD=(--net --mount --pid --fork --kill-child --mount-proc)
[ "$(id -u)" = 0 ] || WORLD+=(--user --map-root-user)

# world_permitted: whether this user may make such a world. Some systems let a
# user make the namespaces, but mount nothing there.
world_permitted() {
	unshare "${WORLD[@]}" mount -t tmpfs tmpfs /run 2>/dev/null
}

# Re-executes the calling script in namespaces of its own. To be called first,
# as `private_world "$@"`.
private_world() {
	if [ "${IN_PRIVATE_WORLD:-}" != yes ] || [ $$ != 1 ]; then
		NETLAB_OUTSIDE=$(readlink /proc/self/ns/net) IN_PRIVATE_WORLD=yes \
			exec unshare "${WORLD[@]}" "$BASH" "$0" "$@"
	fi
	# A process number 1 ignores the signals that it has no handler for.
	trap 'exit 130' INT
	trap 'exit 143' TERM
	mount -t tmpfs tmpfs /run
	mkdir /run/netns /run/work
	WORK=/run/work
	# The mark by which netlab knows that it may send forged frames here.
	printf 'outside %s\ninside %s\n' "$NETLAB_OUTSIDE" "$(readlink /proc/self/ns/pid)" \
		>/run/netlab
}

# need_root: for what a user namespace does not allow.
need_root() {
	[ "$(id -u)" = 0 ] || die "must be run as root"
}

# die MESSAGE...: the last words of a script.
die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# need COMMAND...: says which of the commands are not installed.
need() {
	local command missing=
	for command; do
		type "$command" >/dev/null 2>&1 || missing+=" $command"
	done
	[ -z "$missing" ] || die "not installed:$missing"
}

# on HOST COMMAND...: runs a command on a host. Not for a background process
# that is to be killed: $! would be the number of a shell around it.
on() {
	ip netns exec "$@"
}

# host NAME...: makes hosts. A host has no IPv6 (whose router solicitations and
# multicast reports would be in every capture) until ipv6_on is called. What
# the kernels' defaults disagree about is pinned.
host() {
	local name
	for name; do
		ip netns add "$name"
		on "$name" sysctl -qw \
			net.ipv6.conf.all.disable_ipv6=1 \
			net.ipv6.conf.default.disable_ipv6=1 \
			net.ipv4.tcp_congestion_control=reno \
			net.ipv4.tcp_ecn=0
		ip -n "$name" link set lo up
	done
}

# cable HOST INTERFACE HOST INTERFACE: joins two hosts. The kernel's offloads
# are off: with them a capture shows segments of many kilobytes and checksums
# that were never computed. MAC addresses count up from 02:00:00:00:00:01,
# or from $CABLE_MAC:01.
CABLE_ENDS=0
CABLE_MAC=02:00:00:00:00
cable() {
	local mac1 mac2
	printf -v mac1 '%s:%02x' $CABLE_MAC $((CABLE_ENDS + 1))
	printf -v mac2 '%s:%02x' $CABLE_MAC $((CABLE_ENDS + 2))
	CABLE_ENDS=$((CABLE_ENDS + 2))
	ip link add "$2" netns "$1" address "$mac1" type veth \
		peer name "$4" netns "$3" address "$mac2"
	cable_end "$1" "$2"
	cable_end "$3" "$4"
}

cable_end() {
	on "$1" ethtool -K "$2" tso off gso off gro off tx off rx off >/dev/null
	ip -n "$1" link set "$2" up
}

# ipv6_on HOST INTERFACE ADDRESS/LENGTH: gives an interface IPv6 after all,
# without router solicitations and duplicate address detection.
ipv6_on() {
	on "$1" sysctl -qw \
		"net.ipv6.conf.$2.router_solicitations=0" \
		"net.ipv6.conf.$2.accept_dad=0" \
		"net.ipv6.conf.$2.accept_ra=0" \
		"net.ipv6.conf.$2.disable_ipv6=0"
	ip -n "$1" address add "$3" dev "$2" nodad
}

# wait_until WHAT COMMAND...: repeats the command until it succeeds, for at
# most ten seconds.
wait_until() {
	local i
	for ((i = 0; i < 200; i++)); do
		"${@:2}" && return
		sleep 0.05
	done
	die "waited in vain for $1"
}

# listening HOST PORT: whether something listens on a TCP port.
listening() {
	on "$1" ss -Htln "sport = :$2" | grep -q .
}

# udp_bound HOST PORT: whether a program receives on a UDP port.
udp_bound() {
	on "$1" ss -Huln "sport = :$2" | grep -q .
}

# switch NAME HOST INTERFACE...: a switch, with a cable to each host.
switch() {
	local name=$1 port=0
	shift
	host "$name"
	# Without multicast snooping: it sends reports of its own.
	ip -n "$name" link add br0 type bridge mcast_snooping 0
	ip -n "$name" link set br0 up
	while [ $# -gt 0 ]; do
		port=$((port + 1))
		cable "$1" "$2" "$name" "port$port"
		ip -n "$name" link set "port$port" master br0
		shift 2
	done
}

# address HOST INTERFACE ADDRESS/LENGTH: gives an interface an IPv4 address.
address() {
	ip -n "$1" address add "$3" dev "$2"
}

# gateway HOST ADDRESS: a host's default route.
gateway() {
	ip -n "$1" route add default via "$2"
}

# router NAME...: makes hosts that forward packets, and always say why not.
router() {
	local name
	host "$@"
	for name; do
		on "$name" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
	done
}

# ---- for the steps of a lab, which main.sh runs ----

# truth NAME VALUE...: what the run itself knows, for questions with `truth NAME`.
truth() {
	echo "$1=${*:2}" >>truth
}

# say ENGLISH CHINESE: tells whoever runs the lab what is being done.
say() {
	if [ "${NETLAB_LANGUAGE:-}" = zh_CN ]; then
		echo "- $2" >&3
	else
		echo "- $1" >&3
	fi
}

# chinese client|server: the word in Chinese, for say.
chinese() {
	case $1 in
	client) echo 客户端 ;;
	server) echo 服务器 ;;
	*) echo "$1" ;;
	esac
}

# web HOST PORT [OPTION...]: starts netinspect-httpd on a host, and returns when it
# listens. WEB_PID is the server's process.
WEB_PID=
web() {
	ip netns exec "$1" netinspect-httpd --port "$2" "${@:3}" &
	WEB_PID=$!
	wait_until 'the server' listening "$1" "$2"
}

# in_state HOST STATE PORT: whether the host has a connection in this state (a word
# of ss: time-wait, close-wait, established) with this port at either end.
in_state() {
	on "$1" ss -Htan state "$2" "( sport = :$3 or dport = :$3 )" | grep -q .
}

# half_second HOST: waits until just after one of the half seconds at which --tick
# and --close-first both act, so that what two programs begin now meets at the next.
half_second() {
	on "$1" netlab client --tick --no-request 127.0.0.1:9 >/dev/null 2>&1 || true
}

# echoes HOST COUNT ADDRESS [PING-ARGUMENT...]: pings whose data is the nonce.
echoes() {
	local data
	# shellcheck disable=SC2154  # nonce: in the environment
	data=$(printf %s "$nonce" | od -An -v -tx1 | tr -d ' \n')
	on "$1" ping -q -n -i 0.2 -W 1 -c "$2" -p "$data" "${@:4}" "$3"
}

# patient_arp HOST...: on eth0, what ARP has found out is not confirmed as long as
# a lab lasts.
patient_arp() {
	local name
	for name; do
		on "$name" sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=600 \
			net.ipv4.neigh.eth0.base_reachable_time_ms=600000
	done
}

# knows HOST ADDRESS MAC: whether the host's ARP table says so.
knows() {
	ip -n "$1" neigh show "$2" | grep -q "lladdr $3"
}

# of_interface HOST INTERFACE FILE: what the kernel says of it, as address (MAC) and
# statistics/tx_packets.
of_interface() {
	on "$1" cat "/sys/class/net/$2/$3"
}
