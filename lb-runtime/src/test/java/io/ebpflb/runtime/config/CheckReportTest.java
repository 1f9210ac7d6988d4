package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CheckReportTest {

  @Test
  void saysWhatWouldRun() throws Exception {
    String report =
        report(
            """
            [dataplane]
            interfaces = ["eth0", "eth1"]
            [admin]
            listen = "127.0.0.1:9180"
            [[service]]
            name = "web"
            listen = "[2001:DB8:0::10]:80"
            health-check = { type = "http", password = "hunter2" }
            circuit-breaker = {}
            rate-limit = { clients = { per-second = 5 } }
            target = [ { address = "[2001:db8::1]:80", weight = 2 }, { host = "b.local", port = 8080, health-check = { type = "tcp", port = 81 } } ]
            [[service.source-route]]
            source = "2001:db8::/32"
            target = [ { address = "[2001:db8::3]:80", weight = 0, health-check = { type = "none" } } ]
            """);
    assertThat(report)
        .isEqualTo(
            """
            lb.toml is good
            interfaces   eth0, eth1
            hook         auto
            flows        at most 262,144, idle 5m, half-open 30s, closing 10s, udp 1m,
                         events off
            in use       1 of 4,096 services, 3 of 16,384 targets, 1 of 65,536 source routes
            admin        127.0.0.1:9180, /run/ebpf-lb/lb.sock
            metrics      /metrics
            plugins      dns
            extensions   circuit-breaker, dns, http, rate-limit, static, tcp

            service      web, tcp [2001:db8::10]:80, maglev
              check      http every 5s, timeout 1s, rise 2, fall 3
              with       circuit-breaker, rate-limit
                 66.7 %  [2001:db8::1]:80
                 33.3 %  b.local:8080 (dns)
                  check  tcp on port 81 every 5s, timeout 1s, rise 2, fall 3
              from       2001:db8::/32
                  0.0 %  [2001:db8::3]:80
                  check  none
                         no target has any weight: new flows are dropped""");
  }

  @Test
  void fitsEightyColumns() throws Exception {
    String report =
        report(
            "[dataplane]\ninterfaces = [\"a-very-long-one\", \"b-very-long-one\", \"c-very-long-one\","
                + " \"d-very-long-one\", \"e-very-long-one\", \"f-very-long-one\"]\n"
                + "[[service]]\nname = \"web\"\nlisten = \"*:80\"\n"
                + "target = [ { host = \""
                + "long.".repeat(30)
                + "local\", port = 80 } ]\n");
    assertThat(report.lines()).allMatch(line -> line.length() <= 80);
    assertThat(report).contains("f-very-long-one").contains("…");
  }

  private static String report(String text) throws ConfigException {
    return CheckReport.of(
        ConfigLoader.load(Path.of("lb.toml"), new SourceText("lb.toml", text), new FakeCatalog()));
  }
}
