/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making, promoting and removing flows: everything that decides who owns a line happens under the
 * lock of its set. State bits change without it, by compare-and-swap, which fails once the line has
 * another owner.
 */
#pragma once
#include "count.h"
#include "flow.h"

enum lb_insert_result {
	LB_INSERT_DONE,
	LB_INSERT_EXISTS,    /* the flow is there already: another CPU was faster */
	LB_INSERT_COLLISION, /* the client's port is in use towards this backend */
	LB_INSERT_FULL,
};

static __always_inline struct lb_flow_lock *lb_lock_of(__u32 set)
{
	__u32 key = set % LB_FLOW_LOCKS;

	return bpf_map_lookup_elem(&flow_locks, &key);
}

/* For an insertion: its misses come side by side with the choice of a backend. */
static __always_inline void lb_fetch_set(__u32 number)
{
	struct lb_flow_pair *set = lb_set_at(number);
	struct lb_flow_lock *lock = lb_lock_of(number);

	if (set)
		lb_fetch_pairs(set, lb_used_read(set));
	if (lock)
		(void)LB_READ_ONCE(lock->readable);
}

/* Lines by number; an IPv6 flow has two, its tail is in the second. */
static __always_inline struct lb_flow_word *lb_word_at(struct lb_flow_pair *set, __u32 line)
{
	return &lb_flow4_at(set, lb_line_index(line))->word;
}

static __always_inline struct lb_flow_tail *lb_tail_at(struct lb_flow_pair *set, __u32 line,
						       __u64 word)
{
	return &lb_flow4_at(set, lb_line_index(line | lb_word_is_v6(word)))->tail;
}

static __always_inline __u16 *lb_mtu_at(struct lb_flow_pair *set, __u32 line, __u64 word)
{
	return lb_flow4_at(set, lb_line_index(line | lb_word_is_v6(word)))->mtu;
}

/* An event about the flow that begins in this line, in the scratch area; 0 if none is wanted. */
static __always_inline struct lb_event *lb_event_of(enum lb_event_type type,
						    struct lb_flow_pair *set, __u32 line,
						    __u64 word)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_event *e;

	if (!lb_settings.events || !scratch)
		return 0;
	e = &scratch->event;
	__builtin_memset(e, 0, sizeof(*e));
	e->time_ns = bpf_ktime_get_ns();
	e->type = type;
	e->ip_proto = lb_word_is_tcp(word) ? IPPROTO_TCP : IPPROTO_UDP;
	e->backend = lb_word_backend(word);
	if (lb_word_is_v6(word)) {
		struct lb_flow6 *f = lb_flow6_at(set, lb_pair_index(line / 2));

		e->family = LB_FAMILY_IPV6;
		lb_addr_copy(e->client, f->client, LB_FAMILY_IPV6);
		lb_addr_copy(e->service, f->service, LB_FAMILY_IPV6);
		e->client_port = f->ports.client;
		e->service_port = f->ports.service;
	} else {
		struct lb_flow4 *f = lb_flow4_at(set, lb_line_index(line));

		e->family = LB_FAMILY_IPV4;
		e->client[0] = f->client;
		e->service[0] = f->service;
		e->client_port = f->ports.client;
		e->service_port = f->ports.service;
	}
	return e;
}

/* A full buffer loses the event: the runtime counts what it misses by its own counters. */
static __always_inline void lb_event_send(struct lb_event *e)
{
	if (e)
		bpf_ringbuf_output(&events, e, sizeof(*e), 0);
}

/* An established flow stops being one. */
static __always_inline void lb_count_retired(__u64 word)
{
	lb_count_table(LB_TABLE_RETIRED, 1);
	lb_count_table(LB_TABLE_LINES_RETIRED, lb_word_is_v6(word) ? 2 : 1);
}

/* A flow's line was given up. */
static __always_inline void lb_count_closed(__u64 word)
{
	struct lb_backend_counters *c = lb_backend_counters(lb_word_backend(word));

	if (lb_state_is_aside(lb_word_state(word)))
		return;
	lb_count_table(LB_TABLE_CLOSED, 1);
	if (lb_state_is_protected(lb_word_state(word)))
		lb_count_retired(word);
	if (c)
		c->closed++;
}

/* ---- under the lock ---- */

/* The line becomes free, or stays claimed (odd version) for a writer. Both return what it was. */
static __always_inline __u64 lb_line_claim(struct lb_flow_word *word)
{
	return lb_word_write(word,
			     LB_WORD(lb_word_version(lb_word_read(word)) + 1, 0, LB_FLOW_TAIL, 0));
}

static __always_inline void lb_line_release(struct lb_flow_word *word, __u8 state, __u8 kind,
					    __u16 backend)
{
	lb_word_write(word, LB_WORD(lb_word_version(lb_word_read(word)) + 1, state, kind, backend));
}

static __always_inline __u64 lb_line_free(struct lb_flow_word *word)
{
	return lb_word_write(word,
			     LB_WORD(lb_word_version(lb_word_read(word)) + 2, 0, LB_FLOW_FREE, 0));
}

static __always_inline void lb_tail_write(struct lb_flow_tail *tail, __u16 *mtu,
					  const struct lb_opening *o)
{
	for (int to = LB_TO_BACKEND; to <= LB_TO_CLIENT; to++) {
		mtu[to] = o->nexthop_mtu[to];
		tail->nexthop[to] = o->nexthop[to];
		tail->nexthop_generation[to] = o->nexthop_generation[to];
	}
	tail->last_seen = o->now;
	tail->ack_due = 0;
}

/* What is left tells that the flow was killed. A packet that was held up finds its version gone. */
static __always_inline __u64 lb_line_kill(struct lb_flow_word *word)
{
	__u64 now = lb_word_read(word);

	return lb_word_write(word, LB_WORD(lb_word_version(now) + 2, LB_STATE_ASIDE,
					   lb_word_kind(now) | LB_FLOW_KIND_KILLED,
					   lb_word_backend(now)));
}

/* Returns the word of the flow that had the line; 0: none. */
static __always_inline __u64 lb_line_write4(struct lb_flow4 *f, const struct lb_opening *o)
{
	__u64 before = lb_line_claim(&f->word);

	f->client = o->route.addr[0];
	f->service = o->service.addr[0];
	f->backend = o->backend[0];
	f->ports = o->ports;
	lb_tail_write(&f->tail, f->mtu, o);
	lb_line_release(&f->word, o->state, o->kind, o->backend_id);
	return lb_word_kind(before) ? before : 0;
}

/*
 * The second word is stored plainly: it lies between the exchanges of the first, and all that is
 * asked of it is to be nobody's.
 */
static __always_inline __u64 lb_line_write6(struct lb_flow6 *f, const struct lb_opening *o)
{
	__u32 version = lb_word_version(lb_word_read(&f->second));
	__u64 before = lb_line_claim(&f->word);

	LB_WRITE_ONCE(*(__u64 *)&f->second, LB_WORD(version + 2, 0, LB_FLOW_TAIL, 0));
	lb_barrier();
	lb_addr_copy(f->client, o->route.addr, LB_FAMILY_IPV6);
	lb_addr_copy(f->service, o->service.addr, LB_FAMILY_IPV6);
	lb_addr_copy(f->backend, o->backend, LB_FAMILY_IPV6);
	f->ports = o->ports;
	lb_tail_write(&f->tail, f->mtu, o);
	lb_line_release(&f->word, o->state, o->kind, o->backend_id);
	return lb_word_kind(before) ? before : 0;
}

/*
 * How gladly a line is taken. 0: not to be had; 1 + how long its flow has been silent; free; free
 * beside an IPv4 flow, so that such flows leave whole pairs to IPv6.
 */
#define LB_RANK_FREE (1ull << 32)
#define LB_RANK_PACKED (1ull << 33)
static __always_inline __u64 lb_rank(__u64 word, __u32 last_seen, __u32 now)
{
	if (lb_word_kind(word) == LB_FLOW_TAIL || lb_state_is_protected(lb_word_state(word)))
		return 0;
	return ((now - last_seen) & 0x7fffffff) + 1;
}

/* Which line (or pair) to write, in their order: of equal ranks the first. */
static __always_inline __u32 lb_best_of(const struct lb_walk *walk, __u32 count)
{
	return count - 1 - (walk->best & (count - 1));
}

/*
 * VERIFIER: a walk keeps what it finds in the scratch area, whose contents the verifier does not
 * follow: the paths through one line come together before the next. Kept in registers they passed
 * a million instructions. `lb_step` has what the next line needs read again, not kept in the frame.
 */
#define lb_step(set, o) asm volatile("" : "+r"(set), "+r"(o) : : "memory")

static __always_inline void lb_walk_best(struct lb_opening *o, __u64 rank, __u32 lines_after)
{
	rank = rank << 3 | lines_after;
	if (rank > o->walk.best)
		o->walk.best = rank;
}

/* The place of a killed flow is taken by the next one between the same ends. */
static __always_inline __u8 lb_kind_but_killed(__u64 word)
{
	return lb_word_kind(word) & ~LB_FLOW_KIND_KILLED;
}

static __always_inline void lb_walk4(struct lb_flow_pair *set, __u32 used, struct lb_opening *o)
{
	o->walk = (struct lb_walk){};
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LB_SET_LINES; i++) {
		lb_step(set, o);
		__u64 line = lb_line_in_order(i);
		const struct lb_flow4 *f = lb_flow4_at(set, line);
		__u64 word, rank;

		if (!lb_is_used(used, line)) {
			rank = lb_is_used(used, line ^ 1) ? LB_RANK_PACKED : LB_RANK_FREE;
			lb_walk_best(o, rank, LB_SET_LINES - 1 - i);
			continue;
		}
		word = lb_word_read(&f->word);
		if (lb_kind_but_killed(word) == o->kind && f->client == o->route.addr[0] &&
		    f->ports.client == o->ports.client) {
			if (f->service == o->service.addr[0] &&
			    f->ports.service == o->ports.service)
				o->walk.same = line + 1;
			else if (f->backend == o->backend[0] &&
				 f->ports.backend == o->ports.backend)
				o->walk.colliding = line + 1;
		}
		rank = lb_rank(word, lb_tail_at(set, line, word)->last_seen, o->now);
		lb_walk_best(o, rank, LB_SET_LINES - 1 - i);
	}
}

/* A pair of lines: held by an IPv6 flow, or by up to two IPv4 flows. */
static __always_inline __u64 lb_rank_pair(struct lb_flow_pair *set, __u32 used, __u64 pair,
					  __u64 word, __u32 now)
{
	__u64 rank = LB_RANK_FREE, rank_second = LB_RANK_FREE;
	__u64 second;

	if (lb_is_used(used, pair * 2))
		rank = lb_rank(word, lb_tail_at(set, pair * 2, word)->last_seen, now);
	if (lb_is_used(used, pair * 2 + 1)) {
		second = lb_word_read(lb_word_at(set, pair * 2 + 1));
		/* The tail of an IPv6 flow goes with its first line. */
		if (lb_word_kind(second) == LB_FLOW_TAIL)
			return rank;
		rank_second = lb_rank(second, lb_flow6_at(set, pair)->tail.last_seen, now);
	}
	return rank < rank_second ? rank : rank_second;
}

/* As lb_walk4, in pairs of lines. */
static __always_inline void lb_walk6(struct lb_flow_pair *set, __u32 used, struct lb_opening *o)
{
	o->walk = (struct lb_walk){};
#pragma clang loop unroll(disable)
	for (__u32 pair = 0; pair < LB_SET_LINES / 2; pair++) {
		lb_step(set, o);
		const struct lb_flow6 *f = lb_flow6_at(set, pair);
		__u64 word = 0;

		if (lb_is_used(used, pair * 2))
			word = lb_word_read(&f->word);
		if (lb_kind_but_killed(word) == o->kind && f->ports.client == o->ports.client &&
		    lb_addr_equal(f->client, o->route.addr, LB_FAMILY_IPV6)) {
			if (f->ports.service == o->ports.service &&
			    lb_addr_equal(f->service, o->service.addr, LB_FAMILY_IPV6))
				o->walk.same = pair * 2 + 1;
			else if (f->ports.backend == o->ports.backend &&
				 lb_addr_equal(f->backend, o->backend, LB_FAMILY_IPV6))
				o->walk.colliding = pair * 2 + 1;
		}
		lb_walk_best(o, lb_rank_pair(set, used, pair, word, o->now),
			     LB_SET_LINES / 2 - 1 - pair);
	}
}

/*
 * Whether the flow of the same client and service makes way: it fades, or was reset and the table
 * chooses another backend by now, so that its own may be gone and will not tell whether that was true.
 */
static __always_inline int lb_makes_way(const struct lb_opening *o, __u64 word)
{
	__u8 state = lb_word_state(word);

	return o->reopen && (lb_state_is_fading(state) ||
			     ((state & LB_FLOW_RESET) && lb_word_backend(word) != o->backend_id));
}

/*
 * What follows from a walk. The same flow is taken over if it makes way, else it exists; a
 * colliding one is removed if it fades, else the insertion is refused.
 */
static __always_inline enum lb_insert_result lb_judge(struct lb_flow_pair *set,
						      const struct lb_opening *o)
{
	const struct lb_walk *walk = &o->walk;

	if (walk->same && !lb_makes_way(o, lb_word_read(lb_word_at(set, walk->same - 1))))
		return LB_INSERT_EXISTS;
	if (walk->colliding &&
	    !lb_state_is_fading(lb_word_state(lb_word_read(lb_word_at(set, walk->colliding - 1)))))
		return LB_INSERT_COLLISION;
	if (!walk->same && !(walk->best >> 3))
		return LB_INSERT_FULL;
	return LB_INSERT_DONE;
}

static __always_inline enum lb_insert_result lb_insert4(struct lb_flow_pair *set,
							struct lb_flow_lock *lock,
							struct lb_opening *o)
{
	__u8 *in_use = lb_used_of(set);
	enum lb_insert_result result;
	__u32 used, line;
	__u64 word;

	bpf_spin_lock(&lock->lock);
	used = *in_use;
	lb_walk4(set, used, o);
	result = lb_judge(set, o);
	if (result == LB_INSERT_DONE) {
		if (o->walk.colliding) {
			line = o->walk.colliding - 1;
			o->removed.colliding = lb_line_free(lb_word_at(set, line));
			used &= ~LB_LINE_BIT(line);
		}
		line = o->walk.same ? o->walk.same - 1
				    : lb_line_in_order(lb_best_of(&o->walk, LB_SET_LINES));
		word = lb_word_read(lb_word_at(set, line));
		if (lb_word_is_v6(word)) {
			lb_line_free(lb_word_at(set, line | 1));
			used &= ~LB_LINE_BIT(line | 1);
		}
		*in_use = used | LB_LINE_BIT(line);
		o->removed.first = lb_line_write4(lb_flow4_at(set, lb_line_index(line)), o);
		o->line = line;
		o->seen = lb_word_read(lb_word_at(set, line));
	}
	bpf_spin_unlock(&lock->lock);
	return result;
}

static __always_inline enum lb_insert_result lb_insert6(struct lb_flow_pair *set,
							struct lb_flow_lock *lock,
							struct lb_opening *o)
{
	__u8 *in_use = lb_used_of(set);
	enum lb_insert_result result;
	__u32 used, line, pair;
	struct lb_flow6 *f;
	__u64 word;

	bpf_spin_lock(&lock->lock);
	used = *in_use;
	lb_walk6(set, used, o);
	result = lb_judge(set, o);
	if (result == LB_INSERT_DONE) {
		if (o->walk.colliding) {
			line = o->walk.colliding - 1;
			o->removed.colliding = lb_line_free(lb_word_at(set, line));
			lb_line_free(lb_word_at(set, line | 1));
			used &= ~LB_PAIR_BITS(line / 2);
		}
		pair = o->walk.same ? (o->walk.same - 1) / 2
				    : lb_best_of(&o->walk, LB_SET_LINES / 2);
		f = lb_flow6_at(set, lb_pair_index(pair));
		word = lb_word_read(&f->second);
		o->removed.second =
			lb_word_kind(word) && lb_word_kind(word) != LB_FLOW_TAIL ? word : 0;
		*in_use = used | LB_PAIR_BITS(pair);
		o->removed.first = lb_line_write6(f, o);
		o->line = pair * 2;
		o->seen = lb_word_read(&f->word);
	}
	bpf_spin_unlock(&lock->lock);
	return result;
}

/* Whether no line of some pair is in use. */
static __always_inline int lb_has_free_pair(__u32 used)
{
	return ((used | used >> 1) & 0x55) != 0x55;
}

/* The pairs of lines that established flows hold, as bits. */
static __always_inline __u32 lb_pairs_protected(struct lb_flow_pair *set)
{
	__u32 pairs = 0;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < LB_SET_LINES; i++) {
		__u64 word = lb_word_read(&lb_flow4_at(set, i)->word);

		pairs |= lb_state_is_protected(lb_word_state(word)) << (i >> 1);
	}
	return pairs;
}

/* ---- whole operations ---- */

/* A flow that made room, by its word (0: none). */
static __always_inline void lb_count_removed(__u64 word)
{
	if (!word)
		return;
	lb_count_closed(word);
	if (!lb_state_is_dubious(lb_word_state(word)))
		lb_count_table(LB_TABLE_EVICTED, 1);
}

/* VERIFIER: these are global, so that each is verified once and not at each call. */

static __always_inline void lb_count_inserted(const struct lb_opening *o)
{
	struct lb_backend_counters *c = lb_backend_counters(o->backend_id);

	lb_count_table(LB_TABLE_OPENED, 1);
	if (o->state & LB_FLOW_MIDSTREAM)
		lb_count_table(LB_TABLE_MIDSTREAM, 1);
	if (c)
		c->opened++;
	lb_count_removed(o->removed.colliding);
	lb_count_removed(o->removed.first);
	lb_count_removed(o->removed.second);
}

/*
 * Enter the flow that lies in the scratch area. VERIFIER (6.1, "type=mem expected=fp"): passed as
 * an argument it could not be a map key there. One function for each family keeps frames small.
 */
__noinline int lb_flow_insert_ipv4(void)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_flow_lock *lock;
	struct lb_flow_pair *set;
	__u32 set_number;
	int result;

	if (!scratch)
		return LB_INSERT_FULL;
	set_number = scratch->opening.set;
	set = lb_set_at(set_number);
	lock = lb_lock_of(set_number);
	if (!set || !lock)
		return LB_INSERT_FULL;
	result = lb_insert4(set, lock, &scratch->opening);
	if (result == LB_INSERT_DONE)
		lb_count_inserted(&scratch->opening);
	return result;
}

__noinline int lb_flow_insert_ipv6(void)
{
	struct lb_scratch *scratch = lb_scratch();
	struct lb_flow_lock *lock;
	struct lb_flow_pair *set;
	__u32 set_number;
	int result;

	if (!scratch)
		return LB_INSERT_FULL;
	set_number = scratch->opening.set;
	set = lb_set_at(set_number);
	lock = lb_lock_of(set_number);
	if (!set || !lock)
		return LB_INSERT_FULL;
	result = lb_insert6(set, lock, &scratch->opening);
	if (result == LB_INSERT_DONE)
		lb_count_inserted(&scratch->opening);
	return result;
}

/*
 * Makes the flow established, unless its set holds as many as it may. One that closes by now, which
 * another CPU or this very packet may have seen, is none: nobody would count its end.
 */
__noinline int lb_flow_promote(__u32 set_number, __u32 line, __u64 seen)
{
	struct lb_flow_pair *set = lb_set_at(set_number);
	struct lb_flow_lock *lock = lb_lock_of(set_number);
	__u32 lines = 1 + lb_word_is_v6(seen);
	int done = 0, fits;
	struct lb_event *e;
	__u64 *word, now;
	__u8 *in_use;

	if (!set || !lock)
		return 0;
	in_use = lb_used_of(set);
	e = lb_event_of(LB_EVENT_FLOW_START, set, line, seen);
	word = (__u64 *)lb_word_at(set, line);
	bpf_spin_lock(&lock->lock);
	/* One pair stays open, so that a new flow of either family always finds room. */
	fits = lb_has_free_pair(*in_use) ||
	       (lb_pairs_protected(set) | 1u << (line / 2 % 4)) != LB_SET_PAIRS_ALL;
	now = LB_READ_ONCE(*word);
	if (lb_word_version(now) == lb_word_version(seen) &&
	    !(lb_word_state(now) & (LB_FLOW_ESTABLISHED | LB_FLOW_ASIDE)) &&
	    !lb_state_is_closing(lb_word_state(now))) {
		__u64 next = now & ~((__u64)LB_FLOW_SPILLED << 32);

		next |= (__u64)(fits ? LB_FLOW_ESTABLISHED : LB_FLOW_SPILLED) << 32;
		done = __sync_val_compare_and_swap(word, now, next) == now;
	}
	bpf_spin_unlock(&lock->lock);
	if (done && fits) {
		lb_event_send(e);
		lb_count_table(LB_TABLE_PROMOTED, 1);
		lb_count_table(LB_TABLE_LINES_ESTABLISHED, lines);
	} else if (done && !(lb_word_state(now) & LB_FLOW_SPILLED)) {
		lb_count_table(LB_TABLE_PROMOTION_REFUSED, 1);
	}
	return 0;
}

/* Ends a flow unless its line has changed hands; whether it did. */
static __always_inline int lb_flow_end(__u32 set_number, __u32 line, __u64 seen, int kill)
{
	__u32 jiffies = (__u32)bpf_jiffies64();
	struct lb_flow_pair *set = lb_set_at(set_number);
	struct lb_flow_lock *lock = lb_lock_of(set_number);
	struct lb_event *e = 0;
	__u8 *in_use;
	__u64 now;
	int same;

	if (!set || !lock)
		return 0;
	in_use = lb_used_of(set);
	if (lb_state_is_protected(lb_word_state(seen)))
		e = lb_event_of(LB_EVENT_FLOW_END, set, line, seen);
	bpf_spin_lock(&lock->lock);
	now = lb_word_read(lb_word_at(set, line));
	same = lb_word_version(now) == lb_word_version(seen);
	if (same && kill) {
		now = lb_line_kill(lb_word_at(set, line));
		lb_tail_at(set, line, now)->last_seen = jiffies;
	} else if (same) {
		now = lb_line_free(lb_word_at(set, line));
		*in_use &= ~LB_LINE_BIT(line);
		if (lb_word_is_v6(now)) {
			lb_line_free(lb_word_at(set, line | 1));
			*in_use &= ~LB_LINE_BIT(line | 1);
		}
	}
	bpf_spin_unlock(&lock->lock);
	if (same) {
		lb_event_send(e);
		lb_count_closed(now);
	}
	return same;
}

/* Frees the flow's line. */
__noinline int lb_flow_remove(__u32 set_number, __u32 line, __u64 seen)
{
	return lb_flow_end(set_number, line, seen, 0);
}

/* Of TCP: what is left refuses its packets until they have stayed away for the idle timeout. */
__noinline int lb_flow_kill(__u32 set_number, __u32 line, __u64 seen)
{
	return lb_flow_end(set_number, line, seen, 1);
}

/* Remembers what lb_nexthop_ask found in the flow, unless the line has changed hands. */
__noinline int lb_flow_keep_nexthop(__u32 set_number, __u32 line, __u64 seen, __u64 nexthop,
				    __u32 direction)
{
	struct lb_flow_pair *set = lb_set_at(set_number);
	struct lb_flow_lock *lock = lb_lock_of(set_number);
	__u32 slot = nexthop >> 48;
	struct lb_device *device = bpf_map_lookup_elem(&devices, &slot);
	struct lb_scratch *scratch = lb_scratch();
	struct lb_flow_tail *tail;
	__u32 generation;
	__u16 mtu;

	if (!set || !lock || !device || !scratch)
		return 0;
	generation = device->generation;
	mtu = scratch->fib.mtu_result;
	tail = lb_tail_at(set, line, seen);
	bpf_spin_lock(&lock->lock);
	if (lb_word_version(lb_word_read(lb_word_at(set, line))) == lb_word_version(seen)) {
		LB_WRITE_ONCE(lb_mtu_at(set, line, seen)[direction & 1], mtu);
		LB_WRITE_ONCE(tail->nexthop[direction & 1], nexthop);
		LB_WRITE_ONCE(tail->nexthop_generation[direction & 1], generation);
	}
	bpf_spin_unlock(&lock->lock);
	return 0;
}

/*
 * An established flow that was reset and has been silent since: most likely it is over and counts
 * as closed, but if the RST was forged, its next packet still finds it.
 */
__noinline int lb_flow_set_aside(__u32 set_number, __u32 line, __u64 seen)
{
	struct lb_flow_pair *set = lb_set_at(set_number);
	__u64 next = (seen & ~(0xffull << 32)) | (__u64)LB_STATE_ASIDE << 32;
	struct lb_event *e;
	__u64 *word;

	if (!set)
		return 0;
	e = lb_event_of(LB_EVENT_FLOW_END, set, line, seen);
	word = (__u64 *)lb_word_at(set, line);
	if (__sync_val_compare_and_swap(word, seen, next) != seen)
		return 0;
	lb_event_send(e);
	lb_count_closed(seen);
	return 0;
}

/* In the place of an established flow another connection begins. */
__noinline int lb_flow_renewed(__u32 set_number, __u32 line, __u64 word)
{
	struct lb_flow_pair *set = lb_set_at(set_number);
	struct lb_backend_counters *c = lb_backend_counters(lb_word_backend(word));

	if (!set)
		return 0;
	lb_event_send(lb_event_of(LB_EVENT_FLOW_END, set, line, word));
	lb_event_send(lb_event_of(LB_EVENT_FLOW_START, set, line, word));
	lb_count_closed(word);
	lb_count_table(LB_TABLE_OPENED, 1);
	lb_count_table(LB_TABLE_PROMOTED, 1);
	lb_count_table(LB_TABLE_LINES_ESTABLISHED, 1 + lb_word_is_v6(word));
	if (c) {
		c->opened++;
		c->answered++;
	}
	return 0;
}

/* What follows from state bits that a packet changed: counts, and the event of a flow's end. */
__noinline int lb_flow_changed(__u32 set_number, __u32 line, __u64 before, __u64 after,
			       __u32 direction)
{
	struct lb_flow_pair *set = lb_set_at(set_number);
	__u8 was = lb_word_state(before), is = lb_word_state(after);
	struct lb_backend_counters *c;

	if (!set)
		return 0;
	if (lb_state_is_protected(was) && !lb_state_is_protected(is)) {
		lb_count_retired(after);
		lb_event_send(lb_event_of(LB_EVENT_FLOW_END, set, line, after));
	}
	c = lb_backend_counters(lb_word_backend(after));
	if (lb_state_is_aside(was) && c) {
		lb_count_table(LB_TABLE_OPENED, 1);
		c->opened++;
	}
	if (!c || direction != LB_TO_CLIENT || (was & (LB_FLOW_ANSWERED | LB_FLOW_MIDSTREAM)))
		return 0;
	if (is & LB_FLOW_ANSWERED)
		c->answered++;
	else if ((is & LB_FLOW_RESET) && !(was & LB_FLOW_RESET))
		c->refused++;
	return 0;
}
