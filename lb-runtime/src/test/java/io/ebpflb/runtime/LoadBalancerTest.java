package io.ebpflb.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.ebpflb.runtime.admin.AdminException;
import io.ebpflb.runtime.config.ConfigException;
import io.ebpflb.runtime.dataplane.DataPlane;
import io.ebpflb.runtime.dataplane.DataPlaneException;
import io.ebpflb.runtime.dataplane.Plan;
import io.ebpflb.runtime.service.ServiceSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;
import org.mockito.InOrder;

/** Everything but the kernel, wired as it is when it runs. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadBalancerTest {
  private final DataPlane dataPlane = mock(DataPlane.class);

  @TempDir private Path directory;
  private Set<String> threadsBefore;

  @BeforeEach
  void rememberThreads() {
    threadsBefore = ourThreads();
    when(dataPlane.description()).thenReturn("memory");
  }

  /** A thread is alive for a moment after its executor has ended. */
  @AfterEach
  void noThreadStays() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (!ourThreads().equals(threadsBefore) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
    assertThat(ourThreads()).isEqualTo(threadsBefore);
  }

  @Test
  void startReturnsForwardingAndCloseGivesEverythingBack() throws Exception {
    LoadBalancer balancer = start(config(""));

    assertThat(balancer.isForwarding()).isTrue();
    assertThat(balancer.problem()).isEmpty();
    ServiceSnapshot web = balancer.services().get(0);
    assertThat(web.listen()).isEqualTo("203.0.113.10:80");
    assertThat(web.backends()).extracting("name").containsExactly("10.0.0.1:8080", "10.0.0.2:8080");
    ArgumentCaptor<Plan> plan = ArgumentCaptor.forClass(Plan.class);
    verify(dataPlane).apply(plan.capture());
    assertThat(plan.getValue().services().get(0).group().backends()).hasSize(2);
    assertThat(socket()).exists();

    balancer.close();
    balancer.close();

    InOrder order = inOrder(dataPlane);
    order.verify(dataPlane).apply(any());
    order.verify(dataPlane).close();
    assertThat(balancer.isForwarding()).isFalse();
    assertThat(socket()).doesNotExist();
    balancer.awaitTermination();
  }

  @Test
  void aSecondStartWorks() throws Exception {
    start(config("")).close();
    start(config("")).close();
  }

  @Test
  void aBadConfigTouchesNothing() {
    assertThatThrownBy(() -> start("[dataplane]\ninterfaces = 1\n"))
        .isInstanceOf(ConfigException.class);
    verify(dataPlane, never()).apply(any());
  }

  @Test
  void aMachineThatRefusesIsSaidAsItIs() {
    Options refused =
        Options.of(write(config("")), directory)
            .withDataPlane(
                settings -> {
                  throw new DataPlaneException("attach: no");
                });

    assertThatThrownBy(() -> LoadBalancer.start(refused)).hasMessage("attach: no");
  }

  @Test
  void aRefusedFirstPlanClosesTheDataPlane() {
    doThrow(new DataPlaneException("no room")).when(dataPlane).apply(any());

    assertThatThrownBy(() -> start(config(""))).hasMessage("no room");
    verify(dataPlane).close();
    assertThat(socket()).doesNotExist();
  }

  @Test
  void anAdminEndpointThatCannotBeOpenedClosesTheRest() {
    String nowhere =
        config("").replace("/lb.sock", "/none/such/lb.sock").replace("none", "lb.toml");

    assertThatThrownBy(() -> start(nowhere)).isInstanceOf(AdminException.class);
    verify(dataPlane).close();
  }

  private LoadBalancer start(String config) throws ConfigException, IOException {
    return LoadBalancer.start(
        Options.of(write(config), directory).withDataPlane(settings -> dataPlane));
  }

  private Path write(String config) {
    try {
      return Files.writeString(directory.resolve("lb.toml"), config);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Path socket() {
    return directory.resolve("lb.sock");
  }

  private String config(String more) {
    return """
        [dataplane]
        interfaces = ["eth0"]
        [admin]
        socket = "%s"
        [[service]]
        name = "web"
        listen = "203.0.113.10:80"
        protocol = "tcp"
        %s
          [[service.target]]
          address = "10.0.0.1:8080"
          weight = 50
          [[service.target]]
          address = "10.0.0.2:8080"
          weight = 50
        """
        .formatted(socket(), more);
  }

  private static Set<String> ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith("lb-") || name.startsWith("admin"))
        .collect(Collectors.toSet());
  }
}
