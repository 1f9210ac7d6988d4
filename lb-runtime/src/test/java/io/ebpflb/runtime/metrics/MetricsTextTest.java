package io.ebpflb.runtime.metrics;

import static io.ebpflb.runtime.admin.SampleBalancer.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.api.Backend;
import io.ebpflb.api.CheckResult;
import io.ebpflb.api.Protocol;
import io.ebpflb.runtime.admin.SampleBalancer;
import io.ebpflb.runtime.config.Configuration.Algorithm;
import io.ebpflb.runtime.plugin.MetricFamily;
import io.ebpflb.runtime.service.BackendSnapshot;
import io.ebpflb.runtime.service.GroupSnapshot;
import io.ebpflb.runtime.service.HealthSnapshot;
import io.ebpflb.runtime.service.ServiceSnapshot;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTextTest {

  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? ([^ ]+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Labels whose values are part of the contract, and not of a configuration. */
  private static final List<String> FIXED_LABELS = List.of("direction", "kind");

  private final SampleBalancer balancer = new SampleBalancer();
  private final CheckLatencies latencies = new CheckLatencies();
  private final MetricsText metrics = new MetricsText(balancer, latencies);

  MetricsTextTest() {
    check("10.0.0.1", 2);
    check("10.0.0.1", 700);
  }

  private void check(String address, long millis) {
    latencies.checked(
        Backend.of("web", endpoint(address, 8080).address(), 8080),
        CheckResult.passed(""),
        Duration.ofMillis(millis));
  }

  private String read(String accept) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      metrics.write(accept, out);
      return out.toString(StandardCharsets.UTF_8);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  /** Names, types, helps and labels are a contract with everybody's dashboards. */
  @Test
  void familiesAreAsInTheGoldenFile() throws IOException {
    assertThat(families(read(""))).isEqualTo(resource("families.txt"));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = MetricsTextTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String families(String text) {
    Map<String, String> heads = new TreeMap<>();
    Map<String, TreeSet<String>> labels = new TreeMap<>();
    String family = "";
    String help = "";
    for (String line : text.split("\n")) {
      if (line.startsWith("# HELP ")) {
        family = line.split(" ")[2];
        help = line.substring("# HELP ".length() + family.length() + 1);
      } else if (line.startsWith("# TYPE ")) {
        heads.put(family, line.split(" ")[3] + "\n  " + help);
        labels.put(family, new TreeSet<>());
      } else {
        labels.get(family).addAll(labels(line));
      }
    }
    return heads.entrySet().stream()
        .map(
            each ->
                each.getKey()
                    + " "
                    + each.getValue()
                    + ("\n  labels: " + String.join(", ", labels.get(each.getKey())))
                        .stripTrailing()
                    + "\n")
        .collect(Collectors.joining("\n"));
  }

  private static List<String> labels(String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    return sample.group(2) == null
        ? List.of()
        : LABEL
            .matcher(sample.group(2))
            .results()
            .map(label -> FIXED_LABELS.contains(label.group(1)) ? label.group() : label.group(1))
            .toList();
  }

  @Test
  void samplesCarryWhatTheBalancerSays() {
    assertThat(read("").split("\n"))
        .contains(
            "lb_up 1.0",
            "lb_info{version=\"1.2.3\"} 1",
            "lb_connections_active{service=\"web\",backend=\"10.0.0.1:8080\"} 7",
            "lb_connections_total{service=\"web\",backend=\"10.0.0.1:8080\"} 120",
            "lb_bytes_total{service=\"web\",backend=\"10.0.0.1:8080\",direction=\"in\"} 150000",
            "lb_bytes_total{service=\"web\",backend=\"10.0.0.1:8080\",direction=\"out\"} 9000000",
            "lb_packets_total{service=\"web\",backend=\"10.0.0.1:8080\",direction=\"in\"} 1000",
            "lb_packets_total{service=\"web\",backend=\"10.0.0.1:8080\",direction=\"out\"} 900",
            "lb_connect_failures_total{service=\"web\",backend=\"10.0.0.1:8080\",kind=\"refused\"} 1",
            "lb_connect_failures_total{service=\"web\",backend=\"10.0.0.1:8080\",kind=\"unanswered\"} 2",
            "lb_backend_health{service=\"web\",backend=\"10.0.0.1:8080\"} 1",
            "lb_backend_weight{service=\"web\",backend=\"10.0.0.1:8080\",kind=\"configured\"} 50",
            "lb_backend_weight{service=\"web\",backend=\"10.0.0.1:8080\",kind=\"effective\"} 50",
            "lb_drops_total{reason=\"no_backend\"} 12.0",
            "lb_drops_total{reason=\"malformed\"} 0.0",
            "lb_handed_to_stack_total{reason=\"neighbor\"} 5.0",
            "lb_flow_table_events_total{event=\"opened\"} 140.0",
            "lb_map_entries{map=\"backends\"} 3.0",
            "lb_map_capacity{map=\"backends\"} 65535.0");
  }

  @Test
  void familiesOfPluginsAreShown() {
    balancer.pluginMetrics =
        List.of(
            new MetricFamily(
                "lb_dns_queries",
                "Questions",
                MetricFamily.Type.COUNTER,
                List.of("server"),
                List.of(new MetricFamily.Series(List.of("a\"b"), 3, List.of()))),
            new MetricFamily(
                "lb_dns_resolution_status",
                "Status",
                MetricFamily.Type.GAUGE,
                List.of(),
                List.of(new MetricFamily.Series(List.of(), 0.5, List.of()))),
            new MetricFamily(
                "lb_dns_answer_seconds",
                "Time",
                MetricFamily.Type.HISTOGRAM,
                List.of(),
                List.of(
                    new MetricFamily.Series(
                        List.of(),
                        0.006,
                        List.of(1L, 0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)))));

    assertThat(read("text/plain"))
        .contains("lb_dns_queries_total{server=\"a\\\"b\"} 3.0\n")
        .contains("# TYPE lb_dns_resolution_status gauge\nlb_dns_resolution_status 0.5\n")
        .contains("lb_dns_answer_seconds_bucket{le=\"0.001\"} 1\n")
        .contains("lb_dns_answer_seconds_bucket{le=\"0.0025\"} 2\n")
        .contains("lb_dns_answer_seconds_count 2\n");
  }

  @Test
  void healthIsZeroOnlyForABackendThatIsDown() {
    assertThat(lines("lb_backend_health{"))
        .containsExactlyInAnyOrder(
            "lb_backend_health{service=\"web\",backend=\"10.0.0.1:8080\"} 1",
            "lb_backend_health{service=\"web\",backend=\"10.0.0.9:8080\"} 1",
            "lb_backend_health{service=\"web\",backend=\"[2001:db8:aaaa:bbbb:cccc:dddd:eeee:1]:8080\"}"
                + " 0");
  }

  @Test
  void latenciesFillTheirBuckets() {
    String labels = "{service=\"web\",backend=\"10.0.0.1:8080\"";
    assertThat(lines("lb_health_check_latency_seconds"))
        .contains(
            "lb_health_check_latency_seconds_bucket" + labels + ",le=\"0.001\"} 0",
            "lb_health_check_latency_seconds_bucket" + labels + ",le=\"0.0025\"} 1",
            "lb_health_check_latency_seconds_bucket" + labels + ",le=\"0.5\"} 1",
            "lb_health_check_latency_seconds_bucket" + labels + ",le=\"1.0\"} 2",
            "lb_health_check_latency_seconds_bucket" + labels + ",le=\"+Inf\"} 2",
            "lb_health_check_latency_seconds_count" + labels + "} 2",
            "lb_health_check_latency_seconds_sum" + labels + "} 0.702");
  }

  @Test
  void aDepartingBackendKeepsItsTrafficButHasNoWeightOrHealth() {
    assertThat(Arrays.stream(read("").split("\n")).filter(each -> each.contains("10.0.0.3:")))
        .contains("lb_connections_active{service=\"web\",backend=\"10.0.0.3:8080\"} 3")
        .noneMatch(each -> each.startsWith("lb_backend_"));
  }

  @Test
  void aBackendThatLeftTakesItsSeriesAlong() {
    assertThat(read("")).contains("10.0.0.1:8080").doesNotContain("10.0.0.99");
    balancer.services = List.of();
    assertThat(read("")).doesNotContain("10.0.0.1:8080");
    balancer.services = new SampleBalancer().services;
    check("10.0.0.1", 1);
    assertThat(lines("lb_health_check_latency_seconds_count"))
        .allMatch(each -> each.endsWith(" 1"));
  }

  @Test
  void aBackendOfTwoServicesIsTwoSeries() {
    balancer.fill(2, 1);
    assertThat(lines("lb_connections_total{")).hasSize(2);
  }

  @Test
  void notForwardingIsNotUp() {
    balancer.forwarding = false;
    assertThat(read("")).contains("lb_up 0.0\n");
  }

  private List<String> lines(String start) {
    return Arrays.stream(read("").split("\n")).filter(each -> each.startsWith(start)).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                                                                        | PROMETHEUS",
        "*/*                                                                     | PROMETHEUS",
        "text/plain;version=0.0.4                                                | PROMETHEUS",
        "application/openmetrics-text; version=1.0.0                             | OPEN_METRICS",
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3       | OPEN_METRICS",
        "text/plain;q=0.9, application/openmetrics-text;q=0.5                    | PROMETHEUS",
        "application/openmetrics-text;q=0                                        | PROMETHEUS",
        "application/openmetrics-text;q=nonsense                                 | PROMETHEUS",
        ";;,,;q=,                                                                | PROMETHEUS",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily | PROMETHEUS",
        "application/vnd.google.protobuf;q=0.7,application/openmetrics-text;q=0.6 | OPEN_METRICS",
      })
  void theAcceptHeaderChoosesTheFormat(String accept, MetricsFormat format) throws IOException {
    String header = accept == null ? "" : accept;
    assertThat(MetricsFormat.of(header)).isEqualTo(format);
    String type = metrics.write(header, new ByteArrayOutputStream());
    assertThat(type)
        .startsWith(
            format == MetricsFormat.OPEN_METRICS
                ? "application/openmetrics-text; version=1.0.0"
                : "text/plain; version=0.0.4");
    assertThat(read(header).endsWith("# EOF\n")).isEqualTo(format == MetricsFormat.OPEN_METRICS);
  }

  /** The library's own writer is the judge of what we write past it. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/openmetrics-text"})
  void samplesAreThoseThatTheLibraryWouldWrite(String accept) throws IOException {
    balancer.fill(3, 2);
    balancer.services = Stream.concat(balancer.services.stream(), odd()).toList();
    check("10.0.0.1", 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExpositionFormatWriter writer =
        accept.equals("text/plain")
            ? PrometheusTextFormatWriter.create()
            : OpenMetricsTextFormatWriter.create();
    writer.write(out, ReferenceFamilies.of(balancer, latencies));
    List<String> expected = canonical(out.toString(StandardCharsets.UTF_8));
    assertThat(canonical(read(accept))).containsAll(expected).hasSizeGreaterThan(90);
  }

  /** A name that needs each kind of escape, weights that are no whole numbers. */
  private static Stream<ServiceSnapshot> odd() {
    GroupSnapshot group =
        new GroupSnapshot(
            Optional.empty(),
            false,
            List.of(),
            List.of(
                BackendSnapshot.untouched(
                    endpoint("10.9.9.9", 1), 0.1, 1e300, HealthSnapshot.UNKNOWN)));
    return Stream.of(
        new ServiceSnapshot(
            "a \"quoted\\name\n\u00fc",
            "*:1",
            Protocol.UDP,
            Algorithm.RANDOM,
            Optional.empty(),
            group,
            List.of(),
            List.of(),
            List.of()));
  }

  /** Without help; labels sorted, values as doubles. */
  private static List<String> canonical(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("# HELP"))
        .map(MetricsTextTest::canonicalLine)
        .toList();
  }

  private static String canonicalLine(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (!sample.matches()) {
      return line;
    }
    String labels =
        sample.group(2) == null
            ? ""
            : LABEL.matcher(sample.group(2)).results().map(MatchResult::group).sorted().toList()
                + "";
    return sample.group(1) + labels + " " + Double.parseDouble(sample.group(3));
  }

  /** Some tens of milliseconds; the limit leaves room for a busy machine. */
  @Test
  void tenThousandBackendsAreReadInTime() {
    balancer.fill(1000, 10);
    for (int i = 0; i < 5; i++) {
      read("");
    }
    long start = System.nanoTime();
    String text = read("");
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(text.lines().filter(each -> !each.startsWith("#"))).hasSizeGreaterThan(110_000);
    assertThat(took).isLessThan(Duration.ofSeconds(1));
  }
}
