/* SPDX-License-Identifier: Apache-2.0 */
/* What a packet tells about its flow: answered, established, closing, alive. */
#pragma once
#include "flow_change.h"

/*
 * The client proves that it got the backend's SYN-ACK by acknowledging its sequence number. The
 * first packet we see of it may already acknowledge some of the first data: at most this much.
 */
#define LB_ACK_SLACK_BYTES 16384

static __always_inline int lb_is_opening_syn(const struct lb_packet *p)
{
	return lb_is_tcp(p) && (p->tcp_flags & (LB_TCP_SYN | LB_TCP_ACK)) == LB_TCP_SYN;
}

/* TCP that begins no connection. */
static __always_inline int lb_is_midstream(const struct lb_packet *p)
{
	return lb_is_tcp(p) && !lb_is_opening_syn(p);
}

static __always_inline int lb_is_syn_ack(const struct lb_packet *p)
{
	return lb_is_tcp(p) &&
	       (p->tcp_flags & (LB_TCP_SYN | LB_TCP_ACK)) == (LB_TCP_SYN | LB_TCP_ACK);
}

/* The backend begins anew where an RST was seen: that was true, and another connection follows. */
static __always_inline int lb_track_renews(const struct lb_packet *p, enum lb_direction direction,
					   __u8 state)
{
	return direction == LB_TO_CLIENT && (state & LB_FLOW_RESET) &&
	       !lb_state_is_closing(state) && lb_is_syn_ack(p);
}

/* State bits that a TCP packet adds, and (RST undone by data) takes away. */
static __always_inline __u8 lb_track_tcp(const struct lb_packet *p, enum lb_direction direction,
					 __u8 state)
{
	__u8 flags = p->tcp_flags;

	if (flags & LB_TCP_RST)
		return lb_state_is_aside(state) ? state : state | LB_FLOW_RESET;
	if (lb_state_is_aside(state) && !lb_is_opening_syn(p))
		state &= ~LB_FLOW_ASIDE;
	if (lb_track_renews(p, direction, state))
		state &= ~(LB_FLOW_RESET | LB_FLOW_FIN_BOTH);
	if (direction == LB_TO_CLIENT && !(state & LB_FLOW_ANSWERED) &&
	    ((state & LB_FLOW_MIDSTREAM) || lb_is_syn_ack(p)))
		state |= LB_FLOW_ANSWERED;
	if (flags & LB_TCP_FIN)
		state |= direction == LB_TO_BACKEND ? LB_FLOW_FIN_CLIENT : LB_FLOW_FIN_BACKEND;
	if (p->payload_bytes)
		state &= ~(LB_FLOW_RESET | LB_FLOW_STRAIGHT);
	if (direction == LB_TO_BACKEND && (flags & LB_TCP_SYN))
		state &= ~LB_FLOW_STRAIGHT;
	return state;
}

/* Whether this packet of the client's completes what establishes a flow. */
static __always_inline int lb_track_establishes(const struct lb_packet *p,
						const struct lb_flow_tail *tail, __u8 state)
{
	if ((state & LB_FLOW_ESTABLISHED) || !(state & LB_FLOW_ANSWERED))
		return 0;
	if (!lb_is_tcp(p))
		return 1;
	if ((p->tcp_flags & (LB_TCP_SYN | LB_TCP_RST | LB_TCP_ACK)) != LB_TCP_ACK)
		return 0;
	return (state & LB_FLOW_MIDSTREAM) || p->ack - tail->ack_due < LB_ACK_SLACK_BYTES;
}

/* What follows from a change of the flow's word. */
static __always_inline void lb_track_follow_up(const struct lb_packet *p,
					       enum lb_direction direction,
					       const struct lb_hit *hit, __u64 next)
{
	__u8 before = lb_word_state(hit->seen);

	if ((before & LB_FLOW_ESTABLISHED) && lb_track_renews(p, direction, before))
		lb_flow_renewed(hit->set, hit->line, next);
	else if (!lb_state_is_protected(before) || !lb_state_is_protected(lb_word_state(next)))
		lb_flow_changed(hit->set, hit->line, hit->seen, next, direction);
}

static __always_inline void lb_track(const struct lb_packet *p, enum lb_direction direction,
				     struct lb_hit *hit)
{
	__u32 now = (__u32)bpf_jiffies64();
	int new_second = now - hit->tail->last_seen >= lb_settings.second;
	__u8 before = lb_word_state(hit->seen);
	__u8 state = before;

	/* A SYN does not keep alive what was established before: its backend may be gone for good. */
	if (new_second && !((before & LB_FLOW_ESTABLISHED) && lb_is_opening_syn(p)))
		hit->tail->last_seen = now;
	if (lb_is_tcp(p)) {
		state = lb_track_tcp(p, direction, before);
		if (direction == LB_TO_CLIENT && !(before & LB_FLOW_ESTABLISHED) &&
		    (p->tcp_flags & LB_TCP_SYN))
			hit->tail->ack_due = p->seq + 1;
	} else if (direction == LB_TO_CLIENT) {
		state |= LB_FLOW_ANSWERED;
	}
	if (state != before) {
		__u64 next = (hit->seen & ~(0xffull << 32)) | (__u64)state << 32;

		/* Who writes the change counts what follows from it; a failure is another's turn. */
		if (__sync_val_compare_and_swap((__u64 *)hit->word, hit->seen, next) == hit->seen)
			lb_track_follow_up(p, direction, hit, next);
	}
	/* A flow that found no room asks again each second, not with each packet. */
	if (direction == LB_TO_BACKEND && lb_track_establishes(p, hit->tail, before) &&
	    (new_second || !(before & LB_FLOW_SPILLED)))
		lb_flow_promote(hit->set, hit->line, hit->seen);
}
