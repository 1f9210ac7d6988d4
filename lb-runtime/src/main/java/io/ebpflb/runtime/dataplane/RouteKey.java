package io.ebpflb.runtime.dataplane;

/**
 * A key of the map {@code source_routes}.
 *
 * @param service see {@link ServiceEntry#service}
 */
record RouteKey(int service, Plan.Prefix source) {}
