/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hash functions. Filter and selection hashes are computed by the runtime too (HashTest compares
 * them); the selection hash has no seed, so that every node picks the same backend for a flow.
 */
#pragma once
#include <bpf/bpf_endian.h>
#include "layout.h"

#define LB_HASH_K1 0x9E3779B97F4A7C15ull
#define LB_HASH_K2 0xC2B2AE3D27D4EB4Full
#define LB_HASH_K3 0xFF51AFD7ED558CCDull

/* An IPv6 address as one word; words are native (little-endian) loads of the wire bytes. */
static __always_inline __u32 lb_fold_address(const __be32 addr[4])
{
	__u64 high = (__u64)addr[1] << 32 | addr[0];
	__u64 low = (__u64)addr[3] << 32 | addr[2];
	__u64 x = high * LB_HASH_K2 + low;

	x *= LB_HASH_K1;
	return (__u32)(x >> 32);
}

/* Bit number in the filter. For IPv6 addr is lb_fold_address. */
static __always_inline __u32 lb_filter_hash(__u32 addr, __be16 port, __u8 ip_proto)
{
	__u64 x = (__u64)addr << 32 | (__u32)port << 8 | ip_proto;

	return (__u32)((x * LB_HASH_K1) >> (64 - LB_FILTER_BITS_LOG2));
}

static __always_inline __u64 lb_mix(__u64 a, __u64 b)
{
	__u64 x = a * LB_HASH_K1 ^ b * LB_HASH_K2;

	x ^= x >> 32;
	x *= LB_HASH_K3;
	x ^= x >> 29;
	x *= LB_HASH_K1;
	return x ^ x >> 32;
}

/*
 * Which set a flow lives in: by the client's side, which packets of both directions carry. A client's
 * ports have a set each, as far as the table goes. 32 of them have two blocks: one is that of the even
 * ports, which Linux gives to outgoing connections in their order with gaps, one that of the odd.
 */
static __always_inline __u32 lb_flow_hash(__u64 seed, __u32 client, __be16 port, __u8 ip_proto)
{
	__u32 number = bpf_ntohs(port);
	__u32 of_row = (number & 1) << 4 | (number >> 1 & 15);

	return ((__u32)lb_mix(seed ^ client, ip_proto) + (number & ~31u)) ^ of_row;
}

/* 32 bits that pick a slot: slot = (hash * size) >> 32. With zero ports: by source alone. */
static __always_inline __u32 lb_selection_hash(__u32 source, __u32 dest, __be16 source_port,
					       __be16 dest_port, __u8 ip_proto)
{
	return (__u32)(lb_mix((__u64)source << 32 | dest,
			      (__u64)source_port << 32 | (__u32)dest_port << 8 | ip_proto) >>
		       32);
}
