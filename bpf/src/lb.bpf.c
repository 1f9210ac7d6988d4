/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data plane. One ingress program, built for XDP and for TC, serves both directions: client to
 * service (the destination becomes the backend) and backend to client (the source becomes the
 * service again). A TC egress program restores the source of replies that met no ingress program or
 * were handed to the stack.
 */
#include "described.h"
#include "filter.h"
#include "forward.h"
#include "icmp.h"
#include "parts.h"
#include "select.h"
#include "kill.h"
#include "sweep.h"

/* No decision yet: the packet may still be something else. */
#define LB_UNDECIDED (-2)

static __always_inline int lb_is_opening_syn(const struct lb_packet *p)
{
	return lb_is_tcp(p) && (p->tcp_flags & (LB_TCP_SYN | LB_TCP_ACK)) == LB_TCP_SYN;
}

static __always_inline int lb_to_service(const struct lb_context *c, int family,
					 const struct lb_packet *p, struct lb_hit *hit)
{
	int found = lb_find(family, p, LB_TO_BACKEND, hit);
	int reopen = found && lb_is_opening_syn(p) && lb_state_is_fading(lb_word_state(hit->seen));

	if (!found || reopen) {
		switch (lb_open(family, p, reopen)) {
		case LB_OPENED:
			found = lb_hit_opened(family, hit);
			break;
		case LB_OPEN_EXISTS:
			found = lb_find(family, p, LB_TO_BACKEND, hit);
			break;
		case LB_OPEN_NOT_A_SERVICE:
			return LB_UNDECIDED;
		default:
			return lb_verdict(c, LB_DROP);
		}
		if (!found)
			return lb_dropped(c, LB_DROP_NO_ENTRY);
	}
	return lb_forward(c, family, p, LB_TO_BACKEND, hit);
}

static __always_inline int lb_to_client(const struct lb_context *c, int family,
					const struct lb_packet *p, struct lb_hit *hit)
{

	if (!lb_find(family, p, LB_TO_CLIENT, hit))
		return LB_UNDECIDED;
	return lb_forward(c, family, p, LB_TO_CLIENT, hit);
}

/*
 * A SYN straight to a backend, from a port that a flow through us uses towards the same backend:
 * its replies would be taken for that flow's. A flow that fades or has long been silent gives way.
 */
static __always_inline int lb_straight_to_backend(const struct lb_context *c, int family,
						  const struct lb_packet *p, struct lb_hit *hit)
{
	struct lb_place place = lb_place_of(p->source, p->source_port, p->ip_proto);
	__u32 idle;

	if (!lb_find_from(place, family, lb_flow_kind(family, p->ip_proto), p->source_addr,
			  p->source_port, p->dest_addr, p->dest_port, LB_TO_CLIENT, hit))
		return lb_verdict(c, LB_PASS);
	idle = (__u32)bpf_jiffies64() - hit->tail->last_seen;
	if (!lb_state_is_fading(lb_word_state(hit->seen)) && idle < lb_settings.closing_timeout)
		return lb_dropped(c, LB_DROP_DIRECT);
	if (lb_flow_remove(hit->set, hit->line, hit->seen))
		lb_count_table(LB_TABLE_REPLACED_DIRECT, 1);
	return lb_verdict(c, LB_PASS);
}

/* A packet without readable ports; what belongs to a service address never reaches the stack. */
static __always_inline int lb_without_ports(const struct lb_context *c, enum lb_parsed parsed,
					    const struct lb_packet *p)
{
	int service = p->has_addresses && lb_maybe_service_address(p->dest);

	if (parsed == LB_PARSED_ICMP) {
		lb_continue_in(c, LB_PART_ICMP);
		return lb_verdict(c, LB_PASS);
	}
	if (!service)
		return lb_verdict(c, LB_PASS);
	if (parsed == LB_PARSED_MALFORMED)
		return lb_dropped(c, LB_DROP_MALFORMED);
	if (parsed == LB_PARSED_FRAGMENT &&
	    (p->ip_proto == IPPROTO_TCP || p->ip_proto == IPPROTO_UDP))
		return lb_dropped(c, LB_DROP_FRAGMENT);
	lb_count_handover(LB_HANDOVER_PROTOCOL);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_ingress_family(const struct lb_context *c, int family,
					     struct lb_packet *p, struct lb_hit *hit)
{
	enum lb_parsed parsed = lb_parse(c, family, p);
	int verdict = LB_UNDECIDED;

	if (parsed != LB_PARSED_FLOW)
		return lb_without_ports(c, parsed, p);
	if (lb_maybe_service(p->dest, p->dest_port, p->ip_proto))
		verdict = lb_to_service(c, family, p, hit);
	if (verdict == LB_UNDECIDED && lb_maybe_backend(p->source, p->source_port, p->ip_proto))
		verdict = lb_to_client(c, family, p, hit);
	if (verdict != LB_UNDECIDED)
		return verdict;
	if (lb_is_opening_syn(p) && lb_maybe_backend(p->dest, p->dest_port, p->ip_proto))
		return lb_straight_to_backend(c, family, p, hit);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_ingress(const struct lb_context *c)
{
	struct lb_packet p = {};
	struct lb_hit hit;

	lb_linearize(c, LB_LINEAR_BYTES);
	switch (lb_family(c)) {
	case LB_FAMILY_IPV4:
		return lb_ingress_family(c, LB_FAMILY_IPV4, &p, &hit);
	case LB_FAMILY_IPV6:
		return lb_ingress_family(c, LB_FAMILY_IPV6, &p, &hit);
	default:
		return lb_verdict(c, LB_PASS);
	}
}

/* Restores the service's address in a reply that leaves with its backend's. */
static __always_inline int lb_egress_family(const struct lb_context *c, int family)
{
	struct lb_packet p = {};
	enum lb_parsed parsed = lb_parse(c, family, &p);
	struct lb_hit hit;

	if (parsed == LB_PARSED_ICMP)
		lb_continue_in(c, LB_PART_ICMP);
	if (parsed != LB_PARSED_FLOW || !lb_maybe_backend(p.source, p.source_port, p.ip_proto) ||
	    !lb_find(family, &p, LB_TO_CLIENT, &hit))
		return lb_verdict(c, LB_PASS);
	lb_track(&p, LB_TO_CLIENT, &hit);
	lb_count_packets(lb_word_backend(hit.seen), LB_TO_CLIENT, lb_packets(c), p.ip_bytes);
	if (lb_rewrite(c, family, &p, LB_TO_CLIENT, &hit, 0) ||
	    lb_finish_checksum(c, family, &p, LB_TO_CLIENT, &hit))
		return lb_dropped(c, LB_DROP_TRANSMIT);
	return lb_verdict(c, LB_PASS);
}

SEC("xdp") int lb_xdp(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };

	return lb_ingress(&c);
}

SEC("xdp") int lb_xdp_icmp(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };

	return lb_icmp(&c);
}

SEC("tc") int lb_tc_ingress(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC };

	return lb_ingress(&c);
}

SEC("tc") int lb_tc_ingress_icmp(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC };

	return lb_icmp(&c);
}

SEC("tc") int lb_tc_egress_icmp(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC, .egress = 1 };

	return lb_icmp(&c);
}

SEC("tc") int lb_tc_egress(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC, .egress = 1 };

	lb_linearize(&c, LB_LINEAR_BYTES);
	switch (lb_family(&c)) {
	case LB_FAMILY_IPV4:
		return lb_egress_family(&c, LB_FAMILY_IPV4);
	case LB_FAMILY_IPV6:
		return lb_egress_family(&c, LB_FAMILY_IPV6);
	default:
		return lb_verdict(&c, LB_PASS);
	}
}

/* Run by the runtime, never attached. Returns 1 when the cursor has come round. */
SEC("tc") int lb_sweep(struct __sk_buff *raw)
{
	(void)raw;
	return lb_sweep_run();
}

/* Run by the runtime, never attached. */
SEC("tc") int lb_kill(struct __sk_buff *raw)
{
	(void)raw;
	return lb_kill_run();
}

SEC("tc") int lb_clock(struct __sk_buff *raw)
{
	(void)raw;
	lb_clock_now.jiffies = bpf_jiffies64();
	lb_clock_now.ktime_ns = bpf_ktime_get_ns();
	return 0;
}

char lb_license[] SEC("license") = "GPL";
