/* SPDX-License-Identifier: Apache-2.0 */
/* All maps. Capacities are the defaults; the runtime sizes them from the config before loading. */
#pragma once
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "layout.h"

/* Flows that had to make room, as their words; 0: none. */
struct lb_removed {
	__u64 colliding;
	__u64 first;
	__u64 second;
};

/* What a walk over a set found. Of the flows their first lines plus one, 0 for none. */
struct lb_walk {
	__u64 same;	 /* a flow of this client and service: the very flow */
	__u64 colliding; /* of this client and backend by another service */
	__u64 best;	 /* rank << 3 | how many lines (or pairs) before the last one looked at */
};

/* A flow about to be entered, and what is needed to choose its backend. */
struct lb_opening {
	struct lb_service_key service; /* the packet's destination */
	struct lb_route_key route;     /* its source, as a full-length prefix */
	__be32 backend[4];
	struct lb_flow_ports ports;
	__u16 backend_id;
	__u8 kind;
	__u8 state;
	__u8 reopen; /* a SYN: a flow of the same client and service may be replaced */
	__u32 set;
	__u32 now;
	__u32 source; /* addresses as one word each */
	__u32 dest;
	/* By lb_direction; 0: not known. */
	__u64 nexthop[2];
	__u32 nexthop_generation[2];
	__u16 nexthop_mtu[2];
	/* What the insertion did: */
	__u32 line;
	__u64 seen;
	struct lb_walk walk;
	struct lb_removed removed;
};

/*
 * Up to 32 KB with its head, an array that is not memory-mapped lies in the kernel's own mapping of all
 * memory, by huge pages; a larger one has a page table entry for each 4 KB.
 */
#define LB_ARRAY_HEAD_BYTES_MAX 768
#define LB_IN_HUGE_PAGES(type, count) ((count) * sizeof(type) + LB_ARRAY_HEAD_BYTES_MAX <= 32 << 10)

#define LB_FLOW_LOCKS 2048 /* a power of two; a lock serves every set with its low bits */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct lb_service_key);
	__type(value, struct lb_service);
} services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lb_route_key);
	__type(value, struct lb_route);
} source_routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_group);
} groups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_arena_page);
} arena SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_backend);
} backends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct lb_backend_counters);
} backend_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lb_counts);
} counts SEC(".maps");

#define LB_DEVICES 1000
_Static_assert(LB_IN_HUGE_PAGES(struct lb_device, LB_DEVICES), "each packet reads a device");
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LB_DEVICES);
	__type(key, __u32);
	__type(value, struct lb_device);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, LB_DEVICES);
	__type(key, __u32);   /* ifindex */
	__type(value, __u32); /* slot in devices */
} device_slots SEC(".maps");

/* The next hop towards a client that its last flow was told, for its next one. */
#define LB_CLIENT_NEXTHOPS_LOG2 10
struct lb_client_nexthop {
	__u32 version; /* odd while the line is written */
	__u32 ifindex; /* that the backend's packets come in by */
	__be32 client[4];
	struct lb_service_key service;
	__u32 generation;
	__u64 nexthop;
	__u32 asked; /* jiffies */
	__u16 mtu;
	__u16 pad;
};
_Static_assert(sizeof(struct lb_client_nexthop) == 64, "lb_client_nexthop");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << LB_CLIENT_NEXTHOPS_LOG2);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_client_nexthop);
} client_nexthops SEC(".maps");

/* Tags that the data path takes off itself, before the kernel does: native XDP on the parent. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct lb_vlan_key);
	__type(value, __u32); /* ifindex of the sub-interface */
} vlans SEC(".maps");

/* Memory-mapped for its page alignment: each line is one cache line. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_flow_block);
} flows SEC(".maps");

struct lb_flow_lock {
	struct bpf_spin_lock lock;
	__u32 readable; /* the lock is not: to have its cache line fetched */
};
_Static_assert(LB_IN_HUGE_PAGES(struct lb_flow_lock, LB_FLOW_LOCKS), "lb_flow_lock");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LB_FLOW_LOCKS);
	__type(key, __u32);
	__type(value, struct lb_flow_lock);
} flow_locks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/* Which datagram a fragment is of. */
struct lb_fragment_key {
	__be32 source[4];
	__be32 dest[4];
	__u32 id;
	__u8 ip_proto; /* of the fragment header in IPv6, the same in all fragments */
	__u8 family;
	__u16 pad;
};
_Static_assert(sizeof(struct lb_fragment_key) == 40, "lb_fragment_key");

struct lb_fragment_ports {
	__be16 source;
	__be16 dest;
	__u32 seen;	/* jiffies */
	__u32 ip_proto; /* behind all extension headers */
};
_Static_assert(sizeof(struct lb_fragment_ports) == 12, "lb_fragment_ports");

/* Datagrams whose fragments are under way; the one not heard of for longest makes room. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct lb_fragment_key);
	__type(value, struct lb_fragment_ports);
} fragments SEC(".maps");

/* What a CPU last read from the map of services, good as long as its generation stands. */
#define LB_SERVICE_MEMOS_LOG2 3
struct lb_service_memo {
	struct lb_service_key key;
	__u32 generation;
	struct lb_service service;
};
_Static_assert(sizeof(struct lb_service_memo) == 32, "lb_service_memo");

/* Room for what does not fit on the stack; a packet's program runs to its end on one CPU. */
struct lb_scratch {
	struct lb_opening opening;
	struct lb_service_memo services[1 << LB_SERVICE_MEMOS_LOG2];
	struct bpf_fib_lookup fib;
	struct lb_event event;
	struct lb_fragment_key fragment;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lb_scratch);
} scratch SEC(".maps");

static __always_inline struct lb_scratch *lb_scratch(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&scratch, &zero);
}

struct lb_settings lb_settings SEC(".data.settings") = {};
struct lb_filter lb_filter SEC(".data.filter") = {};

struct lb_kill lb_kill_filter SEC(".data.kill") = {};

/* Written by lb_clock for the runtime, which learns the length of a jiffy from it. */
struct lb_clock {
	__u64 jiffies;
	__u64 ktime_ns;
} lb_clock_now = {};

/* Where the next run of lb_sweep begins. */
__u32 lb_sweep_cursor = 0;
