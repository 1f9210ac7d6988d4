/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that the BPF programs and the runtime both know: map keys and values, settings,
 * reasons, events. The runtime's LayoutTest compares its offsets with this object's BTF.
 *
 * Addresses and ports are in wire order. An IPv4 address fills addr[0], the rest is zero.
 */
#pragma once
#include <stddef.h>
#include <linux/types.h>

#define LB_LAYOUT_VERSION 1

#define LB_FAMILY_IPV4 4
#define LB_FAMILY_IPV6 6

/* ---- services, routes, groups, backends ---- */

struct lb_service_key {
	__be32 addr[4];
	__be16 port;
	__u8 ip_proto;
	__u8 family;
};
_Static_assert(sizeof(struct lb_service_key) == 20, "lb_service_key");

enum lb_selection {
	LB_SELECT_FIVE_TUPLE = 0,
	LB_SELECT_SOURCE = 1,
	LB_SELECT_RANDOM = 2,
};

#define LB_SERVICE_HAS_ROUTES 1

struct lb_service {
	__u32 group;
	__u16 service; /* the id that source routes are keyed by */
	__u8 selection;
	__u8 flags;
};
_Static_assert(sizeof(struct lb_service) == 8, "lb_service");

struct lb_route_key {
	__u32 prefix_bits; /* LB_ROUTE_PREFIX_BASE + the bits of the source prefix */
	__u16 service;
	__u8 family;
	__u8 pad;
	__be32 addr[4];
};
_Static_assert(sizeof(struct lb_route_key) == 24, "lb_route_key");
#define LB_ROUTE_PREFIX_BASE 32

struct lb_route {
	__u32 group;
};

/* One 64-bit word, so that a flip is one store: low half offset, high half size, in slots. */
struct lb_group {
	__u64 region;
};

/* The arena: slot i of a region is page[(offset + i) / N].backend[(offset + i) % N]. Id 0: none. */
#define LB_ARENA_PAGE_SLOTS 2048
struct lb_arena_page {
	__u16 backend[LB_ARENA_PAGE_SLOTS];
};
_Static_assert(sizeof(struct lb_arena_page) == 4096, "lb_arena_page");

/*
 * Where a packet leaves: destination MAC (bytes 0-5) and device slot (bytes 6-7), one 64-bit word.
 * Wherever it is cached, its route's MTU is written before it and the generation after it, and they
 * are read the other way round.
 */
struct lb_nexthop {
	__u64 word;
};

struct lb_backend {
	__be32 addr[4];
	__be16 port;
	__u8 family;
	__u8 ip_proto;
	__u32 idle_timeout; /* jiffies, of established flows; 0: the instance's */
	__u64 nexthop;	    /* written by the data path; 0: not resolved yet */
	__u32 nexthop_generation;
	__u16 nexthop_mtu;
	__u16 pad;
	__u32 pad2[6];
};
_Static_assert(sizeof(struct lb_backend) == 64, "lb_backend");

struct lb_backend_counters {
	__u64 packets_in; /* towards the backend */
	__u64 packets_out;
	__u64 bytes_in; /* IP packet bytes, without link header */
	__u64 bytes_out;
	__u64 opened;
	__u64 closed;
	__u64 refused;
	__u64 unanswered;
	__u64 answered; /* flows that were opened and got a first answer; rare, on a line of its own */
	__u64 pad[7];
};
_Static_assert(sizeof(struct lb_backend_counters) == 128, "lb_backend_counters");

/* ---- devices ---- */

#define LB_DEVICE_TRANSMITS 1 /* the data path may send by it */
#define LB_DEVICE_MULTIPATH 2 /* it is on one of several ways to a backend: ask for each flow */
#define LB_DEVICE_REDIRECTS 4 /* XDP_TX may be lost on it: packets are sent back by a redirect */
#define LB_DEVICE_PEER 8      /* TC puts packets at the other end of this veth, past its egress */
#define LB_DEVICE_BY_PORT 16  /* the kernel shares out by ports: ask for each flow to a client */

struct lb_device {
	__u32 ifindex;
	__u32 generation; /* bumped when anything about next hops on this device may have changed */
	__u32 flags;
	__u8 mac[6];
	__u16 vlan;	   /* id of the tag that frames have when the data path sends; 0: none */
	__u32 parent;	   /* with a tag: ifindex that the frame leaves by */
	__be16 vlan_proto; /* with a tag: its EtherType */
	__u16 pad;
	__u32 pad2;
};
_Static_assert(sizeof(struct lb_device) == 32, "lb_device");

/* A tag on frames that come in by an interface. */
struct lb_vlan_key {
	__u32 parent;
	__be16 proto; /* EtherType of the tag */
	__u16 vlan;
};
_Static_assert(sizeof(struct lb_vlan_key) == 8, "lb_vlan_key");

/* ---- flows ---- */

/*
 * What a line holds. One bit tells IPv6, so that a walk over a set needs no branches. A killed flow
 * is of a kind that no packet looks for, until it has found no flow.
 */
#define LB_FLOW_KIND_KILLED 4
#define LB_FLOW_KIND_IPV6 8
enum lb_flow_kind {
	LB_FLOW_FREE = 0,
	LB_FLOW_TCP4 = 1,
	LB_FLOW_UDP4 = 2,
	LB_FLOW_KILLED4 = 5, /* TCP: whoever still sends a packet gets an RST */
	LB_FLOW_TCP6 = 9,
	LB_FLOW_UDP6 = 10,
	LB_FLOW_KILLED6 = 13,
	LB_FLOW_TAIL = 16, /* second line of an IPv6 flow */
};

/* Bits of a flow's state. Only an established flow that is not closing is safe from eviction. */
#define LB_FLOW_ANSWERED 0x01	 /* the backend answered (TCP: by SYN-ACK, else by anything) */
#define LB_FLOW_MIDSTREAM 0x02	 /* TCP that began before we knew it */
#define LB_FLOW_FIN_CLIENT 0x04	 /* FIN seen from the client */
#define LB_FLOW_FIN_BACKEND 0x08 /* FIN seen from the backend; both: closing */
#define LB_FLOW_RESET 0x10	 /* RST seen; data brings an established flow back */
#define LB_FLOW_SPILLED 0x20	 /* would be established, but its set had no room for one more */
#define LB_FLOW_STRAIGHT 0x40	 /* established: a SYN went straight to its backend */
#define LB_FLOW_ASIDE 0x40	 /* not established: over by all we know, out of the counts */
#define LB_FLOW_ESTABLISHED 0x80

/*
 * The first word of a line. The version is odd while the line is rewritten and moves on with each
 * new flow in it; everything in this word changes by compare-and-swap or under the set's lock.
 */
struct lb_flow_word {
	__u32 version;
	__u8 state;
	__u8 kind;
	__u16 backend;
};
_Static_assert(sizeof(struct lb_flow_word) == 8, "lb_flow_word");

enum lb_direction {
	LB_TO_BACKEND = 0,
	LB_TO_CLIENT = 1,
};

/*
 * The last 32 bytes of a flow, written while it lives. Arrays are indexed by lb_direction. Packets
 * write the last two fields without the lock: one that was held up finds another flow in its line,
 * of the other family perhaps. So nothing else may lie there in any format.
 */
struct lb_flow_tail {
	__u64 nexthop[2];
	__u32 nexthop_generation[2];
	__u32 last_seen; /* jiffies, moved at most once a second */
	/*
	 * What is to be acknowledged, host order: the backend's SYN-ACK, by the client; of an established
	 * flow the SYN that went straight to the backend, by the backend.
	 */
	__u32 ack_due;
};
_Static_assert(sizeof(struct lb_flow_tail) == 32, "lb_flow_tail");

struct lb_flow_ports {
	__be16 client;
	__be16 service;
	__be16 backend;
};

struct lb_flow4 {
	struct lb_flow_word word;
	__be32 client;
	__be32 service;
	__be32 backend;
	struct lb_flow_ports ports;
	__u8 used; /* in the set's home line: the lines that are not free, as bits */
	__u8 pad;
	__u16 mtu[2]; /* of the cached next hops' routes, by lb_direction */
	struct lb_flow_tail tail;
};
_Static_assert(sizeof(struct lb_flow4) == 64, "lb_flow4");

struct lb_flow6 {
	struct lb_flow_word word;
	__be32 client[4];
	__be32 service[4];
	__be32 backend[4];
	__u8 unused[8];		    /* lb_flow_tail says why */
	struct lb_flow_word second; /* kind LB_FLOW_TAIL */
	struct lb_flow_ports ports;
	__u8 pad[12];
	__u8 used;
	__u8 pad2;
	__u16 mtu[2];
	struct lb_flow_tail tail;
};
_Static_assert(sizeof(struct lb_flow6) == 128, "lb_flow6");
/* Both at one place in the flow's last line. */
_Static_assert(offsetof(struct lb_flow6, mtu) == 64 + offsetof(struct lb_flow4, mtu), "mtu");
_Static_assert(offsetof(struct lb_flow6, used) == 64 + offsetof(struct lb_flow4, used), "used");
_Static_assert(offsetof(struct lb_flow6, tail) == 64 + offsetof(struct lb_flow4, tail), "tail");
_Static_assert(offsetof(struct lb_flow6, unused) ==
		       offsetof(struct lb_flow4, tail) + offsetof(struct lb_flow_tail, last_seen),
	       "unused");

/* Two lines: one IPv6 flow, or up to two IPv4 flows. */
struct lb_flow_pair {
	union {
		struct lb_flow4 v4[2];
		struct lb_flow6 v6;
	};
};
_Static_assert(sizeof(struct lb_flow_pair) == 128, "lb_flow_pair");

/* Both directions of a flow hash to one set by the client's side of it. */
#define LB_SET_LINES 8
/* All pairs of a set's lines, as bits. Established flows never hold them all. */
#define LB_SET_PAIRS_ALL 0xf

/*
 * What the map of flows has as a value, two pages: the first pairs of so many sets, then their second
 * ones. Most sets are read no further than their first pair, and so those of neighbours share a page;
 * a whole set has two.
 */
#define LB_BLOCK_SETS 16
struct lb_flow_block {
	struct lb_flow_pair pair[LB_SET_LINES / 2][LB_BLOCK_SETS];
};
_Static_assert(sizeof(struct lb_flow_block) == 8192, "lb_flow_block");

/* ---- settings, filter ---- */

struct lb_settings {
	__u64 flow_seed;
	__u32 flow_set_mask;
	__u32 second; /* jiffies */
	/* Idle timeouts in jiffies. */
	__u32 established_timeout;
	__u32 half_open_timeout;
	__u32 closing_timeout;
	__u32 udp_timeout;
	__u32 events;		   /* 0: none, else flow start and end events are sent */
	__u32 sweep_sets;	   /* that one run of lb_sweep looks at, in whole blocks */
	__u32 services_generation; /* moves on after each change of the map of services */
	__u32 pad;
};
_Static_assert(sizeof(struct lb_settings) == 48, "lb_settings");

/*
 * Bits at lb_filter_hash(address, port, protocol). service: every service's address and port, and
 * its address with port and protocol 0. backend: the same of every backend with live or new flows.
 */
#define LB_FILTER_BITS_LOG2 19
#define LB_FILTER_WORDS (1 << (LB_FILTER_BITS_LOG2 - 6))
struct lb_filter {
	__u64 service[LB_FILTER_WORDS];
	__u64 backend[LB_FILTER_WORDS];
};
_Static_assert(sizeof(struct lb_filter) == 131072, "lb_filter");

/* ---- killing flows ---- */

/* What one run of lb_kill looks for, in which sets; a flow must match all of it. */
#define LB_KILL_BACKEND_WORDS 1024
struct lb_kill {
	__u64 backends[LB_KILL_BACKEND_WORDS]; /* bits by backend id */
	__be32 client[4];
	__be32 client_mask[4];
	__be16 client_port; /* 0: any */
	__u8 family;	    /* 0: any */
	__u8 pad;
	__u32 first_set;
	__u32 sets;
	__u32 removed; /* counted up */
};
_Static_assert(sizeof(struct lb_kill) == 8240, "lb_kill");

/* ---- counts ---- */

/* Numbers are never reused. The names in metrics are these, lower case, without the prefix. */
enum lb_drop {
	LB_DROP_NO_BACKEND = 0, /* the group has no backend that may take new flows */
	LB_DROP_MALFORMED = 1,	/* for a service address, but not a packet that can be parsed */
	LB_DROP_FRAGMENT = 2,	/* a fragment for a service address */
	LB_DROP_COLLISION = 3,	/* the client's port is in use towards every backend tried */
	LB_DROP_DIRECT = 4,	/* a SYN straight to a backend from a port with a live flow to it */
	LB_DROP_NO_ENTRY = 5,	/* no flow entry could be made */
	LB_DROP_TRANSMIT = 6,	/* a rewrite failed on the way out */
	LB_DROP_EXTENSIONS = 7, /* IPv6 extension headers that are not looked past */
	LB_DROP_KILLED = 8,	/* of a flow that was killed; answered by RST */
	LB_DROP_COUNT = 16,
};

enum lb_handover {
	LB_HANDOVER_NEIGHBOR = 0, /* the next hop's link address is not known yet */
	LB_HANDOVER_ROUTE = 1,	  /* no route, or one that only the stack can take */
	LB_HANDOVER_DEVICE = 2,	  /* the device cannot transmit for us */
	LB_HANDOVER_TTL = 3,	  /* time to live or hop limit ends here */
	LB_HANDOVER_MTU = 4,	  /* larger than the route's or the link's MTU */
	LB_HANDOVER_ICMP = 5,	  /* ICMP for a service or of a backend */
	LB_HANDOVER_PROTOCOL =
		6,	      /* another protocol than TCP, UDP and ICMP for a service address */
	LB_HANDOVER_VLAN = 7, /* in XDP: two tags, or one of no configured interface */
	LB_HANDOVER_COUNT = 16,
};

enum lb_table_event {
	LB_TABLE_OPENED = 0,
	LB_TABLE_CLOSED = 1,
	LB_TABLE_PROMOTED = 2,
	LB_TABLE_RETIRED = 3, /* one closed or was removed; promoted - retired are alive */
	LB_TABLE_PROMOTION_REFUSED = 4, /* no room for one more established flow in the set */
	LB_TABLE_EVICTED = 5,		/* a flow not established made room for a new one */
	LB_TABLE_MIDSTREAM = 6,		/* TCP without an entry, given one by the table's choice */
	LB_TABLE_REPLACED_DIRECT = 7,	/* a fading flow removed by a SYN straight to its backend */
	LB_TABLE_LINES_ESTABLISHED = 8, /* lines filled by established flows: promoted lines */
	LB_TABLE_LINES_RETIRED = 9,	/* and lines given back by them */
	LB_TABLE_COUNT = 16,
};

struct lb_counts {
	__u64 drop[LB_DROP_COUNT];
	__u64 handover[LB_HANDOVER_COUNT];
	__u64 table[LB_TABLE_COUNT];
};
_Static_assert(sizeof(struct lb_counts) == 384, "lb_counts");

/* ---- events ---- */

enum lb_event_type {
	LB_EVENT_FLOW_START = 1, /* the flow became established */
	LB_EVENT_FLOW_END = 2,	 /* an established flow closed, or was removed */
};

struct lb_event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 type;
	__u8 family;
	__u8 ip_proto;
	__u16 backend;
	__be32 client[4];
	__be32 service[4];
	__be16 client_port;
	__be16 service_port;
	__u32 pad;
};
_Static_assert(sizeof(struct lb_event) == 56, "lb_event");
