/* SPDX-License-Identifier: GPL-2.0 */
/* As much of KUnit as the tests use, on top of cmocka: the same source is a
 * KUnit suite in the kernel and a program here.  What is expected is as strict
 * here as what is asserted.
 */
#ifndef USER_KUNIT_TEST_H
#define USER_KUNIT_TEST_H

#include <linux/err.h>
#include <linux/string.h>

#define KUNIT_PARAM_DESC_SIZE	128

/**
 * struct kunit - a running test
 * @priv: the test's own
 * @param_value: parameter of a case that has some
 */
struct kunit {
	void *priv;
	const void *param_value;
};

/**
 * struct user_params - parameters of a case
 * @array: all of them
 * @n: number of them
 * @size: of each
 * @get_desc: names one
 */
struct user_params {
	const void *array;
	size_t n;
	size_t size;
	void (*get_desc)(const void *param, char *desc);
};

/**
 * struct kunit_case - a test
 * @run_case: the function
 * @name: its name
 * @params: parameters, NULL for a case without
 */
struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const struct user_params *params;
};

/**
 * struct kunit_suite - tests
 * @name: of all of them
 * @suite_init: before the first
 * @suite_exit: after the last
 * @init: before each
 * @exit: after each
 * @test_cases: the tests, up to an empty one
 */
struct kunit_suite {
	const char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(f)		{ .run_case = (f), .name = #f }
#define KUNIT_CASE_PARAM(f, gen) \
	{ .run_case = (f), .name = #f, .params = &(gen) }

#define KUNIT_ARRAY_PARAM(name, a, desc)				\
static const struct user_params name##_gen_params = {			\
	.array = (a),							\
	.n = ARRAY_SIZE(a),						\
	.size = sizeof((a)[0]),						\
	.get_desc = (void (*)(const void *param, char *desc))(desc),	\
}

extern struct kunit_suite *const user_kunit_suite;

/* main() runs it */
#define kunit_test_suite(suite) \
	struct kunit_suite *const user_kunit_suite = &(suite)

void __attribute__((__noreturn__, __format__(printf, 3, 4)))
user_kunit_fail(const char *file, int line, const char *fmt, ...);

void __attribute__((__format__(printf, 1, 2)))
user_kunit_info(const char *fmt, ...);

#define kunit_info(test, fmt, ...) \
	((void)(test), user_kunit_info(fmt, ##__VA_ARGS__))

#define user_kunit_check(test, cond, fmt, ...) do {			\
	(void)(test);							\
	if (!(cond))							\
		user_kunit_fail(__FILE__, __LINE__, fmt, ##__VA_ARGS__);\
} while (0)

#define user_kunit_binary(test, a, op, b, fmt, ...) do {		\
	__typeof__(a) __l = (a);					\
	__typeof__(b) __r = (b);					\
									\
	user_kunit_check(test, __l op __r,				\
			 "%s " #op " %s: %#llx, %#llx. " fmt, #a, #b,	\
			 (unsigned long long)__l,			\
			 (unsigned long long)__r, ##__VA_ARGS__);	\
} while (0)

#define KUNIT_FAIL(test, fmt, ...)					\
	user_kunit_check(test, false, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_TRUE(test, c)	user_kunit_check(test, c, "%s", #c)
#define KUNIT_EXPECT_FALSE(test, c)	user_kunit_check(test, !(c), "!(%s)", #c)
#define KUNIT_EXPECT_EQ(test, a, b)	user_kunit_binary(test, a, ==, b, "")
#define KUNIT_EXPECT_NE(test, a, b)	user_kunit_binary(test, a, !=, b, "")
#define KUNIT_EXPECT_LT(test, a, b)	user_kunit_binary(test, a, <, b, "")
#define KUNIT_EXPECT_LE(test, a, b)	user_kunit_binary(test, a, <=, b, "")
#define KUNIT_EXPECT_GT(test, a, b)	user_kunit_binary(test, a, >, b, "")
#define KUNIT_EXPECT_GE(test, a, b)	user_kunit_binary(test, a, >=, b, "")
#define KUNIT_EXPECT_PTR_EQ(test, a, b)					\
	user_kunit_check(test, (a) == (b), "%s == %s: %p, %p", #a, #b,	\
			 (const void *)(a), (const void *)(b))
#define KUNIT_EXPECT_PTR_NE(test, a, b)					\
	user_kunit_check(test, (a) != (b), "%s != %s", #a, #b)
#define KUNIT_EXPECT_NULL(test, p)	KUNIT_EXPECT_PTR_EQ(test, p, NULL)
#define KUNIT_EXPECT_NOT_NULL(test, p)	KUNIT_EXPECT_PTR_NE(test, p, NULL)
#define KUNIT_EXPECT_STREQ(test, a, b)					\
	user_kunit_check(test, !strcmp(a, b), "\"%s\", \"%s\"", a, b)
#define KUNIT_EXPECT_MEMEQ(test, a, b, n)				\
	user_kunit_check(test, !memcmp(a, b, n), "%s and %s differ", #a, #b)

#define KUNIT_EXPECT_EQ_MSG(test, a, b, fmt, ...)			\
	user_kunit_binary(test, a, ==, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_LE_MSG(test, a, b, fmt, ...)			\
	user_kunit_binary(test, a, <=, b, fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_TRUE_MSG(test, c, fmt, ...)			\
	user_kunit_check(test, c, "%s. " fmt, #c, ##__VA_ARGS__)

#define KUNIT_ASSERT_TRUE		KUNIT_EXPECT_TRUE
#define KUNIT_ASSERT_TRUE_MSG		KUNIT_EXPECT_TRUE_MSG
#define KUNIT_ASSERT_FALSE		KUNIT_EXPECT_FALSE
#define KUNIT_ASSERT_EQ			KUNIT_EXPECT_EQ
#define KUNIT_ASSERT_EQ_MSG		KUNIT_EXPECT_EQ_MSG
#define KUNIT_ASSERT_NE			KUNIT_EXPECT_NE
#define KUNIT_ASSERT_LE			KUNIT_EXPECT_LE
#define KUNIT_ASSERT_LT			KUNIT_EXPECT_LT
#define KUNIT_ASSERT_GT			KUNIT_EXPECT_GT
#define KUNIT_ASSERT_GE			KUNIT_EXPECT_GE
#define KUNIT_ASSERT_PTR_EQ		KUNIT_EXPECT_PTR_EQ
#define KUNIT_ASSERT_MEMEQ		KUNIT_EXPECT_MEMEQ
#define KUNIT_ASSERT_PTR_NE		KUNIT_EXPECT_PTR_NE
#define KUNIT_ASSERT_STREQ		KUNIT_EXPECT_STREQ
#define KUNIT_ASSERT_NULL		KUNIT_EXPECT_NULL
#define KUNIT_ASSERT_NOT_NULL		KUNIT_EXPECT_NOT_NULL
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p)				\
	user_kunit_check(test, !IS_ERR_OR_NULL(p), "%s: %p", #p,	\
			 (const void *)(p))

#endif
