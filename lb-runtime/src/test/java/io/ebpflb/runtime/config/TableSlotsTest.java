package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** What the file's groups need of {@code max-table-slots}. */
class TableSlotsTest {
  /** One more than the tables of two backends that 65,536 slots hold. */
  private static final int ROUTES = 65;

  /**
   * @param network of a route's backends, by the route's number
   */
  private static Configuration load(IntUnaryOperator network) throws ConfigException {
    StringBuilder text =
        new StringBuilder(
            """
            [dataplane]
            interfaces = ["eth0"]
            max-table-slots = 65536
            [[service]]
            name = "web"
            listen = "203.0.113.10:80"
            target = [ { address = "10.0.0.1:80" } ]
            """);
    for (int i = 0; i < ROUTES; i++) {
      text.append(
          """
          [[service.source-route]]
          source = "172.16.%d.0/24"
          target = [ { address = "10.1.%d.1:80" }, { address = "10.1.%d.2:80" } ]
          """
              .formatted(i, network.applyAsInt(i), network.applyAsInt(i)));
    }
    return ConfigLoader.load(
        Path.of("lb.toml"), new SourceText("lb.toml", text.toString()), new FakeCatalog());
  }

  @Test
  void equalGroupsOfAServiceCountOnce() throws Exception {
    assertThat(load(i -> 7).services().get(0).routes()).hasSize(ROUTES);
  }

  @Test
  void differentGroupsCountEach() {
    assertThatThrownBy(() -> load(i -> i))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("the services need 66561 table slots, more than 65536");
  }
}
