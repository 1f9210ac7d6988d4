package io.ebpflb.runtime.service;

import static io.ebpflb.runtime.service.TestServices.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.dataplane.DataPlane.BackendKey;
import io.ebpflb.runtime.service.AdminStates.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminStateFileTest {
  private static final Map<BackendKey, Setting> SETTINGS =
      Map.of(
          new BackendKey("web", endpoint("10.0.0.1")),
          new Setting(AdminState.DRAIN, OptionalDouble.of(0.5), ForcedHealth.UP),
          new BackendKey("web", endpoint("2001:db8::1")),
          new Setting(AdminState.MAINTENANCE, OptionalDouble.empty(), ForcedHealth.AUTO),
          new BackendKey("dns", endpoint("10.0.0.1")),
          new Setting(AdminState.READY, OptionalDouble.of(0), ForcedHealth.DOWN));

  @TempDir private Path directory;

  @Test
  void whatIsSavedIsLoaded() throws IOException {
    assertThat(file().save(SETTINGS)).isCompleted();
    assertThat(file().load()).isEqualTo(SETTINGS);

    assertThat(file().save(Map.of())).isCompleted();
    assertThat(file().load()).isEmpty();
    assertThat(names()).containsExactly("lb.json");
  }

  @Test
  void noFileIsNoState() throws IOException {
    assertThat(file().load()).isEmpty();
    assertThat(Files.exists(path())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"version\":1}",
        "{\"version\":2,\"backends\":[]}",
        "{\"version\":1,\"backends\":[{}]}",
        "{\"version\":1,\"backends\":[{\"service\":\"web\",\"backend\":\"10.0.0.1:8080\","
            + "\"state\":\"asleep\",\"health\":\"auto\"}]}",
        "{\"version\":1,\"backends\":[{\"service\":\"web\",\"backend\":\"10.0.0.1:8080\","
            + "\"state\":\"ready\",\"health\":\"auto\",\"weight\":-1}]}",
        "{\"version\":1,\"backends\":[{\"service\":\"web\",\"backend\":\"backend.local:8080\","
            + "\"state\":\"ready\",\"health\":\"auto\"}]}"
      })
  void aFileThatCannotBeReadIsKeptAside(String text) throws IOException {
    Files.createDirectories(path().getParent());
    Files.writeString(path(), text);

    assertThat(file().load()).isEmpty();

    assertThat(names()).containsExactly("lb.json.unreadable");
    assertThat(path().resolveSibling("lb.json.unreadable")).hasContent(text);
    assertThat(file().save(SETTINGS)).isCompleted();
    assertThat(file().load()).isEqualTo(SETTINGS);
  }

  private AdminStateFile file() {
    return new AdminStateFile(path(), Runnable::run);
  }

  private Path path() {
    return directory.resolve("a/lb.json");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> names = Files.list(path().getParent())) {
      return names.map(each -> each.getFileName().toString()).toList();
    }
  }
}
