/* SPDX-License-Identifier: Apache-2.0 */
/* Per-CPU counts: what was dropped, handed over, done to the flow table, and carried per backend. */
#pragma once
#include "maps.h"

static __always_inline struct lb_counts *lb_counts(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counts, &zero);
}

static __always_inline void lb_count_drop(enum lb_drop reason)
{
	struct lb_counts *c = lb_counts();

	if (c)
		c->drop[reason]++;
}

static __always_inline void lb_count_handover(enum lb_handover reason)
{
	struct lb_counts *c = lb_counts();

	if (c)
		c->handover[reason]++;
}

static __always_inline void lb_count_table(enum lb_table_event event, __u32 n)
{
	struct lb_counts *c = lb_counts();

	if (c)
		c->table[event] += n;
}

static __always_inline struct lb_backend_counters *lb_backend_counters(__u16 backend)
{
	__u32 key = backend;

	return bpf_map_lookup_elem(&backend_counters, &key);
}

static __always_inline void lb_count_packets(__u16 backend, enum lb_direction direction,
					     __u32 packets, __u32 bytes)
{
	struct lb_backend_counters *c = lb_backend_counters(backend);

	if (!c)
		return;
	if (direction == LB_TO_BACKEND) {
		c->packets_in += packets;
		c->bytes_in += bytes;
	} else {
		c->packets_out += packets;
		c->bytes_out += bytes;
	}
}
