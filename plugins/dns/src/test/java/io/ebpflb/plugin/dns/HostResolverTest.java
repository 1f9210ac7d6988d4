package io.ebpflb.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.DnsRecord;
import io.ebpflb.api.Event.Announced;
import io.ebpflb.api.NoConfig;
import io.ebpflb.api.Resolution;
import io.ebpflb.plugin.dns.ServerSettings.Servers;
import io.ebpflb.plugin.dns.TargetSettings.Kind;
import io.ebpflb.plugin.dns.TargetSettings.OnEmpty;
import io.ebpflb.runtime.net.EventLoops;
import io.ebpflb.runtime.net.NettyNetwork;
import io.ebpflb.runtime.net.TlsHandlers;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.DnsServer.Answer;
import io.ebpflb.testing.DnsServer.Question;
import io.ebpflb.testing.TestingContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Resolutions against a real name server on loopback, through the runtime's network. */
class HostResolverTest {
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final int A = 1;
  private static final int AAAA = 28;
  private static final int SRV = 33;
  private static final String EXISTS = " (NOERROR, the name exists)";

  private final TestingContext context = new TestingContext();
  private final Hosts hosts = new Hosts(context);
  private final Map<Question, Answer> zone = new ConcurrentHashMap<>();
  private ExecutorService plugin;
  private EventLoops loops;
  private NettyNetwork network;
  private DnsServer server;
  private List<InetSocketAddress> servers;
  private List<String> search = List.of();
  private Duration timeout = Duration.ofSeconds(4);

  @BeforeEach
  void open() throws IOException {
    loops = new EventLoops(1);
    plugin = Executors.newSingleThreadExecutor(body -> new Thread(body, "plugin-test"));
    network = new NettyNetwork(loops, TlsHandlers.withSystemTrust(), plugin, 16);
    server = DnsServer.start();
    server.answer(
        question ->
            zone.getOrDefault(
                new Question(question.name(), question.type(), false), Answer.code(3)));
    servers = List.of(server.address());
  }

  @AfterEach
  void close() {
    server.close();
    network.close();
    plugin.shutdownNow();
    loops.close();
  }

  private void put(String name, int type, Answer answer) {
    zone.put(new Question(name, type, false), answer);
  }

  private void addresses(String name, long ttl, String... literals) {
    for (int type : new int[] {A, AAAA}) {
      DnsRecord[] records =
          Stream.of(literals)
              .map(literal -> DnsServer.address(name, ttl, literal))
              .filter(record -> record.type() == type)
              .toArray(DnsRecord[]::new);
      put(name, type, Answer.of(records));
    }
  }

  private HostResolver resolver(TargetSettings settings) {
    Lookups lookups =
        new Lookups(network, Clock.systemUTC(), () -> new Servers(servers, search, 1, timeout, 2));
    return new HostResolver(settings, lookups, hosts.follow(settings), () -> 0.5);
  }

  private HostResolver resolver(String host) {
    return resolver(settings(host, Kind.ADDRESS, OnEmpty.KEEP));
  }

  private static TargetSettings settings(String host, Kind record, OnEmpty onEmpty) {
    Optional<Integer> port = record == Kind.SRV ? Optional.empty() : Optional.of(80);
    return new TargetSettings(host, port, record, Optional.empty(), onEmpty);
  }

  private Resolution resolve(HostResolver resolver) throws Exception {
    return CompletableFuture.supplyAsync(resolver::resolve, plugin)
        .thenCompose(answer -> answer)
        .get(20, TimeUnit.SECONDS);
  }

  private String failure(HostResolver resolver) throws Exception {
    try {
      return "resolved: " + resolve(resolver).entries();
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(IOException.class);
      return e.getCause().getMessage();
    }
  }

  private static List<String> backends(Resolution resolution) {
    return resolution.entries().stream()
        .map(e -> e.address().getHostAddress() + " " + e.port() + " " + e.share())
        .sorted()
        .toList();
  }

  @Test
  void findsAddressesOfBothFamiliesForAsLongAsTheyHold() throws Exception {
    addresses("web.test", 60, "10.0.0.2", "10.0.0.1", "2001:db8::1");

    Resolution answer = resolve(resolver("web.test"));

    assertThat(backends(answer))
        .containsExactly("10.0.0.1 80 1.0", "10.0.0.2 80 1.0", "2001:db8:0:0:0:0:0:1 80 1.0");
    assertThat(answer.validFor()).isEqualTo(Duration.ofSeconds(57));
    assertThat(context.metrics().find("resolution_status", "web.test:80")).contains(1.0);
  }

  @ParameterizedTest
  @CsvSource({"A, 10.0.0.1", "AAAA, 2001:db8:0:0:0:0:0:1"})
  void findsOneFamily(Kind kind, String expected) throws Exception {
    addresses("web.test", 60, "10.0.0.1", "2001:db8::1");

    assertThat(resolve(resolver(settings("web.test", kind, OnEmpty.KEEP))).entries())
        .extracting(entry -> entry.address().getHostAddress())
        .containsExactly(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "86400, 3600"})
  void boundsHowLongAnAnswerHolds(long ttl, long seconds) throws Exception {
    addresses("web.test", ttl, "10.0.0.1");

    assertThat(resolve(resolver("web.test")).validFor())
        .isEqualTo(Duration.ofMillis(seconds * 950));
  }

  @Test
  void asksAsOftenAsTheTargetSays() throws Exception {
    addresses("web.test", 3600, "10.0.0.1");
    TargetSettings settings =
        new TargetSettings(
            "web.test",
            Optional.of(80),
            Kind.ADDRESS,
            Optional.of(Duration.ofSeconds(20)),
            OnEmpty.KEEP);

    assertThat(resolve(resolver(settings)).validFor()).isEqualTo(Duration.ofSeconds(19));
  }

  @Test
  void followsAliasesWithinAnAnswerAndAcrossAnswers() throws Exception {
    put(
        "web.test",
        A,
        Answer.of(
            DnsServer.alias("web.test", 30, "b.test"), DnsServer.alias("b.test", 40, "c.test")));
    put("web.test", AAAA, Answer.of());
    addresses("c.test", 50, "10.0.0.9");

    Resolution answer = resolve(resolver("web.test"));

    assertThat(backends(answer)).containsExactly("10.0.0.9 80 1.0");
    assertThat(answer.validFor()).isEqualTo(Duration.ofMillis(28_500));
  }

  @Test
  void givesUpOnAliasesInACircle() throws Exception {
    put("a.test", A, Answer.of(DnsServer.alias("a.test", 30, "b.test")));
    put("b.test", A, Answer.of(DnsServer.alias("b.test", 30, "a.test")));

    assertThat(failure(resolver(settings("a.test", Kind.A, OnEmpty.KEEP))))
        .endsWith("more than 8 aliases");
  }

  @Test
  void believesNoRecordOfAnotherName() throws Exception {
    put("web.test", A, Answer.of(DnsServer.address("evil.test", 60, "10.6.6.6")));

    assertThat(failure(resolver("web.test"))).isEqualTo("web.test has no address" + EXISTS);
  }

  @Test
  void weighsServicesOfTheFirstPriority() throws Exception {
    put(
        "_http._tcp.test",
        SRV,
        Answer.of(
            DnsServer.service("_http._tcp.test", 60, 1, 30, 8080, "a.test"),
            DnsServer.service("_http._tcp.test", 60, 1, 10, 8081, "b.test"),
            DnsServer.service("_http._tcp.test", 60, 2, 90, 8082, "spare.test")));
    addresses("a.test", 20, "10.0.0.1", "10.0.0.2");
    addresses("b.test", 60, "10.0.0.3");

    Resolution answer = resolve(resolver(settings("_http._tcp.test", Kind.SRV, OnEmpty.KEEP)));

    assertThat(backends(answer))
        .containsExactly("10.0.0.1 8080 15.0", "10.0.0.2 8080 15.0", "10.0.0.3 8081 10.0");
    assertThat(answer.validFor()).isEqualTo(Duration.ofSeconds(19));
  }

  @Test
  void failsWhenTheNameIsGoneAndTellsChangesOnce() throws Exception {
    HostResolver resolver = resolver("web.test");

    assertThat(failure(resolver)).isEqualTo("web.test does not exist (NXDOMAIN)");
    assertThat(failure(resolver)).isEqualTo("web.test does not exist (NXDOMAIN)");
    assertThat(context.metrics().find("resolution_status", "web.test:80")).contains(0.0);
    addresses("web.test", 60, "10.0.0.1");
    resolve(resolver);
    addresses("web.test", 60, "10.0.0.2");
    resolve(resolver);

    assertThat(context.announced())
        .extracting(Announced::name)
        .containsExactly("resolution-failed", "resolution-recovered", "addresses-changed");
    assertThat(context.metrics().find("resolutions_total", "nxdomain")).contains(2.0);
    assertThat(context.metrics().find("resolutions_total", "failing")).isEmpty();
  }

  /** A name that is there without addresses is another mistake than one that is misspelt. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void tellsANameWithoutAddressesFromOneThatIsNotThere(Kind kind) throws Exception {
    TargetSettings settings = settings("web.test", kind, OnEmpty.KEEP);
    HostResolver resolver = resolver(settings);
    assertThat(failure(resolver)).isEqualTo("web.test does not exist (NXDOMAIN)");

    for (int type : new int[] {A, AAAA, SRV}) {
      put("web.test", type, Answer.of());
    }
    assertThat(failure(resolver)).isEqualTo("web.test has no address" + EXISTS);

    assertThat(context.metrics().find("resolutions_total", "nxdomain")).contains(1.0);
    assertThat(context.metrics().find("resolutions_total", "empty")).contains(1.0);
    assertThat(context.metrics().find("resolution_status", settings.label())).contains(0.0);
  }

  @Test
  void aNameExistsIfItDoesInOneSearchDomain() throws Exception {
    search = List.of("one.test", "two.test");
    addresses("web.one.test", 60);

    assertThat(failure(resolver("web"))).isEqualTo("web has no address" + EXISTS);
  }

  @Test
  void anAliasThatLeadsNowhereDoesNotExist() throws Exception {
    for (int type : new int[] {A, AAAA}) {
      put("web.test", type, Answer.of(DnsServer.alias("web.test", 30, "gone.test")));
    }

    assertThat(failure(resolver("web.test"))).isEqualTo("web.test does not exist (NXDOMAIN)");
  }

  @Test
  void drainsWhenTheNameIsGoneIfToldSo() throws Exception {
    HostResolver resolver = resolver(settings("web.test", Kind.ADDRESS, OnEmpty.DRAIN));

    assertThat(resolve(resolver).isNone()).isTrue();

    String reason = "web.test does not exist (NXDOMAIN)";
    assertThat(context.announced())
        .extracting(Announced::detail)
        .containsExactly(reason + "; its backends are drained");
    assertThat(context.call("dns status", new NoConfig()).rows())
        .containsExactly(List.of("web.test:80", "address", "empty", 0L, "", reason));
  }

  @Test
  void failsWhenTheServerFailsOrIsSilent() throws Exception {
    String name = "name server 127.0.0.1:" + server.address().getPort();
    put("web.test", A, Answer.code(2));
    put("web.test", AAAA, Answer.code(2));
    assertThat(failure(resolver("web.test"))).isEqualTo(name + ": answers SERVFAIL to web.test");

    timeout = SHORT;
    put("web.test", A, Answer.SILENCE);
    put("web.test", AAAA, Answer.SILENCE);
    assertThat(failure(resolver("web.test"))).isEqualTo(name + ": timed out after 500ms");
  }

  @Test
  void keepsOneFamilyWhileItCannotBeAskedFor() throws Exception {
    addresses("web.test", 60, "10.0.0.1", "2001:db8::1");
    HostResolver resolver = resolver("web.test");
    resolve(resolver);

    put("web.test", AAAA, Answer.code(2));
    put("web.test", A, Answer.of(DnsServer.address("web.test", 60, "10.0.0.2")));

    for (int i = 0; i < 2; i++) {
      Resolution answer = resolve(resolver);
      assertThat(backends(answer))
          .containsExactly("10.0.0.2 80 1.0", "2001:db8:0:0:0:0:0:1 80 1.0");
      assertThat(answer.validFor()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }
  }

  @Test
  void waitsForASlowServer() throws Exception {
    timeout = Duration.ofSeconds(5);
    server.answer(
        question -> {
          LockSupport.parkNanos(SHORT.toNanos());
          return question.type() == A
              ? Answer.of(DnsServer.address("web.test", 60, "10.0.0.1"))
              : Answer.of();
        });

    assertThat(backends(resolve(resolver("web.test")))).containsExactly("10.0.0.1 80 1.0");
    assertThat(server.questions()).as("nothing is asked twice").hasSize(2);
  }

  @Test
  void asksTheNextServerWhenOneIsSilent() throws Exception {
    addresses("web.test", 60, "10.0.0.1");
    timeout = Duration.ofSeconds(2);
    try (DnsServer silent = DnsServer.start()) {
      silent.answer(question -> Answer.SILENCE);
      servers = List.of(silent.address(), server.address());

      assertThat(backends(resolve(resolver("web.test")))).containsExactly("10.0.0.1 80 1.0");
      assertThat(silent.questions()).isNotEmpty();
    }
  }

  @Test
  void takesAHugeAnswerOverTcp() throws Exception {
    addresses(
        "big.test",
        60,
        IntStream.range(0, 2000)
            .mapToObj(i -> "10.1." + i / 250 + "." + i % 250)
            .toArray(String[]::new));

    assertThat(resolve(resolver("big.test")).entries()).hasSize(2000);
    assertThat(server.questions()).anyMatch(Question::overTcp);
  }

  @Test
  void triesSearchDomains() throws Exception {
    search = List.of("one.test", "two.test");
    addresses("web.two.test", 60, "10.0.0.1");
    addresses("web", 60, "10.0.0.2");

    assertThat(backends(resolve(resolver("web")))).containsExactly("10.0.0.1 80 1.0");
    assertThat(backends(resolve(resolver("web.")))).containsExactly("10.0.0.2 80 1.0");
  }

  @Test
  void showsItsHostsAndAsksAgainOnDemand() throws Exception {
    addresses("web.test", 60, "10.0.0.1");
    HostResolver good = resolver("web.test");
    HostResolver bad = resolver("none.test");
    resolve(good);
    failure(bad);

    assertThat(context.call("dns status", new NoConfig()).rows())
        .containsExactly(
            List.of("web.test:80", "address", "resolved", 0L, "10.0.0.1:80", ""),
            List.of(
                "none.test:80",
                "address",
                "failing",
                -1L,
                "",
                "none.test does not exist (NXDOMAIN)"));
    context.call("dns resolve", new Hosts.ResolveArgs(Optional.of("web.test")));
    assertThat(context.refreshes()).isEqualTo(1);
    assertThatThrownBy(
            () -> context.call("dns resolve", new Hosts.ResolveArgs(Optional.of("other"))))
        .hasMessage("no target has the host \"other\"; there are: web.test, none.test");

    good.close();
    bad.close();
    assertThat(context.metrics().find("resolution_status", "web.test:80")).isEmpty();
    assertThat(context.call("dns status", new NoConfig()).rows()).isEmpty();
  }
}
