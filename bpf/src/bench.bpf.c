/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `lb bench packet` and `lb bench scale` put around the program under test. The kernel's test run hands each
 * repetition the buffer that the last one left, rewritten; so an outer program restores the packet
 * and tail-calls the program. The same outer program before a stub is the floor to subtract.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <stddef.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/*
 * A frame is restored by 8-byte stores that begin at its seventh byte: then each address, port and
 * number of both families lies within one store, as it does when a device has written the packet.
 * Read across two fresh stores, it would cost the program under test a stall that is the harness's.
 */
#define LB_BENCH_HEAD_BYTES 6
#define LB_BENCH_WORDS_IPV4 7 /* 62 bytes: Ethernet, IP and TCP, and above the smallest frame */
#define LB_BENCH_WORDS_IPV6 9 /* 78 bytes */

#define LB_BENCH_PORTS_LOG2 14
#define LB_BENCH_PORT_MIN 1024

/* Where the client's address and port stand in the packet. */
enum lb_bench_client {
	LB_BENCH_CLIENT_IS_SOURCE = 0,
	LB_BENCH_CLIENT_IS_DEST = 1,
};

struct lb_bench {
	__u64 first; /* the frame's first 8 bytes; the last two of them are in word[0] again */
	__u64 word[LB_BENCH_WORDS_IPV6];
	__u32 next;	 /* number of the flow that the next packet is of */
	__u32 flow_mask; /* flows - 1; 0: the frame as it is */
	__u32 client;	 /* enum lb_bench_client */
	__u32 pad;
};
_Static_assert(sizeof(struct lb_bench) == 96, "lb_bench");

struct lb_bench lb_bench SEC(".data.bench") = {};

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} under_test SEC(".maps");

/*
 * The order in which flows take turns: a bijection on [0, mask], since a constant stride would be
 * foreseen by the CPU's prefetcher. Odd factors and shifted xors can be undone modulo 2^n.
 */
static __always_inline __u32 lb_bench_shuffle(__u32 n, __u32 mask)
{
	n = n * 0x9E3779B1u & mask;
	n ^= n >> 5;
	n = n * 0x85EBCA6Bu & mask;
	n ^= n >> 9;
	n = n * 0xC2B2AE35u & mask;
	return n ^ n >> 7;
}

/* One flow's client: an address (its last word) and a port; the checksum is left wrong. */
static __always_inline void lb_bench_write_client(void *addr, void *port, __u32 flow)
{
	*(__be32 *)addr ^= bpf_htonl(flow >> LB_BENCH_PORTS_LOG2);
	*(__be16 *)port = bpf_htons(LB_BENCH_PORT_MIN + (flow & ((1 << LB_BENCH_PORTS_LOG2) - 1)));
}

/* `source` and `dest`: offsets of the last words of the addresses. */
static __always_inline int lb_bench_outer(struct xdp_md *ctx, __u32 words, __u32 source, __u32 dest,
					  __u32 ports)
{
	void *data = (void *)(long)ctx->data;
	__u64 *word = data + LB_BENCH_HEAD_BYTES;
	__u32 flow;

	if ((void *)(word + words) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	*(__u64 *)data = lb_bench.first;
#pragma unroll
	for (__u32 i = 0; i < LB_BENCH_WORDS_IPV6; i++)
		if (i < words)
			word[i] = lb_bench.word[i];
	if (lb_bench.flow_mask) {
		flow = lb_bench_shuffle(lb_bench.next++, lb_bench.flow_mask);
		if (lb_bench.client == LB_BENCH_CLIENT_IS_SOURCE)
			lb_bench_write_client(data + source, data + ports, flow);
		else
			lb_bench_write_client(data + dest, data + ports + 2, flow);
	}
	bpf_tail_call(ctx, &under_test, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int bench_outer_ipv4(struct xdp_md *ctx)
{
	return lb_bench_outer(ctx, LB_BENCH_WORDS_IPV4, ETH_HLEN + offsetof(struct iphdr, saddr),
			      ETH_HLEN + offsetof(struct iphdr, daddr),
			      ETH_HLEN + sizeof(struct iphdr));
}

SEC("xdp")
int bench_outer_ipv6(struct xdp_md *ctx)
{
	return lb_bench_outer(ctx, LB_BENCH_WORDS_IPV6,
			      ETH_HLEN + offsetof(struct ipv6hdr, saddr) + 12,
			      ETH_HLEN + offsetof(struct ipv6hdr, daddr) + 12,
			      ETH_HLEN + sizeof(struct ipv6hdr));
}

/* The least that a program can do with a packet of somebody else, and with one that it sends. */
SEC("xdp")
int bench_stub_pass(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_PASS;
}

SEC("xdp")
int bench_stub_send(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	__u8 mac[ETH_ALEN];

	if ((void *)(eth + 1) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
	__builtin_memcpy(mac, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, eth->h_source, ETH_ALEN);
	__builtin_memcpy(eth->h_source, mac, ETH_ALEN);
	return XDP_TX;
}

/* What `lb bench traffic` compares with: next hops by the third byte of the IPv4 destination. */
struct lb_bench_hop {
	__u32 ifindex; /* 0: none */
	__u8 dest[ETH_ALEN];
	__u8 source[ETH_ALEN];
	__u32 others; /* 2^n - 1: as many hops after this one are as good, chosen by source port */
};
_Static_assert(sizeof(struct lb_bench_hop) == 20, "lb_bench_hop");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, struct lb_bench_hop);
} hops SEC(".maps");

/* The least that a program can do between two hosts: nothing is looked up but a cached next hop. */
SEC("xdp")
int bench_redirect(struct xdp_md *ctx)
{
	struct ethhdr *eth = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)(eth + 1);
	__be16 *source_port = (void *)(ip + 1);
	struct lb_bench_hop *hop;
	__u32 network;

	if ((void *)(source_port + 1) > (void *)(long)ctx->data_end ||
	    eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	network = bpf_ntohl(ip->daddr) >> 8 & 0xff;
	hop = bpf_map_lookup_elem(&hops, &network);
	if (hop && hop->others) {
		network += *source_port * 0x9E3779B1u >> 16 & hop->others;
		hop = bpf_map_lookup_elem(&hops, &network);
	}
	if (!hop || !hop->ifindex)
		return XDP_PASS;
	__builtin_memcpy(eth->h_dest, hop->dest, ETH_ALEN);
	__builtin_memcpy(eth->h_source, hop->source, ETH_ALEN);
	return bpf_redirect(hop->ifindex, 0);
}

char LICENSE[] SEC("license") = "GPL";
