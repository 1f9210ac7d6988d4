package io.ebpflb.runtime.dataplane;

/**
 * A value of the map {@code services}.
 *
 * @param group of clients without a source route
 * @param service the id that source routes are keyed by
 */
record ServiceEntry(int group, int service, Plan.Selection selection, boolean hasRoutes) {}
