/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_LIST_H
#define USER_LINUX_LIST_H

#include <linux/kernel.h>

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline void list_add_tail(struct list_head *entry,
				 struct list_head *head)
{
	entry->prev = head->prev;
	entry->next = head;
	head->prev->next = entry;
	head->prev = entry;
}

/* What is deleted must not be followed; here following it crashes. */
static inline void list_del(struct list_head *entry)
{
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	entry->next = NULL;
	entry->prev = NULL;
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_entry(ptr, type, member)	container_of(ptr, type, member)

#define list_for_each_entry(pos, head, member)				\
	for (pos = list_entry((head)->next, __typeof__(*pos), member);	\
	     &pos->member != (head);					\
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))

#define list_for_each_entry_safe(pos, n, head, member)			\
	for (pos = list_entry((head)->next, __typeof__(*pos), member),	\
	     n = list_entry(pos->member.next, __typeof__(*pos), member);\
	     &pos->member != (head);					\
	     pos = n,							\
	     n = list_entry(n->member.next, __typeof__(*n), member))

#define HLIST_HEAD(name)	struct hlist_head name = { NULL }
#define INIT_HLIST_HEAD(ptr)	((ptr)->first = NULL)

#define hlist_entry_safe(ptr, type, member) ({				\
	__typeof__(ptr) __ptr = (ptr);					\
									\
	__ptr ? container_of(__ptr, type, member) : NULL;		\
})

/* The links are written as readers under RCU need it; what is deleted keeps
 * its way on for them.
 */
static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node *first = h->first;

	__atomic_store_n(&n->next, first, __ATOMIC_RELAXED);
	n->pprev = &h->first;
	user_step();
	__atomic_store_n(&h->first, n, __ATOMIC_RELEASE);
	user_step();
	if (first)
		first->pprev = &n->next;
}

static inline void hlist_del(struct hlist_node *n)
{
	struct hlist_node *next = n->next, **pprev = n->pprev;

	if (!pprev)
		user_die("hlist_del() of what is in no list");
	user_step();
	__atomic_store_n(pprev, next, __ATOMIC_RELAXED);
	user_step();
	if (next)
		next->pprev = pprev;
	n->pprev = NULL;
}

#define hlist_add_head_rcu(n, h)	hlist_add_head(n, h)
#define hlist_del_rcu(n)		hlist_del(n)

#define hlist_for_each_entry(pos, head, member)				\
	for (pos = hlist_entry_safe((head)->first, __typeof__(*pos),	\
				    member);				\
	     pos;							\
	     pos = hlist_entry_safe(pos->member.next, __typeof__(*pos),	\
				    member))

#define hlist_for_each_entry_safe(pos, n, head, member)			\
	for (pos = hlist_entry_safe((head)->first, __typeof__(*pos),	\
				    member);				\
	     pos && ({ n = pos->member.next; 1; });			\
	     pos = hlist_entry_safe(n, __typeof__(*pos), member))

#endif
