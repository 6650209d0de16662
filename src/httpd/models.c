/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of models; see server.h. */
#include "server.h"

static const struct ni_hd_model models[] = {
    {"fixed", "One client at a time: accept, serve, close. Every page is the same.",
     "nothing but the waiting of all others", "one client", ni_hd_run_fixed},
    {"file", "One client at a time: accept, serve the file that was asked for, close.",
     "nothing but the waiting of all others", "one client", ni_hd_run_serial},
    {"fork", "A new process for each client; the parent only accepts.",
     "a process (about 0.1 ms to make; page tables and a kernel stack)",
     "processes (ulimit -u, --max-connections)", ni_hd_run_fork},
    {"prefork", "Processes made beforehand (--workers); each accepts from the same socket.",
     "a process, but made once", "as many clients at a time as processes", ni_hd_run_prefork},
    {"thread", "A new thread for each client; memory is shared.",
     "a stack (64 KB of addresses, about 9 KB of memory) and a kernel stack",
     "threads (kernel.threads-max, --max-connections)", ni_hd_run_thread},
    {"pool", "Threads made beforehand (--workers) take clients from a queue.",
     "a place in the queue", "as many clients at a time as threads", ni_hd_run_pool},
    {"nonblock",
     "One thread asks every socket in a list in turn, again and again, whether\n"
     "something has arrived. No socket blocks; the processor never rests.",
     "a system call each time round, also for an idle client", "the processor", ni_hd_run_nonblock},
    {"select",
     "One thread; the kernel is handed three bit sets of all descriptors each time and\n"
     "looks at all of them.",
     "work for every client in every call", "descriptor numbers below 1024 (FD_SETSIZE)",
     ni_hd_run_select},
    {"poll",
     "One thread; the kernel is handed an array of all descriptors each time and looks\n"
     "at all of them.",
     "work for every client in every call", "descriptors (ulimit -n)", ni_hd_run_poll},
    {"epoll-lt",
     "One thread; descriptors are registered once, the kernel returns those that are\n"
     "ready, and again as long as they are (level-triggered).",
     "work only for clients that are ready", "descriptors (ulimit -n)", ni_hd_run_epoll_lt},
    {"epoll-et",
     "As epoll-lt, but the kernel says so once, when something new happens\n"
     "(edge-triggered); the program must read until nothing is left.",
     "as epoll-lt, with fewer system calls", "descriptors (ulimit -n)", ni_hd_run_epoll_et},
    {"coroutine",
     "As epoll-et, but each client is served by code written as for one at a time,\n"
     "which is put aside where it would wait.",
     "a stack (64 KB of addresses, about 5 KB of memory)", "memory maps (vm.max_map_count)",
     ni_hd_run_coroutine},
    {NULL, NULL, NULL, NULL, NULL},
};

const struct ni_hd_model *
ni_hd_models(void)
{
	return models;
}
