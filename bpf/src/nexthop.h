/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a packet leaves: cached with the flow (and, for new flows, with the backend) as long as the
 * device's generation stands, else asked of the kernel's routing and neighbour tables.
 */
#pragma once
#include "flow_change.h"

#ifndef AF_INET
#define AF_INET 2
#define AF_INET6 10
#endif

static __always_inline struct lb_device *lb_device_of(__u64 nexthop)
{
	__u32 slot = nexthop >> 48;

	return bpf_map_lookup_elem(&devices, &slot);
}

static __always_inline __u64 lb_nexthop_word(const __u8 *mac, __u32 slot)
{
	__u64 word = (__u64)slot << 48;

	for (int i = 0; i < ETH_ALEN; i++)
		word |= (__u64)mac[i] << (8 * i);
	return word;
}

static __always_inline void lb_fib_addresses(struct bpf_fib_lookup *fib, int family,
					     const __be32 *source, const __be32 *dest)
{
	if (family == LB_FAMILY_IPV4) {
		fib->family = AF_INET;
		fib->ipv4_src = source[0];
		fib->ipv4_dst = dest[0];
	} else {
		fib->family = AF_INET6;
		lb_addr_copy(fib->ipv6_src, source, family);
		lb_addr_copy(fib->ipv6_dst, dest, family);
	}
}

/* New flows towards this backend begin with it, unless they are to be shared out. */
static __always_inline void lb_nexthop_keep_for_backend(__u16 backend, __u64 nexthop, __u16 mtu)
{
	struct lb_device *device = lb_device_of(nexthop);
	__u32 id = backend;
	struct lb_backend *b = bpf_map_lookup_elem(&backends, &id);

	if (!b || !device || (device->flags & LB_DEVICE_MULTIPATH))
		return;
	LB_WRITE_ONCE(b->nexthop_mtu, mtu);
	LB_WRITE_ONCE(b->nexthop, nexthop);
	LB_WRITE_ONCE(b->nexthop_generation, device->generation);
}

/*
 * Asks the kernel, with the question in the scratch area. Returns the next hop, or the reason why
 * the stack must take the packet. The answer's `mtu_result` stays there.
 */
static __always_inline __u64 lb_nexthop_ask(void *raw)
{
	struct lb_scratch *scratch = lb_scratch();
	struct bpf_fib_lookup *fib;
	long result;
	__u32 *slot;
	__u32 ifindex;

	if (!scratch)
		return LB_HANDOVER_ROUTE;
	fib = &scratch->fib;
	result = bpf_fib_lookup(raw, fib, sizeof(*fib), 0);
	if (result == BPF_FIB_LKUP_RET_NO_NEIGH)
		return LB_HANDOVER_NEIGHBOR;
	if (result != BPF_FIB_LKUP_RET_SUCCESS)
		return LB_HANDOVER_ROUTE;
	ifindex = fib->ifindex;
	slot = bpf_map_lookup_elem(&device_slots, &ifindex);
	return slot && *slot ? lb_nexthop_word(fib->dmac, *slot) : LB_HANDOVER_DEVICE;
}

/* A next hop has a device slot in its upper bits, a reason has not. */
#define LB_IS_NEXTHOP(answer) ((answer) >> 48)

/* VERIFIER: global, verified once for each hook. */
__noinline __u64 lb_nexthop_ask_xdp(struct xdp_md *raw)
{
	return lb_nexthop_ask(raw);
}

__noinline __u64 lb_nexthop_ask_tc(struct __sk_buff *raw)
{
	return lb_nexthop_ask(raw);
}

static __always_inline __u64 lb_nexthop_resolve(const struct lb_context *c, int family,
						const struct lb_packet *p,
						enum lb_direction direction, struct lb_hit *hit)
{
	struct lb_scratch *scratch = lb_scratch();
	struct bpf_fib_lookup *fib;
	__u64 answer;

	if (!scratch)
		return LB_HANDOVER_ROUTE;
	fib = &scratch->fib;
	__builtin_memset(fib, 0, sizeof(*fib));
	fib->ifindex = lb_ingress_ifindex(c);
	/*
	 * The answer says the route's MTU only if the question has a length. Not this packet's: the
	 * next hop is asked for all of them.
	 */
	fib->tot_len = 1;
	fib->l4_protocol = p->ip_proto;
	if (direction == LB_TO_BACKEND) {
		lb_fib_addresses(fib, family, p->source_addr, hit->addr);
		fib->sport = p->source_port;
		fib->dport = hit->port;
	} else {
		lb_fib_addresses(fib, family, hit->addr, p->dest_addr);
		fib->sport = hit->port;
		fib->dport = p->dest_port;
	}
	answer = c->hook == LB_HOOK_XDP ? lb_nexthop_ask_xdp(LB_XDP(c))
					: lb_nexthop_ask_tc(LB_SKB(c));
	if (!LB_IS_NEXTHOP(answer))
		return answer;
	hit->mtu = fib->mtu_result;
	lb_flow_keep_nexthop(hit->set, hit->line, hit->seen, answer, direction);
	if (direction == LB_TO_BACKEND)
		lb_nexthop_keep_for_backend(lb_word_backend(hit->seen), answer, hit->mtu);
	return answer;
}

/*
 * A source that no router carries over a link (RFC 4291, sections 2.5.3, 2.5.6 and 2.7): loopback,
 * link-local, multicast. The kernel refuses it when asked; a cached answer was to another's question.
 */
static __always_inline int lb_is_confined(const __be32 addr[4])
{
	__u32 first = bpf_ntohl(addr[0]);

	return first >> 24 == 0xff || first >> 22 == 0xfe80 >> 6 ||
	       !(addr[0] | addr[1] | addr[2] | (addr[3] ^ bpf_htonl(1)));
}

/*
 * The device that the flow's packets leave by, their next hop there, and the route's MTU in the hit;
 * or 0 and the reason.
 */
static __always_inline struct lb_device *lb_leave_by(const struct lb_context *c, int family,
						     const struct lb_packet *p,
						     enum lb_direction direction,
						     struct lb_hit *hit, __u64 *nexthop)
{
	struct lb_device *device;

	if (family == LB_FAMILY_IPV6 && direction == LB_TO_BACKEND &&
	    lb_is_confined(p->source_addr)) {
		*nexthop = LB_HANDOVER_ROUTE;
		return 0;
	}
	*nexthop = hit->nexthop;
	device = lb_device_of(*nexthop);
	if (device && *nexthop && device->generation == hit->nexthop_generation)
		return device;
	*nexthop = lb_nexthop_resolve(c, family, p, direction, hit);
	return LB_IS_NEXTHOP(*nexthop) ? lb_device_of(*nexthop) : 0;
}
