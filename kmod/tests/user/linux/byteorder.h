/* SPDX-License-Identifier: GPL-2.0 */
#ifndef USER_LINUX_BYTEORDER_H
#define USER_LINUX_BYTEORDER_H

#include <asm/byteorder.h>

#include <linux/types.h>

#define htons(x)	__cpu_to_be16(x)
#define ntohs(x)	__be16_to_cpu(x)
#define htonl(x)	__cpu_to_be32(x)
#define ntohl(x)	__be32_to_cpu(x)
#define cpu_to_be16(x)	__cpu_to_be16(x)
#define be16_to_cpu(x)	__be16_to_cpu(x)
#define cpu_to_be32(x)	__cpu_to_be32(x)
#define be32_to_cpu(x)	__be32_to_cpu(x)
#define cpu_to_le16(x)	__cpu_to_le16(x)
#define cpu_to_le32(x)	__cpu_to_le32(x)
#define cpu_to_le64(x)	__cpu_to_le64(x)
#define le64_to_cpu(x)	__le64_to_cpu(x)

#endif
