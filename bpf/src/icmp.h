/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ICMP and ICMPv6 errors about packets of flows. The error goes where the packet that it quotes came
 * from, and quotes it as its sender sent it (RFC 5508, section 4). The outer address changes as in
 * any packet of that direction, so a client hears from the service, whoever behind us speaks. Only
 * an error that quotes a flow's addresses and ports is translated, and it touches no flow's state: a
 * forged one is carried to the host that can judge it, nothing more.
 */
#pragma once
#include "filter.h"
#include "forward.h"

/* Headers of both packets with what options they may have. */
#define LB_ICMP_LINEAR_BYTES 320

enum lb_icmp_type {
	LB_ICMP4_UNREACHABLE = 3,
	LB_ICMP4_TIME_EXCEEDED = 11,
	LB_ICMP4_PARAMETER_PROBLEM = 12,
	LB_ICMP6_UNREACHABLE = 1,
	LB_ICMP6_PARAMETER_PROBLEM = 4, /* between the two: too big, time exceeded */
};

/* Of an error, in both families. The quoted packet follows. */
struct lb_icmp_header {
	__u8 type;
	__u8 code;
	__u16 check;
	__be32 detail;
};
_Static_assert(sizeof(struct lb_icmp_header) == 8, "lb_icmp_header");

/* The packet that an error quotes, turned round: as such it goes where the error goes. */
struct lb_quoted {
	struct lb_packet p;
	__u32 ip_offset;
	__u32 l4_offset;
};

/* A redirect is none: it tells a neighbor of its sender where to send. */
static __always_inline int lb_icmp_is_error(int family, __u8 type)
{
	if (family == LB_FAMILY_IPV4)
		return type == LB_ICMP4_UNREACHABLE || type == LB_ICMP4_TIME_EXCEEDED ||
		       type == LB_ICMP4_PARAMETER_PROBLEM;
	return type >= LB_ICMP6_UNREACHABLE && type <= LB_ICMP6_PARAMETER_PROBLEM;
}

static __always_inline int lb_quoted_ipv4(const struct lb_context *c, struct lb_quoted *q)
{
	struct iphdr *ip = lb_bytes_at(c, q->ip_offset, sizeof(*ip));

	if (!ip || ip->version != 4 || ip->ihl < sizeof(*ip) / 4 ||
	    (ip->frag_off & bpf_htons(LB_IP_FRAGMENT_OFFSET)))
		return 0;
	q->p.source_addr[0] = q->p.source = ip->daddr;
	q->p.dest_addr[0] = q->p.dest = ip->saddr;
	q->p.ip_proto = ip->protocol;
	q->l4_offset = q->ip_offset + ip->ihl * 4;
	return 1;
}

static __always_inline int lb_quoted_ipv6(const struct lb_context *c, struct lb_quoted *q)
{
	struct ipv6hdr *ip = lb_bytes_at(c, q->ip_offset, sizeof(*ip));

	if (!ip || ip->version != 6)
		return 0;
	__builtin_memcpy(q->p.source_addr, &ip->daddr, 16);
	__builtin_memcpy(q->p.dest_addr, &ip->saddr, 16);
	q->p.source = lb_fold_address(q->p.source_addr);
	q->p.dest = lb_fold_address(q->p.dest_addr);
	q->p.ip_proto = ip->nexthdr;
	q->l4_offset = q->ip_offset + sizeof(*ip);
	return lb_skip_extensions(c, &q->p.ip_proto, &q->l4_offset) == LB_PARSED_FLOW;
}

/* Whether this is an error that quotes TCP or UDP of the host that it is for. */
static __always_inline int lb_quoted(const struct lb_context *c, int family,
				     const struct lb_packet *outer, struct lb_quoted *q)
{
	struct lb_icmp_header *icmp = lb_bytes_at(c, outer->l4_offset, sizeof(*icmp));
	__be16 *ports;

	if (!icmp || !lb_icmp_is_error(family, icmp->type))
		return 0;
	q->ip_offset = outer->l4_offset + sizeof(*icmp);
	if (family == LB_FAMILY_IPV4 ? !lb_quoted_ipv4(c, q) : !lb_quoted_ipv6(c, q))
		return 0;
	if (q->p.ip_proto != IPPROTO_TCP && q->p.ip_proto != IPPROTO_UDP)
		return 0;
	/* RFC 792: at least the 8 bytes that hold a UDP header, and TCP's ports. */
	ports = lb_bytes_at(c, q->l4_offset, sizeof(struct udphdr));
	if (!ports || !lb_addr_equal(outer->dest_addr, q->p.dest_addr, family))
		return 0;
	q->p.source_port = ports[1];
	q->p.dest_port = ports[0];
	return 1;
}

static __always_inline __u64 lb_sum_replace_address(__u64 sum, int family, const __be32 *from,
						    const __be32 *to)
{
	sum = lb_sum_replace32(sum, from[0], to[0]);
	if (family == LB_FAMILY_IPV4)
		return sum;
	sum = lb_sum_replace32(sum, from[1], to[1]);
	sum = lb_sum_replace32(sum, from[2], to[2]);
	return lb_sum_replace32(sum, from[3], to[3]);
}

/*
 * The quoted packet's address, which turned round is the destination of what goes to the backend.
 * Carries on the error's own checksum.
 */
static __always_inline int lb_quoted_rewrite_address(const struct lb_context *c, int family,
						     const struct lb_quoted *q,
						     enum lb_direction direction,
						     const struct lb_hit *to, __u64 *sum)
{
	const __be32 *from = lb_changed_addr(&q->p, direction);

	*sum = lb_sum_replace_address(*sum, family, from, to->addr);
	if (family == LB_FAMILY_IPV4) {
		struct iphdr *ip = lb_bytes_at(c, q->ip_offset, sizeof(*ip));
		__u16 check;

		if (!ip)
			return -1;
		check = lb_sum_end(lb_sum_replace32(lb_sum_begin(ip->check), from[0], to->addr[0]));
		*sum = lb_sum_replace16(*sum, ip->check, check);
		ip->check = check;
		lb_addr_copy(direction == LB_TO_BACKEND ? &ip->saddr : &ip->daddr, to->addr,
			     LB_FAMILY_IPV4);
	} else {
		struct ipv6hdr *ip = lb_bytes_at(c, q->ip_offset, sizeof(*ip));

		if (!ip)
			return -1;
		__builtin_memcpy(direction == LB_TO_BACKEND ? &ip->saddr : &ip->daddr, to->addr,
				 sizeof(ip->saddr));
	}
	return 0;
}

/* The quoted port, and the checksum where it is quoted: TCP's often is not. */
static __always_inline int lb_quoted_rewrite_ports(const struct lb_context *c, int family,
						   const struct lb_packet *outer,
						   const struct lb_quoted *q,
						   enum lb_direction direction,
						   const struct lb_hit *to, __u64 *sum)
{
	__be16 from_port = lb_changed_port(&q->p, direction);
	__be16 *ports = lb_bytes_at(c, q->l4_offset, sizeof(struct udphdr));
	__u32 at =
		lb_is_tcp(&q->p) ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check);
	__u64 l4_sum;
	__u16 *check, next;

	if (!ports)
		return -1;
	ports[direction == LB_TO_BACKEND ? 0 : 1] = to->port;
	*sum = lb_sum_replace16(*sum, from_port, to->port);
	if (q->l4_offset + at + sizeof(*check) > lb_link_bytes(c) + outer->ip_bytes)
		return 0;
	check = lb_bytes_at(c, q->l4_offset + at, sizeof(*check));
	if (!check || (!lb_is_tcp(&q->p) && !*check))
		return 0;
	l4_sum = lb_sum_replace16(lb_sum_begin(*check), from_port, to->port);
	l4_sum =
		lb_sum_replace_address(l4_sum, family, lb_changed_addr(&q->p, direction), to->addr);
	next = lb_sum_end(l4_sum);
	if (!lb_is_tcp(&q->p) && !next)
		next = 0xffff;
	*sum = lb_sum_replace16(*sum, *check, next);
	*check = next;
	return 0;
}

/*
 * The whole error. A checksum that the device took over all of it (TC) stays right: what changes
 * within is made up for by the error's checksum, which changes with it.
 */
static __always_inline int lb_icmp_rewrite(const struct lb_context *c, int family,
					   const struct lb_packet *outer, const struct lb_quoted *q,
					   enum lb_direction direction, const struct lb_hit *to,
					   int decrement)
{
	struct lb_icmp_header *icmp = lb_bytes_at(c, outer->l4_offset, sizeof(*icmp));
	__u64 sum;

	if (!icmp)
		return -1;
	sum = lb_sum_begin(icmp->check);
	if (lb_quoted_rewrite_address(c, family, q, direction, to, &sum) ||
	    lb_quoted_rewrite_ports(c, family, outer, q, direction, to, &sum))
		return -1;
	/* RFC 4443, section 2.3: the addresses count too. */
	if (family == LB_FAMILY_IPV6)
		sum = lb_sum_replace_address(sum, family, lb_changed_addr(outer, direction),
					     to->addr);
	icmp->check = lb_sum_end(sum);
	return lb_rewrite_address(c, family, outer, direction, to, decrement);
}

/* As lb_forward, without a trace in the flow. */
static __always_inline int lb_icmp_forward(const struct lb_context *c, int family,
					   const struct lb_packet *outer, const struct lb_quoted *q,
					   enum lb_direction direction, struct lb_hit *hit)
{
	struct lb_departure d = lb_depart(c, family, outer, &q->p, direction, hit);

	if (lb_leaves_as_it_came(&d, direction))
		return lb_verdict(c, LB_PASS);
	lb_count_packets(lb_word_backend(hit->seen), direction, 1, outer->ip_bytes);
	if (lb_icmp_rewrite(c, family, outer, q, direction, hit, lb_is_sent(&d)))
		return lb_dropped(c, LB_DROP_TRANSMIT);
	return lb_leave(c, &d);
}

static __always_inline int lb_icmp_family(const struct lb_context *c, int family)
{
	struct lb_packet outer = {};
	struct lb_quoted q = {};
	struct lb_hit hit;

	if (lb_parse(c, family, &outer) != LB_PARSED_ICMP)
		return lb_verdict(c, LB_PASS);
	if (lb_quoted(c, family, &outer, &q)) {
		if (!c->egress && lb_maybe_service(q.p.dest, q.p.dest_port, q.p.ip_proto) &&
		    lb_find(family, &q.p, LB_TO_BACKEND, &hit))
			return lb_icmp_forward(c, family, &outer, &q, LB_TO_BACKEND, &hit);
		if (lb_maybe_backend(q.p.source, q.p.source_port, q.p.ip_proto) &&
		    lb_find(family, &q.p, LB_TO_CLIENT, &hit))
			return lb_icmp_forward(c, family, &outer, &q, LB_TO_CLIENT, &hit);
	}
	if (!c->egress &&
	    (lb_maybe_service_address(outer.dest) || lb_maybe_backend_address(outer.source)))
		lb_count_handover(LB_HANDOVER_ICMP);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_icmp(const struct lb_context *c)
{
	lb_linearize(c, LB_ICMP_LINEAR_BYTES);
	switch (lb_family(c)) {
	case LB_FAMILY_IPV4:
		return lb_icmp_family(c, LB_FAMILY_IPV4);
	case LB_FAMILY_IPV6:
		return lb_icmp_family(c, LB_FAMILY_IPV6);
	default:
		return lb_verdict(c, LB_PASS);
	}
}
