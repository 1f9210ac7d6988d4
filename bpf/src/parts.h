/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only few packets need is a program of its own, which the main ones go on in. VERIFIER: so it
 * has a stack of its own, and the hot path keeps its size.
 */
#pragma once
#include "context.h"

/* Index in the maps below. */
enum lb_part {
	LB_PART_ICMP = 0,
	LB_PART_FRAGMENT = 1,
	LB_PART_TAGGED = 2, /* of lb_xdp alone */
	LB_PART_RESET = 3,
	LB_PART_COUNT,
};

/* By the program that is gone on from; filled by the runtime for those that are attached. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, LB_PART_COUNT);
	__type(key, __u32);
	__type(value, __u32);
} xdp_parts SEC(".maps"), xdp_tagged_parts SEC(".maps"), tc_ingress_parts SEC(".maps"),
	tc_egress_parts SEC(".maps");

/* Comes back only if the runtime has not filled the map. */
static __always_inline void lb_continue_in(const struct lb_context *c, enum lb_part part)
{
	if (c->tagged)
		bpf_tail_call(c->raw, &xdp_tagged_parts, part);
	else if (c->hook == LB_HOOK_XDP)
		bpf_tail_call(c->raw, &xdp_parts, part);
	else if (c->egress)
		bpf_tail_call(c->raw, &tc_egress_parts, part);
	else
		bpf_tail_call(c->raw, &tc_ingress_parts, part);
}
