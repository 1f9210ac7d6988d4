/* SPDX-License-Identifier: Apache-2.0 */
/* The programs and maps of the balancer. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "hash.h"
#include "layout.h"

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct lb_service_key);
	__type(value, struct lb_service);
	__uint(max_entries, 4096);
} services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct lb_route_key);
	__type(value, struct lb_route);
	__uint(max_entries, 65536);
} source_routes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_group);
	__uint(max_entries, 8192);
} groups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_arena_page);
	__uint(max_entries, 2048);
} arena SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct lb_backend);
	__uint(max_entries, 16384);
} backends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct lb_backend_counters);
	__uint(max_entries, 16384);
} backend_counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, struct lb_counts);
	__uint(max_entries, 1);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct lb_device);
	__uint(max_entries, 1024);
} devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1024);
} device_slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct lb_flow_set);
	__uint(max_entries, 1024);
} flows SEC(".maps");

struct lb_flow_lock {
	struct bpf_spin_lock lock;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct lb_flow_lock);
	__uint(max_entries, 1024);
} flow_locks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

struct lb_settings lb_settings SEC(".data.settings");
struct lb_filter lb_filter SEC(".data.filter");

struct {
	__u64 jiffies;
	__u64 ktime_ns;
} lb_clock_now;

SEC("xdp")
int lb_xdp(struct xdp_md *ctx)
{
	(void)ctx;
	return lb_settings.flow_set_mask ? XDP_PASS : XDP_PASS;
}

SEC("tc")
int lb_tc_ingress(struct __sk_buff *skb)
{
	(void)skb;
	return lb_filter.service[0] == 1 ? TC_ACT_OK : TC_ACT_UNSPEC;
}

SEC("tc")
int lb_tc_egress(struct __sk_buff *skb)
{
	(void)skb;
	return TC_ACT_UNSPEC;
}

static __u32 lb_sweep_cursor;

SEC("tc")
int lb_sweep(struct __sk_buff *skb)
{
	(void)skb;
	lb_sweep_cursor += lb_settings.sweep_sets;
	if (lb_sweep_cursor <= lb_settings.flow_set_mask)
		return 0;
	lb_sweep_cursor = 0;
	return 1;
}

SEC("tc")
int lb_clock(struct __sk_buff *skb)
{
	(void)skb;
	lb_clock_now.jiffies = bpf_jiffies64();
	lb_clock_now.ktime_ns = bpf_ktime_get_ns();
	return 0;
}
