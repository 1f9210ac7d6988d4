/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another address and port into a packet: the destination on the way to the backend, the source on
 * the way back. In XDP the transport checksum is updated in place. At TC the kernel's helper does
 * it, since the checksum may be unfinished (only the pseudo-header summed) and the device complete
 * it later. UDP checksum 0 (RFC 768: none) stays, a computed 0 is sent as 0xffff.
 */
#pragma once
#include <stddef.h>
#include "checksum.h"
#include "flow.h"

#define LB_L4_OFFSET_MAX 255

static __always_inline const __be32 *lb_changed_addr(const struct lb_packet *p,
						     enum lb_direction direction)
{
	return direction == LB_TO_BACKEND ? p->dest_addr : p->source_addr;
}

static __always_inline __be16 lb_changed_port(const struct lb_packet *p,
					      enum lb_direction direction)
{
	return direction == LB_TO_BACKEND ? p->dest_port : p->source_port;
}

static __always_inline int lb_rewrite_ipv4(const struct lb_context *c, const struct lb_packet *p,
					   enum lb_direction direction, const struct lb_hit *to,
					   int decrement)
{
	struct iphdr *ip = lb_data(c) + lb_link_bytes(c);
	__u64 sum;

	if ((void *)(ip + 1) > lb_data_end(c))
		return -1;
	sum = lb_sum_begin(ip->check);
	sum = lb_sum_replace32(sum, lb_changed_addr(p, direction)[0], to->addr[0]);
	if (direction == LB_TO_BACKEND)
		ip->daddr = to->addr[0];
	else
		ip->saddr = to->addr[0];
	if (decrement) {
		__u8 ttl = ip->ttl;

		/* The byte of the lower address in its 16-bit word. */
		sum = lb_sum_replace16(sum, ttl, (__u8)(ttl - 1));
		ip->ttl = ttl - 1;
	}
	ip->check = lb_sum_end(sum);
	return 0;
}

static __always_inline int lb_rewrite_ipv6(const struct lb_context *c, enum lb_direction direction,
					   const struct lb_hit *to, int decrement)
{
	struct ipv6hdr *ip = lb_data(c) + lb_link_bytes(c);

	if ((void *)(ip + 1) > lb_data_end(c))
		return -1;
	if (direction == LB_TO_BACKEND)
		__builtin_memcpy(&ip->daddr, to->addr, 16);
	else
		__builtin_memcpy(&ip->saddr, to->addr, 16);
	if (decrement)
		ip->hop_limit--;
	return 0;
}

static __always_inline int lb_rewrite_mac(const struct lb_context *c, __u64 nexthop,
					  const struct lb_device *device)
{
	struct ethhdr *eth = lb_data(c);

	if ((void *)(eth + 1) > lb_data_end(c))
		return -1;
	/* Written out: copied as bytes, which it is to the compiler, an address is twelve steps. */
	*(__u32 *)eth->h_dest = nexthop;
	*(__u16 *)(eth->h_dest + 4) = nexthop >> 32;
	*(__u32 *)eth->h_source = *(const __u32 *)device->mac;
	*(__u16 *)(eth->h_source + 4) = *(const __u16 *)(device->mac + 4);
	return 0;
}

/* The port is written; the checksum too in XDP. */
static __always_inline int lb_rewrite_ports(const struct lb_context *c, int family,
					    const struct lb_packet *p, enum lb_direction direction,
					    const struct lb_hit *to)
{
	const __be32 *from = lb_changed_addr(p, direction);
	__be16 *ports;
	__u16 *check;
	__u64 sum;

	if (p->l4_offset > LB_L4_OFFSET_MAX)
		return -1;
	ports = lb_data(c) + p->l4_offset;
	check = (void *)ports +
		(lb_is_tcp(p) ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check));
	if ((void *)ports + sizeof(struct udphdr) > lb_data_end(c) ||
	    (void *)(check + 1) > lb_data_end(c))
		return -1;
	ports[direction == LB_TO_BACKEND ? 1 : 0] = to->port;
	if (c->hook == LB_HOOK_TC || (!lb_is_tcp(p) && !*check))
		return 0;
	sum = lb_sum_begin(*check);
	sum = lb_sum_replace16(sum, lb_changed_port(p, direction), to->port);
	sum = lb_sum_replace32(sum, from[0], to->addr[0]);
	if (family == LB_FAMILY_IPV6) {
		sum = lb_sum_replace32(sum, from[1], to->addr[1]);
		sum = lb_sum_replace32(sum, from[2], to->addr[2]);
		sum = lb_sum_replace32(sum, from[3], to->addr[3]);
	}
	*check = lb_sum_end(sum);
	if (!lb_is_tcp(p) && !*check)
		*check = 0xffff;
	return 0;
}

/* Packet pointers are gone after this. */
static __always_inline int lb_rewrite_checksum_tc(const struct lb_context *c, int family,
						  const struct lb_packet *p,
						  enum lb_direction direction,
						  const struct lb_hit *to)
{
	const __be32 *from = lb_changed_addr(p, direction);
	__u64 mangled = lb_is_tcp(p) ? 0 : BPF_F_MARK_MANGLED_0;
	__u32 at = p->l4_offset +
		   (lb_is_tcp(p) ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check));
	__s64 difference;

	if (bpf_l4_csum_replace(LB_SKB(c), at, lb_changed_port(p, direction), to->port,
				sizeof(to->port) | mangled))
		return -1;
	if (family == LB_FAMILY_IPV4)
		return bpf_l4_csum_replace(LB_SKB(c), at, from[0], to->addr[0],
					   sizeof(__be32) | BPF_F_PSEUDO_HDR | mangled);
	difference = bpf_csum_diff((__be32 *)from, 16, (__be32 *)to->addr, 16, 0);
	if (difference < 0 ||
	    bpf_l4_csum_replace(LB_SKB(c), at, 0, difference, BPF_F_PSEUDO_HDR | mangled))
		return -1;
	/*
	 * The flag also moves a checksum that the device took over the whole packet, which is right
	 * for IPv4, whose header sums to zero, and wrong here: move it back. Does nothing (an error
	 * that is expected) for other packets.
	 */
	bpf_csum_update(LB_SKB(c), difference);
	return 0;
}
