/* SPDX-License-Identifier: Apache-2.0 */
/*
 * VLAN tags, where the programs meet them in a frame's bytes: native XDP on the parent of
 * sub-interfaces. A frame is read with its tag in place, so what is left to the stack is left as it
 * came; it is sent with the tag of the device that it leaves by, or with none. Priority is not
 * carried over, as the kernel's own sub-interfaces do not unless they are told to.
 */
#pragma once
#include "count.h"
#include "nexthop.h"
#include "rewrite.h"

struct lb_tag {
	__be16 eth_proto;
	__be16 control; /* priority above the id */
};
_Static_assert(sizeof(struct lb_tag) == LB_TAG_BYTES, "lb_tag");

/* Behind it is the type. */
static __always_inline struct lb_tag *lb_tag_at(const struct lb_context *c)
{
	void *link = lb_data(c);

	return link + ETH_HLEN + LB_TAG_BYTES <= lb_data_end(c) ? link + 2 * ETH_ALEN : 0;
}

/* Finds the interface that a frame with this tag is of; 0 if of none that is configured. */
static __always_inline int lb_read_tag(struct lb_context *c)
{
	struct lb_vlan_key key = { .parent = LB_XDP(c)->ingress_ifindex };
	struct lb_tag *tag = lb_tag_at(c);
	__u32 *ifindex;

	if (!tag)
		return 0;
	key.proto = tag->eth_proto;
	key.vlan = bpf_ntohs(tag->control) & LB_TAG_ID;
	/* Id 0 is priority and nothing else: a frame of the interface itself (IEEE 802.1Q). */
	ifindex = key.vlan ? bpf_map_lookup_elem(&vlans, &key) : &key.parent;
	if (!ifindex)
		return 0;
	c->ifindex = *ifindex;
	return 1;
}

/*
 * Gives a frame the link header that it leaves with. What follows does not move: the head does.
 * Returns the interface to send it by, 0 if there was no room. VERIFIER: global, verified once.
 */
__noinline __u32 lb_retag(struct xdp_md *raw, __u64 nexthop, __u32 tagged)
{
	struct lb_context c = { .raw = raw, .hook = LB_HOOK_XDP };
	struct lb_device *device = lb_device_of(nexthop);
	struct lb_tag *tag;
	int shorter;

	if (!device)
		return 0;
	shorter = (tagged ? LB_TAG_BYTES : 0) - (device->vlan ? LB_TAG_BYTES : 0);
	if (bpf_xdp_adjust_head(raw, shorter) || lb_rewrite_mac(&c, nexthop, device))
		return 0;
	if (!device->vlan)
		return device->ifindex;
	tag = lb_tag_at(&c);
	if (!tag)
		return 0;
	tag->eth_proto = device->vlan_proto;
	tag->control = bpf_htons(device->vlan);
	return device->parent;
}
