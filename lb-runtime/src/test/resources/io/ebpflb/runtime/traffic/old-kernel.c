/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded, makes bpf(2) answer like a kernel that lacks the feature named by LB_LACKS: EINVAL,
 * as for any command, type or flag that a kernel does not know.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

static int lacks(const char *feature)
{
	const char *wanted = getenv("LB_LACKS");

	return wanted && !strcmp(wanted, feature);
}

static int unknown(long command, const union bpf_attr *attr)
{
	if (command == BPF_MAP_CREATE)
		return attr->map_type == BPF_MAP_TYPE_RINGBUF && lacks("ring buffer");
	if (command == BPF_LINK_CREATE)
		return attr->link_create.attach_type == BPF_XDP && lacks("XDP link");
	return 0;
}

long syscall(long number, ...)
{
	typedef long call(long, long, long, long, long, long, long);
	static call *next;
	__builtin_va_list list;
	long a[6];

	__builtin_va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = __builtin_va_arg(list, long);
	__builtin_va_end(list);
	if (number == SYS_bpf && unknown(a[0], (const union bpf_attr *)a[1])) {
		errno = EINVAL;
		return -1;
	}
	if (!next)
		next = (call *)dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
