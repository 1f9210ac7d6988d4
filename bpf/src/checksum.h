/* SPDX-License-Identifier: Apache-2.0 */
/* Incremental checksums (RFC 1624, equation 3) over a 64-bit sum that is folded once. */
#pragma once
#include <linux/types.h>

/* Begins with a checksum field as it stands in the packet. */
static __always_inline __u64 lb_sum_begin(__u16 check)
{
	return (__u16)~check;
}

static __always_inline __u64 lb_sum_replace32(__u64 sum, __u32 from, __u32 to)
{
	return sum + (__u32)~from + to;
}

static __always_inline __u64 lb_sum_replace16(__u64 sum, __u16 from, __u16 to)
{
	return sum + (__u16)~from + to;
}

static __always_inline __u16 lb_sum_end(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (__u16)~sum;
}
