// SPDX-License-Identifier: GPL-2.0
/* KUnit's suites run by cmocka. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#undef fail

#include <kunit/test.h>

#include <linux/rcupdate.h>
#include <linux/slab.h>

/**
 * struct run - a case with one of its parameters
 * @name: of both
 * @test: what the test gets
 * @fn: the test
 * @suite: its suite
 */
struct run {
	char name[256];
	struct kunit test;
	void (*fn)(struct kunit *test);
	struct kunit_suite *suite;
};

void user_kunit_fail(const char *file, int line, const char *fmt, ...)
{
	char buf[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, sizeof(buf), fmt, args);
	va_end(args);
	print_error("%s\nVFLOW_SEED=%#llx\n", buf, user_seed());
	_fail(file, line);
	abort();
}

void user_kunit_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	printf("# ");
	vprintf(fmt, args);
	printf("\n");
	va_end(args);
	fflush(stdout);
}

unsigned long long user_seed(void)
{
	static unsigned long long seed;
	const char *env = getenv("VFLOW_SEED");
	struct timespec now;

	if (seed)
		return seed;
	if (env && *env) {
		seed = strtoull(env, NULL, 0);
	} else {
		clock_gettime(CLOCK_REALTIME, &now);
		seed = now.tv_sec * 1000000007ULL ^ now.tv_nsec;
	}
	if (!seed)
		seed = 1;
	user_kunit_info("VFLOW_SEED=%#llx", seed);
	return seed;
}

unsigned long user_scale(unsigned long n)
{
	const char *env = getenv("VFLOW_SCALE");
	double scale = env ? atof(env) : 1;

	n = scale > 0 ? n * scale : n;
	return n ?: 1;
}

static int set_up(void **state)
{
	struct run *run = *state;

	return run->suite->init ? run->suite->init(&run->test) : 0;
}

static int tear_down(void **state)
{
	struct run *run = *state;

	if (run->suite->exit)
		run->suite->exit(&run->test);
	return 0;
}

static void run_case(void **state)
{
	struct run *run = *state;

	run->fn(&run->test);
}

static void add(struct CMUnitTest **tests, size_t *n,
		struct kunit_suite *suite, const struct kunit_case *c,
		const void *param, const char *desc)
{
	struct run *run = calloc(1, sizeof(*run));
	struct CMUnitTest *t;

	*tests = realloc(*tests, (*n + 1) * sizeof(**tests));
	t = &(*tests)[(*n)++];
	run->fn = c->run_case;
	run->suite = suite;
	run->test.param_value = param;
	snprintf(run->name, sizeof(run->name), "%s%s%s", c->name,
		 desc ? ": " : "", desc ?: "");
	*t = (struct CMUnitTest){
		.name = run->name,
		.test_func = run_case,
		.setup_func = set_up,
		.teardown_func = tear_down,
		.initial_state = run,
	};
}

int main(void)
{
	struct kunit_suite *suite = user_kunit_suite;
	const char *filter = getenv("VFLOW_TEST");
	struct CMUnitTest *tests = NULL;
	const struct kunit_case *c;
	size_t n = 0, i;
	char desc[KUNIT_PARAM_DESC_SIZE];
	int failed;

	if (filter)
		cmocka_set_test_filter(filter);
	for (c = suite->test_cases; c->run_case; c++) {
		if (!c->params)
			add(&tests, &n, suite, c, NULL, NULL);
		for (i = 0; c->params && i < c->params->n; i++) {
			const void *param = (const char *)c->params->array +
					    i * c->params->size;

			c->params->get_desc(param, desc);
			add(&tests, &n, suite, c, param, desc);
		}
	}
	if (suite->suite_init && suite->suite_init(suite))
		return 1;
	failed = _cmocka_run_group_tests(suite->name, tests, n, NULL, NULL);
	if (suite->suite_exit)
		suite->suite_exit(suite);
	user_rcu_drain();
	if (!failed && user_live_allocs()) {
		fprintf(stderr, "%s: %lu objects were not freed\n",
			suite->name, user_live_allocs());
		failed = 1;
	}
	for (i = 0; i < n; i++)
		free(tests[i].initial_state);
	free(tests);
	return failed ? 1 : 0;
}
