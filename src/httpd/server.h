/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands around the core: sockets, time, signals, limits. A driver (model_*.c) is one function
 * that accepts clients and gives each its turn; everything else about serving is here.
 */
#ifndef NI_HTTPD_SERVER_H
#define NI_HTTPD_SERVER_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "core.h"
#include "netinspect/buf.h"
#include "netinspect/err.h"
#include "sockopts.h"

enum {
	NI_HD_LISTENERS_MAX = 16,
	NI_HD_PREFORK_USUAL = 8,
	NI_HD_NO_CLIENT = -1,
	NI_HD_STOPPING = -2
};

/* What is set on listening sockets; 0 leaves the kernel's choice. */
struct ni_hd_tcp {
	struct ni_sockopts sock;
	uint32_t backlog, fastopen, defer_accept, delay_accept_ms;
	bool reuseport;
};

struct ni_hd_opts {
	const char *listen[NI_HD_LISTENERS_MAX];
	uint32_t nlisten, port;
	const char *root, *mime_types, *model, *user, *access_log, *log_format;
	uint32_t workers, cache_s, max_conns, max_per_ip, drain_s;
	uint32_t head_s, body_s, body_rate, keepalive_s, write_s, linger_ms, max_requests;
	uint64_t max_body, max_bodies;
	bool list, et_bug, lt_busy, models, help, version, url_knobs;
	struct ni_hd_tcp tcp;
	struct ni_hd_knobs knobs;
};

struct ni_hd_log;
struct ni_hd_link;
struct ni_hd_peers;
struct ni_hd_model;

struct ni_hd_server {
	struct ni_hd_core core;
	struct ni_hd_opts opts;
	const struct ni_hd_model *model;
	int listener[NI_HD_LISTENERS_MAX];
	unsigned nlisteners;
	bool activated; /* systemd made the sockets */
	int fd_max;     /* select: descriptors from here on are refused; 0: no such limit */
	struct ni_hd_peers *peers;         /* of all workers; NULL: not counted */
	unsigned worker;                   /* which of them this process is */
	struct ni_hd_log *log;             /* NULL: none */
	pthread_mutex_t lock;              /* of links and nlinks */
	struct ni_hd_link *links, *oldest; /* the newest first, by next */
	uint32_t nlinks;
	atomic_uint children; /* fork: clients in processes of their own */
	atomic_ullong accepted, refused, requests, body_used;
};

/* The other end of a connection. */
struct ni_hd_peer {
	struct sockaddr_in6 addr; /* IPv4 as a mapped address */
	int place;                /* where it is counted, see peers.c */
};

/* A client: its socket and its connection. The connection comes first, so one is the other. */
struct ni_hd_link {
	struct ni_hd_conn conn;
	struct ni_hd_server *server;
	struct ni_hd_env *env;
	struct ni_hd_link *prev, *next;
	void *mine;    /* the driver's */
	int64_t due;   /* when the driver's clock is to wake it; see timers */
	uint32_t heap; /* its place among the timers, from 1; 0: none */
	int fd;
	uint32_t interest;       /* what the driver asked the kernel for */
	bool readable, writable; /* as far as is known */
	bool corked;             /* what was sent last waits for more, or for the FIN */
	bool fin;                /* edge-triggered: the client's FIN was announced */
	bool broken;             /* recv() or send() failed: a reset, mostly */
	bool answered_fin;       /* the client's FIN was there before ours, read or not */
	int64_t since_ms;
	atomic_uint requests;
	struct ni_hd_peer peer;
};

/* ---- the other ends: peers.c ---- */

enum { NI_HD_UNCOUNTED = -1, NI_HD_CROWDED = -2 };

bool ni_hd_is_loopback(const struct in6_addr *a);
/** @from as IPv6, IPv4 as a mapped address. */
void ni_hd_map_address(struct sockaddr_in6 *to, const struct sockaddr_storage *from);
/** In the form in which people write it. */
void ni_hd_put_address(struct ni_buf *b, const struct in6_addr *a);

/** A table for so many workers, made before they are. NULL without memory. */
struct ni_hd_peers *ni_hd_peers_new(unsigned workers);
void ni_hd_peers_free(struct ni_hd_peers **p);

/**
 * Count a client of @a, of which there may be @max in all workers together. Returns its place, for
 * ni_hd_peers_leave(); NI_HD_UNCOUNTED without one; or NI_HD_CROWDED.
 */
int ni_hd_peers_enter(struct ni_hd_peers *p, unsigned worker, const struct in6_addr *a,
		      uint32_t max);
/** It has gone; nothing if @place is none. */
void ni_hd_peers_leave(struct ni_hd_peers *p, unsigned worker, int place);
/** @worker has ended: so have its clients. @p may be NULL. */
void ni_hd_peers_forget(struct ni_hd_peers *p, unsigned worker);

/* ---- clients: link.c ---- */

/**
 * Accept a client from @listener, if one is waiting. Returns its descriptor (non-blocking), or
 * NI_HD_NO_CLIENT. Clients above the limits are answered 503 and closed here.
 */
int ni_hd_accept(struct ni_hd_server *s, int listener, struct ni_hd_peer *peer);

/** Wait for a client on any listener. Returns its descriptor, or NI_HD_STOPPING. */
int ni_hd_accept_wait(struct ni_hd_server *s, struct ni_hd_peer *peer);

/** Make the link of a client; takes over @fd. NULL without memory. */
struct ni_hd_link *ni_hd_link_new(struct ni_hd_server *s, struct ni_hd_env *env, int fd,
				  const struct ni_hd_peer *peer);

/**
 * Give @l its turn: receive and send until the socket is not ready or nothing is to be done.
 * Returns false when the connection is over and the link is to be freed.
 */
bool ni_hd_link_run(struct ni_hd_link *l);

/** Note what epoll_wait() said of @l. */
void ni_hd_link_ready(struct ni_hd_link *l, uint32_t events);

/** Close and free, with a reset if the connection asks for one. */
void ni_hd_link_free(struct ni_hd_link *l);

/** Refuse a client that was accepted: 503 with @why. */
void ni_hd_refuse(struct ni_hd_server *s, int fd, const struct ni_hd_peer *peer, const char *why);
/** It has gone, or is another process's business: it is no longer counted. */
void ni_hd_peer_gone(struct ni_hd_server *s, const struct ni_hd_peer *peer);

/** Serve one client from begin to end; @wait blocks until its socket is ready or time is up. */
void ni_hd_serve(struct ni_hd_link *l, void (*wait)(struct ni_hd_link *l));

/** The @wait of processes and threads: poll(). */
void ni_hd_wait(struct ni_hd_link *l);

/** Serve the client @fd here and now, blocking. */
void ni_hd_serve_blocking(struct ni_hd_server *s, int fd, const struct ni_hd_peer *peer);

/** Bring @env up to date. */
void ni_hd_env_now(struct ni_hd_env *env);

/* ---- loops: loop.c ---- */

/* What every event loop has: a clock and the links in the order of their deadlines. */
struct ni_hd_loop {
	struct ni_hd_server *server;
	struct ni_hd_env env;
	struct ni_hd_link **heap; /* from 1 */
	uint32_t n, cap;
	uint32_t wanted; /* places, by clients that wait because there is none */
	bool draining;
	int64_t drain_ms;
};

void ni_hd_loop_init(struct ni_hd_loop *o, struct ni_hd_server *s);
void ni_hd_loop_fini(struct ni_hd_loop *o);
/** Accept one client as a link of this loop, or NULL if none is waiting, or none has a place yet.
 */
struct ni_hd_link *ni_hd_loop_accept(struct ni_hd_loop *o, int listener);
/** Give @l its turn, and note its deadline. False if it was the last one and @l is freed. */
bool ni_hd_loop_turn(struct ni_hd_loop *o, struct ni_hd_link *l);
/** Accept clients and give each its turn; not so many that the others would wait for long. */
void ni_hd_loop_accept_some(struct ni_hd_loop *o, int listener);
/** Note the deadline of @l, after each of its turns. */
void ni_hd_loop_schedule(struct ni_hd_loop *o, struct ni_hd_link *l);
/** Free @l. */
void ni_hd_loop_drop(struct ni_hd_loop *o, struct ni_hd_link *l);
/** Milliseconds to wait at most, for poll() and its kin; -1: no limit. */
int ni_hd_loop_timeout(const struct ni_hd_loop *o);
/** After waiting: bring the clock up to date, reload if asked to. */
void ni_hd_loop_tick(struct ni_hd_loop *o);
/** A link whose deadline is over and has been told so, or that makes place for others, to be given
 * its turn; NULL if none. */
struct ni_hd_link *ni_hd_loop_expired(struct ni_hd_loop *o);
/** Whether the loop is to end: the server stops and the last client is served. Begins the drain:
 * listeners are closed, idle clients get their FIN. */
bool ni_hd_loop_done(struct ni_hd_loop *o);

/* ---- process: server.c, listen.c, limits ---- */

/** Readable for ever once the server is stopping; for poll() and its kin. */
int ni_hd_stop_fd(void);
bool ni_hd_stopping(void);
/** Reload if SIGHUP came. */
void ni_hd_check_reload(struct ni_hd_server *s);
/** Open the listening sockets. @reuseport: for several workers. */
int ni_hd_listen(struct ni_hd_server *s, bool reuseport, struct ni_err *err);
/** Stop listening, in all processes that share the sockets. */
void ni_hd_listen_close(struct ni_hd_server *s);
/** Close the sockets in this process alone. */
void ni_hd_listen_forget(struct ni_hd_server *s);
/** Print where the server listens, one address a line. */
void ni_hd_listen_print(const struct ni_hd_server *s);
/** Socket options of one accepted client, that listeners do not hand down. */
void ni_hd_tcp_client(const struct ni_hd_server *s, int fd);

/** A knob of TCP in the query of a URL; see core.h. */
bool ni_hd_socket_knob(struct ni_hd_conn *c, struct ni_hd_span name, struct ni_hd_span value);

/** Run @f in @n processes and keep them running until the server stops. Returns 0. */
int ni_hd_processes(struct ni_hd_server *s, unsigned n,
		    int (*f)(struct ni_hd_server *s, unsigned i));

struct ni_hd_log *ni_hd_log_open(const struct ni_hd_opts *o, const char *model, struct ni_err *err);
void ni_hd_log_request(struct ni_hd_conn *c, const struct ni_hd_request *r, int status,
		       uint64_t bytes);
/** Whether the client's FIN has come, as the kernel says. */
bool ni_hd_fin_came(int fd);
/** @l is over: in JSON a line says who closed it. */
void ni_hd_log_end(const struct ni_hd_link *l);
/** Write out what is buffered. */
void ni_hd_log_flush(struct ni_hd_log *l);
void ni_hd_log_reopen(struct ni_hd_log *l);
/** Write out lines that are older than the second @wall. */
void ni_hd_log_settle(struct ni_hd_log *l, time_t wall);

size_t ni_hd_status(struct ni_hd_conn *c, bool html, char *buf, size_t cap);

/* ---- models ---- */

struct ni_hd_model {
	const char *name;
	const char *how;   /* how it works, at most two lines */
	const char *cost;  /* what a client costs */
	const char *limit; /* what ends it */
	int (*run)(struct ni_hd_server *s);
};

/** The table, ended by a row without name. */
const struct ni_hd_model *ni_hd_models(void);

int ni_hd_run_serial(struct ni_hd_server *s);
int ni_hd_run_fixed(struct ni_hd_server *s);
int ni_hd_run_fork(struct ni_hd_server *s);
int ni_hd_run_prefork(struct ni_hd_server *s);
int ni_hd_run_thread(struct ni_hd_server *s);
int ni_hd_run_pool(struct ni_hd_server *s);
int ni_hd_run_nonblock(struct ni_hd_server *s);
int ni_hd_run_select(struct ni_hd_server *s);
int ni_hd_run_poll(struct ni_hd_server *s);
int ni_hd_run_epoll_lt(struct ni_hd_server *s);
int ni_hd_run_epoll_et(struct ni_hd_server *s);
int ni_hd_run_coroutine(struct ni_hd_server *s);

/* ---- options.c ---- */

int ni_hd_opts_parse(struct ni_hd_opts *o, int argc, char **argv, struct ni_err *err);
void ni_hd_opts_help(void);
void ni_hd_opts_man(void);

#endif
