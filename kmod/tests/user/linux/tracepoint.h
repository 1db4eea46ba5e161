/* SPDX-License-Identifier: GPL-2.0 */
/* A tracepoint is a function that a test may define. */
#ifndef USER_LINUX_TRACEPOINT_H
#define USER_LINUX_TRACEPOINT_H

#define TP_PROTO(...)	__VA_ARGS__

#define TRACE_EVENT(name, proto, ...)		void trace_##name(proto)
#define DECLARE_EVENT_CLASS(name, ...)		struct trace_class_##name
#define DEFINE_EVENT(cls, name, proto, ...) \
	struct trace_class_##cls; void trace_##name(proto)

#endif
