/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlab run and shell: draw the parameters, make the folder for the results, and leave the network
 * to labs/main.sh, which is told everything in the environment.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "i18n.h"
#include "lab.h"

/* What labs/main.sh ends with where namespaces are not permitted. */
enum { NOT_PERMITTED = 71, PATIENCE = 4, PATIENCE_S = 30, LAST_WORDS = 400 };

/* Debian's packages of the commands that labs need. */
static const char *const packages[][2] = {
    {"arping", "iputils-arping"}, {"curl", "curl"},      {"dnsmasq", "dnsmasq-base"},
    {"ethtool", "ethtool"},       {"ip", "iproute2"},    {"bridge", "iproute2"},
    {"nstat", "iproute2"},        {"nft", "nftables"},   {"ping", "iputils-ping"},
    {"python3", "python3"},       {"ss", "iproute2"},    {"strace", "strace"},
    {"sysctl", "procps"},         {"tc", "iproute2"},    {"unshare", "util-linux"},
    {"mount", "mount"},           {"find", "findutils"},
};

static bool
in_path(struct nl_pool *pool, const char *command)
{
	const char *path = getenv("PATH");
	while (path && *path) {
		size_t n = strcspn(path, ":");
		if (n && !access(nl_fmt(pool, "%.*s/%s", (int)n, path, command), X_OK))
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static int
check_needs(const struct nl_lab *lab, struct nl_pool *pool, struct ni_err *err)
{
	static const char *const always[] = {"bash", "unshare", "mount", "ip", "sysctl", "ethtool"};
	enum { NALWAYS = sizeof(always) / sizeof(always[0]) };
	const char *package = NULL;
	const char *missing = NULL;
	for (unsigned i = 0; !missing && i < NALWAYS + lab->nneeds; i++) {
		const char *command = i < NALWAYS ? always[i] : lab->need[i - NALWAYS];
		if (!in_path(pool, command))
			missing = command;
	}
	if (!missing)
		return NI_SUCCESS;
	for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++)
		if (!strcmp(packages[i][0], missing))
			package = packages[i][1];
	ni_fail(err, NI_ERR_INPUT, _("%s: this command is needed and not installed"), missing);
	if (package)
		ni_hint(err, _("on Debian and its kin: apt-get install %s"), package);
	return NI_ERR_INPUT;
}

/* ---- the folder ---- */

static int
make_folder(const char *dir, struct ni_err *err)
{
	if (!mkdir(dir, 0777))
		return NI_SUCCESS;
	if (errno != EEXIST)
		return ni_fail(err, NI_ERR_INPUT, "%s: %s", dir, strerror(errno));
	DIR *d = opendir(dir);
	const struct dirent *e;
	if (!d)
		return ni_fail(err, NI_ERR_INPUT, "%s: %s", dir, strerror(errno));
	bool empty = true;
	while (empty && (e = readdir(d)))
		empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
	closedir(d);
	if (empty)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s: not empty"), dir);
	ni_hint(err, _("remove it, or --dir DIR puts the captures elsewhere, or another --seed "
		       "makes another run"));
	return NI_ERR_INPUT;
}

static FILE *
create(struct nl_pool *pool, const char *dir, const char *name, struct ni_err *err)
{
	const char *path = nl_fmt(pool, "%s/%s", dir, name);
	FILE *f = fopen(path, "we");
	if (!f)
		ni_fail(err, NI_ERR_RUN, "%s: %s", path, strerror(errno));
	return f;
}

/* Close what was written to. */
static int
done(FILE *f, const char *dir, struct ni_err *err)
{
	bool failed = ferror(f);
	if (fclose(f) || failed)
		return ni_fail(err, NI_ERR_RUN, _("%s: cannot be written: %s"), dir,
			       strerror(errno));
	return NI_SUCCESS;
}

static int
write_params(struct nl_world *w, const char *dir, struct ni_err *err)
{
	FILE *f = create(w->pool, dir, "seed", err);
	if (!f)
		return NI_ERR_RUN;
	fprintf(f, "%s\n", w->params.seed);
	if (done(f, dir, err) || !(f = create(w->pool, dir, "params", err)))
		return NI_ERR_RUN;
	fprintf(f, "lab=%s\nseed=%s\nnonce=%s\n", w->lab->name, w->params.seed, w->params.nonce);
	for (unsigned i = 0; i < w->lab->ndraws; i++)
		fprintf(f, "%s=%s\n", w->lab->draw[i].name, w->params.draw[i]);
	return done(f, dir, err);
}

static int
write_form(struct nl_world *w, const char *dir, struct ni_err *err)
{
	FILE *f = create(w->pool, dir, "answers.txt", err);
	if (!f)
		return NI_ERR_RUN;
	nl_world_preview(w);
	nl_form_write(f, w, false);
	return done(f, dir, err);
}

static int
copy_predictions(struct nl_pool *pool, const char *from, const char *dir, struct ni_err *err)
{
	size_t n = 0;
	const char *text = nl_read_file(pool, from, NL_FILE_MAX, &n, err);
	FILE *f = text ? create(pool, dir, "predictions", err) : NULL;
	if (!f)
		return NI_ERR_RUN;
	fwrite(text, 1, n, f);
	return done(f, dir, err);
}

/* Nothing was run: leave the folder as it was, so that the next attempt finds it new or empty. */
static void
take_back(struct nl_pool *pool, const char *dir)
{
	static const char *const names[] = {"answers.txt", "params", "seed", "predictions"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(nl_fmt(pool, "%s/%s", dir, names[i]));
	rmdir(dir);
}

/* What root made for somebody who called sudo belongs to that user. */
static void
give_back(const char *dir)
{
	const char *uid = getenv("SUDO_UID");
	const char *gid = getenv("SUDO_GID");
	DIR *d = uid && gid && !geteuid() ? opendir(dir) : NULL;
	const struct dirent *e;
	if (!d)
		return;
	uid_t u = (uid_t)strtoul(uid, NULL, 10);
	gid_t g = (gid_t)strtoul(gid, NULL, 10);
	/* A failure leaves root's files where they are, to be read all the same. */
	while ((e = readdir(d)))
		if (strcmp(e->d_name, "..") != 0 &&
		    fchownat(dirfd(d), e->d_name, u, g, AT_SYMLINK_NOFOLLOW))
			break;
	closedir(d);
}

/* ---- the run ---- */

static void
set_environment(const struct nl_world *w, const char *labs, const char *mode, const char *node)
{
	struct nl_pool *pool = w->pool;
	const struct nl_lab *lab = w->lab;
	char *points = nl_copy(pool, "", 0);
	for (unsigned i = 0; i < lab->npoints; i++)
		points = nl_fmt(pool, "%s%s %s %s %s\n", points, lab->point[i].name,
				lab->point[i].host, lab->point[i].iface, lab->point[i].filter);
	setenv("NETLAB_LIB", labs, 1);
	setenv("NETLAB_LAB", lab->dir, 1);
	setenv("NETLAB_MODE", mode, 1);
	setenv("NETLAB_NODE", node ? node : "", 1);
	setenv("NETLAB_POINTS", points, 1);
	setenv("NETLAB_LANGUAGE", nl_language(), 1);
	setenv("NETLAB", nl_program(pool, "netlab"), 1);
	setenv("NETINSPECT", nl_program(pool, "netinspect"), 1);
	setenv("NETINSPECT_HTTPD", nl_program(pool, "netinspect-httpd"), 1);
	setenv("seed", w->params.seed, 1);
	setenv("nonce", w->params.nonce, 1);
	/* Their names are of small letters: none of them is a variable that others look at. */
	for (unsigned i = 0; i < lab->ndraws; i++)
		setenv(lab->draw[i].name, w->params.draw[i], 1);
}

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal)
{
	interrupted = signal;
}

/* In the child: become labs/main.sh, for at most @seconds (0: no limit). */
static void
become_script(const char *script, const char *dir, unsigned seconds)
{
	/* Both survive exec(). What dies here is the parent of everything in its namespaces. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(seconds);
	if (!chdir(dir))
		execlp("bash", "bash", script, (char *)NULL);
	_exit(127);
}

/*
 * Run labs/main.sh. Returns its wait status, or -1. A shell gets the signals of its terminal
 * itself, a run ends by them.
 */
static int
run_script(const char *script, const char *dir, unsigned seconds, bool shell)
{
	struct sigaction act = {.sa_handler = shell ? SIG_IGN : on_interrupt};
	struct sigaction old[2];
	int status = -1;
	interrupted = 0;
	pid_t pid = fork();
	if (!pid)
		become_script(script, dir, seconds);
	sigaction(SIGINT, &act, &old[0]);
	sigaction(SIGTERM, &act, &old[1]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (interrupted)
			kill(pid, SIGKILL);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	return pid < 0 ? -1 : status;
}

/* The last line of the log. */
static const char *
last_words(struct nl_pool *pool, const char *dir)
{
	size_t n = 0;
	const char *text = nl_read_file(pool, nl_fmt(pool, "%s/log", dir), 1 << 24, &n, NULL);
	if (!text)
		return "";
	while (n && text[n - 1] == '\n')
		n--;
	size_t from = n;
	while (from && text[from - 1] != '\n')
		from--;
	return nl_copy(pool, text + from, n - from < LAST_WORDS ? n - from : LAST_WORDS);
}

static int
judge_status(struct nl_world *w, const char *dir, int status, struct ni_err *err)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return NI_SUCCESS;
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_PERMITTED) {
		take_back(w->pool, dir);
		if (!geteuid())
			return ni_fail(err, NI_ERR_RUN,
				       _("namespaces cannot be made here, not even by root: a "
					 "container without that right?"));
		ni_fail(err, NI_ERR_RUN, _("this system lets no user make namespaces"));
		ni_hint(err, _("run it as root: sudo netlab ..."));
		return NI_ERR_RUN;
	}
	if (interrupted || (WIFEXITED(status) && WEXITSTATUS(status) > 128))
		return ni_fail(err, NI_ERR_RUN, _("interrupted"));
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return ni_fail(err, NI_ERR_RUN, _("it took too long, and was stopped; see %s/log"),
			       dir);
	ni_fail(err, NI_ERR_RUN, _("a step failed: %s"), last_words(w->pool, dir));
	ni_hint(err, _("everything that was said is in %s/log"), dir);
	return NI_ERR_RUN;
}

static void
say_files(struct nl_world *w, const char *dir)
{
	for (unsigned i = 0; i < w->lab->npoints; i++)
		printf("  %s/%s.pcapng\n", dir, w->lab->point[i].name);
}

static void
say_predictions(struct nl_world *w, const struct nl_form *f)
{
	unsigned made = 0;
	unsigned right = 0;
	for (unsigned i = 0; i < w->lab->nquestions; i++) {
		struct nl_value v;
		const char *answer = f->answer[i];
		if (!answer || !*answer || nl_answer_get(w, &w->lab->question[i], &v, NULL))
			continue;
		made++;
		right += nl_answer_is(w, &w->lab->question[i], &v, answer);
	}
	if (made)
		printf(_("%u of your %u predictions came true.\n"), right, made);
}

/* What a run needs to know beside the world. */
struct plan {
	const char *dir, *mode;
	struct nl_form predictions;
};

static int
look_at_results(struct nl_world *w, const struct plan *plan, struct ni_err *err)
{
	const char *dir = plan->dir;
	for (unsigned i = 0; i < w->lab->npoints; i++)
		w->file[i] = nl_fmt(w->pool, "%s/%s.pcapng", dir, w->lab->point[i].name);
	int rc = nl_world_open(w, err);
	if (!rc)
		rc = nl_truth_check(w, nl_fmt(w->pool, "%s/truth", dir), err);
	if (rc) {
		ni_hint(err, _("that is not your fault: a busy machine, or a fault of the lab; run "
			       "it again"));
		return NI_ERR_RUN;
	}
	say_predictions(w, &plan->predictions);
	printf(
	    _("Look: netinspect -r %s/%s.pcapng\nThen answer %s/answers.txt, and: netlab grade %s "
	      "%s\n"),
	    dir, w->lab->npoints ? w->lab->point[0].name : "", dir, w->lab->name, dir);
	return NI_SUCCESS;
}

static int
execute(struct nl_world *w, struct plan *plan, const char *node, struct ni_err *err)
{
	const char *labs = nl_labs_dir(w->pool, err);
	bool shell = !strcmp(plan->mode, "shell");
	unsigned seconds = shell ? 0 : PATIENCE * w->lab->seconds + PATIENCE_S;
	int rc = labs ? write_params(w, plan->dir, err) : NI_ERR_INPUT;
	if (!rc && !shell)
		rc = write_form(w, plan->dir, err);
	if (rc)
		return rc;
	set_environment(w, labs, plan->mode, node);
	printf(_("%s: %s (seed %s)\n"), w->lab->name, w->lab->title, w->params.seed);
	if (!shell)
		printf(_("This takes about %u seconds.\n"), w->lab->seconds);
	fflush(stdout);
	int status = run_script(nl_fmt(w->pool, "%s/main.sh", labs), plan->dir, seconds, shell);
	give_back(plan->dir);
	rc = judge_status(w, plan->dir, status, err);
	if (rc)
		return rc;
	puts(_("Captured:"));
	say_files(w, plan->dir);
	return shell ? NI_SUCCESS : look_at_results(w, plan, err);
}

/* The seed: as asked, else that of the predictions, else a new one. */
static int
choose_seed(const struct nl_lab_opts *o, struct nl_world *w, const struct nl_form *predictions,
	    struct ni_err *err)
{
	const char *theirs = predictions->seed && *predictions->seed ? predictions->seed : NULL;
	const char *seed = o->seed ? o->seed : theirs ? theirs : nl_seed_new(w->pool);
	if (o->seed && theirs && strcmp(o->seed, theirs) != 0) {
		ni_fail(err, NI_ERR_INPUT, _("%s: made for the seed %s"), o->predictions, theirs);
		ni_hint(err,
			_("leave --seed out, or predict anew: netlab ask %s --predict --seed %s"),
			w->lab->name, o->seed);
		return NI_ERR_INPUT;
	}
	int rc = nl_seed_check(seed, err);
	if (!rc)
		nl_draw(w->lab, w->pool, seed, &w->params);
	return rc;
}

static int
begin(const struct nl_lab_opts *o, struct nl_pool *pool, const char *mode, struct ni_err *err)
{
	const char *path = getenv("PATH");
	setenv("PATH", nl_fmt(pool, "%s:/usr/local/sbin:/usr/sbin:/sbin", path ? path : "/usr/bin"),
	       1);
	struct nl_lab *lab = nl_lab_open(pool, o->argv[0], err);
	struct nl_world *w = nl_take(pool, sizeof(*w));
	struct plan *plan = nl_take(pool, sizeof(*plan));
	if (!lab)
		return NI_ERR_INPUT;
	*w = (struct nl_world){.lab = lab, .pool = pool};
	w->program = nl_program(pool, "netinspect");
	int rc = check_needs(lab, pool, err);
	if (!rc && o->predictions)
		rc = nl_form_read(&plan->predictions, lab, pool, o->predictions, err);
	if (!rc)
		rc = choose_seed(o, w, &plan->predictions, err);
	plan->mode = mode;
	if (rc)
		return rc;
	plan->dir = o->dir ? o->dir : nl_fmt(pool, "%s-%s", lab->name, w->params.seed);
	rc = make_folder(plan->dir, err);
	if (!rc && o->predictions)
		rc = copy_predictions(pool, o->predictions, plan->dir, err);
	const char *node = o->node ? o->node : lab->npoints ? lab->point[0].host : "";
	return rc ? rc : execute(w, plan, node, err);
}

int
nl_do_run(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	return begin(o, pool, "run", err);
}

int
nl_do_shell(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err)
{
	return begin(o, pool, "shell", err);
}
