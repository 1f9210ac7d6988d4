/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of layout.h that the programs use in registers only. One variable of them all, never read
 * or written, brings them into the object's BTF, where the runtime's LayoutTest compares them.
 */
#pragma once
#include "layout.h"
#include "parts.h"

struct lb_described {
	struct lb_event event;
	enum lb_event_type event_type;
	enum lb_drop drop;
	enum lb_handover handover;
	enum lb_table_event table_event;
	enum lb_selection selection;
	enum lb_flow_kind flow_kind;
	enum lb_part part;
} lb_described = {};
