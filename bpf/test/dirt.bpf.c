/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: a packet amid memory that is not its own. The frame comes with bytes before and behind
 * that the caller filled; they are cut off, and the program under test is called. The kernel's test
 * run itself would surround it with zeroes.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define LB_DIRT_BYTES 64 /* on each side; at TC, which has no way to cut a head, only behind */

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xdp_under_test SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2); /* ingress and egress */
	__type(key, __u32);
	__type(value, __u32);
} tc_under_test SEC(".maps");

SEC("xdp") int dirt_xdp(struct xdp_md *ctx)
{
	if (bpf_xdp_adjust_head(ctx, LB_DIRT_BYTES) || bpf_xdp_adjust_tail(ctx, -LB_DIRT_BYTES))
		return XDP_ABORTED;
	bpf_tail_call(ctx, &xdp_under_test, 0);
	return XDP_ABORTED;
}

#define LB_DIRT_FAILED 99 /* no verdict of TC's */

static __always_inline int dirt_tc(struct __sk_buff *skb, __u32 program)
{
	if (bpf_skb_change_tail(skb, skb->len - LB_DIRT_BYTES, 0))
		return LB_DIRT_FAILED;
	bpf_tail_call(skb, &tc_under_test, program);
	return LB_DIRT_FAILED;
}

SEC("tc") int dirt_tc_ingress(struct __sk_buff *skb)
{
	return dirt_tc(skb, 0);
}

SEC("tc") int dirt_tc_egress(struct __sk_buff *skb)
{
	return dirt_tc(skb, 1);
}

char lb_license[] SEC("license") = "GPL";
