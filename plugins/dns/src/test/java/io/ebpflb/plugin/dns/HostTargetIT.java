package io.ebpflb.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ebpflb.api.DnsQuery;
import io.ebpflb.runtime.plugin.ExtensionException;
import io.ebpflb.testing.DnsServer;
import io.ebpflb.testing.DnsServer.Answer;
import io.ebpflb.testing.runtime.BalancerLab;
import java.io.Closeable;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plugin's JAR in the real balancer, with a real name server. */
class HostTargetIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String HOST = "web.test";

  private final BalancerLab lab;

  HostTargetIT() throws Exception {
    lab = BalancerLab.create(3).withPlugin(Path.of("target", "dns.jar"));
  }

  private DnsServer nameServer() throws Exception {
    InetSocketAddress address = new InetSocketAddress(lab.backendAddress(1), 5353);
    return lab.asBackend(1, () -> DnsServer.start(address));
  }

  /** The name stands for these backends. */
  private Answer backends(DnsServer.Question question, int... numbers) {
    return question.type() == DnsQuery.A && question.name().equals(HOST)
        ? new Answer(
            0,
            IntStream.of(numbers)
                .mapToObj(number -> DnsServer.address(HOST, 60, lab.backendAddress(number)))
                .toList())
        : Answer.code(3);
  }

  private String config(String targets) {
    return """
        [plugin.dns]
        name-servers = ["%s:5353"]

        [[service]]
        name = "web"
        listen = "%s:80"
        health-check = { type = "tcp", interval = "200ms", fall = 1, rise = 1 }
        target = [ %s ]
        """
        .formatted(lab.backendAddress(1), lab.serviceAddress(), targets);
  }

  private static String host(String keys) {
    return "{ host = \"%s\", port = 8080, refresh = \"1s\"%s }".formatted(HOST, keys);
  }

  private Set<Integer> answering() throws Exception {
    return lab.connect(80, 20).stream()
        .flatMap(connection -> Stream.of(connection.answeredBy().orElse(0)))
        .collect(Collectors.toSet());
  }

  private void awaitAnswering(Integer... numbers) throws Exception {
    Set<Integer> expected = Set.of(numbers);
    BalancerLab.await("answered by " + expected, SOON, () -> answering().equals(expected));
  }

  private List<String> departing() {
    return lab.balancer().services().get(0).departing().stream().map(each -> each.name()).toList();
  }

  @Test
  void resolvedBackendsAreMixedWithStaticOnesCheckedAndDrained() throws Exception {
    try (lab;
        DnsServer names = nameServer()) {
      names.answer(question -> backends(question, 2, 3));
      lab.listen(1, 8080);
      Closeable second = lab.listen(2, 8080);
      lab.listen(3, 8080);
      String fixed = "{ address = \"%s:8080\" }".formatted(lab.backendAddress(1));
      lab.start(config(fixed + ", " + host("")));
      awaitAnswering(1, 2, 3);

      second.close();
      awaitAnswering(1, 3);
      lab.listen(2, 8080);
      awaitAnswering(1, 2, 3);

      names.answer(question -> backends(question, 3));
      String gone = lab.backendAddress(2) + ":8080";
      BalancerLab.await("it is drained", SOON, () -> departing().contains(gone));
      awaitAnswering(1, 3);
      BalancerLab.await("it has left", SOON, () -> departing().isEmpty());
    }
  }

  @Test
  void aServiceWaitsForItsFirstAnswer() throws Exception {
    try (lab;
        DnsServer names = nameServer()) {
      lab.listen(2, 8080);
      lab.start(config(host("")));
      BalancerLab.await(
          "it says why",
          SOON,
          () ->
              lab.balancer().services().get(0).problems().stream()
                  .anyMatch(problem -> problem.startsWith("target " + HOST + ":8080: ")));

      names.answer(question -> backends(question, 2));
      awaitAnswering(2);
    }
  }

  @Test
  void withoutAnAnswerThatIsNeededItDoesNotStart() throws Exception {
    try (lab;
        DnsServer names = nameServer()) {
      assertThat(names.questions()).isEmpty();
      assertThatThrownBy(() -> lab.start(config(host(", at-start = \"fail\""))))
          .isInstanceOf(ExtensionException.class)
          .hasMessageStartingWith(
              "service \"web\": target web.test:8080 has no answer, and at-start = \"fail\": ");
      assertThat(names.questions()).isNotEmpty();
    }
  }
}
