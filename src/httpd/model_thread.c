/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models "thread" and "pool". Threads share everything, also the socket: there is no second copy to
 * close, but what is shared needs a lock.
 */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

/* The default of 8 MB is for programs that recurse. The kernel gives memory only to pages that are
 * touched, but addresses and limits count in full. */
enum { STACK = 65536, POOL_USUAL = 16, QUEUE = 1024 };

struct client {
	struct ni_hd_server *server;
	struct ni_hd_peer peer;
	int fd;
};

static void *
serve_client(void *arg)
{
	struct client c = *(struct client *)arg;
	free(arg);
	ni_hd_serve_blocking(c.server, c.fd, &c.peer);
	atomic_fetch_sub(&c.server->children, 1);
	return NULL;
}

/* Wait until the threads are done, as long as a drain may take. */
static void
drain(struct ni_hd_server *s)
{
	ni_hd_listen_close(s);
	for (uint32_t i = 0; s->children && i < s->opts.drain_s * 100; i++)
		usleep(10000);
}

int
ni_hd_run_thread(struct ni_hd_server *s)
{
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (;;) {
		struct ni_hd_peer peer;
		pthread_t thread;
		int fd = ni_hd_accept_wait(s, &peer);
		if (fd == NI_HD_STOPPING)
			break;
		if (fd < 0)
			continue;
		struct client *c = malloc(sizeof(*c));
		if (!c) {
			ni_hd_refuse(s, fd, &peer, "Out of memory.");
			continue;
		}
		*c = (struct client){s, peer, fd};
		atomic_fetch_add(&s->children, 1);
		if (pthread_create(&thread, &attr, serve_client, c)) {
			atomic_fetch_sub(&s->children, 1);
			free(c);
			ni_hd_refuse(s, fd, &peer, "No thread left for you.");
		}
	}
	pthread_attr_destroy(&attr);
	drain(s);
	return 0;
}

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	struct client client[QUEUE];
	unsigned first, n;
	bool closed;
};

/* Take the next client off the queue; false when there will be none. */
static bool
take(struct queue *q, struct client *c)
{
	pthread_mutex_lock(&q->lock);
	while (!q->n && !q->closed)
		pthread_cond_wait(&q->filled, &q->lock);
	bool got = q->n > 0;
	if (got) {
		*c = q->client[q->first];
		q->first = (q->first + 1) % QUEUE;
		q->n--;
		pthread_cond_signal(&q->emptied);
	}
	pthread_mutex_unlock(&q->lock);
	return got;
}

static void
add(struct queue *q, const struct client *c)
{
	pthread_mutex_lock(&q->lock);
	while (q->n == QUEUE)
		pthread_cond_wait(&q->emptied, &q->lock);
	q->client[(q->first + q->n++) % QUEUE] = *c;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

static void *
worker(void *arg)
{
	struct client c;
	while (take(arg, &c))
		ni_hd_serve_blocking(c.server, c.fd, &c.peer);
	return NULL;
}

int
ni_hd_run_pool(struct ni_hd_server *s)
{
	static struct queue q = {.lock = PTHREAD_MUTEX_INITIALIZER,
				 .filled = PTHREAD_COND_INITIALIZER,
				 .emptied = PTHREAD_COND_INITIALIZER};
	unsigned n = s->opts.workers ? s->opts.workers : POOL_USUAL;
	unsigned made = 0;
	pthread_t *threads = calloc(n, sizeof(*threads));
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	while (threads && made < n && !pthread_create(&threads[made], &attr, worker, &q))
		made++;
	for (;;) {
		struct client c = {.server = s};
		c.fd = ni_hd_accept_wait(s, &c.peer);
		if (c.fd == NI_HD_STOPPING || !made)
			break;
		if (c.fd >= 0)
			add(&q, &c);
	}
	ni_hd_listen_close(s);
	pthread_mutex_lock(&q.lock);
	q.closed = true;
	pthread_cond_broadcast(&q.filled);
	pthread_mutex_unlock(&q.lock);
	for (unsigned i = 0; i < made; i++)
		pthread_join(threads[i], NULL);
	pthread_attr_destroy(&attr);
	free(threads);
	return made ? 0 : 1;
}
