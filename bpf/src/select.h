/* SPDX-License-Identifier: Apache-2.0 */
/* Which backend a new flow goes to: service, source route, slot of the group's table. */
#pragma once
#include "nexthop.h"
#include "track.h"

/* A client's port may collide with a flow of another service; then the next slots are tried. */
#define LB_SLOT_TRIES 4

/*
 * The service that the flow in the scratch area is for. A hash map takes three cache lines and pages
 * that nothing else touches; the scratch area is at hand.
 */
static __always_inline const struct lb_service *lb_service_of(struct lb_scratch *scratch)
{
	const struct lb_service_key *key = &scratch->opening.service;
	__u32 hash = lb_filter_hash(scratch->opening.dest, key->port, key->ip_proto);
	struct lb_service_memo *memo =
		&scratch->services[hash >> (LB_FILTER_BITS_LOG2 - LB_SERVICE_MEMOS_LOG2)];
	__u32 generation = LB_READ_ONCE(lb_settings.services_generation);
	struct lb_service *service;

	if (memo->generation == generation && lb_service_equal(&memo->key, key))
		return &memo->service;
	lb_barrier();
	service = bpf_map_lookup_elem(&services, key);
	if (!service)
		return 0;
	memo->key = *key;
	memo->service = *service;
	memo->generation = generation;
	return &memo->service;
}

static __always_inline __u32 lb_group_of(const struct lb_service *service, struct lb_opening *o)
{
	struct lb_route *route;

	if (!(service->flags & LB_SERVICE_HAS_ROUTES))
		return service->group;
	o->route.service = service->service;
	route = bpf_map_lookup_elem(&source_routes, &o->route);
	return route ? route->group : service->group;
}

static __always_inline __u32 lb_slot_hash(const struct lb_service *service,
					  const struct lb_opening *o)
{
	if (service->selection == LB_SELECT_RANDOM)
		return bpf_get_prandom_u32();
	if (service->selection == LB_SELECT_SOURCE)
		return lb_selection_hash(o->source, 0, 0, 0, 0);
	return lb_selection_hash(o->source, o->dest, o->ports.client, o->ports.service,
				 o->service.ip_proto);
}

/* The backend id in a slot of a region; 0: none. */
static __always_inline __u16 lb_slot_backend(__u64 region, __u32 slot)
{
	__u32 at = (__u32)region + slot;
	__u32 page_number = at / LB_ARENA_PAGE_SLOTS;
	struct lb_arena_page *page = bpf_map_lookup_elem(&arena, &page_number);

	return page ? page->backend[at % LB_ARENA_PAGE_SLOTS] : 0;
}

/* Else it is an enum lb_drop: why the packet can have no flow. */
enum lb_open_result {
	LB_OPENED = LB_DROP_COUNT, /* the scratch area knows where */
	LB_OPEN_EXISTS,
	LB_OPEN_NOT_A_SERVICE,
	LB_OPEN_KILLED,
};

/* Chooses a backend and enters the flow that lies in the scratch area. VERIFIER: global. */
__noinline int lb_open_flow(void)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_opening *o;
	const struct lb_service *service;
	struct lb_group *group;
	__u32 group_number, slot, size;
	__u64 region;

	if (!scratch)
		return LB_OPEN_NOT_A_SERVICE;
	o = &scratch->opening;
	service = lb_service_of(scratch);
	if (!service)
		return LB_OPEN_NOT_A_SERVICE;
	group_number = lb_group_of(service, o);
	group = bpf_map_lookup_elem(&groups, &group_number);
	if (!group)
		return LB_DROP_NO_BACKEND;
	region = LB_READ_ONCE(group->region);
	size = region >> 32;
	if (!size)
		return LB_DROP_NO_BACKEND;
	slot = (__u64)lb_slot_hash(service, o) * size >> 32;
	lb_fetch_set(o->set);
#pragma clang loop unroll(disable)
	for (int i = 0; i < LB_SLOT_TRIES; i++) {
		__u32 id = lb_slot_backend(region, slot);
		struct lb_backend *backend = id ? bpf_map_lookup_elem(&backends, &id) : 0;
		int result;

		if (!backend)
			return LB_DROP_NO_BACKEND;
		lb_addr_copy(o->backend, backend->addr, LB_FAMILY_IPV6);
		o->ports.backend = backend->port;
		o->backend_id = id;
		o->nexthop_generation[LB_TO_BACKEND] = LB_READ_ONCE(backend->nexthop_generation);
		o->nexthop[LB_TO_BACKEND] = LB_READ_ONCE(backend->nexthop);
		o->nexthop_mtu[LB_TO_BACKEND] = LB_READ_ONCE(backend->nexthop_mtu);
		lb_client_nexthop_recall(o);
		result =
			o->kind & LB_FLOW_KIND_IPV6 ? lb_flow_insert_ipv6() : lb_flow_insert_ipv4();
		if (result == LB_INSERT_DONE)
			return LB_OPENED;
		if (result == LB_INSERT_EXISTS)
			return LB_OPEN_EXISTS;
		if (result == LB_INSERT_FULL)
			return LB_DROP_NO_ENTRY;
		slot = slot + 1 < size ? slot + 1 : 0;
	}
	return LB_DROP_COLLISION;
}

/* Whether the flow that lies in the scratch area was killed. VERIFIER: global. */
__noinline int lb_open_was_killed(void)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_opening *o;
	struct lb_hit hit;

	if (!scratch)
		return 0;
	o = &scratch->opening;
	if (o->kind & LB_FLOW_KIND_IPV6)
		return lb_find_in(o->set, LB_FAMILY_IPV6, LB_FLOW_KILLED6, o->route.addr,
				  o->ports.client, o->service.addr, o->ports.service, LB_TO_BACKEND,
				  &hit);
	return lb_find_in(o->set, LB_FAMILY_IPV4, LB_FLOW_KILLED4, o->route.addr, o->ports.client,
			  o->service.addr, o->ports.service, LB_TO_BACKEND, &hit);
}

/* A flow for this packet. A SYN takes the place of what is over between its ends. */
static __always_inline int lb_open(int family, const struct lb_packet *p)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_opening *o;

	if (!scratch)
		return LB_DROP_NO_ENTRY;
	o = &scratch->opening;
	__builtin_memset(o, 0, sizeof(*o));
	lb_addr_copy(o->service.addr, p->dest_addr, family);
	o->service.port = p->dest_port;
	o->service.ip_proto = p->ip_proto;
	o->service.family = family;
	lb_addr_copy(o->route.addr, p->source_addr, family);
	o->route.prefix_bits = LB_ROUTE_PREFIX_BASE + (family == LB_FAMILY_IPV4 ? 32 : 128);
	o->route.family = family;
	o->ports.client = p->source_port;
	o->ports.service = p->dest_port;
	o->kind = lb_flow_kind(family, p->ip_proto);
	o->state = lb_is_midstream(p) ? LB_FLOW_MIDSTREAM : 0;
	o->reopen = lb_is_opening_syn(p);
	o->now = (__u32)bpf_jiffies64();
	o->set = lb_set_of(p->source, p->source_port, p->ip_proto);
	o->source = p->source;
	o->dest = p->dest;
	if ((o->state & LB_FLOW_MIDSTREAM) && lb_open_was_killed())
		return LB_OPEN_KILLED;
	return lb_open_flow();
}

/* The flow that was just opened, as a look-up would find it. */
static __always_inline int lb_hit_opened(int family, struct lb_hit *hit)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_flow_pair *set;
	struct lb_opening *o;

	if (!scratch)
		return 0;
	o = &scratch->opening;
	hit->set = o->set;
	hit->line = o->line;
	set = lb_set_at(hit->set);
	if (!set)
		return 0;
	hit->word = lb_word_at(set, o->line);
	hit->tail = lb_tail_at(set, o->line, o->seen);
	hit->seen = o->seen;
	hit->nexthop = o->nexthop[LB_TO_BACKEND];
	hit->nexthop_generation = o->nexthop_generation[LB_TO_BACKEND];
	hit->mtu = o->nexthop_mtu[LB_TO_BACKEND];
	lb_addr_copy(hit->addr, o->backend, family);
	hit->port = o->ports.backend;
	return 1;
}
