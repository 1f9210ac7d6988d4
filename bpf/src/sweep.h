/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing what is over. The runtime runs this a slice at a time; it walks the table with a cursor
 * of its own, so that a run which fails to come costs nothing but delay.
 */
#pragma once
#include "flow_change.h"

#define LB_SWEEP_BLOCKS_MAX (1 << 16)

/* How long a flow in this state may be silent, in jiffies. */
static __always_inline __u32 lb_timeout_of(__u64 word)
{
	__u8 state = lb_word_state(word);
	__u32 id = lb_word_backend(word);
	struct lb_backend *backend;

	if (lb_state_is_closing(state) || (state & LB_FLOW_RESET))
		return lb_settings.closing_timeout;
	if (!(state & (LB_FLOW_ESTABLISHED | LB_FLOW_SPILLED)))
		return lb_settings.half_open_timeout;
	backend = bpf_map_lookup_elem(&backends, &id);
	if (backend && backend->idle_timeout)
		return backend->idle_timeout;
	return lb_word_is_tcp(word) ? lb_settings.established_timeout : lb_settings.udp_timeout;
}

static __always_inline int lb_is_over(__u64 word, const struct lb_flow_tail *tail, __u32 now)
{
	__u32 idle = now - tail->last_seen;

	/* Another CPU may have written a later jiffy than ours. */
	if ((__s32)idle < 0)
		return 0;
	return idle >= lb_timeout_of(word);
}

/* Reset by whoever said so. */
static __always_inline int lb_is_doubtful(__u64 word)
{
	return lb_state_is_protected(lb_word_state(word)) && (lb_word_state(word) & LB_FLOW_RESET);
}

/* A connection that the backend never answered. */
static __always_inline void lb_sweep_unanswered(__u64 word)
{
	struct lb_backend_counters *c;

	if (!lb_word_is_tcp(word) ||
	    (lb_word_state(word) & (LB_FLOW_ANSWERED | LB_FLOW_MIDSTREAM | LB_FLOW_RESET)))
		return;
	c = lb_backend_counters(lb_word_backend(word));
	if (c)
		c->unanswered++;
}

/* Of one set. VERIFIER: global, so that it is verified once and not for each set of a block. */
__noinline int lb_sweep_set(__u32 number)
{
	__u32 now = (__u32)bpf_jiffies64();
	struct lb_flow_pair *set = lb_set_at(number);
	__u32 used;

	if (!set)
		return 0;
	used = lb_used_read(set);
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LB_SET_LINES && (used & LB_LINES_ALL); i++) {
		__u32 line = lb_line_of_bit(used & -used);
		__u64 word = lb_word_read(lb_word_at(set, line));

		used &= used - 1;
		if (lb_word_kind(word) == LB_FLOW_FREE || lb_word_kind(word) == LB_FLOW_TAIL ||
		    !lb_is_over(word, lb_tail_at(set, line, word), now))
			continue;
		if (lb_is_doubtful(word))
			lb_flow_set_aside(number, line, word);
		else if (lb_flow_remove(number, line, word))
			lb_sweep_unanswered(word);
	}
	return 0;
}

/* The block that the cursor is in; most sets of most tables are empty, and cost no call. */
static long lb_sweep_block(__u32 i, void *unused)
{
	__u32 first = lb_sweep_cursor & lb_settings.flow_set_mask & -(__u32)LB_BLOCK_SETS;
	struct lb_flow_pair *sets = lb_set_at(first);

	(void)i;
	(void)unused;
	lb_sweep_cursor = first + LB_BLOCK_SETS;
	if (!sets)
		return 1;
#pragma clang loop unroll(disable)
	for (__u32 n = 0; n < LB_BLOCK_SETS; n++) {
		if (lb_used_read(sets + n) & LB_LINES_ALL)
			lb_sweep_set(first + n);
	}
	return lb_sweep_cursor > lb_settings.flow_set_mask;
}

static __always_inline int lb_sweep_run(void)
{
	__u32 blocks = (lb_settings.sweep_sets + LB_BLOCK_SETS - 1) / LB_BLOCK_SETS;

	if (blocks > LB_SWEEP_BLOCKS_MAX)
		blocks = LB_SWEEP_BLOCKS_MAX;
	bpf_loop(blocks, lb_sweep_block, 0, 0);
	return lb_sweep_cursor > lb_settings.flow_set_mask;
}
