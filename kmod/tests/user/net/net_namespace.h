/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_NET_NET_NAMESPACE_H
#define USER_NET_NET_NAMESPACE_H

#include <stddef.h>

struct user_namespace {
	int unused;
};

extern struct user_namespace init_user_ns;

/**
 * struct net - a network namespace; there is one
 * @user_ns: whose it is
 * @generic: the module's state of it
 */
struct net {
	struct user_namespace *user_ns;
	void *generic;
};

extern struct net init_net;

struct pernet_operations {
	int (*init)(struct net *net);
	void (*exit)(struct net *net);
	unsigned int *id;
	size_t size;
};

int register_pernet_subsys(struct pernet_operations *ops);
void unregister_pernet_subsys(struct pernet_operations *ops);

#endif
