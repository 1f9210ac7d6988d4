package io.ebpflb.runtime.dataplane;

import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.Blueprint.ServiceIdentity;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlane.MapUsage;
import io.ebpflb.runtime.dataplane.GroupNumbers.Table;
import io.ebpflb.runtime.dataplane.MapStore.FilterSet;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings the maps from the plan in force to the next one, writing differences only, in an order in
 * which every packet finds a whole service. Thread-safe.
 *
 * <p>Published: backends, their filter bits, tables, groups, routes, services; withdrawn the other
 * way round. If a write fails, the plan that was in force is restored as far as the maps let it;
 * the next apply writes whatever is still not known to be right.
 */
final class PlanWriter {
  private static final int SERVICE_NUMBERS = 1 << 16;

  private final MapStore store;
  private final MapLimits limits;
  private final TableArena arena;
  private final BackendIds backendIds;
  private final NumberPool groupPool;
  private final NumberPool servicePool = new NumberPool(0, SERVICE_NUMBERS);
  private final GroupTables tables;
  private final Written<ServiceKey, ServiceEntry> services;
  private final Written<RouteKey, Integer> routes;
  private final Written<Integer, BackendEntry> backends;
  private final Written<Integer, BackendIdentity> counterOwners;
  private final FilterBits serviceFilter;
  private final FilterBits backendFilter;

  private final Map<ServiceIdentity, Integer> serviceNumbers = new HashMap<>();
  private final Set<Integer> groupsHeld = new HashSet<>();
  private GroupNumbers groups = GroupNumbers.NONE;
  private Plan plan = Plan.EMPTY;
  private List<InetAddress> localAddresses = List.of();
  private Blueprint inForce = Blueprint.EMPTY;

  /** What the maps were last brought to without a failure, which is what they hold. */
  private Optional<Blueprint> written = Optional.empty();

  private volatile Map<BackendKey, Integer> published = Map.of();
  private volatile TableSize tableSize = TableSize.BEST;

  PlanWriter(MapStore store) {
    this.store = store;
    limits = store.limits();
    arena = new TableArena(limits.slots());
    backendIds = new BackendIds(limits.backends());
    groupPool = new NumberPool(0, limits.groups());
    tables = new GroupTables(store, arena, this::settle);
    services = new Written<>(store::putService, store::removeService);
    routes = new Written<>(store::putRoute, store::removeRoute);
    backends = new Written<>(store::putBackend, id -> {});
    counterOwners = new Written<>((id, owner) -> store.clearBackendCounters(id), id -> {});
    serviceFilter = new FilterBits(store, FilterSet.SERVICE);
    backendFilter = new FilterBits(store, FilterSet.BACKEND);
  }

  /** See {@link DataPlane#apply}. */
  synchronized void apply(Plan next) {
    applyBoth(next, localAddresses);
  }

  /**
   * What wildcard services stand for; applied at once. The order does not matter, IPv6 scopes are
   * ignored.
   *
   * @throws DataPlaneException as {@link DataPlane#apply}; then the addresses before stay in force
   */
  synchronized void localAddresses(Collection<InetAddress> addresses) {
    applyBoth(plan, PlanExpansion.withoutScopes(addresses));
  }

  /**
   * Frees the ids of backends that left and have no flow any more. To be called now and then; may
   * wait for a grace period.
   */
  synchronized void reclaim() {
    if (backendIds.hasLeaving() && backendIds.reclaim(store)) {
      backendFilter.reduceTo(backendBits());
    }
  }

  /** Ids of the backends that the plan in force names, departing ones included. Never blocks. */
  Map<BackendKey, Integer> backendIds() {
    return published;
  }

  /** Fill of the maps that a plan fills. */
  synchronized List<MapUsage> usage() {
    return List.of(
        new MapUsage("services", services.size(), limits.services()),
        new MapUsage("source_routes", routes.size(), limits.routes()),
        new MapUsage("groups", groupsHeld.size(), limits.groups()),
        new MapUsage("backends", backendIds.size(), limits.backends()),
        new MapUsage("arena", arena.used(), limits.slots()));
  }

  TableSize tableSize() {
    return tableSize;
  }

  private void applyBoth(Plan next, List<InetAddress> addresses) {
    Blueprint blueprint = PlanExpansion.expand(next, addresses, inForce, limits.services());
    TableSize size = blueprint.tableSize(limits.slots());
    Optional<Reweighting> weights =
        written
            .filter(w -> size.equals(tableSize))
            .flatMap(w -> Reweighting.between(w, blueprint, groups, size));
    if (weights.isPresent()) {
      applyWeights(weights.get(), blueprint, size);
    } else {
      applyAll(blueprint, size);
    }
    plan = next;
    localAddresses = addresses;
    inForce = blueprint;
    tableSize = size;
  }

  private void applyWeights(Reweighting weights, Blueprint blueprint, TableSize size) {
    PlanLimits check = new PlanLimits(limits);
    check.slots(blueprint, size);
    check.slotsTogether(blueprint, size, tables.slotsNeeded(weights.tables()));
    orRestore(
        () -> {
          written = Optional.empty();
          tables.write(weights.tables(), this::backendId);
          groups = weights.groups();
          written = Optional.of(blueprint);
        });
  }

  private void applyAll(Blueprint blueprint, TableSize size) {
    Optional<Map<BackendIdentity, BackendEntry>> backendsToWrite =
        written.filter(blueprint::hasBackendsOf).isPresent()
            ? Optional.empty()
            : Optional.of(blueprint.backends());
    checkLimits(blueprint, size, backendsToWrite);
    orRestore(() -> write(blueprint, size, backendsToWrite));
  }

  /** Writes, or leaves the plan in force as it was, as far as the maps let it. */
  private void orRestore(Runnable write) {
    try {
      write.run();
    } catch (RuntimeException cause) {
      try {
        write(inForce, tableSize, Optional.of(inForce.backends()));
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
      throw cause;
    }
  }

  private void checkLimits(
      Blueprint blueprint,
      TableSize size,
      Optional<Map<BackendIdentity, BackendEntry>> backendsToWrite) {
    PlanLimits check = new PlanLimits(limits);
    check.services(blueprint.keys().size());
    check.routes(blueprint);
    check.slots(blueprint, size);
    backendsToWrite.ifPresent(wanted -> checkBackends(check, wanted.keySet()));
    AtomicInteger unknown = new AtomicInteger();
    GroupNumbers known = groups.assign(blueprint, size, unknown::decrementAndGet);
    check.slotsTogether(blueprint, size, tables.slotsNeeded(known.tables()));
  }

  private void checkBackends(PlanLimits check, Set<BackendIdentity> wanted) {
    if (backendIds.sizeWith(wanted) > limits.backends()) {
      reclaim();
    }
    check.backends(wanted.size(), backendIds.sizeWith(wanted));
  }

  /**
   * @param backendsToWrite those of this plan; empty if the maps hold them already
   */
  private void write(
      Blueprint next,
      TableSize size,
      Optional<Map<BackendIdentity, BackendEntry>> backendsToWrite) {
    GroupNumbers nextGroups = groups.assign(next, size, this::takeGroup);
    Map<ServiceIdentity, Integer> nextNumbers = serviceNumbers(next);
    Map<ServiceKey, ServiceEntry> nextServices = services(next, nextGroups, nextNumbers);
    Map<RouteKey, Integer> nextRoutes = routes(next, nextGroups, nextNumbers);
    long[] serviceBits = serviceBits(next);
    written = Optional.empty();

    backendsToWrite.ifPresent(this::writeBackends);
    serviceFilter.add(serviceBits);
    tables.write(nextGroups.tables(), this::backendId);
    makeRoom(nextServices.keySet(), nextRoutes.keySet());
    routes.putAll(nextRoutes);
    services.putAll(nextServices);

    services.retain(nextServices.keySet());
    routes.retain(nextRoutes.keySet());
    serviceFilter.reduceTo(serviceBits);
    withdrawNumbers(nextGroups, nextNumbers);
    backendsToWrite.ifPresent(wanted -> withdrawBackends(wanted.keySet(), next.departing()));
    written = Optional.of(next);
  }

  private void writeBackends(Map<BackendIdentity, BackendEntry> wanted) {
    backendIds.hold(wanted.keySet());
    wanted.forEach(
        (identity, entry) -> {
          int id = backendIds.id(identity);
          // The first one finds the kernel's own zeroes.
          counterOwners.assume(id, identity);
          counterOwners.put(id, identity);
          backends.put(id, entry);
        });
    backendFilter.add(backendBits());
  }

  private int backendId(Table table, Plan.Endpoint endpoint) {
    ServiceIdentity service = table.service();
    return backendIds.id(new BackendIdentity(service.name(), service.protocol(), endpoint));
  }

  /** Withdraws first what would otherwise not fit beside what comes. */
  private void makeRoom(Set<ServiceKey> nextServices, Set<RouteKey> nextRoutes) {
    if (services.sizeWith(nextServices) > limits.services()) {
      services.retain(nextServices);
    }
    if (routes.sizeWith(nextRoutes) > limits.routes()) {
      routes.retain(nextRoutes);
    }
  }

  private void withdrawNumbers(GroupNumbers nextGroups, Map<ServiceIdentity, Integer> nextNumbers) {
    Set<Integer> stay = nextGroups.tables().keySet();
    tables.retain(stay);
    groupsHeld.removeIf(
        number -> {
          boolean gone = !stay.contains(number);
          if (gone) {
            groupPool.retire(number);
          }
          return gone;
        });
    groups = nextGroups;
    serviceNumbers
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !nextNumbers.containsKey(entry.getKey());
              if (gone) {
                servicePool.retire(entry.getValue());
              }
              return gone;
            });
  }

  private void withdrawBackends(Set<BackendIdentity> wanted, Set<BackendKey> departing) {
    Map<BackendKey, Integer> named = new HashMap<>();
    Set<BackendIdentity> stay = new HashSet<>();
    for (BackendIdentity identity : backendIds.all()) {
      boolean planned = wanted.contains(identity);
      if (planned || departing.contains(identity.key())) {
        stay.add(identity);
        if (planned) {
          named.put(identity.key(), backendIds.id(identity));
        } else {
          named.putIfAbsent(identity.key(), backendIds.id(identity));
        }
      }
    }
    backendIds.leaveAllBut(stay);
    published = Map.copyOf(named);
  }

  private Map<ServiceIdentity, Integer> serviceNumbers(Blueprint next) {
    Map<ServiceIdentity, Integer> numbers = new HashMap<>();
    for (ServicePart part : next.parts()) {
      numbers.put(
          part.identity(),
          serviceNumbers.computeIfAbsent(
              part.identity(), s -> take(servicePool, "service numbers")));
    }
    return numbers;
  }

  private static Map<ServiceKey, ServiceEntry> services(
      Blueprint next, GroupNumbers groups, Map<ServiceIdentity, Integer> numbers) {
    Map<ServiceKey, ServiceEntry> services = new LinkedHashMap<>();
    next.keys()
        .forEach(
            (key, part) ->
                services.put(
                    key,
                    new ServiceEntry(
                        groups.number(part, Optional.empty()),
                        numbers.get(part.identity()),
                        part.service().selection(),
                        !part.routes().isEmpty())));
    return services;
  }

  private static Map<RouteKey, Integer> routes(
      Blueprint next, GroupNumbers groups, Map<ServiceIdentity, Integer> numbers) {
    Map<RouteKey, Integer> routes = new LinkedHashMap<>();
    for (ServicePart part : next.parts()) {
      for (Plan.Prefix source : part.routes().keySet()) {
        routes.put(
            new RouteKey(numbers.get(part.identity()), source),
            groups.number(part, Optional.of(source)));
      }
    }
    return routes;
  }

  private static long[] serviceBits(Blueprint next) {
    long[] bits = FilterBits.none();
    next.keys().keySet().forEach(key -> addTo(bits, key));
    next.claims().forEach(key -> addTo(bits, key));
    return bits;
  }

  private static void addTo(long[] bits, ServiceKey key) {
    FilterBits.addTo(bits, key.address(), key.port(), WireFormat.ipProtocol(key.protocol()));
  }

  private long[] backendBits() {
    long[] bits = FilterBits.none();
    for (BackendIdentity identity : backendIds.all()) {
      FilterBits.addTo(
          bits,
          identity.endpoint().address(),
          identity.endpoint().port(),
          WireFormat.ipProtocol(identity.protocol()));
    }
    return bits;
  }

  private int takeGroup() {
    int number = take(groupPool, "groups");
    groupsHeld.add(number);
    return number;
  }

  private int take(NumberPool pool, String what) {
    return pool.take()
        .orElseGet(
            () -> {
              settle();
              return pool.take()
                  .orElseThrow(
                      () ->
                          new DataPlaneException(
                              "no " + what + " are left for this plan beside the one in force"));
            });
  }

  /** Makes what was retired free again. */
  private void settle() {
    if (arena.hasRetired() || groupPool.hasRetired() || servicePool.hasRetired()) {
      store.awaitReaders();
      arena.freeRetired();
      groupPool.freeRetired();
      servicePool.freeRetired();
    }
  }
}
