/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes of a flow that was killed: its sender gets an RST, the way that the packet came (RFC
 * 9293, section 3.10.7.1). So each end learns of it by the next packet that it sends, and goes on
 * learning until it believes it.
 */
#pragma once
#include "filter.h"
#include "ingress.h"

#define LB_RESET_HOPS 64
#define LB_IP_DONT_FRAGMENT 0x4000

struct lb_reset_ipv4 {
	struct iphdr ip;
	struct tcphdr tcp;
};

struct lb_reset_ipv6 {
	struct ipv6hdr ip;
	struct tcphdr tcp;
};

static __always_inline __u64 lb_sum_add(__u64 sum, const void *bytes, int words)
{
	for (int i = 0; i < words; i++)
		sum += ((const __u32 *)bytes)[i];
	return sum;
}

/* The sum of what TCP's checksum covers besides TCP. */
static __always_inline __u64 lb_reset_pseudo_sum(const void *addresses, int words)
{
	return lb_sum_add(bpf_htons(IPPROTO_TCP) + bpf_htons(sizeof(struct tcphdr)), addresses,
			  words);
}

/* All but the checksum. */
static __always_inline struct tcphdr lb_reset_tcp(const struct lb_packet *p)
{
	struct tcphdr tcp = {
		.source = p->dest_port,
		.dest = p->source_port,
		.doff = sizeof(tcp) / 4,
		.rst = 1,
	};

	if (p->tcp_flags & LB_TCP_ACK) {
		tcp.seq = bpf_htonl(p->ack);
	} else {
		tcp.ack = 1;
		tcp.ack_seq = bpf_htonl(p->seq + p->payload_bytes + !!(p->tcp_flags & LB_TCP_SYN) +
					!!(p->tcp_flags & LB_TCP_FIN));
	}
	return tcp;
}

/* The frame ends behind so many bytes of IP, and goes back where it came from. */
static __always_inline int lb_reset_frame(const struct lb_context *c, __u32 ip_bytes)
{
	__u32 bytes = lb_link_bytes(c) + ip_bytes;
	__u8 mac[ETH_ALEN];
	struct ethhdr *eth;

	if (c->hook == LB_HOOK_XDP ? bpf_xdp_adjust_tail(LB_XDP(c), bytes - lb_frame_bytes(c))
				   : bpf_skb_change_tail(LB_SKB(c), bytes, 0))
		return -1;
	eth = lb_data(c);
	if ((void *)(eth + 1) > lb_data_end(c))
		return -1;
	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return 0;
}

/*
 * What lies over the link header. At TC the packet that is written over may have had an unfinished
 * checksum, which the device completes: only the kernel knows. So the answer begins with an
 * unfinished one, the pseudo-header's sum, and the helper makes it the finished one unless the
 * device will.
 */
static __always_inline int lb_reset_write(const struct lb_context *c, void *answer, __u32 bytes,
					  struct tcphdr *tcp, __u64 pseudo_sum)
{
	__u16 finished = lb_sum_end(lb_sum_add(pseudo_sum, tcp, sizeof(*tcp) / 4));
	__u32 at = lb_link_bytes(c) + bytes - sizeof(*tcp) + offsetof(struct tcphdr, check);
	__u16 unfinished = ~lb_sum_end(pseudo_sum);
	void *to = lb_data(c) + lb_link_bytes(c);

	if (c->hook == LB_HOOK_XDP) {
		tcp->check = finished;
		if (to + bytes > lb_data_end(c))
			return -1;
		__builtin_memcpy(to, answer, bytes);
		return 0;
	}
	tcp->check = unfinished;
	if (bpf_skb_store_bytes(LB_SKB(c), lb_link_bytes(c), answer, bytes, BPF_F_RECOMPUTE_CSUM) ||
	    bpf_l4_csum_replace(LB_SKB(c), at, 0, unfinished + (__u16)~finished, 0))
		return -1;
	/* Of a checksum that the device took over the whole packet; an error for any other. */
	bpf_csum_update(LB_SKB(c), finished + (__u16)~unfinished);
	return 0;
}

static __always_inline int lb_reset_write_ipv4(const struct lb_context *c,
					       const struct lb_packet *p)
{
	struct lb_reset_ipv4 answer = {
		.ip = {
			.version = 4,
			.ihl = sizeof(answer.ip) / 4,
			.tot_len = bpf_htons(sizeof(answer)),
			.frag_off = bpf_htons(LB_IP_DONT_FRAGMENT),
			.ttl = LB_RESET_HOPS,
			.protocol = IPPROTO_TCP,
			.saddr = p->dest_addr[0],
			.daddr = p->source_addr[0],
		},
		.tcp = lb_reset_tcp(p),
	};

	answer.ip.check = lb_sum_end(lb_sum_add(0, &answer.ip, sizeof(answer.ip) / 4));
	if (lb_reset_frame(c, sizeof(answer)))
		return -1;
	return lb_reset_write(c, &answer, sizeof(answer), &answer.tcp,
			      lb_reset_pseudo_sum(&answer.ip.saddr, 2));
}

static __always_inline int lb_reset_write_ipv6(const struct lb_context *c,
					       const struct lb_packet *p)
{
	struct lb_reset_ipv6 answer = {
		.ip = {
			.version = 6,
			.payload_len = bpf_htons(sizeof(answer.tcp)),
			.nexthdr = IPPROTO_TCP,
			.hop_limit = LB_RESET_HOPS,
		},
		.tcp = lb_reset_tcp(p),
	};

	lb_addr_copy(answer.ip.saddr.in6_u.u6_addr32, p->dest_addr, LB_FAMILY_IPV6);
	lb_addr_copy(answer.ip.daddr.in6_u.u6_addr32, p->source_addr, LB_FAMILY_IPV6);
	if (lb_reset_frame(c, sizeof(answer)))
		return -1;
	return lb_reset_write(c, &answer, sizeof(answer), &answer.tcp,
			      lb_reset_pseudo_sum(&answer.ip.saddr, 8));
}

/*
 * On the way out of this host the sender is behind us: the answer comes in where the packet left.
 * Not by XDP_TX, for which the device would have to be looked up (LB_DEVICE_REDIRECTS).
 */
static __always_inline int lb_reset_send(const struct lb_context *c)
{
	if (c->egress)
		return bpf_redirect(LB_SKB(c)->ifindex, BPF_F_INGRESS);
	return lb_transmit(c,
			   c->hook == LB_HOOK_XDP ? LB_XDP(c)->ingress_ifindex : LB_SKB(c)->ifindex,
			   0);
}

/* An RST is never answered; nor are IP options and extension headers, in which they might lie. */
static __always_inline int lb_reset_answer(const struct lb_context *c, int family,
					   const struct lb_packet *p, struct lb_hit *hit)
{
	__u32 now = (__u32)bpf_jiffies64();
	__u32 ip_header_bytes =
		family == LB_FAMILY_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	if (now - hit->tail->last_seen >= lb_settings.second)
		hit->tail->last_seen = now;
	if ((p->tcp_flags & LB_TCP_RST) || p->l4_offset != lb_link_bytes(c) + ip_header_bytes)
		return lb_dropped(c, LB_DROP_KILLED);
	lb_count_drop(LB_DROP_KILLED);
	if (family == LB_FAMILY_IPV4 ? lb_reset_write_ipv4(c, p) : lb_reset_write_ipv6(c, p))
		return lb_verdict(c, LB_DROP);
	return lb_reset_send(c);
}

static __always_inline int lb_reset_family(const struct lb_context *c, int family)
{
	__u8 kind = family == LB_FAMILY_IPV4 ? LB_FLOW_KILLED4 : LB_FLOW_KILLED6;
	struct lb_packet p = {};
	struct lb_hit hit;

	/* A fragment, from the client: backends' are not looked at here. */
	if (lb_parse(c, family, &p) != LB_PARSED_FLOW)
		return lb_dropped(c, LB_DROP_KILLED);
	if (!c->egress && lb_find_kind(family, kind, &p, LB_TO_BACKEND, &hit))
		return lb_reset_answer(c, family, &p, &hit);
	if (!lb_find_kind(family, kind, &p, LB_TO_CLIENT, &hit))
		return lb_verdict(c, LB_PASS);
	/* The backend answers a SYN straight to it, from the port that the killed flow had. */
	return lb_is_syn_ack(&p) ? lb_replaced_direct(c, &hit)
				 : lb_reset_answer(c, family, &p, &hit);
}

static __always_inline int lb_reset(const struct lb_context *c)
{
	switch (lb_family(c)) {
	case LB_FAMILY_IPV4:
		return lb_reset_family(c, LB_FAMILY_IPV4);
	case LB_FAMILY_IPV6:
		return lb_reset_family(c, LB_FAMILY_IPV6);
	default:
		return lb_verdict(c, LB_PASS);
	}
}
