/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fragments: the first one has the ports and is treated as any packet; for a moment its datagram's
 * ports are remembered, and what follows goes to the same flow, if that is still there. A later
 * fragment that comes before the first finds nothing.
 */
#pragma once
#include "ingress.h"

/* Senders send a datagram's fragments in one go; an id is used again some time. */
#define LB_FRAGMENT_SECONDS 2

/* In the scratch area. */
static __always_inline struct lb_fragment_key *lb_fragment_key(int family,
							       const struct lb_packet *p)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_fragment_key *key;

	if (!scratch)
		return 0;
	key = &scratch->fragment;
	__builtin_memset(key, 0, sizeof(*key));
	lb_addr_copy(key->source, p->source_addr, family);
	lb_addr_copy(key->dest, p->dest_addr, family);
	key->id = p->fragment_id;
	key->ip_proto = p->ip_proto;
	key->family = family;
	return key;
}

/* A later fragment gets its datagram's ports; whether they are known. */
static __always_inline int lb_fragment_recall(const struct lb_fragment_key *key,
					      struct lb_packet *p)
{
	struct lb_fragment_ports *ports = key ? bpf_map_lookup_elem(&fragments, key) : 0;

	if (!ports ||
	    (__u32)bpf_jiffies64() - ports->seen > LB_FRAGMENT_SECONDS * lb_settings.second)
		return 0;
	p->source_port = ports->source;
	p->dest_port = ports->dest;
	p->ip_proto = ports->ip_proto;
	return 1;
}

static __always_inline void lb_fragment_remember(const struct lb_fragment_key *key,
						 const struct lb_packet *p)
{
	struct lb_fragment_ports ports = { .source = p->source_port,
					   .dest = p->dest_port,
					   .ip_proto = p->ip_proto };

	ports.seen = (__u32)bpf_jiffies64();
	bpf_map_update_elem(&fragments, key, &ports, BPF_ANY);
}

/* Only addresses change: ports, checksum and all that tells of the flow's state came first. */
static __always_inline int lb_fragment_forward(const struct lb_context *c, int family,
					       const struct lb_packet *p,
					       enum lb_direction direction, struct lb_hit *hit)
{
	struct lb_departure d = lb_depart(c, family, p, p, direction, hit);

	if (lb_leaves_as_it_came(&d, direction))
		return lb_verdict(c, LB_PASS);
	lb_count_packets(lb_word_backend(hit->seen), direction, 1, p->ip_bytes);
	if (lb_rewrite_address(c, family, p, direction, hit, lb_is_sent(&d)))
		return lb_dropped(c, LB_DROP_TRANSMIT);
	return lb_leave(c, &d);
}

/* Not of a flow. What belongs to a service address never reaches the stack, if it may be ours. */
static __always_inline int lb_fragment_orphan(const struct lb_context *c, const struct lb_packet *p)
{
	if (c->egress || !lb_maybe_service_address(p->dest))
		return lb_verdict(c, LB_PASS);
	if (p->ip_proto == IPPROTO_TCP || p->ip_proto == IPPROTO_UDP ||
	    lb_is_extension(p->ip_proto))
		return lb_dropped(c, LB_DROP_FRAGMENT);
	lb_count_handover(LB_HANDOVER_PROTOCOL);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_fragment_later(const struct lb_context *c, int family,
					     struct lb_packet *p, struct lb_hit *hit)
{
	struct lb_fragment_key *key = lb_fragment_key(family, p);

	if (!lb_fragment_recall(key, p))
		return lb_fragment_orphan(c, p);
	if (!c->egress && lb_maybe_service(p->dest, p->dest_port, p->ip_proto) &&
	    lb_find(family, p, LB_TO_BACKEND, hit))
		return lb_fragment_forward(c, family, p, LB_TO_BACKEND, hit);
	if (lb_maybe_backend(p->source, p->source_port, p->ip_proto) &&
	    lb_find(family, p, LB_TO_CLIENT, hit))
		return lb_fragment_forward(c, family, p, LB_TO_CLIENT, hit);
	/* The stack has had the first one. */
	if (!lb_maybe_service(p->dest, p->dest_port, p->ip_proto))
		return lb_verdict(c, LB_PASS);
	return lb_fragment_orphan(c, p);
}

/* Behind the fragment header there may be more of them. */
static __always_inline enum lb_parsed lb_fragment_parse_ports(const struct lb_context *c,
							      int family, struct lb_packet *p)
{
	enum lb_parsed skipped = LB_PARSED_FLOW;
	__u32 offset = p->l4_offset;

	if (family == LB_FAMILY_IPV6)
		skipped = lb_skip_extensions(c, &p->ip_proto, &offset);
	if (skipped != LB_PARSED_FLOW)
		return skipped;
	p->l4_offset = offset;
	return lb_parse_protocol(c, p);
}

static __always_inline int lb_fragment_first(const struct lb_context *c, int family,
					     struct lb_packet *p, struct lb_hit *hit)
{
	struct lb_fragment_key *key = lb_fragment_key(family, p);
	enum lb_parsed parsed = lb_fragment_parse_ports(c, family, p);

	if (lb_is_unreadable(parsed) && !c->egress && lb_maybe_service_address(p->dest))
		return lb_dropped_unreadable(c, parsed);
	if (parsed != LB_PARSED_FLOW)
		return lb_fragment_orphan(c, p);
	if (key && p->fragment_more)
		lb_fragment_remember(key, p);
	if (!c->egress)
		return lb_with_ports(c, family, p, hit);
	if (lb_maybe_backend(p->source, p->source_port, p->ip_proto) &&
	    lb_find(family, p, LB_TO_CLIENT, hit))
		return lb_forward(c, family, p, LB_TO_CLIENT, hit);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_fragment_family(const struct lb_context *c, int family,
					      struct lb_packet *p, struct lb_hit *hit)
{
	if (lb_parse(c, family, p) != LB_PARSED_FRAGMENT)
		return lb_verdict(c, LB_PASS);
	return p->fragment_offset ? lb_fragment_later(c, family, p, hit)
				  : lb_fragment_first(c, family, p, hit);
}

static __always_inline int lb_fragment(const struct lb_context *c)
{
	struct lb_packet p = {};
	struct lb_hit hit;

	lb_linearize(c, LB_LINEAR_BYTES);
	switch (lb_family(c)) {
	case LB_FAMILY_IPV4:
		return lb_fragment_family(c, LB_FAMILY_IPV4, &p, &hit);
	case LB_FAMILY_IPV6:
		return lb_fragment_family(c, LB_FAMILY_IPV6, &p, &hit);
	default:
		return lb_verdict(c, LB_PASS);
	}
}
