package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.NoConfig;
import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.config.Configuration.HealthCheck;
import io.ebpflb.runtime.config.Configuration.Hook;
import io.ebpflb.runtime.config.Configuration.Service;
import io.ebpflb.runtime.config.Configuration.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigLoaderTest {
  private static final String DATAPLANE = "[dataplane]\ninterfaces = [\"eth0\"]\n";
  private static final String SERVICE =
      DATAPLANE + "[[service]]\nname = \"web\"\nlisten = \"203.0.113.10:80\"\n";
  private static final String TARGET = "target = [ { address = \"10.0.0.1:8080\" } ]\n";

  @Test
  void defaultsOfEverything() throws Exception {
    Configuration config = load(DATAPLANE);
    assertThat(config.dataplane())
        .isEqualTo(
            new Configuration.DataPlaneSettings(
                List.of("eth0"),
                Hook.AUTO,
                262_144,
                16_384,
                4096,
                65_536,
                8_388_608,
                Duration.ofSeconds(300),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                false));
    assertThat(config.admin())
        .isEqualTo(
            Configuration.AdminSettings.of(
                Optional.empty(),
                Path.of("/run/ebpf-lb/lb.sock"),
                Path.of("/var/lib/ebpf-lb/lb.state.json")));
    assertThat(config.metrics().path()).isEqualTo("/metrics");
    assertThat(config.services()).isEmpty();
    assertThat(config.pluginSettings()).isEqualTo(Map.of("dns", new NoConfig()));
  }

  @Test
  void everyKeyOfTheInstance() throws Exception {
    Configuration config =
        load(
            """
            [dataplane]
            interfaces = [
              "eth0",   # outside
              'eth1.7', # inside
            ]
            hook = "xdp-generic"
            max-flows = 1_000_000
            max-backends = 65_535
            max-services = 10
            max-source-routes = 11
            max-table-slots = 100_000
            established-timeout = "1h"
            half-open-timeout = "5s"
            closing-timeout = "2s"
            udp-timeout = "1m"
            flow-events = true
            [admin]
            listen = "[::1]:9999"
            socket = "/tmp/lb.sock"
            state = "/tmp/kept.json"
            [metrics]
            path = "/m/x"
            [plugin.dns]
            """);
    assertThat(config.dataplane())
        .isEqualTo(
            new Configuration.DataPlaneSettings(
                List.of("eth0", "eth1.7"),
                Hook.XDP_GENERIC,
                1_000_000,
                65_535,
                10,
                11,
                100_000,
                Duration.ofHours(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofMinutes(1),
                true));
    assertThat(config.admin())
        .isEqualTo(
            Configuration.AdminSettings.of(
                Optional.of(new InetSocketAddress(InetAddress.getByName("::1"), 9999)),
                Path.of("/tmp/lb.sock"),
                Path.of("/tmp/kept.json")));
    assertThat(config.metrics().path()).isEqualTo("/m/x");
  }

  @Test
  void everyKeyOfTheGuardedEndpoint() throws Exception {
    Configuration config =
        load(
            DATAPLANE
                + """
                [admin]
                listen = "0.0.0.0:9180"
                tls-certificate = "/etc/lb/chain.pem"
                tls-key = "/etc/lb/key.pem"
                audit-log = "/var/log/lb.audit"
                [[admin.token]]
                name = "dash@board"
                role = "viewer"
                environment = "LB_DASHBOARD"
                [[admin.token]]
                name = "deploy"
                role = "admin"
                file = "/etc/lb/deploy.token"
                """);
    assertThat(config.admin().tokens())
        .containsExactly(
            new Configuration.Token(
                "dash@board", Role.VIEWER, Optional.empty(), Optional.of("LB_DASHBOARD")),
            new Configuration.Token(
                "deploy",
                Role.ADMIN,
                Optional.of(Path.of("/etc/lb/deploy.token")),
                Optional.empty()));
    assertThat(config.admin().tlsCertificate()).contains(Path.of("/etc/lb/chain.pem"));
    assertThat(config.admin().tlsKey()).contains(Path.of("/etc/lb/key.pem"));
    assertThat(config.admin().auditLog()).contains(Path.of("/var/log/lb.audit"));
  }

  @Test
  void aCheckOfTypeNoneIsNoCheckWhateverTheDefaultsSay() throws Exception {
    Service service =
        load(SERVICE
                + """
                    health-check = { type = "none" }
                    target = [ { address = "10.0.0.1:8080" } ]
                    [defaults.health-check]
                    interval = "1s"
                    """)
            .services()
            .get(0);

    assertThat(service.healthCheck()).isEmpty();
  }

  @Test
  void leastConnectionsBringsItsModifier() throws Exception {
    Service service =
        load(SERVICE
                + """
                    algorithm = "least-connections"
                    target = [ { address = "10.0.0.1:8080" } ]
                    """)
            .services()
            .get(0);

    assertThat(service.algorithm()).isEqualTo(Algorithm.LEAST_CONNECTIONS);
    assertThat(service.modifiers())
        .singleElement()
        .returns("least-connections", use -> use.extension().name())
        .returns(new FakeCatalog.LeastSettings(Duration.ofSeconds(1)), use -> use.settings());
  }

  @Test
  void aWholeService() throws Exception {
    Service service =
        load(SERVICE
                + """
                    protocol = "udp"
                    algorithm = "source-hash"
                    circuit-breaker = { error-threshold-percent = 10 }
                    [service.rate-limit]
                    clients = { per-second = 100, drop = false }
                    [service.health-check]
                    type = "http"
                    path = "/health"
                    method = "head"
                    expected-codes = [200, 301]
                    source = "2001:db8::7"
                    password = "hunter2"
                    interval = "250ms"
                    timeout = "2s"
                    rise = 4
                    fall = 5
                    [[service.target]]
                    address = "10.0.0.1:8080"
                    weight = 2.5
                    [[service.target]]
                    host = "backend.local"
                    port = 8080
                    [[service.target]]
                    resolver = "consul"
                    service-name = "web"
                    weight = 0
                    [[service.source-route]]
                    source = "192.168.0.0/16"
                    [[service.source-route.target]]
                    address = "10.0.0.9:80"
                    [[service.source-route]]
                    source = "0.0.0.0/0"
                    target = [ { address = "10.0.0.8:80" } ]
                    """)
            .services()
            .get(0);

    assertThat(service.name()).isEqualTo("web");
    assertThat(service.address()).contains(InetAddress.getByName("203.0.113.10"));
    assertThat(service.port()).isEqualTo(80);
    assertThat(service.protocol()).isEqualTo(Protocol.UDP);
    assertThat(service.algorithm()).isEqualTo(Algorithm.SOURCE_HASH);
    assertThat(service.modifiers().get(0).settings())
        .isEqualTo(new FakeCatalog.BreakerSettings(10, Duration.ofSeconds(30)));
    assertThat(service.features().get(0).settings())
        .isEqualTo(new FakeCatalog.RateLimitSettings(new FakeCatalog.Limit(100, false), 1.5));
    HealthCheck check = service.healthCheck().orElseThrow();
    assertThat(check.checker().settings())
        .isEqualTo(
            new FakeCatalog.HttpSettings(
                "/health",
                FakeCatalog.Method.HEAD,
                List.of(200, 301),
                Optional.of(InetAddress.getByName("2001:db8::7")),
                Optional.of("hunter2")));
    assertThat(List.of(check.interval(), check.timeout()))
        .containsExactly(Duration.ofMillis(250), Duration.ofSeconds(2));
    assertThat(List.of(check.rise(), check.fall())).containsExactly(4, 5);
    assertThat(service.targets().targets())
        .extracting(Target::label, Target::weight, t -> t.resolver().extension().name())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("10.0.0.1:8080", 2.5, "static"),
            org.assertj.core.groups.Tuple.tuple("backend.local:8080", 1.0, "dns"),
            org.assertj.core.groups.Tuple.tuple("consul:web", 0.0, "consul"));
    assertThat(service.targets().targets().get(1).resolver().settings())
        .isEqualTo(new FakeCatalog.DnsSettings("backend.local", 8080, Duration.ofSeconds(30)));
    assertThat(service.routes())
        .extracting(r -> r.prefix().getHostAddress() + "/" + r.prefixLength())
        .containsExactly("192.168.0.0/16", "0.0.0.0/0");
    assertThat(service.routes().get(0).targets().targets().get(0).label()).isEqualTo("10.0.0.9:80");
  }

  @Test
  void defaultsOfExtensionSettings() throws Exception {
    HealthCheck check =
        load(SERVICE + TARGET + "health-check = { type = \"http\" }\n")
            .services()
            .get(0)
            .healthCheck()
            .orElseThrow();
    assertThat(check.checker().settings())
        .isEqualTo(
            new FakeCatalog.HttpSettings(
                "/",
                FakeCatalog.Method.GET,
                List.of(200, 204),
                Optional.empty(),
                Optional.empty()));
    assertThat(List.of(check.interval(), check.timeout()))
        .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(1));
    assertThat(List.of(check.rise(), check.fall())).containsExactly(2, 3);
  }

  @Test
  void wildcardsTakeBothFamilies() throws Exception {
    String text =
        DATAPLANE
            + "[[service]]\nname = \"any\"\nlisten = \"*:80\"\n"
            + "target = [ { address = \"10.0.0.1:80\" }, { address = \"[2001:db8::1]:80\" } ]\n"
            + "[[service]]\nname = \"one\"\nlisten = \"203.0.113.10:80\"\n"
            + TARGET;
    assertThat(load(text).services())
        .extracting(Service::address)
        .containsExactly(Optional.empty(), Optional.of(InetAddress.getByName("203.0.113.10")));
  }

  @Test
  void sameBackendTwiceInAGroup() throws Exception {
    String twice =
        "target = [ { address = \"10.0.0.1:80\" }, { address = \"10.0.0.1:80\", weight = 2 } ]\n";
    assertThat(load(SERVICE + twice).services().get(0).targets().targets()).hasSize(2);
  }

  @Test
  void sameAddressForTcpAndUdp() throws Exception {
    String udp =
        "[[service]]\nname = \"udp\"\nprotocol = \"udp\"\nlisten = \"203.0.113.10:80\"\n" + TARGET;
    assertThat(load(SERVICE + TARGET + udp).services()).hasSize(2);
  }

  @Test
  void defaultsAreMergedKeyByKey() throws Exception {
    String text =
        SERVICE
            + TARGET
            + """
            health-check = { interval = "9s", path = "/own" }
            circuit-breaker = { open-duration = "1m" }
            [[service]]
            name = "plain"
            listen = "203.0.113.11:80"
            target = [ { address = "10.0.0.1:8080" } ]
            health-check = { type = "tcp" }
            [[service]]
            name = "none"
            listen = "203.0.113.12:80"
            target = [ { address = "10.0.0.1:8080" } ]
            [defaults.health-check]
            type = "http"
            path = "/health"
            interval = "7s"
            fall = 9
            [defaults.circuit-breaker]
            error-threshold-percent = 20
            open-duration = "2m"
            """;
    List<Service> services = load(text).services();

    HealthCheck own = services.get(0).healthCheck().orElseThrow();
    assertThat(own.checker().settings())
        .isEqualTo(
            new FakeCatalog.HttpSettings(
                "/own",
                FakeCatalog.Method.GET,
                List.of(200, 204),
                Optional.empty(),
                Optional.empty()));
    assertThat(own.interval()).isEqualTo(Duration.ofSeconds(9));
    assertThat(own.fall()).isEqualTo(9);
    assertThat(services.get(0).modifiers().get(0).settings())
        .isEqualTo(new FakeCatalog.BreakerSettings(20, Duration.ofMinutes(1)));

    HealthCheck plain = services.get(1).healthCheck().orElseThrow();
    assertThat(plain.checker().settings()).isEqualTo(new NoConfig());
    assertThat(plain.interval()).isEqualTo(Duration.ofSeconds(7));

    assertThat(services.get(2).healthCheck()).isEmpty();
    assertThat(services.get(2).modifiers()).isEmpty();
  }

  @Test
  void aTargetsOwnCheckIsMergedOverItsServicesAndTheDefaults() throws Exception {
    String text =
        SERVICE
            + """
            health-check = { type = "http", path = "/service", interval = "9s", port = 9000 }
            target = [
              { address = "10.0.0.1:80" },
              { address = "10.0.0.2:80", health-check = { path = "/own", port = 9002 } },
              { address = "10.0.0.3:80", health-check = { type = "tcp", rise = 7 } },
              { address = "10.0.0.4:80", health-check = { type = "none" } },
            ]
            [[service.source-route]]
            source = "192.168.0.0/16"
            [[service.source-route.target]]
            address = "10.0.0.5:80"
            [service.source-route.target.health-check]
            timeout = "3s"
            [defaults.health-check]
            type = "http"
            expected-codes = [ 299 ]
            fall = 9
            """;
    Service service = load(text).services().get(0);

    List<Optional<HealthCheck>> checks =
        service
            .groups()
            .flatMap(group -> group.targets().stream())
            .map(target -> target.check(service))
            .toList();
    assertThat(checks.get(0)).isEqualTo(service.healthCheck());
    assertThat(service.targets().targets().get(0).ownCheck()).isEmpty();
    HealthCheck http = checks.get(1).orElseThrow();
    assertThat(http.port()).hasValue(9002);
    assertThat(http.interval()).isEqualTo(Duration.ofSeconds(9));
    assertThat(http.checker().settings())
        .isEqualTo(
            new FakeCatalog.HttpSettings(
                "/own", FakeCatalog.Method.GET, List.of(299), Optional.empty(), Optional.empty()));
    HealthCheck tcp = checks.get(2).orElseThrow();
    assertThat(tcp.checker().settings()).isEqualTo(new NoConfig());
    assertThat(List.of(tcp.rise(), tcp.fall(), tcp.port().getAsInt())).containsExactly(7, 9, 9000);
    assertThat(checks.get(3)).isEmpty();
    assertThat(checks.get(4).orElseThrow().timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(service.checks()).hasSize(4);
  }

  @Test
  void aTargetCanBeCheckedWhereItsServiceIsNot() throws Exception {
    Service service =
        load(SERVICE
                + """
                    target = [
                      { address = "10.0.0.1:80" },
                      { address = "10.0.0.2:80", health-check = { type = "tcp" } },
                    ]
                    """)
            .services()
            .get(0);
    assertThat(service.healthCheck()).isEmpty();
    assertThat(service.targets().targets())
        .extracting(target -> target.check(service).isPresent())
        .containsExactly(false, true);
  }

  @Test
  void pluginSettings() throws Exception {
    String text = DATAPLANE + "[plugin.audit]\nfile = \"/x\"\nkeys = [ \"hunter2\" ]\n";
    assertThat(load(text, FakeCatalog.withPlugins()).pluginSettings())
        .isEqualTo(
            Map.of(
                "dns",
                new NoConfig(),
                "audit",
                new FakeCatalog.AuditSettings("/x", List.of("hunter2"))));
  }

  private static Configuration load(String text) throws ConfigException {
    return load(text, new FakeCatalog());
  }

  private static Configuration load(String text, FakeCatalog catalog) throws ConfigException {
    return ConfigLoader.load(Path.of("lb.toml"), new SourceText("lb.toml", text), catalog);
  }
}
