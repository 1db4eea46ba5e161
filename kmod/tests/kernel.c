// SPDX-License-Identifier: GPL-2.0
/* What the tests need in a kernel, and a copy of what they test. */

#include <linux/module.h>
#include <linux/random.h>

#include "../fib.c"
#include "../key.c"
#include "../xmit.c"
#include "kernel.h"

void (*user_step_hook)(void);
int user_cpu;
bool user_rcu_immediate;
bool user_skb_may_fail;

/* Output needs them, and is not tested here. */
void vflow_count_drop(struct vflow_counters *c, enum vflow_drop_reason reason,
		      struct vflow_len len)
{
}

void vflow_drop(struct sk_buff *skb, struct vflow_counters *c,
		enum vflow_drop_reason reason, struct vflow_len len)
{
	kfree_skb(skb);
}

struct vflow_len vflow_gso_len(const struct sk_buff *skb)
{
	return (struct vflow_len){};
}

static unsigned long long seed;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "of the random numbers");

unsigned long long user_seed(void)
{
	static bool told;

	if (!seed)
		seed = get_random_u32();
	if (!told)
		pr_info("vflow_test: seed=%llu repeats this\n", seed);
	told = true;
	return seed;
}

unsigned long user_scale(unsigned long n)
{
	return max(n / 100, 1UL);
}

struct sk_buff *user_skb(const void *frame, unsigned int len,
			 unsigned int linear)
{
	struct sk_buff *skb = alloc_skb(NET_IP_ALIGN + len + ETH_HLEN,
					GFP_KERNEL | __GFP_NOFAIL);
	struct page *page;

	linear = max_t(unsigned int, min(linear, len), ETH_HLEN);
	skb_reserve(skb, NET_IP_ALIGN);
	skb_put_data(skb, frame, linear);
	if (len > linear) {
		page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
		memcpy(page_address(page), frame + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb->protocol = eth_hdr(skb)->h_proto;
	return skb;
}

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Unit tests of vflow");
