package io.ebpflb.runtime.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.LoadBalancer;
import io.ebpflb.runtime.Options;
import io.ebpflb.runtime.dataplane.Plan.Endpoint;
import io.ebpflb.runtime.dataplane.Plan.Prefix;
import io.ebpflb.runtime.dataplane.Plan.Weighted;
import io.ebpflb.runtime.reload.ReloadResult;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel's maps hold, read back, is what the plan in force says. */
@Tag("side-by-side")
class ReadBackIT {
  private static final int PLANS = Boolean.getBoolean("lb.long") ? 500 : 25;
  private static final long SEED = 20261127;
  private static final List<String> LOCAL = List.of("192.0.2.1", "2001:db8::1");

  private final TestNamespace namespace = new TestNamespace();
  private final AtomicReference<BpfDataPlane> dataPlane = new AtomicReference<>();
  @TempDir private Path directory;

  /** Of its addresses, one of each family, wildcard services make keys. */
  @BeforeEach
  void addLink() {
    namespace.ip("link add lbread type veth peer name lbother");
    namespace.ip("addr add 192.0.2.1/32 dev lbread");
    namespace.ip("addr add 2001:db8::1/128 dev lbread nodad");
    namespace.ip("link set lbread up");
  }

  @AfterEach
  void removeNamespace() {
    namespace.close();
  }

  private LoadBalancer start(String text) throws Exception {
    Options options =
        Options.of(directory.resolve("lb.toml"), directory.resolve("no-plugins"))
            .withText(text)
            .withDataPlane(
                settings -> {
                  dataPlane.set(BpfDataPlane.open(settings));
                  return dataPlane.get();
                });
    return namespace.enter(() -> LoadBalancer.start(options));
  }

  private String config(String services) {
    return """
           [dataplane]
           interfaces = ["lbread"]
           hook = "tc"
           max-flows = 1024
           max-services = 12
           max-backends = 400
           max-table-slots = 524288
           [admin]
           socket = "%s"
           state = "%s"
           [reload]
           watch = false
           """
            .formatted(directory.resolve("lb.sock"), directory.resolve("state.json"))
        + services;
  }

  @Test
  void holdsWhatAnyPlanSays() throws Exception {
    try (LoadBalancer balancer = start(config(""))) {
      Random random = new Random(SEED);
      List<InetAddress> local = LOCAL.stream().map(Plans::ip).toList();
      MapContent before = new MapContent(Map.of(), Set.of());
      Plan last = Plan.EMPTY;
      for (int i = 0; i < PLANS; i++) {
        Plan plan = random(random, last);
        dataPlane.get().apply(plan);
        MapContent planned = MapContent.planned(plan, local, dataPlane.get().tableSize(), before);
        assertThat(KernelReader.services(dataPlane.get()))
            .as("plan %d of seed %d: %s", i, SEED, plan)
            .isEqualTo(planned.services());
        assertThat(KernelReader.filter(dataPlane.get(), FilterLayout.SERVICE))
            .isEqualTo(planned.serviceBits());
        assertHolds(planned.backendBits());
        before = planned;
        last = plan;
      }
      awaitBackendBits(before.backendBits());
      assertThat(balancer.isForwarding()).isTrue();
    }
  }

  private void assertHolds(long[] planned) {
    long[] held = KernelReader.filter(dataPlane.get(), FilterLayout.BACKEND);
    for (int word = 0; word < planned.length; word++) {
      assertThat(planned[word] & ~held[word]).as("missing in word %d", word).isZero();
    }
  }

  /** Those that left go when a sweep has found no flow of theirs. */
  private void awaitBackendBits(long[] planned) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    long[] held = KernelReader.filter(dataPlane.get(), FilterLayout.BACKEND);
    while (!Arrays.equals(held, planned) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(5);
      held = KernelReader.filter(dataPlane.get(), FilterLayout.BACKEND);
    }
    assertThat(held).isEqualTo(planned);
  }

  private static Plan random(Random random, Plan last) {
    List<Plan.Service> services = new ArrayList<>();
    for (int i = 11; i < 15; i++) {
      if (random.nextInt(4) > 0) {
        boolean isIpv4 = i % 2 == 1;
        String address = (isIpv4 ? "192.0.2." : "2001:db8::") + i;
        services.add(service(random, "s" + i, Optional.of(address), isIpv4 ? "4" : "6"));
      }
    }
    if (random.nextBoolean()) {
      services.add(service(random, "all", Optional.empty(), "46"));
    }
    return new Plan(services, departing(random, last, services));
  }

  private static Plan.Service service(
      Random random, String name, Optional<String> address, String families) {
    List<Plan.Route> routes = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      String family =
          families.length() == 1 || random.nextBoolean() ? families.substring(0, 1) : "6";
      Prefix source =
          family.equals("4")
              ? new Prefix(Plans.ip("198.51.100." + 16 * i), 28)
              : new Prefix(Plans.ip("2001:db8:" + i + "::"), 48);
      routes.add(new Plan.Route(source, group(random, family)));
    }
    return new Plan.Service(
        name,
        address.map(Plans::ip),
        80,
        random.nextInt(4) == 0 ? Protocol.UDP : Protocol.TCP,
        Plan.Selection.values()[random.nextInt(3)],
        group(random, families),
        routes,
        random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofSeconds(90)));
  }

  /** Weights of zero, as of drained backends, among them. */
  private static Plan.Group group(Random random, String families) {
    List<Weighted> backends = new ArrayList<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      String family =
          families.charAt(random.nextInt(families.length())) == '4' ? "10.0.0." : "fd00::";
      backends.add(new Weighted(new Endpoint(Plans.ip(family + i), 8080), random.nextInt(4) / 2.0));
    }
    return new Plan.Group(backends);
  }

  /** Some of those that the last plan named and this one does not. */
  private static List<Plan.Departing> departing(
      Random random, Plan last, List<Plan.Service> services) {
    Set<Plan.Departing> left = new HashSet<>(named(last.services()));
    left.removeAll(named(services));
    return left.stream()
        .sorted(Comparator.comparing(Plan.Departing::toString))
        .filter(each -> random.nextBoolean())
        .toList();
  }

  private static Set<Plan.Departing> named(List<Plan.Service> services) {
    Set<Plan.Departing> named = new HashSet<>();
    for (Plan.Service service : services) {
      List<Plan.Group> groups = new ArrayList<>(List.of(service.group()));
      service.routes().forEach(route -> groups.add(route.group()));
      groups.forEach(
          group ->
              group
                  .backends()
                  .forEach(each -> named.add(new Plan.Departing(service.name(), each.endpoint()))));
    }
    return named;
  }

  private static final String WEB =
      """
      [[service]]
      name = "web"
      listen = "192.0.2.11:80"
      target = [ { address = "10.0.0.1:80" }, { address = "10.0.0.2:80", weight = 2 } ]
      [[service.source-route]]
      source = "198.51.100.0/24"
      target = [ { address = "10.0.0.3:80" } ]
      """;

  private static String wildcard(int port) {
    return """
           [[service]]
           name = "all-%1$d"
           listen = "*:%1$d"
           target = [ { address = "10.0.1.1:80" }, { address = "[fd00::1]:80" } ]
           """
        .formatted(port);
  }

  @Test
  void refusedConfigsLeaveItAsItIs() throws Exception {
    try (LoadBalancer balancer = start(config(WEB + wildcard(81)))) {
      Map<ServiceKey, MapContent.Listener> services = KernelReader.services(dataPlane.get());
      long[] serviceBits = KernelReader.filter(dataPlane.get(), FilterLayout.SERVICE);
      long[] backendBits = KernelReader.filter(dataPlane.get(), FilterLayout.BACKEND);
      assertThat(services).hasSize(3);

      StringBuilder tooMany = new StringBuilder(WEB);
      for (int port = 81; port < 90; port++) {
        // One key for each local address, of which the config file knows nothing.
        tooMany.append(wildcard(port));
      }
      for (String refused :
          List.of(
              WEB.replace("weight = 2", "weight = -2"),
              WEB.replace("source-route", "source-rout"),
              WEB + WEB,
              WEB.replace("10.0.0.3", "fd00::3"),
              WEB.replace("target = [", "health-check = { type = \"nosuch\" }\ntarget = ["),
              "[[service]\n" + WEB,
              tooMany.toString())) {
        ReloadResult result = balancer.reloader().apply(config(refused), "test");
        assertThat(result.outcome()).as(refused).isEqualTo(ReloadResult.Outcome.REFUSED);
        assertThat(result.problems()).isNotEmpty();
        assertThat(KernelReader.services(dataPlane.get())).as(refused).isEqualTo(services);
        assertThat(KernelReader.filter(dataPlane.get(), FilterLayout.SERVICE))
            .isEqualTo(serviceBits);
        awaitBackendBits(backendBits);
      }
      assertThat(balancer.reloader().apply(config(WEB), "test").outcome())
          .isEqualTo(ReloadResult.Outcome.APPLIED);
      assertThat(KernelReader.services(dataPlane.get())).isNotEqualTo(services);
    }
  }
}
