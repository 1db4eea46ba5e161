/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_MODULE_H
#define USER_LINUX_MODULE_H

extern int (*const user_module_init)(void);
extern void (*const user_module_exit)(void);

#define module_init(fn)		int (*const user_module_init)(void) = (fn)
#define module_exit(fn)		void (*const user_module_exit)(void) = (fn)
#define MODULE_DESCRIPTION(s)	extern char user_description[sizeof(s)]
#define MODULE_LICENSE(s)	extern char user_license[sizeof(s)]
#define MODULE_VERSION(s)	extern char user_version[sizeof(s)]

#endif
