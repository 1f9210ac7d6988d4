/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: a bad link. On the ingress of a host's device, before its stack: some packets are
 * dropped, some come twice, and some come late. Late ones, and second copies, take a way round by a
 * slow device, from whose other end they are given back. On its egress some are dropped, which the
 * next host, a balancer with a program of its own on its ingress, never sees.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

/* Shares are of 2^32. */
struct lossy {
	__u32 dropped;
	__u32 doubled;
	__u32 late;
	__u32 home;   /* ifindex of the device itself */
	__u32 detour; /* ifindex of the slow one */
	__u32 pad;
	__u64 happened[4]; /* how many packets were dropped, doubled, late, dropped on the egress */
} lossy SEC(".data.lossy") = {};

/* Of packets that come back: they have had their share of misfortune. */
#define LOSSY_MARK 0x1057

static __always_inline void lossy_count(__u32 what)
{
	__sync_fetch_and_add(&lossy.happened[what], 1);
}

SEC("tc") int lossy_ingress(struct __sk_buff *skb)
{
	__u32 dice = bpf_get_prandom_u32();

	if (skb->mark == LOSSY_MARK) {
		skb->mark = 0;
		return TC_ACT_UNSPEC;
	}
	if (dice < lossy.dropped) {
		lossy_count(0);
		return TC_ACT_SHOT;
	}
	dice -= lossy.dropped;
	if (dice < lossy.doubled) {
		lossy_count(1);
		bpf_clone_redirect(skb, lossy.detour, 0);
	} else if (dice - lossy.doubled < lossy.late) {
		lossy_count(2);
		return bpf_redirect(lossy.detour, 0);
	}
	return TC_ACT_UNSPEC;
}

SEC("tc") int lossy_egress(struct __sk_buff *skb)
{
	(void)skb;
	if (bpf_get_prandom_u32() >= lossy.dropped)
		return TC_ACT_UNSPEC;
	lossy_count(3);
	return TC_ACT_SHOT;
}

SEC("tc") int lossy_return(struct __sk_buff *skb)
{
	skb->mark = LOSSY_MARK;
	return bpf_redirect(lossy.home, BPF_F_INGRESS);
}

char lb_license[] SEC("license") = "GPL";
