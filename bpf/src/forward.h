/* SPDX-License-Identifier: Apache-2.0 */
/* A packet of a known flow on its way: rewritten and sent, or handed to the stack with a reason. */
#pragma once
#include "nexthop.h"
#include "rewrite.h"
#include "track.h"

/* The packet with another address, as far as this needs no next hop. */
static __always_inline int lb_rewrite(const struct lb_context *c, int family,
				      const struct lb_packet *p, enum lb_direction direction,
				      const struct lb_hit *to, int decrement)
{
	int failed = family == LB_FAMILY_IPV4 ? lb_rewrite_ipv4(c, p, direction, to, decrement)
					      : lb_rewrite_ipv6(c, direction, to, decrement);

	return failed || lb_rewrite_ports(c, family, p, direction, to);
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

/* Why the stack must send this packet although its next hop is known; or -1. */
static __always_inline int lb_unsendable(const struct lb_context *c, const struct lb_packet *p,
					 const struct lb_device *device)
{
	if (p->hop_limit <= 1)
		return LB_HANDOVER_TTL;
	if (!(device->flags & LB_DEVICE_TRANSMITS))
		return LB_HANDOVER_DEVICE;
	if (lb_mtu_bytes(c, p->ip_bytes, p->header_bytes) > device->mtu)
		return LB_HANDOVER_MTU;
	return -1;
}

/*
 * A packet of a known flow. To be handed over, it goes to the backend rewritten, so that the stack
 * routes it there; a reply goes as it is, since one with a local source address would be a martian,
 * and is restored, tracked and counted on its way out.
 */
static __always_inline int lb_forward(const struct lb_context *c, int family,
				      const struct lb_packet *p, enum lb_direction direction,
				      struct lb_hit *hit)
{
	struct lb_device *device;
	__u64 nexthop;
	int handover;

	device = lb_leave_by(c, family, p, direction, hit, &nexthop);
	handover = device ? lb_unsendable(c, p, device) : (int)(nexthop % LB_HANDOVER_COUNT);
	if (handover >= 0) {
		lb_count_handover(handover);
		if (direction == LB_TO_CLIENT)
			return lb_verdict(c, LB_PASS);
	}
	lb_track(p, direction, hit);
	lb_count_packets(lb_word_backend(hit->seen), direction, lb_packets(c), p->ip_bytes);
	if (lb_rewrite(c, family, p, direction, hit, handover < 0))
		return lb_dropped(c, LB_DROP_TRANSMIT);
	if (handover >= 0 || !device)
		return lb_finish_checksum(c, family, p, direction, hit)
			       ? lb_dropped(c, LB_DROP_TRANSMIT)
			       : lb_verdict(c, LB_PASS);
	if (lb_rewrite_mac(c, nexthop, device) || lb_finish_checksum(c, family, p, direction, hit))
		return lb_dropped(c, LB_DROP_TRANSMIT);
	return lb_transmit(c, device->ifindex);
}
