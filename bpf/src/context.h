/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One way to see a packet, so that the same steps build an XDP and a TC program: bounds, length,
 * checksums, sending. `hook` is a constant in each program, so the other branch is never compiled.
 */
#pragma once
#include <stddef.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "layout.h"

enum lb_hook {
	LB_HOOK_XDP,
	LB_HOOK_TC,
};

/* What a program decides; lb_verdict translates. */
enum lb_action {
	LB_PASS,
	LB_DROP,
};

struct lb_context {
	void *raw; /* struct xdp_md or struct __sk_buff */
	enum lb_hook hook;
	int egress;    /* on its way out: the stack has routed it */
	int tagged;    /* XDP: its bytes have one VLAN tag */
	__u32 ifindex; /* if tagged: of the interface that the tag makes it a frame of */
};

#define LB_XDP(c) ((struct xdp_md *)(c)->raw)
#define LB_SKB(c) ((struct __sk_buff *)(c)->raw)

#define LB_TAG_BYTES 4	 /* a VLAN tag, between the addresses and the type */
#define LB_TAG_ID 0x0fff /* within a tag's second half; the rest tells priority */

/* Headers that must be readable in one piece: Ethernet, IPv6, some extensions, TCP. */
#define LB_LINEAR_BYTES 128

/*
 * VERIFIER: a field of the context that is a pointer, loaded as the verifier wants it, each time.
 * Else the compiler may keep the field's address ("dereference of modified ctx ptr") or widen half
 * a pointer.
 */
#define LB_LOAD(type, raw, field)                                                                  \
	({                                                                                         \
		void *pointer;                                                                     \
		asm volatile("%0 = *(u32 *)(%1 + %2)"                                              \
			     : "=r"(pointer)                                                       \
			     : "r"(raw), "i"(offsetof(type, field)));                              \
		pointer;                                                                           \
	})

static __always_inline void *lb_data(const struct lb_context *c)
{
	if (c->hook == LB_HOOK_TC)
		return LB_LOAD(struct __sk_buff, c->raw, data);
	return LB_LOAD(struct xdp_md, c->raw, data);
}

static __always_inline void *lb_data_end(const struct lb_context *c)
{
	if (c->hook == LB_HOOK_TC)
		return LB_LOAD(struct __sk_buff, c->raw, data_end);
	return LB_LOAD(struct xdp_md, c->raw, data_end);
}

/* Where the IP header is. */
static __always_inline __u32 lb_link_bytes(const struct lb_context *c)
{
	return c->tagged ? ETH_HLEN + LB_TAG_BYTES : ETH_HLEN;
}

/* Highest offset of anything that is looked at: IP within ICMP within IP, both with options. */
#define LB_OFFSET_MAX 255

/* The frame's bytes from this offset on; 0 if there are not as many. */
static __always_inline void *lb_bytes_at(const struct lb_context *c, __u32 offset, __u32 bytes)
{
	void *at;

	if (offset > LB_OFFSET_MAX)
		return 0;
	/* VERIFIER: what was compared need not be the register that is added. */
	asm volatile("" : "+r"(offset));
	at = lb_data(c) + (offset & LB_OFFSET_MAX);
	return at + bytes <= lb_data_end(c) ? at : 0;
}

/* Frame length in bytes, with what is not linear. */
static __always_inline __u32 lb_frame_bytes(const struct lb_context *c)
{
	return c->hook == LB_HOOK_XDP ? (__u32)(LB_XDP(c)->data_end - LB_XDP(c)->data)
				      : LB_SKB(c)->len;
}

/* At TC the headers may lie in fragments: bring that many bytes into the linear part. */
static __always_inline void lb_linearize(const struct lb_context *c, __u32 wanted_bytes)
{
	__u32 bytes;

	if (c->hook == LB_HOOK_XDP)
		return;
	if (LB_SKB(c)->data_end - LB_SKB(c)->data >= wanted_bytes)
		return;
	bytes = LB_SKB(c)->len;
	if (LB_SKB(c)->data_end - LB_SKB(c)->data < bytes)
		bpf_skb_pull_data(LB_SKB(c), bytes < wanted_bytes ? bytes : wanted_bytes);
}

/*
 * Whether this frame is one that only the stack should look at: of a sub-interface whose tag is not
 * in the bytes (id 0 says priority and nothing else), or another host's, here by promiscuity.
 */
static __always_inline int lb_is_foreign(const struct lb_context *c)
{
	return c->hook == LB_HOOK_TC &&
	       ((LB_SKB(c)->vlan_present && (LB_SKB(c)->vlan_tci & LB_TAG_ID)) ||
		LB_SKB(c)->pkt_type == PACKET_OTHERHOST);
}

static __always_inline __u32 lb_ingress_ifindex(const struct lb_context *c)
{
	if (c->tagged)
		return c->ifindex;
	return c->hook == LB_HOOK_XDP ? LB_XDP(c)->ingress_ifindex : LB_SKB(c)->ifindex;
}

/* Packets on the wire that this one stands for. */
static __always_inline __u32 lb_packets(const struct lb_context *c)
{
	if (c->hook == LB_HOOK_XDP)
		return 1;
	return LB_SKB(c)->gso_segs ? LB_SKB(c)->gso_segs : 1;
}

/* The largest IP packet that the device will have to carry for this one. */
static __always_inline __u32 lb_mtu_bytes(const struct lb_context *c, __u32 ip_bytes,
					  __u32 header_bytes)
{
	if (c->hook == LB_HOOK_TC && LB_SKB(c)->gso_size)
		return LB_SKB(c)->gso_size + header_bytes;
	return ip_bytes;
}

static __always_inline int lb_verdict(const struct lb_context *c, enum lb_action action)
{
	if (c->hook == LB_HOOK_XDP)
		return action == LB_PASS ? XDP_PASS : XDP_DROP;
	/* UNSPEC and not OK: programs after ours, and other filters, still see the packet. */
	return action == LB_PASS ? TC_ACT_UNSPEC : TC_ACT_SHOT;
}

/*
 * By whatever interface; the one that it came in by, too. To a veth's other end it comes within
 * this softirq, not by way of another queue.
 */
static __always_inline int lb_transmit(const struct lb_context *c, __u32 ifindex, int to_peer)
{
	/* The priority that it came with was for the last link. */
	if (c->hook == LB_HOOK_TC && LB_SKB(c)->vlan_present)
		bpf_skb_vlan_pop(LB_SKB(c));
	if (c->hook == LB_HOOK_TC && !c->egress && to_peer)
		return bpf_redirect_peer(ifindex, 0);
	return bpf_redirect(ifindex, 0);
}
