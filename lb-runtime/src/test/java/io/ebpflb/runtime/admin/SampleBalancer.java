package io.ebpflb.runtime.admin;

import io.ebpflb.api.Doc;
import io.ebpflb.api.Extension;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.OperationResult;
import io.ebpflb.api.Protocol;
import io.ebpflb.api.Role;
import io.ebpflb.runtime.config.Bound;
import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Use;
import io.ebpflb.runtime.config.TableSize;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlane.BackendCounters;
import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.dataplane.DataPlane.MapUsage;
import io.ebpflb.runtime.dataplane.FlowList;
import io.ebpflb.runtime.dataplane.FlowQuery;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.runtime.plugin.ExtensionHost.PluginStatus;
import io.ebpflb.runtime.plugin.MetricFamily;
import io.ebpflb.runtime.plugin.PluginOperation;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.BalancerView;
import io.ebpflb.runtime.service.DepartingSnapshot;
import io.ebpflb.runtime.service.DrainSnapshot;
import io.ebpflb.runtime.service.GroupSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.ebpflb.runtime.service.TargetSnapshot;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/** A balancer that says what a test wants; one service with everything there is to show. */
public final class SampleBalancer implements BalancerView, DataPlane {

  public static final Instant STARTED = Instant.parse("2026-11-23T10:00:00Z");
  public static final Instant CHECKED = Instant.parse("2026-11-23T10:59:58.123456Z");
  public static final Instant NOW = Instant.parse("2026-11-23T11:00:00Z");

  public volatile boolean forwarding = true;
  public volatile Optional<String> problem = Optional.empty();
  public volatile List<ServiceSnapshot> services = List.of(web());
  public volatile RuntimeException failure;
  public volatile List<MetricFamily> pluginMetrics = List.of();
  public volatile Instant startedAt = STARTED;
  public final Map<BackendKey, BackendCounters> counters = new HashMap<>();

  @Override
  public List<MetricFamily> pluginMetrics() {
    return pluginMetrics;
  }

  public SampleBalancer() {
    counters.put(
        new BackendKey("web", endpoint("10.0.0.1", 8080)),
        new BackendCounters(1000, 900, 150_000, 9_000_000, 120, 7, 1, 2, 110));
    counters.put(
        new BackendKey("web", endpoint("10.0.0.3", 8080)),
        new BackendCounters(10, 9, 1500, 90_000, 12, 3, 0, 0, 12));
    counters.put(
        new BackendKey("gone", endpoint("10.0.0.99", 80)),
        new BackendCounters(1, 1, 1, 1, 1, 1, 1, 1, 1));
  }

  public static Plan.Endpoint endpoint(String address, int port) {
    try {
      return new Plan.Endpoint(InetAddress.getByName(address), port);
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(address, impossible);
    }
  }

  private static ServiceSnapshot web() {
    HealthSnapshot up =
        new HealthSnapshot(
            State.UP,
            Optional.of(STARTED),
            "HTTP 200",
            Optional.of(CHECKED),
            Duration.ofNanos(1_500_000),
            700,
            3,
            2,
            Optional.of("HTTP 503"),
            Optional.of(STARTED));
    HealthSnapshot down =
        new HealthSnapshot(
            State.DOWN,
            Optional.of(CHECKED),
            "connection refused",
            Optional.of(CHECKED),
            Duration.ofMillis(1),
            10,
            5,
            1,
            Optional.of("connection refused"),
            Optional.of(CHECKED));
    BackendSnapshot first =
        checked(BackendSnapshot.untouched(endpoint("10.0.0.1", 8080), 50, 50, up));
    BackendSnapshot second =
        checked(
            BackendSnapshot.untouched(
                endpoint("2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", 8080), 33.5, 0, down));
    BackendSnapshot third =
        BackendSnapshot.untouched(endpoint("10.0.0.9", 8080), 1, 1, HealthSnapshot.UNKNOWN);
    GroupSnapshot group =
        new GroupSnapshot(
            Optional.empty(),
            false,
            List.of(
                new TargetSnapshot("10.0.0.1:8080", 50, 1, Optional.empty()),
                new TargetSnapshot("v6.example:8080", 33.5, 1, Optional.of("SERVFAIL"))),
            List.of(first, second));
    GroupSnapshot route =
        new GroupSnapshot(
            Optional.of("192.168.0.0/16"),
            true,
            List.of(new TargetSnapshot("10.0.0.9:8080", 1, 1, Optional.empty())),
            List.of(third, first));
    return new ServiceSnapshot(
        "web",
        "203.0.113.10:80",
        Protocol.TCP,
        Algorithm.SOURCE_HASH,
        Optional.of("http"),
        group,
        List.of(route),
        List.of(
            new DepartingSnapshot(
                endpoint("10.0.0.3", 8080),
                new DrainSnapshot(CHECKED, Duration.ofSeconds(60), 1, Optional.empty()))),
        List.of("target v6.example:8080: SERVFAIL; its last good answer stays in force"));
  }

  private static BackendSnapshot checked(BackendSnapshot backend) {
    HealthCheck check =
        new HealthCheck(
            new Use(
                Extension.healthChecker("http", NoConfig.class, (config, context) -> null),
                new Bound<>(new NoConfig(), List.of())),
            OptionalInt.of(8081),
            Duration.ofSeconds(2),
            Duration.ofMillis(500),
            2,
            3,
            Duration.ZERO);
    return new BackendSnapshot(
        backend.endpoint(),
        backend.configuredWeight(),
        backend.weightOverride(),
        backend.effectiveWeight(),
        backend.adminState(),
        backend.forcedHealth(),
        backend.drain(),
        Optional.of(check),
        backend.health());
  }

  /** As many services with as many backends each, all healthy and with traffic. */
  public void fill(int serviceCount, int backendCount) {
    List<ServiceSnapshot> all = new ArrayList<>();
    for (int i = 0; i < serviceCount; i++) {
      String name = "service-" + i;
      List<BackendSnapshot> backends = new ArrayList<>();
      for (int j = 0; j < backendCount; j++) {
        Plan.Endpoint endpoint = endpoint("10." + (i >> 8) + "." + (i & 255) + "." + (j + 1), 8080);
        backends.add(BackendSnapshot.untouched(endpoint, 10, 10, HealthSnapshot.UNKNOWN));
        counters.put(
            new BackendKey(name, endpoint),
            new BackendCounters(123_456, 98_765, 123_456_789, 987_654_321, 4567, 12, 3, 4, 4560));
      }
      GroupSnapshot group = new GroupSnapshot(Optional.empty(), false, List.of(), backends);
      all.add(
          new ServiceSnapshot(
              name,
              "203.0.113.10:" + (i + 1),
              Protocol.TCP,
              Algorithm.MAGLEV,
              Optional.of("tcp"),
              group,
              List.of(),
              List.of(),
              List.of()));
    }
    services = List.copyOf(all);
  }

  @Override
  public String version() {
    return "1.2.3";
  }

  @Override
  public Instant startedAt() {
    return startedAt;
  }

  @Override
  public boolean isForwarding() {
    return forwarding;
  }

  @Override
  public Optional<String> problem() {
    return problem;
  }

  @Override
  public List<ServiceSnapshot> services() {
    return services;
  }

  @Override
  public List<PluginStatus> plugins() {
    return List.of(
        new PluginStatus(
            "health-http",
            "1.0.0",
            "us",
            PluginStatus.State.STARTED,
            "",
            List.of("health checker \"http\"", "health checker \"https\"")),
        new PluginStatus(
            "dns", "2.0.0", "us", PluginStatus.State.INCOMPATIBLE, "needs lb-api 2", List.of()));
  }

  /** Arguments of an operation. */
  record Resolve(@Doc("one host; all if none is given") Optional<String> host, int attempts) {}

  /** One that shows a table, and one that does something. */
  @Override
  public List<PluginOperation> pluginOperations() {
    return List.of(
        new PluginOperation(
            "dns", "dns resolve", Resolve.class, Role.OPERATOR, args -> resolve((Resolve) args)),
        new PluginOperation(
            "dns",
            "dns status",
            NoConfig.class,
            Role.VIEWER,
            none ->
                CompletableFuture.completedFuture(
                    OperationResult.table("host", "answers", "share", "good", "problem")
                        .row("www.example", 12, 0.25, true, "")
                        .row("api.example", 3L, 1.0, false, "SERVFAIL\n"))));
  }

  private static CompletableFuture<OperationResult> resolve(Resolve args) {
    return args.host().filter("gone.example"::equals).isPresent()
        ? CompletableFuture.failedFuture(new ExtensionException("no target has that host"))
        : CompletableFuture.completedFuture(
            OperationResult.done(
                "asking for " + args.host().orElse("all") + ", " + args.attempts() + " times"));
  }

  @Override
  public DataPlane dataPlane() {
    return this;
  }

  @Override
  public void apply(Plan plan) {
    throw new UnsupportedOperationException("only read here");
  }

  @Override
  public void awaitLoaded() {}

  @Override
  public Map<BackendKey, BackendCounters> backendCounters() {
    if (failure != null) {
      throw failure;
    }
    return counters;
  }

  @Override
  public Map<String, Long> drops() {
    return counts("no_backend", 12, "malformed", 0, "collision", 3);
  }

  @Override
  public Map<String, Long> handedToStack() {
    return counts("neighbor", 5, "mtu", 0);
  }

  @Override
  public Map<String, Long> flowTableEvents() {
    return counts("opened", 140, "evicted", 0);
  }

  private static Map<String, Long> counts(Object... pairs) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      counts.put((String) pairs[i], ((Integer) pairs[i + 1]).longValue());
    }
    return counts;
  }

  @Override
  public FlowList flows(FlowQuery query, int limit) {
    return new FlowList(List.of(), 0);
  }

  @Override
  public long removeFlows(FlowQuery query) {
    return 0;
  }

  @Override
  public TableSize tableSize() {
    return TableSize.BEST;
  }

  @Override
  public List<MapUsage> mapUsage() {
    return List.of(
        new MapUsage("flows_established", 10, 262_144), new MapUsage("backends", 3, 65_535));
  }

  @Override
  public String description() {
    return "xdp (native) on eth0, eth1";
  }

  @Override
  public void close() {}
}
