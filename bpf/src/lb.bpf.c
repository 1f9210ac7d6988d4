/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data plane. One ingress program, built for XDP and for TC, serves both directions: client to
 * service (the destination becomes the backend) and backend to client (the source becomes the
 * service again). A TC egress program restores the source of replies that met no ingress program or
 * were handed to the stack.
 */
#include "described.h"
#include "filter.h"
#include "fragment.h"
#include "icmp.h"
#include "ingress.h"
#include "kill.h"
#include "parts.h"
#include "reset.h"
#include "sweep.h"

/* A packet without readable ports; what belongs to a service address never reaches the stack. */
static __always_inline int lb_without_ports(const struct lb_context *c, enum lb_parsed parsed,
					    const struct lb_packet *p)
{
	int service = p->has_addresses && lb_maybe_service_address(p->dest);

	if (parsed == LB_PARSED_ICMP) {
		lb_continue_in(c, LB_PART_ICMP);
		return lb_verdict(c, LB_PASS);
	}
	if (parsed == LB_PARSED_FRAGMENT && (service || lb_maybe_backend_address(p->source)))
		lb_continue_in(c, LB_PART_FRAGMENT);
	if (!service)
		return lb_verdict(c, LB_PASS);
	if (lb_is_unreadable(parsed))
		return lb_dropped_unreadable(c, parsed);
	lb_count_handover(LB_HANDOVER_PROTOCOL);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_ingress_family(const struct lb_context *c, int family,
					     struct lb_packet *p, struct lb_hit *hit)
{
	enum lb_parsed parsed = lb_parse(c, family, p);

	if (parsed != LB_PARSED_FLOW)
		return lb_without_ports(c, parsed, p);
	return lb_with_ports(c, family, p, hit);
}

/*
 * One tag is read by a program of its own. TC has it beside the bytes: what is in them is a second.
 */
static __always_inline int lb_with_tag(const struct lb_context *c)
{
	if (c->hook == LB_HOOK_XDP && !c->tagged)
		lb_continue_in(c, LB_PART_TAGGED);
	else
		lb_count_handover(LB_HANDOVER_VLAN);
	return lb_verdict(c, LB_PASS);
}

static __always_inline int lb_ingress(const struct lb_context *c)
{
	struct lb_packet p = {};
	struct lb_hit hit;

	lb_linearize_headers(c);
	switch (lb_family(c)) {
	case LB_FAMILY_TAG:
		return lb_with_tag(c);
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
	int verdict;

	if (parsed == LB_PARSED_ICMP)
		lb_continue_in(c, LB_PART_ICMP);
	if (parsed == LB_PARSED_FRAGMENT && lb_maybe_backend_address(p.source))
		lb_continue_in(c, LB_PART_FRAGMENT);
	if (parsed != LB_PARSED_FLOW || !lb_maybe_backend(p.source, p.source_port, p.ip_proto))
		return lb_verdict(c, LB_PASS);
	verdict = lb_to_client(c, family, &p, &hit);
	return verdict == LB_UNDECIDED ? lb_verdict(c, LB_PASS) : verdict;
}

SEC("xdp") int lb_xdp(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };

	return lb_ingress(&c);
}

SEC("xdp") int lb_xdp_fragment(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };

	return lb_fragment(&c);
}

SEC("xdp") int lb_xdp_icmp(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };

	return lb_icmp(&c);
}

SEC("xdp") int lb_xdp_reset(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };

	return lb_reset(&c);
}

SEC("xdp") int lb_xdp_tagged(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP, .tagged = 1 };

	if (lb_read_tag(&c))
		return lb_ingress(&c);
	lb_count_handover(LB_HANDOVER_VLAN);
	return XDP_PASS;
}

SEC("xdp") int lb_xdp_tagged_fragment(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP, .tagged = 1 };

	return lb_read_tag(&c) ? lb_fragment(&c) : XDP_PASS;
}

SEC("xdp") int lb_xdp_tagged_icmp(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP, .tagged = 1 };

	return lb_read_tag(&c) ? lb_icmp(&c) : XDP_PASS;
}

SEC("xdp") int lb_xdp_tagged_reset(struct xdp_md *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP, .tagged = 1 };

	return lb_read_tag(&c) ? lb_reset(&c) : XDP_PASS;
}

SEC("tc") int lb_tc_ingress(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC };

	return lb_ingress(&c);
}

SEC("tc") int lb_tc_ingress_fragment(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC };

	return lb_fragment(&c);
}

SEC("tc") int lb_tc_ingress_icmp(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC };

	return lb_icmp(&c);
}

SEC("tc") int lb_tc_ingress_reset(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC };

	return lb_reset(&c);
}

SEC("tc") int lb_tc_egress_fragment(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC, .egress = 1 };

	return lb_fragment(&c);
}

SEC("tc") int lb_tc_egress_icmp(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC, .egress = 1 };

	return lb_icmp(&c);
}

SEC("tc") int lb_tc_egress_reset(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC, .egress = 1 };

	return lb_reset(&c);
}

SEC("tc") int lb_tc_egress(struct __sk_buff *raw)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_TC, .egress = 1 };

	lb_linearize_headers(&c);
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
