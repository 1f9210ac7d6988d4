/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a flow. One table holds every flow, one line for both directions of it. A set of eight
 * lines is searched from its home line on, which also says which lines are in use: mostly it is all
 * that is read. Readers take no lock: they copy what they need and look at the version again.
 */
#pragma once
#include "maps.h"
#include "parse.h"

#define LB_READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define LB_WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
#define lb_barrier() asm volatile("" ::: "memory")

/* A flow's word as one number, for compare-and-swap. */
#define LB_WORD(version, state, kind, backend)                                                     \
	((__u64)(__u32)(version) | (__u64)(__u8)(state) << 32 | (__u64)(__u8)(kind) << 40 |        \
	 (__u64)(__u16)(backend) << 48)

static __always_inline __u64 lb_word_read(const struct lb_flow_word *word)
{
	return LB_READ_ONCE(*(const __u64 *)word);
}

/* Returns what was there: another CPU may have changed the state since it was read. */
static __always_inline __u64 lb_word_write(struct lb_flow_word *word, __u64 value)
{
	/* An exchange, not a store: it keeps the order towards the line's other words. */
	return __sync_lock_test_and_set((__u64 *)word, value);
}

static __always_inline __u32 lb_word_version(__u64 word)
{
	return (__u32)word;
}

static __always_inline __u8 lb_word_state(__u64 word)
{
	return (__u8)(word >> 32);
}

static __always_inline __u8 lb_word_kind(__u64 word)
{
	return (__u8)(word >> 40);
}

static __always_inline __u16 lb_word_backend(__u64 word)
{
	return (__u16)(word >> 48);
}

static __always_inline int lb_word_is_killed(__u64 word)
{
	return lb_word_kind(word) == LB_FLOW_KILLED4 || lb_word_kind(word) == LB_FLOW_KILLED6;
}

/* 1 or 0. */
static __always_inline __u64 lb_word_is_v6(__u64 word)
{
	return word >> (40 + 3) & 1;
}

static __always_inline int lb_word_is_tcp(__u64 word)
{
	return lb_word_kind(word) == LB_FLOW_TCP4 || lb_word_kind(word) == LB_FLOW_TCP6;
}

#define LB_FLOW_FIN_BOTH (LB_FLOW_FIN_CLIENT | LB_FLOW_FIN_BACKEND)

/* Closed by both sides: nothing but stragglers will come. */
static __always_inline int lb_state_is_closing(__u8 state)
{
	return (state & LB_FLOW_FIN_BOTH) == LB_FLOW_FIN_BOTH;
}

/* Set aside: over by all that we know, but found until its line is needed or it is long idle. */
static __always_inline int lb_state_is_aside(__u8 state)
{
	return (state & (LB_FLOW_ESTABLISHED | LB_FLOW_ASIDE)) == LB_FLOW_ASIDE;
}

/*
 * Closing, or reset before it was established: a new connection may take its place. An RST says
 * nothing certain about an established flow, since anybody can forge one, and a SYN after it: its
 * backend does, which answers a SYN by SYN-ACK only if it has forgotten the connection.
 */
static __always_inline int lb_state_is_fading(__u8 state)
{
	return lb_state_is_closing(state) || lb_state_is_aside(state) ||
	       ((state & LB_FLOW_RESET) && !(state & (LB_FLOW_ESTABLISHED | LB_FLOW_SPILLED)));
}

/* Fading, or reset: a SYN may begin another connection in its place. */
static __always_inline int lb_state_is_dubious(__u8 state)
{
	return lb_state_is_fading(state) || (state & LB_FLOW_RESET);
}

/*
 * The state of what is kept of such a flow: its timeout is an established one's, and its end is no
 * connection that went unanswered.
 */
#define LB_STATE_ASIDE (LB_FLOW_ANSWERED | LB_FLOW_MIDSTREAM | LB_FLOW_SPILLED | LB_FLOW_ASIDE)

/* Nothing evicts it: established and not closing. 1 or 0, without a branch. */
static __always_inline __u32 lb_state_is_protected(__u32 state)
{
	return state >> 7 & ~((state >> 2) & (state >> 3)) & 1;
}
_Static_assert(LB_FLOW_ESTABLISHED == 1 << 7 && LB_FLOW_FIN_CLIENT == 1 << 2 &&
		       LB_FLOW_FIN_BACKEND == 1 << 3,
	       "lb_state_is_protected");

static __always_inline __u8 lb_flow_kind(int family, __u8 ip_proto)
{
	if (family == LB_FAMILY_IPV4)
		return ip_proto == IPPROTO_TCP ? LB_FLOW_TCP4 : LB_FLOW_UDP4;
	return ip_proto == IPPROTO_TCP ? LB_FLOW_TCP6 : LB_FLOW_UDP6;
}

/* The set that a client's flows live in. */
static __always_inline __u32 lb_set_of(__u32 client, __be16 port, __u8 ip_proto)
{
	return lb_flow_hash(lb_settings.flow_seed, client, port, ip_proto) &
	       lb_settings.flow_set_mask;
}

/* A set's first pair; its others follow at a distance of LB_BLOCK_SETS. 0: there is no such set. */
static __always_inline struct lb_flow_pair *lb_set_at(__u32 number)
{
	__u32 key = number / LB_BLOCK_SETS;
	struct lb_flow_block *block = bpf_map_lookup_elem(&flows, &key);

	return block ? &block->pair[0][number % LB_BLOCK_SETS] : 0;
}

/* The i-th line to fill and to search: of each pair the second before the first. */
static __always_inline __u32 lb_line_in_order(__u32 i)
{
	return i ^ 1;
}

/* Which lines are in use, as bits in that order. */
#define LB_LINE_BIT(line) (1u << ((line) ^ 1) % LB_SET_LINES)
#define LB_PAIR_BITS(pair) (3u << (pair) % (LB_SET_LINES / 2) * 2)
#define LB_LINES_ALL 0xff
#define LB_SECOND_LINES 0x55

static __always_inline int lb_is_used(__u32 used, __u32 line)
{
	return !!(used & LB_LINE_BIT(line));
}

/*
 * The line of the lowest bit: multiplied with it, a constant brings another three bits to the top of
 * a byte for each. VERIFIER: so it knows no more than a line's bounds, and what follows is the same
 * for all.
 */
static __always_inline __u32 lb_line_of_bit(__u32 bit)
{
	return 0x25463701u >> (bit * 0x1d >> 5 & 7) * 4 & 7;
}

/* 0 if there is none. */
static __always_inline __u32 lb_addr_difference(const __be32 *a, const __be32 *b, int family)
{
	if (family == LB_FAMILY_IPV4)
		return a[0] ^ b[0];
	return (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]);
}

static __always_inline int lb_addr_equal(const __be32 *a, const __be32 *b, int family)
{
	return !lb_addr_difference(a, b, family);
}

static __always_inline void lb_addr_copy(__be32 *to, const __be32 *from, int family)
{
	to[0] = from[0];
	if (family == LB_FAMILY_IPV6) {
		to[1] = from[1];
		to[2] = from[2];
		to[3] = from[3];
	}
}

/*
 * A line's number as an index. VERIFIER (6.1, "unbounded min value"): the compiler would prove the
 * bound from steps whose bounds that verifier loses, and leave the mask out.
 */
static __always_inline __u32 lb_line_index(__u64 line)
{
	asm volatile("" : "+r"(line));
	return line % LB_SET_LINES;
}

static __always_inline __u32 lb_pair_index(__u64 pair)
{
	asm volatile("" : "+r"(pair));
	return pair % (LB_SET_LINES / 2);
}

static __always_inline struct lb_flow4 *lb_flow4_at(struct lb_flow_pair *set, __u32 line)
{
	return &set[line / 2 * LB_BLOCK_SETS].v4[line % 2];
}

static __always_inline struct lb_flow6 *lb_flow6_at(struct lb_flow_pair *set, __u32 pair)
{
	return &set[pair * LB_BLOCK_SETS].v6;
}

/* In its home line a set says which of its lines are in use; it changes under the set's lock. */
static __always_inline __u8 *lb_used_of(struct lb_flow_pair *set)
{
	return &set->v4[1].used;
}

/*
 * The lines in use, as LB_LINES_ALL of what is read. VERIFIER: the byte behind it comes along, so that
 * there are no bounds to follow while bits are taken away.
 */
static __always_inline __u32 lb_used_read(struct lb_flow_pair *set)
{
	return LB_READ_ONCE(*(__u16 *)lb_used_of(set));
}

/*
 * Of a set that is all but full the pairs come side by side. The CPU foresees the branch and begins
 * with them before it knows the lines in use, which say where to look.
 */
static __always_inline void lb_fetch_pairs(struct lb_flow_pair *set, __u32 used)
{
	if (!(used & LB_PAIR_BITS(LB_SET_LINES / 2 - 1)))
		return;
	for (__u32 pair = 1; pair < LB_SET_LINES / 2; pair++)
		lb_word_read(&lb_flow6_at(set, pair)->word);
}

/* A flow as a packet met it. `addr` and `port` replace the packet's destination or source. */
struct lb_hit {
	struct lb_flow_word *word;
	struct lb_flow_tail *tail;
	__u64 seen;
	__u64 nexthop; /* cached, good as long as the device's generation is this one */
	__u32 nexthop_generation;
	__u32 set;
	__u32 line; /* its first */
	__be32 addr[4];
	__be16 port;
	__u16 mtu; /* of the cached next hop's route */
};

/*
 * What the two line formats differ in. IPv6 flows begin at even lines. A macro, since C has no
 * templates: `f` points to the line as lb_flow4 or lb_flow6. One comparison of all fields, which are
 * mostly in one line of the cache. VERIFIER: with a branch for each, and another back to the loop if
 * the line has just been rewritten, the paths through all lines passed a million instructions.
 */
#define LB_FIND_IN(f, addr_of)                                                                     \
	do {                                                                                       \
		__u64 word = lb_word_read(&(f)->word);                                             \
		__u32 difference = (lb_word_kind(word) ^ kind) | (lb_word_version(word) & 1) |     \
				   ((f)->ports.client ^ client_port) |                             \
				   lb_addr_difference(addr_of((f)->client), client, family);       \
		if (direction == LB_TO_BACKEND)                                                    \
			difference |= ((f)->ports.service ^ other_port) |                          \
				      lb_addr_difference(addr_of((f)->service), other, family);    \
		else                                                                               \
			difference |= ((f)->ports.backend ^ other_port) |                          \
				      lb_addr_difference(addr_of((f)->backend), other, family);    \
		if (difference)                                                                    \
			continue;                                                                  \
		if (direction == LB_TO_BACKEND) {                                                  \
			lb_addr_copy(hit->addr, addr_of((f)->backend), family);                    \
			hit->port = (f)->ports.backend;                                            \
		} else {                                                                           \
			lb_addr_copy(hit->addr, addr_of((f)->service), family);                    \
			hit->port = (f)->ports.service;                                            \
		}                                                                                  \
		hit->nexthop_generation = LB_READ_ONCE((f)->tail.nexthop_generation[direction]);   \
		hit->nexthop = LB_READ_ONCE((f)->tail.nexthop[direction]);                         \
		hit->mtu = LB_READ_ONCE((f)->mtu[direction]);                                      \
		lb_barrier();                                                                      \
		if (lb_word_version(lb_word_read(&(f)->word)) != lb_word_version(word))            \
			return 0;                                                                  \
		hit->word = &(f)->word;                                                            \
		hit->line = first_line;                                                            \
		hit->tail = &(f)->tail;                                                            \
		hit->seen = word;                                                                  \
		return 1;                                                                          \
	} while (0)
#define LB_ADDR_OF_V4(field) (&(field))
#define LB_ADDR_OF_V6(field) (field)

/*
 * TO_BACKEND: client and other are the packet's source and destination. TO_CLIENT: client is the
 * packet's destination, other its source, the backend.
 */
static __always_inline int lb_find_in(__u32 set_number, int family, __u8 kind, const __be32 *client,
				      __be16 client_port, const __be32 *other, __be16 other_port,
				      enum lb_direction direction, struct lb_hit *hit)
{
	struct lb_flow_pair *set = lb_set_at(set_number);
	__u32 used;

	if (!set)
		return 0;
	hit->set = set_number;
	used = lb_used_read(set);
	lb_fetch_pairs(set, used);
	if (family == LB_FAMILY_IPV6)
		used &= ~(__u32)LB_SECOND_LINES;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LB_SET_LINES && (used & LB_LINES_ALL); i++) {
		__u32 first_line = lb_line_of_bit(used & -used);

		used &= used - 1;
		if (family == LB_FAMILY_IPV4) {
			struct lb_flow4 *f = lb_flow4_at(set, lb_line_index(first_line));

			LB_FIND_IN(f, LB_ADDR_OF_V4);
		} else {
			struct lb_flow6 *f = lb_flow6_at(set, lb_pair_index(first_line / 2));

			/* Fetches the second line beside the first: a hit and a miss both need it. */
			lb_word_read(&f->second);
			LB_FIND_IN(f, LB_ADDR_OF_V6);
		}
	}
	return 0;
}

static __always_inline int lb_find_kind(int family, __u8 kind, const struct lb_packet *p,
					enum lb_direction direction, struct lb_hit *hit)
{
	if (direction == LB_TO_BACKEND)
		return lb_find_in(lb_set_of(p->source, p->source_port, p->ip_proto), family, kind,
				  p->source_addr, p->source_port, p->dest_addr, p->dest_port,
				  direction, hit);
	return lb_find_in(lb_set_of(p->dest, p->dest_port, p->ip_proto), family, kind, p->dest_addr,
			  p->dest_port, p->source_addr, p->source_port, direction, hit);
}

static __always_inline int lb_find(int family, const struct lb_packet *p,
				   enum lb_direction direction, struct lb_hit *hit)
{
	return lb_find_kind(family, lb_flow_kind(family, p->ip_proto), p, direction, hit);
}
