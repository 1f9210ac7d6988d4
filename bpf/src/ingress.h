/* SPDX-License-Identifier: Apache-2.0 */
/* A packet with ports as it comes in: to a service, back from a backend, or past us. */
#pragma once
#include "filter.h"
#include "forward.h"
#include "parts.h"
#include "select.h"

/* No decision yet: the packet may still be something else. */
#define LB_UNDECIDED (-2)

/*
 * The flow of a packet that opened none; found is one that is there, or whose service takes no new
 * ones. What would have made way for a SYN is not continued by it.
 */
static __always_inline int lb_find_unopened(int family, const struct lb_packet *p, int result,
					    struct lb_hit *hit)
{
	if (result != LB_OPEN_EXISTS && !lb_is_opening_syn(p))
		return 0;
	return lb_find(family, p, LB_TO_BACKEND, hit) &&
	       (result == LB_OPEN_EXISTS || !lb_state_is_dubious(lb_word_state(hit->seen)));
}

static __always_inline int lb_unopened(const struct lb_context *c, int result)
{
	switch (result) {
	case LB_OPEN_NOT_A_SERVICE:
		return LB_UNDECIDED;
	case LB_OPEN_KILLED:
		lb_continue_in(c, LB_PART_RESET);
		return lb_dropped(c, LB_DROP_KILLED);
	case LB_OPENED:
	case LB_OPEN_EXISTS: /* and is gone again */
		return lb_dropped(c, LB_DROP_NO_ENTRY);
	default:
		return lb_dropped(c, (__u32)result % LB_DROP_COUNT);
	}
}

/* A SYN is not looked up first: whether its flow is there shows as it is entered. */
static __always_inline int lb_to_service(const struct lb_context *c, int family,
					 const struct lb_packet *p, struct lb_hit *hit)
{
	int found = !lb_is_opening_syn(p) && lb_find(family, p, LB_TO_BACKEND, hit);

	if (!found) {
		int result = lb_open(family, p);

		found = result == LB_OPENED ? lb_hit_opened(family, hit)
					    : lb_find_unopened(family, p, result, hit);
		if (!found)
			return lb_unopened(c, result);
	}
	return lb_forward(c, family, p, LB_TO_BACKEND, hit);
}

/* The flow has made way for a connection straight to its backend. */
static __always_inline int lb_replaced_direct(const struct lb_context *c, const struct lb_hit *hit)
{
	if (lb_flow_remove(hit->set, hit->line, hit->seen))
		lb_count_table(LB_TABLE_REPLACED_DIRECT, 1);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_to_client(const struct lb_context *c, int family,
					const struct lb_packet *p, struct lb_hit *hit)
{
	if (!lb_find(family, p, LB_TO_CLIENT, hit)) {
		if (lb_is_midstream(p) && !p->fragment_more)
			lb_continue_in(c, LB_PART_RESET);
		return LB_UNDECIDED;
	}
	/*
	 * Had it still known the flow, the SYN straight to it would have got a mere ACK. Who forges the
	 * answer does not know that SYN's number.
	 */
	if (lb_is_syn_ack(p) && (lb_word_state(hit->seen) & LB_FLOW_STRAIGHT) &&
	    p->ack == hit->tail->ack_due)
		return lb_replaced_direct(c, hit);
	return lb_forward(c, family, p, LB_TO_CLIENT, hit);
}

/*
 * A SYN straight to a backend, from a port that a flow through us uses towards the same backend:
 * its replies would be taken for that flow's. A flow that fades gives way; of an established one
 * that was reset or has long been silent the backend tells, by its answer, whether it still lives.
 */
static __always_inline int lb_straight_to_backend(const struct lb_context *c, int family,
						  const struct lb_packet *p, struct lb_hit *hit)
{
	__u32 set = lb_set_of(p->source, p->source_port, p->ip_proto);
	__u32 idle;
	__u8 state;

	if (!lb_find_in(set, family, lb_flow_kind(family, p->ip_proto), p->source_addr,
			p->source_port, p->dest_addr, p->dest_port, LB_TO_CLIENT, hit))
		return lb_verdict(c, LB_PASS);
	state = lb_word_state(hit->seen);
	if (lb_state_is_fading(state))
		return lb_replaced_direct(c, hit);
	idle = (__u32)bpf_jiffies64() - hit->tail->last_seen;
	if (!(state & LB_FLOW_RESET) && idle < lb_settings.closing_timeout)
		return lb_dropped(c, LB_DROP_DIRECT);
	if (!(state & LB_FLOW_ESTABLISHED))
		return lb_replaced_direct(c, hit);
	hit->tail->ack_due = p->seq + 1;
	__sync_val_compare_and_swap((__u64 *)hit->word, hit->seen,
				    hit->seen | (__u64)LB_FLOW_STRAIGHT << 32);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_with_ports(const struct lb_context *c, int family,
					 const struct lb_packet *p, struct lb_hit *hit)
{
	int verdict = LB_UNDECIDED;

	if (lb_maybe_service(p->dest, p->dest_port, p->ip_proto))
		verdict = lb_to_service(c, family, p, hit);
	if (verdict == LB_UNDECIDED && lb_maybe_backend(p->source, p->source_port, p->ip_proto))
		verdict = lb_to_client(c, family, p, hit);
	if (verdict != LB_UNDECIDED)
		return verdict;
	if (lb_is_opening_syn(p) && lb_maybe_backend(p->dest, p->dest_port, p->ip_proto))
		return lb_straight_to_backend(c, family, p, hit);
	return lb_verdict(c, LB_PASS);
}
