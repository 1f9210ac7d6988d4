/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ending the flows that an operator names. The runtime writes what to look for and runs this a
 * slice at a time, like the sweep. TCP leaves a mark, by which both ends learn of it; else the next
 * packet would open the flow anew, and UDP may.
 */
#pragma once
#include "flow_change.h"

#define LB_KILL_SETS_MAX (1 << 20)

static __always_inline int lb_kill_names_backend(__u16 id)
{
	return lb_kill_filter.backends[(id >> 6) % LB_KILL_BACKEND_WORDS] >> (id & 63) & 1;
}

static __always_inline int lb_kill_names_client(const __be32 *client, __be16 port, int words)
{
	if (lb_kill_filter.client_port && lb_kill_filter.client_port != port)
		return 0;
	for (int i = 0; i < words; i++)
		if ((client[i] & lb_kill_filter.client_mask[i]) != lb_kill_filter.client[i])
			return 0;
	return 1;
}

/* Whoever rewrites the line meanwhile moves its version, and the removal leaves it alone. */
static __always_inline int lb_kill_names(struct lb_flow_pair *set, __u32 line, __u64 word)
{
	struct lb_flow6 *six = lb_flow6_at(set, lb_pair_index(line / 2));
	struct lb_flow4 *four = lb_flow4_at(set, lb_line_index(line));
	int family = lb_word_is_v6(word) ? LB_FAMILY_IPV6 : LB_FAMILY_IPV4;

	if (!lb_kill_names_backend(lb_word_backend(word)) ||
	    (lb_kill_filter.family && lb_kill_filter.family != family))
		return 0;
	return family == LB_FAMILY_IPV6
		       ? lb_kill_names_client(six->client, six->ports.client, 4)
		       : lb_kill_names_client(&four->client, four->ports.client, 1);
}

static long lb_kill_set(__u32 i, void *unused)
{
	__u32 number = (lb_kill_filter.first_set + i) & lb_settings.flow_set_mask;
	struct lb_flow_pair *set = lb_set_at(number);
	int ended;

	(void)unused;
	if (!set)
		return 1;
#pragma clang loop unroll(disable)
	for (__u32 line = 0; line < LB_SET_LINES; line++) {
		__u64 word = lb_word_read(lb_word_at(set, line));

		if (lb_word_kind(word) == LB_FLOW_FREE || lb_word_kind(word) == LB_FLOW_TAIL ||
		    lb_word_is_killed(word) || !lb_kill_names(set, line, word))
			continue;
		ended = lb_word_is_tcp(word) ? lb_flow_kill(number, line, word)
					     : lb_flow_remove(number, line, word);
		if (ended && !lb_state_is_aside(lb_word_state(word)))
			lb_kill_filter.removed++;
	}
	return 0;
}

static __always_inline int lb_kill_run(void)
{
	__u32 sets = lb_kill_filter.sets;

	if (sets > LB_KILL_SETS_MAX)
		sets = LB_KILL_SETS_MAX;
	bpf_loop(sets, lb_kill_set, 0, 0);
	return 0;
}
