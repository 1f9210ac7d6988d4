package io.ebpflb.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ebpflb.runtime.config.TomlDocument.Section;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LargeConfigTest {
  private static final int SERVICES = 4096;
  private static final int TARGETS = 4;

  /** TOML4J's time grows with the square of what it gets at once, so each piece must stay small. */
  @Test
  void toml4jNeverGetsMoreThanOneTable() {
    SourceText source = new SourceText("lb.toml", config());
    Problems problems = new Problems(source, new SecretMask(Set.of()));
    TomlDocument document = TomlScanner.scan(problems);

    assertThat(problems.isEmpty()).isTrue();
    assertThat(document.sections()).hasSize(2 + SERVICES * (1 + TARGETS));
    assertThat(document.sections()).allMatch(section -> section.end() - section.start() < 200);
    int end = 0;
    for (Section section : document.sections()) {
      assertThat(section.start()).isGreaterThanOrEqualTo(end);
      end = section.end();
    }
  }

  @Test
  void loads() throws Exception {
    Configuration config =
        ConfigLoader.load(
            Path.of("lb.toml"), new SourceText("lb.toml", config()), new FakeCatalog());
    assertThat(config.services()).hasSize(SERVICES);
    assertThat(config.services().get(SERVICES - 1).targets().targets())
        .extracting(Configuration.Target::label)
        .containsExactly("10.2.15.255:1", "10.2.15.255:2", "10.2.15.255:3", "10.2.15.255:4");
  }

  @Test
  void reloadReadsAnewWhatChangedAndEndsWhereALoadWould() throws Exception {
    FakeCatalog catalog = new FakeCatalog();
    Path file = Path.of("lb.toml");
    ConfigText before = ConfigText.of(file, config());
    ConfigText after = ConfigText.of(file, config().replace("\"10.1.0.7:80\"", "\"10.1.0.7:81\""));
    Configuration running = ConfigLoader.load(before, catalog);

    Configuration next =
        ConfigLoader.reload(after, catalog, new BoundConfig(before, catalog, running));

    assertThat(next).isEqualTo(ConfigLoader.load(after, catalog));
    assertThat(next.services())
        .filteredOn(service -> running.services().stream().noneMatch(each -> each == service))
        .extracting(Configuration.Service::name)
        .containsExactly("s7");
  }

  private static String config() {
    StringBuilder text = new StringBuilder("[dataplane]\ninterfaces = [\"eth0\"]\n");
    for (int i = 0; i < SERVICES; i++) {
      String host = (i >> 8) + "." + (i & 255);
      text.append("[[service]]\nname = \"s").append(i).append("\"\n");
      text.append("listen = \"10.1.").append(host).append(":80\"\n");
      text.append("health-check = { type = \"http\", path = \"/health\" }\n");
      for (int port = 1; port <= TARGETS; port++) {
        text.append("  [[service.target]]\n  address = \"10.2.").append(host);
        text.append(':').append(port).append("\"\n  weight = ").append(port).append('\n');
      }
    }
    return text.toString();
  }
}
