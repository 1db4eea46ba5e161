/* SPDX-License-Identifier: GPL-2.0 */
/* One CPU has counters: only one thread of a test forwards. */
#ifndef USER_LINUX_PERCPU_H
#define USER_LINUX_PERCPU_H

#include <linux/slab.h>

#define nr_cpu_ids			1
#define smp_processor_id()		0
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define per_cpu_ptr(p, cpu)		((void)(cpu), (p))
#define this_cpu_ptr(p)			(p)
#define alloc_percpu_gfp(type, gfp) \
	((type *)user_alloc(sizeof(type), (gfp) | __GFP_ZERO))
#define free_percpu(p)			kfree(p)

#endif
