// SPDX-License-Identifier: GPL-2.0
/* Sentences that are put together, for kernels whose extack has no room for
 * them; empty for all others.
 */

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#ifdef VFLOW_COMPAT_EXTACK_FMT

#define SLOTS		32

/* The sentence is read when the request is answered, which the task that made
 * the request does itself and at once.  So a slot is the task's until its next
 * refusal, and anybody's after this time.
 */
#define SLOT_LIFETIME	(10 * HZ)

/**
 * struct extack_slot - room for a sentence
 * @task: task that was refused with it; an identity only
 * @stamp: when, in jiffies
 * @text: the sentence, as long as newer kernels allow
 */
struct extack_slot {
	const void *task;
	unsigned long stamp;
	char text[80];
};

static DEFINE_SPINLOCK(extack_lock); /* protects extack_slots */
static struct extack_slot extack_slots[SLOTS];

/* The task's own slot, or the one longest unused. */
static struct extack_slot *find_slot(void)
{
	struct extack_slot *slot = extack_slots, *oldest = NULL;

	for (; slot < extack_slots + SLOTS; slot++) {
		if (slot->task == current)
			return slot;
		if (!slot->task)
			oldest = slot;
		else if (!oldest || (oldest->task &&
				     time_before(slot->stamp, oldest->stamp)))
			oldest = slot;
	}
	if (oldest->task && time_before(jiffies, oldest->stamp + SLOT_LIFETIME))
		return NULL;
	return oldest;
}

/**
 * vflow_extack_fmt() - put a sentence together
 * @fmt: format, a literal of the module
 *
 * Context: process.
 * Return: the sentence, or @fmt itself if there is no room for it.
 */
const char *vflow_extack_fmt(const char *fmt, ...)
{
	struct extack_slot *slot;
	va_list args;

	spin_lock(&extack_lock);
	slot = find_slot();
	if (slot) {
		slot->task = current;
		slot->stamp = jiffies;
		va_start(args, fmt);
		vsnprintf(slot->text, sizeof(slot->text), fmt, args);
		va_end(args);
	}
	spin_unlock(&extack_lock);
	return slot ? slot->text : fmt;
}

#endif
