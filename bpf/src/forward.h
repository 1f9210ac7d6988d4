/* SPDX-License-Identifier: Apache-2.0 */
/* A packet of a known flow on its way: rewritten and sent, or handed to the stack with a reason. */
#pragma once
#include "nexthop.h"
#include "rewrite.h"
#include "track.h"
#include "vlan.h"

static __always_inline int lb_rewrite_address(const struct lb_context *c, int family,
					      const struct lb_packet *p,
					      enum lb_direction direction, const struct lb_hit *to,
					      int decrement)
{
	return family == LB_FAMILY_IPV4 ? lb_rewrite_ipv4(c, p, direction, to, decrement)
					: lb_rewrite_ipv6(c, direction, to, decrement);
}

/* The packet with another address, as far as this needs no next hop. */
static __always_inline int lb_rewrite(const struct lb_context *c, int family,
				      const struct lb_packet *p, enum lb_direction direction,
				      const struct lb_hit *to, int decrement)
{
	return lb_rewrite_address(c, family, p, direction, to, decrement) ||
	       lb_rewrite_ports(c, family, p, direction, to);
}

static __always_inline int lb_finish_checksum(const struct lb_context *c, int family,
					      const struct lb_packet *p,
					      enum lb_direction direction, const struct lb_hit *to)
{
	return c->hook == LB_HOOK_TC && lb_rewrite_checksum_tc(c, family, p, direction, to);
}

static __always_inline int lb_dropped(const struct lb_context *c, enum lb_drop reason)
{
	lb_count_drop(reason);
	return lb_verdict(c, LB_DROP);
}

/* Of what the parser said. */
static __always_inline int lb_is_unreadable(enum lb_parsed parsed)
{
	return parsed == LB_PARSED_MALFORMED || parsed == LB_PARSED_EXTENSIONS;
}

static __always_inline int lb_dropped_unreadable(const struct lb_context *c, enum lb_parsed parsed)
{
	return lb_dropped(c,
			  parsed == LB_PARSED_EXTENSIONS ? LB_DROP_EXTENSIONS : LB_DROP_MALFORMED);
}

/* Why the stack must send this packet although its next hop is known; or -1. */
static __always_inline int lb_unsendable(const struct lb_context *c, const struct lb_packet *p,
					 const struct lb_device *device, __u32 mtu)
{
	if (!(device->flags & LB_DEVICE_TRANSMITS))
		return LB_HANDOVER_DEVICE;
	if (lb_mtu_bytes(c, p->ip_bytes, p->header_bytes) > mtu)
		return LB_HANDOVER_MTU;
	return -1;
}

/* How a packet leaves us. */
struct lb_departure {
	struct lb_device *device; /* 0: by the stack */
	__u64 nexthop;
	int handover; /* the reason for the stack to take it, or -1 */
};

/*
 * `packet` is what leaves, `flow` carries the addresses and ports of its flow: mostly the same. On
 * the way out the stack has decided already.
 */
static __always_inline struct lb_departure lb_depart(const struct lb_context *c, int family,
						     const struct lb_packet *packet,
						     const struct lb_packet *flow,
						     enum lb_direction direction,
						     struct lb_hit *hit)
{
	struct lb_departure d = { .handover = -1 };

	if (c->egress)
		return d;
	if (packet->hop_limit <= 1) {
		d.handover = LB_HANDOVER_TTL;
	} else {
		d.device = lb_leave_by(c, family, flow, direction, hit, &d.nexthop);
		d.handover = d.device ? lb_unsendable(c, packet, d.device, hit->mtu)
				      : (int)(d.nexthop % LB_HANDOVER_COUNT);
	}
	if (d.handover >= 0)
		lb_count_handover(d.handover);
	return d;
}

/*
 * To be handed over, a packet goes to the backend rewritten, so that the stack routes it there; a
 * reply goes as it is, since one with a local source address would be a martian, and is restored,
 * tracked and counted on its way out.
 */
static __always_inline int lb_leaves_as_it_came(const struct lb_departure *d,
						enum lb_direction direction)
{
	return d->handover >= 0 && direction == LB_TO_CLIENT;
}

static __always_inline int lb_is_sent(const struct lb_departure *d)
{
	return d->device && d->handover < 0;
}

/* A packet that is rewritten as far as this needs no next hop. */
static __always_inline int lb_leave(const struct lb_context *c, const struct lb_departure *d)
{
	__u32 ifindex;

	if (!lb_is_sent(d)) {
		/* Among several ways the stack, too, is to choose by addresses and ports. */
		if (c->hook == LB_HOOK_TC && !c->egress)
			bpf_set_hash_invalid(LB_SKB(c));
		return lb_verdict(c, LB_PASS);
	}
	ifindex = d->device->ifindex;
	if (c->hook == LB_HOOK_XDP && (c->tagged || d->device->vlan))
		ifindex = lb_retag(LB_XDP(c), d->nexthop, c->tagged);
	else if (lb_rewrite_mac(c, d->nexthop, d->device))
		ifindex = 0;
	if (!ifindex)
		return lb_dropped(c, LB_DROP_TRANSMIT);
	if (c->hook == LB_HOOK_XDP && ifindex == LB_XDP(c)->ingress_ifindex &&
	    !(d->device->flags & LB_DEVICE_REDIRECTS))
		return XDP_TX;
	return lb_transmit(c, ifindex, d->device->flags & LB_DEVICE_PEER);
}

/* A packet of a known flow. */
static __always_inline int lb_forward(const struct lb_context *c, int family,
				      const struct lb_packet *p, enum lb_direction direction,
				      struct lb_hit *hit)
{
	struct lb_departure d = lb_depart(c, family, p, p, direction, hit);

	if (lb_leaves_as_it_came(&d, direction))
		return lb_verdict(c, LB_PASS);
	lb_track(p, direction, hit);
	lb_count_packets(lb_word_backend(hit->seen), direction, lb_packets(c), p->ip_bytes);
	if (lb_rewrite(c, family, p, direction, hit, lb_is_sent(&d)) ||
	    lb_finish_checksum(c, family, p, direction, hit))
		return lb_dropped(c, LB_DROP_TRANSMIT);
	return lb_leave(c, &d);
}
