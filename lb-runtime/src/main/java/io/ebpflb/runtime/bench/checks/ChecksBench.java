package io.ebpflb.runtime.bench.checks;

import com.sun.management.OperatingSystemMXBean;
import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.bench.Median;
import io.ebpflb.runtime.dataplane.BpfDataPlane;
import io.ebpflb.runtime.dataplane.NetworkNamespace;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.demo.TemporaryDirectory;
import io.ebpflb.runtime.demo.Topology;
import io.ebpflb.runtime.reload.ReloadResult;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot.State;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A balancer in this process that checks very many hosts, which are one other process in a network
 * namespace.
 */
public final class ChecksBench {
  private static final long LOOK_MILLIS = 20;

  private final ChecksLoad load;
  private final Path plugins;
  private final String type;
  private final Topology topology;
  private final HostsProcess hosts;
  private final TemporaryDirectory scratch;
  private final AtomicReference<WatchedDataPlane> dataPlane = new AtomicReference<>();

  private ChecksBench(
      ChecksLoad load,
      Path plugins,
      String type,
      Topology topology,
      HostsProcess hosts,
      TemporaryDirectory scratch) {
    this.load = load;
    this.plugins = plugins;
    this.type = type;
    this.topology = topology;
    this.hosts = hosts;
    this.scratch = scratch;
  }

  /**
   * The process needs to be root.
   *
   * @param types of checks, one after the other
   * @param plugins the directory of plugin jars
   * @param progress gets a line now and then
   * @throws IOException if the machine refuses, or what is waited for does not come
   */
  public static List<ChecksResult> run(
      ChecksLoad load, List<String> types, Path plugins, Consumer<String> progress)
      throws Exception {
    List<ChecksResult> results = new ArrayList<>();
    for (String type : types) {
      progress.accept("%d targets, %s checks".formatted(load.hosts(), type));
      try (Topology topology = Topology.create("lbc", 1, Topology.Offloads.DEFAULT);
          HostsProcess hosts = HostsProcess.start(topology);
          TemporaryDirectory scratch = TemporaryDirectory.create("lb-bench-checks")) {
        results.add(new ChecksBench(load, plugins, type, topology, hosts, scratch).measure());
      }
    }
    return results;
  }

  private ChecksResult measure() throws Exception {
    Options options =
        Options.of(scratch.file("lb.toml"), plugins)
            .withText(config(1))
            .withDataPlane(
                settings -> {
                  dataPlane.set(new WatchedDataPlane(BpfDataPlane.open(settings)));
                  return dataPlane.get();
                });
    long startedNanos = System.nanoTime();
    try (LoadBalancer balancer =
        NetworkNamespace.enter(
            topology.balancer().name(),
            () -> LoadBalancer.start(options.withStartedAt(Instant.now())))) {
      double startMillis = millisSince(startedNanos);
      awaitAllChecked();
      Checking checking = checking();
      double[] verdicts = verdicts(balancer);
      double[] reloads = reloads(balancer);
      return new ChecksResult(
          type,
          load,
          startMillis,
          checking.account().checks() / checking.seconds(),
          checking.account().hosts(),
          checking.cpuSeconds() / checking.seconds(),
          checking.heapBytesMax(),
          Math.max(0, checking.account().longestMillis() - load.interval().toMillis()),
          Median.ofDoubles(verdicts),
          Arrays.stream(verdicts).max().orElseThrow(),
          Median.ofDoubles(reloads),
          Arrays.stream(reloads).max().orElseThrow());
    }
  }

  private String config(int weight) {
    return ChecksConfig.text(topology, scratch, load, type, weight);
  }

  /** The first checks are spread over an interval; while it starts, code is compiled. */
  private void awaitAllChecked() throws IOException, InterruptedException {
    TimeUnit.NANOSECONDS.sleep(load.interval().multipliedBy(2).toNanos());
    HostsProcess.Account account = hosts.account();
    if (account.hosts() < load.hosts()) {
      throw new IOException(
          "only %d of %d hosts were checked within two intervals"
              .formatted(account.hosts(), load.hosts()));
    }
  }

  private record Checking(
      HostsProcess.Account account, double seconds, double cpuSeconds, long heapBytesMax) {}

  private Checking checking() throws IOException, InterruptedException {
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    hosts.account();
    long startedNanos = System.nanoTime();
    long startedCpuNanos = cpuNanos();
    TimeUnit.NANOSECONDS.sleep(load.measured().toNanos());
    double cpuSeconds = (cpuNanos() - startedCpuNanos) / 1e9;
    double seconds = millisSince(startedNanos) / 1e3;
    // The peaks of the pools need not have been at the same moment: never less than the truth.
    long heap = heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    return new Checking(hosts.account(), seconds, cpuSeconds, heap);
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** Milliseconds from each verdict to the table in the kernel. */
  private double[] verdicts(LoadBalancer balancer) throws IOException, InterruptedException {
    for (int i = 0; i < load.failures(); i++) {
      hosts.silence(load.firstHost(i));
    }
    double[] millis = new double[load.failures()];
    // An interval until the check, its timeout of a second, and the time of a slow machine.
    long deadline = System.nanoTime() + load.interval().plusSeconds(30).toNanos();
    for (int i = 0; i < millis.length; i++) {
      Plan.Endpoint host =
          new Plan.Endpoint(
              InetAddress.getByName(HostsProcess.address(load.firstHost(i))), HostsProcess.PORT);
      Optional<Double> found = verdict(balancer, ChecksConfig.service(i), host);
      while (found.isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new IOException("host %d failed, and no verdict came".formatted(i));
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        found = verdict(balancer, ChecksConfig.service(i), host);
      }
      millis[i] = found.get();
    }
    return millis;
  }

  /** Empty while the host is not down, or its verdict not in the kernel. */
  private Optional<Double> verdict(LoadBalancer balancer, String service, Plan.Endpoint host) {
    // Asked first, because to ask for all services costs more than what is measured.
    return dataPlane
        .get()
        .outSince(host)
        .flatMap(
            out ->
                downSince(balancer, service, host)
                    .filter(down -> !out.isBefore(down))
                    .map(down -> Duration.between(down, out).toNanos() / 1e6));
  }

  private static Optional<Instant> downSince(
      LoadBalancer balancer, String service, Plan.Endpoint host) {
    return balancer.services().stream()
        .filter(each -> each.name().equals(service))
        .flatMap(each -> each.backends().stream())
        .filter(each -> each.endpoint().equals(host))
        .map(BackendSnapshot::health)
        .filter(health -> health.state() == State.DOWN)
        .findFirst()
        .flatMap(health -> health.since());
  }

  private double[] reloads(LoadBalancer balancer) throws IOException {
    double[] millis = new double[load.reloads()];
    // Made before, since it leaves more garbage than a reload.
    List<String> configs = List.of(config(2), config(3));
    for (int i = 0; i < millis.length; i++) {
      String changed = configs.get(i % 2);
      long startedNanos = System.nanoTime();
      ReloadResult result = balancer.reloader().apply(changed, "bench");
      millis[i] = millisSince(startedNanos);
      if (result.outcome() != ReloadResult.Outcome.APPLIED) {
        throw new IOException("a reload was refused: " + result.problems());
      }
    }
    return millis;
  }

  private static double millisSince(long startedNanos) {
    return (System.nanoTime() - startedNanos) / 1e6;
  }
}
