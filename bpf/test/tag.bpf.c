/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: a host whose frames carry a VLAN tag, on a kernel that need not know VLANs. What leaves
 * is given the tag, and what comes with it is taken for the host's own.
 */
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Written by the test; the tag's EtherType in host order. */
struct tag_of_host {
	__u32 proto;
	__u32 control;
	__u32 as_due; /* frames that came to the host, counted up */
	__u32 others; /* came without the tag, or with one where none is due */
} tag_of_host = {};

SEC("tc") int tag_put_on(struct __sk_buff *skb)
{
	return bpf_skb_vlan_push(skb, bpf_htons(tag_of_host.proto), tag_of_host.control)
		       ? TC_ACT_SHOT
		       : TC_ACT_OK;
}

SEC("tc") int tag_take_off(struct __sk_buff *skb)
{
	if (!skb->vlan_present || skb->vlan_tci != tag_of_host.control ||
	    skb->vlan_proto != bpf_htons(tag_of_host.proto)) {
		tag_of_host.others += skb->pkt_type == PACKET_HOST;
		return TC_ACT_SHOT;
	}
	tag_of_host.as_due++;
	return bpf_skb_vlan_pop(skb) ? TC_ACT_SHOT : TC_ACT_OK;
}

SEC("tc") int tag_refuse(struct __sk_buff *skb)
{
	if (skb->vlan_present) {
		tag_of_host.others++;
		return TC_ACT_SHOT;
	}
	tag_of_host.as_due++;
	return TC_ACT_OK;
}

char lb_license[] SEC("license") = "GPL";
