/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_MODULE_H
#define USER_LINUX_MODULE_H

#define module_init(fn)							\
int user_module_init(void)						\
{									\
	return fn();							\
}
#define module_exit(fn)							\
void user_module_exit(void)						\
{									\
	fn();								\
}
#define MODULE_DESCRIPTION(s)	struct user_module_description
#define MODULE_LICENSE(s)	struct user_module_license

int user_module_init(void);
void user_module_exit(void);

#endif
