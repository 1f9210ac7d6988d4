/* SPDX-License-Identifier: Apache-2.0 */
/* From Ethernet to the ports: who speaks to whom, and where in the packet that is written. */
#pragma once
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include "context.h"
#include "hash.h"

#define LB_IP_FRAGMENT 0x3fff /* more fragments, or an offset */
#define LB_IP_FRAGMENT_OFFSET 0x1fff
#define LB_IP_MORE_FRAGMENTS 0x2000
#define LB_IPV6_EXTENSIONS_MAX 4

#define LB_TCP_FIN 0x01
#define LB_TCP_SYN 0x02
#define LB_TCP_RST 0x04
#define LB_TCP_ACK 0x10

enum lb_parsed {
	LB_PARSED_FLOW, /* TCP or UDP with ports */
	LB_PARSED_ICMP,
	LB_PARSED_FRAGMENT,   /* what follows l4_offset is there in the first one alone */
	LB_PARSED_PROTOCOL,   /* another IP protocol */
	LB_PARSED_MALFORMED,  /* addresses are set if has_addresses */
	LB_PARSED_EXTENSIONS, /* headers that are not looked past; addresses are set */
};

/*
 * Addresses are words in wire order (IPv4: the first word alone). `source` and `dest` are the same
 * folded to one word for the hashes. Offsets are from the start of the frame.
 */
struct lb_packet {
	__be32 source_addr[4];
	__be32 dest_addr[4];
	__u32 source;
	__u32 dest;
	__be16 source_port;
	__be16 dest_port;
	__u8 ip_proto;
	__u8 hop_limit;
	__u8 tcp_flags;
	__u8 has_addresses;
	__u16 l4_offset;
	__u32 ip_bytes;
	__u32 payload_bytes;
	__u32 seq; /* host order; TCP */
	__u32 ack;
	__u16 header_bytes; /* IP and transport */
	/* Of a fragment: */
	__u32 fragment_id;
	__u16 fragment_offset; /* bytes */
	__u8 fragment_more;
};

/* Where the headers end that are read, in bytes; LB_LINEAR_BYTES if that takes long to tell. */
static __always_inline __u32 lb_headers_end(const struct lb_context *c)
{
	const struct ethhdr *eth = lb_bytes_at(c, 0, ETH_HLEN + sizeof(struct iphdr));
	const struct iphdr *ip = (const void *)(eth + 1);
	__u32 offset;
	__u8 proto;

	if (!eth)
		return LB_LINEAR_BYTES;
	if (eth->h_proto == bpf_htons(ETH_P_IP)) {
		offset = ETH_HLEN + ip->ihl * 4;
		proto = ip->protocol;
	} else if (eth->h_proto == bpf_htons(ETH_P_IPV6)) {
		offset = ETH_HLEN + sizeof(struct ipv6hdr);
		proto = ((const struct ipv6hdr *)ip)->nexthdr;
	} else {
		return LB_LINEAR_BYTES;
	}
	if (proto == IPPROTO_TCP)
		return offset + sizeof(struct tcphdr);
	return proto == IPPROTO_UDP ? offset + sizeof(struct udphdr) : LB_LINEAR_BYTES;
}

/*
 * Brings headers into the linear part that are not there. What TCP sends is 66 bytes of headers and
 * pages of payload: to pull more would copy the head of each packet and misalign its payload.
 */
static __always_inline void lb_linearize_headers(const struct lb_context *c)
{
	if (c->hook == LB_HOOK_TC && LB_SKB(c)->data_end - LB_SKB(c)->data < lb_headers_end(c))
		lb_linearize(c, LB_LINEAR_BYTES);
}

static __always_inline int lb_is_tcp(const struct lb_packet *p)
{
	return p->ip_proto == IPPROTO_TCP;
}

/* The transport header at l4_offset; ip_bytes and the family's header lengths are known. */
static __always_inline enum lb_parsed lb_parse_ports(const struct lb_context *c,
						     struct lb_packet *p)
{
	void *data_end = lb_data_end(c);
	void *l4 = lb_data(c) + p->l4_offset;
	__u32 ip_header_bytes = p->l4_offset - lb_link_bytes(c);
	__u32 l4_header_bytes;

	if (lb_is_tcp(p)) {
		struct tcphdr *tcp = l4;

		if ((void *)(tcp + 1) > data_end)
			return LB_PARSED_MALFORMED;
		p->source_port = tcp->source;
		p->dest_port = tcp->dest;
		p->tcp_flags = ((__u8 *)tcp)[13];
		p->seq = bpf_ntohl(tcp->seq);
		p->ack = bpf_ntohl(tcp->ack_seq);
		l4_header_bytes = tcp->doff * 4;
		if (l4_header_bytes < sizeof(*tcp))
			return LB_PARSED_MALFORMED;
	} else {
		struct udphdr *udp = l4;

		if ((void *)(udp + 1) > data_end)
			return LB_PARSED_MALFORMED;
		p->source_port = udp->source;
		p->dest_port = udp->dest;
		l4_header_bytes = sizeof(*udp);
	}
	p->header_bytes = ip_header_bytes + l4_header_bytes;
	if (p->ip_bytes < p->header_bytes)
		return LB_PARSED_MALFORMED;
	p->payload_bytes = p->ip_bytes - p->header_bytes;
	return LB_PARSED_FLOW;
}

static __always_inline enum lb_parsed lb_parse_protocol(const struct lb_context *c,
							struct lb_packet *p)
{
	if (p->ip_proto == IPPROTO_TCP || p->ip_proto == IPPROTO_UDP)
		return lb_parse_ports(c, p);
	if (p->ip_proto == IPPROTO_ICMP || p->ip_proto == IPPROTO_ICMPV6)
		return LB_PARSED_ICMP;
	return LB_PARSED_PROTOCOL;
}

static __always_inline enum lb_parsed lb_parse_ipv4(const struct lb_context *c, struct lb_packet *p)
{
	struct iphdr *ip = lb_data(c) + lb_link_bytes(c);
	__u32 header_bytes;

	if ((void *)(ip + 1) > lb_data_end(c))
		return LB_PARSED_MALFORMED;
	p->source_addr[0] = p->source = ip->saddr;
	p->dest_addr[0] = p->dest = ip->daddr;
	p->has_addresses = 1;
	p->ip_proto = ip->protocol;
	p->hop_limit = ip->ttl;
	header_bytes = ip->ihl * 4;
	p->ip_bytes = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header_bytes < sizeof(*ip) || p->ip_bytes < header_bytes ||
	    p->ip_bytes > lb_frame_bytes(c) - lb_link_bytes(c))
		return LB_PARSED_MALFORMED;
	p->l4_offset = lb_link_bytes(c) + header_bytes;
	if (ip->frag_off & bpf_htons(LB_IP_FRAGMENT)) {
		p->fragment_id = ip->id;
		p->fragment_offset = (bpf_ntohs(ip->frag_off) & LB_IP_FRAGMENT_OFFSET) * 8;
		p->fragment_more = !!(ip->frag_off & bpf_htons(LB_IP_MORE_FRAGMENTS));
		return LB_PARSED_FRAGMENT;
	}
	return lb_parse_protocol(c, p);
}

/* RFC 8200, section 4: headers that all begin the same way and say how long they are. */
static __always_inline int lb_is_extension(__u8 next)
{
	return next == IPPROTO_HOPOPTS || next == IPPROTO_ROUTING || next == IPPROTO_DSTOPTS;
}

/* RFC 8200, section 4.5. */
struct lb_fragment_header {
	__u8 next;
	__u8 reserved;
	__be16 offset_more; /* in units of 8 bytes, above three bits */
	__be32 id;
};

/*
 * Moves an offset over extension headers, so many and so far as we look; LB_PARSED_FLOW if all are
 * behind. A packet with hops left in a routing header is not yet where it is bound to: none that can
 * be translated.
 */
static __always_inline enum lb_parsed lb_skip_extensions(const struct lb_context *c, __u8 *next,
							 __u32 *offset)
{
#pragma unroll
	for (int i = 0; i < LB_IPV6_EXTENSIONS_MAX; i++) {
		struct ipv6_rt_hdr *extension;

		if (*offset > LB_OFFSET_MAX)
			return LB_PARSED_EXTENSIONS;
		if (!lb_is_extension(*next))
			return LB_PARSED_FLOW;
		extension = lb_bytes_at(c, *offset, sizeof(*extension));
		if (!extension)
			return LB_PARSED_MALFORMED;
		if (*next == IPPROTO_ROUTING && extension->segments_left)
			return LB_PARSED_EXTENSIONS;
		*next = extension->nexthdr;
		*offset += (extension->hdrlen + 1) * 8;
	}
	return lb_is_extension(*next) || *offset > LB_OFFSET_MAX ? LB_PARSED_EXTENSIONS
								 : LB_PARSED_FLOW;
}

static __always_inline enum lb_parsed lb_parse_ipv6(const struct lb_context *c, struct lb_packet *p)
{
	struct ipv6hdr *ip = lb_data(c) + lb_link_bytes(c);
	struct lb_fragment_header *fragment;
	enum lb_parsed skipped;
	__u32 offset = lb_link_bytes(c) + sizeof(*ip);
	__u8 next;

	if ((void *)(ip + 1) > lb_data_end(c))
		return LB_PARSED_MALFORMED;
	__builtin_memcpy(p->source_addr, &ip->saddr, 16);
	__builtin_memcpy(p->dest_addr, &ip->daddr, 16);
	p->source = lb_fold_address(p->source_addr);
	p->dest = lb_fold_address(p->dest_addr);
	p->has_addresses = 1;
	p->hop_limit = ip->hop_limit;
	p->ip_bytes = sizeof(*ip) + bpf_ntohs(ip->payload_len);
	next = ip->nexthdr;
	if (ip->version != 6 || p->ip_bytes > lb_frame_bytes(c) - lb_link_bytes(c))
		return LB_PARSED_MALFORMED;
	skipped = lb_skip_extensions(c, &next, &offset);
	if (skipped != LB_PARSED_FLOW)
		return skipped;
	p->ip_proto = next;
	p->l4_offset = offset;
	if (next != IPPROTO_FRAGMENT)
		return lb_parse_protocol(c, p);
	fragment = lb_bytes_at(c, offset, sizeof(*fragment));
	if (!fragment)
		return LB_PARSED_MALFORMED;
	p->ip_proto = fragment->next;
	p->l4_offset = offset + sizeof(*fragment);
	p->fragment_id = fragment->id;
	p->fragment_offset = bpf_ntohs(fragment->offset_more) & ~7;
	p->fragment_more = bpf_ntohs(fragment->offset_more) & 1;
	return LB_PARSED_FRAGMENT;
}

static __always_inline enum lb_parsed lb_parse(const struct lb_context *c, int family,
					       struct lb_packet *p)
{
	return family == LB_FAMILY_IPV4 ? lb_parse_ipv4(c, p) : lb_parse_ipv6(c, p);
}

/* What lb_family says of a frame with a (further) VLAN tag. */
#define LB_FAMILY_TAG 1

/* 4 or 6 for a frame whose Ethernet type says so, else 0. */
static __always_inline int lb_family(const struct lb_context *c)
{
	void *link = lb_data(c);
	__be16 *eth_proto = link + lb_link_bytes(c) - sizeof(*eth_proto);

	if (link + lb_link_bytes(c) > lb_data_end(c) || lb_is_foreign(c))
		return 0;
	switch (*eth_proto) {
	case bpf_htons(ETH_P_IP):
		return LB_FAMILY_IPV4;
	case bpf_htons(ETH_P_IPV6):
		return LB_FAMILY_IPV6;
	case bpf_htons(ETH_P_8021Q):
	case bpf_htons(ETH_P_8021AD):
		return LB_FAMILY_TAG;
	default:
		return 0;
	}
}
