/* SPDX-License-Identifier: Apache-2.0 */
/* Most packets are nobody's: two bits tell, before any lookup. A set bit may be a coincidence. */
#pragma once
#include "maps.h"
#include "hash.h"

static __always_inline int lb_filter_has(const __u64 *words, __u32 addr, __be16 port, __u8 ip_proto)
{
	__u32 bit = lb_filter_hash(addr, port, ip_proto);

	return words[bit >> 6] >> (bit & 63) & 1;
}

/*
 * The address first. In a reply it is the client's, whose bit was read for the packets before, while
 * the bit of its new port would lie where nobody has looked yet.
 */
static __always_inline int lb_filter_has_endpoint(const __u64 *words, __u32 addr, __be16 port,
						  __u8 ip_proto)
{
	return lb_filter_has(words, addr, 0, 0) && lb_filter_has(words, addr, port, ip_proto);
}

static __always_inline int lb_maybe_service(__u32 addr, __be16 port, __u8 ip_proto)
{
	return lb_filter_has_endpoint(lb_filter.service, addr, port, ip_proto);
}

static __always_inline int lb_maybe_backend(__u32 addr, __be16 port, __u8 ip_proto)
{
	return lb_filter_has_endpoint(lb_filter.backend, addr, port, ip_proto);
}

/* By address alone, for packets without readable ports. */
static __always_inline int lb_maybe_service_address(__u32 addr)
{
	return lb_filter_has(lb_filter.service, addr, 0, 0);
}

static __always_inline int lb_maybe_backend_address(__u32 addr)
{
	return lb_filter_has(lb_filter.backend, addr, 0, 0);
}
