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

static __always_inline struct lb_client_nexthop *lb_client_nexthop_line(__u32 client,
									__be16 service_port,
									__u32 ifindex)
{
	__u64 x = (__u64)client << 32 | (ifindex << 16 ^ service_port);
	__u32 line = (x * LB_HASH_K1) >> (64 - LB_CLIENT_NEXTHOPS_LOG2);

	return bpf_map_lookup_elem(&client_nexthops, &line);
}

/* How long an answer is given to new flows: a path's MTU changes without notice. */
#define LB_CLIENT_NEXTHOP_SECONDS 32

static __always_inline int lb_service_equal(const struct lb_service_key *a,
					    const struct lb_service_key *b)
{
	return a->port == b->port && a->ip_proto == b->ip_proto && a->family == b->family &&
	       lb_addr_equal(a->addr, b->addr, LB_FAMILY_IPV6);
}

/* The flow's replies are expected by the interface that the backend is reached by. */
static __always_inline void lb_client_nexthop_recall(struct lb_opening *o)
{
	struct lb_device *device = lb_device_of(o->nexthop[LB_TO_BACKEND]);
	struct lb_client_nexthop *line;
	__u32 version, generation;
	__u64 nexthop;
	__u16 mtu;

	o->nexthop[LB_TO_CLIENT] = 0;
	if (!device)
		return;
	line = lb_client_nexthop_line(o->source, o->service.port, device->ifindex);
	if (!line)
		return;
	version = LB_READ_ONCE(line->version);
	lb_barrier();
	if ((version & 1) || line->ifindex != device->ifindex ||
	    !lb_addr_equal(line->client, o->route.addr, LB_FAMILY_IPV6) ||
	    !lb_service_equal(&line->service, &o->service) ||
	    o->now - line->asked > LB_CLIENT_NEXTHOP_SECONDS * lb_settings.second)
		return;
	nexthop = LB_READ_ONCE(line->nexthop);
	generation = LB_READ_ONCE(line->generation);
	mtu = LB_READ_ONCE(line->mtu);
	lb_barrier();
	if (LB_READ_ONCE(line->version) != version)
		return;
	o->nexthop[LB_TO_CLIENT] = nexthop;
	o->nexthop_generation[LB_TO_CLIENT] = generation;
	o->nexthop_mtu[LB_TO_CLIENT] = mtu;
}

static __always_inline void lb_client_nexthop_keep(const struct lb_context *c, int family,
						   const struct lb_packet *p,
						   const struct lb_hit *hit, __u64 nexthop)
{
	struct lb_device *device = lb_device_of(nexthop);
	struct lb_client_nexthop *line =
		lb_client_nexthop_line(p->dest, hit->port, lb_ingress_ifindex(c));
	__u32 version;

	if (!line || !device || (device->flags & (LB_DEVICE_MULTIPATH | LB_DEVICE_BY_PORT)))
		return;
	version = LB_READ_ONCE(line->version);
	if ((version & 1) ||
	    __sync_val_compare_and_swap(&line->version, version, version + 1) != version)
		return;
	line->ifindex = lb_ingress_ifindex(c);
	__builtin_memset(line->client, 0, sizeof(line->client));
	__builtin_memset(line->service.addr, 0, sizeof(line->service.addr));
	lb_addr_copy(line->client, p->dest_addr, family);
	lb_addr_copy(line->service.addr, hit->addr, family);
	line->service.port = hit->port;
	line->service.ip_proto = p->ip_proto;
	line->service.family = family;
	line->generation = device->generation;
	line->nexthop = nexthop;
	line->asked = (__u32)bpf_jiffies64();
	line->mtu = hit->mtu;
	lb_barrier();
	LB_WRITE_ONCE(line->version, version + 2);
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
	else
		lb_client_nexthop_keep(c, family, p, hit, answer);
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

/* Replies were expected by another interface than the first one came by. */
static __always_inline int lb_is_unexpected(const struct lb_context *c, enum lb_direction direction,
					    const struct lb_hit *hit)
{
	struct lb_device *device;

	if (direction == LB_TO_BACKEND || (lb_word_state(hit->seen) & LB_FLOW_ANSWERED))
		return 0;
	device = lb_device_of(LB_READ_ONCE(hit->tail->nexthop[LB_TO_BACKEND]));
	return !device || device->ifindex != lb_ingress_ifindex(c);
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
	if (device && *nexthop && device->generation == hit->nexthop_generation &&
	    !lb_is_unexpected(c, direction, hit))
		return device;
	*nexthop = lb_nexthop_resolve(c, family, p, direction, hit);
	return LB_IS_NEXTHOP(*nexthop) ? lb_device_of(*nexthop) : 0;
}
